import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import {
	apiFault,
	apiTarget,
	connectionFault,
	detailOf,
	inputFault,
	nodeError,
	readAnswer,
	unexpectedFault,
} from '../../nodes/TencentWhiteboard/transport/errors.ts';
import type { Fault } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { CODES, lookUp } from '../../nodes/TencentWhiteboard/transport/codes.ts';
import { help } from '../help.mts';

interface DocumentedCode {
	code: string;
	retryable: boolean | 'only-if-read';
}

const { codes } = JSON.parse(readFileSync(join('test', 'facts', 'errors.json'), 'utf8')) as {
	codes: DocumentedCode[];
};

const node = {
	id: '1',
	name: 'TIW',
	type: 'x',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
} as INode;
const endpoint = 'https://tiw.intl.tencentcloudapi.com';

/** Sentences that tell how to fix something: they begin with a capital letter and are no shouting. */
const readable = /^[A-Z"][^\n]{10,}$/;

describe('every documented code', () => {
	test('is known by itself or by its first part, and none is invented', () => {
		const documented = codes.map(({ code }) => code);
		expect(documented).toHaveLength(76);
		expect(documented.filter((code) => !(code in CODES) && !(code.split('.')[0] in CODES))).toEqual(
			[],
		);
		expect(Object.keys(CODES).filter((code) => !documented.includes(code))).toEqual([]);
	});

	test.each(codes.map(({ code, retryable }) => [code, retryable] as const))(
		'%s has a sentence, a hint and the documented retry class',
		(code, retryable) => {
			const message = 'The sentence of the service that names TaskNameExists.';
			const fault = apiFault(code, message, 'the-request-id');
			const error = nodeError(node, fault, 3) as NodeApiError;
			expect(error).toBeInstanceOf(NodeApiError);
			expect(error.message).toBe(fault.message);
			expect(error.message).toMatch(readable);
			expect(error.message).not.toMatch(/\.$|\b(error|problem|failure|mistake)\b/i);
			expect(error.description).toMatch(readable);
			expect(error.description).toContain(`Code ${code}, RequestId the-request-id.`);
			const { page } = CODES[code] ?? CODES[code.split('.')[0]];
			expect(error.description).toMatch(page ? help(page) : /RequestId the-request-id\.$/);
			// What the service itself says is never lost.
			expect(`${error.message} ${error.description}`).toContain(message.slice(0, -1));
			expect(error.context.itemIndex).toBe(3);
			const expected: Record<string, string[]> = {
				true: ['throttled', 'busy'],
				'only-if-read': ['transient'],
				false: code === 'AuthFailure.SignatureExpire' ? ['skewed'] : ['final'],
			};
			expect(expected[String(retryable)]).toContain(fault.retry);
		},
	);
});

test('n8n never rewrites a message, whatever words it holds', () => {
	const words = fc.constantFrom(
		'TaskNameExists',
		'FileAccess',
		'OperatePermission',
		'ECONNREFUSED',
		'ENOENT',
		'EPERM',
		'EACCES',
		'GetAddrInfo',
		'502',
		'bad gateway',
		'文件',
		'🙂',
		'a.b',
	);
	fc.assert(
		fc.property(
			fc.array(words, { minLength: 1 }),
			fc.constantFrom('', 'ECONNRESET', 'X.Y'),
			(parts, code) => {
				const message = parts.join(' ');
				const fault = {
					...inputFault(message, 'Fix it'),
					type: code ? 'api' : 'input',
					code,
				} as Fault;
				const error = nodeError(node, fault, 0);
				expect(error.message).toBe(message);
				expect((error as NodeApiError).description).toMatch(/^Fix it\./);
			},
		),
	);
});

describe('the page about a problem', () => {
	const link = help('clock').slice(' Help: '.length);
	const fault = apiFault('AuthFailure.SignatureExpire', 'See Help: https://example.com', 'r');

	test('is the end of a description, where it can be copied whole', () => {
		const { description } = nodeError(node, fault, 0);
		expect(description!.endsWith(` Code ${fault.code}, RequestId r. Help: ${link}`)).toBe(true);
		const wrong = { ...inputFault('Wrong', 'Fix it'), page: 'callback' } as Fault;
		expect(nodeError(node, wrong, 0).description).toBe(`Fix it.${help('callback')}`);
	});

	test('is a link in the editor, which shows its own text in place of the description', () => {
		const { description, context } = nodeError(node, fault, 0, { context: { own: 1 } });
		expect(context).toMatchObject({
			descriptionTemplate: description!.replace(
				`Help: ${link}`,
				`<a href="${link}" target="_blank">How to fix it</a>`,
			),
			own: 1,
		});
	});

	test.each(['InternalError', 'AuthFailure.SignatureExpire'])(
		'is the only HTML there: %s in the words of others is text',
		(code) => {
			const theirs = '<Region> & <a href="https://example.com">&lt;b&gt;</a>';
			const { description, context } = nodeError(node, apiFault(code, theirs), 0);
			expect(description).toContain(`"${theirs}"`);
			expect(context.descriptionTemplate).toContain(
				'"&lt;Region&gt; &amp; &lt;a href="https://example.com"&gt;&amp;lt;b&amp;gt;&lt;/a&gt;"',
			);
		},
	);

	test('is not spoken of where there is none', () => {
		const { context } = nodeError(node, apiFault('InternalError', ''), 0);
		expect(context).not.toHaveProperty('descriptionTemplate');
	});
});

test('input that is wrong is a NodeOperationError, for nothing was sent', () => {
	const fault = inputFault("'Task ID' is empty for item 2", 'Fill it in');
	expect(nodeError(node, fault, 2)).toBeInstanceOf(NodeOperationError);
	expect(detailOf(fault)).toBe('Fill it in.');
});

const answer = (body: unknown, statusCode = 200) =>
	readAnswer(
		{ statusCode, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) },
		endpoint,
	);

const faultOf = (outcome: ReturnType<typeof readAnswer>): Fault => {
	if (outcome.ok) throw new Error('expected a fault');
	return outcome.fault;
};

describe('answers', () => {
	test('are taken out of their envelope, nulls kept', () => {
		const inner = { TaskID: 'x', Result: null, RequestId: 'r' };
		expect(answer({ Response: inner })).toEqual({ ok: true, value: inner });
	});

	test('with an error in status 200 are faults', () => {
		const fault = faultOf(
			answer({
				Response: {
					Error: { Code: 'InvalidParameter.TaskNotFound', Message: 'no.' },
					RequestId: 'r1',
				},
			}),
		);
		expect(fault).toMatchObject({
			retry: 'final',
			code: 'InvalidParameter.TaskNotFound',
			requestId: 'r1',
		});
		expect(fault.message).toBe('Tencent Cloud does not know this task');
	});

	test('with an unknown code keep the words of the service', () => {
		const fault = faultOf(
			answer({ Response: { Error: { Code: 'Brand.New', Message: 'Never seen.' } } }),
		);
		expect(fault).toMatchObject({ retry: 'final', message: 'Never seen', requestId: undefined });
		expect(faultOf(answer({ Response: { Error: { Code: 'Brand.New' } } })).message).toContain(
			'Brand.New',
		);
	});

	test.each([
		['an HTML page behind a gateway', '<html>502</html>', 502, 'transient', 'HTTP 502'],
		['a login page', '<html>login</html>', 403, 'final', 'HTTP 403'],
		['a redirect', '', 302, 'final', 'HTTP 302'],
		['a proxy that limits', '{}', 429, 'throttled', 'HTTP 429'],
		['no JSON', 'hello', 200, 'transient', 'InvalidAnswer'],
		['nothing', '', 200, 'transient', 'InvalidAnswer'],
		['JSON of something else', '{"a":1}', 200, 'transient', 'InvalidAnswer'],
		['null', 'null', 200, 'transient', 'InvalidAnswer'],
		['a list', '[]', 200, 'transient', 'InvalidAnswer'],
		['an empty envelope', '{"Response":null}', 200, 'transient', 'InvalidAnswer'],
	])('%s', (_, body, status, kind, code) => {
		const fault = faultOf(answer(body, status));
		expect(fault).toMatchObject({ retry: kind, code });
		expect(fault.message).toContain(endpoint);
		expect(fault.hint).toContain('Endpoint');
	});

	test.each([
		['a success without an answer', '', 204],
		['an answer that was accepted and not given', '{}', 202],
	])('%s leaves open what was done', (_, body, status) => {
		expect(faultOf(answer(body, status))).toMatchObject({
			code: 'InvalidAnswer',
			retry: 'transient',
			effect: 'unknown',
		});
	});

	describe('of shapes that nobody expects', () => {
		const broken = { code: 'InvalidAnswer', retry: 'transient', effect: 'unknown' };
		test.each<[string, unknown]>([
			['a list for an answer', { Response: [{ TaskID: 'x' }] }],
			['a text for an answer', { Response: 'Finished' }],
			['a number for an answer', { Response: 5 }],
			['an error that is a text', { Response: { Error: 'broken' } }],
			['an error that is a list', { Response: { Error: [{ Code: 'InternalError' }] } }],
			['an error that is a number', { Response: { Error: 1 } }],
			['a code that is an object', { Response: { Error: { Code: { a: 1 } } } }],
			['a code that is a list', { Response: { Error: { Code: ['InternalError'] } } }],
			['a code that is empty', { Response: { Error: { Code: '' } } }],
		])('%s is no answer of Tencent Cloud', (_, body) => {
			expect(faultOf(answer(body))).toMatchObject(broken);
		});

		test('a code that is a number is taken as it is written', () => {
			const fault = faultOf(answer({ Response: { Error: { Code: 404, Message: 12 } } }));
			expect(fault).toMatchObject({ type: 'api', code: '404', message: '12' });
		});

		test.each<[string, unknown]>([
			['an object', { a: 1 }],
			['a list', ['a']],
			['null', null],
			['true', true],
		])('a message or RequestId that is %s is none', (_, odd) => {
			const body = { Response: { Error: { Code: 'Brand.New', Message: odd }, RequestId: odd } };
			expect(faultOf(answer(body))).toMatchObject({
				message: 'Tencent Cloud refused the request with Brand.New',
				requestId: undefined,
			});
		});

		test.each(['__proto__', 'constructor', 'toString.x', 'hasOwnProperty'])(
			'the code %s has the hint of an unknown one',
			(Code) => {
				const fault = faultOf(answer({ Response: { Error: { Code, Message: 'no' } } }));
				expect(fault).toMatchObject({ code: Code, message: 'no', retry: 'final' });
				expect(lookUp(Code)).toBeUndefined();
				expect(fault.hint).toContain('Look the code up');
			},
		);

		test('an error of __proto__ changes nothing', () => {
			const body = '{"Response":{"__proto__":{"Error":{"Code":"Evil"}},"Status":"Finished"}}';
			expect(answer(body)).toMatchObject({ ok: true, value: { Status: 'Finished' } });
			expect({}).not.toHaveProperty('Error');
		});
	});

	describe('with words', () => {
		const messageOf = (Message: string) =>
			faultOf(answer({ Response: { Error: { Code: 'Brand.New', Message } } })).message;

		test('of several lines and control characters are told in one line', () => {
			expect(messageOf(' one\r\n\ttwo\u0000\u0007 three\u202e\u2028four.\n')).toBe(
				'one two three four',
			);
			expect(messageOf('文件 👩‍🏫 已存在。')).toBe('文件 👩‍🏫 已存在');
		});

		test('of a megabyte are cut, and never within a character', () => {
			const long = messageOf('word '.repeat(200_000));
			expect(long).toHaveLength(1001);
			expect(long).toMatch(/^(word )+…$/);
			expect(messageOf('a'.repeat(1000))).toBe('a'.repeat(1000));
			expect(messageOf('a'.repeat(1001))).toBe(`${'a'.repeat(1000)}…`);
			const emoji = messageOf(`a${'🎨'.repeat(100_000)}`);
			expect(emoji).toMatch(/^a(🎨)+…$/u);
			const many = { Code: 'C'.repeat(1e6), Message: '' };
			const fault = faultOf(answer({ Response: { Error: many, RequestId: 'r'.repeat(1e6) } }));
			expect([fault.code.length, fault.requestId!.length]).toEqual([101, 101]);
			expect(detailOf(fault).length).toBeLessThan(500);
		});

		test('that hold signed links show them without their query', () => {
			expect(
				messageOf('Cannot open https://b.example/a.pptx?q-sign-time=1&q-signature=abc, sorry'),
			).toBe('Cannot open https://b.example/a.pptx?… sorry');
			expect(messageOf('See HTTP://a.example/b?sign=1&t=2.')).toBe('See HTTP://a.example/b?…');
			expect(messageOf('See http://a.example/b.')).toBe('See http://a.example/b');
		});
	});

	test('with a body in an error status are read like any other', () => {
		expect(
			faultOf(
				answer(
					{ Response: { Error: { Code: 'InternalError', Message: '' }, RequestId: 'r' } },
					500,
				),
			),
		).toMatchObject({ retry: 'transient', code: 'InternalError' });
	});
});

describe('connections', () => {
	test.each([
		['ECONNREFUSED', true],
		['ENOTFOUND', true],
		['EAI_AGAIN', true],
		['EHOSTUNREACH', false],
		['ENETUNREACH', false],
		['ECONNRESET', false],
		['EPIPE', false],
		['ERR_BAD_RESPONSE', false],
		['ECONNABORTED', false],
		['ETIMEDOUT', false],
	])('%s is transient; the request surely did not arrive: %s', (code, untouched) => {
		const deep = { message: 'wrapped', cause: { message: 'inner', cause: { code } } };
		for (const error of [{ code }, { httpCode: code }, deep]) {
			const fault = connectionFault(error, apiTarget(endpoint));
			expect(fault).toMatchObject({
				type: 'network',
				retry: 'transient',
				code,
				effect: untouched ? 'none' : 'unknown',
			});
			expect(fault.message).toMatch(new RegExp(`^${endpoint} [a-z ]+$`));
		}
	});

	test('anything else is final and speaks with the innermost words', () => {
		const error = new Error('There was an unknown issue.', {
			cause: Object.assign(new Error('The Secret ID is empty.'), { description: 'Enter it' }),
		});
		expect(connectionFault(error, apiTarget(endpoint))).toMatchObject({
			retry: 'final',
			code: 'RequestNotSent',
			message: 'The Secret ID is empty',
			hint: 'Enter it',
		});
		const tls = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
		expect(connectionFault(tls, apiTarget(endpoint))).toMatchObject({
			retry: 'final',
			code: 'CERT_HAS_EXPIRED',
		});
		expect(connectionFault('just text', apiTarget(endpoint)).message).toBe('just text');
	});

	test.each(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET'])(
		'%s in connect: the request surely did not arrive',
		(code) => {
			const connecting = { code, syscall: 'connect' };
			for (const error of [connecting, { cause: connecting }, { errors: [connecting] }]) {
				expect(connectionFault(error, apiTarget(endpoint))).toMatchObject({ code, effect: 'none' });
			}
			const reading = connectionFault({ code, syscall: 'read' }, apiTarget(endpoint));
			expect(reading.effect).toBe('unknown');
		},
	);

	test('an answer that n8n 1.x gives only a status of had begun', () => {
		const error = Object.assign(new Error('stream has been aborted'), { httpCode: '200' });
		expect(connectionFault(error, apiTarget(endpoint))).toMatchObject({
			retry: 'transient',
			effect: 'unknown',
			message: `${endpoint} closed the connection before its answer was complete`,
		});
	});

	test.each<[string, unknown, string]>([
		['nothing', undefined, `The request to ${endpoint} could not be sent`],
		['null', null, `The request to ${endpoint} could not be sent`],
		['a symbol', Symbol('s'), `The request to ${endpoint} could not be sent`],
		[
			'an object without a prototype',
			Object.create(null),
			`The request to ${endpoint} could not be sent`,
		],
		[
			'an object for a message',
			{ message: { a: 1 } },
			`The request to ${endpoint} could not be sent`,
		],
		['a number', 5, '5'],
		['lines', new Error('one\ntwo'), 'one two'],
	])('that end with %s thrown are told in a sentence', (_, thrown, message) => {
		expect(connectionFault(thrown, apiTarget(endpoint)).message).toBe(message);
		expect(unexpectedFault(thrown).message).toMatch(/^The item could not be processed: .+/);
		expect(unexpectedFault(thrown).message).not.toMatch(/object|undefined|Symbol/);
	});

	test('an endless chain of causes ends', () => {
		const error: { message: string; cause?: unknown } = { message: 'round and round' };
		error.cause = error;
		expect(connectionFault(error, apiTarget(endpoint)).message).toBe('round and round');
	});
});
