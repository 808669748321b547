/**
 * What people and expressions write, as values of a type: each way in one place. A value is taken exactly
 * or not at all: `undefined` says that it is not of the type.
 */

/** `Date`, `Array` and the like. Of objects from another realm, too: an expression may have been evaluated in one. */
export const kindOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);

const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Big integers have exact digits as well. */
const written = (value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Text as the number that it is, where it has the form; anything but text stays as it is. */
const numeric = (value: unknown, form: RegExp) =>
	typeof value === 'string' && form.test(value.trim()) ? Number(value) : value;

/**
 * A whole number, or text in plain digits. "00123" and "0x10" are not: to who wrote them they are another
 * room than 123 and 16.
 */
export function integerOf(value: unknown): number | undefined {
	const number = numeric(written(value), INTEGER);
	// No negative zero.
	return Number.isSafeInteger(number) ? (number as number) + 0 : undefined;
}

/** A number, or text in plain digits with or without a point. */
export function numberOf(value: unknown): number | undefined {
	const number = numeric(value, DECIMAL);
	return Number.isFinite(number) ? (number as number) : undefined;
}

/** Whether a number still has the digits that it was written with. */
const isExact = (number: number) => Math.abs(number) <= Number.MAX_SAFE_INTEGER;

/** Text, or a number in its exact digits. */
export function stringOf(value: unknown): string | undefined {
	const text = written(value);
	if (typeof text === 'string') return text;
	if (typeof text !== 'number' || !isExact(text)) return undefined;
	const digits = String(text);
	return digits.includes('e') ? undefined : digits;
}

/** True or false, also as text in any case. */
export function booleanOf(value: unknown): boolean | undefined {
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (text === true || text === 'true') return true;
	return text === false || text === 'false' ? false : undefined;
}

/** Milliseconds. */
const DAY = 86_400_000;
/** The first moment after the year 9999. */
const END = 253_402_300_800_000;
/** Unix numbers from here on are milliseconds: as seconds they would be in the year 5138. */
const MILLISECONDS_FROM = 1e11;
/** Smaller numbers are not taken for timestamps where a date is wanted: 20260131 is a day, not in 1970. */
const TIMESTAMPS_FROM = 1e8;

/** A moment, or a wall time without a zone, counted as if it were UTC. Milliseconds from 1970 to 9999. */
type Time = { moment: number } | { wall: number };

/** A Date, or a luxon DateTime as n8n's `$now` is one. */
const isTimeObject = (value: unknown): value is object =>
	value !== null &&
	typeof value === 'object' &&
	(kindOf(value) === 'Date' || (value as { isLuxonDateTime?: unknown }).isLuxonDateTime === true);

const isWithin = (time: number) => time >= 0 && time < END;

/** `2026-01-31`, with or without `T08:00`, `:00`, `.123` and `Z`, `+08:00`, `+0800` or `+08`. */
const ISO =
	/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)?))?)?$/i;

function timeOfText(text: string): Time | undefined {
	const match = ISO.exec(text);
	if (!match) return undefined;
	const [, day, time = '00:00', seconds = '00', fraction = '', utc, sign, hours, minutes] = match;
	const whole = `${day}T${time}:${seconds}.000Z`;
	const base = Date.parse(whole);
	// Date.parse takes 2026-02-30 for the second of March, and 24:00 for the day after.
	if (Number.isNaN(base) || new Date(base).toISOString() !== whole) return undefined;
	const wall = base + Number(fraction.slice(0, 3).padEnd(3, '0'));
	if (!utc && !sign) return { wall };
	if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
	const offset = utc ? 0 : (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000;
	return { moment: sign === '-' ? wall + offset : wall - offset };
}

/** @param least Numbers below it, in seconds, are not timestamps */
function timeOf(value: unknown, least: number): Time | undefined {
	const number = isTimeObject(value) ? undefined : numeric(written(value), DECIMAL);
	let time: Time | undefined;
	if (isTimeObject(value)) time = { moment: Number(value) };
	else if (typeof number === 'number') {
		if (number < least) return undefined;
		time = { moment: number < MILLISECONDS_FROM ? number * 1000 : number };
	} else if (typeof value === 'string') time = timeOfText(value.trim());
	return time && isWithin('wall' in time ? time.wall : time.moment) ? time : undefined;
}

/** Making one takes longer than all else here. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
	const known = clocks.get(zone);
	if (known) return known;
	const clock = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	clocks.set(zone, clock);
	return clock;
}

/** What a zone's clocks show at a moment, counted as if it were UTC. */
function wallOf(moment: number, zone: string): number {
	const parts = Object.fromEntries(
		clockOf(zone)
			.formatToParts(moment)
			.map(({ type, value }) => [type, Number(value)]),
	);
	const { year, month, day, hour, minute, second } = parts;
	const milliseconds = moment - Math.floor(moment / 1000) * 1000;
	return Date.UTC(year, month - 1, day, hour, minute, second) + milliseconds;
}

/**
 * The moment at which a zone's clocks show a wall time: the first of two where they were put back, and in a
 * gap where they were put forward as much later as the gap is long.
 */
function momentOf(wall: number, zone: string): number {
	const offsetAt = (moment: number) => wallOf(moment, zone) - moment;
	const before = wall - offsetAt(wall - DAY);
	const after = wall - offsetAt(wall + DAY);
	return [before, after].find((moment) => wallOf(moment, zone) === wall) ?? before;
}

export type DateFormat = 'day' | 'second' | 'unix' | 'milliseconds';

/**
 * A date in the form that an action wants: `2026-01-31`, `2026-01-31 08:00:00`, Unix seconds or Unix
 * milliseconds. Understood are DateTime, Date, ISO text, and Unix timestamps in seconds or milliseconds.
 *
 * @param zone The workflow's time zone: text without one is in it, and so are the days and times that come out
 * @throws RangeError when there is no such zone
 */
export function dateOf(
	value: unknown,
	format: DateFormat,
	zone: () => string,
): string | number | undefined {
	const isUnix = format === 'unix' || format === 'milliseconds';
	const time = timeOf(value, isUnix ? 0 : TIMESTAMPS_FROM);
	if (!time) return undefined;
	if (isUnix) {
		const moment = 'moment' in time ? time.moment : momentOf(time.wall, zone());
		if (!isWithin(moment)) return undefined;
		return Math.floor(format === 'unix' ? moment / 1000 : moment);
	}
	const wall = 'wall' in time ? time.wall : wallOf(time.moment, zone());
	if (!isWithin(wall)) return undefined;
	const text = new Date(wall).toISOString();
	return format === 'day' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}

/** A number that JSON cannot hold exactly, and the name of the field that has it. */
export interface Inexact {
	field: string;
	/** As it was written, where that is known. */
	number: string;
}

/**
 * The first number in a JSON value that has lost digits, or is none, as NaN; undefined where all are exact.
 *
 * @param text What the value was parsed from
 * @throws TypeError when the value is not JSON: it holds itself, for one
 */
export function inexactNumber(value: unknown, text?: string): Inexact | undefined {
	let found: { field: string; number: number } | undefined;
	JSON.stringify(value, (field: string, one: unknown) => {
		if (typeof one === 'number' && !isExact(one)) found ??= { field, number: one };
		return one;
	});
	if (!found) return undefined;
	const { field, number } = found;
	// One token at a time: a pattern of whole strings would need a stack as deep as they are long.
	let inString = false;
	for (const [token] of text?.matchAll(/\\.|"|-?\d[\d.eE+-]*/g) ?? []) {
		if (token === '"') inString = !inString;
		else if (!inString && Number(token) === number) return { field, number: token };
	}
	return { field, number: String(number) };
}

/** What a message shows of a value: in quotes, cut where it is long. */
export function shown(value: unknown): string {
	let text: string;
	try {
		const isPlain = typeof value === 'object' && !isTimeObject(value);
		text = String(isPlain ? JSON.stringify(value) : value);
	} catch {
		text = kindOf(value);
	}
	return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
