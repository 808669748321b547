/**
 * Checks the parameters of any action against its facts, structures and lists included. The first
 * problem found is thrown as the service's error.
 */
import { ApiError } from './api-error.mts';
import { findType, itemType, listsErrorCode, parametersOf } from './facts.mts';
import type { ActionFact, FieldFact } from './facts.mts';
import { isObject } from './params.mts';
import type { Params } from './params.mts';

type Fault = 'type' | 'value';

/**
 * Codes that say more than the common one. They are used only for actions that list them, the first
 * that applies; without any, it is InvalidParameter for a type and InvalidParameterValue for a value.
 */
const FINER_CODES: ReadonlyArray<{
	code: string;
	fault: Fault;
	fits: (field: FieldFact) => boolean;
}> = [
	{
		code: 'InvalidParameter.BodyParameterTypeUnmatched',
		fault: 'type',
		fits: () => true,
	},
	{ code: 'InvalidParameter.UnmarshalJSONBodyFail', fault: 'type', fits: () => true },
	{
		code: 'InvalidParameter.CallbackAddressFormatError',
		fault: 'value',
		fits: ({ name, format }) => format === 'url' && name === 'Callback',
	},
	{
		code: 'InvalidParameter.UrlFormatError',
		fault: 'value',
		fits: ({ name, format }) => format === 'url' && name === 'Url',
	},
	{
		code: 'InvalidParameter.TimeFormat',
		fault: 'value',
		fits: ({ format }) => format?.startsWith('YYYY') ?? false,
	},
	{ code: 'InvalidParameter.InvalidExtra', fault: 'value', fits: ({ name }) => name === 'Extras' },
	{
		code: 'InvalidParameter.InvalidTaskType',
		fault: 'value',
		fits: ({ name }) => name === 'TaskType' || name === 'TaskTypes',
	},
	{
		code: 'InvalidParameter.RecordParameter',
		fault: 'value',
		fits: ({ pattern }) => pattern !== undefined,
	},
];

export function codeFor(action: ActionFact, field: FieldFact, fault: Fault): string {
	const finer = FINER_CODES.find(
		(rule) => rule.fault === fault && rule.fits(field) && listsErrorCode(action, rule.code),
	);
	return finer?.code ?? (fault === 'type' ? 'InvalidParameter' : 'InvalidParameterValue');
}

const isUrl = (text: string) => /^https?:\/\/./.test(text) && URL.canParse(text);

const isJson = (text: string) => {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
};

/** Calendar dates only: 2024-02-30 is none, although Date would make it 1 March. */
const isDate = (text: string) => {
	const date = new Date(`${text}T00:00:00Z`);
	return (
		/^\d{4}-\d\d-\d\d$/.test(text) &&
		!Number.isNaN(date.getTime()) &&
		date.toISOString().startsWith(text)
	);
};

const isDateTime = (text: string) =>
	isDate(text.slice(0, 10)) && /^ ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text.slice(10));

const FORMATS: Record<string, { check: (text: string) => boolean; words: string }> = {
	url: { check: isUrl, words: 'a complete http:// or https:// URL' },
	WIDTHxHEIGHT: { check: (text) => /^\d+x\d+$/.test(text), words: 'of the form 1280x720' },
	'json-string': { check: isJson, words: 'text that is JSON' },
	'#RRGGBB': {
		check: (text) => /^#[0-9a-f]{6}$/i.test(text),
		words: 'a colour of the form #RRGGBB',
	},
	'YYYY-MM-DD': { check: isDate, words: 'a date of the form 2024-01-31' },
	'YYYY-MM-DD HH:mm:ss': {
		check: isDateTime,
		words: 'a date and time of the form 2024-01-31 18:30:00',
	},
};

function stringProblem(text: string, field: FieldFact): string | undefined {
	if (field.maxLength !== undefined) {
		const bytes = field.maxLengthUnit === 'bytes';
		const length = bytes ? Buffer.byteLength(text) : [...text].length;
		if (length > field.maxLength) {
			return `may have ${field.maxLength} ${bytes ? 'bytes' : 'characters'} at most`;
		}
	}
	if (field.pattern !== undefined && !new RegExp(field.pattern, 'u').test(text)) {
		return `must match ${field.pattern}`;
	}
	// An empty text takes a setting away (a callback, say), so it has no format to keep.
	const format = field.format === undefined ? undefined : FORMATS[field.format];
	if (format && text !== '' && !format.check(text)) return `must be ${format.words}`;
	return undefined;
}

function numberProblem(value: number, field: FieldFact): string | undefined {
	const { min, max, exclusiveRange = false } = field;
	const tooSmall = min !== undefined && (exclusiveRange ? value <= min : value < min);
	const tooBig = max !== undefined && (exclusiveRange ? value >= max : value > max);
	if (tooSmall) return `must be ${exclusiveRange ? 'greater than' : 'at least'} ${min}`;
	if (tooBig) return `must be ${exclusiveRange ? 'less than' : 'at most'} ${max}`;
	if (field.unsigned && value < 0) return 'must not be negative';
	return undefined;
}

const ARTICLES: Record<string, string> = {
	String: 'a string',
	Integer: 'an integer',
	Float: 'a number',
	Boolean: 'a boolean',
};

function hasType(value: unknown, type: string): boolean {
	if (itemType(type) !== undefined) return Array.isArray(value);
	if (type === 'String') return typeof value === 'string';
	if (type === 'Boolean') return typeof value === 'boolean';
	if (type === 'Float') return typeof value === 'number';
	if (type === 'Integer') return typeof value === 'number' && Number.isInteger(value);
	return isObject(value);
}

function checkValue(action: ActionFact, value: unknown, field: FieldFact, path: string): void {
	const refuse = (fault: Fault, what: string) =>
		new ApiError(codeFor(action, field, fault), `The parameter ${path} ${what}.`);

	if (!hasType(value, field.type)) {
		const wanted =
			ARTICLES[field.type] ?? (itemType(field.type) === undefined ? 'an object' : 'a list');
		throw refuse('type', `must be ${wanted}`);
	}
	if (field.enum && !field.enum.includes(value as string | number)) {
		throw refuse('value', `must be one of ${field.enum.join(', ')}`);
	}
	const problem =
		typeof value === 'string'
			? stringProblem(value, field)
			: typeof value === 'number'
				? numberProblem(value, field)
				: undefined;
	if (problem) throw refuse('value', problem);

	if (Array.isArray(value)) {
		const { minItems, maxItems, itemsEnum } = field;
		if (minItems !== undefined && value.length < minItems) {
			throw refuse('value', `needs ${minItems} entries at least`);
		}
		if (maxItems !== undefined && value.length > maxItems) {
			throw refuse('value', `may have ${maxItems} entries at most`);
		}
		const item: FieldFact = {
			name: field.name,
			type: itemType(field.type) ?? 'String',
			unsigned: field.unsigned,
			enum: itemsEnum,
		};
		value.forEach((entry, index) => checkValue(action, entry, item, `${path}.${index}`));
	} else if (isObject(value)) {
		checkFields(action, value, findType(field.type)?.fields ?? [], `${path}.`);
	}
}

function checkFields(
	action: ActionFact,
	values: Params,
	fields: readonly FieldFact[],
	prefix: string,
): void {
	for (const name of Object.keys(values)) {
		if (!fields.some((field) => field.name === name)) {
			throw new ApiError('UnknownParameter', `The parameter ${prefix}${name} is not known.`);
		}
	}
	for (const field of fields) {
		// The official SDKs drop null members before they send; null says the same as nothing.
		const value = Object.hasOwn(values, field.name) ? (values[field.name] ?? undefined) : undefined;
		if (value === undefined) {
			if (!field.required) continue;
			throw new ApiError('MissingParameter', `The parameter ${prefix}${field.name} is missing.`);
		}
		checkValue(action, value, field, `${prefix}${field.name}`);
	}
}

export function validateParams(action: ActionFact, params: Params): void {
	checkFields(action, params, parametersOf(action), '');
}
