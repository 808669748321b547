/** Runs so many pieces of work at a time; the others wait in order. */
export class Pool {
	private active = 0;

	private readonly waiting: Array<() => void> = [];

	constructor(private readonly size: number) {}

	/** Rejects with the signal's reason when it is aborted by the time it could begin. */
	async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		if (this.active >= this.size) {
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		} else this.active += 1;
		try {
			signal.throwIfAborted();
			return await work();
		} finally {
			// The place goes to the next one without becoming free in between.
			const next = this.waiting.shift();
			if (next) next();
			else this.active -= 1;
		}
	}
}
