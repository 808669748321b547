/** Videos made afterwards from what a recording has stored. */
import type { StoredFile } from './files.mts';
import { DISUSED_VIDEO, videoFile, videoInfo, videosOf } from './media.mts';
import type { Video } from './media.mts';
import type { Params } from './params.mts';
import { hasEnded, progressOf } from './state.mts';
import type { Task } from './state.mts';
import {
	addTaskOf,
	askedTask,
	checkConcurrency,
	failWith,
	fateOf,
	queriedAt,
	queryAnswer,
} from './world.mts';
import type { Call, Fate, Handler, NewTask } from './world.mts';

export interface VideoGenerationTask extends NewTask {
	/** Default 12345. */
	roomId?: number;
	/** The room's number where left out. */
	groupId?: string;
	/** So many videos; default 1, of the whiteboard. */
	videos?: number;
	/** Playing time; default 60. */
	videoSeconds?: number;
}

export interface VideoGenerationData extends Fate {
	roomId: number;
	groupId: string;
	videos: Video[];
	videoMs: number;
}

export function addVideoGenerationTask(
	call: Omit<Call, 'params'>,
	given: VideoGenerationTask,
): string {
	const { roomId = 12345, videos = 1, videoSeconds = 60 } = given;
	return addTaskOf('videoGeneration', call, given, {
		...fateOf(given),
		roomId,
		groupId: given.groupId ?? String(roomId),
		videos: videosOf(videos),
		videoMs: videoSeconds * 1000,
	}).id;
}

/** No code is documented for a recording that is not known, so any is taken. */
function create(call: Call): Params {
	const { params, world } = call;
	const sdkAppId = params.SdkAppId as number;
	checkConcurrency('videoGeneration', call, sdkAppId);
	const recording = world.tasks.find('recording', sdkAppId, params.OnlineRecordTaskId as string);
	const { roomId, groupId } = recording?.data ?? {};
	return { TaskId: addVideoGenerationTask(call, { sdkAppId, roomId, groupId }) };
}

export function videoGenerationAnswer(
	task: Task<'videoGeneration'>,
	now: number,
	url: string,
): Params {
	const { roomId, groupId, videos, videoMs, failure } = task.data;
	const ended = hasEnded(task, now) && !failure;
	const list = ended ? videos.map((_, index) => videoInfo(task, videos, index, videoMs, url)) : [];
	return queryAnswer(task, now, {
		TaskId: task.id,
		...progressOf(task, now),
		GroupId: groupId,
		RoomId: roomId,
		TotalTime: ended ? videoMs : 0,
		VideoInfos: DISUSED_VIDEO,
		VideoInfoList: list,
	});
}

function describe(call: Call): Params {
	const task = askedTask('videoGeneration', call);
	const { failure } = task.data;
	const now = queriedAt(call);
	if (hasEnded(task, now) && failure) failWith(failure);
	return videoGenerationAnswer(task, now, call.world.url());
}

export const videoGenerationHandlers: Record<string, Handler> = {
	CreateVideoGenerationTask: create,
	DescribeVideoGenerationTask: describe,
};

export function videoGenerationFile(
	task: Task<'videoGeneration'>,
	name: string,
	now: number,
): StoredFile | undefined {
	const { videos, failure } = task.data;
	return hasEnded(task, now) && !failure ? videoFile(task, videos, name) : undefined;
}
