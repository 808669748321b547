import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { call } from '../../nodes/TencentWhiteboard/transport/call.ts';
import type { ApiCall, CallTiming } from '../../nodes/TencentWhiteboard/transport/call.ts';
import { SkewedClocks } from '../../nodes/TencentWhiteboard/transport/clock.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { limiterFamily } from '../../nodes/TencentWhiteboard/transport/limiter.ts';
import { Quota, backoff } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';
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

type Answer = object | Error | 'stall';

const ok = { Response: { Status: 'Finished', RequestId: 'r' } };
const apiError = (Code: string) => ({
	Response: { Error: { Code, Message: 'why' }, RequestId: 'r' },
});
const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

let env: FakeEnv;
let sent: Array<{ at: number; options: IHttpRequestOptions }>;
let connection: Connection;
let skewOfService: number;

/** A service that gives these answers one after the other, the last one for ever. */
function serve(...answers: Answer[]) {
	const httpRequestWithAuthentication = async (_: string, options: IHttpRequestOptions) => {
		const answer = answers[Math.min(sent.length, answers.length - 1)];
		sent.push({ at: env.now(), options });
		if (answer === 'stall') await new Promise(() => {});
		if (answer instanceof Error) throw answer;
		const date = new Date(env.date() + skewOfService).toUTCString();
		return { statusCode: 200, headers: { date }, body: JSON.stringify(answer) };
	};
	connection.context = {
		helpers: { httpRequestWithAuthentication },
	} as unknown as IExecuteFunctions;
}

beforeEach(() => {
	env = new FakeEnv(() => 1);
	sent = [];
	skewOfService = 0;
	const stop = new Stop();
	const limiters = limiterFamily(env);
	connection = {
		context: {} as IExecuteFunctions,
		endpoint,
		secretId: 'id',
		env,
		turns: new Turns(env, stop),
		downloads: new Turns(env, stop),
		started: [],
		stop,
		quota: new Quota(),
		limiterOf: (key) => limiters(key),
		clocks: new SkewedClocks(),
	};
});

const carryOut = async (part: Partial<ApiCall> = {}, timing?: CallTiming) =>
	await playOut(env, call(connection, { ...apiCall, ...part }, timing));

const times = () => sent.map(({ at }) => at);

test('one request says what is asked of whom, and when', async () => {
	serve(ok);
	expect(await carryOut()).toEqual({ ok: true, value: ok.Response });
	expect(sent).toEqual([
		{
			at: 0,
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
		expect(await carryOut()).toMatchObject({ ok: false, fault: { code: 'ECONNRESET' } });
		expect(times()).toEqual([0, 100, 300]);
	});

	test('is forgotten once there is an answer', async () => {
		serve(broken, apiError('InternalError'), ok);
		expect(await carryOut()).toMatchObject({ ok: true });
		expect(sent).toHaveLength(3);
	});

	test.each([
		['an unknown outcome', broken],
		['a fault inside', apiError('InternalError')],
	])('of a changing action with %s is not tried again, and says so', async (_, answer) => {
		serve(answer);
		const outcome = await carryOut({ readOnly: false });
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
		expect(await carryOut({ readOnly: false })).toMatchObject({ ok: true });
		serve(refused);
		sent = [];
		const outcome = await carryOut({ readOnly: false });
		expect(sent).toHaveLength(3);
		expect(outcome).toMatchObject({ fault: { hint: expect.not.stringContaining('unknown') } });
	});

	test('is not tried again when the quota of the execution is spent', async () => {
		connection.quota = new Quota(12);
		serve(broken);
		await carryOut();
		expect(sent).toHaveLength(3);
		await carryOut();
		expect(sent).toHaveLength(4);
		serve(ok);
		for (let index = 0; index < 3; index += 1) await carryOut();
		serve(broken);
		sent = [];
		await carryOut();
		expect(sent).toHaveLength(2);
	});

	test('whose next try would come after the deadline is the end', async () => {
		serve(broken);
		await carryOut({}, { deadline: 250 });
		expect(times()).toEqual([0, 100]);
	});
});

describe('a throttled request', () => {
	test('is tried again until it is let through, with growing pauses, and slows the limiter', async () => {
		const slowed: number[] = [];
		const limiter = connection.limiterOf(`id|${endpoint}|DescribeSnapshotTask`);
		limiter.throttled = () => slowed.push(env.now());
		serve(...new Array<object>(4).fill(apiError('RequestLimitExceeded')), ok);
		expect(await carryOut({ readOnly: false })).toMatchObject({ ok: true });
		expect(times()).toEqual([0, 500, 1500, 3500, 7500]);
		expect(slowed).toEqual([0, 500, 1500, 3500]);
	});

	test('is given up after two minutes, or at its deadline', async () => {
		serve(apiError('RequestLimitExceeded.IPLimitExceeded'));
		expect(await carryOut()).toMatchObject({ ok: false, fault: { kind: 'throttled' } });
		expect(times().at(-1)).toBeLessThan(120_000);
		expect(times().at(-1)).toBeGreaterThan(99_000);
		sent = [];
		const from = env.now();
		await carryOut({}, { deadline: from + 2000 });
		expect(times().map((at) => at - from)).toEqual([0, 500, 1500]);
	});

	test('of a quota of running tasks waits longer and does not slow the limiter', async () => {
		const limiter = connection.limiterOf(`id|${endpoint}|DescribeSnapshotTask`);
		limiter.throttled = () => {
			throw new Error('must not be told');
		};
		serve(apiError('LimitExceeded.TaskConcurrency'), apiError('LimitExceeded.TaskConcurrency'), ok);
		expect(await carryOut({ readOnly: false })).toMatchObject({ ok: true });
		expect(times()).toEqual([0, 2000, 6000]);
	});
});

describe('a clock that is off', () => {
	test('is learned from the answer, once, and kept for the host', async () => {
		skewOfService = 3_600_000;
		serve(apiError('AuthFailure.SignatureExpire'), ok);
		expect(await carryOut({ readOnly: false })).toMatchObject({ ok: true });
		expect(sent.map(({ options }) => options.headers!['X-TC-Timestamp'])).toEqual([
			'1750000000',
			'1750003600',
		]);
		await carryOut();
		expect(sent[2].options.headers!['X-TC-Timestamp']).toBe('1750003600');
	});

	test.each([
		[3_600_000, 'The clock of the n8n server is 60 minutes slow'],
		[-600_000, 'The clock of the n8n server is 10 minutes fast'],
	])('by %d ms is named when signing again does not help', async (skew, headline) => {
		skewOfService = skew;
		serve(apiError('AuthFailure.SignatureExpire'));
		expect(await carryOut()).toMatchObject({ ok: false, fault: { headline, requestId: 'r' } });
		expect(sent).toHaveLength(2);
	});

	test('is not guessed without a Date', async () => {
		skewOfService = NaN;
		connection.clocks.learn = () => undefined;
		serve(apiError('AuthFailure.SignatureExpire'));
		expect(await carryOut()).toMatchObject({
			fault: { headline: 'The clock of the n8n server is more than five minutes off' },
		});
		expect(sent).toHaveLength(1);
	});
});

describe('time', () => {
	test('a request that stalls ends after its timeout', async () => {
		serve('stall');
		await carryOut({ requestTimeout: 1000, readOnly: false });
		expect(env.now()).toBe(1000);
	});

	test('a request gets no more time than is left until the deadline', async () => {
		serve('stall');
		expect(await carryOut({}, { deadline: 700 })).toMatchObject({ fault: { code: 'ETIMEDOUT' } });
		expect(env.now()).toBe(700);
		expect(sent[0].options.timeout).toBe(700);
	});

	test('a request that cannot start before its deadline is too late', async () => {
		serve(ok);
		for (let index = 0; index < 20; index += 1) await carryOut();
		expect(await carryOut({}, { deadline: env.now() + 500 })).toMatchObject({
			ok: false,
			fault: { code: 'DeadlineReached', untouched: true },
		});
		expect(sent).toHaveLength(20);
	});

	test('a request waits until it is due', async () => {
		serve(ok);
		await carryOut({}, { due: 4000 });
		expect(times()).toEqual([4000]);
	});

	test('a stop ends everything at once', async () => {
		serve('stall');
		const outcome = call(connection, apiCall).catch((error: Error) => error.message);
		await env.play(10);
		connection.stop.stop(new Error('cancelled'));
		expect(await outcome).toBe('cancelled');
	});
});

test('actions and keys have limiters of their own', async () => {
	serve(ok);
	const all = [
		...Array.from({ length: 20 }, async () => await call(connection, apiCall)),
		call(connection, { ...apiCall, action: 'DescribeTranscode' }),
		call({ ...connection, secretId: 'other' }, apiCall),
		call({ ...connection, endpoint: 'https://elsewhere.example' }, apiCall),
		call(connection, apiCall),
	];
	await playOut(env, Promise.all(all));
	expect(times().filter((at) => at === 0)).toHaveLength(23);
});

test('backoff doubles from its base up to 20 s, with full jitter', () => {
	expect([1, 2, 3].map((attempt) => backoff('transient', attempt, 1))).toEqual([100, 200, 400]);
	expect([1, 2, 3].map((attempt) => backoff('throttled', attempt, 1))).toEqual([500, 1000, 2000]);
	expect(backoff('busy', 1, 0.5)).toBe(1000);
	expect(backoff('throttled', 1000, 1)).toBe(20_000);
	expect(backoff('transient', 3, 0)).toBe(0);
});

test('the quota never grows past its capacity', () => {
	const quota = new Quota(5);
	quota.succeeded();
	expect(quota.take()).toBe(true);
	expect(quota.take()).toBe(false);
	for (let index = 0; index < 4; index += 1) quota.succeeded();
	expect(quota.take()).toBe(false);
	quota.succeeded();
	expect(quota.take()).toBe(true);
});

test('clocks tell the time of the host they know, and of this machine for others', () => {
	const clocks = new SkewedClocks();
	expect(clocks.timestamp('a', 5999)).toBe(5);
	expect(clocks.learn('a', 'no date', 0)).toBeUndefined();
	expect(clocks.learn('a', undefined, 0)).toBeUndefined();
	expect(clocks.learn('a', new Date(60_000).toUTCString(), 1000)).toBe(59_000);
	expect(clocks.timestamp('a', 1000)).toBe(60);
	expect(clocks.timestamp('b', 1000)).toBe(1);
});
