/** The actions that do something. Each gets checked parameters and returns its answer's fields. */
import { randomUUID } from 'node:crypto';

import { ApiError } from './api-error.mts';
import { snapshotPath } from './files.mts';
import type { FileStore } from './files.mts';
import type { Params } from './params.mts';
import { hasEnded, unixSeconds } from './state.mts';
import type { SnapshotData, Task, TaskStore } from './state.mts';

export interface World {
	tasks: TaskStore;
	files: FileStore;
	/** How long a new task runs. */
	runSeconds: number;
	/** Applications of this account; undefined: all there are. */
	applications?: ReadonlySet<number>;
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
	const createdAt = given.createTime === undefined ? now : given.createTime * 1000;
	const runSeconds = given.runSeconds ?? world.runSeconds;
	const failed = errorCode !== 'OK';
	const data: SnapshotData = {
		images: failed || Array.isArray(snapshots) ? 0 : snapshots,
		urls: failed || !Array.isArray(snapshots) ? null : snapshots,
		errorCode,
		errorMessage: given.errorMessage ?? (failed ? 'The snapshots could not be made.' : ''),
		nulls: Array.isArray(nulls) ? nulls : nulls ? ALL_NULLABLE : [],
		runningStatus: given.runningStatus ?? 'Running',
		finishedStatus: given.finishedStatus ?? 'Finished',
		failAsApiError: given.failAsApiError ?? false,
	};
	return world.tasks.add({
		kind: 'snapshot',
		id: given.taskId ?? randomUUID(),
		sdkAppId: given.sdkAppId,
		createdAt,
		endsAt: runSeconds === Infinity ? null : createdAt + runSeconds * 1000,
		data,
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

function snapshotResult(task: Task<'snapshot'>, url: string): Params {
	const { images, urls, errorCode, errorMessage } = task.data;
	const links =
		urls ??
		Array.from(
			{ length: images },
			(_, index) => url + snapshotPath(task.sdkAppId, task.id, index + 1),
		);
	return {
		ErrorCode: errorCode,
		ErrorMessage: errorMessage,
		Total: links.length,
		Snapshots: links,
	};
}

function describeSnapshotTask({ params, now, world }: Call): Params {
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
		Result: ended ? snapshotResult(task, world.url()) : null,
	};
	return withNulls(answer, data.nulls);
}

function createSnapshotTask({ params, now, world }: Call): Params {
	return { TaskID: addSnapshotTask(world, now, { sdkAppId: params.SdkAppId as number }) };
}

function getCallerIdentity(): Params {
	const account = '100000000001';
	return {
		Arn: `qcs::cam::uin/${account}:uin/${account}`,
		AccountId: account,
		UserId: account,
		PrincipalId: account,
		Type: 'CAMUser',
	};
}

export const HANDLERS: Readonly<Record<string, Handler>> = {
	CreateSnapshotTask: createSnapshotTask,
	DescribeSnapshotTask: describeSnapshotTask,
	GetCallerIdentity: getCallerIdentity,
};
