/**
 * The tasks of the service. A task is a stretch of time with a kind and that kind's own data; what it
 * answers at a given moment is worked out from the clock, so nothing has to run in the background.
 */
import { ApiError } from './api-error.mts';

/** What each kind of task remembers. A new kind is one more line here and one handler per action. */
export interface TaskData {
	snapshot: SnapshotData;
}

export type TaskKind = keyof TaskData;

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

export interface Task<Kind extends TaskKind = TaskKind> {
	kind: Kind;
	id: string;
	sdkAppId: number;
	/** Milliseconds of the emulator's clock. */
	createdAt: number;
	/** Null: goes on until somebody stops it. */
	endsAt: number | null;
	data: TaskData[Kind];
}

export function hasEnded(task: Task, now: number): boolean {
	return task.endsAt !== null && now >= task.endsAt;
}

export const unixSeconds = (ms: number) => Math.floor(ms / 1000);

export class TaskStore {
	readonly #tasks = new Map<string, Task>();

	add<Kind extends TaskKind>(task: Task<Kind>): Task<Kind> {
		if (this.#tasks.has(task.id)) throw new Error(`There is a task ${task.id} already.`);
		this.#tasks.set(task.id, task as Task);
		return task;
	}

	find<Kind extends TaskKind>(kind: Kind, sdkAppId: number, id: string): Task<Kind> | undefined {
		const task = this.#tasks.get(id);
		return task?.kind === kind && task.sdkAppId === sdkAppId ? (task as Task<Kind>) : undefined;
	}

	/** For the API: a task of another application is as unknown as one that never was. */
	get<Kind extends TaskKind>(kind: Kind, sdkAppId: number, id: string): Task<Kind> {
		const task = this.find(kind, sdkAppId, id);
		if (!task) {
			throw new ApiError(
				'InvalidParameter.TaskNotFound',
				`Application ${sdkAppId} has no ${kind} task ${id}.`,
			);
		}
		return task;
	}

	list(): Task[] {
		return [...this.#tasks.values()];
	}
}
