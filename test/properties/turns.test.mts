import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

const turn = fc.record({ due: fc.nat(2000), takes: fc.nat(300) });

test('turns start when due, in order of their due time, and never too many at once', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(turn, { maxLength: 60 }),
			fc.integer({ min: 1, max: 8 }),
			async (list, maxUnderWay) => {
				const env = new FakeEnv();
				const turns = new Turns(env, new Stop(), maxUnderWay);
				const started: number[] = [];
				let underWay = 0;
				const results = await playOut(
					env,
					Promise.all(
						list.map(
							async ({ due, takes }, index) =>
								await turns.take(
									async () => {
										underWay += 1;
										expect(underWay).toBeLessThanOrEqual(maxUnderWay);
										expect(env.now()).toBeGreaterThanOrEqual(due);
										started.push(due);
										await env.sleep(takes);
										underWay -= 1;
										return index;
									},
									{ due },
								),
						),
					),
				);
				expect(results).toEqual(list.map((_, index) => index));
				expect(started).toEqual([...started].sort((a, b) => a - b));
				expect(env.pendingTimers).toBe(0);
			},
		),
		{ numRuns: 100 },
	);
});

test('an urgent turn goes first from its time on, and runs once', async () => {
	const env = new FakeEnv();
	const turns = new Turns(env, new Stop(), 1);
	const order: string[] = [];
	const work = (name: string) => async () => {
		order.push(`${name} at ${env.now()}`);
		await env.sleep(100);
	};
	await playOut(
		env,
		Promise.all([
			turns.take(work('a')),
			turns.take(work('b')),
			turns.take(work('c')),
			turns.take(work('urgent'), { due: 50, urgentAt: 150 }),
			turns.take(work('d'), { due: 20 }),
		]),
	);
	expect(order).toEqual(['a at 0', 'b at 100', 'urgent at 200', 'c at 300', 'd at 400']);
});

test('work that fails, even at once, fails its own turn only', async () => {
	const env = new FakeEnv();
	const turns = new Turns(env, new Stop(), 1);
	const bad = turns.take(() => {
		throw new Error('at once');
	});
	const good = turns.take(async () => 'fine');
	await expect(playOut(env, bad)).rejects.toThrow('at once');
	await expect(playOut(env, good)).resolves.toBe('fine');
});

test('a stop rejects every turn at once, started or not, and leaves no timer', async () => {
	const env = new FakeEnv();
	const stop = new Stop();
	const turns = new Turns(env, stop, 1);
	let runs = 0;
	const never = async () => {
		runs += 1;
		await new Promise(() => {});
	};
	const all = Promise.allSettled([
		turns.take(never),
		turns.take(never),
		turns.take(never, { due: 5000, urgentAt: 6000 }),
	]);
	await env.play(10);
	stop.stop(new Error('cancelled'));
	stop.stop(new Error('once only'));
	const results = await all;
	expect(results.map((result) => (result as PromiseRejectedResult).reason.message)).toEqual([
		'cancelled',
		'cancelled',
		'cancelled',
	]);
	await env.play();
	expect(runs).toBe(1);
	expect(env.pendingTimers).toBe(0);
	await expect(turns.take(never)).rejects.toThrow('cancelled');
});
