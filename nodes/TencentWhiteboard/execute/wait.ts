import type { Env } from '../transport/env';

/** How long and how often to poll. Milliseconds. */
export interface WaitPolicy {
	pollInterval: number;
	timeout: number;
	/**
	 * The task is known to exist: a first poll that brings nothing is forgiven like any later one. Otherwise
	 * it ends the wait.
	 */
	exists?: boolean;
}

/** What one poll brought. `failed`: no answer, but the next poll may bring one. */
export type Poll<T, F> =
	| { state: 'pending'; value: T }
	| { state: 'ended'; value: T }
	| { state: 'failed'; fault: F }
	| { state: 'fault'; fault: F }
	| { state: 'late' };

/** When a poll may be sent: not before `due`, before all others from `urgentAt` on, never after `deadline`. */
export interface PollTiming {
	due?: number;
	urgentAt?: number;
	deadline?: number;
}

export type Waited<T, F> = { state: 'ended' | 'timeout'; value: T } | { state: 'fault'; fault: F };

export interface Progress<T> {
	value: T;
	/** Polls so far. */
	polls: number;
	/** Milliseconds since the first answer. */
	waited: number;
}

/** The pause grows to this many milliseconds with the time waited, or to the poll interval where that is longer. */
const LONGEST_PAUSE = 15_000;

/** Polls in a row that may fail before the wait is given up. */
const CONSECUTIVE_FAILURES = 5;

/**
 * A tenth of the time waited so far keeps the extra wait in proportion; jitter keeps tasks apart, and only
 * ever shortens the pause, so that the proportion holds. `chance` is from 0 to 1.
 */
export function pauseAfter(waited: number, pollInterval: number, chance: number): number {
	const pause = Math.max(pollInterval, waited / 10);
	return Math.min(pause, Math.max(LONGEST_PAUSE, pollInterval)) * (0.8 + 0.2 * chance);
}

/**
 * Polls a task until it has ended or the time is up. The first poll comes at once; the time counts from its
 * answer, so that every task is polled at least once however many wait. The last poll comes just before the
 * deadline, none after it.
 */
export async function waitUntilEnded<T, F>(
	pollOnce: (timing: PollTiming) => Promise<Poll<T, F>>,
	{ pollInterval, timeout, exists = false }: WaitPolicy,
	env: Pick<Env, 'now' | 'random'>,
	onPending: (progress: Progress<T>) => void = () => {},
): Promise<Waited<T, F>> {
	let timing: PollTiming = {};
	let from: number | undefined;
	let last: { value: T } | undefined;
	let failure: { fault: F } | undefined;
	let failures = 0;
	for (let polls = 1; ; polls += 1) {
		const poll = await pollOnce(timing);
		const now = env.now();
		from ??= now;
		switch (poll.state) {
			case 'ended':
			case 'fault':
				return poll;
			case 'pending':
				failures = 0;
				last = poll;
				onPending({ value: poll.value, polls, waited: now - from });
				break;
			case 'failed':
				failures += 1;
				failure = poll;
				if (failures > CONSECUTIVE_FAILURES || !(last || exists)) {
					return { state: 'fault', fault: poll.fault };
				}
				break;
		}

		const deadline = from + timeout;
		const urgentAt = deadline - Math.min(2000, timeout / 10);
		if (poll.state === 'late' || now >= urgentAt) {
			if (last) return { state: 'timeout', value: last.value };
			// Nothing was ever seen of it: the fault is all there is to tell.
			if (failure) return { state: 'fault', fault: failure.fault };
			throw new RangeError('A poll without a deadline cannot be late');
		}
		const pause = pauseAfter(now - from, pollInterval, env.random());
		timing = { due: Math.min(now + pause, urgentAt), urgentAt, deadline };
	}
}
