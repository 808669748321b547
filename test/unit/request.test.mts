import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { buildBody } from '../../nodes/TencentWhiteboard/execute/request.ts';
import { readSettings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { DateField, Field, RangeField } from '../../nodes/TencentWhiteboard/types.ts';

const { fields } = findOperation('snapshot', 'describeSnapshotTask')!;
const create = findOperation('snapshot', 'createSnapshotTask')!;

const build = (values: Record<string, unknown>, itemIndex = 0, list: Field[] = fields) =>
	buildBody(
		list,
		(name) => values[name] ?? '',
		itemIndex,
		() => 'UTC',
	);

const messageOf = (outcome: ReturnType<typeof buildBody>) =>
	outcome.ok ? 'accepted' : outcome.fault.message;

const field = (rest: Partial<Field>) =>
	({ displayName: 'Thing', name: 'thing', api: 'Thing', description: '', ...rest }) as Field;

describe('the request body', () => {
	test.each([
		['a number', 1400127230],
		['text', '1400127230'],
		['text with blanks', ' 1400127230 '],
		['a resource locator', { __rl: true, mode: 'id', value: '1400127230' }],
		['a resource locator with a number', { __rl: true, mode: 'list', value: 1400127230 }],
	])('takes the SDK App ID as %s', (_, sdkAppId) => {
		expect(build({ sdkAppId, taskId: ' t ' })).toEqual({
			ok: true,
			value: { SdkAppId: 1400127230, TaskID: 't' },
		});
	});

	test.each([
		['0', `'SDK App ID' must be a positive whole number, but item 4 has "0"`],
		[-1, `'SDK App ID' must be a positive whole number, but item 4 has "-1"`],
		['abc', `'SDK App ID' must be a positive whole number, but item 4 has "abc"`],
		[1.5, `'SDK App ID' must be a positive whole number, but item 4 has "1.5"`],
		[
			'9007199254740993',
			`'SDK App ID' must be a positive whole number, but item 4 has "9007199254740993"`,
		],
		[true, `'SDK App ID' must be a positive whole number, but item 4 has "true"`],
		[{ a: 1 }, `'SDK App ID' must be a positive whole number, but item 4 has "{"a":1}"`],
		['', "'SDK App ID' is empty for item 4"],
		['  ', "'SDK App ID' is empty for item 4"],
		[{ __rl: true, mode: 'id', value: '' }, "'SDK App ID' is empty for item 4"],
	])('refuses the SDK App ID %j', (sdkAppId, message) => {
		expect(messageOf(build({ sdkAppId, taskId: 't' }, 4))).toBe(message);
	});

	test('names the empty task ID and how to fix it', () => {
		expect(build({ sdkAppId: 1, taskId: ' ' }, 7)).toMatchObject({
			ok: false,
			fault: {
				type: 'input',
				message: "'Task ID' is empty for item 7",
				hint: "Fill in the parameter 'Task ID'",
			},
		});
	});

	test('leaves out what is empty and not required', () => {
		const left = build({ thing: '' }, 0, [field({ kind: 'string' })]);
		expect(left).toStrictEqual({ ok: true, value: {} });
		expect(build({}, 0, [field({ kind: 'string' })])).toEqual({ ok: true, value: {} });
		expect(build({ thing: {} }, 0, [field({ kind: 'string' })])).toEqual({ ok: true, value: {} });
		const list = field({ kind: 'list', of: 'string' });
		expect(build({ thing: [] }, 0, [list])).toEqual({ ok: true, value: {} });
	});

	test('keeps zero and false, which are not empty', () => {
		expect(build({ thing: 0 }, 0, [field({ kind: 'integer', min: 0, max: 9 })])).toEqual({
			ok: true,
			value: { Thing: 0 },
		});
		expect(build({ thing: false }, 0, [field({ kind: 'boolean' })])).toEqual({
			ok: true,
			value: { Thing: false },
		});
	});

	test.each([
		[field({ kind: 'integer', min: 0, max: 2560 }), 2561, 'a whole number from 0 to 2560'],
		[field({ kind: 'integer', min: 2 }), 1, 'a whole number of at least 2'],
		[field({ kind: 'integer' }), 'x', 'a whole number'],
		[field({ kind: 'boolean' }), 'yes', 'true or false'],
		[field({ kind: 'string' }), [1], 'text'],
		[field({ kind: 'string', maxLength: 3 }), 'four', 'at most 3 characters long'],
		[
			field({
				kind: 'options',
				options: [
					{ name: 'A', value: 'a' },
					{ name: 'B', value: 'b' },
				],
			}),
			'c',
			'one of a, b',
		],
	])('checks %#', (one, thing, mustBe) => {
		expect(messageOf(build({ thing }, 1, [one]))).toContain(
			`'Thing' must be ${mustBe}, but item 1 has `,
		);
	});

	test.each([
		[field({ kind: 'string', format: 'url' }), 'https://a/b', 'https://a/b'],
		[field({ kind: 'string', format: 'json' }), { a: 1 }, '{"a":1}'],
		[field({ kind: 'string', format: 'json' }), ' {"a": 1}', '{"a": 1}'],
		[field({ kind: 'string', pattern: { source: '^tic_', means: 'x' } }), 'tic_1', 'tic_1'],
		[field({ kind: 'string' }), 12, '12'],
		[field({ kind: 'boolean' }), 'true', true],
		[field({ kind: 'date', format: 'day' }), '2026-01-31T08:00:00.000+08:00', '2026-01-31'],
		[field({ kind: 'date', format: 'day' }), '2026-01-31', '2026-01-31'],
		[field({ kind: 'date', format: 'second' }), '2026-01-31', '2026-01-31 00:00:00'],
		[field({ kind: 'date', format: 'second' }), '2026-01-31 08:05', '2026-01-31 08:05:00'],
		[field({ kind: 'date', format: 'second' }), '2026-01-31T08:05:09.123Z', '2026-01-31 08:05:09'],
		[field({ kind: 'date', format: 'unix' }), '2026-01-31T00:00:00Z', 1769817600],
		[field({ kind: 'date', format: 'unix' }), '1769817600', 1769817600],
		[field({ kind: 'date', format: 'unix' }), 1769817600, 1769817600],
		[field({ kind: 'list', of: 'string' }), 'a, b,,c', ['a', 'b', 'c']],
		[field({ kind: 'list', of: 'integer' }), '1, 2', [1, 2]],
		[field({ kind: 'list', of: 'integer' }), '[1,2]', [1, 2]],
		[field({ kind: 'list', of: 'integer' }), [1, '2'], [1, 2]],
		[field({ kind: 'list', of: 'string' }), 7, ['7']],
		[field({ kind: 'json' }), '{"a":[1]}', { a: [1] }],
	])('puts %# into the type of the API', (one, thing, expected) => {
		expect(build({ thing }, 0, [one])).toEqual({ ok: true, value: { Thing: expected } });
	});

	test.each([
		[
			field({ kind: 'string', format: 'url' }),
			'ftp://a',
			'a URL that begins with http:// or https://',
		],
		[field({ kind: 'string', format: 'json' }), '{', 'valid JSON'],
		[
			field({ kind: 'string', pattern: { source: '^tic_', means: 'a name with tic_' } }),
			'x',
			'a name with tic_',
		],
		[field({ kind: 'date', format: 'day' }), '31.1.2026', 'a day such as 2026-01-31'],
		[field({ kind: 'date', format: 'day' }), '2026-13-31', 'a day such as 2026-01-31'],
		[
			field({ kind: 'date', format: 'second' }),
			'now',
			'a date and time such as 2026-01-31 08:00:00',
		],
		[
			field({ kind: 'date', format: 'unix' }),
			'soon',
			'a date and time such as 2026-01-31T08:00:00Z, or Unix seconds',
		],
		[field({ kind: 'list', of: 'integer' }), 'a', 'a list of whole numbers'],
		[field({ kind: 'list', of: 'integer', minItems: 2 }), '1', 'a list of at least 2 entries'],
		[field({ kind: 'list', of: 'integer', maxItems: 2 }), '1,2,3', 'a list of at most 2 entries'],
		[
			field({ kind: 'list', of: 'string', options: [{ name: 'A', value: 'a' }] }),
			'a,b',
			'a list of a',
		],
		[field({ kind: 'json' }), '5', 'a JSON object'],
		[field({ kind: 'json' }), ['a'], 'a JSON object'],
		[field({ kind: 'json' }), '{', 'a JSON object'],
		[field({ kind: 'json' }), 'null', 'a JSON object'],
		[field({ kind: 'json' }), new Date(NaN), 'a JSON object'],
		[field({ kind: 'group', fields: [] }), 'text', 'a group of fields'],
		[field({ kind: 'rows', fields: [] }), ['text'], 'a list of rows'],
	])('says what %# must be', (one, thing, mustBe) => {
		expect(messageOf(build({ thing }, 1, [one]))).toContain(` must be ${mustBe}, but item 1 has `);
	});

	describe('groups and rows', () => {
		const inner = [
			field({ kind: 'integer', displayName: 'Width', name: 'width', api: 'Width', max: 9 }),
			field({
				kind: 'string',
				displayName: 'Key',
				name: 'key',
				api: 'Key',
				required: true,
				secret: true,
				maxLength: 3,
			}),
		];
		const group = field({ kind: 'group', fields: inner });
		const rows = field({ kind: 'rows', fields: inner });

		test('are taken with and without the frame of n8n', () => {
			const values = { width: '3', key: 'k' };
			for (const thing of [values, { values }]) {
				expect(build({ thing }, 0, [group])).toEqual({
					ok: true,
					value: { Thing: { Width: 3, Key: 'k' } },
				});
			}
			for (const thing of [[values], { values: [values] }, values]) {
				expect(build({ thing }, 0, [rows])).toEqual({
					ok: true,
					value: { Thing: [{ Width: 3, Key: 'k' }] },
				});
			}
		});

		test('say where inside of them it is wrong', () => {
			expect(messageOf(build({ thing: { width: 10, key: 'k' } }, 2, [group]))).toBe(
				`'Thing → Width' must be a whole number from 0 to 9, but item 2 has "10"`,
			);
			expect(messageOf(build({ thing: { width: 1 } }, 2, [group]))).toBe(
				"'Thing → Key' is empty for item 2",
			);
			expect(messageOf(build({ thing: [{ key: 'k' }, { width: 1 }] }, 2, [rows]))).toBe(
				"'Thing → row 2 → Key' is empty for item 2",
			);
		});

		test('never show a secret', () => {
			expect(messageOf(build({ thing: { key: 'secret' } }, 0, [group]))).toBe(
				"'Thing → Key' must be at most 3 characters long, but item 0 has something else",
			);
		});

		test('are left out when empty, unless the API wants them even then', () => {
			for (const thing of ['', {}, { values: {} }, undefined]) {
				expect(build({ thing }, 0, [group])).toEqual({ ok: true, value: {} });
				expect(
					build({ thing }, 0, [{ ...group, required: true, fields: [inner[0]] } as Field]),
				).toEqual({
					ok: true,
					value: { Thing: {} },
				});
			}
		});
	});

	test('an empty JSON object, as the panel has it, is nothing', () => {
		for (const one of [field({ kind: 'json' }), field({ kind: 'string', format: 'json' })]) {
			expect(build({ thing: ' {} ' }, 0, [one])).toEqual({ ok: true, value: {} });
		}
	});

	test('of a new snapshot holds the whiteboard even where nothing is set', () => {
		const all = [...create.fields, ...create.optional!];
		expect(build({ sdkAppId: 1, roomId: 2 }, 0, all)).toEqual({
			ok: true,
			value: { SdkAppId: 1, RoomId: 2, Whiteboard: {} },
		});
	});

	test('a very long value is cut in the message', () => {
		const message = messageOf(build({ thing: 'x'.repeat(5000) }, 0, [field({ kind: 'integer' })]));
		expect(message.length).toBeLessThan(150);
	});

	test('what is empty JSON is text elsewhere', () => {
		const thing = '{}';
		expect(build({ thing }, 0, [field({ kind: 'string' })])).toEqual({
			ok: true,
			value: { Thing: thing },
		});
		for (const one of [
			field({ kind: 'string', format: 'url' }),
			field({ kind: 'date', format: 'day' }),
			field({ kind: 'integer' }),
		]) {
			expect(messageOf(build({ thing }, 1, [one]))).toContain(', but item 1 has "{}"');
		}
	});

	test('an empty text is sent where it removes what is stored', () => {
		const one = field({ kind: 'string', required: true, mayBeEmpty: true });
		for (const thing of ['', ' ', null, {}]) {
			expect(build({ thing }, 0, [one])).toEqual({ ok: true, value: { Thing: '' } });
		}
		expect(build({ thing: 'a' }, 0, [one])).toEqual({ ok: true, value: { Thing: 'a' } });
	});

	test('a hint tells how to write a whole number, where that is what is wrong', () => {
		const hintOf = (one: Field, thing: unknown) => {
			const outcome = build({ thing }, 0, [one]);
			return outcome.ok ? 'accepted' : outcome.fault.hint;
		};
		const hint = "Correct the parameter 'Thing', or the expression in it";
		const digits =
			': whole numbers are taken in plain digits, without leading zeros, plus sign, point or exponent, up to 9007199254740991';
		const integer = field({ kind: 'integer', max: 9 });
		expect(hintOf(integer, '007')).toBe(hint + digits);
		expect(hintOf(integer, 10)).toBe(hint);
		expect(hintOf(integer, 9)).toBe('accepted');
		expect(hintOf(field({ kind: 'integer', min: 9 }), 9)).toBe('accepted');
		expect(hintOf(field({ kind: 'boolean' }), 7)).toBe(hint);
		expect(hintOf(field({ kind: 'list', of: 'integer' }), '07')).toBe(hint + digits);
		expect(hintOf(field({ kind: 'list', of: 'string' }), [true])).toBe(hint);
	});

	test('a URL is whole, and of the web', () => {
		const url = field({ kind: 'string', format: 'url' });
		for (const thing of ['http://a', 'HTTPS://a/b?c']) {
			expect(build({ thing }, 0, [url])).toEqual({ ok: true, value: { Thing: thing } });
		}
		for (const thing of ['xhttp://a', 'http://a b', 'http://', 'httpss://a']) {
			expect(messageOf(build({ thing }, 0, [url]))).toContain('begins with http:// or https://');
		}
	});

	test('a number whose digits are not exact is no text', () => {
		expect(messageOf(build({ thing: 1e21 }, 0, [field({ kind: 'string' })]))).toBe(
			`'Thing' must be text, or a number in exact digits, but item 0 has "1e+21"`,
		);
		expect(messageOf(build({ thing: true }, 0, [field({ kind: 'string' })]))).toBe(
			`'Thing' must be text, but item 0 has "true"`,
		);
	});

	test('a length counts characters, or bytes where the API does', () => {
		const characters = field({ kind: 'string', maxLength: 3 });
		const bytes = field({ kind: 'string', maxLength: 3, maxLengthUnit: 'bytes' });
		expect(messageOf(build({ thing: 'ééé' }, 0, [characters]))).toBe('accepted');
		expect(messageOf(build({ thing: 'ééé' }, 0, [bytes]))).toBe(
			`'Thing' must be at most 3 bytes long, but item 0 has "ééé"`,
		);
		expect(messageOf(build({ thing: 'é1' }, 0, [bytes]))).toBe('accepted');
	});

	test.each([
		['a Date', new Date('2026-01-31T08:00:00Z'), '"Sat Jan 31 2026'],
		['a Map', new Map(), '"{}"'],
		['an error', new Error('x'), '"{}"'],
	])('%s is not empty, although it has no keys', (_, thing, has) => {
		expect(messageOf(build({ thing }, 1, [field({ kind: 'string' })]))).toContain(
			`'Thing' must be text, but item 1 has ${has}`,
		);
	});

	test.each([[{ toString: () => 'true' }], ['constructor'], [[true]], [1], ['yes']])(
		'%p is no boolean',
		(thing) => {
			expect(messageOf(build({ thing }, 1, [field({ kind: 'boolean' })]))).toContain(
				"'Thing' must be true or false, but item 1 has ",
			);
		},
	);

	test('a choice among numbers may come as text', () => {
		const options = [
			{ name: 'A', value: 0 },
			{ name: 'B', value: 1 },
		];
		const one = field({ kind: 'options', options });
		for (const thing of [1, '1', ' 1 ']) {
			expect(build({ thing }, 0, [one])).toEqual({ ok: true, value: { Thing: 1 } });
		}
		expect(build({ thing: 0 }, 0, [one])).toEqual({ ok: true, value: { Thing: 0 } });
		for (const thing of ['01', true, [1], {}]) {
			expect(build({ thing }, 0, [one]).ok).toBe(thing instanceof Object && !Array.isArray(thing));
		}
	});

	describe('a list', () => {
		const texts = field({ kind: 'list', of: 'string' });
		const numbers = field({ kind: 'list', of: 'integer' });
		const two = field({ kind: 'list', of: 'integer', minItems: 2, maxItems: 2 });
		const options = [
			{ name: 'A', value: 'a' },
			{ name: 'B', value: 'b' },
		];
		const offered = field({ kind: 'list', of: 'string', options });
		const open = field({ kind: 'list', of: 'string', options, open: true });

		test.each([
			[texts, ['a', null, '', undefined, ' b '], ['a', 'b']],
			[texts, [1, 2n], ['1', '2']],
			[texts, '["a", 5]', ['a', '5']],
			[numbers, [null, 5], [5]],
			[numbers, 7, [7]],
			[offered, 'b, a', ['b', 'a']],
			[open, 'b, c', ['b', 'c']],
			[two, '1,2', [1, 2]],
		])('%# is taken', (one, thing, expected) => {
			expect(build({ thing }, 0, [one])).toEqual({ ok: true, value: { Thing: expected } });
		});

		test.each([
			[texts, '[a, b]', 'a list of texts'],
			[texts, [{ a: 1 }], 'a list of texts'],
			[texts, { a: 1 }, 'a list of texts'],
			[texts, [NaN], 'a list of texts'],
			[texts, new Date(0), 'a list of texts'],
			[offered, 'a, c', 'a list of a, b'],
			[numbers, ['00123'], 'a list of whole numbers'],
			[numbers, '1,0x10', 'a list of whole numbers'],
			[numbers, '[9007199254740993]', 'a list of whole numbers'],
			[numbers, { a: 1 }, 'a list of whole numbers'],
			[open, [NaN], 'a list of texts'],
		])('%# is refused', (one, thing, mustBe) => {
			const outcome = build({ thing }, 1, [one]);
			expect(messageOf(outcome)).toContain(`'Thing' must be ${mustBe}, but item 1 has "`);
			const explained = !outcome.ok && outcome.fault.hint.includes('plain digits');
			expect(explained).toBe(one === numbers);
		});
	});

	describe('a range', () => {
		const end = (name: string) =>
			({
				...field({ kind: 'date' }),
				name,
				api: name,
				displayName: name,
				format: 'milliseconds',
			}) as DateField;
		const parts = { kind: 'range', ends: [end('from'), end('to')] } as const;
		const range = field({ ...parts, required: true } as Partial<RangeField>);
		const free = field({ ...parts } as Partial<RangeField>);
		const required = { ...range, ends: parts.ends.map((one) => ({ ...one, required: true })) };

		test.each([
			[{ from: '2026-01-01', to: '2026-01-02 08:00' }, [1767225600000, 1767340800000]],
			[{ from: 1767225600, to: '1767312000000' }, [1767225600000, 1767312000000]],
			[{ from: 'x', thing: '1767225600000, 1767312000000' }, [1767225600000, 1767312000000]],
			[{ from: 1767225600, to: 1767225600 }, [1767225600000, 1767225600000]],
			[{ thing: [new Date(5e9), '2026-01-02'] }, [5e9, 1767312000000]],
		])('is taken from its ends, or as a list: %j', (values, expected) => {
			expect(build(values, 0, [range])).toEqual({ ok: true, value: { Thing: expected } });
		});

		test('may be left out where it is not required', () => {
			expect(build({}, 0, [free])).toEqual({ ok: true, value: {} });
		});

		test.each([
			[{}, "'from' is empty for item 1"],
			[{ from: '2026-01-01', to: ' ' }, "'to' is empty for item 1"],
			[
				{ from: '2026-01-01', to: '2026-02-30' },
				`'to' must be a date and time such as 2026-01-31T08:00:00Z, or Unix milliseconds, but item 1 has "2026-02-30"`,
			],
			[
				{ from: '2026-01-02', to: '2026-01-01' },
				`'to' must be later than 'from', but item 1 has "2026-01-01"`,
			],
			...['2026-01-01', '[x', [1, 2, 3], ['2026-01-01', 'x'], 5, { a: 1 }].map((thing) => [
				{ thing },
				"'Thing' must be two dates, or two Unix timestamps in milliseconds, but item 1 has ",
			]),
		] as Array<[Record<string, unknown>, string]>)('%j is refused', (values, message) => {
			expect(messageOf(build(values, 1, [required as Field]))).toContain(message);
		});
	});

	describe('a stored value that can be removed', () => {
		const removal = { displayName: 'Remove It', name: 'removeIt', description: '' };
		const one = field({ kind: 'string', required: true, removal, format: 'url' });

		test.each([[true], ['true'], [' TRUE ']])('is, where that is chosen: %j', (removeIt) => {
			for (const thing of [undefined, '', 'https://e.com/', 5]) {
				expect(build({ thing, removeIt }, 0, [one])).toEqual({ ok: true, value: { Thing: '' } });
			}
		});

		test.each([[false], ['false'], [null], [undefined]])('is set otherwise: %j', (removeIt) => {
			expect(build({ thing: 'https://e.com/', removeIt }, 0, [one])).toEqual({
				ok: true,
				value: { Thing: 'https://e.com/' },
			});
			for (const thing of ['', ' ', null, undefined]) {
				expect(build({ thing, removeIt }, 3, [one])).toMatchObject({
					fault: {
						message: "'Thing' is empty for item 3",
						hint: "Fill in the parameter 'Thing', or switch on 'Remove It'",
					},
				});
			}
		});

		test('is not touched where nobody knows what was meant', () => {
			const outcome = build({ thing: 'https://e.com/', removeIt: 'maybe' }, 0, [one]);
			expect(messageOf(outcome)).toBe(`'Remove It' must be true or false, but item 0 has "maybe"`);
		});
	});

	test('an open choice takes other texts as well', () => {
		const one = field({ kind: 'options', options: [{ name: 'A', value: 'a' }], open: true });
		for (const thing of ['a', 'b', ' b ']) {
			expect(build({ thing }, 0, [one])).toEqual({ ok: true, value: { Thing: thing.trim() } });
		}
		expect(messageOf(build({ thing: ['a'] }, 0, [one]))).toContain("'Thing' must be text");
	});

	describe('JSON', () => {
		const json = field({ kind: 'json' });
		const text = field({ kind: 'string', format: 'json' });
		const circle: Record<string, unknown> = {};
		circle.self = circle;

		test('that the API wants as text stays as it was written', () => {
			for (const thing of ['{"a": 9007199254740993}', '[1e400]', '1.50']) {
				expect(build({ thing }, 0, [text])).toEqual({ ok: true, value: { Thing: thing } });
			}
		});

		test.each([
			[text, { a: NaN }, "'Thing → a' must be a number up to 9007199254740991"],
			[text, { a: [2 ** 53] }, "'Thing → 0' must be a number up to 9007199254740991"],
			[text, NaN, "'Thing' must be a number up to 9007199254740991"],
			[text, circle, `'Thing' must be valid JSON, but item 1 has "Object"`],
			[text, () => 1, `'Thing' must be valid JSON, but item 1 has "(`],
			[json, circle, `'Thing' must be a JSON object, but item 1 has "Object"`],
			[json, { a: -Infinity }, "'Thing → a' must be a number up to 9007199254740991"],
		])('%# is refused', (one, thing, message) => {
			expect(messageOf(build({ thing }, 1, [one]))).toContain(message);
		});

		test('within a group is named with the group', () => {
			const group = field({ kind: 'group', displayName: 'Group', name: 'group', fields: [json] });
			expect(messageOf(build({ group: { thing: '{"id": 9007199254740993}' } }, 1, [group]))).toBe(
				`'Group → Thing → id' must be a number up to 9007199254740991, beyond which digits are lost, but item 1 has "9007199254740993"`,
			);
		});
	});

	test('never throws, and what it accepts is what the API wants', () => {
		fc.assert(
			fc.property(fc.anything(), fc.anything(), (sdkAppId, taskId) => {
				const outcome = build({ sdkAppId, taskId });
				if (outcome.ok) {
					expect(Number.isSafeInteger(outcome.value.SdkAppId)).toBe(true);
					expect(outcome.value.SdkAppId).toBeGreaterThan(0);
					expect(outcome.value.TaskID).toMatch(/\S/);
				} else expect(outcome.fault.message).toMatch(/SDK App ID|Task ID/);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('settings', () => {
	const read = (
		waitOptions: Record<string, unknown>,
		options: Record<string, unknown> = {},
		waitUntilFinished: unknown = true,
		rest: Record<string, unknown> = {},
	) => {
		const values: Record<string, unknown> = { waitUntilFinished, waitOptions, options, ...rest };
		return readSettings(create, (name) => values[name], 5);
	};

	const defaults = {
		returnAll: false,
		limit: 50,
		simplify: true,
		output: 'task',
		downloadFiles: false,
		binaryPropertyName: 'data',
		maxFileSize: 0,
		onTaskFailure: 'error',
		region: '',
		language: 'en-US',
		requestTimeout: 30,
	};

	test('have their defaults', () => {
		expect(read({})).toEqual({
			ok: true,
			value: {
				wait: { mode: 'polling', pollInterval: 2, timeout: 1800, onTimeout: 'error' },
				...defaults,
			},
		});
		expect(read({}, {}, false)).toEqual({ ok: true, value: defaults });
		expect(readSettings({}, () => undefined, 0)).toEqual({ ok: true, value: defaults });
	});

	test('give a video generation the time of a lesson', () => {
		const settings = readSettings(
			findOperation('videoGeneration', 'describeVideoGenerationTask')!,
			(name) => name === 'waitUntilFinished' || undefined,
			0,
		);
		expect(settings).toMatchObject({ value: { wait: { timeout: 14_400, pollInterval: 2 } } });
	});

	test.each([
		['describeSnapshotTask', false, 'files'],
		['describeSnapshotTask', true, 'files'],
		['createSnapshotTask', true, 'files'],
		// The panel does not show it.
		['createSnapshotTask', false, 'task'],
	])('of %s, waiting %s: output is %s', (operation, waitUntilFinished, output) => {
		const values: Record<string, unknown> = { waitUntilFinished, output: 'files' };
		const settings = readSettings(findOperation('snapshot', operation)!, (name) => values[name], 0);
		expect(settings).toMatchObject({ value: { output } });
	});

	test('are taken as given', () => {
		expect(
			read(
				{ pollInterval: '3', timeout: 0, onTimeout: 'lastState' },
				{ region: ' ap-guangzhou ', language: 'zh-CN', requestTimeout: 5, onTaskFailure: 'output' },
			),
		).toEqual({
			ok: true,
			value: {
				...defaults,
				wait: { mode: 'polling', pollInterval: 3, timeout: 0, onTimeout: 'lastState' },
				onTaskFailure: 'output',
				region: 'ap-guangzhou',
				language: 'zh-CN',
				requestTimeout: 5,
			},
		});
	});

	test('are taken in fractions, and as text, where the panel takes these', () => {
		expect(read({ pollInterval: 0.5 }, { requestTimeout: '1.5', region: '' })).toMatchObject({
			ok: true,
			value: { wait: { pollInterval: 0.5 }, requestTimeout: 1.5, region: '' },
		});
		expect(read({}, {}, true, { binaryPropertyName: ' image ' })).toMatchObject({
			ok: true,
			value: { binaryPropertyName: 'image' },
		});
	});

	test.each([
		[
			{ timeout: -1 },
			{},
			true,
			`'Timeout (Seconds)' must be a number from 0 to 1000000, but item 5 has "-1"`,
		],
		[
			{ timeout: 'soon' },
			{},
			true,
			`'Timeout (Seconds)' must be a number from 0 to 1000000, but item 5 has "soon"`,
		],
		[
			{ timeout: '' },
			{},
			true,
			`'Timeout (Seconds)' must be a number from 0 to 1000000, but item 5 has ""`,
		],
		[
			{ timeout: 1e9 },
			{},
			true,
			`'Timeout (Seconds)' must be a number from 0 to 1000000, but item 5 has "1000000000"`,
		],
		[
			{ pollInterval: 0 },
			{},
			true,
			`'Poll Interval (Seconds)' must be a number from 0.1 to 1000000, but item 5 has "0"`,
		],
		[
			{ onTimeout: 'x' },
			{},
			true,
			`'On Timeout' must be one of lastState, error, but item 5 has "x"`,
		],
		[
			{},
			{ requestTimeout: 0 },
			true,
			`'Request Timeout (Seconds)' must be a number from 1 to 1000000, but item 5 has "0"`,
		],
		[{}, { language: 'de' }, true, `'Language' must be one of zh-CN, en-US, but item 5 has "de"`],
		[
			{},
			{ onTaskFailure: 1 },
			true,
			`'On Task Failure' must be one of output, error, but item 5 has "1"`,
		],
		[{}, { region: 7 }, true, `'Region' must be text, but item 5 has "7"`],
		[{}, {}, 'maybe', `'Wait Until Finished' must be true or false, but item 5 has "maybe"`],
	])('refuses %j %j %j', (waitOptions, options, wait, message) => {
		const outcome = read(waitOptions, options, wait);
		expect(outcome.ok ? 'accepted' : outcome.fault.message).toBe(message);
	});

	test.each([
		[{ output: 'x' }, `'Output' must be one of files, task, but item 5 has "x"`],
		[{ downloadFiles: 'yes' }, `'Download Files' must be true or false, but item 5 has "yes"`],
		[{ binaryPropertyName: ' ' }, `'Put Files in Field' must be text, but item 5 has " "`],
		[
			{ options: { maxFileSize: -1 } },
			`'Max File Size (MB)' must be a number from 0 to 1000000, but item 5 has "-1"`,
		],
	])('refuses %j', (rest, message) => {
		const outcome = read({}, {}, true, rest);
		expect(outcome.ok ? 'accepted' : outcome.fault.message).toBe(message);
	});

	test.each([
		['waitOptions', ['x'], `'Wait Options' must be a group of fields, but item 5 has "["x"]"`],
		['waitOptions', 'x', `'Wait Options' must be a group of fields, but item 5 has "x"`],
		['options', 5, `'Options' must be a group of fields, but item 5 has "5"`],
		['options', true, `'Options' must be a group of fields, but item 5 has "true"`],
	])('%s given as %j are refused', (name, group, message) => {
		const outcome = read({}, {}, true, { [name]: group });
		expect(outcome.ok ? 'accepted' : outcome.fault.message).toBe(message);
	});

	test('say how to correct them', () => {
		const outcome = read({ timeout: -1 });
		expect(outcome.ok ? 'accepted' : outcome.fault.hint).toBe(
			"Correct the parameter 'Timeout (Seconds)', or the expression in it",
		);
	});

	test.each([[null], [undefined], ['']])('groups may be %j', (group) => {
		expect(read({}, {}, true, { waitOptions: group, options: group })).toEqual(read({}));
	});

	test('of a list: booleans as text, and a limit in whole numbers', () => {
		const list = { items: 'Tasks', page: { size: 5, total: 'Total' } };
		const readList = (values: Record<string, unknown>) =>
			readSettings({ list, simplify: [] }, (name) => values[name], 5);
		expect(readList({ returnAll: 'TRUE', simplify: ' false', limit: ' 12 ' })).toMatchObject({
			ok: true,
			value: { returnAll: true, simplify: false, limit: 12 },
		});
		for (const limit of [0, 1.5, NaN, '', '1e2', '012', [5], {}, true, 1e6 + 1]) {
			const outcome = readList({ limit });
			expect(outcome.ok ? 'accepted' : outcome.fault.message).toContain(
				`'Limit' must be a whole number from 1 to 1000000, but item 5 has "`,
			);
		}
		expect(readList({ limit: 1e6 }).ok).toBe(true);
	});

	test('of a wait that is off are not read', () => {
		expect(read({ timeout: -1 }, {}, false).ok).toBe(true);
	});
});
