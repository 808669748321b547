import type { Env } from './env';
import type { Stop } from './stop';

/** One request's share of the rate. */
export interface Slot {
	readonly start: number;
	/** From this time on another request may start in its place. */
	frees: number;
}

interface Waiter {
	deadline: number;
	/** With a slot: go. Without: the deadline came first. */
	settle(slot?: Slot): void;
}

/** Tencent's default for every TIW action: requests per second (each API page). */
export const RATE = 20;

/** A little longer than the second that counts at the service, for requests that overtake each other. */
export const WINDOW = 1030;

/** After a refused request: the share of the rate that is left, and how fast it comes back. */
const BACK_OFF = 0.7;
const RECOVERY_PER_SECOND = 1;

/**
 * Lets at most `rate` requests start in any window, first come first served, and none wait while there
 * is room. What counts is when a request reaches the service, and the first ones, which open connections,
 * reach it late: so a slot is counted from the time of the answer less the usual way, never from before
 * the start. A throttled answer shows that others use the same quota: the rate falls and recovers by itself.
 */
export class Limiter {
	/** Slots that are not free yet. */
	private held: Slot[] = [];

	private queue: Waiter[] = [];

	private wake?: AbortController;

	private base: number;

	private baseAt = -Infinity;

	private answers = 0;

	/** The shortest time between a start and its answer so far. */
	private shortest = Infinity;

	constructor(
		private readonly env: Pick<Env, 'now' | 'sleep'>,
		private readonly rate = RATE,
		private readonly window = WINDOW,
	) {
		this.base = rate;
	}

	/**
	 * Resolves to a slot when the caller may start, to undefined when its deadline comes first. Rejects when
	 * stopped. The caller reports the end of its request with `answered`.
	 */
	async acquire(stop: Stop, deadline = Infinity): Promise<Slot | undefined> {
		return await new Promise((resolve, reject) => {
			const waiter: Waiter = {
				deadline,
				settle: (slot) => {
					off();
					resolve(slot);
				},
			};
			this.queue.push(waiter);
			const off = stop.onStop((reason) => {
				this.queue = this.queue.filter((other) => other !== waiter);
				reject(reason);
			});
			if (!stop.reason) this.pump();
		});
	}

	/** The request of this slot has been answered, or has ended without an answer. */
	answered(slot: Slot): void {
		const now = this.env.now();
		const took = now - slot.start;
		// The first requests open connections: what they take is not the usual way.
		const way = this.answers < this.rate ? 0 : Math.min(this.shortest, took);
		this.answers += 1;
		this.shortest = Math.min(this.shortest, took);
		slot.frees = now - way + this.window;
		this.pump();
	}

	/** To be told of every answer that refused a request for its rate. */
	throttled(): void {
		const now = this.env.now();
		// One burst brings many refusals; they count once.
		if (now - this.baseAt < this.window) return;
		this.base = Math.max(1, Math.floor(this.allowed(now) * BACK_OFF));
		this.baseAt = now;
	}

	/** Requests allowed per window at this moment. */
	private allowed(now: number): number {
		const recovered = this.base + ((now - this.baseAt) / 1000) * RECOVERY_PER_SECOND;
		return Math.min(this.rate, Math.floor(recovered));
	}

	private nextStart(now: number): number {
		const tooMany = this.held.length - this.allowed(now);
		if (tooMany < 0) return now;
		return this.held.map(({ frees }) => frees).sort((a, b) => a - b)[tooMany];
	}

	private pump(): void {
		const now = this.env.now();
		this.held = this.held.filter(({ frees }) => frees > now);
		for (const late of this.queue.filter(({ deadline }) => deadline <= now)) late.settle();
		this.queue = this.queue.filter(({ deadline }) => deadline > now);

		while (this.queue.length > 0 && this.nextStart(now) <= now) {
			// Without an answer so far, it may still be on its way.
			const slot = { start: now, frees: now + 2 * this.window };
			this.held.push(slot);
			this.queue.shift()?.settle(slot);
		}
		this.arm(now);
	}

	private arm(now: number): void {
		this.wake?.abort();
		this.wake = undefined;
		if (this.queue.length === 0) return;
		const wake = new AbortController();
		this.wake = wake;
		const until = Math.min(this.nextStart(now), ...this.queue.map(({ deadline }) => deadline));
		void this.env.sleep(Math.max(1, until - now), wake.signal).then(() => {
			if (this.wake === wake) this.pump();
		});
	}
}

/** One limiter per key, made when first asked for. */
export function limiterFamily(env: Pick<Env, 'now' | 'sleep'>): (key: string) => Limiter {
	const limiters = new Map<string, Limiter>();
	return (key) => {
		let limiter = limiters.get(key);
		if (!limiter) {
			limiter = new Limiter(env);
			limiters.set(key, limiter);
		}
		return limiter;
	};
}
