import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { redactor } from '../../nodes/TencentWhiteboard/transport/redact.ts';

const KEY = 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE';
const TOKEN = 'a/b+c=dEf-g_h.i~jKlMnOpQrStUvWxYz0123456789+/=='.repeat(8);
const SIGNATURE = '5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474';
const HEADER = `TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/tiw/tc3_request, SignedHeaders=content-type;host, Signature=${SIGNATURE}`;

const { text, json } = redactor([KEY, TOKEN]);

/** Every way in which proxies and services write what they have been given. */
const forms: Array<[string, (secret: string) => string]> = [
	['as it is', (secret) => secret],
	['in capital letters', (secret) => secret.toUpperCase()],
	['as JSON with escaped slashes', (secret) => secret.replaceAll('/', '\\/')],
	[
		'as JSON within JSON',
		(secret) => JSON.stringify(JSON.stringify(secret)).replaceAll('/', '\\\\/'),
	],
	[
		'with \\u escapes',
		(secret) =>
			secret.replace(
				/\W/g,
				(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
			),
	],
	['percent-encoded', encodeURIComponent],
	['percent-encoded in small letters', (secret) => encodeURIComponent(secret).toLowerCase()],
	['percent-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
	['as HTML', (secret) => secret.replace(/\W/g, (character) => `&#${character.charCodeAt(0)};`)],
	[
		'as HTML in hexadecimal',
		(secret) => secret.replace(/\W/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
	],
];

describe('a secret is found', () => {
	test.each(forms)('%s', (_, write) => {
		for (const secret of [KEY, TOKEN]) {
			expect(text(`before ${write(secret)} after`)).toMatch(
				/^before "?(\\")?\*\*\*(\\")?"? after$/,
			);
			expect(text(`${write(secret)} ${write(secret)}`).split('***')).toHaveLength(3);
		}
	});

	test.each(['base64', 'base64url'] as const)(
		'in %s of a longer text, wherever it begins',
		(as) => {
			for (const secret of [KEY, TOKEN]) {
				for (const before of ['', 'a', 'ab', 'abc', 'abcd', 'X-TC-Token: ']) {
					const shown = text(Buffer.from(`${before}${secret}\nmore`).toString(as));
					expect(shown).toContain('***');
					// What is left tells none of it: at most two characters at each edge have bits of it.
					const left = Buffer.from(shown.split('***')[0], 'base64').toString();
					expect(left.slice(before.length).length).toBeLessThan(3);
				}
			}
		},
	);

	test('of which a part has been cut off, where it is a long one', () => {
		expect(text(`token ${TOKEN.slice(0, 100)}`)).toBe('token ***');
		const first = 'a/b+'.repeat(12);
		expect(redactor([`${first}AndThenOnlyLetters`]).text(first)).toBe('***');
	});

	test('and what stands before it is left', () => {
		expect(text(`C:\\${KEY}`)).toBe('C:\\***');
	});

	test('and what follows it is left, but after a long one', () => {
		for (const [length, shown] of [
			[48, '***abc def'],
			[49, '*** def'],
		] as const) {
			const secret = TOKEN.slice(0, length);
			expect(redactor([secret]).text(`${secret}abc def`)).toBe(shown);
		}
	});

	test('whatever characters it has', () => {
		const secrets = fc.string({
			unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
			minLength: 16,
			maxLength: 48,
		});
		const before = fc.string({ unit: 'grapheme', maxLength: 5 });
		const ways: Array<(secret: string) => string> = [
			...forms.map(([, write]) => write),
			...(['base64', 'base64url'] as const).map(
				(as) => (secret: string) => Buffer.from(secret).toString(as),
			),
		];
		fc.assert(
			fc.property(secrets, before, fc.constantFrom(...ways), (secret, start, write) => {
				const shown = redactor([secret]).text(`${start} ${write(secret)}`);
				expect(shown).toContain('***');
				expect(shown).not.toContain(write(secret).slice(4, -4));
			}),
		);
	});
});

describe('the header of a signature is found whatever the keys are', () => {
	const none = redactor([]).text;

	test.each(['', 'a', 'ab', 'Authorization: '])('in Base64, after "%s"', (before) => {
		for (const as of ['base64', 'base64url'] as const) {
			const shown = none(`${Buffer.from(`${before}${HEADER}\nmore`).toString(as)} and more`);
			expect(shown).toMatch(/\*\*\* and more$/);
			expect(Buffer.from(shown.split('***')[0], 'base64').toString()).not.toMatch(/Signature/);
		}
	});

	test.each<[string, string, string]>([
		[
			'whole',
			`authorization: ${HEADER}!`,
			'authorization: ***, SignedHeaders=content-type;host, ***!',
		],
		['in capital letters', HEADER.toUpperCase(), '***, SIGNEDHEADERS=CONTENT-TYPE;HOST, ***'],
		['its signature alone', `Signature=${SIGNATURE}`, '***'],
		['its scope alone', 'Credential=AKID/2019-02-25/tiw/tc3_request', '***'],
	])('%s', (_, given, expected) => {
		expect(none(given)).toBe(expected);
	});

	test('percent-encoded', () => {
		const shown = none(encodeURIComponent(HEADER));
		expect(shown).not.toMatch(/AKID|TC3|5da7a33f/);
	});

	test('but not in the signed links to files, nor where words only look like it', () => {
		for (const given of [
			'https://b.cos.ap-singapore.myqcloud.com/1.png?q-sign-algorithm=sha1&q-ak=AKID&q-signature=bf6efb60285e8cbe71aedf5dbf7b8d1abf6efb60',
			`https://b.example/1.png?Signature=${SIGNATURE}&X-Amz-Signature=${SIGNATURE}`,
			'The Signature is wrong, Credential=missing',
			'TC3-HMAC-SHA256 is the only algorithm',
			'Every scope ends with tiw/tc3_request',
		]) {
			expect(none(given)).toBe(given);
		}
	});
});

test('a text without secrets stays as it is', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), (given) => {
			expect(text(given)).toBe(given);
			expect(json(JSON.stringify([given]))).toEqual([given]);
		}),
	);
});

test('what is too short for a secret, and nothing at all, is not looked for', () => {
	const short = redactor(['', 'Task', '1234567']).text;
	expect(short('Task 1234567 has ended')).toBe('Task 1234567 has ended');
	expect(redactor(['12345678']).text('Task 12345678')).toBe('Task ***');
	expect(redactor(['12345678']).text('12345678')).toBe('***');
});

describe('an answer', () => {
	const hidden = (value: unknown) => JSON.stringify(value);

	test.each(forms)('with a secret %s in a value, a key, or a list', (_, write) => {
		const secret = write(TOKEN);
		const answer = { a: secret, [secret]: { b: [1, secret, null], c: true } };
		const redacted = json(hidden(answer)) as Record<string, unknown>;
		expect(Object.keys(redacted)).toHaveLength(2);
		expect(hidden(redacted)).not.toContain(TOKEN.slice(10, 30));
		expect(redacted.a).toContain('***');
	});

	test('that escapes every character of a secret', () => {
		const escaped = [...KEY].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
		expect(json(`{"a":"${escaped.join('')}"}`)).toEqual({ a: '***' });
		const percent = encodeURIComponent(TOKEN).replaceAll('%', '\\u0025');
		expect(json(`{"a":"${percent}"}`)).toEqual({ a: '***' });
		const html = TOKEN.replace(/\W/g, (one) => `\\u0026\\u0023${one.charCodeAt(0)};`);
		expect(json(`{"a":"${html}"}`)).toEqual({ a: '***' });
		expect(json(`{"a":"${html.replaceAll('\\u0023', '#')}"}`)).toEqual({ a: '***' });
	});

	test('keeps the order of its keys, its other values, and links as they are', () => {
		const url = 'https://b.example/1.png?a=1&q-signature=0123456789012345678901234567890123456789';
		const body = `{"z":1,"${KEY}":2,"y":"${url.replaceAll('&', '\\u0026')}","x":[${'0,'.repeat(3)}null]}`;
		expect(hidden(json(body))).toBe(hidden({ z: 1, '***': 2, y: url, x: [0, 0, 0, null] }));
	});

	test('with a key __proto__ changes no prototype', () => {
		const body = `{"__proto__":{"a":"${KEY}","polluted":true},"b":"${KEY}","${KEY}":1}`;
		const value = json(body) as object;
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect('polluted' in value).toBe(false);
		expect(hidden(value)).toBe('{"__proto__":{"a":"***","polluted":true},"b":"***","***":1}');
	});

	test('is redacted to its end, whatever lies between, and can be changed like any other', () => {
		const value = json(hidden([{ a: KEY, b: 1 }, null, [KEY], null])) as [IDataObject];
		expect(value).toEqual([{ a: '***', b: 1 }, null, ['***'], null]);
		value[0].a = 2;
		delete value[0].a;
		expect(value[0]).toEqual({ b: 1 });
	});

	test('nested deeper than the stack, or very long, is read all the same', () => {
		const deep = json(`${'['.repeat(20_000)}"${KEY}"${']'.repeat(20_000)}`) as unknown[];
		let inner: unknown = deep;
		while (Array.isArray(inner)) [inner] = inner as unknown[];
		expect(inner).toBe('***');
		const list = json(JSON.stringify(Array(20_000).fill(KEY))) as string[];
		expect(list).toHaveLength(20_000);
		expect(new Set(list)).toEqual(new Set(['***']));
	});

	test.each([
		['no JSON', '<html>', undefined],
		['nothing', '', undefined],
		['a text', `"${KEY}"`, '***'],
		['a key alone', `{"${KEY}":null}`, { '***': null }],
		['a value that is no text any more', { a: KEY }, { a: '***' }],
		['null', null, null],
	])('of %s', (_, body, expected) => {
		expect(json(body)).toEqual(expected);
	});

	test('full of what looks like the beginning of a secret takes no more time than any other', () => {
		const long = 1_000_000;
		for (const filling of ['\\\\', '%25', 'a', `${KEY.slice(0, -1)}`, 'Credential=', '&amp;']) {
			const body = JSON.stringify([filling.repeat(long / filling.length)]);
			const from = performance.now();
			json(body);
			expect(performance.now() - from).toBeLessThan(2000);
		}
	});
});
