import type { Env } from './env';

/**
 * What may be done about a fault: `throttled` and `busy` were refused before anything happened, `skewed`
 * needs another timestamp, `final` stays.
 */
export type RetryClass = 'throttled' | 'busy' | 'transient' | 'skewed' | 'final';

/** Tries in all for a transient fault. */
const TRIES = 3;

/** Refusals after which a call without a deadline of its own is given up: about two minutes of backoff. */
export const MAX_REFUSALS = 12;

const BASE = { throttled: 500, busy: 2000, transient: 100 };
const CAP = 20_000;

/** Full jitter: anything between nothing and the doubled base, in milliseconds. `attempt` counts from 1, `chance` is from 0 to 1. */
export function backoff(
	retryClass: 'throttled' | 'busy' | 'transient',
	attempt: number,
	chance: number,
): number {
	// 2^30 is far past the cap; it keeps a long throttling from overflowing.
	return chance * Math.min(CAP, BASE[retryClass] * 2 ** Math.min(attempt - 1, 30));
}

/**
 * What an execution may spend on second retries: when a service is down, a thousand items must not each
 * try three times. First retries are free, so that no item takes another one's.
 */
export class RetryBudget {
	constructor(
		private left = 500,
		private readonly capacity = left,
	) {}

	/** Takes what one retry costs; false when it is spent. */
	take(): boolean {
		if (this.left < 5) return false;
		this.left -= 5;
		return true;
	}

	/** Every success gives a little back. */
	succeeded(): void {
		this.left = Math.min(this.capacity, this.left + 1);
	}
}

export interface RetryPolicy {
	env: Pick<Env, 'now' | 'random'>;
	budget: RetryBudget;
	/** No retry begins after it. */
	deadline?: number;
	/** Aborted: no retry either. */
	signal?: AbortSignal;
}

/** The outcome of one attempt, as far as a retry depends on it. */
type Attempted<F> = { ok: true } | { ok: false; fault: F };

/**
 * Attempts until there is a success, or a fault that no retry can or may fix.
 *
 * @param attempt Is told when it is due; nothing the first time
 * @param classOf What may be done about a fault
 * @returns the last outcome
 */
export async function retry<F, O extends Attempted<F>>(
	{ env, budget, deadline = Infinity, signal }: RetryPolicy,
	attempt: (due?: number) => Promise<O>,
	classOf: (fault: F) => RetryClass,
): Promise<O> {
	const counts = { throttled: 0, busy: 0, transient: 0, skewed: 0 };
	for (let due: number | undefined; ; ) {
		const outcome = await attempt(due);
		if (outcome.ok) {
			budget.succeeded();
			return outcome;
		}
		const retryClass = classOf(outcome.fault);
		if (retryClass === 'final' || signal?.aborted) return outcome;
		counts[retryClass] += 1;
		let pause = 0;
		if (retryClass === 'skewed') {
			if (counts.skewed > 1) return outcome;
		} else if (retryClass === 'transient') {
			if (counts.transient >= TRIES) return outcome;
			if (counts.transient > 1 && !budget.take()) return outcome;
			pause = backoff('transient', counts.transient, env.random());
		} else {
			// Attempts count, not time: most of that may have gone by in our own queue.
			const refusals = counts.throttled + counts.busy;
			if (deadline === Infinity && refusals > MAX_REFUSALS) return outcome;
			pause = backoff(retryClass, refusals, env.random());
		}
		due = env.now() + pause;
		if (due >= deadline) return outcome;
	}
}
