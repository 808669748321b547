/** Tencent's default for every TIW action: requests per second (each API page). */
export const RATE = 20;

/** A little longer than the second that counts at the service, for requests that overtake each other. */
export const WINDOW = 1030;

/**
 * CUBIC, as in the AWS SDKs' adaptive mode: after a refusal this share of the level is left, it comes back
 * quickly to just below the level, stays there for a while, and then tries for more. Slower than the SDKs',
 * since every try beyond what there is costs a refusal; chosen with four processes on one account, simulated and real
 * (npm run bench).
 */
const AFTER_REFUSAL = 0.72;
const PLATEAU = 0.86;
const GROWTH = 0.015;

/** What a burst of refusals leaves at the least, and all of them together, as shares of the rate. */
const AFTER_BURST = 0.25;
const LEAST = 0.1;

/**
 * The rate that a service lets through, learned from its refusals: others may use the same account. Without
 * refusals there is no limit beside `RATE`.
 */
export class Throttle {
	/** Requests per window at which it was refused last. */
	private level = Infinity;

	private refusedAt = -Infinity;

	/** Others have been noticed lately. */
	get active(): boolean {
		return this.level !== Infinity;
	}

	/** Requests per window that are allowed now. */
	allowed(now: number): number {
		if (!this.active) return RATE;
		const untilPlateau = Math.cbrt((this.level * (PLATEAU - AFTER_REFUSAL)) / GROWTH);
		const seconds = (now - this.refusedAt) / 1000 - untilPlateau;
		const allowed = this.level * PLATEAU + GROWTH * seconds ** 3;
		if (allowed < RATE) return Math.max(RATE * LEAST, allowed);
		this.level = Infinity;
		return RATE;
	}

	/** To be told of every refusal. */
	refused(now: number): void {
		if (now - this.refusedAt < WINDOW) {
			// One burst brings many refusals: each says that one request less would have been enough.
			const least = Math.min(this.level, RATE * AFTER_BURST);
			this.level = Math.max(least, this.level - 1);
			return;
		}
		this.level = this.allowed(now);
		this.refusedAt = now;
	}
}

/** One request's share of the rate. */
export interface Start {
	readonly at: number;
	/** From this time on another request may start in its place. */
	expiresAt: number;
}

/** Milliseconds that a request may arrive late where its answer comes too late to tell. */
const MARGIN = 60;

/** Answers that the usual round trip is averaged over. */
const SMOOTHING = 8;

/**
 * At most `RATE` starts in any window, and no delay below that. What counts is when a request reaches the
 * service, and the first ones, which open connections, reach it late: as much as an answer takes longer than
 * the usual round trip, at most another window, its request is taken to have arrived later.
 */
export class StartRate {
	/** Those that have not expired. */
	private starts: Start[] = [];

	/** Those on their way, the oldest first. */
	private readonly unanswered = new Set<Start>();

	private answers = 0;

	/** Milliseconds from a start to its answer, as a moving average; nothing is usual before the first answers. */
	private usual = 0;

	private lastStart = 0;

	private readonly throttle = new Throttle();

	start(now: number): Start {
		// While it is on its way it may arrive late; where even the usual answer takes longer, not by much.
		const [oldest] = this.unanswered;
		const roundTrip = Math.max(this.usual, oldest ? now - oldest.at : 0);
		const late = roundTrip < WINDOW ? WINDOW : MARGIN;
		const start = { at: now, expiresAt: now + WINDOW + late };
		this.starts.push(start);
		this.unanswered.add(start);
		this.lastStart = now;
		return start;
	}

	/** The request has been answered, or has ended without an answer. */
	finish(start: Start, now: number, refused: boolean): void {
		this.unanswered.delete(start);
		const roundTrip = now - start.at;
		const excess = Math.max(0, roundTrip - (this.answers < RATE ? 0 : this.usual));
		start.expiresAt = start.at + WINDOW + Math.min(WINDOW, excess);
		this.answers += 1;
		this.usual += (roundTrip - this.usual) / Math.min(this.answers, SMOOTHING);
		if (refused) this.throttle.refused(now);
	}

	/** The earliest time at which a request may start. */
	next(now: number): number {
		this.starts = this.starts.filter(({ expiresAt }) => expiresAt > now);
		const allowed = this.throttle.allowed(now);
		// With others about, a steady pace: bursts would meet theirs.
		const paced = this.throttle.active ? this.lastStart + WINDOW / allowed : now;
		const excess = this.starts.length - RATE;
		if (excess < 0) return Math.max(now, paced);
		const expiries = this.starts.map(({ expiresAt }) => expiresAt).sort((a, b) => a - b);
		return Math.max(expiries[excess], paced);
	}

	/** Nothing is known that a new one would not know. */
	isIdle(now: number): boolean {
		return this.throttle.allowed(now) === RATE && this.starts.every((s) => s.expiresAt <= now);
	}
}
