import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { pauseAfter, waitUntilEnded } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import type { Poll } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import { RequestQueue } from '../../nodes/TencentWhiteboard/transport/queue.ts';
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

/** Waits for tasks through one queue and notes every poll. */
async function watch(list: Case[], chance: () => number) {
	const env = new FakeEnv(chance);
	const queue = new RequestQueue(env);
	const { signal } = new AbortController();
	const polls = list.map(() => [] as Array<{ start: number; end: number }>);
	const results = await playOut(
		env,
		Promise.all(
			list.map(
				async ({ runs, pollInterval, timeout, latency }, index) =>
					await waitUntilEnded<number, never>(
						async (timing): Promise<Poll<number, never>> => {
							const permit = await queue.enter({ signal, ...timing });
							if (!permit) return { state: 'late' };
							const start = env.now();
							await env.sleep(Math.min(latency, (timing.deadline ?? Infinity) - start));
							permit.finish(false);
							polls[index].push({ start, end: env.now() });
							return { state: start >= runs ? 'ended' : 'pending', value: start };
						},
						{ pollInterval, timeout },
						env,
					),
			),
		),
	);
	return { results, polls, env };
}

describe('for any tasks that wait together', () => {
	test('every task is polled, in growing time, never after its deadline, and ends one way', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(cases, { minLength: 1, maxLength: 40 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				async (list, chance) => {
					const { results, polls, env } = await watch(list, () => chance);
					expect(env.pendingTimers).toBe(0);
					list.forEach(({ runs, timeout }, index) => {
						const mine = polls[index];
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
					const { polls } = await watch(
						[{ runs, pollInterval: 2000, timeout: 2_000_000, latency: 0 }],
						() => chance,
					);
					const extra = polls[0].at(-1)!.start - runs;
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

test('the last poll comes just before the deadline', async () => {
	const { polls, results } = await watch(
		[{ runs: Infinity, pollInterval: 7000, timeout: 30_000, latency: 0 }],
		() => 1,
	);
	expect(polls[0].map(({ start }) => start)).toEqual([0, 7000, 14_000, 21_000, 28_000]);
	expect(results[0]).toEqual({ state: 'timeout', value: 28_000 });
});

test('a timeout of zero is one poll', async () => {
	const { polls, results } = await watch(
		[{ runs: Infinity, pollInterval: 7000, timeout: 0, latency: 10 }],
		() => 0.5,
	);
	expect(polls[0]).toHaveLength(1);
	expect(results[0]).toEqual({ state: 'timeout', value: 0 });
});

/** Polls that bring the given states one after the other. */
async function play(states: Array<Poll<string, string>>, exists?: boolean) {
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
			{ pollInterval: 1000, timeout: 60_000, exists },
			env,
			({ polls }) => progress.push(polls),
		),
	);
	return { result, taken, progress };
}

const pending = { state: 'pending', value: 'running' } as const;
const failedPoll = { state: 'failed', fault: 'offline' } as const;
const ended = { state: 'ended', value: 'done' } as const;

describe('polls that fail', () => {
	test('at the start end the wait', async () => {
		expect(await play([failedPoll])).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
			taken: 1,
		});
		expect(await play([{ state: 'fault', fault: 'wrong key' }])).toMatchObject({
			result: { state: 'fault', fault: 'wrong key' },
			taken: 1,
		});
	});

	test('later on are forgiven five times in a row, counted anew after each answer', async () => {
		const five = new Array<typeof failedPoll>(5).fill(failedPoll);
		expect(await play([pending, ...five, pending, ...five, ended])).toMatchObject({
			result: ended,
			taken: 13,
		});
		expect(await play([pending, ...five, failedPoll, ended])).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
			taken: 7,
		});
	});

	test('at the start are forgiven where the task is known to exist', async () => {
		const five = new Array<typeof failedPoll>(5).fill(failedPoll);
		expect(await play([...five, pending, ended], true)).toMatchObject({ result: ended, taken: 7 });
		expect(await play([...five, failedPoll, ended], true)).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
			taken: 6,
		});
		expect(await play([failedPoll, { state: 'late' }], true)).toMatchObject({
			result: { state: 'fault', fault: 'offline' },
		});
		expect(await play([{ state: 'fault', fault: 'wrong key' }], true)).toMatchObject({
			result: { state: 'fault', fault: 'wrong key' },
			taken: 1,
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

test('tells the progress of every poll that found the task running', async () => {
	expect((await play([pending, pending, pending, ended])).progress).toEqual([1, 2, 3]);
});
