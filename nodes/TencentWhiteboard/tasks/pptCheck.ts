import { linkFiles } from './links';
import { statusTask } from './statusTask';

/** Problems found (IsOK false) are a result; a check that fails makes DescribePPTCheck answer with an error. */
export const pptCheckTask = statusTask({
	label: 'PPT check task',
	describe: 'DescribePPTCheck',
	ended: ['FINISHED'],
	terminalErrorCodes: [
		'FailedOperation.FileDownloadFail',
		'FailedOperation.FileFormatError',
		'FailedOperation.FileOpenFail',
		'FailedOperation.FileUploadFail',
		'FailedOperation.Preprocess',
		'FailedOperation.PreprocessServerError',
		'InvalidParameter.FileFormatUnsupported',
		'InvalidParameter.UrlFormatError',
	],
	files: { list: ({ ResultUrl }) => linkFiles(ResultUrl, 'ResultUrl') },
});
