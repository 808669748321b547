/** A service that takes only so many requests, and one whose clock is another. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, test } from '@jest/globals';

import { SDK_APP_ID } from '../engine/whiteboard.mts';
import { apiError, pass, reply, running } from './gateway.mts';
import type { Step } from './gateway.mts';
import {
	Benches,
	MANY,
	SideBySide,
	addTasks,
	assertItems,
	countsOf,
	errorOf,
	errorOutput,
	indices,
	requestsPerTask,
} from './harness.mts';

const benches = new Benches();
afterAll(async () => await benches.close());

const group = new SideBySide();
const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };
const throttled = apiError('RequestLimitExceeded');
const http429 = reply('HTTP 429', '<html>slow down</html>', {
	status: 429,
	headers: { 'Content-Type': 'text/html' },
});

describe('too many requests', () => {
	for (const times of [1, 3]) {
		test(
			`one item is asked for again after ${times} refusals, beyond the three tries of other faults`,
			group.test(async () => {
				const bench = await benches.plain();
				const ids = addTasks(bench, 1);
				bench.emulator.queueFaults({ kind: 'apiError', code: 'RequestLimitExceeded', times });
				assertItems(await bench.describe(ids), ids, () => 'finished');
				expect(bench.emulator.calls.map(({ code }) => code)).toEqual([
					...Array<string>(times).fill('RequestLimitExceeded'),
					null,
				]);
			}),
		);
	}

	for (const code of ['RequestLimitExceeded', 'LimitExceeded.TaskConcurrency']) {
		test(
			`the first 30 answers are ${code}: 50 items finish, each answered once`,
			group.test(async () => {
				const bench = await benches.plain();
				const ids = addTasks(bench, MANY);
				bench.emulator.queueFaults({ kind: 'apiError', code, times: 30 });
				assertItems(await bench.describe(ids, wait, errorOutput), ids, () => 'finished');
				expect(bench.emulator.calls).toHaveLength(MANY + 30);
				const answered = bench.emulator.calls.filter(({ handled }) => handled);
				expect(answered.map(({ params }) => params?.TaskID).sort()).toEqual([...ids].sort());
			}),
		);
	}

	test(
		'HTTP 429 of a gateway is a refusal too',
		group.test(async () => {
			const bench = await benches.behindGateway();
			const ids = addTasks(bench, MANY);
			const steps = (index: number): Step[] =>
				index % 5 ? [pass] : [http429, throttled, http429, pass];
			ids.forEach((id, index) => bench.gateway.script(id, ...steps(index)));
			assertItems(await bench.describe(ids, wait, errorOutput), ids, () => 'finished');
			expect(
				countsOf(
					bench.gateway.received.map(({ taskId }) => taskId),
					ids,
				),
			).toEqual(indices().map((index) => steps(index).length));
		}),
	);

	test(
		'a service that allows 5 requests per second serves 50 tasks',
		group.test(async () => {
			const bench = await benches.plain({ ratePerSecond: 5 });
			const ids = addTasks(bench, MANY);
			const before = performance.now();
			assertItems(await bench.describe(ids, wait, errorOutput), ids, () => 'finished');
			const seconds = (performance.now() - before) / 1000;
			const { calls } = bench.emulator;
			const answered = calls.filter(({ handled }) => handled);
			expect(answered.map(({ params }) => params?.TaskID).sort()).toEqual([...ids].sort());
			expect(new Set(calls.map(({ code }) => code))).toEqual(
				new Set([null, 'RequestLimitExceeded']),
			);
			// Refused ones drive the rate down: without that, each second would bring 15 of them.
			expect(calls.length - answered.length).toBeLessThan(2 * MANY);
			// 50 tasks at 5 per second take nine seconds at the least.
			expect(seconds).toBeGreaterThan(8);
			expect(seconds).toBeLessThan(28);
		}),
	);

	test(
		'an execution of one item beside ten of 60 is served among the next ones',
		group.test(async () => {
			const bench = await benches.plain();
			const { calls } = bench.emulator;
			const ids = addTasks(bench, 61);
			const [single, ...many] = ids;
			const rows = many.map((taskId) => ({ sdkAppId: SDK_APP_ID, taskId }));
			const runs = indices(10).map(() => bench.start(rows));
			while (calls.length < 20) await sleep(10);
			const before = calls.length;
			assertItems(await bench.describe([single]), [single], () => 'finished');
			const position = calls.findIndex(({ params }) => params?.TaskID === single);
			// Without a rotation it would come after the 600 of the others; until it is in the queue itself some seconds
			// may go by, on a machine that is busy.
			expect(position - before).toBeLessThanOrEqual(200);
			for (const run of runs) run.cancel();
			await Promise.all(runs.map(async ({ result }) => await result));
		}),
	);

	test(
		'refused until the deadline, a task that was seen keeps its last state',
		group.test(async () => {
			const bench = await benches.behindGateway();
			const ids = addTasks(bench, 10);
			ids.forEach((id) => bench.gateway.script(id, running, throttled));
			const waitOptions = { pollInterval: 0.1, timeout: 2, onTimeout: 'lastState' };
			const { main } = await bench.describe(ids, { waitUntilFinished: true, waitOptions });
			expect(main.map(({ json, pairedItem }) => [json.TaskID, json.Status, pairedItem])).toEqual(
				ids.map((id, item) => [id, 'Running', { item }]),
			);
		}),
	);
});

describe('faults of the service itself', () => {
	for (const code of ['InternalError', 'ServiceUnavailable', 'FailedOperation']) {
		test(
			`a burst of 40 ${code}: whoever met it three times is an error, all others finish`,
			group.test(async () => {
				const bench = await benches.plain();
				const { emulator } = bench;
				const ids = addTasks(bench, MANY);
				emulator.queueFaults({ kind: 'apiError', code, message: '系统繁忙 😀', times: 40 });
				const outcome = await bench.describe(ids, wait, errorOutput);
				expect(emulator.pendingFaults()).toEqual([]);

				const codes = new Map(ids.map((id): [string, Array<string | null>] => [id, []]));
				for (const call of emulator.calls) codes.get(String(call.params?.TaskID))!.push(call.code);
				const failed = (index: number) => !codes.get(ids[index])!.includes(null);
				for (const seen of codes.values()) {
					if (seen.includes(null)) expect(seen.indexOf(null)).toBe(seen.length - 1);
					else expect(seen).toHaveLength(3);
					expect(seen.length).toBeLessThanOrEqual(3);
				}
				const headlines: Record<string, string> = {
					InternalError: 'Tencent Cloud has a fault of its own',
					ServiceUnavailable: 'The service is temporarily unavailable',
					FailedOperation: '系统繁忙 😀',
				};
				assertItems(outcome, ids, (index) =>
					failed(index) ? { error: headlines[code], code: `${code}, RequestId ` } : 'finished',
				);
				expect(emulator.calls).toHaveLength(40 + codes.size - indices().filter(failed).length);
			}),
		);
	}

	test(
		'a lasting InternalError ends a single item after three tries',
		group.test(async () => {
			const bench = await benches.plain();
			bench.emulator.setFault({ kind: 'apiError', code: 'InternalError' });
			const error = errorOf(await bench.describe(addTasks(bench, 1), wait));
			expect(error.message).toBe('Tencent Cloud has a fault of its own');
			expect(bench.emulator.calls).toHaveLength(3);
		}),
	);
});

/** How many requests to one action the rate lets go at most, from one moment to another (ms). */
const mostRequests = (from: number, until: number) => 20 * (Math.floor((until - from) / 1000) + 1);

describe('the clock of the service', () => {
	const DAY = 86_400;
	/** Tasks that were finished long ago, by any clock. */
	const old = () => ({ createTime: 1 });
	for (const skewSeconds of [600, -600, DAY, -DAY]) {
		test(
			`off by ${skewSeconds} s is learned: one item pays with one request`,
			group.test(async () => {
				const bench = await benches.plain();
				bench.emulator.setFault({ kind: 'clock', skewSeconds });
				const ids = addTasks(bench, 1, old);
				assertItems(await bench.describe(ids), ids, () => 'finished');
				assertItems(await bench.describe(ids), ids, () => 'finished');
				expect(bench.emulator.calls.map(({ code }) => code)).toEqual([
					'AuthFailure.SignatureExpire',
					null,
					null,
				]);
			}),
		);

		test(
			`off by ${skewSeconds} s: of 50 items only those under way at first pay, once each`,
			group.test(async () => {
				const bench = await benches.plain();
				const { emulator } = bench;
				emulator.setFault({ kind: 'clock', skewSeconds });
				const ids = addTasks(bench, MANY, old);
				const before = performance.now();
				assertItems(await bench.describe(ids, wait, errorOutput), ids, () => 'finished');
				const refused = emulator.calls.filter(({ code }) => code !== null);
				expect(new Set(refused.map(({ code }) => code))).toEqual(
					new Set(['AuthFailure.SignatureExpire']),
				);
				// All were sent before the first one that was signed with the right time.
				const learned = emulator.calls.find(({ code }) => code === null)!.receivedAt;
				expect(refused.length).toBeGreaterThan(0);
				expect(refused.length).toBeLessThanOrEqual(mostRequests(before, learned));
				expect(emulator.calls).toHaveLength(MANY + refused.length);
				const paid = new Set(refused.map(({ params }) => params?.TaskID));
				expect(requestsPerTask(bench, ids)).toEqual(ids.map((id) => (paid.has(id) ? 2 : 1)));
				// The next execution knows the time, and none pays.
				emulator.calls.length = 0;
				assertItems(await bench.describe(ids.slice(0, 5), wait), ids.slice(0, 5), () => 'finished');
				expect(emulator.calls).toHaveLength(5);
			}),
		);
	}

	test(
		'is learned anew when it is set right between two executions over 50 items',
		group.test(async () => {
			const bench = await benches.plain();
			const { emulator } = bench;
			const ids = addTasks(bench, MANY, old);
			emulator.setFault({ kind: 'clock', skewSeconds: 600 });
			assertItems(await bench.describe(ids.slice(0, 1)), ids.slice(0, 1), () => 'finished');
			emulator.clearFaults();
			emulator.calls.length = 0;
			const before = performance.now();
			assertItems(await bench.describe(ids, wait, errorOutput), ids, () => 'finished');
			const refused = emulator.calls.filter(({ handled }) => !handled);
			const learned = emulator.calls.find(({ handled }) => handled)!.receivedAt;
			expect(refused.length).toBeGreaterThan(0);
			expect(refused.length).toBeLessThanOrEqual(mostRequests(before, learned));
			expect(emulator.calls).toHaveLength(MANY + refused.length);
			expect(Math.max(...requestsPerTask(bench, ids))).toBe(2);
		}),
	);

	test(
		'that cannot be learned is an error after the second request, and tells the skew',
		group.test(async () => {
			const bench = await benches.plain();
			bench.emulator.setFault({ kind: 'date', skewSeconds: 600 });
			bench.emulator.queueFaults({
				kind: 'apiError',
				code: 'AuthFailure.SignatureExpire',
				times: 1000,
			});
			const ids = addTasks(bench, 30);
			const message = 'The clock of the n8n server is 10 minutes slow';
			expect(errorOf(await bench.describe([ids[0]])).message).toBe(message);
			expect(bench.emulator.calls).toHaveLength(2);
			assertItems(await bench.describe(ids, wait, errorOutput), ids, () => ({
				error: message,
				code: 'AuthFailure.SignatureExpire, RequestId ',
			}));
			expect(requestsPerTask(bench, ids)).toEqual(ids.map((_, index) => (index ? 2 : 4)));
		}),
	);

	for (const [name, headers] of [
		['no Date', { Date: '' }],
		['a Date that is none', { Date: 'yesterday' }],
	] as const) {
		test(
			`with ${name} in the answer nothing can be learned: one request, a clear error`,
			group.test(async () => {
				const bench = await benches.behindGateway();
				bench.gateway.otherwise = reply(
					'expired',
					JSON.stringify({
						Response: {
							Error: { Code: 'AuthFailure.SignatureExpire', Message: '签名过期' },
							RequestId: 'r-1',
						},
					}),
					{ headers },
				);
				const ids = indices(10).map(String);
				assertItems(await bench.describe(ids, wait, errorOutput), ids, () => ({
					error: 'The clock of the n8n server is more than five minutes off',
					code: 'AuthFailure.SignatureExpire, RequestId r-1.',
				}));
				expect(bench.gateway.received).toHaveLength(10);
			}),
		);
	}
});
