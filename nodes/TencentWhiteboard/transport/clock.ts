/**
 * What the service's clock shows, learned from its `Date` header when it refuses a timestamp. Kept per
 * host: a skew lasts longer than one execution.
 */
export class SkewedClocks {
	private readonly offsets = new Map<string, number>();

	/** The time at the host in Unix seconds. */
	timestamp(host: string, now: number): number {
		return Math.floor((now + (this.offsets.get(host) ?? 0)) / 1000);
	}

	/**
	 * Learns from an answer. Returns by how many milliseconds the service is ahead of this machine,
	 * or undefined when the answer tells no time.
	 */
	learn(host: string, date: string | undefined, now: number): number | undefined {
		const theirs = Date.parse(date ?? '');
		if (Number.isNaN(theirs)) return undefined;
		const offset = theirs - now;
		this.offsets.set(host, offset);
		return offset;
	}
}
