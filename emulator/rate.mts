/** So many requests per action in any one second; refused ones do not count. */
export class RateLimit {
	readonly #perSecond: number;
	readonly #admitted = new Map<string, number[]>();

	constructor(perSecond: number) {
		this.#perSecond = perSecond;
	}

	/** `at` in milliseconds of a clock that only goes forward. */
	admits(action: string, at: number): boolean {
		if (this.#perSecond === Infinity) return true;
		const recent = (this.#admitted.get(action) ?? []).filter((earlier) => at - earlier < 1000);
		const admitted = recent.length < this.#perSecond;
		if (admitted) recent.push(at);
		this.#admitted.set(action, recent);
		return admitted;
	}
}
