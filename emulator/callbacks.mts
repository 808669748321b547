/** The calls that the service makes itself: to the URL that a request has named, when its task ends. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Params } from './params.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';

/** Not documented for every kind of task; the documented names are like this. */
const eventTypeOf = ({ kind }: Task) => `${kind[0].toUpperCase()}${kind.slice(1)}Finished`;

const enveloped = (task: Task, EventData: Params): Params => ({
	Timestamp: unixSeconds(task.endsAt ?? 0),
	SdkAppId: task.sdkAppId,
	EventType: eventTypeOf(task),
	EventData,
});

/** Not documented for every kind of task: where the body has the task's ID. */
const BODIES = {
	'EventData.TaskId': (task: Task) => enveloped(task, { TaskId: task.id }),
	'EventData.TaskID': (task: Task) => enveloped(task, { TaskID: task.id }),
	TaskId: ({ id, sdkAppId }: Task) => ({ SdkAppId: sdkAppId, TaskId: id }),
	TaskID: ({ id, sdkAppId }: Task) => ({ SdkAppId: sdkAppId, TaskID: id }),
} satisfies Record<string, (task: Task) => Params>;

export type CallbackShape = keyof typeof BODIES;
export const CALLBACK_SHAPES = Object.keys(BODIES) as CallbackShape[];

export interface CallbackOptions {
	/** Of the body; one for all, or another for each call. */
	shape?: CallbackShape | ((task: Task) => CallbackShape);
	/** Whether a task's callback gets lost: nobody is called. */
	loses?: (task: Task) => boolean;
	/** Milliseconds in which an answer must come; documented: 10 s. */
	timeout?: number;
	/** Further calls where the answer was not 200 or came too late; documented: 5, 5 s apart. */
	repeats?: number;
	pause?: number;
}

export interface RecordedCallback {
	taskId: string;
	url: string;
	body: Params;
	/** Of each call, in order; null where no answer came in time. */
	statuses: Array<number | null>;
}

/** Whatever a request names, nothing leaves this machine. */
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
const isHere = (url: string) => URL.canParse(url) && LOOPBACK.includes(new URL(url).hostname);

export class Callbacks {
	/** Every callback whose first call has been made. */
	readonly made: RecordedCallback[] = [];

	readonly #options: Required<CallbackOptions>;

	#closing = new AbortController();

	constructor(options: CallbackOptions = {}) {
		this.#options = {
			shape: 'EventData.TaskId',
			loses: () => false,
			timeout: 10_000,
			repeats: 5,
			pause: 5000,
			...options,
		};
	}

	/** Calls the URL when the task ends; `now` on the clock of its times. */
	announce(task: Task, url: string, now: number): void {
		if (task.endsAt === null || !isHere(url)) return;
		const { signal } = this.#closing;
		void this.#deliver(task, url, task.endsAt - now, signal).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
	}

	/** Forgets what has not been delivered. */
	cancel(): void {
		this.#closing.abort();
		this.#closing = new AbortController();
	}

	async #deliver(task: Task, url: string, delay: number, signal: AbortSignal): Promise<void> {
		await sleep(Math.max(0, delay), undefined, { signal });
		const { shape, loses, repeats, pause } = this.#options;
		if (loses(task)) return;
		const body = BODIES[typeof shape === 'string' ? shape : shape(task)](task);
		const record: RecordedCallback = { taskId: task.id, url, body, statuses: [] };
		this.made.push(record);
		for (;;) {
			const status = await this.#call(url, body, signal);
			record.statuses.push(status);
			if (status === 200 || record.statuses.length > repeats) return;
			await sleep(pause, undefined, { signal });
		}
	}

	async #call(url: string, body: Params, signal: AbortSignal): Promise<number | null> {
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
				signal: AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeout)]),
			});
			await response.body?.cancel();
			return response.status;
		} catch (error) {
			if (signal.aborted) throw error;
			return null;
		}
	}
}
