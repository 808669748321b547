import type { Env } from './env';
import type { Stop } from './stop';

interface Turn {
	due: number;
	urgentAt: number;
	start(): void;
	started: boolean;
}

export interface Timing {
	/** Not before this time; left out: at once. */
	due?: number;
	/** From this time on it goes before everything that is merely due. */
	urgentAt?: number;
}

/** Keeps a list in order of one key; equal keys stay in order of arrival. */
function insert(list: Turn[], turn: Turn, key: 'due' | 'urgentAt'): void {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (list[middle][key] <= turn[key]) low = middle + 1;
		else high = middle;
	}
	list.splice(low, 0, turn);
}

/**
 * The one scheduler of an execution: everything its items want to send takes a turn here. Turns start in
 * order of their due time, urgent ones first, with a bounded number under way, so a thousand waiting
 * tasks cost one timer and when they are due faster than they can be served, all are slowed alike.
 */
export class Turns {
	private byDue: Turn[] = [];

	private byUrgency: Turn[] = [];

	private underWay = 0;

	private wake?: AbortController;

	constructor(
		private readonly env: Pick<Env, 'now' | 'sleep'>,
		private readonly stop: Stop,
		private readonly maxUnderWay = 20,
	) {
		stop.onStop(() => {
			this.byDue = [];
			this.byUrgency = [];
			this.wake?.abort();
		});
	}

	/** Runs the work when its turn comes. Rejects at once when the execution is stopped. */
	async take<T>(work: () => Promise<T>, timing: Timing = {}): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			const off = this.stop.onStop(reject);
			if (this.stop.reason) return;
			const start = () => {
				this.underWay += 1;
				// Promise.resolve().then: work that throws at once counts as work that rejects.
				void Promise.resolve()
					.then(work)
					.then(resolve, reject)
					.finally(() => {
						off();
						this.underWay -= 1;
						this.serve();
					});
			};
			const turn: Turn = {
				due: timing.due ?? this.env.now(),
				urgentAt: timing.urgentAt ?? Infinity,
				start,
				started: false,
			};
			insert(this.byDue, turn, 'due');
			if (turn.urgentAt !== Infinity) insert(this.byUrgency, turn, 'urgentAt');
			this.serve();
		});
	}

	private serve(): void {
		if (this.stop.reason) return;
		const now = this.env.now();
		while (this.underWay < this.maxUnderWay) {
			const turn = this.pop(this.byUrgency, 'urgentAt', now) ?? this.pop(this.byDue, 'due', now);
			if (!turn) break;
			turn.started = true;
			turn.start();
		}
		this.arm(now);
	}

	/** The first turn whose time has come. Turns that the other list has given out are dropped on the way. */
	private pop(list: Turn[], key: 'due' | 'urgentAt', now: number): Turn | undefined {
		while (list.length > 0 && (list[0].started || list[0][key] <= now)) {
			const turn = list.shift() as Turn;
			if (!turn.started) return turn;
		}
		return undefined;
	}

	private arm(now: number): void {
		this.wake?.abort();
		// With every place taken, the next one to become free serves.
		if (this.byDue.length === 0 || this.underWay >= this.maxUnderWay) return;
		const wake = new AbortController();
		this.wake = wake;
		void this.env.sleep(Math.max(1, this.byDue[0].due - now), wake.signal).then(() => {
			if (!wake.signal.aborted) this.serve();
		});
	}
}
