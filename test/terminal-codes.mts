const FILES = [
	'FailedOperation.FileDownloadFail',
	'FailedOperation.FileFormatError',
	'FailedOperation.FileOpenFail',
	'FailedOperation.FileUploadFail',
	'InvalidParameter.FileFormatUnsupported',
	'InvalidParameter.UrlFormatError',
];

/** The codes with which Tencent's pages on these actions say that the task has failed. */
export const TERMINAL_CODES: Array<[resource: string, operation: string, codes: string[]]> = [
	[
		'transcode',
		'describeTranscode',
		[
			...FILES,
			'FailedOperation.Transcode',
			'FailedOperation.TranscodeServerError',
			'LimitExceeded.TranscodePagesLimitation',
		],
	],
	// Has a status for tasks that have failed.
	['transcode', 'describeTranscodeByUrl', []],
	[
		'pptCheck',
		'describePptCheck',
		[...FILES, 'FailedOperation.Preprocess', 'FailedOperation.PreprocessServerError'],
	],
	['recording', 'describeOnlineRecord', ['FailedOperation.Record']],
	['videoGeneration', 'describeVideoGenerationTask', ['FailedOperation.Record']],
	['whiteboardPush', 'describeWhiteboardPush', ['FailedOperation.WhiteboardPush']],
	['snapshot', 'describeSnapshotTask', []],
];
