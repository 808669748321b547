/** What may be done about a fault: `busy` and `throttled` were refused before anything happened. */
export type FaultClass = 'throttled' | 'busy' | 'transient' | 'skewed' | 'final';

/** Tries in all for a transient fault. */
export const TRIES = 3;

const BASE = { throttled: 500, busy: 2000, transient: 100 };
const CAP = 20_000;

/** Full jitter: anything between nothing and the doubled base, in milliseconds. `attempt` counts from 1, `chance` is from 0 to 1. */
export function backoff(
	kind: 'throttled' | 'busy' | 'transient',
	attempt: number,
	chance: number,
): number {
	// 2^30 is far past the cap; it keeps a long throttling from overflowing.
	return chance * Math.min(CAP, BASE[kind] * 2 ** Math.min(attempt - 1, 30));
}

/**
 * A budget for repeating transient faults, shared by the items of one execution: when a service is down,
 * a thousand items must not each try three times.
 */
export class Quota {
	constructor(
		private left = 500,
		private readonly capacity = left,
	) {}

	/** Takes what one repeat costs; false when it is spent. */
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
