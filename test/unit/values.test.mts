/** Values one by one; what holds for all of them is in properties. */
import { describe, expect, test } from '@jest/globals';

import {
	dateOf,
	inexactNumber,
	integerOf,
	kindOf,
	numberOf,
	shown,
	stringOf,
} from '../../nodes/TencentWhiteboard/execute/values.ts';

const UTC = () => 'UTC';
const none = (list: unknown[]) => list.map(() => undefined);

test('the kind of a value', () => {
	const values = [{}, [], new Date(), null, undefined, 5, Object.create(null)];
	expect(values.map(kindOf)).toEqual([
		'Object',
		'Array',
		'Date',
		'Null',
		'Undefined',
		'Number',
		'Object',
	]);
});

test('whole numbers', () => {
	expect(['0', '-1', ' 10\n', '907', 5n, -0, 7].map(integerOf)).toEqual([0, -1, 10, 907, 5, 0, 7]);
	const others = ['-0', '01', '-01', '1.0', 'a1', '1a', '', ' ', '1 2', 1.5, true, null, [1]];
	expect(others.map(integerOf)).toEqual(none(others));
});

test('numbers', () => {
	const taken = ['0', '0.05', '-10.50', ' 3 ', 1e30, -0.5];
	expect(taken.map(numberOf)).toEqual([0, 0.05, -10.5, 3, 1e30, -0.5]);
	const others = ['00', '01.5', '1.', '.5', '1,5', 'x1', '1x', '1.5x', '--1', 5n, NaN, Infinity];
	expect(others.map(numberOf)).toEqual(none(others));
});

test('texts', () => {
	const most = Number.MAX_SAFE_INTEGER;
	const taken = ['', ' a ', 0, -1.5, most, -most, 10n ** 30n];
	expect(taken.map(stringOf)).toEqual([
		'',
		' a ',
		'0',
		'-1.5',
		`${most}`,
		`-${most}`,
		`1${'0'.repeat(30)}`,
	]);
	const others = [most + 1, -most - 1, 1e-7, NaN, Infinity, true, null, undefined, {}, ['a']];
	expect(others.map(stringOf)).toEqual(none(others));
});

describe('dates', () => {
	const milliseconds = (value: unknown, zone = 'UTC') => dateOf(value, 'milliseconds', () => zone);
	const DAY = Date.UTC(2026, 0, 31);
	const hours = (count: number) => DAY + count * 3_600_000;

	test.each([
		['2026-01-31', DAY],
		['2026-01-31T08:00', hours(8)],
		['2026-01-31t08:00z', hours(8)],
		['2026-01-31 08:00:01', hours(8) + 1000],
		['2026-01-31T08:00:01.5', hours(8) + 1500],
		['2026-01-31T08:00:01.05Z', hours(8) + 1050],
		['2026-01-31T08:00:01.1239999Z', hours(8) + 1123],
		['2026-01-31T08:00:00Z', hours(8)],
		['2026-01-31T08:00:00 Z', hours(8)],
		['2026-01-31T08:00+08', hours(0)],
		['2026-01-31T08:00+0830', hours(-0.5)],
		['2026-01-31T08:00 +08:30', hours(-0.5)],
		['2026-01-31T08:00-08', hours(16)],
		['2026-01-31T08:00-08:45', hours(16.75)],
		['2026-01-31T08:00+23:59', hours(8) - 86_340_000],
		[' 2026-01-31T08:00Z\n', hours(8)],
		['2026-01-31T08:00+00:00', hours(8)],
	])('%s is taken', (text, moment) => {
		expect(milliseconds(text)).toBe(moment);
	});

	test.each([
		'x2026-01-31',
		'2026-01-31x',
		'02026-01-31',
		'2026-01-31  08:00',
		'2026-01-31T8:00',
		'2026-01-31T08:0',
		'2026-01-31T08:00:0',
		'2026-01-31T08:00:00.',
		'2026-01-31T08:00.5',
		'2026-01-31T08:00  Z',
		'2026-01-31T08:00Zx',
		'2026-01-31T08:00+8',
		'2026-01-31T08:00+08:3',
		'2026-01-31T08:00+24',
		'2026-01-31T08:00+08:60',
		'2026-01-31Z',
		'2026-02-29',
		'2026-04-31',
		'2026-00-10',
	])('%s is not', (text) => {
		expect(milliseconds(text)).toBeUndefined();
	});

	test('a number counts seconds, or milliseconds from 1e11 on', () => {
		expect(
			[0, 5, '1e3', 99_999_999_999, 1e11, '100000000000'].map((one) => milliseconds(one)),
		).toEqual([0, 5000, undefined, 99_999_999_999_000, 1e11, 1e11]);
		expect(milliseconds(0.25)).toBe(250);
		expect(milliseconds(-0.001)).toBeUndefined();
		expect(milliseconds(1e11 + 0.5)).toBe(1e11);
	});

	test('a day or a time of a number needs a number that cannot be a day', () => {
		expect(dateOf(1e8, 'day', UTC)).toBe('1973-03-03');
		expect(dateOf(1e8 - 1, 'day', UTC)).toBeUndefined();
		expect(dateOf(1e8, 'second', UTC)).toBe('1973-03-03 09:46:40');
		expect(dateOf(1e8 - 1, 'second', UTC)).toBeUndefined();
		expect(dateOf(1e8 - 1, 'unix', UTC)).toBe(1e8 - 1);
	});

	test('the first and the last moment', () => {
		expect(milliseconds(new Date(0))).toBe(0);
		expect(milliseconds('9999-12-31T23:59:59.999Z')).toBe(253_402_300_799_999);
		expect(milliseconds(253_402_300_800_000)).toBeUndefined();
		expect(milliseconds('1970-01-01', 'Asia/Shanghai')).toBeUndefined();
		expect(milliseconds('1970-01-01T08:00', 'Asia/Shanghai')).toBe(0);
		expect(dateOf(new Date(0), 'second', () => 'America/New_York')).toBeUndefined();
		expect(dateOf(new Date(0), 'second', () => 'Asia/Shanghai')).toBe('1970-01-01 08:00:00');
	});

	test('an object is a DateTime only if it says so', () => {
		const dateTime = { isLuxonDateTime: true, valueOf: () => DAY };
		expect(milliseconds(dateTime)).toBe(DAY);
		for (const value of [
			{ ...dateTime, isLuxonDateTime: 1 },
			{ valueOf: () => DAY },
			null,
			[DAY],
		]) {
			expect(milliseconds(value)).toBeUndefined();
		}
	});

	test('a wall time is kept to the millisecond in any zone', () => {
		expect(milliseconds('2026-01-31T08:00:00.123', 'America/New_York')).toBe(hours(13) + 123);
		expect(milliseconds('2026-07-31T08:00:00.123', 'America/New_York')).toBe(
			Date.UTC(2026, 6, 31, 12, 0, 0, 123),
		);
		expect(dateOf(new Date(DAY + 999), 'second', () => 'America/New_York')).toBe(
			'2026-01-30 19:00:00',
		);
	});

	test('where the clocks change', () => {
		const at = (text: string) =>
			new Date(milliseconds(text, 'Europe/Berlin') as number).toISOString().slice(0, 16);
		expect(at('2026-03-29T01:59')).toBe('2026-03-29T00:59');
		expect(at('2026-03-29T02:30')).toBe('2026-03-29T01:30');
		expect(at('2026-03-29T03:00')).toBe('2026-03-29T01:00');
		expect(at('2026-10-25T01:59')).toBe('2026-10-24T23:59');
		expect(at('2026-10-25T02:30')).toBe('2026-10-25T00:30');
		expect(at('2026-10-25T03:00')).toBe('2026-10-25T02:00');
	});
});

describe('a number that JSON cannot hold', () => {
	const BIG = '9007199254740993';
	const of = (text: string) => inexactNumber(JSON.parse(text), text);

	test('is named as it was written, and the first one only', () => {
		expect(of(`{"a": 1, "b": ${BIG}, "c": 1e400}`)).toEqual({ field: 'b', number: BIG });
		expect(of(`{"a": [-${BIG}]}`)).toEqual({ field: '0', number: `-${BIG}` });
		expect(of('{"a": 1E+400}')).toEqual({ field: 'a', number: '1E+400' });
		expect(of('1.5e300')).toEqual({ field: '', number: '1.5e300' });
		expect(of('{"a": 12345678901234567890.5}')).toEqual({
			field: 'a',
			number: '12345678901234567890.5',
		});
	});

	test('is not the one in a text before it', () => {
		const same = '9007199254740992';
		expect(of(`{"t": "${same}", "a": ${BIG}}`)).toEqual({ field: 'a', number: BIG });
		for (const text of [BIG, `\\" ${BIG}`, `\\\\`, `\\\\\\"${BIG}`, '']) {
			expect(of(`{"t": "${text}", "a": ${BIG}0}`)).toEqual({ field: 'a', number: `${BIG}0` });
			expect(of(`{"t": "${text}", "a": 1}`)).toBeUndefined();
		}
	});

	test('is named as it is where nobody knows how it was written', () => {
		expect(inexactNumber({ a: 2 ** 53 })).toEqual({ field: 'a', number: '9007199254740992' });
		expect(inexactNumber({ a: 2 ** 53 }, '{}')).toEqual({ field: 'a', number: '9007199254740992' });
		expect(inexactNumber([-Infinity])).toEqual({ field: '0', number: '-Infinity' });
		expect(inexactNumber({ a: 2 ** 53 - 1, b: -(2 ** 53 - 1), c: 'x' })).toBeUndefined();
	});
});

test('what a message shows', () => {
	const long = 'x'.repeat(60);
	expect(shown(long)).toBe(`"${long}"`);
	expect(shown(`${long}y`)).toBe(`"${long}…"`);
	expect(shown(null)).toBe('"null"');
	expect(shown([1, 'a'])).toBe('"[1,"a"]"');
	expect(shown(Symbol('a'))).toBe('"Symbol(a)"');
	expect(shown(new Date(NaN))).toBe('"Invalid Date"');
	expect(shown({ isLuxonDateTime: true, toString: () => 'Invalid DateTime' })).toBe(
		'"Invalid DateTime"',
	);
	const unreadable = {
		toJSON() {
			throw new Error('no');
		},
	};
	expect(shown(unreadable)).toBe('"Object"');
	expect(shown([unreadable])).toBe('"Array"');
});
