/** The calls that the service makes itself, to the URLs that it was given: until 200 is answered, or as badly as asked for. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Params } from './params.mts';
import type { TaskKind } from './state.mts';

/** What a callback is about. */
export interface Announcement {
	kind: TaskKind | 'warning';
	/** The task's; empty for a warning that names none. */
	id: string;
	sdkAppId: number;
	eventType: string;
}

export interface DeliveryOptions {
	/** Whether a callback gets lost: nobody is called. */
	loses?: (about: Announcement) => boolean;
	/** How many times more it is sent, whatever was answered; default 0. */
	copies?: (about: Announcement) => number;
	/** Milliseconds by which it comes late, overtaken by the others; default 0. */
	delayMs?: (about: Announcement) => number;
	/** Callbacks that come up within so many milliseconds are sent in reverse order; default 0. */
	reorderMs?: number;
	/** Of the header; null for none. Not documented, default application/json. */
	contentType?: string | null;
	/** Milliseconds in which an answer must come; documented: 10 s. */
	timeout?: number;
	/** Further calls where the answer was not 200 or came too late; documented: 5, 5 s apart. */
	repeats?: number;
	pause?: number;
}

export interface RecordedCallback {
	taskId: string;
	eventType: string;
	url: string;
	body: Params;
	/** Of each call, in order; null where no answer came in time. */
	statuses: Array<number | null>;
	/** How long each answer took. */
	milliseconds: number[];
}

/** Whom to call, and with what; undefined for nobody. */
export type LookUp = () => { url: string; body: Params } | undefined;

/** Whatever a request names, nothing leaves this machine. */
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
const isHere = (url: string) => URL.canParse(url) && LOOPBACK.includes(new URL(url).hostname);

const DEFAULTS: Required<DeliveryOptions> = {
	loses: () => false,
	copies: () => 0,
	delayMs: () => 0,
	reorderMs: 0,
	contentType: 'application/json',
	timeout: 10_000,
	repeats: 5,
	pause: 5000,
};

export class Deliveries {
	/** Every callback whose first call has been made. */
	readonly made: RecordedCallback[] = [];

	readonly #given: () => DeliveryOptions;

	#closing = new AbortController();

	#held: Array<() => void> = [];

	/** By task, its latest callback's first call: the next one waits for it. */
	readonly #latest = new Map<string, Promise<unknown>>();

	constructor(options: () => DeliveryOptions) {
		this.#given = options;
	}

	get #options(): Required<DeliveryOptions> {
		return { ...DEFAULTS, ...this.#given() };
	}

	/** `lookUp` is asked when the first call is made. */
	send(about: Announcement, lookUp: LookUp): void {
		const delay = this.#options.delayMs(about);
		if (delay > 0) this.#later(delay, () => this.#hold(about, lookUp));
		else this.#hold(about, lookUp);
	}

	/** Forgets what has not been delivered. */
	cancel(): void {
		this.#closing.abort();
		this.#closing = new AbortController();
		this.#held = [];
		this.#latest.clear();
	}

	#hold(about: Announcement, lookUp: LookUp): void {
		const { loses, reorderMs } = this.#options;
		if (loses(about)) return;
		if (reorderMs === 0) {
			this.#deliver(about, lookUp);
			return;
		}
		this.#held.push(() => this.#deliver(about, lookUp));
		if (this.#held.length > 1) return;
		this.#later(reorderMs, () => {
			for (const deliver of this.#held.splice(0).reverse()) deliver();
		});
	}

	#deliver(about: Announcement, lookUp: LookUp): void {
		const { signal } = this.#closing;
		const before = this.#latest.get(about.id) ?? Promise.resolve();
		const first = before.then(() => this.#callFirst(about, lookUp, signal));
		this.#latest.set(
			about.id,
			first.catch(() => undefined),
		);
		this.#run(
			first.then((records) => Promise.all(records.map((one) => this.#repeat(one, signal)))),
		);
	}

	async #callFirst(about: Announcement, lookUp: LookUp, signal: AbortSignal) {
		signal.throwIfAborted();
		const records: RecordedCallback[] = [];
		const found = lookUp();
		if (!found || !isHere(found.url)) return records;
		const { id: taskId, eventType } = about;
		for (let left = this.#options.copies(about); left >= 0; left -= 1) {
			const record = { taskId, eventType, ...found, statuses: [], milliseconds: [] };
			this.made.push(record);
			records.push(record);
			await this.#call(record, signal);
		}
		return records;
	}

	async #repeat(record: RecordedCallback, signal: AbortSignal): Promise<void> {
		const { statuses } = record;
		const { repeats, pause } = this.#options;
		while (statuses.at(-1) !== 200 && statuses.length <= repeats) {
			await sleep(pause, undefined, { signal, ref: false });
			await this.#call(record, signal);
		}
	}

	async #call(record: RecordedCallback, signal: AbortSignal): Promise<void> {
		const begin = performance.now();
		const status = await this.#statusOf(record, signal);
		record.statuses.push(status);
		record.milliseconds.push(performance.now() - begin);
	}

	async #statusOf({ url, body }: RecordedCallback, signal: AbortSignal): Promise<number | null> {
		const { contentType, timeout } = this.#options;
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: contentType === null ? {} : { 'Content-Type': contentType },
				// Not the text itself, which would bring a Content-Type of its own.
				body: Buffer.from(JSON.stringify(body)),
				signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
			});
			await response.body?.cancel();
			return response.status;
		} catch (error) {
			if (signal.aborted) throw error;
			return null;
		}
	}

	#later(ms: number, work: () => void): void {
		const { signal } = this.#closing;
		this.#run(sleep(ms, undefined, { signal, ref: false }).then(work));
	}

	#run(work: Promise<unknown>): void {
		const { signal } = this.#closing;
		void work.catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
	}
}
