/** Values: what is taken is exact, and a date is the one that luxon, n8n's own library, gives. */
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
	booleanOf,
	dateOf,
	inexactNumber,
	integerOf,
	numberOf,
	shown,
	stringOf,
} from '../../nodes/TencentWhiteboard/execute/values.ts';

interface DateTime {
	toMillis(): number;
	toFormat(format: string): string;
	setZone(zone: string): DateTime;
	getPossibleOffsets(): DateTime[];
	isValid: boolean;
}
interface Luxon {
	DateTime: {
		fromISO(text: string, options: { zone: string }): DateTime;
		fromMillis(moment: number, options: { zone: string }): DateTime;
		invalid(reason: string): DateTime;
	};
}
// The copy that n8n has.
const { DateTime } = createRequire(require.resolve('n8n-workflow'))('luxon') as Luxon;

const UTC = () => 'UTC';
const options = { numRuns: 2000 };

/** Anything at all, and what looks like a number, a date or a boolean. */
const anything = fc.oneof(
	fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
	fc.double(),
	fc.stringMatching(/^[ +-]?0?[0-9]{1,17}(\.[0-9]{0,3})?(e[0-9])? ?$/),
	fc.stringMatching(/^0[xbo][0-9a-f]{1,4}$/),
	fc.stringMatching(
		/^[12][0-9]{3}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(Z|[+-][0-2][0-9]:?[0-6][0-9])?)?$/,
	),
);

describe('a whole number', () => {
	test('comes back exactly as it was written', () => {
		fc.assert(
			fc.property(fc.maxSafeInteger(), (number) => {
				expect(integerOf(number)).toBe(number);
				expect(integerOf(String(number))).toBe(number);
				expect(integerOf(` ${number}\n`)).toBe(number);
				expect(integerOf(BigInt(number))).toBe(number);
			}),
			options,
		);
	});

	test('is taken only where its digits are those that were given', () => {
		fc.assert(
			fc.property(anything, (given) => {
				const number = integerOf(given);
				if (number === undefined) return;
				expect(Number.isSafeInteger(number)).toBe(true);
				expect(['string', 'number', 'bigint']).toContain(typeof given);
				expect(String(number)).toBe(Object.is(given, -0) ? '0' : String(given).trim());
				expect(Object.is(number, -0)).toBe(false);
			}),
			options,
		);
	});

	test('beyond 2^53 is none', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }), (big) => {
				for (const given of [big, -big, String(big), String(-big), Number(big)]) {
					expect(integerOf(given)).toBeUndefined();
				}
			}),
			options,
		);
	});
});

test('a number is one, or the decimal text of one', () => {
	fc.assert(
		fc.property(anything, (given) => {
			const number = numberOf(given);
			if (number === undefined) return;
			expect(Number.isFinite(number)).toBe(true);
			expect(['string', 'number']).toContain(typeof given);
			expect(number).toBe(Number(given));
			if (typeof given === 'string') expect(given.trim()).toMatch(/^-?\d+(\.\d+)?$/);
		}),
		options,
	);
	expect(['', ' ', '1e3', '0x10', '.5', '5.', 'NaN', '00.5', '+1'].map(numberOf)).toEqual(
		Array(9).fill(undefined),
	);
	expect([' 0.1 ', '-2', 1.5].map(numberOf)).toEqual([0.1, -2, 1.5]);
});

describe('text', () => {
	test('has the exact digits of a number, and stays as it is', () => {
		fc.assert(
			fc.property(anything, (given) => {
				const text = stringOf(given);
				if (text === undefined) return;
				if (typeof given === 'string') expect(text).toBe(given);
				else if (typeof given === 'bigint') expect(BigInt(text)).toBe(given);
				else {
					expect(text).toMatch(/^-?\d+(\.\d+)?$/);
					expect(Number(text) === given).toBe(true);
					expect(Math.abs(given as number)).toBeLessThan(2 ** 53);
				}
			}),
			options,
		);
	});

	test.each([NaN, Infinity, -Infinity, 2 ** 53, 1e21, 1e-7, true, null, undefined, {}, [5]])(
		'is not %p',
		(given) => expect(stringOf(given)).toBeUndefined(),
	);
});

test('a boolean is one, or its word in any case', () => {
	for (const yes of [true, 'true', 'True', ' TRUE\n']) expect(booleanOf(yes)).toBe(true);
	for (const no of [false, 'false', 'False ']) expect(booleanOf(no)).toBe(false);
	const others = [1, 0, '', 'yes', '1', [true], {}, null, undefined, 'constructor', NaN];
	expect(others.map(booleanOf)).toEqual(others.map(() => undefined));
});

/** Zones of every kind: half hours, both hemispheres, changes at midnight, a day that was left out. */
const zones = [
	'UTC',
	'Asia/Shanghai',
	'America/New_York',
	'Europe/Berlin',
	'America/Sao_Paulo',
	'Australia/Lord_Howe',
	'Pacific/Apia',
	'Pacific/Kiritimati',
	'Africa/Casablanca',
	'Asia/Kathmandu',
	'Asia/Tehran',
	'Africa/Monrovia',
	'America/St_Johns',
	'Asia/Gaza',
	'Africa/Cairo',
	'America/Scoresbysund',
	'Antarctica/Troll',
	'Pacific/Chatham',
	'Asia/Pyongyang',
	'America/Caracas',
	...Intl.supportedValuesOf('timeZone'),
];
const zone = fc.constantFrom(...zones);
/** From 1970 to 2100, in milliseconds; a day from the start, where no zone is before it. */
const moment = fc.integer({ min: 86_400_000, max: 4_102_444_800_000 });

const two = (number: number) => String(number).padStart(2, '0');

/** Wall times, impossible ones among them. */
const wallText = fc
	.record({
		year: fc.integer({ min: 1971, max: 2100 }),
		month: fc.integer({ min: 0, max: 13 }),
		day: fc.integer({ min: 0, max: 32 }),
		hour: fc.integer({ min: 0, max: 25 }),
		minute: fc.integer({ min: 0, max: 60 }),
		seconds: fc.constantFrom('', ':00', ':59', ':60', ':07.25', ':07.999999'),
		between: fc.constantFrom('T', ' '),
	})
	.map(
		({ year, month, day, hour, minute, seconds, between }) =>
			`${year}-${two(month)}-${two(day)}${between}${two(hour)}:${two(minute)}${seconds}`,
	);

/** Changes of the clocks, where it is easiest to be wrong. */
const nearChange = fc
	.record({
		change: fc.constantFrom<[string, string]>(
			['America/New_York', '2026-03-08T02'],
			['America/New_York', '2026-11-01T01'],
			['Europe/Berlin', '2026-03-29T02'],
			['Europe/Berlin', '2026-10-25T02'],
			['Australia/Lord_Howe', '2026-04-05T01'],
			['Australia/Lord_Howe', '2026-10-04T02'],
			['America/Sao_Paulo', '2018-11-04T00'],
			['America/Sao_Paulo', '2018-02-17T23'],
			['Pacific/Apia', '2011-12-30T12'],
			['Antarctica/Troll', '2026-03-29T02'],
			['Asia/Gaza', '2026-03-28T02'],
		),
		minute: fc.integer({ min: 0, max: 59 }),
	})
	.map(({ change: [name, hour], minute }) => [name, `${hour}:${two(minute)}:00`] as const);

const iso = (text: string) => text.replace(' ', 'T');

describe('a date', () => {
	test('of a moment is the one that luxon shows in the same zone', () => {
		fc.assert(
			fc.property(moment, zone, fc.integer({ min: 0, max: 2 }), (at, name, form) => {
				const there = DateTime.fromMillis(at, { zone: name });
				const given = [there, new Date(at), new Date(at).toISOString()][form];
				expect(dateOf(given, 'unix', () => name)).toBe(Math.floor(at / 1000));
				expect(dateOf(given, 'milliseconds', () => name)).toBe(at);
				expect(dateOf(given, 'day', () => name)).toBe(there.toFormat('yyyy-MM-dd'));
				expect(dateOf(given, 'second', () => name)).toBe(there.toFormat('yyyy-MM-dd HH:mm:ss'));
			}),
			options,
		);
	});

	const agrees = (text: string, name: string) => {
		const taken = dateOf(text, 'milliseconds', () => name);
		const theirs = DateTime.fromISO(iso(text), { zone: name });
		if (taken === undefined) {
			// An hour 24 is all that luxon takes beside.
			if (theirs.isValid) expect(text).toMatch(/[T ]24:00/);
			return false;
		}
		expect(theirs.isValid).toBe(true);
		// Where the clocks show the same twice, luxon's choice depends on the season: ours is the first.
		const first = Math.min(...theirs.getPossibleOffsets().map((one) => one.toMillis()));
		expect(taken).toBe(first);
		expect(dateOf(text, 'unix', () => name)).toBe(Math.floor(first / 1000));
		// Wall times stay as they are written, even those that the zone does not have.
		expect(dateOf(text, 'day', () => name)).toBe(text.slice(0, 10));
		expect(String(dateOf(text, 'second', () => name)).slice(0, 16)).toBe(
			text.slice(0, 16).replace('T', ' '),
		);
		return true;
	};

	test('without a zone is the one that luxon reads in the zone of the workflow', () => {
		let taken = 0;
		fc.assert(
			fc.property(wallText, zone, (text, name) => {
				if (agrees(text, name)) taken += 1;
			}),
			{ numRuns: 5000 },
		);
		expect(taken).toBeGreaterThan(1000);
	});

	test('in a gap or an overlap of the clocks, too', () => {
		fc.assert(
			fc.property(nearChange, ([name, text]) => {
				expect(agrees(text, name)).toBe(true);
			}),
			options,
		);
		const at = (text: string, name: string) =>
			new Date(dateOf(text, 'milliseconds', () => name) as number).toISOString();
		// Half past two does not exist, half past one exists twice.
		expect(at('2026-03-08T02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
		expect(at('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
		expect(at('2011-12-30T12:00', 'Pacific/Apia')).toBe('2011-12-30T22:00:00.000Z');
	});

	test('with a zone of its own is the one that luxon reads, and does not need the workflow', () => {
		const offset = fc.oneof(
			fc.constantFrom('Z', 'z', '+08', '-0330', '+24:00', '+08:60', '-00:00'),
			fc
				.tuple(
					fc.constantFrom('+', '-'),
					fc.integer({ min: 0, max: 14 }),
					fc.constantFrom('00', '30', '45'),
				)
				.map(([sign, hours, minutes]) => `${sign}${two(hours)}:${minutes}`),
		);
		fc.assert(
			fc.property(wallText, offset, (text, zoned) => {
				const taken = dateOf(`${text}${zoned}`, 'milliseconds', () => {
					throw new Error('asked');
				});
				if (taken === undefined) return;
				expect(taken).toBe(
					DateTime.fromISO(iso(text) + zoned.toUpperCase(), { zone: 'UTC' }).toMillis(),
				);
			}),
			options,
		);
	});

	test('of a number is a Unix timestamp, in seconds or in milliseconds', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (seconds) => {
				for (const given of [seconds, String(seconds), BigInt(seconds), seconds + 0.25]) {
					expect(dateOf(given, 'unix', UTC)).toBe(seconds);
				}
			}),
			options,
		);
		fc.assert(
			fc.property(fc.integer({ min: 1e11, max: 253_402_300_799_999 }), (at) => {
				expect(dateOf(at, 'unix', UTC)).toBe(Math.floor(at / 1000));
				expect(dateOf(String(at), 'milliseconds', UTC)).toBe(at);
			}),
			options,
		);
		expect(dateOf(1769817600, 'day', UTC)).toBe('2026-01-31');
		expect(dateOf('1769817600000', 'second', () => 'Asia/Shanghai')).toBe('2026-01-31 08:00:00');
	});

	test.each([
		// A day in few digits is not a moment in August 1970.
		['day', 20260131],
		['day', '20260131'],
		['second', 99_999_999],
		['unix', -1],
		['unix', '-1'],
		['unix', 253_402_300_800_000],
		['unix', NaN],
		['unix', Infinity],
		['unix', ''],
		['unix', true],
		['unix', null],
		['unix', [1769817600]],
		['unix', { ts: 5 }],
		['unix', new Date(NaN)],
		['unix', new Date(-1)],
		['unix', DateTime.invalid('because')],
		['unix', '1969-12-31T23:59:59Z'],
		['unix', '2026-01-31T08'],
		['unix', '2026-01-31T08:00:00Z[UTC]'],
		['unix', 'Sat, 31 Jan 2026 08:00:00 GMT'],
		['unix', '2026-02-29'],
		['day', '31.1.2026'],
		['day', '2026-1-31'],
		['second', '2026-01-31 25:00'],
		['second', '2026-01-31 08:00:61'],
		['second', '2026-01-31T24:00'],
	] as const)('as %s is not %p', (format, given) => {
		expect(dateOf(given, format, UTC)).toBeUndefined();
	});

	test('at the very ends of the years 1970 and 9999', () => {
		expect(dateOf('1970-01-01T00:00:00Z', 'unix', UTC)).toBe(0);
		expect(dateOf('9999-12-31 23:59:59', 'second', UTC)).toBe('9999-12-31 23:59:59');
		expect(dateOf('1970-01-01 00:00', 'unix', () => 'Asia/Shanghai')).toBeUndefined();
		expect(dateOf('9999-12-31 23:00', 'unix', () => 'America/New_York')).toBeUndefined();
		expect(dateOf('9999-12-31T23:00:00Z', 'day', () => 'Asia/Shanghai')).toBeUndefined();
	});

	test('may come from another realm', () => {
		const date: unknown = runInNewContext('new Date("2026-01-31T00:00:00Z")');
		expect(date).not.toBeInstanceOf(Date);
		expect(dateOf(date, 'unix', UTC)).toBe(1769817600);
	});

	test('of a zone that there is not is an error, but only where the zone matters', () => {
		const nowhere = () => 'Nowhere/Else';
		expect(() => dateOf('2026-01-31', 'unix', nowhere)).toThrow(RangeError);
		expect(() => dateOf(new Date(1e12), 'day', nowhere)).toThrow(RangeError);
		expect(dateOf('2026-01-31', 'day', nowhere)).toBe('2026-01-31');
		expect(dateOf(new Date(1e12), 'unix', nowhere)).toBe(1e9);
	});
});

describe('JSON', () => {
	test('has no inexact number exactly where it comes back as it was', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const text = JSON.stringify(value);
				const inexact = inexactNumber(JSON.parse(text), text);
				if (inexact) expect(Math.abs(Number(inexact.number))).toBeGreaterThan(2 ** 53 - 1);
				else {
					const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[\d.eE+-]*/g) ?? [];
					for (const number of numbers) expect(Math.abs(Number(number))).toBeLessThan(2 ** 53);
				}
			}),
			options,
		);
	});

	test('names the number as it was written, not one in a text', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }), fc.string(), (big, note) => {
				const text = `{"note": ${JSON.stringify(`${note}"${big}`)}, "one": 1, "rooms": [{"id": -${big}}]}`;
				expect(inexactNumber(JSON.parse(text), text)).toEqual({ field: 'id', number: `-${big}` });
			}),
			options,
		);
	});

	test('does not take long over a long text', () => {
		const text = `{"a": "${'\\"x'.repeat(2_000_000)}", "b": 9007199254740993}`;
		expect(inexactNumber(JSON.parse(text), text)).toEqual({
			field: 'b',
			number: '9007199254740993',
		});
	});

	test('of a value that holds itself is none', () => {
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		expect(() => inexactNumber(circle)).toThrow(TypeError);
	});
});

test('anything can be shown, and a long value is cut', () => {
	fc.assert(
		fc.property(anything, (given) => {
			expect(shown(given)).toMatch(/^"[^]{0,61}"$/);
			for (const format of ['day', 'second', 'unix', 'milliseconds'] as const) {
				dateOf(given, format, UTC);
			}
		}),
		options,
	);
	expect(shown(NaN)).toBe('"NaN"');
	expect(shown(undefined)).toBe('"undefined"');
	expect(shown(5n)).toBe('"5"');
	expect(shown({ a: [1] })).toBe('"{"a":[1]}"');
	expect(shown(new Date(NaN))).toBe('"Invalid Date"');
});
