import type { Env } from '../nodes/TencentWhiteboard/transport/env.ts';

interface Timer {
	at: number;
	resolve: () => void;
}

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
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
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

/** Plays until the promise has settled and gives its result. */
export async function playOut<T>(env: FakeEnv, promise: Promise<T>): Promise<T> {
	const settled = promise.then(
		(value) => ({ ok: true as const, value }),
		(error: unknown) => ({ ok: false as const, error }),
	);
	await env.play();
	const result = await settled;
	if (!result.ok) throw result.error;
	return result.value;
}
