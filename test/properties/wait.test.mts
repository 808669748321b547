import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { pauseAfter, waitUntilEnded } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import type { Look } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

interface Case {
	/** Milliseconds from the start until the task has ended. */
	runs: number;
	pollInterval: number;
	timeout: number;
	/** Milliseconds that a look takes. */
	latency: number;
}

const cases = fc.record<Case>({
	runs: fc.integer({ min: 0, max: 120_000 }),
	pollInterval: fc.integer({ min: 100, max: 30_000 }),
	timeout: fc.integer({ min: 0, max: 200_000 }),
	latency: fc.integer({ min: 0, max: 500 }),
});

/** Waits for tasks through one scheduler and notes every look. */
async function watch(list: Case[], chance: () => number, maxUnderWay = 20) {
	const env = new FakeEnv(chance);
	const turns = new Turns(env, new Stop(), maxUnderWay);
	const looks = list.map(() => [] as Array<{ start: number; end: number }>);
	const results = await playOut(
		env,
		Promise.all(
			list.map(
				async ({ runs, pollInterval, timeout, latency }, index) =>
					await waitUntilEnded<number, never>(
						async (timing) =>
							await turns.take(async (): Promise<Look<number, never>> => {
								const start = env.now();
								if (start >= (timing.deadline ?? Infinity)) return { state: 'late' };
								await env.sleep(Math.min(latency, (timing.deadline ?? Infinity) - start));
								looks[index].push({ start, end: env.now() });
								return { state: start >= runs ? 'ended' : 'pending', value: start };
							}, timing),
						{ pollInterval, timeout },
						env,
					),
			),
		),
	);
	return { results, looks, env };
}

describe('for any tasks that wait together', () => {
	test('every task is looked at, in growing time, never after its deadline, and ends one way', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(cases, { minLength: 1, maxLength: 40 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				fc.integer({ min: 1, max: 20 }),
				async (list, chance, maxUnderWay) => {
					const { results, looks, env } = await watch(list, () => chance, maxUnderWay);
					expect(env.pendingTimers).toBe(0);
					list.forEach(({ runs, timeout }, index) => {
						const mine = looks[index];
						const result = results[index];
						expect(mine.length).toBeGreaterThanOrEqual(1);
						const deadline = mine[0].end + timeout;
						mine.slice(1).forEach(({ start, end }, position) => {
							expect(start).toBeGreaterThanOrEqual(mine[position].end);
							expect(start).toBeLessThanOrEqual(deadline);
							expect(end).toBeLessThanOrEqual(deadline);
						});
						const ended = mine.some(({ start }) => start >= runs);
						expect(result.state).toBe(ended ? 'ended' : 'timeout');
					});
				},
			),
			{ numRuns: 40 },
		);
	});

	test('the wait after a task has ended stays in proportion', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 0, max: 1_500_000 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				async (runs, chance) => {
					const { looks } = await watch(
						[{ runs, pollInterval: 2000, timeout: 2_000_000, latency: 0 }],
						() => chance,
					);
					const extra = looks[0].at(-1)!.start - runs;
					expect(extra).toBeLessThanOrEqual(Math.max(2000, 0.1 * runs) + 1e-6);
				},
			),
			{ numRuns: 60 },
		);
	});
});

test('the pause is the interval, then a tenth of the time waited, at most 15 s, up to a fifth less', () => {
	expect(pauseAfter(0, 2000, 1)).toBe(2000);
	expect(pauseAfter(19_999, 2000, 1)).toBe(2000);
	expect(pauseAfter(60_000, 2000, 1)).toBe(6000);
	expect(pauseAfter(1_000_000, 2000, 1)).toBe(15_000);
	expect(pauseAfter(1_000_000, 20_000, 1)).toBe(20_000);
	expect(pauseAfter(0, 2000, 0.5)).toBe(1800);
	expect(pauseAfter(0, 2000, 0)).toBe(1600);
});

test('the last look comes just before the deadline', async () => {
	const { looks, results } = await watch(
		[{ runs: Infinity, pollInterval: 7000, timeout: 30_000, latency: 0 }],
		() => 1,
	);
	expect(looks[0].map(({ start }) => start)).toEqual([0, 7000, 14_000, 21_000, 28_000]);
	expect(results[0]).toEqual({ state: 'timeout', value: 28_000 });
});

test('a timeout of zero is one look', async () => {
	const { looks, results } = await watch(
		[{ runs: Infinity, pollInterval: 7000, timeout: 0, latency: 10 }],
		() => 0.5,
	);
	expect(looks[0]).toHaveLength(1);
	expect(results[0]).toEqual({ state: 'timeout', value: 0 });
});

/** Looks that show the given states one after the other. */
async function play(states: Array<Look<string, string>>) {
	const env = new FakeEnv();
	let taken = 0;
	const progress: number[] = [];
	const result = await playOut(
		env,
		waitUntilEnded<string, string>(
			async ({ due }) => {
				await env.sleep(Math.max(0, (due ?? 0) - env.now()));
				return states[Math.min(taken++, states.length - 1)];
			},
			{ pollInterval: 1000, timeout: 60_000 },
			env,
			({ looks }) => progress.push(looks),
		),
	);
	return { result, taken, progress };
}

const pending = { state: 'pending', value: 'running' } as const;
const missed = { state: 'missed', fault: 'offline' } as const;
const ended = { state: 'ended', value: 'done' } as const;

describe('looks that bring nothing', () => {
	test('at the start end the wait', async () => {
		expect(await play([missed])).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
			taken: 1,
		});
		expect(await play([{ state: 'fault', fault: 'wrong key' }])).toMatchObject({
			result: { state: 'fault', fault: 'wrong key' },
			taken: 1,
		});
	});

	test('later on are forgiven five times in a row, counted anew after each answer', async () => {
		const five = new Array<typeof missed>(5).fill(missed);
		expect(await play([pending, ...five, pending, ...five, ended])).toMatchObject({
			result: ended,
			taken: 13,
		});
		expect(await play([pending, ...five, missed, ended])).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
			taken: 7,
		});
	});

	test('are final where the fault is', async () => {
		expect(await play([pending, { state: 'fault', fault: 'gone' }, ended])).toMatchObject({
			result: { state: 'fault', fault: 'gone' },
			taken: 2,
		});
	});

	test('because it is too late give the last state', async () => {
		expect(await play([pending, { state: 'late' }])).toMatchObject({
			result: { state: 'timeout', value: 'running' },
		});
	});
});

test('tells the progress of every look that found the task running', async () => {
	expect((await play([pending, pending, pending, ended])).progress).toEqual([1, 2, 3]);
});
