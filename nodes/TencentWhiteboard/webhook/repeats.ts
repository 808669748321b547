/** Milliseconds. */
const REMEMBERED = 3_600_000;
const MOST = 10_000;

/** What this process has seen in the last hour, up to a number. */
export class Repeats {
	/** When each was seen, the oldest first. */
	private readonly seen = new Map<string, number>();

	/** @returns whether it was there already */
	add(key: string, now: number): boolean {
		for (const [old, at] of this.seen) {
			if (now - at < REMEMBERED && this.seen.size < MOST) break;
			this.seen.delete(old);
		}
		if (this.seen.has(key)) return true;
		this.seen.set(key, now);
		return false;
	}
}
