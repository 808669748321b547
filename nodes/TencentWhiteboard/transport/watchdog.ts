import type { Env } from './env';
import { derive } from './signals';

/** The work made no progress for as long as it may. */
export class TimedOut extends Error {}

/** Waits; rejects with the signal's reason when it is aborted meanwhile. */
export async function pause(
	env: Pick<Env, 'sleep'>,
	milliseconds: number,
	signal: AbortSignal,
): Promise<void> {
	const own = derive(signal);
	await env.sleep(Math.max(0, milliseconds), own.signal);
	own.release();
	signal.throwIfAborted();
}

/** Why the work's signal is aborted at its end. Made once: without a reason, each abort makes an error with a stack. */
const DONE = new Error('The work has ended');

export interface WatchLimits {
	/** Milliseconds from the start, or from the last sign of life. */
	timeout: number;
	/** Aborts the work; left out for what must not be aborted. */
	signal?: AbortSignal;
}

/**
 * Runs work that has to end in time. Rejects with `TimedOut`, or with the reason of the signal, at once:
 * the work is told by its own signal, and what becomes of it then is nobody's concern.
 *
 * @param work Gets its signal, and a function to call with every sign of life
 */
export async function watch<T>(
	env: Pick<Env, 'now' | 'sleep'>,
	{ timeout, signal }: WatchLimits,
	work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
	const own = derive(signal);
	let lastAlive = env.now();
	const alive = () => {
		lastAlive = env.now();
	};
	/** One timer at a time, however many signs of life there are. */
	async function expire(): Promise<void> {
		for (let left = timeout; left > 0; left = lastAlive + timeout - env.now()) {
			await env.sleep(left, own.signal);
			if (own.signal.aborted) return;
		}
		own.abort(new TimedOut());
	}
	try {
		return await new Promise<T>((resolve, reject) => {
			const onAbort = () => reject(own.signal.reason as Error);
			if (own.signal.aborted) return onAbort();
			own.signal.addEventListener('abort', onAbort);
			void expire();
			work(own.signal, alive).then(resolve, reject);
		});
	} finally {
		own.release();
		own.abort(DONE);
	}
}
