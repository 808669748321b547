import type { Env, Stop } from './stop';

interface Waiter {
	deadline: number;
	/** True: go. False: the deadline came first. */
	settle(granted: boolean): void;
}

/** Tencent's default for every TIW action: requests per second (each API page). */
export const RATE = 20;

/**
 * The window is a little longer than the second that counts at the service, since requests that leave
 * a second apart may arrive closer together.
 */
export const WINDOW = 1030;

/** After a refused request: the share of the rate that is left, and how fast it comes back. */
const BACK_OFF = 0.7;
const RECOVERY_PER_SECOND = 1;

/**
 * Lets at most `rate` requests start in any window, first come first served, and none wait while there
 * is room. A throttled answer shows that others use the same quota: the rate falls and recovers by itself.
 */
export class Limiter {
	private readonly starts: number[] = [];

	private queue: Waiter[] = [];

	private wake?: AbortController;

	private base: number;

	private baseAt = -Infinity;

	constructor(
		private readonly env: Pick<Env, 'now' | 'sleep'>,
		private readonly rate = RATE,
		private readonly window = WINDOW,
	) {
		this.base = rate;
	}

	/** Resolves to true when the caller may start, to false when its deadline comes first. Rejects when stopped. */
	async acquire(stop: Stop, deadline = Infinity): Promise<boolean> {
		return await new Promise((resolve, reject) => {
			const waiter: Waiter = {
				deadline,
				settle: (granted) => {
					off();
					resolve(granted);
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

	/** To be told of every answer that refused a request for its rate. */
	throttled(): void {
		const now = this.env.now();
		// One burst brings many refusals; they count once.
		if (now - this.baseAt < this.window) return;
		this.base = Math.max(1, Math.floor(this.allowed(now) * BACK_OFF));
		this.baseAt = now;
	}

	/** Starts allowed per window at this moment. */
	private allowed(now: number): number {
		const recovered = this.base + ((now - this.baseAt) / 1000) * RECOVERY_PER_SECOND;
		return Math.min(this.rate, Math.floor(recovered));
	}

	private nextStart(now: number): number {
		const allowed = this.allowed(now);
		const first = this.starts.at(-allowed);
		return this.starts.length < allowed || first === undefined ? now : first + this.window;
	}

	private pump(): void {
		const now = this.env.now();
		for (const late of this.queue.filter(({ deadline }) => deadline <= now)) late.settle(false);
		this.queue = this.queue.filter(({ deadline }) => deadline > now);

		while (this.queue.length > 0 && this.nextStart(now) <= now) {
			this.starts.push(now);
			if (this.starts.length > this.rate) this.starts.shift();
			this.queue.shift()?.settle(true);
		}
		if (this.queue.length > 0) this.arm(now);
	}

	private arm(now: number): void {
		this.wake?.abort();
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
