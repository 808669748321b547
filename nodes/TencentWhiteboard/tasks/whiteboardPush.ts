import { endedByException, statusTask } from './statusTask';

/** It is running until somebody stops it, or until nothing has happened for long. */
export const whiteboardPushTask = statusTask({
	label: 'whiteboard push task',
	describe: 'DescribeWhiteboardPush',
	ended: ['STOPPED'],
	failureReason: endedByException,
	terminalErrorCodes: ['FailedOperation.WhiteboardPush'],
});
