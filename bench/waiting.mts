/** Waiting for many tasks at a service with a rate limit, and for few at one that has room. */
import { describeInNode, RATE, startEmulatorProcess, startEngine } from './emulated.mts';
import type { EmulatorProcess } from './emulated.mts';
import type { Arrival, Born } from './emulator-process.mts';
import { allAtOnce, floorOf, measureLatency, oneAfterTheOther } from './polling.mts';
import type { Polled } from './polling.mts';
import { durations, median, quantile, spread } from './stats.mts';
import type { Row } from './table.mts';

export interface Scale {
	/** Tasks that all wait at once, and their longest run in seconds. */
	many: number;
	manyLongest: number;
	/** Tasks for which the rate has room, in each of some executions at the same time. */
	few: number;
	fewLongest: number;
	groups: number;
	/** Seconds after which polling all at once is given up. */
	bound: number;
	/** Size of the one large file. */
	fileBytes: number;
	/** Tasks that each of the processes on one account waits for, and their longest run in seconds. */
	perProcess: number;
	perProcessLongest: number;
	/** Items of each of the large executions beside a small one. */
	largeItems: number;
}

export const FULL: Scale = {
	many: 1000,
	manyLongest: 60,
	few: 40,
	fewLongest: 90,
	groups: 3,
	bound: 600,
	fileBytes: 2e9,
	perProcess: 150,
	perProcessLongest: 60,
	largeItems: 500,
};

export const QUICK: Scale = {
	many: 100,
	manyLongest: 10,
	few: 20,
	fewLongest: 10,
	groups: 2,
	bound: 60,
	fileBytes: 2e8,
	perProcess: 40,
	perProcessLongest: 10,
	largeItems: 60,
};

export const SEED = 20260101;
const THROTTLED_GOAL = 0.01;
const SWEEP_GOAL = 0.8;

export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const refusedOf = ({ throttled, requests }: Polled) =>
	`${throttled} of ${requests} (${percent(throttled / requests)})`;
const throttledGoal = ({ throttled, requests }: Polled) => ({
	text: `≤ ${percent(THROTTLED_GOAL)} of ours`,
	met: throttled <= THROTTLED_GOAL * requests,
});
export const inSeconds = (milliseconds: number, digits = 1) =>
	`${(milliseconds / 1000).toFixed(digits)} s`;

/** Runs `work` with tasks of such durations at a service of their own with the usual rate. */
async function withTasks<T>(
	seconds: number[],
	work: (emulator: EmulatorProcess, born: () => Promise<Born>) => Promise<T>,
): Promise<T> {
	const emulator = await startEmulatorProcess({ ratePerSecond: RATE });
	try {
		return await work(emulator, async () => await emulator.addTasks(seconds));
	} finally {
		await emulator.close();
	}
}

interface Waited extends Polled {
	/** Per task, the last time it was asked for: that answer said finished. Milliseconds since the beginning. */
	knownAt: number[];
}

function lastAsked(arrivals: readonly Arrival[], { ids, bornAt }: Born): number[] {
	const last = new Map<string, number>();
	for (const { taskId, at, code } of arrivals) if (code === null) last.set(taskId, at);
	return ids.map((id) => (last.get(id) ?? NaN) - bornAt);
}

/** The node, Wait Until Finished on, every task an item of one execution. */
async function nodeWaits(seconds: number[]): Promise<Waited> {
	return await withTasks(seconds, async (emulator, begin) => {
		const engine = await startEngine(emulator);
		const born = await begin();
		await describeInNode(engine, emulator.keys[0].secretId, born.ids, true);
		const took = Date.now() - born.bornAt;
		await engine.close();
		const arrivals = await emulator.arrivals();
		return {
			took,
			requests: arrivals.length,
			throttled: arrivals.filter(({ code }) => code === 'RequestLimitExceeded').length,
			left: 0,
			knownAt: lastAsked(arrivals, born),
		};
	});
}

const sdkPolls = async (seconds: number[], bound: number) =>
	await withTasks(
		seconds,
		async (emulator, begin) => await allAtOnce(emulator, await begin(), bound * 1000),
	);

async function latencyHere(): Promise<number> {
	const emulator = await startEmulatorProcess();
	try {
		return await measureLatency(emulator);
	} finally {
		await emulator.close();
	}
}

export async function benchMany(scale: Scale): Promise<Row[]> {
	const { many, manyLongest, bound } = scale;
	const seconds = durations(many, 1, manyLongest, SEED);
	const latency = await latencyHere();
	const ours = await nodeWaits(seconds);
	const together = await sdkPolls(seconds, bound);
	const inTurn = oneAfterTheOther(seconds, latency);

	const lastFinish = Math.max(...seconds) * 1000;
	const target = lastFinish + (many / RATE) * 1000;
	const floor = floorOf(seconds);
	const what = `${many.toLocaleString('en')} tasks of 1–${manyLongest} s at ${RATE} requests/s`;
	const given = together.left === 0 ? '' : `, given up after ${bound} s with ${together.left} left`;
	const asOurs = (other: Polled) => (ours.took / other.took).toFixed(other === inTurn ? 3 : 2);
	const perTask = ({ requests }: Polled) => (requests / many).toFixed(1);
	return [
		{
			what: `${what}: until all are known finished`,
			ours: inSeconds(ours.took),
			comparedWith: `last finish + one sweep of all: ${inSeconds(target)}`,
			ratio: (ours.took / target).toFixed(3),
			goal: { text: `≤ ${SWEEP_GOAL}`, met: ours.took <= SWEEP_GOAL * target },
		},
		{
			what: '… against the least possible',
			ours: inSeconds(ours.took),
			comparedWith: `one request per task, each after its end: ${inSeconds(floor)}`,
			ratio: (ours.took / floor).toFixed(2),
		},
		{
			what: '… against all polled at once',
			ours: inSeconds(ours.took),
			comparedWith: `official SDK, all every 5 s, really run: ${inSeconds(together.took)}${given}`,
			ratio: asOurs(together),
		},
		{
			what: '… against one task after the other',
			ours: inSeconds(ours.took),
			comparedWith: `official SDK, each every 5 s, computed from the same durations and a measured ${latency.toFixed(1)} ms per request: ${inSeconds(inTurn.took)}`,
			ratio: asOurs(inTurn),
		},
		{
			what: '… requests refused for their rate',
			ours: refusedOf(ours),
			comparedWith: `official SDK, all every 5 s: ${refusedOf(together)}`,
			ratio: (ours.throttled / together.throttled).toFixed(4),
			goal: throttledGoal(ours),
		},
		{
			what: '… requests per task',
			ours: perTask(ours),
			comparedWith: `official SDK, all every 5 s: ${perTask(together)}`,
			ratio: (ours.requests / together.requests).toFixed(2),
		},
		{
			what: '… requests per task',
			ours: perTask(ours),
			comparedWith: `official SDK, one after the other (computed): ${perTask(inTurn)}`,
			ratio: (ours.requests / inTurn.requests).toFixed(2),
		},
	];
}

export async function benchFew(scale: Scale): Promise<Row[]> {
	const { few, fewLongest, groups, bound } = scale;
	const sets = Array.from({ length: groups }, (_, group) =>
		durations(few, 1, fewLongest, SEED + 1 + group),
	);
	const latency = await latencyHere();
	// Each at a service of its own, all at the same time.
	const [waited, together] = await Promise.all([
		Promise.all(sets.map(nodeWaits)),
		sdkPolls(sets[0], bound),
	]);
	const inTurn = oneAfterTheOther(sets[0], latency);

	const extras = waited.map(({ knownAt }, group) =>
		knownAt.map((known, task) => {
			const duration = sets[group][task];
			const extra = known / 1000 - duration;
			return { extra, ratio: extra / Math.max(2, duration / 10) };
		}),
	);
	const all = extras.flat();
	const p95 = quantile(
		all.map(({ ratio }) => ratio),
		0.95,
	);
	const byGroup = extras.map((group) =>
		quantile(
			group.map(({ ratio }) => ratio),
			0.95,
		).toFixed(2),
	);
	const seconds = all.map(({ extra }) => extra);
	const requests = median(waited.map((one) => one.requests));
	// The one with the most refusals stands for all.
	const [worst] = waited.toSorted((a, b) => b.throttled / b.requests - a.throttled / a.requests);
	const what = `${few} tasks of 1–${fewLongest} s`;
	return [
		{
			what: `${what}, ${groups} executions: extra wait after a task's end`,
			ours: `${spread(seconds, 1)} s, 95th percentile ${quantile(seconds, 0.95).toFixed(1)} s`,
			comparedWith: 'max(2 s, 10 % of the duration), task by task',
			ratio: `95th percentile ${p95.toFixed(2)} (by execution ${byGroup.join(', ')})`,
			goal: { text: '≤ 1', met: p95 <= 1 },
		},
		{
			what: '… requests refused for their rate, worst execution',
			ours: refusedOf(worst),
			comparedWith: `official SDK, all every 5 s: ${refusedOf(together)}`,
			ratio: (worst.throttled / together.throttled).toFixed(4),
			goal: throttledGoal(worst),
		},
		{
			what: '… requests per task',
			ours: (requests / few).toFixed(1),
			comparedWith: `official SDK, all every 5 s, really run: ${(together.requests / few).toFixed(1)}`,
			ratio: (requests / together.requests).toFixed(2),
		},
		{
			what: '… requests per task',
			ours: (requests / few).toFixed(1),
			comparedWith: `official SDK, one after the other (computed): ${(inTurn.requests / few).toFixed(1)}, last known after ${inSeconds(inTurn.took)} instead of ${inSeconds(median(waited.map((one) => one.took)))}`,
			ratio: (requests / inTurn.requests).toFixed(2),
		},
	];
}
