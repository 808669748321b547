import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { call } from '../../nodes/TencentWhiteboard/transport/call.ts';
import type { ApiCall, CallTiming } from '../../nodes/TencentWhiteboard/transport/call.ts';
import { SkewedClocks } from '../../nodes/TencentWhiteboard/transport/clock.ts';
import { inputFault } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import type { Failed } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { RequestQueue } from '../../nodes/TencentWhiteboard/transport/queue.ts';
import { redactor } from '../../nodes/TencentWhiteboard/transport/redact.ts';
import { MAX_REFUSALS, RetryBudget } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { fakeConnection } from '../fake-connection.mts';
import { FakeEnv, playOut } from '../fake-env.mts';

const endpoint = 'https://tiw.example';

const apiCall: ApiCall = {
	action: 'DescribeSnapshotTask',
	version: '2019-09-19',
	body: { SdkAppId: 1, TaskID: 't' },
	region: 'ap-singapore',
	language: 'en-US',
	requestTimeout: 30_000,
	readOnly: true,
};

type Answer = object | Error | 'stall' | 'slow';

const ok = { Response: { Status: 'Finished', RequestId: 'r' } };
const apiError = (Code: string) => ({
	Response: { Error: { Code, Message: 'why' }, RequestId: 'r' },
});
const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

interface Sent {
	at: number;
	options: IHttpRequestOptions;
	credential: string;
	signal: AbortSignal;
	node: unknown;
}

let env: FakeEnv;
let sent: Sent[];
let connection: Connection;
let skewOfService: number;
let dateOfService: () => unknown;
let ending: AbortController;

/** A service that gives these answers one after the other, the last one for ever. */
function serve(...answers: Answer[]) {
	connection.context = {
		getNode: () => 'the node',
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				credential: string,
				options: IHttpRequestOptions,
			) {
				const answer = answers[Math.min(sent.length, answers.length - 1)];
				const signal = this.getExecutionCancelSignal()!;
				sent.push({ at: env.now(), options, credential, signal, node: this.getNode() });
				if (answer === 'stall') await new Promise(() => {});
				if (answer === 'slow') await env.sleep(2000);
				if (answer instanceof Error) throw answer;
				const date = dateOfService();
				const body = JSON.stringify(answer === 'slow' ? ok : answer);
				return { statusCode: 200, headers: { date }, body };
			},
		},
	} as unknown as IExecuteFunctions;
}

beforeEach(() => {
	env = new FakeEnv(() => 1);
	sent = [];
	skewOfService = 0;
	dateOfService = () => new Date(env.date() + skewOfService).toUTCString();
	ending = new AbortController();
	connection = fakeConnection(env, {
		endpoint,
		signal: ending.signal,
		redact: redactor(['TheSecretKey', 'TheSessionToken']),
	});
});

const execute = async (part: Partial<ApiCall> = {}, timing?: CallTiming) =>
	await playOut(env, call(connection, { ...apiCall, ...part }, timing));

const times = () => sent.map(({ at }) => at);

test('one request says what is asked of whom, and when', async () => {
	serve(ok);
	expect(await execute()).toEqual({ ok: true, value: ok.Response });
	expect(sent).toMatchObject([
		{
			at: 0,
			credential: 'tencentCloudApi',
			node: 'the node',
			options: {
				method: 'POST',
				url: `${endpoint}/`,
				headers: {
					'X-TC-Service': 'tiw',
					'X-TC-Action': 'DescribeSnapshotTask',
					'X-TC-Version': '2019-09-19',
					'X-TC-Region': 'ap-singapore',
					'X-TC-Language': 'en-US',
					'X-TC-RequestClient': 'n8n-nodes-tencent-whiteboard',
					'X-TC-Timestamp': '1750000000',
				},
				body: apiCall.body,
				encoding: 'text',
				timeout: 30_000,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
		},
	]);
	expect(env.pendingTimers).toBe(0);
});

describe('a transient fault', () => {
	test('of a reading action is tried three times, with growing pauses', async () => {
		serve(broken);
		expect(await execute()).toMatchObject({ ok: false, fault: { code: 'ECONNRESET' } });
		expect(times()).toEqual([0, 100, 300]);
	});

	test('is forgotten once there is an answer', async () => {
		serve(broken, apiError('InternalError'), ok);
		expect(await execute()).toMatchObject({ ok: true });
		expect(sent).toHaveLength(3);
	});

	test.each([
		['an unknown outcome', broken],
		['a fault inside', apiError('InternalError')],
	])('of a changing action with %s is not tried again, and says so', async (_, answer) => {
		serve(answer);
		const outcome = await execute({ readOnly: false });
		expect(outcome).toMatchObject({
			ok: false,
			fault: {
				hint: expect.stringMatching(
					/^Whether the request took effect is unknown, so it was not sent again: check/,
				),
			},
		});
		expect(sent).toHaveLength(1);
	});

	test('of a changing action that surely did not arrive is tried again', async () => {
		serve(refused, refused, ok);
		expect(await execute({ readOnly: false })).toMatchObject({ ok: true });
		serve(refused);
		sent = [];
		const outcome = await execute({ readOnly: false });
		expect(sent).toHaveLength(3);
		expect(outcome).toMatchObject({ fault: { hint: expect.not.stringContaining('unknown') } });
	});

	test('has its second retry from the budget of the execution, as long as there is any', async () => {
		connection.budget = new RetryBudget(5);
		serve(broken);
		await execute();
		await execute();
		expect(sent).toHaveLength(3 + 2);
	});

	test('whose next try would come after the deadline is the end', async () => {
		serve(broken);
		await execute({}, { deadline: 250 });
		expect(times()).toEqual([0, 100]);
	});
});

describe('a throttled request', () => {
	const throttled = apiError('RequestLimitExceeded');

	test('is tried again until it is let through, with growing pauses', async () => {
		serve(throttled, throttled, throttled, throttled, ok);
		expect(await execute({ readOnly: false })).toMatchObject({ ok: true });
		expect(times()).toEqual([0, 500, 1500, 3500, 7500]);
	});

	test('slows its queue, and no other', async () => {
		serve(throttled, ok);
		await execute();
		const from = env.now();
		const all = Array.from({ length: 10 }, async () => await call(connection, apiCall));
		const others = Array.from(
			{ length: 10 },
			async () => await call(connection, { ...apiCall, action: 'DescribeTranscode' }),
		);
		sent = [];
		serve(ok);
		await playOut(env, Promise.all([...all, ...others]));
		const startsOf = (action: string) =>
			sent
				.filter(({ options }) => options.headers!['X-TC-Action'] === action)
				.map(({ at }) => at - from);
		expect(new Set(startsOf('DescribeTranscode'))).toEqual(new Set([0]));
		expect(Math.max(...startsOf(apiCall.action))).toBeGreaterThan(500);
	});

	test('goes before requests that were never sent', async () => {
		serve(throttled, ok);
		const order: string[] = [];
		const first = call(connection, apiCall).then(() => order.push('refused'));
		await env.play(0);
		const others = Array.from(
			{ length: 30 },
			async () => await call(connection, apiCall).then(() => order.push('fresh')),
		);
		await playOut(env, Promise.all([first, ...others]));
		// Those that were sent while it waited out its backoff went before it, no others.
		expect(order.indexOf('refused')).toBeLessThan(10);
	});

	test('says nothing of the time, whatever Date it has', async () => {
		skewOfService = 3_600_000;
		serve(throttled, ok);
		await execute();
		expect(connection.clocks.offset(endpoint)).toBe(0);
		expect(sent[1].options.headers!['X-TC-Timestamp']).toBe('1750000000');
	});

	test('is given up after so many attempts, whatever time its queue has cost', async () => {
		serve(apiError('RequestLimitExceeded.IPLimitExceeded'));
		expect(await execute({}, { due: 300_000 })).toMatchObject({
			ok: false,
			fault: { type: 'api', retry: 'throttled' },
		});
		expect(sent).toHaveLength(1 + MAX_REFUSALS);
	});

	test('with a deadline is tried until then', async () => {
		serve(throttled);
		await execute({}, { deadline: 2000 });
		expect(times()).toEqual([0, 500, 1500]);
		sent = [];
		await execute({}, { deadline: env.now() + 1_000_000 });
		expect(sent.length).toBeGreaterThan(2 * MAX_REFUSALS);
	});

	test('of a quota of running tasks waits longer and does not slow the queue', async () => {
		const busy = apiError('LimitExceeded.TaskConcurrency');
		serve(busy, busy, ok);
		expect(await execute({ readOnly: false })).toMatchObject({ ok: true });
		expect(times()).toEqual([0, 2000, 6000]);
		const from = env.now();
		sent = [];
		serve(ok);
		await playOut(
			env,
			Promise.all(Array.from({ length: 20 }, async () => await call(connection, apiCall))),
		);
		expect(times().filter((at) => at === from).length).toBeGreaterThanOrEqual(17);
	});
});

describe('a clock that is off', () => {
	test('is learned from the answer, once, and kept for the host', async () => {
		skewOfService = 3_600_000;
		serve(apiError('AuthFailure.SignatureExpire'), ok);
		expect(await execute({ readOnly: false })).toMatchObject({ ok: true });
		expect(sent.map(({ options }) => options.headers!['X-TC-Timestamp'])).toEqual([
			'1750000000',
			'1750003600',
		]);
		await execute();
		expect(sent[2].options.headers!['X-TC-Timestamp']).toBe('1750003600');
	});

	test.each([
		[3_600_000, 'The clock of the n8n server is 60 minutes slow'],
		[-600_000, 'The clock of the n8n server is 10 minutes fast'],
	])('by %d ms is named when signing again does not help', async (skew, headline) => {
		skewOfService = skew;
		serve(apiError('AuthFailure.SignatureExpire'));
		expect(await execute()).toMatchObject({
			ok: false,
			fault: { message: headline, requestId: 'r' },
		});
		expect(sent).toHaveLength(2);
	});

	const expired = apiError('AuthFailure.SignatureExpire');
	const stamps = () => sent.map(({ options }) => Number(options.headers!['X-TC-Timestamp']));

	test.each<[string, unknown, string]>([
		['none', undefined, ''],
		['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT', '"Fri, 31 Dec 9999 23:59:59 GMT"'],
		['1970', 'Thu, 01 Jan 1970 00:00:00 GMT', '"Thu, 01 Jan 1970 00:00:00 GMT"'],
		['a huge text', 'x'.repeat(100_000), `"${'x'.repeat(40)}…"`],
		['a list', ['Thu, 01 Jan 2026 00:00:00 GMT'], '"object"'],
	])('is not learned where the Date is %s, which is told', async (_, date, shown) => {
		dateOfService = () => date;
		serve(expired);
		const outcome = await execute();
		expect(outcome).toMatchObject({
			fault: { message: 'The clock of the n8n server is more than five minutes off' },
		});
		const told = `The Date header of the answer, ${shown}, is not credible and was ignored.`;
		const { fault } = outcome as Failed;
		expect(fault.hint.includes('not credible')).toBe(shown !== '');
		if (shown) expect(fault.hint).toContain(told);
		expect(sent).toHaveLength(1);
		// And later calls are as good as ever.
		serve(ok);
		expect(await execute()).toMatchObject({ ok: true });
		expect(stamps()[1]).toBe(stamps()[0]);
	});

	test('that was learned wrongly is forgotten: the next call begins with that of this machine', async () => {
		dateOfService = () => new Date(env.date() + 86_400_000).toUTCString();
		serve(expired);
		await execute();
		expect(sent).toHaveLength(2);
		serve(ok);
		sent = [];
		expect(await execute()).toMatchObject({ ok: true });
		expect(stamps()).toEqual([1_750_000_000]);
	});

	test('that is set right again is learned anew, with a Date or without', async () => {
		for (const date of [new Date(1_750_000_000_000).toUTCString(), undefined, 'nonsense']) {
			connection.clocks.learn(endpoint, new Date(1_750_003_600_000).toUTCString(), env.date());
			dateOfService = () => date;
			serve(expired, ok);
			sent = [];
			expect(await execute()).toMatchObject({ ok: true });
			expect(stamps()).toEqual([1_750_003_600, 1_750_000_000]);
			expect(connection.clocks.offset(endpoint)).toBe(0);
		}
	});

	test('that is learned by many at once costs each of them one request', async () => {
		skewOfService = 3_600_000;
		serve(...Array<object>(10).fill(expired), ok);
		const all = Array.from({ length: 10 }, async () => await call(connection, apiCall));
		const outcomes = await playOut(env, Promise.all(all));
		expect(outcomes.filter(({ ok: good }) => good)).toHaveLength(10);
		expect(sent).toHaveLength(20);
	});
});

describe('time', () => {
	test('a request that stalls ends after its timeout', async () => {
		serve('stall');
		await execute({ requestTimeout: 1000, readOnly: false });
		expect(env.now()).toBe(1000);
	});

	test('a request gets no more time than is left until the deadline', async () => {
		serve('stall');
		expect(await execute({}, { deadline: 700 })).toMatchObject({ fault: { code: 'ETIMEDOUT' } });
		expect(env.now()).toBe(700);
		expect(sent[0].options.timeout).toBe(700);
		sent = [];
		await execute({}, { due: 1000, deadline: 1400.5 });
		expect(sent[0].options.timeout).toBe(401);
	});

	test('a request that cannot start before its deadline is too late', async () => {
		serve(ok);
		for (let index = 0; index < 20; index += 1) await execute();
		expect(await execute({}, { deadline: env.now() + 500 })).toMatchObject({
			ok: false,
			fault: { type: 'deadline', code: 'DeadlineReached', retry: 'final', effect: 'none' },
		});
		expect(sent).toHaveLength(20);
	});

	test('a request waits until it is due', async () => {
		serve(ok);
		await execute({}, { due: 4000 });
		expect(times()).toEqual([4000]);
	});
});

describe('an abort of the execution', () => {
	const reason = new Error('cancelled');
	const outcomeOf = (part: Partial<ApiCall> = {}, timing?: CallTiming) => {
		const seen: unknown[] = [];
		call(connection, { ...apiCall, ...part }, timing).then(
			(outcome) => seen.push(outcome),
			(error: unknown) => seen.push(error),
		);
		return seen;
	};

	test('ends a read at once, and its request with it', async () => {
		serve('stall');
		const seen = outcomeOf();
		await env.play(10);
		expect(sent[0].signal.aborted).toBe(false);
		ending.abort(reason);
		await env.play(10);
		expect(seen).toEqual([reason]);
		expect(sent[0].signal.aborted).toBe(true);
		expect(env.pendingTimers).toBe(0);
	});

	test('waits for a change that is on its way, and gives its outcome', async () => {
		serve('slow');
		const seen = outcomeOf({ readOnly: false });
		await env.play(10);
		ending.abort(reason);
		await env.play(1000);
		expect(seen).toEqual([]);
		expect(sent[0].signal.aborted).toBe(false);
		await env.play();
		expect(seen).toEqual([{ ok: true, value: ok.Response }]);
	});

	test('waits for it no longer than its request may take, and does not repeat it', async () => {
		for (const answer of ['stall', apiError('RequestLimitExceeded')] as const) {
			sent = [];
			ending = new AbortController();
			connection.signal = ending.signal;
			serve(answer);
			const seen = outcomeOf({ readOnly: false, requestTimeout: 5000 });
			await env.play(env.now());
			ending.abort(reason);
			await env.play();
			expect(sent).toHaveLength(1);
			expect(seen).toHaveLength(1);
			if (answer === 'stall') expect(seen).toMatchObject([{ fault: { effect: 'unknown' } }]);
			else expect(seen).toEqual([reason]);
		}
	});

	test('at the moment it may start: it is not sent, and its place is free', async () => {
		serve(ok);
		const finish = jest.fn();
		connection.queueOf = () =>
			({
				enter: async () => {
					ending.abort(reason);
					return { finish };
				},
			}) as unknown as RequestQueue;
		const seen = outcomeOf({ readOnly: false });
		await env.play();
		expect(seen).toEqual([reason]);
		expect(sent).toEqual([]);
		expect(finish).toHaveBeenCalledWith(false);
	});

	test('sends nothing any more: what waits for its time, its turn or a retry ends at once', async () => {
		serve(broken);
		const seen = [
			outcomeOf({}, { due: 5000 }),
			outcomeOf({ readOnly: false }, { due: 5000 }),
			outcomeOf(),
		];
		await env.play(50);
		expect(sent).toHaveLength(1);
		ending.abort(reason);
		await env.play();
		expect(seen).toEqual([[reason], [reason], [reason]]);
		expect(sent).toHaveLength(1);
		await expect(call(connection, apiCall)).rejects.toBe(reason);
	});
});

test('actions have queues of their own, asked for anew for each attempt', async () => {
	serve(ok);
	const all = [
		...Array.from({ length: 20 }, async () => await call(connection, apiCall)),
		call(connection, { ...apiCall, action: 'DescribeTranscode' }),
		call(connection, apiCall),
	];
	await playOut(env, Promise.all(all));
	expect(times().filter((at) => at === 0)).toHaveLength(21);

	const asked: string[] = [];
	const { queueOf } = connection;
	connection.queueOf = (action) => {
		asked.push(action);
		return queueOf(action);
	};
	sent = [];
	serve(broken);
	await execute();
	expect(asked).toEqual(Array(3).fill(apiCall.action));
});

test('what surely was not carried out goes before the others, and only that', async () => {
	const retried: unknown[] = [];
	const { queueOf } = connection;
	connection.queueOf = (action) => {
		const queue = queueOf(action);
		const enter: RequestQueue['enter'] = async (entry) => {
			retried.push(entry.retried);
			return await queue.enter(entry);
		};
		return { enter } as RequestQueue;
	};
	serve(apiError('RequestLimitExceeded'), broken, refused, ok);
	await execute();
	expect(retried).toEqual([false, true, false, true]);
});

test('codes that answer the question are not sent again, whatever their class', async () => {
	serve(apiError('InternalError'));
	await execute({ finalCodes: ['InternalError'] });
	expect(sent).toHaveLength(1);
});

test.each([
	[289_000, 'The clock of the n8n server is more than five minutes off'],
	[-289_000, 'The clock of the n8n server is more than five minutes off'],
	[290_000, 'The clock of the n8n server is 5 minutes slow'],
	[301_000, 'The clock of the n8n server is 5 minutes slow'],
	[-301_000, 'The clock of the n8n server is 5 minutes fast'],
])('a clock that is off by %d ms', async (skew, message) => {
	skewOfService = skew;
	serve(apiError('AuthFailure.SignatureExpire'));
	expect(await execute()).toMatchObject({ ok: false, fault: { retry: 'skewed', message } });
	expect(sent).toHaveLength(2);
});

describe('clocks', () => {
	const now = Date.UTC(2025, 0, 1);
	const at = (time: number) => new Date(time).toUTCString();

	test('tell the time of the host they know, and of this machine for others', () => {
		const clocks = new SkewedClocks();
		expect(clocks.timestamp('a', 5999)).toBe(5);
		expect(clocks.learn('a', at(now + 59_000), now)).toBe(59_000);
		expect(clocks.timestamp('a', 1000)).toBe(60);
		expect(clocks.timestamp('b', 1000)).toBe(1);
		clocks.forget('a');
		expect(clocks.timestamp('a', 1000)).toBe(1);
	});

	test.each([
		['none', undefined],
		['no date', 'no date'],
		['an empty one', ''],
		['a list', [at(now)]],
		['a number', now],
		['a huge text', `${at(now)} `.repeat(100_000)],
		['1970', 'Thu, 01 Jan 1970 00:00:00 GMT'],
		['a time before the API', at(Date.UTC(2019, 8, 18, 23, 59, 59))],
		['the next century', at(Date.UTC(2100, 0, 1))],
		['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT'],
		['beyond what a date can hold', 'Fri, 31 Dec 999999 23:59:59 GMT'],
	])('believe no answer with a Date of %s, and end what was learned before', (_, date) => {
		const clocks = new SkewedClocks();
		clocks.learn('a', at(now + 60_000), now);
		expect(clocks.learn('a', date, now)).toBeUndefined();
		expect(clocks.offset('a')).toBe(0);
	});

	test.each([Date.UTC(2019, 8, 19), Date.UTC(2099, 11, 31, 23, 59, 59)])(
		'believe the Date %d, at the edge of what is credible',
		(time) => expect(new SkewedClocks().learn('a', at(time), now)).toBe(time - now),
	);

	test('believe the service against a machine that starts at 1970, or far ahead', () => {
		const clocks = new SkewedClocks();
		for (const here of [0, Date.UTC(2099, 0, 1), Date.UTC(5000, 0, 1)]) {
			clocks.learn('a', at(now), here);
			expect(clocks.timestamp('a', here)).toBe(now / 1000);
		}
	});
});

describe('what comes from outside', () => {
	const secrets = /TheSecretKey|TheSessionToken/;

	test('has no secret in answers, nor in the texts of what n8n throws', async () => {
		const answers: Answer[] = [
			{ Response: { Debug: { 'x-tc-token: TheSessionToken': 'TheSecretKey' }, RequestId: 'r' } },
			{
				Response: {
					Error: { Code: 'TheSecretKey', Message: 'TheSessionToken' },
					RequestId: 'TheSecretKey',
				},
			},
			Object.assign(new Error('Invalid header TheSessionToken'), { description: 'TheSecretKey' }),
			new Error('outer', { cause: new Error('x-tc-token: TheSessionToken') }),
			Object.assign(new Error('x'), { code: 'TheSecretKey' }),
		];
		for (const answer of answers) {
			sent = [];
			serve(answer);
			const outcome = JSON.stringify(await execute());
			expect(outcome).not.toMatch(secrets);
			expect(outcome).toContain('***');
		}
	});
});

test('a credential that cannot be used is told of, and nothing is sent or waited for', async () => {
	serve(ok);
	connection.refusal = inputFault('The Secret Key is empty', 'Enter it');
	expect(await execute({ readOnly: false }, { due: 5000 })).toEqual({
		ok: false,
		fault: connection.refusal,
	});
	expect(sent).toEqual([]);
	expect(env.now()).toBe(0);
});
