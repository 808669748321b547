/** Ends everything that one execution has under way: once, at once and with one reason. */
export class Stop {
	reason?: Error;

	private readonly listeners = new Set<(reason: Error) => void>();

	stop(reason: Error): void {
		if (this.reason) return;
		this.reason = reason;
		for (const listener of [...this.listeners]) listener(reason);
		this.listeners.clear();
	}

	/** Calls back when stopped, right away if it is already. Returns a function that takes it off. */
	onStop(listener: (reason: Error) => void): () => void {
		if (this.reason) listener(this.reason);
		else this.listeners.add(listener);
		return () => {
			this.listeners.delete(listener);
		};
	}
}

/** Time and chance, passed in so that tests can play both. */
export interface Env {
	/** Milliseconds on a clock that never jumps; only differences mean anything. */
	now(): number;
	/** The wall clock in milliseconds since the epoch, for timestamps. */
	date(): number;
	/** Resolves after so many milliseconds, or as soon as `wake` aborts. Never rejects. */
	sleep(milliseconds: number, wake?: AbortSignal): Promise<void>;
	/** 0 ≤ x < 1 */
	random(): number;
}
