import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { pauseAfter } from '../../nodes/TencentWhiteboard/execute/wait.ts';
import { RequestQueue, RequestQueues } from '../../nodes/TencentWhiteboard/transport/queue.ts';
import type { EntryOptions } from '../../nodes/TencentWhiteboard/transport/queue.ts';
import { RATE, WINDOW } from '../../nodes/TencentWhiteboard/transport/rate.ts';
import { backoff } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { FakeEnv, playOut } from '../fake-env.mts';
import { listenersOf } from '../listeners.mts';

interface Sent {
	name: string | number;
	/** Undefined: its deadline came first. */
	start?: number;
	end: number;
}

/** One queue and what went through it; answers take `answerTime`. */
class Line {
	readonly env = new FakeEnv();

	readonly queue = new RequestQueue(this.env);

	readonly sent: Sent[] = [];

	async send(
		name: string | number,
		options: EntryOptions,
		answerTime: (start: number) => number = () => 0,
	): Promise<void> {
		const permit = await this.queue.enter(options);
		const start = permit && this.env.now();
		await this.env.sleep(permit ? answerTime(start!) : 0);
		permit?.finish(false);
		this.sent.push({ name, start, end: this.env.now() });
	}

	get starts(): number[] {
		return this.sent.flatMap(({ start }) => start ?? []).sort((a, b) => a - b);
	}

	get order() {
		return this.sent.map(({ name, start }) => `${name} at ${start}`);
	}
}

const signal = () => new AbortController().signal;

/** The most that any second, wherever it begins, holds. */
const busiestSecond = (times: number[]) =>
	Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));

const arrivals = fc
	.array(fc.record({ at: fc.nat(5000), owner: fc.nat(4), takes: fc.nat(400) }), {
		minLength: 1,
		maxLength: 150,
	})
	.map((list) => list.sort((a, b) => a.at - b.at));

describe('the rate', () => {
	test('never more than 20 starts in any second, and nobody forgotten', async () => {
		await fc.assert(
			fc.asyncProperty(arrivals, async (list) => {
				const line = new Line();
				const owners = Array.from({ length: 5 }, signal);
				const all = list.map(async ({ at, owner, takes }, index) => {
					await line.env.sleep(at);
					await line.send(index, { signal: owners[owner] }, () => takes);
				});
				await playOut(line.env, Promise.all(all));
				expect(line.starts).toHaveLength(list.length);
				expect(busiestSecond(line.starts)).toBeLessThanOrEqual(RATE);
				expect(line.env.pendingTimers).toBe(0);
			}),
			{ numRuns: 60 },
		);
	});

	test('no delay below it, and first come first served within an execution', async () => {
		await fc.assert(
			fc.asyncProperty(arrivals, async (list) => {
				const line = new Line();
				const owner = signal();
				const all = list.map(async ({ at }, index) => {
					await line.env.sleep(at);
					await line.send(index, { signal: owner });
				});
				await playOut(line.env, Promise.all(all));
				expect(line.sent.map(({ name }) => name)).toEqual(list.map((_, index) => index));
				line.sent.forEach(({ start }, index) => {
					const before = line.sent[index - RATE];
					const free = before ? before.start! + WINDOW : 0;
					expect(start).toBe(Math.max(list[index].at, free));
				});
			}),
			{ numRuns: 60 },
		);
	});

	async function timeOf(count: number, answerTime: (start: number, index: number) => number) {
		const line = new Line();
		const owner = signal();
		const all = Array.from(
			{ length: count },
			async (_, index) =>
				await line.send(index, { signal: owner }, (start) => answerTime(start, index)),
		);
		await playOut(line.env, Promise.all(all));
		return { line, took: Math.max(...line.sent.map(({ end }) => end)) };
	}

	test('a service that takes 2 s per answer gets 20 requests a second all the same', async () => {
		const { line, took } = await timeOf(200, () => 2000);
		expect(took).toBeLessThanOrEqual(1.1 * 12_000);
		expect(busiestSecond(line.starts)).toBeLessThanOrEqual(RATE);
	});

	test.each([
		[0, 1.04],
		[100, 1.06],
		[300, 1.1],
	])('answers that vary by %d ms cost little', async (jitter, most) => {
		let seed = 1;
		const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
		const { took } = await timeOf(1000, () => 200 + random() * jitter);
		expect(took / 50_000).toBeLessThanOrEqual(most);
	});

	test('requests that open connections are counted from when they arrive', async () => {
		const arrived: number[] = [];
		// The first ones take 300 ms to open a connection; all answers take 20 ms more.
		await timeOf(200, (start, index) => {
			const way = index < RATE ? 300 : 10;
			arrived.push(start + way);
			return way + 10;
		});
		expect(arrived).toHaveLength(200);
		expect(busiestSecond(arrived)).toBeLessThanOrEqual(RATE);
	});

	test('a slow service gets no burst that meets the one before, though requests arrive unevenly', async () => {
		const arrived: number[] = [];
		// Every other burst is 50 ms late; the answers come too late to tell.
		await timeOf(200, (start, index) => {
			const way = Math.floor(index / RATE) % 2 === 0 ? 50 : 0;
			arrived.push(start + way);
			return 2000;
		});
		expect(arrived).toHaveLength(200);
		expect(busiestSecond(arrived)).toBeLessThanOrEqual(RATE);
	});

	test('refusals that last slow it down, but never to a standstill', async () => {
		const line = new Line();
		const owner = signal();
		for (let count = 0; count < 30; count += 1) {
			const permit = await Promise.all([line.queue.enter({ signal: owner }), line.env.play()]);
			await line.env.play(line.env.now() + 1500);
			permit[0]!.finish(true);
		}
		const before = line.env.now();
		const all = Promise.all(
			Array.from({ length: 10 }, async (_, index) => await line.send(index, { signal: owner })),
		);
		await playOut(line.env, all);
		// Two a second are left, and more from second to second.
		expect(line.env.now() - before).toBeLessThan(6000);
		expect(line.env.now() - before).toBeGreaterThan(2000);
	});

	test('a request that is never answered holds its place for two windows', async () => {
		const line = new Line();
		const owner = signal();
		for (let index = 0; index < RATE; index += 1) void line.queue.enter({ signal: owner });
		void line.send('next', { signal: owner });
		await line.env.play();
		expect(line.order).toEqual([`next at ${2 * WINDOW}`]);
	});
});

describe('the order', () => {
	/** Fills the rate, so that what comes now has to wait; the others follow one after the other. */
	async function full() {
		const line = new Line();
		const other = signal();
		await Promise.all(
			Array.from({ length: RATE }, async (_, index) => {
				const permit = await line.queue.enter({ signal: other });
				// One place becomes free every 100 ms.
				await line.env.sleep(0);
				void line.env.sleep(index * 100).then(() => permit!.finish(false));
			}).concat(line.env.play(0)),
		);
		return line;
	}

	test('urgent ones first, then those refused before, then by due time', async () => {
		const line = await full();
		const owner = signal();
		const all = Promise.all([
			line.send('fresh', { signal: owner }),
			line.send('later', { signal: owner, due: 500 }),
			line.send('refused', { signal: owner, due: 900, retried: true }),
			line.send('urgent', { signal: owner, due: 1000, urgentAt: 1000 }),
			line.send('not urgent yet', { signal: owner, due: 400, urgentAt: 50_000 }),
		]);
		await playOut(line.env, all);
		expect(line.sent.map(({ name }) => name)).toEqual([
			'urgent',
			'refused',
			'fresh',
			'not urgent yet',
			'later',
		]);
	});

	test('among those due at the same time, first come first served', async () => {
		const line = new Line();
		const owner = signal();
		for (let index = 0; index < 3 * RATE; index += 1) void line.send(index, { signal: owner });
		await line.env.play();
		expect(line.sent.map(({ name }) => name)).toEqual([...Array(3 * RATE).keys()]);
	});

	test('nobody starts before its time', async () => {
		const line = new Line();
		const owner = signal();
		void line.send('due', { signal: owner, due: 4000 });
		void line.send('refused', { signal: owner, due: 3000, retried: true });
		await line.env.play();
		expect(line.order).toEqual(['refused at 3000', 'due at 4000']);
	});

	test('beside ten executions of 500 requests, one of a single request is served within 2 s', async () => {
		const line = new Line();
		const owners = Array.from({ length: 10 }, signal);
		for (const owner of owners) {
			for (let index = 0; index < 500; index += 1) void line.send('large', { signal: owner });
		}
		await line.env.play(10_000);
		void line.send('small', { signal: signal() });
		await line.env.play(12_000);
		expect(line.sent.map(({ name }) => name)).toContain('small');
	});

	test('executions are served in rotation, however many requests each has', async () => {
		const line = new Line();
		const counts = [100, 20, 3];
		counts.forEach((count, owner) => {
			const its = signal();
			for (let index = 0; index < count; index += 1) void line.send(owner, { signal: its });
		});
		await line.env.play(WINDOW * 2);
		const second = line.sent.slice(RATE, RATE * 2).map(({ name }) => name);
		expect(second.filter((name) => name === 2)).toHaveLength(3);
		expect(second.filter((name) => name === 1)).toHaveLength(8);
		expect(second.filter((name) => name === 0)).toHaveLength(9);
	});
});

describe('leaving', () => {
	test('a deadline that comes first ends the wait when it comes', async () => {
		const deadlines = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 60, maxLength: 90 });
		await fc.assert(
			fc.asyncProperty(deadlines, async (list) => {
				const line = new Line();
				const owner = signal();
				const all = list.map(
					async (deadline, index) => await line.send(index, { signal: owner, deadline }),
				);
				await playOut(line.env, Promise.all(all));
				for (const { name, start, end } of line.sent) {
					const deadline = list[name as number];
					if (start === undefined) expect(end).toBe(deadline);
					else expect(start).toBeLessThan(deadline);
				}
				expect(line.starts.length).toBeGreaterThanOrEqual(RATE);
				expect(line.env.pendingTimers).toBe(0);
			}),
			{ numRuns: 30 },
		);
	});

	test('an abort rejects all of its execution at once, with its reason, and the others move up', async () => {
		const line = new Line();
		const mine = new AbortController();
		const theirs = signal();
		for (let index = 0; index < RATE; index += 1) void line.send(index, { signal: theirs });
		const reasons: unknown[] = [];
		for (const due of [undefined, 500, 9000]) {
			line
				.send('mine', { signal: mine.signal, due, urgentAt: 8000, deadline: 9999 })
				.catch((reason: unknown) => reasons.push(reason));
		}
		for (let index = 0; index < RATE; index += 1) void line.send('theirs', { signal: theirs });
		await line.env.play(100);
		const reason = new Error('cancelled');
		mine.abort(reason);
		await line.env.play(100);
		expect(reasons).toEqual([reason, reason, reason]);
		await line.env.play();
		expect(line.order.slice(RATE)).toEqual(Array(RATE).fill(`theirs at ${WINDOW}`));
		expect(line.env.pendingTimers).toBe(0);
		await expect(line.queue.enter({ signal: mine.signal })).rejects.toBe(reason);
	});

	test('an abort leaves no timer behind', async () => {
		const line = new Line();
		const mine = new AbortController();
		line.send('mine', { signal: mine.signal, due: 60_000 }).catch(() => {});
		await line.env.play(10);
		expect(line.env.pendingTimers).toBe(1);
		mine.abort();
		await line.env.play(20);
		expect(line.env.pendingTimers).toBe(0);
	});

	test('one listener for all that an execution has waiting, and none afterwards', async () => {
		const line = new Line();
		const its = signal();
		const listening = listenersOf(its);
		for (let index = 0; index < 50; index += 1) void line.send(index, { signal: its });
		await line.env.play(10);
		expect(listening.size).toBe(1);
		await line.env.play();
		expect(listening.size).toBe(0);
	});
});

describe('what is kept', () => {
	test('nothing of polls that are over, after 30 minutes of 1,000 tasks', async () => {
		const line = new Line();
		const owner = signal();
		const end = 30 * 60_000;
		const all = Array.from({ length: 1000 }, async () => {
			for (let due = 0; due < end; due = line.env.now() + 15_000) {
				const permit = await line.queue.enter({
					signal: owner,
					due,
					urgentAt: end - 2000,
					deadline: end,
				});
				permit?.finish(false);
			}
		});
		await line.env.play(end / 2);
		const waiting = JSON.stringify(line.queue, (key, value: unknown) => {
			if (key === 'env' || key === 'signal') return undefined;
			return value instanceof Map ? [...(value as Map<unknown, unknown>).values()] : value;
		});
		const entries = waiting.match(/"order":/g) ?? [];
		// Each waits in three lists: by due time, by urgency, by deadline.
		expect(entries.length).toBeLessThanOrEqual(3 * 1000);
		expect(entries.length).toBeGreaterThan(1000);
		await playOut(line.env, Promise.all(all));
		await line.env.play(end + 2 * WINDOW);
		expect(line.queue.isIdle()).toBe(true);
	}, 60_000);

	test('one timer, however many wait; it is set again only for what comes earlier', async () => {
		const line = new Line();
		const owner = signal();
		let timers = 0;
		const { sleep } = line.env;
		line.env.sleep = async (...given) => {
			timers += 1;
			await sleep.apply(line.env, given);
		};
		for (const due of [5000, 5000, 7000, 9000]) void line.queue.enter({ signal: owner, due });
		expect(timers).toBe(1);
		void line.queue.enter({ signal: signal(), due: 3000 });
		expect([timers, line.env.pendingTimers]).toEqual([2, 1]);
	});

	test('queues that nobody needs are dropped, those in use are kept', async () => {
		const env = new FakeEnv();
		const queues = new RequestQueues(env);
		const owner = signal();
		for (let index = 0; index < 100; index += 1) {
			const permit = await queues.of(`account ${index}`).enter({ signal: owner });
			permit!.finish(false);
		}
		const used = queues.of('used');
		const busy = await used.enter({ signal: owner });
		const waiting = queues.of('waiting');
		void waiting.enter({ signal: owner, due: 60_000 });
		// Compared here: jest would print all of a queue.
		const same = () => [queues.of('used') === used, queues.of('waiting') === waiting];
		expect(queues.of('account 1') === queues.of('account 1')).toBe(true);
		// Not searched for at every call.
		await env.play(9999);
		expect([...same(), queues.size]).toEqual([true, true, 102]);
		await env.play(10_000);
		expect([...same(), queues.size]).toEqual([true, true, 2]);
		busy!.finish(false);
	});

	test('a queue that was refused lately is kept, since it knows the rate', async () => {
		const env = new FakeEnv();
		const queue = new RequestQueue(env);
		const permit = await queue.enter({ signal: signal() });
		permit!.finish(true);
		await env.play(2000);
		expect(queue.isIdle()).toBe(false);
		await env.play(120_000);
		expect(queue.isIdle()).toBe(true);
	});
});

describe('processes that share an account', () => {
	/** So many processes, each with a queue of its own, poll their tasks at one service. */
	async function share(processes: number, tasks: number, longest: number, seed: number) {
		let state = seed;
		const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
		const env = new FakeEnv(random);
		const admitted: number[] = [];
		const admits = (at: number) => {
			while (admitted.length > 0 && at - admitted[0] >= 1000) admitted.shift();
			if (admitted.length >= RATE) return false;
			admitted.push(at);
			return true;
		};
		let refused = 0;
		let answered = 0;
		async function poll(queue: RequestQueue, owner: AbortSignal) {
			const ends = 1000 + random() * (longest - 1) * 1000;
			let from: number | undefined;
			let refusals = 0;
			for (let due: number | undefined; ; ) {
				const permit = await queue.enter({ signal: owner, due, retried: refusals > 0 });
				await env.sleep(5 + random() * 5);
				const good = admits(env.now());
				const ended = env.now() >= ends;
				await env.sleep(5);
				permit!.finish(!good);
				const now = env.now();
				if (good) {
					answered += 1;
					if (ended) return;
					from ??= now;
					refusals = 0;
					due = now + pauseAfter(now - from, 2000, random());
				} else {
					refused += 1;
					refusals += 1;
					due = now + backoff('throttled', refusals, random());
				}
			}
		}
		const all = Array.from({ length: processes }, () => {
			const queue = new RequestQueue(env);
			const owner = signal();
			return Array.from({ length: tasks }, async () => await poll(queue, owner));
		}).flat();
		await playOut(env, Promise.all(all));
		return {
			refused: refused / (refused + answered),
			time: env.now() / ((answered / RATE) * 1000),
		};
	}

	test.each([1, 2, 3])('four of them lose little, seed %d', async (seed) => {
		const { refused, time } = await share(4, 150, 60, seed);
		// The first burst of each alone is 60 of some 1,300 requests.
		expect(refused).toBeLessThanOrEqual(0.12);
		expect(time).toBeLessThanOrEqual(1.2);
	});

	test('one alone is never refused', async () => {
		expect((await share(1, 600, 30, 1)).refused).toBe(0);
	});
});
