/**
 * The times that an answer may claim. The version of the API that is called is from September 2019, so no
 * service of it is older; and whatever claims to be past this century is no clock. This machine's own clock
 * is no measure: one that starts without a battery stands at 1970.
 */
const EARLIEST = Date.UTC(2019, 8, 19);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * What the service's clock shows, learned from its `Date` header when it refuses a timestamp. Kept per
 * host: a skew lasts longer than one execution. Milliseconds that the service is ahead of this machine.
 */
export class SkewedClocks {
	private readonly offsets = new Map<string, number>();

	/** What requests to the host are signed with; 0 where nothing has been learned. */
	offset(host: string): number {
		return this.offsets.get(host) ?? 0;
	}

	/** The time at the host in Unix seconds. */
	timestamp(host: string, now: number): number {
		return Math.floor((now + this.offset(host)) / 1000);
	}

	/**
	 * Learns from the answer that refused a timestamp. One that tells no credible time ends what was learned
	 * before: that was refused as well.
	 *
	 * @param date The `Date` header, in whatever shape it arrived
	 * @returns the offset, or undefined
	 */
	learn(host: string, date: unknown, now: number): number | undefined {
		const theirs = typeof date === 'string' ? Date.parse(date) : NaN;
		if (!(theirs >= EARLIEST && theirs < LATEST)) {
			this.forget(host);
			return undefined;
		}
		this.offsets.set(host, theirs - now);
		return theirs - now;
	}

	/** Back to the clock of this machine. */
	forget(host: string): void {
		this.offsets.delete(host);
	}
}
