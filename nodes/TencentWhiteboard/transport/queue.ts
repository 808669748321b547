import type { Env } from './env';
import { StartRate } from './rate';

/** When a request may be sent, and for whom. Times on the clock of `Env.now`. */
export interface EntryOptions {
	/** Aborts the wait. Executions are told apart by their signals: each gets its fair share. */
	signal: AbortSignal;
	/** Not before this time; left out: at once. */
	due?: number;
	/** From this time on it goes before all others of its execution. */
	urgentAt?: number;
	/** The wait ends at this time. */
	deadline?: number;
	/** It was refused before: it goes before those that were never sent. */
	retried?: boolean;
}

/** Why a timer is aborted. Made once: without a reason, each abort makes an error with a stack. */
const REARMED = new Error('The next request is due at another time');

interface Entry {
	due: number;
	urgentAt: number;
	deadline: number;
	retried: boolean;
	/** In order of arrival. */
	order: number;
	resolve(permit?: Permit): void;
	reject(reason: unknown): void;
}

/** The right to send one request now. */
export interface Permit {
	/** To be called once, when the request has been answered or has ended without an answer. */
	finish(refused: boolean): void;
}

/** Entries in order of a key, equal ones in order of arrival. */
class Sorted {
	private readonly entries: Entry[] = [];

	constructor(private readonly key: (entry: Entry) => number) {}

	add(entry: Entry): void {
		this.entries.splice(this.position(entry), 0, entry);
	}

	delete(entry: Entry): void {
		this.entries.splice(this.position(entry), 1);
	}

	/** The first entry, if its key is not past `now`. */
	firstBy(now: number): Entry | undefined {
		return this.nextKey() <= now ? this.entries[0] : undefined;
	}

	nextKey(): number {
		return this.entries.length > 0 ? this.key(this.entries[0]) : Infinity;
	}

	[Symbol.iterator]() {
		return this.entries[Symbol.iterator]();
	}

	private position(entry: Entry): number {
		const key = this.key(entry);
		let low = 0;
		let high = this.entries.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			const other = this.entries[middle];
			const otherKey = this.key(other);
			if (otherKey < key || (otherKey === key && other.order < entry.order)) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/** What one execution has waiting. */
class Lane {
	private readonly fresh = new Sorted(({ due }) => due);

	private readonly retried = new Sorted(({ due }) => due);

	private readonly urgent = new Sorted(({ due, urgentAt }) => Math.max(due, urgentAt));

	private readonly deadlines = new Sorted(({ deadline }) => deadline);

	private size = 0;

	/** @param onAbort One listener for all that an execution has waiting */
	constructor(
		private readonly signal: AbortSignal,
		private readonly onAbort: () => void,
	) {
		signal.addEventListener('abort', onAbort);
	}

	add(entry: Entry): void {
		this.size += 1;
		for (const list of this.listsOf(entry)) list.add(entry);
	}

	delete(entry: Entry): void {
		this.size -= 1;
		for (const list of this.listsOf(entry)) list.delete(entry);
	}

	/** The one to go first of those that are due. */
	ready(now: number): Entry | undefined {
		return this.urgent.firstBy(now) ?? this.retried.firstBy(now) ?? this.fresh.firstBy(now);
	}

	expired(now: number): Entry | undefined {
		return this.deadlines.firstBy(now);
	}

	nextDue(): number {
		return Math.min(this.retried.nextKey(), this.fresh.nextKey());
	}

	nextDeadline(): number {
		return this.deadlines.nextKey();
	}

	get isEmpty(): boolean {
		return this.size === 0;
	}

	rejectAll(): void {
		for (const { reject } of [...this.retried, ...this.fresh]) reject(this.signal.reason);
	}

	close(): void {
		this.signal.removeEventListener('abort', this.onAbort);
	}

	private listsOf(entry: Entry): Sorted[] {
		return [entry.retried ? this.retried : this.fresh, this.urgent, this.deadlines];
	}
}

/**
 * The one queue of all requests that share a rate: those of an account, a host and an action, whatever
 * executions of this process they belong to. Executions are served in rotation, so that a small one does not
 * wait for a large one; within one, urgent requests go first, then those that were refused before, then the
 * others in the order in which they are due.
 */
export class RequestQueue {
	/** By signal; the one that was served longest ago comes first. */
	private readonly lanes = new Map<AbortSignal, Lane>();

	private arrivals = 0;

	/** Requests under way. */
	private active = 0;

	private timer?: { controller: AbortController; at: number };

	constructor(
		private readonly env: Pick<Env, 'now' | 'sleep'>,
		private readonly rate = new StartRate(),
	) {}

	/**
	 * Resolves to a permit when the request may be sent, to nothing when its deadline comes first. Rejects with
	 * the signal's reason.
	 */
	async enter(options: EntryOptions): Promise<Permit | undefined> {
		const { signal, due, urgentAt = Infinity, deadline = Infinity, retried = false } = options;
		signal.throwIfAborted();
		return await new Promise((resolve, reject) => {
			this.arrivals += 1;
			this.laneOf(signal).add({
				due: due ?? this.env.now(),
				urgentAt,
				deadline,
				retried,
				order: this.arrivals,
				resolve,
				reject,
			});
			this.serve();
		});
	}

	/** Nobody needs it, and nothing would be forgotten with it. */
	isIdle(): boolean {
		return this.lanes.size === 0 && this.active === 0 && this.rate.isIdle(this.env.now());
	}

	private laneOf(signal: AbortSignal): Lane {
		const known = this.lanes.get(signal);
		if (known) return known;
		const lane = new Lane(signal, () => {
			this.lanes.delete(signal);
			lane.rejectAll();
			this.serve();
		});
		this.lanes.set(signal, lane);
		return lane;
	}

	private remove(signal: AbortSignal, lane: Lane, entry: Entry): void {
		lane.delete(entry);
		if (!lane.isEmpty) return;
		lane.close();
		this.lanes.delete(signal);
	}

	private serve(): void {
		const now = this.env.now();
		for (const [signal, lane] of this.lanes) {
			for (let late = lane.expired(now); late; late = lane.expired(now)) {
				this.remove(signal, lane, late);
				late.resolve();
			}
		}
		while (this.rate.next(now) <= now) {
			const next = this.nextEntry(now);
			if (!next) break;
			next.resolve(this.permit(now));
		}
		this.arm(now);
	}

	/** Takes out the first entry of the execution that was served longest ago. */
	private nextEntry(now: number): Entry | undefined {
		for (const [signal, lane] of this.lanes) {
			const entry = lane.ready(now);
			if (!entry) continue;
			this.lanes.delete(signal);
			this.lanes.set(signal, lane);
			this.remove(signal, lane, entry);
			return entry;
		}
		return undefined;
	}

	private permit(now: number): Permit {
		const start = this.rate.start(now);
		this.active += 1;
		return {
			finish: (refused) => {
				this.active -= 1;
				this.rate.finish(start, this.env.now(), refused);
				this.serve();
			},
		};
	}

	/** One timer for all that wait; it is left alone while it comes early enough. */
	private arm(now: number): void {
		let due = Infinity;
		let deadline = Infinity;
		for (const lane of this.lanes.values()) {
			due = Math.min(due, lane.nextDue());
			deadline = Math.min(deadline, lane.nextDeadline());
		}
		const at = Math.min(deadline, Math.max(due, this.rate.next(now)));
		if (this.timer && this.timer.at <= at && this.lanes.size > 0) return;
		this.timer?.controller.abort(REARMED);
		this.timer = undefined;
		if (this.lanes.size === 0) return;
		const timer = { controller: new AbortController(), at };
		this.timer = timer;
		void this.env.sleep(Math.max(1, at - now), timer.controller.signal).then(() => {
			if (this.timer !== timer) return;
			this.timer = undefined;
			this.serve();
		});
	}
}

/** Milliseconds between two searches for queues that nobody needs any more. */
const SWEEP = 10_000;

/** The queues of this process, each made when first asked for and dropped when it is idle. */
export class RequestQueues {
	private readonly queues = new Map<string, RequestQueue>();

	private sweptAt = -Infinity;

	constructor(private readonly env: Pick<Env, 'now' | 'sleep'>) {}

	get size(): number {
		return this.queues.size;
	}

	/** @param key Account, host and action; no plaintext of a credential */
	of(key: string): RequestQueue {
		const now = this.env.now();
		if (now - this.sweptAt >= SWEEP) {
			this.sweptAt = now;
			for (const [other, queue] of this.queues) if (queue.isIdle()) this.queues.delete(other);
		}
		let queue = this.queues.get(key);
		if (!queue) {
			queue = new RequestQueue(this.env);
			this.queues.set(key, queue);
		}
		return queue;
	}
}
