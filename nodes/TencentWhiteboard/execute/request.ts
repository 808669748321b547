import type { IDataObject } from 'n8n-workflow';

import { isObject, parseJson, textOf } from '../text';
import type { Page } from '../transport/codes';
import { failed, inputFault } from '../transport/errors';
import type { Failed, Outcome } from '../transport/errors';
import type { DateField, Field, ListField, RangeField, Removal, StringField } from '../types';
import { booleanOf, dateOf, inexactNumber, integerOf, kindOf, shown, stringOf } from './values';

/** A bad input, as an outcome: nothing was sent. */
export const refuse = (message: string, hint: string, page?: Page): Failed =>
	failed({ ...inputFault(message, hint), page });

/** A parameter that is not what it must be. */
export const refuseValue = (
	name: string,
	mustBe: string,
	itemIndex: number,
	/** As the message shows it. */
	given: string,
	advice = '',
): Failed =>
	refuse(
		`'${name}' must be ${mustBe}, but item ${itemIndex} has ${given}`,
		`Correct the parameter '${name}', or the expression in it${advice}`,
	);

/** For who wrote what is a number elsewhere. */
const PLAIN_DIGITS = `: whole numbers are taken in plain digits, without leading zeros, plus sign, point or exponent, up to ${Number.MAX_SAFE_INTEGER}`;

/** Stands for a value that must not be shown. */
const HIDDEN = Symbol('hidden');

/** What a value must be instead of what it is; `at` says where inside of it. */
interface Wrong {
	mustBe: string;
	at?: string[];
	given?: unknown;
	/** How to write it, if the sentence does not say that. */
	advice?: string;
}

/** A value in the type that the API wants, none where it is left out, or what is wrong. */
type Coerced = { value?: unknown } | Wrong;

/** What is wrong, and in which field. */
type Placed = { value?: unknown } | (Wrong & { at: string[] });

/** Fields in one object, or which of them is wrong. */
type CoercedFields = { value: IDataObject } | (Wrong & { at: string[] });

/** The workflow's time zone. */
type Zone = () => string;

/** Gives the item's value of a parameter. */
type Read = (name: string) => unknown;

/** A parameter's value, taken out of a resource locator or the frame that n8n puts around groups and rows. */
function plain(field: Field, value: unknown): unknown {
	if (typeof value === 'string') {
		const text = value.trim();
		const isJson = field.kind === 'json' || ('format' in field && field.format === 'json');
		return isJson && text === '{}' ? '' : text;
	}
	if (!isObject(value)) return value;
	if ('__rl' in value) return plain(field, value.value);
	if ((field.kind === 'group' || field.kind === 'rows') && 'values' in value) return value.values;
	return value;
}

/** A Date and the like have no keys either, and are not empty. */
function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null || value === '') return true;
	const isPlain = ['Object', 'Array'].includes(kindOf(value));
	return isPlain && Object.keys(value).length === 0;
}

/** A JSON value as it is, unless a number in it is not exact. */
function asExact(value: unknown, text?: string): Coerced {
	const inexact = inexactNumber(value, text);
	if (!inexact) return { value };
	const { field, number } = inexact;
	return {
		mustBe: `a number up to ${Number.MAX_SAFE_INTEGER}, beyond which digits are lost`,
		at: field ? [field] : [],
		given: number,
	};
}

function asJson(value: unknown): Coerced {
	const mustBe = 'a JSON object';
	const parsed = parseJson(value);
	// A Date and the like would be sent as text, or as null.
	if (!isObject(parsed) || typeof parsed.toJSON === 'function') return { mustBe };
	try {
		return asExact(parsed, typeof value === 'string' ? value : undefined);
	} catch {
		return { mustBe };
	}
}

/** JSON that the API wants as text: text stays as it was written. */
function asJsonText(value: unknown): Coerced {
	const mustBe = 'valid JSON';
	if (typeof value === 'string') return parseJson(value) === undefined ? { mustBe } : { value };
	try {
		const exact = asExact(value);
		const text = JSON.stringify(value) as string | undefined;
		if ('mustBe' in exact) return exact;
		return text === undefined ? { mustBe } : { value: text };
	} catch {
		return { mustBe };
	}
}

function asString(field: StringField, value: unknown): Coerced {
	const { format, pattern, maxLength = Infinity, maxLengthUnit = 'characters' } = field;
	if (format === 'json') return asJsonText(value);
	const text = stringOf(value);
	if (text === undefined) {
		return { mustBe: typeof value === 'number' ? 'text, or a number in exact digits' : 'text' };
	}
	const length = maxLengthUnit === 'bytes' ? Buffer.byteLength(text) : text.length;
	if (length > maxLength) return { mustBe: `at most ${maxLength} ${maxLengthUnit} long` };
	if (format === 'url' && !/^https?:\/\/\S+$/i.test(text)) {
		return { mustBe: 'a URL that begins with http:// or https://' };
	}
	if (pattern && !new RegExp(pattern.source).test(text)) return { mustBe: pattern.means };
	return { value: text };
}

function wholeNumber(min: number | undefined, max: number | undefined): string {
	if (max !== undefined) return `a whole number from ${min ?? 0} to ${max}`;
	if (min === 1) return 'a positive whole number';
	return min === undefined ? 'a whole number' : `a whole number of at least ${min}`;
}

function asInteger({ min, max }: { min?: number; max?: number }, value: unknown): Coerced {
	const number = integerOf(value);
	const mustBe = wholeNumber(min, max);
	if (number === undefined) return { mustBe, advice: PLAIN_DIGITS };
	const fits = number >= (min ?? -Infinity) && number <= (max ?? Infinity);
	return fits ? { value: number } : { mustBe };
}

const DATES: Record<DateField['format'], string> = {
	day: 'a day such as 2026-01-31',
	second: 'a date and time such as 2026-01-31 08:00:00',
	unix: 'a date and time such as 2026-01-31T08:00:00Z, or Unix seconds',
	milliseconds: 'a date and time such as 2026-01-31T08:00:00Z, or Unix milliseconds',
};

function asDate({ format }: DateField, value: unknown, zone: Zone): Coerced {
	const date = dateOf(value, format, zone);
	return date === undefined ? { mustBe: DATES[format] } : { value: date };
}

/** What a list holds: a list, JSON text of one, or text with commas; a single value is a list of one. */
function entriesOf(value: unknown): unknown[] | undefined {
	if (typeof value !== 'string') return Array.isArray(value) ? value : [value];
	if (!value.startsWith('[')) return value.split(',');
	const parsed = parseJson(value);
	return Array.isArray(parsed) ? parsed : undefined;
}

function wrongList({ of, options, open }: ListField): Wrong {
	if (options && !open) {
		return { mustBe: `a list of ${options.map((option) => option.value).join(', ')}` };
	}
	return of === 'integer'
		? { mustBe: 'a list of whole numbers', advice: PLAIN_DIGITS }
		: { mustBe: 'a list of texts' };
}

function asList(field: ListField, value: unknown): Coerced {
	const { of, options, open, minItems = 0, maxItems = Infinity } = field;
	const entries = entriesOf(value);
	if (!entries) return wrongList(field);
	const list: unknown[] = [];
	for (const entry of entries) {
		const trimmed: unknown = typeof entry === 'string' ? entry.trim() : entry;
		if (isEmpty(trimmed)) continue;
		const coerced = of === 'string' ? stringOf(trimmed) : integerOf(trimmed);
		const isOffered = !options || open || options.some((option) => option.value === coerced);
		if (coerced === undefined || !isOffered) return wrongList(field);
		list.push(coerced);
	}
	if (list.length < minItems) return { mustBe: `a list of at least ${minItems} entries` };
	if (list.length > maxItems) return { mustBe: `a list of at most ${maxItems} entries` };
	return { value: list };
}

/** Both ends of a range, given as one list. */
function asRange({ ends }: RangeField, value: unknown, zone: Zone): Coerced {
	const entries = entriesOf(value);
	const moments = ends.map(({ format }, index) => dateOf(entries?.[index], format, zone));
	return entries?.length === ends.length && !moments.includes(undefined)
		? { value: moments }
		: { mustBe: 'two dates, or two Unix timestamps in milliseconds' };
}

function coerce(field: Field, value: unknown, zone: Zone): Coerced {
	switch (field.kind) {
		case 'string':
			return asString(field, value);
		case 'integer':
			return asInteger(field, value);
		case 'boolean': {
			const known = booleanOf(value);
			return known === undefined ? { mustBe: 'true or false' } : { value: known };
		}
		case 'options': {
			// Where they are numbers, an expression may give them as text.
			const chosen = field.options.find((option) => String(option.value) === textOf(value));
			if (field.open) return textOf(value) ? { value: textOf(value) } : { mustBe: 'text' };
			return chosen
				? { value: chosen.value }
				: { mustBe: `one of ${field.options.map((option) => option.value).join(', ')}` };
		}
		case 'date':
			return asDate(field, value, zone);
		case 'list':
			return asList(field, value);
		case 'range':
			return asRange(field, value, zone);
		case 'json':
			return asJson(value);
		case 'group':
			return isObject(value)
				? coerceAll(field.fields, (name) => value[name], zone)
				: { mustBe: 'a group of fields' };
		case 'rows': {
			const rows: unknown[] = [];
			for (const [index, row] of (Array.isArray(value) ? value : [value]).entries()) {
				if (!isObject(row)) return { mustBe: 'a list of rows' };
				const coerced = coerceAll(field.fields, (name) => row[name], zone);
				if ('mustBe' in coerced) {
					return { ...coerced, at: [`row ${index + 1}`, ...coerced.at] };
				}
				rows.push(coerced.value);
			}
			return { value: rows };
		}
	}
}

/** Whether a stored value is to be removed. */
function removes({ name }: Removal, read: Read): Coerced {
	const given = read(name);
	const value = isEmpty(given) ? false : booleanOf(given);
	return value === undefined ? { mustBe: 'true or false', given } : { value };
}

/** What stands for a field that is empty: nothing at all, where that is allowed. */
function coerceEmpty(field: Field, read: Read, zone: Zone): Placed {
	if (!field.required) return {};
	if ('mayBeEmpty' in field) return { value: '' };
	// The API then wants an empty object.
	if (field.kind === 'group') return within(field, coerce(field, {}, zone));
	if (field.kind === 'range') {
		const ends = coerceAll(field.ends, read, zone);
		if ('mustBe' in ends) return ends;
		const [start, end] = Object.values(ends.value) as number[];
		const [first, last] = field.ends;
		return end < start
			? within(last, { mustBe: `later than '${first.displayName}'`, given: read(last.name) })
			: { value: [start, end] };
	}
	const advice = field.removal && `, or switch on '${field.removal.displayName}'`;
	return within(field, { mustBe: '', advice });
}

/** Says in which field it is that something is wrong, and what is there, unless the inner field has said so. */
const within = (
	{ displayName }: Pick<Field, 'displayName'>,
	coerced: Coerced,
	given?: unknown,
): Placed =>
	'mustBe' in coerced ? { given, ...coerced, at: [displayName, ...(coerced.at ?? [])] } : coerced;

function coerceField(field: Field, read: Read, zone: Zone): Placed {
	if (field.removal) {
		const removal = removes(field.removal, read);
		if ('mustBe' in removal) return within(field.removal, removal);
		if (removal.value) return { value: '' };
	}
	const value = plain(field, read(field.name));
	if (isEmpty(value)) return coerceEmpty(field, read, zone);
	return within(field, coerce(field, value, zone), 'secret' in field ? HIDDEN : value);
}

/** Coerces fields into one object, leaving out what is empty. */
function coerceAll(fields: Field[], read: Read, zone: Zone): CoercedFields {
	const object: IDataObject = {};
	for (const field of fields) {
		const coerced = coerceField(field, read, zone);
		if ('mustBe' in coerced) return coerced;
		if ('value' in coerced) object[field.api] = coerced.value as IDataObject[string];
	}
	return { value: object };
}

/**
 * Makes the request body of one item. Empty values are left out, others put into the API's types.
 *
 * @param zone Gives the workflow's time zone, where a date needs it
 * @returns the body, or which parameter is wrong and what it must be
 */
export function buildBody(
	fields: Field[],
	read: Read,
	itemIndex: number,
	zone: Zone,
): Outcome<IDataObject> {
	const coerced = coerceAll(fields, read, zone);
	if ('value' in coerced) return { ok: true, value: coerced.value };
	const { mustBe, at, given, advice = '' } = coerced;
	const name = at.join(' → ');
	if (!mustBe) {
		return refuse(
			`'${name}' is empty for item ${itemIndex}`,
			`Fill in the parameter '${name}'${advice}`,
		);
	}
	const has = given === HIDDEN ? 'something else' : shown(given);
	return refuseValue(name, mustBe, itemIndex, has, advice);
}
