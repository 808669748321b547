import { videoFiles } from './links';
import { endedByException, statusTask } from './statusTask';

/** STOPPED is not the end: the files are still being made. */
export const recordingTask = statusTask({
	label: 'recording task',
	describe: 'DescribeOnlineRecord',
	ended: ['FINISHED'],
	failureReason: endedByException,
	terminalErrorCodes: ['FailedOperation.Record'],
	files: { list: ({ VideoInfos }) => videoFiles(VideoInfos, 'VideoInfos'), keptDays: 3 },
});
