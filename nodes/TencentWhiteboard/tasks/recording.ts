import { linkFiles, pageAt, videoFiles } from './links';
import { endedByException, statusTask } from './statusTask';

/** STOPPED is not the end: the files are still being made. */
export const recordingTask = statusTask({
	label: 'recording task',
	describe: 'DescribeOnlineRecord',
	ended: ['FINISHED'],
	failureReason: endedByException,
	terminalErrorCodes: ['FailedOperation.Record'],
	files: {
		// Recorded for a video generation, there are no videos yet: only a link that plays it back.
		list: ({ VideoInfos, ReplayUrl }) => [
			...videoFiles(VideoInfos, 'VideoInfos'),
			...linkFiles(ReplayUrl, 'ReplayUrl').map(pageAt),
		],
		keptDays: 3,
	},
});
