import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { call } from '../../nodes/TencentWhiteboard/transport/call.ts';
import type { ApiCall, CallTiming } from '../../nodes/TencentWhiteboard/transport/call.ts';
import { SkewedClocks } from '../../nodes/TencentWhiteboard/transport/clock.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { WINDOW, limiterFamily } from '../../nodes/TencentWhiteboard/transport/limiter.ts';
import { Quota } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

const apiCall: ApiCall = {
	action: 'DescribeSnapshotTask',
	version: '2019-09-19',
	body: {},
	region: 'ap-singapore',
	language: 'en-US',
	requestTimeout: 30_000,
	readOnly: true,
};

/** Knows how many still listen. */
class CountingStop extends Stop {
	listening = 0;

	override onStop(listener: (reason: Error) => void): () => void {
		const off = super.onStop(listener);
		this.listening += 1;
		return () => {
			this.listening -= 1;
			off();
		};
	}
}

interface Sent {
	at: number;
	credential: string;
	timeout?: number;
	signal: AbortSignal;
	node: unknown;
}

const apiError = (Code: string) => ({ Response: { Error: { Code, Message: 'why' } } });

let env: FakeEnv;
let stop: CountingStop;
let sent: Sent[];
let connection: Connection;
let skewOfService: number;

/** A service that gives these answers one after the other, the last one for ever; `stall` is none. */
function serve(...answers: Array<object | 'stall'>) {
	connection.context = {
		getNode: () => 'the node',
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				credential: string,
				{ timeout }: IHttpRequestOptions,
			) {
				const answer = answers[Math.min(sent.length, answers.length - 1)];
				const signal = this.getExecutionCancelSignal()!;
				sent.push({ at: env.now(), credential, timeout, signal, node: this.getNode() });
				if (answer === 'stall') await new Promise(() => {});
				const date = new Date(env.date() + skewOfService).toUTCString();
				return { statusCode: 200, headers: { date }, body: JSON.stringify(answer) };
			},
		},
	} as unknown as IExecuteFunctions;
}

beforeEach(() => {
	env = new FakeEnv(() => 1);
	stop = new CountingStop();
	sent = [];
	skewOfService = 0;
	connection = {
		context: {} as IExecuteFunctions,
		endpoint: 'https://tiw.example',
		secretId: 'id',
		env,
		turns: new Turns(env, stop),
		downloads: new Turns(env, stop),
		started: [],
		stop,
		quota: new Quota(),
		limiterOf: limiterFamily(env),
		clocks: new SkewedClocks(),
	};
});

const carryOut = async (part: Partial<ApiCall> = {}, timing?: CallTiming) =>
	await playOut(env, call(connection, { ...apiCall, ...part }, timing));

const times = () => sent.map(({ at }) => at);

describe('the request', () => {
	test('is signed by the credential, in the context of the node', async () => {
		serve({ Response: {} });
		await carryOut();
		expect(sent).toMatchObject([{ credential: 'tencentCloudApi', node: 'the node' }]);
	});

	test('is ended when its time is up', async () => {
		serve('stall');
		const outcome = call(connection, { ...apiCall, requestTimeout: 1000, readOnly: false });
		await env.play(999);
		expect(sent[0].signal.aborted).toBe(false);
		await env.play(1000);
		expect(sent[0].signal.aborted).toBe(true);
		expect(await outcome).toMatchObject({ ok: false, fault: { code: 'ETIMEDOUT' } });
	});

	test('is ended when the execution is stopped', async () => {
		serve('stall');
		const outcome = call(connection, apiCall).catch((error: Error) => error.message);
		await env.play(10);
		expect(sent[0].signal.aborted).toBe(false);
		stop.stop(new Error('cancelled'));
		expect(sent[0].signal.aborted).toBe(true);
		expect(await outcome).toBe('cancelled');
	});

	test('leaves nothing behind that listens', async () => {
		const before = stop.listening;
		serve(apiError('InternalError'), { Response: {} });
		await carryOut();
		expect(sent).toHaveLength(2);
		expect(stop.listening).toBe(before);
	});

	test('gets the time until its deadline, on a clock that has run for a while', async () => {
		await env.play(5000);
		serve('stall');
		await carryOut({}, { deadline: 5700 });
		expect(sent[0].timeout).toBe(700);
	});
});

test('an answer frees its place after one window', async () => {
	serve({ Response: {} });
	const all = Promise.all(Array.from({ length: 21 }, async () => await call(connection, apiCall)));
	await playOut(env, all);
	expect(times()).toEqual([...new Array<number>(20).fill(0), WINDOW]);
});

describe('is not sent again', () => {
	test('after a final fault', async () => {
		serve(apiError('InvalidParameter'), { Response: {} });
		expect(await carryOut()).toMatchObject({ fault: { kind: 'final', code: 'InvalidParameter' } });
		expect(sent).toHaveLength(1);
	});

	test('after a code that answers what was asked', async () => {
		serve(apiError('InternalError'), { Response: {} });
		const finalCodes = ['Other', 'InternalError'];
		expect(await carryOut({ finalCodes })).toMatchObject({ fault: { code: 'InternalError' } });
		expect(sent).toHaveLength(1);
	});

	test('when that would be at its very deadline', async () => {
		serve(apiError('InternalError'));
		expect(await carryOut({}, { deadline: 100 })).toMatchObject({
			fault: { code: 'InternalError' },
		});
		expect(times()).toEqual([0]);
	});
});

test('a call that cannot be sent in time says so', async () => {
	serve({ Response: {} });
	const full = Array.from({ length: 20 }, async () => await call(connection, apiCall));
	await playOut(env, Promise.all(full));
	expect(await carryOut({}, { deadline: env.now() + 500 })).toEqual({
		ok: false,
		fault: {
			kind: 'final',
			code: 'DeadlineReached',
			headline: 'The time was up before the request could be sent',
			hint: 'Raise the timeout, or use fewer items at a time.',
			untouched: true,
		},
	});
});

test.each([
	[289_000, 'The clock of the n8n server is more than five minutes off'],
	[-289_000, 'The clock of the n8n server is more than five minutes off'],
	[301_000, 'The clock of the n8n server is 5 minutes slow'],
	[-301_000, 'The clock of the n8n server is 5 minutes fast'],
])('a clock that is off by %d ms', async (skew, headline) => {
	skewOfService = skew;
	serve(apiError('AuthFailure.SignatureExpire'));
	expect(await carryOut()).toMatchObject({ ok: false, fault: { kind: 'skewed', headline } });
	expect(sent).toHaveLength(2);
});
