/** Snapshot tasks: images of the marked pages of a whiteboard. */
import { ApiError } from './api-error.mts';
import { withFields } from './fields.mts';
import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import type { Params } from './params.mts';
import { snapshotPng } from './png.mts';
import { hasEnded } from './state.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';
import { addTaskOf, askedTask, queriedAt, queryAnswer } from './world.mts';
import type { Call, Handler, NewTask, World } from './world.mts';

export interface SnapshotData {
	/** Images served by the emulator itself, numbered from 1. */
	images: number;
	/** Links given from outside, instead of own images. */
	urls: string[] | null;
	errorCode: string;
	errorMessage: string;
	/** Fields answered as null, `Result.Total` for those within. */
	nulls: string[];
	runningStatus: string;
	finishedStatus: string;
	/** Once ended, the query is answered with the task's error instead of a result. */
	failAsApiError: boolean;
	/** Called when it has ended; empty for nobody. */
	callbackUrl: string;
	fields: Params;
}

export interface SnapshotTask extends Omit<NewTask, 'outcome'> {
	/** So many images drawn by the emulator (default 3), or these links. */
	snapshots?: number | string[];
	/** Anything but `OK` makes a task that failed: no images, Total 0. */
	errorCode?: string;
	errorMessage?: string;
	/** Fields that are null, ended or not: all that may be (true), or those named, `Result.Total`. */
	nulls?: boolean | string[];
	/** Other words than Running and Finished. */
	runningStatus?: string;
	finishedStatus?: string;
	/** Once ended, a failed task is an API error of the query instead of a result. */
	failAsApiError?: boolean;
	/** Called when it has ended. */
	callbackUrl?: string;
}

const ALL_NULLABLE = ['TaskID', 'Status', 'CreateTime', 'FinishTime', 'Result'];
const DEFAULT_IMAGES = 3;

export function addSnapshotTask(world: World, now: number, given: SnapshotTask): string {
	const { snapshots = DEFAULT_IMAGES, errorCode = 'OK', nulls = [] } = given;
	const failed = errorCode !== 'OK';
	const { id } = addTaskOf('snapshot', { world, now }, given, {
		images: failed || Array.isArray(snapshots) ? 0 : snapshots,
		urls: failed || !Array.isArray(snapshots) ? null : snapshots,
		errorCode,
		errorMessage: given.errorMessage ?? (failed ? 'The snapshots could not be made.' : ''),
		nulls: Array.isArray(nulls) ? nulls : nulls ? ALL_NULLABLE : [],
		runningStatus: given.runningStatus ?? 'Running',
		finishedStatus: given.finishedStatus ?? 'Finished',
		failAsApiError: given.failAsApiError ?? false,
		callbackUrl: given.callbackUrl ?? '',
		fields: given.fields ?? {},
	});
	world.callbacks.watch();
	return id;
}

function result(task: Task<'snapshot'>, url: string): Params {
	const { images, urls, errorCode, errorMessage } = task.data;
	const links =
		urls ?? Array.from({ length: images }, (_, index) => url + taskPath(task, `${index + 1}.png`));
	return {
		ErrorCode: errorCode,
		ErrorMessage: errorMessage,
		Total: links.length,
		Snapshots: links,
	};
}

function describe(call: Call): Params {
	const { world } = call;
	const task = askedTask('snapshot', call);
	const now = queriedAt(call);
	const { data } = task;
	const ended = hasEnded(task, now);
	if (ended && data.failAsApiError && data.errorCode !== 'OK') {
		throw new ApiError(data.errorCode, data.errorMessage);
	}
	const answer: Params = {
		TaskID: task.id,
		Status: ended ? data.finishedStatus : data.runningStatus,
		CreateTime: unixSeconds(task.createdAt),
		FinishTime: ended && task.endsAt !== null ? unixSeconds(task.endsAt) : null,
		Result: ended ? result(task, world.url()) : null,
	};
	const nulls = Object.fromEntries(data.nulls.map((path) => [path, null]));
	return queryAnswer(task, now, withFields(answer, nulls));
}

function create({ params, now, world }: Call): Params {
	const TaskID = addSnapshotTask(world, now, {
		sdkAppId: params.SdkAppId as number,
		runSeconds: world.snapshotSeconds?.(params),
		callbackUrl: (params.CallbackURL ?? '') as string,
	});
	return { TaskID };
}

export const snapshotHandlers: Record<string, Handler> = {
	CreateSnapshotTask: create,
	DescribeSnapshotTask: describe,
};

/** Images are there once their task has ended well, not before. */
export function snapshotFile(
	task: Task<'snapshot'>,
	name: string,
	now: number,
): StoredFile | undefined {
	const index = Number(/^([1-9]\d*)\.png$/.exec(name)?.[1] ?? NaN);
	if (!hasEnded(task, now) || !(index <= task.data.images)) return undefined;
	return { contentType: 'image/png', content: snapshotPng(task.id, index) };
}
