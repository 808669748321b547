/** Snapshot tasks: images of the marked pages of a whiteboard. */
import { ApiError } from './api-error.mts';
import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import type { Params } from './params.mts';
import { snapshotPng } from './png.mts';
import { hasEnded } from './state.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';
import { addTaskOf } from './world.mts';
import type { Call, Handler, World } from './world.mts';

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
}

export interface SnapshotTask {
	sdkAppId: number;
	/** A new UUID where left out. */
	taskId?: string;
	/** The emulator's own setting where left out; Infinity for a task that never ends. */
	runSeconds?: number;
	/** So many images drawn by the emulator (default 3), or these links. */
	snapshots?: number | string[];
	/** Anything but `OK` makes a task that failed: no images, Total 0. */
	errorCode?: string;
	errorMessage?: string;
	/** Unix seconds; the emulator's clock where left out. */
	createTime?: number;
	/** Fields of the answer that are null: all that may be (true), or those named, `Result.Total`. */
	nulls?: boolean | string[];
	/** Other words than Running and Finished. */
	runningStatus?: string;
	finishedStatus?: string;
	/** Once ended, a failed task is an API error of the query instead of a result. */
	failAsApiError?: boolean;
}

const ALL_NULLABLE = ['TaskID', 'Status', 'CreateTime', 'FinishTime', 'Result'];
const DEFAULT_IMAGES = 3;

export function addSnapshotTask(world: World, now: number, given: SnapshotTask): string {
	const { snapshots = DEFAULT_IMAGES, errorCode = 'OK', nulls = [] } = given;
	const failed = errorCode !== 'OK';
	return addTaskOf('snapshot', { world, now }, given, {
		images: failed || Array.isArray(snapshots) ? 0 : snapshots,
		urls: failed || !Array.isArray(snapshots) ? null : snapshots,
		errorCode,
		errorMessage: given.errorMessage ?? (failed ? 'The snapshots could not be made.' : ''),
		nulls: Array.isArray(nulls) ? nulls : nulls ? ALL_NULLABLE : [],
		runningStatus: given.runningStatus ?? 'Running',
		finishedStatus: given.finishedStatus ?? 'Finished',
		failAsApiError: given.failAsApiError ?? false,
	}).id;
}

function withNulls(answer: Params, paths: readonly string[]): Params {
	const changed: Params = { ...answer };
	for (const path of paths) {
		const [name, ...inner] = path.split('.');
		const value = changed[name];
		if (inner.length === 0) changed[name] = null;
		else if (typeof value === 'object' && value !== null) {
			changed[name] = withNulls(value as Params, [inner.join('.')]);
		}
	}
	return changed;
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

function describe({ params, now, world }: Call): Params {
	const task = world.tasks.get('snapshot', params.SdkAppId as number, params.TaskID as string);
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
	return withNulls(answer, data.nulls);
}

export const snapshotHandlers: Record<string, Handler> = {
	CreateSnapshotTask: ({ params, now, world }) => ({
		TaskID: addSnapshotTask(world, now, { sdkAppId: params.SdkAppId as number }),
	}),
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
