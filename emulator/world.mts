/** What the actions work on, and how new tasks come into being. */
import { randomUUID } from 'node:crypto';

import { ApiError } from './api-error.mts';
import type { Applications } from './applications.mts';
import type { Callbacks } from './callbacks.mts';
import { withFields } from './fields.mts';
import type { FileStore } from './files.mts';
import type { Params } from './params.mts';
import type { Settings } from './settings.mts';
import { hasEnded } from './state.mts';
import type { Task, TaskData, TaskKind, TaskStore } from './state.mts';
import { isoTime } from './times.mts';

export interface World {
	tasks: TaskStore;
	files: FileStore;
	applications: Applications;
	settings: Settings;
	callbacks: Pick<Callbacks, 'settle' | 'watch'>;
	/** How long a new task runs. */
	runSeconds: number;
	/** The same for a snapshot task, by its request. */
	snapshotSeconds?: (params: Params) => number;
	/** How long recordings and pushes run that nobody stops; undefined: as the request says. */
	liveSeconds?: number;
	/** For so long after its creation a task is unknown to every query and command. */
	visibleAfterMs: number;
	/** The state of a task is that of so long ago. */
	staleMs: number;
	/** Tasks of one kind that may run at the same time. */
	maxConcurrent: number;
	/** Where the emulator is reached, for links in answers. */
	url: () => string;
}

export interface Call {
	params: Params;
	/** Milliseconds of the emulator's clock. */
	now: number;
	world: World;
}

export type Handler = (call: Call) => Params;

export interface Failure {
	errorCode: string;
	errorMessage?: string;
}

/** What every kind of task can be given when it is put there by hand. */
export interface NewTask {
	sdkAppId: number;
	/** A new UUID where left out. */
	taskId?: string;
	/** The emulator's own setting where left out; Infinity for a task that never ends. */
	runSeconds?: number;
	/** Unix seconds; the emulator's clock where left out. */
	createTime?: number;
	/** How it ends; well, where left out. */
	outcome?: 'finished' | Failure;
	/**
	 * Fields of the answer to its query that are other than they would be, once it has ended:
	 * `Result.Total` for those within, undefined to leave one out.
	 */
	fields?: Params;
}

/** The end of a task, as each kind but the snapshots remembers it. */
export interface Fate {
	failure: Failure | null;
	fields: Params;
}

export const fateOf = ({ outcome = 'finished', fields = {} }: NewTask): Fate => ({
	failure: outcome === 'finished' ? null : outcome,
	fields,
});

/** A new task is queued, or enters its room, for a tenth of its time, two seconds at most. */
const MAX_START_MS = 2000;

export function addTaskOf<Kind extends TaskKind>(
	kind: Kind,
	{ world, now }: Omit<Call, 'params'>,
	given: NewTask,
	data: TaskData[Kind],
): Task<Kind> {
	const createdAt = given.createTime === undefined ? now : given.createTime * 1000;
	const runMs = (given.runSeconds ?? world.runSeconds) * 1000;
	return world.tasks.add({
		kind,
		id: given.taskId ?? randomUUID(),
		sdkAppId: given.sdkAppId,
		createdAt,
		startsAt: createdAt + Math.min(Math.floor(runMs / 10), MAX_START_MS),
		endsAt: runMs === Infinity ? null : createdAt + runMs,
		data,
	});
}

/** A service of several machines takes a while until each of them knows of a new task. */
export function isVisible({ createdAt }: Task, { now, world }: Omit<Call, 'params'>): boolean {
	return now >= createdAt + world.visibleAfterMs;
}

/** The task that a query or command names; one of another application is as unknown as none. */
export function askedTask<Kind extends TaskKind>(kind: Kind, call: Call): Task<Kind> {
	const { params, world } = call;
	const sdkAppId = params.SdkAppId as number;
	const id = (params.TaskId ?? params.TaskID) as string;
	const task = world.tasks.find(kind, sdkAppId, id);
	if (!task || !isVisible(task, call)) {
		throw new ApiError(
			'InvalidParameter.TaskNotFound',
			`Application ${sdkAppId} has no ${kind} task ${id}.`,
		);
	}
	return task;
}

/** The moment of which a query tells: the machines that answer it lag behind. */
export const queriedAt = ({ now, world }: Call) => now - world.staleMs;

/** The answer to a task's query, with its own fields once the task has ended. */
export function queryAnswer(task: Task, now: number, answer: Params): Params {
	return hasEnded(task, now) ? withFields(answer, task.data.fields) : answer;
}

export const errorOf = ({
	errorCode: Code,
	errorMessage: Message = 'The task could not be carried out.',
}: Failure) => ({ Code, Message });

/** A failed task is an error of its query, not an answer. */
export function failWith(failure: Failure): never {
	const { Code, Message } = errorOf(failure);
	throw new ApiError(Code, Message);
}

/** Number and text of a failure in a list of tasks; messages may begin with the number. */
export function errorNumber(failure: Failure | null): { ErrorCode: number; ErrorMsg: string } {
	if (!failure) return { ErrorCode: 0, ErrorMsg: '' };
	const { errorCode, errorMessage = errorCode } = failure;
	return { ErrorCode: Number(/^-?\d+/.exec(errorMessage)?.[0] ?? 1), ErrorMsg: errorMessage };
}

/** No more tasks at the same time than the service allows. */
export function checkConcurrency(kind: TaskKind, { world, now }: Call, sdkAppId?: number): void {
	const running = world.tasks
		.ofKind(kind)
		.filter((task) => !hasEnded(task, now) && (sdkAppId ?? task.sdkAppId) === task.sdkAppId);
	if (running.length >= world.maxConcurrent) {
		throw new ApiError(
			'LimitExceeded.TaskConcurrency',
			`No more than ${world.maxConcurrent} ${kind} tasks may run at the same time.`,
		);
	}
}

/** The entries that Offset and Limit ask for. */
export function pageOf<Entry>(entries: Entry[], params: Params, defaultLimit: number): Entry[] {
	const offset = Math.max(0, Number(params.Offset ?? 0));
	return entries.slice(offset, offset + Math.max(0, Number(params.Limit ?? defaultLimit)));
}

/** Entries of a search that sets no Limit. */
const SEARCH_PAGE = 20;

/** The answer of a search: what all kinds of task have in common around the fields of their own, newest first. */
export function searchAnswer<Kind extends TaskKind>(
	kind: Kind,
	call: Call,
	set: string,
	isWanted: (task: Task<Kind>) => boolean,
	fieldsOf: (task: Task<Kind>) => Params,
): Params {
	const { params, world } = call;
	const found = world.tasks
		.ofKind(kind)
		.filter((task) => isVisible(task, call) && isWanted(task))
		.reverse();
	const entries = pageOf(found, params, SEARCH_PAGE).map((task) => ({
		TaskId: task.id,
		CreateTime: isoTime(task.createdAt),
		SdkAppId: task.sdkAppId,
		...fieldsOf(task),
	}));
	return { [set]: entries, TotalCount: found.length };
}
