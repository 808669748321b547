import { describe, expect, test } from '@jest/globals';

import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import {
	apiFault,
	apiTarget,
	connectionFault,
	detailOf,
	inputFault,
	invalidAnswer,
	nodeError,
	readAnswer,
	unexpectedFault,
	withoutSecrets,
} from '../../nodes/TencentWhiteboard/transport/errors.ts';
import type { Fault } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { redactor } from '../../nodes/TencentWhiteboard/transport/redact.ts';

const endpoint = 'https://tiw.example';
const between = `Check 'Site' and 'Endpoint' in the credential, and what stands between n8n and ${endpoint}: a proxy, a firewall or a login page.`;
const reach = `Check 'Site' and 'Endpoint' in the credential, and that this n8n server can reach ${endpoint} (DNS, proxy, firewall).`;

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

	test('without a RequestId has none', () => {
		expect(apiFault('Brand.New', '').requestId).toBeUndefined();
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
		[199, 'final', between],
		[300, 'final', between],
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

	test.each([200, 299])('with HTTP %d are successes without an answer', (status) => {
		expect(answer('', status)).toMatchObject({ fault: { code: 'InvalidAnswer' } });
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
				page: 'rate-limit',
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
			`${reach} If the network is slow, raise 'Request Timeout (Seconds)' under 'Options'.`,
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
			"Check whether 'Endpoint' in the credential should begin with http:// in place of https://.",
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

	test.each([
		...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
		...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
		'ERR_TLS_CERT_ALTNAME_INVALID',
	])(
		'that end with %s name the host, the reason and how to have a certificate accepted',
		(code) => {
			const fault = {
				type: 'network',
				retry: 'final',
				code,
				message: `The certificate of ${endpoint} is not accepted: it is odd`,
				hint: `${reach} A certificate from an authority of your own has to be made known to n8n (NODE_EXTRA_CA_CERTS).`,
				effect: 'none',
			};
			const cause = { code, message: 'it is odd.' };
			expect(faultOf(cause)).toEqual(fault);
			expect(faultOf({ message: 'outer', cause })).toEqual(fault);
			// n8n 1 keeps nothing but the code.
			expect(faultOf({ httpCode: code })).toEqual({
				...fault,
				message: `The certificate of ${endpoint} is not accepted`,
			});
		},
	);

	test('that are slow are told what the target advises for that', () => {
		const target = { ...apiTarget(endpoint), slow: 'Walk.' };
		expect(connectionFault({ code: 'ETIMEDOUT' }, target).hint).toBe(`${reach} Walk.`);
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

	test.each([
		['RequestNotSent', 'none'],
		...[
			'CERT_HAS_EXPIRED',
			'ERR_TLS_CERT_ALTNAME_INVALID',
			'ERR_SSL_WRONG_VERSION_NUMBER',
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		].map((code) => [code, 'none'] as const),
		['UNABLE_TO_SAY', 'unknown'],
		['NO_CERT_AT_ALL', 'unknown'],
		['NO_ERR_TLS_AT_ALL', 'unknown'],
	])('that end with %s: what was done is %s', (code, effect) => {
		expect(faultOf({ code })).toMatchObject({ code, retry: 'final', effect });
	});

	test('that end without a code: nothing was sent, whatever number there is', () => {
		for (const httpCode of [undefined, '2000', '1200', '20']) {
			expect(faultOf({ httpCode })).toMatchObject({ code: 'RequestNotSent', effect: 'none' });
		}
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

test('more to say stands between the hint and the code', () => {
	expect(detailOf(apiFault('Brand.New', 'no'), 'The task is t.')).toBe(
		'Look the code up in the API documentation of Tencent Cloud. The task is t. Code Brand.New.',
	);
});

test.each<[string, Fault, object]>([
	[
		'an input that is wrong',
		inputFault('m', 'h'),
		{
			type: 'input',
			code: 'InvalidInput',
			message: 'm',
			hint: 'h',
			retry: 'final',
			effect: 'none',
		},
	],
	[
		'an answer that holds something else',
		invalidAnswer('m', 'h', { RequestId: ' r\n' }),
		{
			type: 'api',
			code: 'InvalidAnswer',
			message: 'm',
			hint: 'h',
			requestId: 'r',
			retry: 'final',
			effect: 'none',
		},
	],
	[
		'an answer that holds something else, to a change',
		invalidAnswer('m', 'h', { RequestId: {} }, 'unknown'),
		{
			type: 'api',
			code: 'InvalidAnswer',
			message: 'm',
			hint: 'h',
			retry: 'final',
			effect: 'unknown',
		},
	],
	[
		'what nobody knows',
		unexpectedFault(new TypeError('a.b is no function.')),
		{
			type: 'unexpected',
			code: 'Unexpected',
			message: 'The item could not be processed: a.b is no function',
			hint: 'Most likely the service answered in a way that this node does not know. Please report it with the operation and this text.',
			retry: 'final',
			effect: 'unknown',
		},
	],
	[
		'what was thrown without a word',
		unexpectedFault(undefined),
		{
			...unexpectedFault(undefined),
			message: 'The item could not be processed: no reason was given',
		},
	],
])('the fault of %s', (_, fault, expected) => {
	expect(fault).toEqual(expected);
});

describe('a fault with secrets', () => {
	const secret = 'TheSecretKey';
	const redact = redactor([secret]);

	test('loses them in all its words', () => {
		const fault = invalidAnswer(`m ${secret}`, `h ${secret}`, { RequestId: secret });
		expect(withoutSecrets({ ...fault, code: secret }, redact)).toEqual({
			...fault,
			code: '***',
			message: 'm ***',
			hint: 'h ***',
			requestId: '***',
		});
	});

	test('and without a RequestId stays without one', () => {
		const fault = inputFault('m', 'h');
		expect(withoutSecrets(fault, redact)).toStrictEqual(fault);
	});
});

describe('an error of n8n', () => {
	const node = { name: 'TIW', type: 'tencentWhiteboard', typeVersion: 1, parameters: {} } as INode;

	test('is an API error only where the service or the way to it is concerned', () => {
		expect(nodeError(node, apiFault('Brand.New', 'no'), 0)).toBeInstanceOf(NodeApiError);
		expect(nodeError(node, unexpectedFault('x'), 0)).toBeInstanceOf(NodeOperationError);
	});

	test('has what there is to add', () => {
		const addition = { text: 'The task is t.', context: { task: 't' } };
		const error = nodeError(node, inputFault('m', 'h'), 2, addition);
		expect(error).toMatchObject({
			message: 'm',
			description: 'h. The task is t.',
			context: { itemIndex: 2, task: 't' },
		});
	});
});
