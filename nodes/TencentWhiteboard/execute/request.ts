import type { IDataObject } from 'n8n-workflow';

import type { Outcome } from '../transport/errors';
import type { Field } from '../types';

/** A bad input, as an outcome: nothing was sent. */
export function refuse(headline: string, hint: string): Outcome<never> {
	return { ok: false, fault: { kind: 'final', code: '', headline, hint, untouched: true } };
}

/** A parameter's value, taken out of a resource locator. */
function plain(value: unknown): unknown {
	return value !== null && typeof value === 'object' && '__rl' in value
		? (value as unknown as { value: unknown }).value
		: value;
}

function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null || value === '') return true;
	return typeof value === 'object' && Object.keys(value).length === 0;
}

const shown = (value: unknown) => {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
};

const range = (min: number | undefined, max: number | undefined) => {
	if (max !== undefined) return `a whole number from ${min ?? 0} to ${max}`;
	if (min === 1) return 'a positive whole number';
	return min === undefined ? 'a whole number' : `a whole number of at least ${min}`;
};

/** The value in the type that the API wants, or what it must be instead. */
function coerce(field: Field, value: unknown): { value: unknown } | { mustBe: string } {
	switch (field.kind) {
		case 'string': {
			const text = typeof value === 'number' ? String(value) : value;
			if (typeof text !== 'string') return { mustBe: 'text' };
			return field.maxLength !== undefined && text.length > field.maxLength
				? { mustBe: `at most ${field.maxLength} characters long` }
				: { value: text.trim() };
		}
		case 'integer': {
			const { min, max } = field;
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			const fits =
				typeof number === 'number' &&
				Number.isSafeInteger(number) &&
				number >= (min ?? -Infinity) &&
				number <= (max ?? Infinity);
			return fits ? { value: number } : { mustBe: range(min, max) };
		}
		case 'boolean':
			return typeof value === 'boolean' ? { value } : { mustBe: 'true or false' };
		case 'options':
			return field.options.some((option) => option.value === value)
				? { value }
				: { mustBe: `one of ${field.options.map((option) => option.value).join(', ')}` };
	}
}

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
	const body: IDataObject = {};
	for (const field of fields) {
		const given = plain(read(field.name));
		const value = typeof given === 'string' ? given.trim() : given;
		if (isEmpty(value)) {
			if (!field.required) continue;
			return refuse(
				`${field.displayName} is empty for item ${itemIndex}`,
				`Fill in the parameter ${field.displayName} (${field.api})`,
			);
		}
		const coerced = coerce(field, value);
		if ('mustBe' in coerced) {
			return refuse(
				`${field.displayName} must be ${coerced.mustBe}, but item ${itemIndex} has ${shown(value)}`,
				`Correct the parameter ${field.displayName} (${field.api}), or the expression in it`,
			);
		}
		body[field.api] = coerced.value as IDataObject[string];
	}
	return { ok: true, value: body };
}
