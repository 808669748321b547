import type { ResultFile } from '../types';
import { isLink, linkFiles, pageAt } from './links';
import { statusTask } from './statusTask';

/** Of a document; no conversion gives more. */
const MAX_PAGES = 5000;

/**
 * A static conversion's result is a prefix, `…/id/`; that of a dynamic one is a web page, `…/index.html`, with a
 * list of what belongs to it, `…/resources.txt`.
 */
const PREFIX = /^[^?]*\/[^/.?]*(\?|$)/;

function pageFiles(prefix: ResultFile, pages: unknown): ResultFile[] {
	const length = typeof pages === 'number' ? Math.min(pages, MAX_PAGES) : 0;
	return Array.from({ length }, (_, index) => ({
		url: prefix.url.replace(/(?=\?|$)/, `${index + 1}.jpg`),
	}));
}

/** A conversion that fails makes DescribeTranscode answer with an error. */
export const transcodeTask = statusTask({
	label: 'transcode task',
	describe: 'DescribeTranscode',
	ended: ['FINISHED'],
	failureReason: ({ ResultUrl }) =>
		isLink(ResultUrl) ? undefined : { code: '', message: 'the answer holds no result' },
	terminalErrorCodes: [
		'FailedOperation.FileDownloadFail',
		'FailedOperation.FileFormatError',
		'FailedOperation.FileOpenFail',
		'FailedOperation.FileUploadFail',
		'FailedOperation.Transcode',
		'FailedOperation.TranscodeServerError',
		'InvalidParameter.FileFormatUnsupported',
		'InvalidParameter.UrlFormatError',
		'LimitExceeded.TranscodePagesLimitation',
	],
	files: {
		list: ({ Status, Pages, ResultUrl, ResourceListUrl, ThumbnailUrl, CompressFileUrl }) => {
			// Links to pages are made up here, so there must be pages.
			const pagesOf = (prefix: ResultFile) =>
				Status === 'FINISHED' ? pageFiles(prefix, Pages) : [];
			return [
				...linkFiles(ResultUrl, 'ResultUrl').flatMap((result) =>
					PREFIX.test(result.url) ? pagesOf(result) : [pageAt(result)],
				),
				...linkFiles(ResourceListUrl, 'ResourceListUrl'),
				...linkFiles(ThumbnailUrl, 'ThumbnailUrl').flatMap(pagesOf),
				...linkFiles(CompressFileUrl, 'CompressFileUrl'),
			];
		},
		keptDays: 7,
	},
});

/**
 * Answers with the state only; the files are known by the task ID. It has a status for a conversion that failed,
 * so its error codes are about the query, FailedOperation.TranscodeServerError too.
 */
export const transcodeTaskByUrl = statusTask({
	label: 'transcode task',
	describe: 'DescribeTranscodeByUrl',
	idField: 'Url',
	ended: ['FINISHED', 'EXCEPTION'],
	failureReason: ({ Status }) =>
		Status === 'EXCEPTION' ? { code: 'EXCEPTION', message: 'the conversion failed' } : undefined,
	terminalErrorCodes: [],
});
