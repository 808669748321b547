import type { IDataObject } from 'n8n-workflow';

import { isObject, parseJson } from '../text';
import { failed, inputFault } from '../transport/errors';
import type { Failed, Outcome } from '../transport/errors';
import type { DateField, Field, ListField, StringField } from '../types';

/** A bad input, as an outcome: nothing was sent. */
export const refuse = (message: string, hint: string): Failed => failed(inputFault(message, hint));

/** Stands for a value that must not be shown. */
const HIDDEN = Symbol('hidden');

/** A value in the type that the API wants, or what it must be instead; `at` says where inside of it. */
type Coerced = { value: unknown } | { mustBe: string; at?: string[]; given?: unknown };

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

function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null || value === '') return true;
	return typeof value === 'object' && Object.keys(value).length === 0;
}

function asString(field: StringField, value: unknown): Coerced {
	const { format, pattern, maxLength, maxLengthUnit = 'characters' } = field;
	if (format === 'json') {
		const text = typeof value === 'string' ? value : JSON.stringify(value);
		return parseJson(text) === undefined ? { mustBe: 'valid JSON' } : { value: text };
	}
	const text = typeof value === 'number' ? String(value) : value;
	if (typeof text !== 'string') return { mustBe: 'text' };
	const length = maxLengthUnit === 'bytes' ? Buffer.byteLength(text) : text.length;
	if (maxLength !== undefined && length > maxLength) {
		return { mustBe: `at most ${maxLength} ${maxLengthUnit} long` };
	}
	if (format === 'url' && !/^https?:\/\/\S+$/i.test(text)) {
		return { mustBe: 'a URL that begins with http:// or https://' };
	}
	if (pattern && !new RegExp(pattern.source).test(text)) return { mustBe: pattern.means };
	return { value: text };
}

function asInteger({ min, max }: { min?: number; max?: number }, value: unknown): Coerced {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const fits =
		typeof number === 'number' &&
		Number.isSafeInteger(number) &&
		number >= (min ?? -Infinity) &&
		number <= (max ?? Infinity);
	if (fits) return { value: number };
	if (max !== undefined) return { mustBe: `a whole number from ${min ?? 0} to ${max}` };
	if (min === 1) return { mustBe: 'a positive whole number' };
	return {
		mustBe: min === undefined ? 'a whole number' : `a whole number of at least ${min}`,
	};
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?).*)?$/;

/** Days and moments keep the wall time they are written in; only Unix seconds depend on a time zone. */
function asDate({ format }: DateField, value: unknown): Coerced {
	if (format === 'unix') {
		const seconds = typeof value === 'number' ? value : Number(value);
		if (Number.isSafeInteger(seconds) && seconds >= 0) return { value: seconds };
		const moment = Date.parse(String(value));
		return Number.isNaN(moment)
			? { mustBe: 'a date and time such as 2026-01-31T08:00:00Z, or Unix seconds' }
			: { value: Math.floor(moment / 1000) };
	}
	const [, day, time = '00:00:00'] = DATE.exec(String(value)) ?? [];
	const valid = day !== undefined && !Number.isNaN(Date.parse(`${day}T${time}Z`));
	if (format === 'day') return valid ? { value: day } : { mustBe: 'a day such as 2026-01-31' };
	return valid
		? { value: `${day} ${time.padEnd(8, ':00')}` }
		: { mustBe: 'a date and time such as 2026-01-31 08:00:00' };
}

function asList({ of, options, minItems, maxItems }: ListField, value: unknown): Coerced {
	const parsed = typeof value === 'string' && value.startsWith('[') ? parseJson(value) : value;
	const entries = Array.isArray(parsed) ? parsed : String(parsed).split(',');
	const list: unknown[] = [];
	for (const entry of entries) {
		const trimmed = typeof entry === 'string' ? entry.trim() : entry;
		if (trimmed === '') continue;
		const coerced: Coerced =
			of === 'integer'
				? asInteger({}, trimmed)
				: { value: typeof trimmed === 'object' ? JSON.stringify(trimmed) : String(trimmed) };
		if ('mustBe' in coerced) return { mustBe: 'a list of whole numbers' };
		if (options && !options.some((option) => option.value === coerced.value)) {
			return { mustBe: `a list of ${options.map((option) => option.value).join(', ')}` };
		}
		list.push(coerced.value);
	}
	if (list.length < (minItems ?? 0)) return { mustBe: `a list of at least ${minItems} entries` };
	if (list.length > (maxItems ?? Infinity))
		return { mustBe: `a list of at most ${maxItems} entries` };
	return { value: list };
}

function coerce(field: Field, value: unknown): Coerced {
	switch (field.kind) {
		case 'string':
			return asString(field, value);
		case 'integer':
			return asInteger(field, value);
		case 'boolean': {
			const known = { true: true, false: false }[String(value)];
			return known === undefined ? { mustBe: 'true or false' } : { value: known };
		}
		case 'options':
			return field.options.some((option) => option.value === value)
				? { value }
				: { mustBe: `one of ${field.options.map((option) => option.value).join(', ')}` };
		case 'date':
			return asDate(field, value);
		case 'list':
			return asList(field, value);
		case 'json': {
			const parsed = parseJson(value);
			return parsed !== null && typeof parsed === 'object'
				? { value: parsed }
				: { mustBe: 'a JSON object or list' };
		}
		case 'group':
			return isObject(value)
				? coerceAll(field.fields, (name) => value[name])
				: { mustBe: 'a group of fields' };
		case 'rows': {
			const rows: unknown[] = [];
			for (const [index, row] of (Array.isArray(value) ? value : [value]).entries()) {
				if (!isObject(row)) return { mustBe: 'a list of rows' };
				const coerced = coerceAll(field.fields, (name) => row[name]);
				if ('mustBe' in coerced) {
					return { ...coerced, at: [`row ${index + 1}`, ...(coerced.at ?? [])] };
				}
				rows.push(coerced.value);
			}
			return { value: rows };
		}
	}
}

/** Coerces fields into one object, leaving out what is empty. */
function coerceAll(fields: Field[], read: (name: string) => unknown): Coerced {
	const object: IDataObject = {};
	for (const field of fields) {
		const value = plain(field, read(field.name));
		const empty = isEmpty(value);
		if (empty && !field.required) continue;
		if (empty && 'mayBeEmpty' in field) {
			object[field.api] = '';
			continue;
		}
		if (empty && field.kind !== 'group') return { mustBe: '', at: [field.displayName] };
		// A required group may be empty: the API then wants an empty object.
		const coerced = coerce(field, empty ? {} : value);
		if ('mustBe' in coerced) {
			const { mustBe, at = [], given = value } = coerced;
			return { mustBe, at: [field.displayName, ...at], given: 'secret' in field ? HIDDEN : given };
		}
		object[field.api] = coerced.value as IDataObject[string];
	}
	return { value: object };
}

const shown = (value: unknown) => {
	if (value === HIDDEN) return 'something else';
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
};

/**
 * Makes the request body of one item. Empty values are left out, others put into the API's types.
 *
 * @param read Gives the item's value of a parameter
 * @returns the body, or which parameter is wrong and what it must be
 */
export function buildBody(
	fields: Field[],
	read: (name: string) => unknown,
	itemIndex: number,
): Outcome<IDataObject> {
	const coerced = coerceAll(fields, read);
	if ('value' in coerced) return { ok: true, value: coerced.value as IDataObject };
	const { mustBe, at = [], given } = coerced;
	const name = at.join(' → ');
	if (!mustBe) {
		return refuse(`${name} is empty for item ${itemIndex}`, `Fill in the parameter ${name}`);
	}
	return refuse(
		`${name} must be ${mustBe}, but item ${itemIndex} has ${shown(given)}`,
		`Correct the parameter ${name}, or the expression in it`,
	);
}
