/** What stands in front of every action: signature, clock, version, region, rate, form of the request. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { RateLimit } from '../../emulator/rate.mts';
import { DEMO_KEYS, DOCUMENTED_EXAMPLE, startEmulator } from '../../emulator/server.mts';
import type { Emulator, EmulatorOptions } from '../../emulator/server.mts';
import { apiCall, codeOf, rawCall } from './raw-client.mts';
import type { RawCall } from './raw-client.mts';

const NOW = Date.UTC(2024, 1, 29, 23, 59, 59);
const NOW_SECONDS = NOW / 1000;
const EXAMPLE = { TaskID: DOCUMENTED_EXAMPLE.taskId, SdkAppId: DOCUMENTED_EXAMPLE.sdkAppId };

let emulator: Emulator;
const lines: string[] = [];

beforeAll(async () => {
	emulator = await startEmulator({
		now: () => NOW,
		ratePerSecond: Infinity,
		applications: [EXAMPLE.SdkAppId],
		log: (line) => lines.push(line),
	});
	emulator.addSnapshotTask({ ...DOCUMENTED_EXAMPLE });
});

afterAll(() => emulator.close());

beforeEach(() => {
	lines.length = 0;
});

const good: RawCall = { body: EXAMPLE, timestamp: NOW_SECONDS };
const code = (change: RawCall) => codeOf(emulator.url, { ...good, ...change });

test('a good request is answered, with a Date from the emulator and an id of its own', async () => {
	const first = await rawCall(emulator.url, good);
	const second = await rawCall(emulator.url, good);
	expect(first.status).toBe(200);
	expect(first.headers.date).toBe('Thu, 29 Feb 2024 23:59:59 GMT');
	expect(first.headers['content-type']).toBe('application/json');
	const ids = [first, second].map(
		({ body }) =>
			(JSON.parse(body.toString()) as { Response: { RequestId: string } }).Response.RequestId,
	);
	expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
	expect(ids[0]).not.toBe(ids[1]);
	expect(emulator.calls.slice(-2).map(({ requestId }) => requestId)).toEqual(ids);
	expect(emulator.calls.at(-1)).toMatchObject({
		at: NOW,
		rawBody: Buffer.from(JSON.stringify(EXAMPLE)),
	});
	expect(lines).toEqual(['DescribeSnapshotTask: OK', 'DescribeSnapshotTask: OK']);
});

describe('signature', () => {
	test.each<[string, string | null, RawCall]>([
		['the host without its port', null, { signedHost: '127.0.0.1' }],
		['the action signed too', null, { signedHeaders: ['content-type', 'host', 'x-tc-action'] }],
		['a charset in the content type', null, { contentType: 'application/json; charset=utf-8' }],
		['another host', 'AuthFailure.SignatureFailure', { signedHost: 'tiw.tencentcloudapi.com' }],
		['other bytes than signed', 'AuthFailure.SignatureFailure', { sentBody: '{}' }],
		['another service', 'AuthFailure.SignatureFailure', { service: 'cvm' }],
		['another day', 'AuthFailure.SignatureFailure', { date: '2024-03-01' }],
		[
			'another content type than signed',
			'AuthFailure.SignatureFailure',
			{ headers: { 'content-type': 'application/json; charset=utf-8' } },
		],
		[
			'another timestamp than signed',
			'AuthFailure.SignatureFailure',
			{ headers: { 'x-tc-timestamp': String(NOW_SECONDS - 1) } },
		],
		['no signature', 'AuthFailure.InvalidAuthorization', { headers: { authorization: null } }],
		[
			'another algorithm',
			'AuthFailure.InvalidAuthorization',
			{ headers: { authorization: 'Bearer abc' } },
		],
		['an unsigned host', 'AuthFailure.InvalidAuthorization', { signedHeaders: ['content-type'] }],
		[
			'headers out of order',
			'AuthFailure.InvalidAuthorization',
			{ signedHeaders: ['host', 'content-type'] },
		],
		['no timestamp', 'MissingParameter', { headers: { 'x-tc-timestamp': null } }],
		['a broken timestamp', 'InvalidParameterValue', { headers: { 'x-tc-timestamp': 'today' } }],
		['300 s behind', null, { timestamp: NOW_SECONDS - 300 }],
		['300 s ahead', null, { timestamp: NOW_SECONDS + 300 }],
		['301 s behind', 'AuthFailure.SignatureExpire', { timestamp: NOW_SECONDS - 301 }],
		['301 s ahead', 'AuthFailure.SignatureExpire', { timestamp: NOW_SECONDS + 301 }],
	])('%s: %s', async (_what, expected, change) => {
		expect(await code(change)).toBe(expected);
	});

	test('an error names no secret', async () => {
		const answer = await apiCall(emulator.url, { ...good, secretKey: 'wrong' });
		expect(answer.Error?.Code).toBe('AuthFailure.SignatureFailure');
		expect(JSON.stringify([answer, lines])).not.toContain(DEMO_KEYS[0].secretKey);
	});
});

describe('form', () => {
	test.each<[string, string | null, RawCall]>([
		['another version', 'NoSuchVersion', { version: '2018-08-13' }],
		['no version', 'MissingParameter', { headers: { 'x-tc-version': null } }],
		['no action', 'MissingParameter', { headers: { 'x-tc-action': null } }],
		['an unknown action', 'InvalidAction', { action: 'DescribeNothing' }],
		['an unknown service', 'NoSuchProduct', { action: 'DescribeNothing', service: 'cvm' }],
		['no region', 'MissingParameter', { region: null }],
		['the region of the other site', null, { region: 'ap-guangzhou' }],
		['a wrong region', 'UnsupportedRegion', { region: 'ap-hongkong' }],
		['a body that is no JSON', 'InvalidParameter.UnmarshalJSONBodyFail', { body: '{"TaskID":' }],
		['a body that is a list', 'InvalidParameter.UnmarshalJSONBodyFail', { body: '[]' }],
		['a form', 'UnsupportedProtocol', { contentType: 'application/x-www-form-urlencoded' }],
		['PUT', 'UnsupportedProtocol', { method: 'PUT' }],
		[
			'a query',
			null,
			{ method: 'GET', target: `/?TaskID=${EXAMPLE.TaskID}&SdkAppId=${EXAMPLE.SdkAppId}` },
		],
		[
			'a query too long',
			'RequestSizeLimitExceeded',
			{ method: 'GET', target: `/?a=${'a'.repeat(33_000)}` },
		],
		['a body too long', 'RequestSizeLimitExceeded', { body: ' '.repeat(10 * 1024 * 1024 + 1) }],
		[
			'a parameter that means the prototype',
			'UnknownParameter',
			{ body: '{"__proto__":{"a":1},"TaskID":"a","SdkAppId":1}' },
		],
		[
			'a foreign application',
			'UnauthorizedOperation.SdkAppId',
			{ body: { ...EXAMPLE, SdkAppId: 1 } },
		],
		['null for a required parameter', 'MissingParameter', { body: { ...EXAMPLE, TaskID: null } }],
	])('%s: %s', async (_what, expected, change) => {
		expect(await code(change)).toBe(expected);
	});

	test('other paths are no API', async () => {
		expect((await rawCall(emulator.url, { ...good, target: '/other' })).status).toBe(404);
	});
});

describe('rate', () => {
	test('so many in any second, counted per subject, refused ones not counted', () => {
		const rate = new RateLimit(2);
		const at = (ms: number, subject = 'A') => rate.admits(subject, ms);
		expect([at(0), at(500), at(999), at(999, 'B')]).toEqual([true, true, false, true]);
		expect([at(1000), at(1499), at(1500)]).toEqual([true, false, true]);
	});

	test('so many in each full second', () => {
		const rate = new RateLimit(2, { window: 'calendar' });
		const at = (ms: number, subject = 'A') => rate.admits(subject, ms);
		expect([at(7900), at(7999), at(7999), at(7999, 'B')]).toEqual([true, true, false, true]);
		expect([at(8000), at(8001), at(8999), at(9000)]).toEqual([true, true, false, true]);
	});

	test('refused ones counted: whoever goes on too fast gets nothing until a pause', () => {
		const rate = new RateLimit(2, { countRefused: true });
		const admitted = [0, 400, 800, 1200, 1600, 2200].map((ms) => rate.admits('A', ms));
		expect(admitted).toEqual([true, true, false, false, false, true]);
	});

	test('refused ones counted in full seconds: forgotten with the next', () => {
		const rate = new RateLimit(1, { window: 'calendar', countRefused: true });
		const admitted = [0, 999, 1000, 1999, 2000].map((ms) => rate.admits('A', ms));
		expect(admitted).toEqual([true, false, true, false, true]);
	});

	/** Milliseconds after a full second of the clock, and whether a request then is answered. */
	test.each<[string, EmulatorOptions, Array<[number, boolean]>]>([
		[
			'any second',
			{},
			[
				[900, true],
				[1100, false],
				[1899, false],
				[1901, true],
			],
		],
		[
			'any second, refused ones too',
			{ countRefused: true },
			[
				[900, true],
				[1100, false],
				[1901, false],
				[2902, true],
			],
		],
		[
			'each full second',
			{ rateWindow: 'calendar' },
			[
				[900, true],
				[999, false],
				[1001, true],
				[1999, false],
			],
		],
	])('counts in %s', async (_what, options, expected) => {
		const limited = await startEmulator({ ratePerSecond: 1, ...options });
		const fullSecond = Math.ceil(performance.timeOrigin / 1000) * 1000 - performance.timeOrigin;
		const clock = jest.spyOn(performance, 'now');
		try {
			const answered: Array<[number, boolean]> = [];
			for (const [after] of expected) {
				clock.mockReturnValue(fullSecond + after);
				const refusal = await codeOf(limited.url, { body: EXAMPLE });
				answered.push([after, refusal !== 'RequestLimitExceeded']);
			}
			expect(answered).toEqual(expected);
		} finally {
			clock.mockRestore();
			await limited.close();
		}
	});

	test('each key has a quota of its own, and each action', async () => {
		const keys = ['a', 'b'].map((name) => ({ secretId: `AKID${name}`, secretKey: name }));
		const limited = await startEmulator({ ratePerSecond: 1, keys });
		try {
			const ask = async (key: number, action?: string) =>
				(await codeOf(limited.url, { ...keys[key], action, body: {} })) === 'RequestLimitExceeded';
			expect([await ask(0), await ask(0), await ask(0, 'CreateSnapshotTask')]).toEqual([
				false,
				true,
				false,
			]);
			expect([await ask(1), await ask(1)]).toEqual([false, true]);
		} finally {
			await limited.close();
		}
	});

	test('wrongly signed requests do not count, wrong parameters do', async () => {
		const limited = await startEmulator({ ratePerSecond: 1 });
		try {
			const ask = (change: RawCall) => codeOf(limited.url, { body: EXAMPLE, ...change });
			expect(await ask({ secretKey: 'wrong' })).toBe('AuthFailure.SignatureFailure');
			expect(await ask({ body: {} })).toBe('MissingParameter');
			expect(await ask({})).toBe('RequestLimitExceeded');
		} finally {
			await limited.close();
		}
	});
});

test('a port that is taken is said so', async () => {
	await expect(startEmulator({ port: emulator.port })).rejects.toMatchObject({
		code: 'EADDRINUSE',
	});
});
