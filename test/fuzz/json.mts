/**
 * Arbitrary JSON. What would be too large to generate or to print stands in texts as a sign, such as
 * `%BIG 100000%`, and is put in when the text is sent.
 */
import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Names that JavaScript, n8n or the API give a meaning to. */
const NAMES = [
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'valueOf',
	'toJSON',
	'length',
	'then',
	'hasOwnProperty',
	'0',
	'',
	' ',
	'json',
	'binary',
	'pairedItem',
	'error',
	'message',
	'details',
	'Response',
	'Error',
	'Code',
	'Message',
	'RequestId',
	'Status',
	'TaskId',
	'TaskID',
	'Result',
	'ResultUrl',
	'VideoUrl',
];

const TEXTS = [
	'',
	' ',
	'0',
	'-1',
	'1e999',
	'true',
	'null',
	'[]',
	'{}',
	'OK',
	'Finished',
	'FINISHED',
	'a\u0000b',
	'\r\nX-Injected: 1',
	'\u001b[31m',
	'\ud800',
	'\u202e\u200b\ufeff',
	'ResourceNotFound: ENOTFOUND EEXIST ECONNREFUSED',
	'=1+1',
	'={{ $json }}',
	'{{ constructor.constructor("return 1")() }}',
	'../../../../etc/passwd',
	'<script>alert(1)</script>',
	'%',
	'%00',
	'$&$1',
	'2026-02-30',
	'中文 🎓 é',
];

/** What the server knows and a test does not: headers of the request, and how they come back. */
export const ECHOED = ['authorization', 'x-tc-token'] as const;
export const FORMS = ['plain', 'percent', 'json', 'base64'] as const;
export type Form = (typeof FORMS)[number];

const echoes = ECHOED.flatMap((header) => FORMS.map((form) => `%ECHO ${header} ${form}%`));

export const text = (): fc.Arbitrary<string> =>
	fc.oneof(
		{ withCrossShrink: true },
		{ weight: 4, arbitrary: fc.string({ unit: 'grapheme' }) },
		{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
		{ weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
		{ weight: 1, arbitrary: fc.constantFrom(...NAMES) },
		{ weight: 1, arbitrary: fc.constantFrom(...echoes).map((echo) => `a ${echo} b`) },
	);

const number = (): fc.Arbitrary<number> =>
	fc.oneof(
		fc.integer(),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		fc.constantFrom(0, -0, -1, 1e308, 2 ** 53, 2 ** 53 + 2, 4294967295, 253402300800),
	);

export const json = (): fc.Arbitrary<Json> =>
	fc.letrec<{ value: Json; leaf: Json; list: Json[]; object: Json }>((tie) => ({
		value: fc.oneof(
			{ depthSize: 'small', withCrossShrink: true },
			{ weight: 6, arbitrary: tie('leaf') },
			{ weight: 2, arbitrary: tie('list') },
			{ weight: 3, arbitrary: tie('object') },
		),
		leaf: fc.oneof(
			{ weight: 2, arbitrary: fc.constant(null) },
			{ weight: 1, arbitrary: fc.boolean() },
			{ weight: 2, arbitrary: number() },
			{ weight: 5, arbitrary: text() },
		),
		list: fc.array(tie('value'), { maxLength: 4 }),
		// Properties of its own, also where their name is `__proto__`.
		object: fc
			.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie('value')), {
				maxLength: 4,
			})
			.map((entries) => Object.fromEntries(entries) as Json),
	})).value;

/** Values that are large, or nested deeply. */
export const large = (): fc.Arbitrary<string> =>
	fc.oneof(
		fc.constantFrom(1e4, 1e5, 3e6).map((count) => `%BIG ${count}%`),
		fc.constantFrom(100, 3000, 20_000).map((count) => `%DEEP ${count}%`),
		fc.constantFrom(1e3, 2e4).map((count) => `%LONG ${count}%`),
	);

/** Puts large values in, in place of their signs. */
export const withLarge = (jsonText: string): string =>
	jsonText
		.replace(/"%BIG (\d+)%"/g, (_, count) => `"${'x'.repeat(Number(count))}"`)
		.replace(/"%DEEP (\d+)%"/g, (_, count) => '['.repeat(Number(count)) + ']'.repeat(Number(count)))
		.replace(/"%LONG (\d+)%"/g, (_, count) => `[${'{},'.repeat(Number(count) - 1)}{}]`);

/** A text in another form, in which a secret is one still. */
export const inForm: Record<Form, (plain: string) => string> = {
	plain: (plain) => plain,
	percent: encodeURIComponent,
	// As PHP and others write JSON.
	json: (plain) => JSON.stringify(plain).slice(1, -1).replaceAll('/', '\\/'),
	base64: (plain) => Buffer.from(plain).toString('base64'),
};
