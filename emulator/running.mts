/** The list of what runs at the moment, kind by kind. */
import type { Params } from './params.mts';
import { hasEnded, progressOf } from './state.mts';
import type { Task } from './state.mts';
import { localTime } from './times.mts';
import { isVisible, pageOf } from './world.mts';
import type { Call, Handler } from './world.mts';

const DEFAULT_PAGE = 100;

const isOfType: Record<string, (task: Task) => boolean> = {
	TranscodeH5: (task) => task.kind === 'transcode' && !(task as Task<'transcode'>).data.isStatic,
	TranscodeJPG: (task) => task.kind === 'transcode' && (task as Task<'transcode'>).data.isStatic,
	WhiteboardPush: ({ kind }) => kind === 'whiteboardPush',
	OnlineRecord: ({ kind }) => kind === 'recording',
};

function describeRunningTasks(call: Call): Params {
	const { params, now, world } = call;
	const { SdkAppID, TaskType } = params;
	const running = world.tasks
		.list()
		.filter(
			(task) =>
				task.sdkAppId === SdkAppID &&
				isVisible(task, call) &&
				!hasEnded(task, now) &&
				isOfType[TaskType as string](task),
		);
	const Tasks = pageOf(running, params, DEFAULT_PAGE).map((task) => ({
		SdkAppID,
		TaskID: task.id,
		TaskType,
		CreateTime: localTime(task.createdAt),
		CancelTime: '',
		...progressOf(task, now),
		FileURL: 'url' in task.data ? task.data.url : '',
		RoomID: 'roomId' in task.data ? task.data.roomId : 0,
	}));
	return { Total: running.length, Tasks };
}

export const runningHandlers: Record<string, Handler> = {
	DescribeRunningTasks: describeRunningTasks,
};
