export interface RateCounting {
	/** Any one second (default), or a counter that starts anew with each full second. */
	window?: 'sliding' | 'calendar';
	/** Refused requests use up quota like the others. */
	countRefused?: boolean;
}

const secondOf = (at: number) => Math.floor(at / 1000);

/** Whether a request still counts at a later time. */
const STILL_COUNTS = {
	sliding: (earlier: number, at: number) => at - earlier < 1000,
	calendar: (earlier: number, at: number) => secondOf(earlier) === secondOf(at),
};

/** So many requests in a second for each subject: an action, or a key and an action. */
export class RateLimit {
	readonly #perSecond: number;
	readonly #stillCounts: (earlier: number, at: number) => boolean;
	readonly #countRefused: boolean;
	readonly #counted = new Map<string, number[]>();

	constructor(perSecond: number, { window = 'sliding', countRefused = false }: RateCounting = {}) {
		this.#perSecond = perSecond;
		this.#stillCounts = STILL_COUNTS[window];
		this.#countRefused = countRefused;
	}

	/** `at` in milliseconds of a clock that only goes forward. */
	admits(subject: string, at: number): boolean {
		if (this.#perSecond === Infinity) return true;
		const recent = (this.#counted.get(subject) ?? []).filter((earlier) =>
			this.#stillCounts(earlier, at),
		);
		const admitted = recent.length < this.#perSecond;
		if (admitted || this.#countRefused) recent.push(at);
		this.#counted.set(subject, recent);
		return admitted;
	}
}
