import { textOf } from '../text';
import type { Resource } from '../types';
import { sdkAppId } from './common';
import {
	autoHandleUnsupportedElement,
	autoHandleUnsupportedElementTypes,
	documentUrl,
	statusTask,
	taskId,
} from './shared';

/** Problems found (IsOK false) are a result; a check that fails makes DescribePPTCheck answer with an error. */
const pptCheckTask = statusTask({
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
	files: {
		list: ({ ResultUrl }) => [{ url: textOf(ResultUrl) }].filter(({ url }) => url),
		keptDays: 7,
	},
});

export const pptCheck: Resource = {
	name: 'PPT Check',
	value: 'pptCheck',
	description: 'PowerPoint files checked and repaired before they are converted',
	operations: [
		{
			name: 'Create PPT Check Task',
			value: 'createPptCheckTask',
			action: 'Create PPT check task',
			description: 'Start looking for what a conversion to a web page cannot show',
			api: 'CreatePPTCheckTask',
			readOnly: false,
			sites: ['china'],
			availability: 'current',
			fields: [sdkAppId, documentUrl],
			optional: [autoHandleUnsupportedElement, autoHandleUnsupportedElementTypes],
			task: pptCheckTask,
		},
		{
			name: 'Describe PPT Check',
			value: 'describePptCheck',
			action: 'Describe PPT check',
			description: 'Get the problems found in a PowerPoint file and the link to the repaired one',
			api: 'DescribePPTCheck',
			readOnly: true,
			sites: ['china'],
			availability: 'current',
			fields: [
				sdkAppId,
				{ ...taskId, description: 'The ID that Create PPT Check Task answered with' },
			],
			task: pptCheckTask,
		},
	],
};
