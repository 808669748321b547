/**
 * The tasks of the service. A task is a stretch of time with a kind and that kind's own data; what it
 * answers at a given moment is worked out from the clock, so nothing has to run in the background.
 */
import type { PptCheckData } from './ppt-check.mts';
import type { RecordingData } from './recording.mts';
import type { SnapshotData } from './snapshot.mts';
import type { TranscodeData } from './transcode.mts';
import type { VideoGenerationData } from './video-generation.mts';
import type { WhiteboardPushData } from './whiteboard-push.mts';

/** What each kind of task remembers. A new kind is one more line here and one handler per action. */
export interface TaskData {
	snapshot: SnapshotData;
	transcode: TranscodeData;
	pptCheck: PptCheckData;
	recording: RecordingData;
	videoGeneration: VideoGenerationData;
	whiteboardPush: WhiteboardPushData;
}

export type TaskKind = keyof TaskData;

export interface Task<Kind extends TaskKind = TaskKind> {
	kind: Kind;
	id: string;
	sdkAppId: number;
	/** Milliseconds of the emulator's clock. */
	createdAt: number;
	/** When it is no longer queued, or has entered its room. */
	startsAt: number;
	/** Null: goes on until somebody stops it. */
	endsAt: number | null;
	data: TaskData[Kind];
}

/** For recordings: whether the recording is over; its files may still be in the making. */
export function hasEnded(task: Task, now: number): boolean {
	return task.endsAt !== null && now >= task.endsAt;
}

/** Where a task stands that waits in a queue and is then worked on. */
export function progressOf(task: Task, now: number): { Status: string; Progress: number } {
	if (hasEnded(task, now)) return { Status: 'FINISHED', Progress: 100 };
	if (now < task.startsAt) return { Status: 'QUEUED', Progress: 0 };
	const share = task.endsAt === null ? 0 : (now - task.startsAt) / (task.endsAt - task.startsAt);
	return { Status: 'PROCESSING', Progress: Math.floor(share * 100) };
}

export class TaskStore {
	readonly #tasks = new Map<string, Task>();

	add<Kind extends TaskKind>(task: Task<Kind>): Task<Kind> {
		if (this.#tasks.has(task.id)) throw new Error(`There is a task ${task.id} already.`);
		this.#tasks.set(task.id, task as Task);
		return task;
	}

	/** A task of any kind, by application and ID. */
	findAny(sdkAppId: number, id: string): Task | undefined {
		const task = this.#tasks.get(id);
		return task?.sdkAppId === sdkAppId ? task : undefined;
	}

	find<Kind extends TaskKind>(kind: Kind, sdkAppId: number, id: string): Task<Kind> | undefined {
		const task = this.findAny(sdkAppId, id);
		return task?.kind === kind ? (task as Task<Kind>) : undefined;
	}

	list(): Task[] {
		return [...this.#tasks.values()];
	}

	/** Tasks of a kind, oldest first. */
	ofKind<Kind extends TaskKind>(kind: Kind): Array<Task<Kind>> {
		return this.list().filter((task) => task.kind === kind) as Array<Task<Kind>>;
	}

	clear(): void {
		this.#tasks.clear();
	}
}
