import { describe, expect, test } from '@jest/globals';

import {
	apiFault,
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
		['AuthFailure.SignatureFailure', 'final', false],
		['Brand.New', 'final', false],
	])('%s is %s; the service surely did nothing: %s', (code, kind, untouched) => {
		expect(apiFault(code, '')).toMatchObject({ kind, untouched });
	});

	const own = 'The Secret Key does not belong to the Secret ID';
	const mend = 'Copy both again from the same key pair into the Tencent Cloud credential.';
	test.each([
		[
			'AuthFailure.SignatureFailure',
			' See a.b for it.。 ',
			own,
			`${mend} Tencent Cloud says: "See a.b for it".`,
		],
		['AuthFailure.SignatureFailure', ' . ', own, mend],
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
	])('%s with the words "%s"', (code, message, headline, hint) => {
		expect(apiFault(code, message, 'r')).toMatchObject({ code, headline, hint, requestId: 'r' });
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
				kind: 'transient',
				code: 'InvalidAnswer',
				headline: `${endpoint} answered with something that is no Tencent Cloud answer`,
				hint: between,
				untouched: false,
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
				kind,
				code: `HTTP ${status}`,
				headline: `${endpoint} answered with HTTP ${status} in place of a Tencent Cloud answer`,
				hint,
				untouched: false,
			},
		});
	});

	test('of a proxy that limits surely did nothing', () => {
		expect(answer('', 429)).toEqual({
			ok: false,
			fault: {
				kind: 'throttled',
				code: 'HTTP 429',
				headline: `${endpoint} takes no more requests for the moment (HTTP 429)`,
				hint: between,
				untouched: true,
			},
		});
	});
});

describe('connections', () => {
	const faultOf = (error: unknown) => {
		const outcome = connectionFault(error, endpoint);
		return outcome.ok ? undefined : outcome.fault;
	};

	test.each([
		['EHOSTUNREACH', 'transient', true, 'cannot be reached', reach],
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
					'sent an answer that cannot be read',
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
	] as const)('that end with %s are %s', (code, kind, untouched, headline, hint) => {
		const fault = { kind, code, headline: `${endpoint} ${headline}`, hint, untouched };
		expect(faultOf({ message: 'outer', cause: { code } })).toEqual(fault);
	});

	test('that end with another code are told in its own words', () => {
		expect(faultOf(Object.assign(new Error('a.b failed.'), { code: 'XHPE_Z_1' }))).toEqual({
			kind: 'final',
			code: 'XHPE_Z_1',
			headline: 'a.b failed',
			hint: reach,
			untouched: false,
		});
		expect(faultOf({ message: 'outer', cause: 'only text' })).toMatchObject({
			code: 'RequestNotSent',
			headline: 'outer',
		});
	});

	test('are looked into ten errors deep', () => {
		const chain = (depth: number): object =>
			depth === 1 ? { code: 'EPIPE' } : { message: 'wrapped', errorResponse: chain(depth - 1) };
		expect(faultOf(chain(10))).toMatchObject({ code: 'EPIPE' });
		expect(faultOf(chain(11))).toMatchObject({ code: 'RequestNotSent', headline: 'wrapped' });
	});
});

test.each([
	['Use v1.2', undefined, 'Use v1.2. Code X.'],
	['Really?', 'r', 'Really? Code X, RequestId r.'],
])('the detail of a fault ends each sentence', (hint, requestId, expected) => {
	expect(
		detailOf({ kind: 'final', code: 'X', headline: 'h', hint, requestId, untouched: false }),
	).toBe(expected);
});
