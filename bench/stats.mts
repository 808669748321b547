/** Numbers out of noisy measurements: medians and their spread, and a chance that repeats itself. */

/** The value below which the share `part` (0 to 1) of all lies; between two values, in proportion. */
export function quantile(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	const place = (sorted.length - 1) * part;
	const low = sorted[Math.floor(place)];
	return low + (sorted[Math.ceil(place)] - low) * (place % 1);
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** `median [first quartile – third quartile]` */
export function spread(values: readonly number[], digits = 2): string {
	const [low, middle, high] = [0.25, 0.5, 0.75].map((part) =>
		quantile(values, part).toFixed(digits),
	);
	return `${middle} [${low} – ${high}]`;
}

/** Round by round: what is measured in the same round shares the machine's mood. */
export const ratios = (ours: readonly number[], theirs: readonly number[]) =>
	ours.map((value, round) => value / theirs[round]);

/** The same row of numbers from 0 to 1 for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** `count` durations spread evenly from `from` to `to` seconds, in an order that chance decides. */
export function durations(count: number, from: number, to: number, seed: number): number[] {
	const chance = seeded(seed);
	const seconds = Array.from(
		{ length: count },
		(_, index) => from + ((to - from) * index) / (count - 1),
	);
	for (let last = count - 1; last > 0; last -= 1) {
		const other = Math.floor(chance() * (last + 1));
		[seconds[last], seconds[other]] = [seconds[other], seconds[last]];
	}
	return seconds;
}

/** The list, begun at another place every round, so that nobody is always first. */
export function rotated<T>(list: readonly T[], round: number): T[] {
	const first = round % list.length;
	return [...list.slice(first), ...list.slice(0, first)];
}
