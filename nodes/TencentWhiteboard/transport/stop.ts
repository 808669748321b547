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
