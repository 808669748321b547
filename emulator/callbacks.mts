/** Tells what happens to tasks, event by event, to whoever is registered for it at that moment. */
import { Deliveries } from './deliveries.mts';
import type { DeliveryOptions, RecordedCallback } from './deliveries.mts';
import { enveloped } from './envelope.mts';
import type { EnvelopeOptions } from './envelope.mts';
import { contentOf, eventsOf } from './events.mts';
import type { EventKind, EventOptions, TaskEvent } from './events.mts';
import type { Params } from './params.mts';
import type { Settings } from './settings.mts';
import type { Task, TaskStore } from './state.mts';

/** Not documented for snapshots: where the body has the task's ID. */
const SNAPSHOT_BODIES = {
	'EventData.TaskId': ({ id }, at, fields) =>
		enveloped({ ...fields, EventData: { TaskId: id } }, at),
	'EventData.TaskID': ({ id }, at, fields) =>
		enveloped({ ...fields, EventData: { TaskID: id } }, at),
	TaskId: ({ id, sdkAppId }) => ({ SdkAppId: sdkAppId, TaskId: id }),
	TaskID: ({ id, sdkAppId }) => ({ SdkAppId: sdkAppId, TaskID: id }),
} satisfies Record<string, (task: Task, at: number, fields: Params) => Params>;

export type CallbackShape = keyof typeof SNAPSHOT_BODIES;
export const CALLBACK_SHAPES = Object.keys(SNAPSHOT_BODIES) as CallbackShape[];

export interface CallbackOptions extends DeliveryOptions, EnvelopeOptions, EventOptions {
	/** Of a snapshot's body; one for all, or another for each call. */
	shape?: CallbackShape | ((task: Task) => CallbackShape);
	/** Not documented; default Warning. */
	warning?: { eventType?: string };
}

/** The settings in which an application registers its URL and key. */
export const CALLBACK_SETTINGS: Record<EventKind | 'warning', string> = {
	transcode: 'TranscodeCallback',
	recording: 'OnlineRecordCallback',
	whiteboardPush: 'WhiteboardPushCallback',
	videoGeneration: 'VideoGenerationTaskCallback',
	pptCheck: 'PPTCheckCallback',
	warning: 'WarningCallback',
};

/** How often tasks are looked through, in real time: the emulator's clock may be one that jumps. */
const TICK_MS = 20;

interface Surroundings {
	tasks: TaskStore;
	settings: Settings;
	/** Where the emulator is reached. */
	url: () => string;
	/** The emulator's clock. */
	now: () => number;
}

/** Whom to call; an empty key where nothing is signed. */
interface Target {
	url: string;
	key: string;
}

const isOfSnapshot = (task: Task): task is Task<'snapshot'> => task.kind === 'snapshot';
const keyOf = ({ eventType, at }: TaskEvent) => `${eventType} ${at}`;

export class Callbacks {
	readonly #world: Surroundings;

	readonly #given: CallbackOptions;

	#options: CallbackOptions;

	readonly #deliveries = new Deliveries(() => this.#options);

	/** Events that have been due, whether anybody was told or not; null once the last was. */
	readonly #settled = new WeakMap<Task, Set<string> | null>();

	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(world: Surroundings, options: CallbackOptions = {}) {
		this.#world = world;
		this.#given = options;
		this.#options = options;
	}

	get made(): readonly RecordedCallback[] {
		return this.#deliveries.made;
	}

	/** For those still to be made. */
	change(options: CallbackOptions): void {
		this.#options = { ...this.#options, ...options };
	}

	/** Tells what has become due, as things stand: whoever registers later has missed it. */
	settle(): void {
		const now = this.#world.now();
		const due = this.#world.tasks.list().flatMap((task) => {
			const settled = this.#settled.get(task);
			if (settled === null) return [];
			return eventsOf(task, this.#options)
				.filter((event) => event.at <= now && !settled?.has(keyOf(event)))
				.map((event) => ({ task, event }));
		});
		for (const { task, event } of due.sort((one, other) => one.event.at - other.event.at)) {
			const settled = this.#settled.get(task) ?? new Set();
			this.#settled.set(task, event.isLast ? null : settled.add(keyOf(event)));
			if (this.#targetOf(task)) this.#tell(task, event, now);
		}
	}

	/** Looks again and again, as long as there is anybody to tell. */
	watch(): void {
		if (!this.#hasListeners()) {
			this.#stop();
			return;
		}
		this.#timer ??= setInterval(() => {
			this.settle();
			this.watch();
		}, TICK_MS).unref();
	}

	/** Forgets what has not been delivered. */
	cancel(): void {
		this.#stop();
		this.#deliveries.cancel();
		this.#options = this.#given;
	}

	warn(sdkAppId: number, EventData: Params): void {
		const { warning: { eventType = 'Warning' } = {} } = this.#options;
		const { TaskId } = EventData;
		const id = typeof TaskId === 'string' ? TaskId : '';
		const fields = { SdkAppId: sdkAppId, EventType: eventType, EventData };
		const now = this.#world.now();
		this.#deliveries.send({ kind: 'warning', id, sdkAppId, eventType }, () => {
			const target = this.#registered('warning', sdkAppId);
			return target && { url: target.url, body: enveloped(fields, now, target.key, this.#options) };
		});
	}

	#stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	#hasListeners(): boolean {
		const isAwaited = (task: Task<'snapshot'>) =>
			task.data.callbackUrl !== '' && this.#settled.get(task) !== null;
		return (
			this.#world.settings.hasCallbacks() || this.#world.tasks.ofKind('snapshot').some(isAwaited)
		);
	}

	#registered(kind: EventKind | 'warning', sdkAppId: number): Target | undefined {
		const { Callback, CallbackKey } = this.#world.settings.get(CALLBACK_SETTINGS[kind], sdkAppId);
		return Callback ? { url: Callback as string, key: (CallbackKey ?? '') as string } : undefined;
	}

	/** A snapshot has a URL of its own, and no key. */
	#targetOf(task: Task): Target | undefined {
		if (!isOfSnapshot(task)) return this.#registered(task.kind as EventKind, task.sdkAppId);
		return task.data.callbackUrl ? { url: task.data.callbackUrl, key: '' } : undefined;
	}

	#tell(task: Task, event: TaskEvent, now: number): void {
		const { kind, id, sdkAppId } = task;
		this.#deliveries.send({ kind, id, sdkAppId, eventType: event.eventType }, () => {
			const target = this.#targetOf(task);
			return target && { url: target.url, body: this.#bodyOf(task, event, now, target.key) };
		});
	}

	#bodyOf(task: Task, event: TaskEvent, now: number, key: string): Params {
		const fields = { SdkAppId: task.sdkAppId, EventType: event.eventType };
		if (isOfSnapshot(task)) {
			const { shape = 'EventData.TaskId' } = this.#options;
			return SNAPSHOT_BODIES[typeof shape === 'string' ? shape : shape(task)](task, now, fields);
		}
		const { data, isBare } = contentOf(
			task as Task<EventKind>,
			event,
			this.#world.url(),
			this.#options,
		);
		const { SdkAppId, EventType } = fields;
		const content = { ...(!isBare && { SdkAppId }), EventType, EventData: data };
		return enveloped(content, now, key, this.#options);
	}
}
