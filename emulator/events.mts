/**
 * What happens to a task that somebody wants to be told: when, and with what. Both are worked out from
 * the task as it is, so a stop or a pause moves the events still to come.
 */
import type { Params } from './params.mts';
import { pptCheckAnswer } from './ppt-check.mts';
import { longPausesOf, recordingAnswer } from './recording.mts';
import type { Task, TaskKind } from './state.mts';
import { unixSeconds } from './times.mts';
import { transcodeAnswer } from './transcode.mts';
import { videoGenerationAnswer } from './video-generation.mts';
import { pushAnswer } from './whiteboard-push.mts';
import { errorOf } from './world.mts';

/** Kinds of tasks whose callback an application registers; a snapshot brings its own. */
export type EventKind = Exclude<TaskKind, 'snapshot'>;

const picked = (answer: Params, names: readonly string[]): Params =>
	Object.fromEntries(names.filter((name) => name in answer).map((name) => [name, answer[name]]));

const RECORDING_RESULT = [
	'TaskId',
	'RoomId',
	'GroupId',
	'RecordStartTime',
	'RecordStopTime',
	'TotalTime',
	'ReplayUrl',
	'VideoInfos',
];

/** Not documented for video generation and PPT check: what EventData holds. */
const DATA_SHAPES = {
	/** All that the query answers. */
	answer: (answer) => answer,
	/** The result of a recording. */
	recording: (answer) => picked(answer, RECORDING_RESULT),
	TaskId: ({ TaskId }) => ({ TaskId }),
	TaskID: ({ TaskId }) => ({ TaskID: TaskId }),
} satisfies Record<string, (answer: Params) => Params>;

export type EventDataShape = keyof typeof DATA_SHAPES;
export const EVENT_DATA_SHAPES = Object.keys(DATA_SHAPES) as EventDataShape[];

export interface EventOptions {
	/** Kinds whose failures are told as they once were: the Error alone, not even whose. */
	bareFailures?: readonly EventKind[];
	/** Not documented: names and contents. */
	videoGeneration?: { finished?: string; shape?: EventDataShape };
	pptCheck?: { progress?: string; finished?: string; shape?: EventDataShape };
}

export interface TaskEvent {
	eventType: string;
	/** Milliseconds; Infinity as long as there is no end in sight. */
	at: number;
	/** No other follows; it tells of the failure, if there is one. */
	isLast?: true;
	/** What no query answers. */
	more?: Params;
}

/** What each documented event tells of the answer to the task's query. */
const FIELDS: Record<string, readonly string[]> = {
	TranscodeProgressChanged: ['TaskId', 'Progress', 'Resolution', 'Title', 'Pages'],
	TranscodeFinished: [
		'TaskId',
		'Resolution',
		'Title',
		'Pages',
		'ResultUrl',
		'ThumbnailUrl',
		'ThumbnailResolution',
		'CompressFileUrl',
	],
	OnlineRecordStarted: ['TaskId', 'RoomId', 'RecordUserId'],
	OnlineRecordLongPauseWarning: ['TaskId', 'RoomId', 'RecordUserId'],
	OnlineRecordLongPauseForceStopped: ['TaskId', 'RoomId', 'RecordUserId'],
	OnlineRecordStopped: ['TaskId', 'RoomId', 'RecordUserId'],
	OnlineRecordFinished: [
		'TaskId',
		'RoomId',
		'GroupId',
		'RecordUserId',
		'FinishReason',
		'RecordStartTime',
		'RecordStopTime',
		'TotalTime',
		'ExceptionCnt',
		'OmittedDurations',
		'VideoInfos',
	],
	WhiteboardPushStarted: ['TaskId', 'RoomId', 'PushUserId', 'PushStartTime'],
	WhiteboardPushStopped: [
		'TaskId',
		'RoomId',
		'GroupId',
		'PushUserId',
		'FinishReason',
		'PushStartTime',
		'PushStopTime',
		'IMSyncTime',
		'ExceptionCnt',
	],
};

const endOf = ({ endsAt }: Task) => endsAt ?? Infinity;

/** How far it has come when its progress is told. */
const PROGRESS = [0.25, 0.5, 0.75];

const progressOfTask = (task: Task, eventType: string): TaskEvent[] =>
	PROGRESS.map((share) => ({
		eventType,
		at: Math.ceil(task.startsAt + share * (endOf(task) - task.startsAt)),
	})).filter(({ at }) => at < endOf(task));

const start = (task: Task, eventType: string): TaskEvent[] =>
	task.startsAt <= endOf(task) ? [{ eventType, at: task.startsAt }] : [];

const last = (eventType: string, at: number): TaskEvent => ({ eventType, at, isLast: true });

function longPauseEvents(task: Task<'recording'>): TaskEvent[] {
	return longPausesOf(task).flatMap(({ from, warnedAt, stopsAt, wasStopped }) => {
		const PauseTime = unixSeconds(from);
		const stop = unixSeconds(stopsAt);
		const warning: TaskEvent = {
			eventType: 'OnlineRecordLongPauseWarning',
			at: warnedAt,
			more: { PauseTime, EstimateStopTime: stop },
		};
		const stopped: TaskEvent = {
			eventType: 'OnlineRecordLongPauseForceStopped',
			at: stopsAt,
			more: { PauseTime, StopTime: stop },
		};
		return wasStopped ? [warning, stopped] : [warning];
	});
}

type Tellers = { [Kind in TaskKind]: (task: Task<Kind>, options: EventOptions) => TaskEvent[] };

const EVENTS: Tellers = {
	// Not documented; the documented names are like this.
	snapshot: (task) => [last('SnapshotFinished', endOf(task))],
	transcode: (task) => [
		...progressOfTask(task, 'TranscodeProgressChanged'),
		last('TranscodeFinished', endOf(task)),
	],
	recording: (task) => [
		...start(task, 'OnlineRecordStarted'),
		...longPauseEvents(task),
		{ eventType: 'OnlineRecordStopped', at: endOf(task) },
		last('OnlineRecordFinished', endOf(task) + task.data.processMs),
	],
	whiteboardPush: (task) => [
		...start(task, 'WhiteboardPushStarted'),
		last('WhiteboardPushStopped', endOf(task)),
	],
	videoGeneration: (task, { videoGeneration: { finished = 'VideoGenerationFinished' } = {} }) => [
		last(finished, endOf(task)),
	],
	pptCheck: (task, { pptCheck: options = {} }) => [
		...progressOfTask(task, options.progress ?? 'PPTCheckProgressChanged'),
		last(options.finished ?? 'PPTCheckFinished', endOf(task)),
	],
};

/** What happens to a task as things stand, past and future, each event once it is due in its order. */
export function eventsOf<Kind extends TaskKind>(
	task: Task<Kind>,
	options: EventOptions,
): TaskEvent[] {
	return EVENTS[task.kind](task, options);
}

type Answerers = { [Kind in EventKind]: (task: Task<Kind>, now: number, url: string) => Params };

const ANSWERS: Answerers = {
	transcode: transcodeAnswer,
	recording: recordingAnswer,
	whiteboardPush: pushAnswer,
	videoGeneration: (task, now, url) => {
		const { VideoInfoList, ...answer } = videoGenerationAnswer(task, now, url);
		return {
			...answer,
			RecordStartTime: unixSeconds(task.createdAt - task.data.videoMs),
			RecordStopTime: unixSeconds(task.createdAt),
			ReplayUrl: '',
			VideoInfos: VideoInfoList,
		};
	},
	pptCheck: pptCheckAnswer,
};

const SHAPES = { videoGeneration: 'recording', pptCheck: 'answer' } as const;

function answerOf<Kind extends EventKind>(task: Task<Kind>, now: number, url: string): Params {
	return ANSWERS[task.kind](task, now, url);
}

/** EventData, and whether the envelope leaves out the application. */
export function contentOf(
	task: Task<EventKind>,
	event: TaskEvent,
	url: string,
	options: EventOptions,
): { data: Params; isBare: boolean } {
	const { kind } = task;
	const failure = event.isLast ? task.data.failure : null;
	const error = failure && { Error: errorOf(failure) };
	if (error && options.bareFailures?.includes(kind)) return { data: error, isBare: true };
	const answer = answerOf(task, event.at, url);
	const data =
		kind === 'videoGeneration' || kind === 'pptCheck'
			? DATA_SHAPES[options[kind]?.shape ?? SHAPES[kind]](answer)
			: picked(answer, FIELDS[event.eventType]);
	const reason = error && 'FinishReason' in data && { FinishReason: 'EXCEPTION' };
	return { data: { ...data, ...event.more, ...reason, ...error }, isBare: false };
}
