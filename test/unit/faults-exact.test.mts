import { describe, expect, test } from '@jest/globals';

import {
	apiFault,
	apiTarget,
	connectionFault,
	detailOf,
	readAnswer,
} from '../../nodes/TencentWhiteboard/transport/errors.ts';

const endpoint = 'https://tiw.example';
const between = `Check the Site and the Endpoint in the credential, and what stands between n8n and ${endpoint}: a proxy, a firewall or a login page.`;
const reach = `Check the Site and the Endpoint in the credential, and that this n8n server can reach ${endpoint} (DNS, proxy, firewall).`;

const answer = (body: unknown, statusCode = 200) =>
	readAnswer({ statusCode, headers: {}, body }, endpoint);

describe('what the API reports', () => {
	test.each([
		['RequestLimitExceeded', 'throttled', true],
		['LimitExceeded.TaskConcurrency', 'busy', true],
		['AuthFailure.SignatureExpire', 'skewed', true],
		['InternalError', 'transient', false],
		['AuthFailure.SignatureFailure', 'final', true],
		['Brand.New', 'final', true],
	])('%s is %s; the service surely did nothing: %s', (code, retry, untouched) => {
		const effect = untouched ? 'none' : 'unknown';
		expect(apiFault(code, '')).toMatchObject({ type: 'api', retry, effect });
	});

	const own = 'The Secret Key does not belong to the Secret ID';
	const fix = 'Copy both again from the same key pair into the Tencent Cloud credential.';
	test.each([
		[
			'AuthFailure.SignatureFailure',
			' See a.b for it.。 ',
			own,
			`${fix} Tencent Cloud says: "See a.b for it".`,
		],
		['AuthFailure.SignatureFailure', ' . ', own, fix],
		[
			'Brand.New',
			'Never seen.',
			'Never seen',
			'Look the code up in the API documentation of Tencent Cloud.',
		],
		[
			'Brand.New',
			'',
			'Tencent Cloud refused the request with Brand.New',
			'Look the code up in the API documentation of Tencent Cloud.',
		],
	])('%s with the words "%s"', (code, theirs, message, hint) => {
		expect(apiFault(code, theirs, 'r')).toMatchObject({ code, message, hint, requestId: 'r' });
	});
});

describe('answers', () => {
	test('that are no text any more are read as they are', () => {
		expect(answer({ Response: { a: null } })).toEqual({ ok: true, value: { a: null } });
	});

	test.each([
		['a text in the envelope', { Response: 'text' }],
		['an error without a code', { Response: { Error: {} } }],
	])('with %s are no answers', (_, body) => {
		expect(answer(JSON.stringify(body))).toEqual({
			ok: false,
			fault: {
				type: 'network',
				retry: 'transient',
				code: 'InvalidAnswer',
				message: `${endpoint} answered with something that is not a Tencent Cloud answer`,
				hint: between,
				effect: 'unknown',
			},
		});
	});

	test.each([
		[499, 'final', between],
		[500, 'transient', `${between} If these are right, try again in a few minutes.`],
		[501, 'transient', `${between} If these are right, try again in a few minutes.`],
	])('with HTTP %d are %s', (status, kind, hint) => {
		expect(answer('', status)).toEqual({
			ok: false,
			fault: {
				type: 'network',
				retry: kind,
				code: `HTTP ${status}`,
				message: `${endpoint} answered with HTTP ${status} in place of a Tencent Cloud answer`,
				hint,
				effect: kind === 'final' ? 'none' : 'unknown',
			},
		});
	});

	test('of a proxy that limits surely did nothing', () => {
		expect(answer('', 429)).toEqual({
			ok: false,
			fault: {
				type: 'network',
				retry: 'throttled',
				code: 'HTTP 429',
				message: `${endpoint} takes no more requests for the moment (HTTP 429)`,
				hint: between,
				effect: 'none',
			},
		});
	});
});

describe('connections', () => {
	const faultOf = (error: unknown) => connectionFault(error, apiTarget(endpoint));

	test.each([
		['EHOSTUNREACH', 'transient', false, 'is unreachable', reach],
		[
			'EPIPE',
			'transient',
			false,
			'closed the connection before its answer was complete',
			`${reach} If the network is slow, raise Request Timeout under Options.`,
		],
		...['HPE_INVALID_CONSTANT', 'Z_DATA_ERROR'].map(
			(code) =>
				[
					code,
					'transient',
					false,
					'sent an answer that cannot be parsed',
					`${reach} Something on the way may change answers.`,
				] as const,
		),
		[
			'EPROTO',
			'final',
			true,
			'does not speak TLS',
			'Check whether the Endpoint in the credential should begin with http:// in place of https://.',
		],
	] as const)('that end with %s are %s', (code, retry, untouched, message, hint) => {
		const fault = {
			type: 'network',
			retry,
			code,
			message: `${endpoint} ${message}`,
			hint,
			effect: untouched ? 'none' : 'unknown',
		};
		expect(faultOf({ message: 'outer', cause: { code } })).toEqual(fault);
	});

	test('that end with another code are told in its own words', () => {
		expect(faultOf(Object.assign(new Error('a.b failed.'), { code: 'XHPE_Z_1' }))).toEqual({
			type: 'network',
			retry: 'final',
			code: 'XHPE_Z_1',
			message: 'a.b failed',
			hint: reach,
			effect: 'unknown',
		});
		expect(faultOf({ message: 'outer', cause: 'only text' })).toMatchObject({
			code: 'RequestNotSent',
			message: 'outer',
		});
	});

	test('are looked into ten errors deep', () => {
		const chain = (depth: number): object =>
			depth === 1 ? { code: 'EPIPE' } : { message: 'wrapped', errorResponse: chain(depth - 1) };
		expect(faultOf(chain(10))).toMatchObject({ code: 'EPIPE' });
		expect(faultOf(chain(11))).toMatchObject({ code: 'RequestNotSent', message: 'wrapped' });
	});
});

test.each([
	['Use v1.2', undefined, 'Use v1.2. Code X.'],
	['Really?', 'r', 'Really? Code X, RequestId r.'],
])('the detail of a fault ends each sentence', (hint, requestId, expected) => {
	expect(
		detailOf({
			type: 'api',
			retry: 'final',
			code: 'X',
			message: 'h',
			hint,
			requestId,
			effect: 'none',
		}),
	).toBe(expected);
});
