/** Real-time recordings: prepared, recording, perhaps paused, stopped, and finished once the files are made. */
import { ApiError } from './api-error.mts';
import { RECORDING_LIMITS } from './facts.mts';
import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import { checkGoesOn, checkUser, liveDataOf, liveParams, liveSecondsOf, stop } from './live.mts';
import type { LiveData, LiveTask } from './live.mts';
import { videoFile, videoInfo, videosOf, webPage } from './media.mts';
import type { Video } from './media.mts';
import type { Params } from './params.mts';
import { hasEnded } from './state.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';
import {
	addTaskOf,
	askedTask,
	checkConcurrency,
	errorNumber,
	failWith,
	fateOf,
	queriedAt,
	queryAnswer,
	searchAnswer,
} from './world.mts';
import type { Call, Handler } from './world.mts';

export interface RecordingTask extends LiveTask {
	/**
	 * So many videos, or these; default 2, the whiteboard and one camera, but none where it records for a
	 * video generation.
	 */
	videos?: number | Video[];
	/** How long the files are in the making after the end; as long as it ran where left out, 1 s at most. */
	processSeconds?: number;
	/** It has been paused since it began. */
	paused?: boolean;
	/** It records for a video generation: in place of videos it has a link to play it back. */
	forGeneration?: boolean;
}

interface Pause {
	from: number;
	/** Null: it lasts. */
	to: number | null;
	/** Milliseconds that were left until the recording would end by itself. */
	left: number | null;
}

export interface RecordingData extends LiveData {
	videos: Video[];
	processMs: number;
	pauses: Pause[];
	forGeneration: boolean;
}

type Recording = Task<'recording'>;

const MAX_MS = RECORDING_LIMITS.maxHours * 3600 * 1000;
const MAX_PAUSE_MS = RECORDING_LIMITS.maxPauseMinutes * 60 * 1000;
/** From the older guides, in which a pause may last half an hour. */
const PAUSE_WARNING_MS = 20 * 60 * 1000;

export function addRecordingTask(call: Omit<Call, 'params'>, given: RecordingTask): string {
	const { forGeneration = false, runSeconds = call.world.runSeconds } = given;
	const videos = given.videos ?? (forGeneration ? 0 : 2);
	const processSeconds = given.processSeconds ?? Math.min(1, runSeconds, call.world.runSeconds);
	const task = addTaskOf('recording', call, given, {
		...fateOf(given),
		...liveDataOf(given, 'tic_record_user'),
		videos: typeof videos === 'number' ? videosOf(videos) : videos,
		processMs: processSeconds * 1000,
		pauses: [],
		forGeneration,
	});
	if (given.paused) pauseAt(task, task.startsAt);
	return task.id;
}

const isOn = (params: Params, name: string) =>
	(params[name] as { Enabled?: boolean } | undefined)?.Enabled === true;

function start(call: Call): Params {
	const { params } = call;
	const task = liveParams(params);
	const userId = params.RecordUserId as string;
	checkUser(call, task.sdkAppId, userId);
	checkConcurrency('recording', call, task.sdkAppId);
	const forGeneration = params.RecordMode === 'VIDEO_GENERATION_MODE';
	const videos = videosOf(2);
	if (isOn(params, 'MixStream')) {
		videos.push({ type: 'mixed', userId: `tic_mixstream_${task.roomId}_1` });
	}
	if (params.AudioFileNeeded === true) videos.push({ type: 'audio', userId: 'user_1' });
	const TaskId = addRecordingTask(call, {
		...task,
		userId,
		videos: forGeneration ? [] : videos,
		runSeconds: liveSecondsOf(call, RECORDING_LIMITS.idleSecondsDefault),
		forGeneration,
	});
	return { TaskId };
}

const openPause = ({ data }: Recording) => data.pauses.find(({ to }) => to === null);

export function recordingStatus(task: Recording, now: number): string {
	if (hasEnded(task, now)) return hasFinished(task, now) ? 'FINISHED' : 'STOPPED';
	if (openPause(task)) return 'PAUSED';
	return now < task.startsAt ? 'PREPARED' : 'RECORDING';
}

const hasFinished = ({ endsAt, data }: Recording, now: number) =>
	endsAt !== null && now >= endsAt + data.processMs;

function refuseStatus(task: Recording, now: number): never {
	const status = recordingStatus(task, now);
	throw new ApiError('UnsupportedOperation.InvalidTaskStatus', `The task is ${status}.`);
}

/** Whatever is said of a recording's end, it is over after a day. */
function endAt(task: Recording, at: number, reason: string): void {
	const latest = task.startsAt + MAX_MS;
	task.endsAt = Math.min(at, latest);
	task.data.finishReason = at > latest ? 'FORCE_STOP' : reason;
}

/** While it is paused the time does not run out, but a pause must not take too long. */
function pauseAt(task: Recording, from: number): void {
	const left = task.endsAt === null ? null : task.endsAt - from;
	task.data.pauses.push({ from, to: null, left });
	endAt(task, from + MAX_PAUSE_MS, 'FORCE_STOP');
}

/** Pauses so long that the service warned of their end, or that it even ended. */
export function longPausesOf({ startsAt, endsAt, data }: Recording) {
	return data.pauses
		.map(({ from, to }) => {
			const stopsAt = Math.min(from + MAX_PAUSE_MS, startsAt + MAX_MS);
			const wasStopped = to === null && endsAt === stopsAt;
			return {
				from,
				to: to ?? endsAt ?? Infinity,
				warnedAt: from + PAUSE_WARNING_MS,
				stopsAt,
				wasStopped,
			};
		})
		.filter(({ to, warnedAt }) => warnedAt < to);
}

function pause(call: Call): Params {
	const { now } = call;
	const task = askedTask('recording', call);
	checkGoesOn(task, now);
	if (recordingStatus(task, now) !== 'RECORDING') refuseStatus(task, now);
	pauseAt(task, now);
	return {};
}

function resume(call: Call): Params {
	const { now } = call;
	const task = askedTask('recording', call);
	checkGoesOn(task, now);
	const paused = openPause(task);
	if (!paused) refuseStatus(task, now);
	paused.to = now;
	if (paused.left === null) task.endsAt = null;
	else endAt(task, now + paused.left, 'AUTO');
	return {};
}

function result(task: Recording, now: number, url: string): Params {
	const { data, startsAt } = task;
	const ended = hasEnded(task, now);
	const started = startsAt <= (task.endsAt ?? Infinity) && now >= startsAt;
	const until = ended ? (task.endsAt as number) : now;
	const pauses = data.pauses.map(({ from, to }) => ({ from, to: to ?? until }));
	const recorded = (at: number) =>
		pauses.reduce(
			(total, { from, to }) => total - Math.max(0, Math.min(to, at) - from),
			Math.max(0, at - startsAt),
		);
	const finished = hasFinished(task, now) && !data.failure;
	const length = finished && started ? recorded(until) : 0;
	return {
		FinishReason: ended ? data.finishReason : '',
		RoomId: data.roomId,
		GroupId: data.groupId,
		RecordStartTime: started ? unixSeconds(startsAt) : 0,
		RecordStopTime: ended ? unixSeconds(until) : 0,
		TotalTime: length,
		ExceptionCnt: data.finishReason === 'EXCEPTION' && ended ? 1 : 0,
		OmittedDurations: finished
			? pauses.map(({ from, to }) => ({
					VideoTime: recorded(from),
					PauseTime: from,
					ResumeTime: to,
				}))
			: [],
		VideoInfos: finished
			? data.videos.map((_, index) => videoInfo(task, data.videos, index, length, url))
			: [],
	};
}

export function recordingAnswer(task: Recording, now: number, url: string): Params {
	const { userId, forGeneration } = task.data;
	return queryAnswer(task, now, {
		TaskId: task.id,
		Status: recordingStatus(task, now),
		...result(task, now, url),
		RecordUserId: userId,
		ReplayUrl: hasFinished(task, now) && forGeneration ? url + taskPath(task, 'replay.html') : null,
		Interrupts: [],
	});
}

function describe(call: Call): Params {
	const task = askedTask('recording', call);
	const { failure } = task.data;
	const now = queriedAt(call);
	if (hasFinished(task, now) && failure) failWith(failure);
	return recordingAnswer(task, now, call.world.url());
}

function search(call: Call): Params {
	const { params, now, world } = call;
	return searchAnswer(
		'recording',
		call,
		'RecordTaskSet',
		({ data }) => (params.RoomId ?? data.roomId) === data.roomId,
		(task) => ({
			Status: recordingStatus(task, now),
			RoomId: task.data.roomId,
			Result: {
				...result(task, now, world.url()),
				Details: '',
				...errorNumber(hasFinished(task, now) ? task.data.failure : null),
			},
		}),
	);
}

export const recordingHandlers: Record<string, Handler> = {
	StartOnlineRecord: start,
	PauseOnlineRecord: pause,
	ResumeOnlineRecord: resume,
	StopOnlineRecord: (call) => {
		stop(askedTask('recording', call), call.now);
		return {};
	},
	DescribeOnlineRecord: describe,
	DescribeRecordSearch: search,
};

export function recordingFile(task: Recording, name: string, now: number): StoredFile | undefined {
	const { videos, failure, forGeneration } = task.data;
	if (!hasFinished(task, now) || failure) return undefined;
	if (name === 'replay.html' && forGeneration) return webPage(task.id);
	return videoFile(task, videos, name);
}
