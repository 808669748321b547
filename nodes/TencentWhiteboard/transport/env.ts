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
