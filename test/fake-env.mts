import type { Env } from '../nodes/TencentWhiteboard/transport/env.ts';

interface Timer {
	at: number;
	resolve: () => void;
}

/** More steps than any test needs: code that waits again and again without an end must not hang its test. */
const MAX_STEPS = 1_000_000;

/** Time that passes only when every pending promise has settled, and chance that is given. */
export class FakeEnv implements Env {
	private time = 0;

	private timers: Timer[] = [];

	constructor(private readonly chance: () => number = () => 0.5) {}

	now(): number {
		return this.time;
	}

	date(): number {
		return 1_750_000_000_000 + this.time;
	}

	random(): number {
		return this.chance();
	}

	get pendingTimers(): number {
		return this.timers.length;
	}

	async sleep(milliseconds: number, wake?: AbortSignal): Promise<void> {
		await new Promise<void>((resolve) => {
			const timer = { at: this.time + milliseconds, resolve };
			wake?.addEventListener('abort', () => {
				this.timers = this.timers.filter((other) => other !== timer);
				resolve();
			});
			this.timers.push(timer);
		});
	}

	/** Plays time forward until nothing is left to wait for, or up to `until`. */
	async play(until = Infinity): Promise<void> {
		for (let step = 0; ; step += 1) {
			if (step > MAX_STEPS) throw new Error('Time passes without an end');
			await nextTurn();
			const next = this.timers.reduce<Timer | undefined>(
				(first, timer) => (first === undefined || timer.at < first.at ? timer : first),
				undefined,
			);
			if (!next || next.at > until) break;
			this.timers = this.timers.filter((timer) => timer !== next);
			this.time = Math.max(this.time, next.at);
			next.resolve();
		}
		if (until !== Infinity) this.time = Math.max(this.time, until);
	}
}

/** All pending promises settle before it. */
const nextTurn = async () => await new Promise<void>((resolve) => setImmediate(resolve));

/** Plays until nothing is left to wait for; gives the promise's result, or fails where it has not settled. */
export async function playOut<T>(env: FakeEnv, promise: Promise<T>): Promise<T> {
	promise.catch(() => {});
	await env.play();
	const stuck = async () => {
		await nextTurn();
		throw new Error('Nothing is left to wait for, and the promise has not settled');
	};
	return await Promise.race([promise, stuck()]);
}
