import type { Env } from '../transport/env';

/** How long and how often to look. Milliseconds. */
export interface WaitPolicy {
	pollInterval: number;
	timeout: number;
}

/** What one look at the task showed. `missed`: no answer, but the next look may bring one. */
export type Look<T, F> =
	| { state: 'pending'; value: T }
	| { state: 'ended'; value: T }
	| { state: 'missed'; fault: F }
	| { state: 'fault'; fault: F }
	| { state: 'late' };

/** When a look may be taken: not before `due`, before all others from `urgentAt` on, never after `deadline`. */
export interface LookTiming {
	due?: number;
	urgentAt?: number;
	deadline?: number;
}

export type Waited<T, F> = { state: 'ended' | 'timeout'; value: T } | { state: 'fault'; fault: F };

export interface Progress<T> {
	value: T;
	/** Looks so far. */
	looks: number;
	/** Milliseconds since the first answer. */
	waited: number;
}

/** The pause grows to this many milliseconds with the time waited, or to the poll interval where that is longer. */
const LONGEST_PAUSE = 15_000;

/** Looks in a row that may bring nothing before the wait is given up. */
const MISSES = 5;

/**
 * A tenth of the time waited so far keeps the extra wait in proportion; jitter keeps tasks apart, and only
 * ever shortens the pause, so that the proportion holds. `chance` is from 0 to 1.
 */
export function pauseAfter(waited: number, pollInterval: number, chance: number): number {
	const pause = Math.max(pollInterval, waited / 10);
	return Math.min(pause, Math.max(LONGEST_PAUSE, pollInterval)) * (0.8 + 0.2 * chance);
}

/**
 * Looks at a task until it has ended or the time is up. The first look comes at once; the time counts
 * from its answer, so that every task is looked at at least once however many wait. The last look comes
 * just before the deadline, none after it.
 */
export async function waitUntilEnded<T, F>(
	look: (timing: LookTiming) => Promise<Look<T, F>>,
	policy: WaitPolicy,
	env: Pick<Env, 'now' | 'random'>,
	onPending: (progress: Progress<T>) => void = () => {},
): Promise<Waited<T, F>> {
	const first = await look({});
	if (first.state === 'ended') return { state: 'ended', value: first.value };
	if (first.state === 'missed' || first.state === 'fault')
		return { state: 'fault', fault: first.fault };
	if (first.state === 'late') throw new RangeError('A look without a deadline cannot be late');

	const from = env.now();
	const deadline = from + policy.timeout;
	const urgentAt = deadline - Math.min(2000, policy.timeout / 10);
	let { value } = first;
	let missed = 0;
	for (let looks = 1; ; looks += 1) {
		const now = env.now();
		onPending({ value, looks, waited: now - from });
		if (now >= urgentAt) return { state: 'timeout', value };

		const pause = pauseAfter(now - from, policy.pollInterval, env.random());
		const next = await look({ due: Math.min(now + pause, urgentAt), urgentAt, deadline });
		if (next.state === 'late') return { state: 'timeout', value };
		if (next.state === 'fault') return next;
		if (next.state === 'missed') {
			missed += 1;
			if (missed > MISSES) return { state: 'fault', fault: next.fault };
			continue;
		}
		if (next.state === 'ended') return { state: 'ended', value: next.value };
		missed = 0;
		({ value } = next);
	}
}
