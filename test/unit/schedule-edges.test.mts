import { describe, expect, test } from '@jest/globals';

import { Limiter } from '../../nodes/TencentWhiteboard/transport/limiter.ts';
import type { Slot } from '../../nodes/TencentWhiteboard/transport/limiter.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

describe('the limiter', () => {
	/** Starts requests one after the other that take so long, and notes when each started. */
	async function starts(rate: number, ways: number[]) {
		const env = new FakeEnv();
		const limiter = new Limiter(env, rate, 1000);
		const stop = new Stop();
		const times: number[] = [];
		const all = ways.map(async (way) => {
			const slot = (await limiter.acquire(stop)) as Slot;
			times.push(env.now());
			await env.sleep(way);
			limiter.answered(slot);
		});
		await playOut(env, Promise.all(all));
		return times;
	}

	test('takes the shortest way of all answers for the usual one, once connections are open', async () => {
		// 300 ms with the connection; then 10 ms; then 500 ms, of which 10 are taken for the way.
		expect(await starts(1, [300, 10, 500, 0])).toEqual([0, 1300, 2300, 3790]);
	});

	test.each([
		['first', [10, 500, 0]],
		['last', [500, 10, 0]],
	])('gives the place that is free first, be it the one taken %s', async (_, ways) => {
		expect(await starts(2, ways)).toEqual([0, 0, 1010]);
	});

	test('gives no place to one whose deadline has just come', async () => {
		const env = new FakeEnv();
		const limiter = new Limiter(env, 1, 1000);
		const stop = new Stop();
		limiter.answered((await limiter.acquire(stop)) as Slot);
		const late = limiter.acquire(stop, 1000);
		const next = limiter.acquire(stop).then(() => env.now());
		expect(await playOut(env, late)).toBeUndefined();
		expect(await playOut(env, next)).toBe(1000);
	});

	test('counts a refusal again when a whole window has passed', async () => {
		const env = new FakeEnv();
		const limiter = new Limiter(env, 20, 1000);
		limiter.throttled();
		await env.play(1000);
		// 14 and one recovered; seven tenths of that, not counting the part of one.
		limiter.throttled();
		let started = 0;
		const stop = new Stop();
		for (let index = 0; index < 20; index += 1) {
			limiter.acquire(stop).then(
				() => (started += 1),
				() => {},
			);
		}
		await env.play(1000);
		expect(started).toBe(10);
		stop.stop(new Error('enough'));
	});
});

describe('turns', () => {
	test('that are urgent start in the order in which they became so', async () => {
		const env = new FakeEnv();
		const turns = new Turns(env, new Stop(), 1);
		const order: string[] = [];
		const work = (name: string) => async () => {
			order.push(name);
			await env.sleep(300);
		};
		await playOut(
			env,
			Promise.all([
				turns.take(work('running')),
				turns.take(work('due')),
				turns.take(work('urgent at 100'), { due: 500, urgentAt: 100 }),
				turns.take(work('urgent at 200'), { due: 500, urgentAt: 200 }),
				turns.take(work('urgent at 50'), { due: 500, urgentAt: 50 }),
			]),
		);
		expect(order).toEqual(['running', 'urgent at 50', 'urgent at 100', 'urgent at 200', 'due']);
	});

	test('that wait for a place need no timer', async () => {
		const env = new FakeEnv();
		const stop = new Stop();
		const turns = new Turns(env, stop, 1);
		const never = async () => await new Promise<void>(() => {});
		void turns.take(never).catch(() => {});
		void turns.take(never).catch(() => {});
		expect(env.pendingTimers).toBe(0);
		stop.stop(new Error('enough'));
	});

	test('leave no timer from the moment of the stop', async () => {
		const env = new FakeEnv();
		const stop = new Stop();
		const turns = new Turns(env, stop);
		const turn = turns.take(async () => {}, { due: 5000 }).catch((error: Error) => error.message);
		expect(env.pendingTimers).toBe(1);
		stop.stop(new Error('cancelled'));
		expect(env.pendingTimers).toBe(0);
		expect(await turn).toBe('cancelled');
	});
});

test('who has taken itself off is not told of the stop', () => {
	const stop = new Stop();
	const told: string[] = [];
	const off = stop.onStop(() => told.push('off'));
	stop.onStop(() => told.push('on'));
	off();
	stop.stop(new Error('cancelled'));
	expect(told).toEqual(['on']);
});
