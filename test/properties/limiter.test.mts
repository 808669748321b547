import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Limiter, RATE, WINDOW } from '../../nodes/TencentWhiteboard/transport/limiter.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { FakeEnv } from '../fake-env.mts';

interface Grant {
	asked: number;
	granted: boolean;
	at: number;
}

/** Asks at the given times, in that order, and notes when each was let through. Answers take `way`. */
async function ask(times: number[], deadlines: number[] = [], way = 0): Promise<Grant[]> {
	const env = new FakeEnv();
	const limiter = new Limiter(env);
	const stop = new Stop();
	const grants: Grant[] = [];
	const all = times.map(async (time, index) => {
		await env.sleep(time);
		const slot = await limiter.acquire(stop, deadlines[index] ?? Infinity);
		grants.push({ asked: time, granted: slot !== undefined, at: env.now() });
		await env.sleep(way);
		if (slot) limiter.answered(slot);
	});
	await env.play();
	await Promise.all(all);
	return grants;
}

const times = fc
	.array(fc.nat(5000), { minLength: 1, maxLength: 150 })
	.map((list) => list.sort((a, b) => a - b));

/** The most starts that any second, wherever it begins, holds. */
const busiestSecond = (starts: number[]) =>
	Math.max(
		0,
		...starts.map((from) => starts.filter((at) => at >= from && at < from + 1000).length),
	);

test('never more than 20 starts in any second, first come first served, and nobody forgotten', async () => {
	await fc.assert(
		fc.asyncProperty(times, async (asked) => {
			const grants = await ask(asked);
			expect(grants.map(({ asked: time }) => time)).toEqual(asked);
			expect(grants.every(({ granted }) => granted)).toBe(true);
			expect(busiestSecond(grants.map(({ at }) => at))).toBeLessThanOrEqual(20);
		}),
		{ numRuns: 60 },
	);
});

test('no delay while there is room: each start comes as early as the window allows', async () => {
	await fc.assert(
		fc.asyncProperty(times, async (asked) => {
			const grants = await ask(asked);
			grants.forEach(({ asked: time, at }, index) => {
				const before = grants[index - RATE];
				expect(at).toBe(Math.max(time, before ? before.at + WINDOW : time));
			});
		}),
		{ numRuns: 60 },
	);
});

test('sustains at least 19 starts per second when work is queued', async () => {
	for (const way of [0, 30, 400]) {
		const grants = await ask(new Array<number>(1000).fill(0), [], way);
		// The first round is counted from its answers; from then on nothing is lost to the way.
		const [from, to] = [grants[RATE * 2].at, grants.at(-1)!.at];
		expect(((grants.length - RATE * 2 - 1) / (to - from)) * 1000).toBeGreaterThanOrEqual(19);
	}
});

test('lets nobody start after their deadline and tells them when it has come', async () => {
	const deadlines = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 60, maxLength: 90 });
	await fc.assert(
		fc.asyncProperty(deadlines, async (list) => {
			const grants = await ask(
				list.map(() => 0),
				list,
			);
			expect(grants).toHaveLength(list.length);
			for (const { granted, at } of grants) {
				if (!granted) expect(list).toContain(at);
			}
			const granted = grants.filter((grant) => grant.granted);
			expect(granted.length).toBeGreaterThanOrEqual(20);
			expect(Math.max(...granted.map(({ at }) => at))).toBeLessThan(Math.max(...list));
		}),
		{ numRuns: 30 },
	);
});

test('leaves the queue at once when stopped, and the next ones move up', async () => {
	const env = new FakeEnv();
	const limiter = new Limiter(env);
	const mine = new Stop();
	const theirs = new Stop();
	const order: string[] = [];
	for (let index = 0; index < RATE; index += 1) {
		void limiter.acquire(theirs).then((slot) => limiter.answered(slot!));
	}
	const left = limiter.acquire(mine).catch((error: Error) => order.push(error.message));
	void limiter.acquire(theirs).then(() => order.push(`next ${env.now()}`));
	mine.stop(new Error('stopped'));
	await left;
	expect(order).toEqual(['stopped']);
	await env.play();
	expect(order).toEqual(['stopped', `next ${WINDOW}`]);
	await expect(limiter.acquire(mine)).rejects.toThrow('stopped');
});

test('slows down when the service refuses for the rate, once per burst, and recovers', async () => {
	const env = new FakeEnv();
	const limiter = new Limiter(env);
	/** How many of 40 requests made now start without delay. */
	const burst = async () => {
		let started = 0;
		const mine = new Stop();
		for (let index = 0; index < 40; index += 1) {
			limiter.acquire(mine).then(
				(slot) => {
					started += 1;
					limiter.answered(slot!);
				},
				() => {},
			);
		}
		await env.play(env.now());
		mine.stop(new Error('enough'));
		return started;
	};
	expect(await burst()).toBe(20);
	limiter.throttled();
	limiter.throttled();
	await env.play(env.now() + WINDOW);
	expect(await burst()).toBe(15);
	limiter.throttled();
	await env.play(env.now() + 30_000);
	expect(await burst()).toBe(20);
	for (let index = 0; index < 100; index += 1) {
		limiter.throttled();
		await env.play(env.now() + WINDOW);
	}
	expect(await burst()).toBeGreaterThanOrEqual(1);
});

test('a burst that opens connections is counted from when it arrived, not from when it left', async () => {
	const env = new FakeEnv();
	const limiter = new Limiter(env);
	const stop = new Stop();
	const arrivals: number[] = [];
	/** The first ones take 300 ms to open a connection; all answers take 20 ms more. */
	const one = async (index: number) => {
		const slot = await limiter.acquire(stop);
		await env.sleep(index < RATE ? 300 : 10);
		arrivals.push(env.now());
		await env.sleep(10);
		limiter.answered(slot!);
	};
	const all = Promise.all(Array.from({ length: 200 }, async (_, index) => await one(index)));
	await env.play();
	await all;
	expect(arrivals).toHaveLength(200);
	expect(busiestSecond(arrivals)).toBeLessThanOrEqual(20);
});

test('a request that is never answered holds its slot for two windows', async () => {
	const env = new FakeEnv();
	const limiter = new Limiter(env);
	const stop = new Stop();
	for (let index = 0; index < RATE; index += 1) void limiter.acquire(stop);
	let at = -1;
	void limiter.acquire(stop).then(() => (at = env.now()));
	await env.play();
	expect(at).toBe(2 * WINDOW);
	expect(env.pendingTimers).toBe(0);
});
