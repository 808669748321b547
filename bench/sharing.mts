/** Many who use one account at the same time, and a service that takes its time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	beginNode,
	describeInNode,
	RATE,
	runNode,
	startEmulatorProcess,
	startEngine,
} from './emulated.mts';
import type { EmulatorProcess } from './emulated.mts';
import type { Arrival } from './emulator-process.mts';
import { durations, spread } from './stats.mts';
import type { Row } from './table.mts';
import { inSeconds, percent, SEED } from './waiting.mts';
import type { Scale } from './waiting.mts';

const PROCESSES = 4;
const REFUSED_GOAL = 0.1;
const SPAN_GOAL = 1.15;

const LARGE = 10;
/** When the small executions begin, in seconds; and how many there are, one after the other. */
const LATER = 2;
const SMALL = 5;
const SMALL_GOAL = 2;

const SLOW_ITEMS = 200;
const SLOW_ANSWER = 2;
const SLOW_GOAL = 1.1;

const wasRefused = ({ code }: Arrival) => code === 'RequestLimitExceeded';

interface Worker {
	/** Waits for the tasks in one execution. */
	send(ids: string[]): void;
	/** Resolves at the end of that execution. */
	done: Promise<void>;
	close(): Promise<void>;
}

/** A process of its own with the node in n8n's engine, ready to begin. */
async function startWorker({ url, keys }: EmulatorProcess): Promise<Worker> {
	const settings = JSON.stringify({ url, keys });
	const child = fork(join(import.meta.dirname, 'worker-process.mts'), [settings]);
	const gone = once(child, 'exit').then(() => {
		throw new Error('A process that was to wait for tasks ended');
	});
	// It ends at the close as well, when nobody asks.
	gone.catch(() => {});
	const message = async () => {
		await Promise.race([once(child, 'message'), gone]);
	};
	await message();
	return {
		send: (ids) => child.send(ids),
		done: message(),
		close: async () => {
			if (child.exitCode !== null) return;
			const exit = once(child, 'exit');
			child.disconnect();
			await exit;
		},
	};
}

export async function benchProcesses({ perProcess, perProcessLongest }: Scale): Promise<Row[]> {
	const emulator = await startEmulatorProcess({ ratePerSecond: RATE });
	const workers: Worker[] = [];
	try {
		// One after the other: on a small machine four at once would take as long.
		for (let count = 0; count < PROCESSES; count += 1) workers.push(await startWorker(emulator));
		const tasks = durations(PROCESSES * perProcess, 1, perProcessLongest, SEED + 100);
		const { bornAt, ids } = await emulator.addTasks(tasks);
		const finished = await Promise.all(
			workers.map(async (worker, index) => {
				worker.send(ids.slice(index * perProcess, (index + 1) * perProcess));
				await worker.done;
				return Date.now() - bornAt;
			}),
		);
		const arrivals = await emulator.arrivals();
		const times = arrivals.map(({ at }) => at);
		const span = Math.max(...times) - Math.min(...times);
		const refused = arrivals.filter(wasRefused).length;
		const answered = arrivals.filter(({ code }) => code === null).length;
		const least = (answered / RATE) * 1000;
		const share = refused / arrivals.length;
		return [
			{
				what: `${PROCESSES} processes on one account, each with ${perProcess} tasks of 1–${perProcessLongest} s: requests refused for their rate`,
				ours: `${refused} of ${arrivals.length} (${percent(share)})`,
				comparedWith: 'all requests',
				ratio: share.toFixed(3),
				goal: { text: `≤ ${percent(REFUSED_GOAL)}`, met: share <= REFUSED_GOAL },
			},
			{
				what: '… from the first request to the last',
				ours: `${inSeconds(span)} (the processes were done after ${finished.map((time) => inSeconds(time, 0)).join(', ')})`,
				comparedWith: `${answered} answered requests at ${RATE} a second: ${inSeconds(least)}`,
				ratio: (span / least).toFixed(3),
				goal: { text: `≤ ${SPAN_GOAL}`, met: span <= SPAN_GOAL * least },
			},
		];
	} finally {
		await Promise.all(workers.map(async (worker) => await worker.close()));
		await emulator.close();
	}
}

export async function benchSmall({ largeItems }: Scale): Promise<Row[]> {
	const emulator = await startEmulatorProcess({ ratePerSecond: RATE });
	const engine = await startEngine(emulator);
	try {
		const [{ secretId }] = emulator.keys;
		const { ids } = await emulator.addTasks(Array.from({ length: largeItems }, () => 0));
		const parameters = { waitUntilFinished: false };
		let ended = 0;
		const large = Array.from({ length: LARGE }, () => beginNode(engine, secretId, ids, parameters));
		for (const { result } of large) void result.then(() => (ended += 1));
		await sleep(LATER * 1000);
		const times: number[] = [];
		for (let count = 0; count < SMALL; count += 1) {
			const started = performance.now();
			const items = await runNode(engine, secretId, [ids[count]], parameters);
			times.push((performance.now() - started) / 1000);
			if (items[0].json.TaskID !== ids[count]) throw new Error('The node gave another item');
		}
		if (ended > 0) throw new Error('The large executions ended too early to be in the way');
		for (const run of large) run.cancel();
		await Promise.all(large.map(async ({ result }) => await result));
		const refused = (await emulator.arrivals()).filter(wasRefused).length;
		if (refused > 0) throw new Error(`${refused} requests were refused for their rate`);
		const slowest = Math.max(...times);
		return [
			{
				what: `A single item beside ${LARGE} executions of ${largeItems} items each, same account and action: until it is out`,
				ours: `${spread(times)} s, slowest of ${SMALL} ${slowest.toFixed(2)} s`,
				comparedWith: `in the order of arrival it would wait for ${LARGE * largeItems} items at ${RATE} a second, less ${LATER} s: ${(LARGE * largeItems) / RATE - LATER} s`,
				ratio: (slowest / ((LARGE * largeItems) / RATE - LATER)).toFixed(3),
				goal: { text: `slowest ≤ ${SMALL_GOAL} s`, met: slowest <= SMALL_GOAL },
			},
		];
	} finally {
		await engine.close();
		await emulator.close();
	}
}

export async function benchSlow(): Promise<Row[]> {
	const emulator = await startEmulatorProcess({
		ratePerSecond: RATE,
		fault: { kind: 'delay', ms: SLOW_ANSWER * 1000 },
	});
	const engine = await startEngine(emulator);
	try {
		const { ids } = await emulator.addTasks(Array.from({ length: SLOW_ITEMS }, () => 0));
		const started = performance.now();
		await describeInNode(engine, emulator.keys[0].secretId, ids, false);
		const took = performance.now() - started;
		const arrivals = await emulator.arrivals();
		const refused = arrivals.filter(wasRefused).length;
		const target = (SLOW_ITEMS / RATE + SLOW_ANSWER) * 1000;
		return [
			{
				what: `${SLOW_ITEMS} items at a service that takes ${SLOW_ANSWER} s per answer`,
				ours: inSeconds(took),
				comparedWith: `${SLOW_ITEMS} items at ${RATE} a second, and the last answer: ${inSeconds(target)}`,
				ratio: (took / target).toFixed(3),
				goal: { text: `≤ ${SLOW_GOAL}`, met: took <= SLOW_GOAL * target },
			},
			{
				what: '… requests refused for their rate',
				ours: `${refused} of ${arrivals.length}`,
				comparedWith: 'all requests',
				ratio: (refused / arrivals.length).toFixed(3),
				goal: { text: '0', met: refused === 0 },
			},
		];
	} finally {
		await engine.close();
		await emulator.close();
	}
}
