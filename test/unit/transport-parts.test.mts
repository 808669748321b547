/** The small parts that calls and downloads share: retries, the watchdog, derived signals, the pool. */
import { describe, expect, test } from '@jest/globals';

import { Pool } from '../../nodes/TencentWhiteboard/transport/pool.ts';
import { RetryBudget, backoff, retry } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import type { RetryClass } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { derive } from '../../nodes/TencentWhiteboard/transport/signals.ts';
import { TimedOut, pause, watch } from '../../nodes/TencentWhiteboard/transport/watchdog.ts';
import { FakeEnv } from '../fake-env.mts';
import { listenersOf } from '../listeners.mts';

const reason = new Error('cancelled');
const never = async () => await new Promise<never>(() => {});

/** What becomes of a promise, without waiting for it. */
function watched(promise: Promise<unknown>) {
	const seen: unknown[] = [];
	promise.then(
		(value) => seen.push(value),
		(error: unknown) => seen.push(error),
	);
	return seen;
}

test('backoff doubles from its base up to 20 s, with full jitter', () => {
	expect([1, 2, 3].map((attempt) => backoff('transient', attempt, 1))).toEqual([100, 200, 400]);
	expect([1, 2, 3].map((attempt) => backoff('throttled', attempt, 1))).toEqual([500, 1000, 2000]);
	expect(backoff('busy', 1, 0.5)).toBe(1000);
	expect(backoff('throttled', 1000, 1)).toBe(20_000);
	expect(backoff('transient', 3, 0)).toBe(0);
});

describe('a retry', () => {
	const env = new FakeEnv(() => 1);
	const ok = { ok: true } as const;
	const bad = { ok: false, fault: 'transient' } as const;
	type Outcome = { ok: true } | { ok: false; fault: RetryClass };

	/** Attempts with these outcomes, the last one for ever; gives how many there were. */
	async function attempts(budget: RetryBudget, ...outcomes: Outcome[]) {
		let count = 0;
		const outcome = await retry<RetryClass, Outcome>(
			{ env, budget },
			async () => {
				if (count > 20) throw new Error('It attempts without an end');
				return outcomes[Math.min(count++, outcomes.length - 1)];
			},
			(fault) => fault,
		);
		return { count, ok: outcome.ok };
	}

	test('is free the first time: nobody takes it from another item', async () => {
		const budget = new RetryBudget(500);
		for (let index = 0; index < 200; index += 1) await attempts(budget, bad);
		for (let index = 0; index < 23; index += 1) {
			expect(await attempts(budget, bad, ok)).toEqual({ count: 2, ok: true });
		}
	});

	test('costs the budget the second time, until that is spent; successes give a little back', async () => {
		const budget = new RetryBudget(10);
		const counts: number[] = [];
		for (let index = 0; index < 3; index += 1) counts.push((await attempts(budget, bad)).count);
		expect(counts).toEqual([3, 3, 2]);
		for (let index = 0; index < 5; index += 1) await attempts(budget, ok);
		expect((await attempts(budget, bad)).count).toBe(3);
		expect((await attempts(budget, bad)).count).toBe(2);
		for (let index = 0; index < 100; index += 1) await attempts(budget, ok);
		const again: number[] = [];
		for (let index = 0; index < 3; index += 1) again.push((await attempts(budget, bad)).count);
		expect(again).toEqual([3, 3, 2]);
	});

	test('of a skewed clock comes once, of a final fault never', async () => {
		const budget = new RetryBudget();
		expect((await attempts(budget, { ok: false, fault: 'skewed' })).count).toBe(2);
		expect((await attempts(budget, { ok: false, fault: 'final' })).count).toBe(1);
	});

	test('begins before the deadline or not at all', async () => {
		const started = async (deadline: number) => {
			const due: Array<number | undefined> = [];
			await retry<RetryClass, Outcome>(
				{ env, budget: new RetryBudget(), deadline },
				async (at) => {
					due.push(at);
					return bad;
				},
				(fault) => fault,
			);
			return due;
		};
		expect(await started(100)).toEqual([undefined]);
		expect(await started(101)).toEqual([undefined, 100]);
	});

	test('does not come after an abort', async () => {
		let count = 0;
		await retry<RetryClass, Outcome>(
			{ env, budget: new RetryBudget(), signal: AbortSignal.abort() },
			async () => {
				count += 1;
				return bad;
			},
			(fault) => fault,
		);
		expect(count).toBe(1);
	});
});

describe('the watchdog', () => {
	test('ends work when its time is up, and tells it', async () => {
		const env = new FakeEnv();
		let told: AbortSignal | undefined;
		const seen = watched(
			watch(env, { timeout: 1000 }, async (signal) => {
				told = signal;
				return await never();
			}),
		);
		await env.play(999);
		expect([seen, told!.aborted]).toEqual([[], false]);
		await env.play(1000);
		expect(seen).toEqual([expect.any(TimedOut)]);
		expect(told!.aborted).toBe(true);
	});

	test('counts from the last sign of life', async () => {
		const env = new FakeEnv();
		const seen = watched(
			watch(env, { timeout: 1000 }, async (_, alive) => {
				for (let count = 0; count < 5; count += 1) {
					await env.sleep(900);
					alive();
				}
				return await never();
			}),
		);
		await env.play(5499);
		expect(seen).toEqual([]);
		await env.play(5500);
		expect(seen).toEqual([expect.any(TimedOut)]);
	});

	test('gives what the work gives, and leaves no timer and no listener', async () => {
		const env = new FakeEnv();
		const { signal } = new AbortController();
		const listening = listenersOf(signal);
		const slept = watched(pause(env, 0, signal));
		const good = watched(watch(env, { timeout: 1000, signal }, async () => 'done'));
		const bad = watched(
			watch(env, { timeout: 1000, signal }, async () => {
				throw reason;
			}),
		);
		await env.play(0);
		expect([good, bad, slept]).toEqual([['done'], [reason], [undefined]]);
		expect([env.pendingTimers, listening.size]).toEqual([0, 0]);
	});

	test('passes an abort on at once, and starts nothing after one', async () => {
		const env = new FakeEnv();
		const controller = new AbortController();
		const { signal } = controller;
		const seen = watched(watch(env, { timeout: 1000, signal }, never));
		const waiting = watched(pause(env, 1000, signal));
		await env.play(0);
		controller.abort(reason);
		await env.play(0);
		expect([seen, waiting]).toEqual([[reason], [reason]]);
		let started = false;
		const late = watched(
			watch(env, { timeout: 1000, signal }, async () => {
				started = true;
			}),
		);
		await env.play(0);
		expect([late, started]).toEqual([[reason], false]);
		expect(env.pendingTimers).toBe(0);
	});
});

test('however many signals are derived, the source has one listener, and none when all are released', () => {
	const controller = new AbortController();
	const { signal } = controller;
	const listening = listenersOf(signal);
	const all = Array.from({ length: 100 }, () => derive(signal));
	expect(listening.size).toBe(1);
	all.slice(0, 99).forEach(({ release }) => release());
	expect(listening.size).toBe(1);
	all[99].release();
	expect(listening.size).toBe(0);
	const again = derive(signal);
	controller.abort(reason);
	expect(again.signal.reason).toBe(reason);
	expect(all[0].signal.aborted).toBe(false);
	expect(derive(signal).signal.reason).toBe(reason);
});

describe('the pool', () => {
	test('keeps its size and its order', async () => {
		const env = new FakeEnv();
		const pool = new Pool(3);
		const { signal } = new AbortController();
		const order: number[] = [];
		let active = 0;
		let most = 0;
		const all = Array.from({ length: 10 }, async (_, index) => {
			await pool.run(signal, async () => {
				order.push(index);
				active += 1;
				most = Math.max(most, active);
				await env.sleep(100);
				active -= 1;
				if (index === 4) throw reason;
			});
		});
		const settled = Promise.allSettled(all);
		await env.play();
		const failed = (await settled).filter(({ status }) => status === 'rejected');
		expect([most, order, failed.length]).toEqual([3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1]);
	});

	test('starts nothing after an abort', async () => {
		const env = new FakeEnv();
		const pool = new Pool(1);
		const controller = new AbortController();
		let runs = 0;
		const work = async () => {
			runs += 1;
			await env.sleep(100);
		};
		const all = Array.from({ length: 5 }, async () => await pool.run(controller.signal, work));
		const settled = Promise.allSettled(all);
		await env.play(50);
		controller.abort(reason);
		await env.play();
		expect((await settled).map(({ status }) => status)).toEqual([
			'fulfilled',
			...Array<string>(4).fill('rejected'),
		]);
		expect(runs).toBe(1);
		// Its places are free again.
		const next = watched(pool.run(new AbortController().signal, async () => 'next'));
		await env.play();
		expect(next).toEqual(['next']);
	});
});
