/** How programs wait for tasks with the official SDK, which leaves waiting to them. */
import { setTimeout as sleep } from 'node:timers/promises';

import { RateLimit } from '../emulator/rate.mts';
import { officialClient } from '../test/emulator/official-sdk.mts';
import { RATE } from './emulated.mts';
import type { EmulatorProcess } from './emulated.mts';
import { SDK_APP_ID } from './emulator-process.mts';
import type { Born } from './emulator-process.mts';
import { median } from './stats.mts';

const PAUSE = 5000;
const ACTION = 'DescribeSnapshotTask';

export interface Polled {
	/** From the beginning of the tasks until all were seen finished, or the bound, in milliseconds. */
	took: number;
	requests: number;
	throttled: number;
	/** Tasks not seen finished before the bound. */
	left: number;
}

/** Asks for the task's status as a program with the official SDK does. */
function asker({ url, keys: [{ secretId, secretKey }] }: EmulatorProcess) {
	const client = officialClient({ url, secretId, secretKey, timeout: 60 });
	return async (TaskID: string) =>
		(await client.request(ACTION, { TaskID, SdkAppId: SDK_APP_ID })) as { Status: string };
}

/** Median time of one request of the official SDK that waits for nobody, in milliseconds. */
export async function measureLatency(emulator: EmulatorProcess, times = 200): Promise<number> {
	const { ids } = await emulator.addTasks([0]);
	const ask = asker(emulator);
	const taken = [];
	for (let count = 0; count < times; count += 1) {
		const started = performance.now();
		await ask(ids[0]);
		taken.push(performance.now() - started);
	}
	return median(taken);
}

/**
 * One task after the other, each polled until it is finished: what a loop with `await` does. Worked out
 * from the same durations and a measured latency, with the emulator's own rate limit; really run it
 * would take the better part of an hour.
 */
export function oneAfterTheOther(seconds: readonly number[], latency: number): Polled {
	const rate = new RateLimit(RATE);
	let took = 0;
	let requests = 0;
	let throttled = 0;
	for (const duration of seconds) {
		for (;;) {
			requests += 1;
			const admitted = rate.admits(ACTION, took);
			const finished = admitted && took >= duration * 1000;
			if (!admitted) throttled += 1;
			took += latency;
			if (finished) break;
			took += PAUSE;
		}
	}
	return { took, requests, throttled, left: 0 };
}

/** All tasks at once, every five seconds: what `Promise.all` does. A refused poll is tried at its next turn. */
export async function allAtOnce(
	emulator: EmulatorProcess,
	{ ids, bornAt }: Born,
	bound: number,
): Promise<Polled> {
	const ask = asker(emulator);
	const pending = new Set(ids);
	let requests = 0;
	let throttled = 0;
	for (let turn = bornAt; pending.size > 0; turn += PAUSE) {
		await sleep(Math.max(0, turn - Date.now()));
		if (Date.now() - bornAt >= bound) break;
		requests += pending.size;
		await Promise.all(
			[...pending].map(async (id) => {
				try {
					if ((await ask(id)).Status === 'Finished') pending.delete(id);
				} catch (error) {
					// A busy machine may also drop a connection; such a poll has its next turn, too.
					if ((error as { code?: string }).code === 'RequestLimitExceeded') throttled += 1;
				}
			}),
		);
	}
	return { took: Date.now() - bornAt, requests, throttled, left: pending.size };
}

/**
 * The earliest moment, in milliseconds, at which anybody can know all tasks finished: every task takes
 * one request after its end, and no second has more than the rate.
 */
export function floorOf(seconds: readonly number[]): number {
	const latestFirst = seconds.toSorted((a, b) => b - a);
	return Math.max(
		...latestFirst.map((duration, before) => (duration + Math.floor(before / RATE)) * 1000),
	);
}
