import { expect, test } from '@jest/globals';

import { waitUntilEnded } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import type { Poll, PollTiming } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

/** Waits from the time 1000 on, with polls that come when due, and notes their timings. */
async function watch(timeout: number, ...states: Array<Poll<string, string>>) {
	const env = new FakeEnv(() => 1);
	await env.play(1000);
	const timings: PollTiming[] = [];
	const waited: number[] = [];
	const result = await playOut(
		env,
		waitUntilEnded<string, string>(
			async (timing) => {
				timings.push(timing);
				await env.sleep(Math.max(0, (timing.due ?? 0) - env.now()));
				return states[Math.min(timings.length, states.length) - 1];
			},
			{ pollInterval: 2000, timeout },
			env,
			(progress) => waited.push(progress.waited),
		),
	);
	return { result, timings, waited };
}

const pending = { state: 'pending', value: 'running' } as const;
const ended = { state: 'ended', value: 'done' } as const;

test('a task that has ended at the first poll is polled once', async () => {
	expect(await watch(60_000, ended)).toEqual({ result: ended, timings: [{}], waited: [] });
});

test('a first poll has no deadline and cannot be late', async () => {
	await expect(watch(60_000, { state: 'late' })).rejects.toThrow(
		new RangeError('A poll without a deadline cannot be late'),
	);
});

test('a poll that comes too late is the last one, whatever the clock says', async () => {
	const { result, timings } = await watch(60_000, pending, { state: 'late' });
	expect(result).toEqual({ state: 'timeout', value: 'running' });
	expect(timings).toHaveLength(2);
});

test('polls are due after the pause and urgent from two seconds before the deadline on', async () => {
	const urgentAt = 59_000;
	const deadline = 61_000;
	expect(await watch(60_000, pending, pending, pending, ended)).toEqual({
		result: ended,
		timings: [
			{},
			{ due: 3000, urgentAt, deadline },
			{ due: 5000, urgentAt, deadline },
			{ due: 7000, urgentAt, deadline },
		],
		waited: [0, 2000, 4000],
	});
});

test('in a short wait, polls are urgent in its last tenth, which brings the last one', async () => {
	const urgentAt = 5500;
	const deadline = 6000;
	expect(await watch(5000, pending)).toEqual({
		result: { state: 'timeout', value: 'running' },
		timings: [
			{},
			{ due: 3000, urgentAt, deadline },
			{ due: 5000, urgentAt, deadline },
			{ due: 5500, urgentAt, deadline },
		],
		waited: [0, 2000, 4000, 4500],
	});
});

test('the pause grows with the time since the first poll, not with the clock', async () => {
	const { timings } = await watch(60_000, pending);
	const dues = timings.map(({ due }) => due).slice(1);
	const expected: number[] = [];
	for (let at = 1000; at < 59_000; ) {
		at = Math.min(59_000, at + Math.max(2000, (at - 1000) / 10));
		expected.push(at);
	}
	expect(dues).toEqual(expected);
});
