import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	callOptions,
	callsBack,
	downloadOptions,
	fileOptions,
	givesFiles,
	listOptions,
	simplifyOption,
	taskOptions,
	waitModeOption,
	waitOption,
	waitOptions,
} from '../description/options';
import { isObject } from '../text';
import type { Outcome } from '../transport/errors';
import type { Operation } from '../types';
import { refuseValue } from './request';
import { booleanOf, integerOf, numberOf, shown } from './values';

/** One item's settings. Times in seconds, as in the panel. */
export interface Settings {
	/** Absent: do not wait. */
	wait?: {
		mode: 'polling' | 'callback';
		pollInterval: number;
		timeout: number;
		onTimeout: 'error' | 'lastState';
	};
	/** For lists that come in pages. */
	returnAll: boolean;
	limit: number;
	simplify: boolean;
	output: 'task' | 'files';
	downloadFiles: boolean;
	binaryPropertyName: string;
	/** Megabytes; 0 for no limit. */
	maxFileSize: number;
	onTaskFailure: 'error' | 'output';
	/** Empty: the credential's. */
	region: string;
	language: string;
	requestTimeout: number;
}

type Read = (name: string) => unknown;

/** What settings depend on. */
type Subject = Partial<Pick<Operation, 'api' | 'task' | 'list' | 'simplify' | 'optional'>>;

/** Settings that are read from one place: the parameters themselves, or a collection among them. */
interface Group {
	properties: INodeProperties[];
	collection?: { name: string; displayName: string };
	/** Whether they apply; if not, all have their defaults. `wait`: whether to wait. */
	applies(wait: unknown): unknown;
}

function groupsOf(operation: Subject): Group[] {
	const { task, list, simplify } = operation;
	return [
		{ properties: [waitOption(task)], applies: () => task },
		{ properties: [waitModeOption], applies: (wait) => wait && callsBack(operation) },
		{
			properties: waitOptions(task),
			collection: { name: 'waitOptions', displayName: 'Wait Options' },
			applies: (wait) => wait,
		},
		{ properties: listOptions, applies: () => list?.page },
		{ properties: [simplifyOption], applies: () => simplify },
		{ properties: fileOptions, applies: (wait) => givesFiles(operation, wait) },
		{
			properties: [...downloadOptions, ...taskOptions, ...callOptions],
			collection: { name: 'options', displayName: 'Options' },
			applies: () => true,
		},
	];
}

/** Every setting as the panel has it. */
export const settingProperties = groupsOf({}).flatMap(({ properties }) => properties);

/** A million seconds are eleven days: longer than any task, and within what a timer takes. */
const MAX = 1e6;

/** The value of a setting, or what it must be instead. */
function coerce(
	{ type, options, typeOptions, default: fallback }: INodeProperties,
	given: unknown,
): { value: unknown } | { mustBe: string } {
	const value = typeof given === 'string' ? given.trim() : given;
	switch (type) {
		case 'options': {
			const values = (options as INodePropertyOptions[]).map((option) => option.value);
			return values.includes(value as string)
				? { value }
				: { mustBe: `one of ${values.join(', ')}` };
		}
		case 'number': {
			const { minValue = 0, numberPrecision } = typeOptions ?? {};
			const number = (numberPrecision === 0 ? integerOf(value) : numberOf(value)) ?? NaN;
			return number >= minValue && number <= MAX
				? { value: number }
				: { mustBe: `a ${numberPrecision === 0 ? 'whole ' : ''}number from ${minValue} to ${MAX}` };
		}
		case 'boolean': {
			const known = booleanOf(value);
			return known === undefined ? { mustBe: 'true or false' } : { value: known };
		}
		default:
			// Text may be empty only where that is the default.
			return typeof value === 'string' && (value !== '' || fallback === '')
				? { value }
				: { mustBe: 'text' };
	}
}

/** The entries of a collection; where nothing is set there may be nothing at all. */
export function readCollection(
	displayName: string,
	value: unknown,
	itemIndex: number,
): Outcome<Read> {
	if (value === undefined || value === null || value === '') {
		return { ok: true, value: () => undefined };
	}
	return isObject(value)
		? { ok: true, value: (name) => value[name] }
		: refuseValue(displayName, 'a group of fields', itemIndex, shown(value));
}

/**
 * Reads the settings of one item, each with its default and limits from the panel.
 *
 * @param read Gives the item's value of a parameter
 */
export function readSettings(operation: Subject, read: Read, itemIndex: number): Outcome<Settings> {
	const settings: IDataObject = {};
	for (const { properties, collection, applies } of groupsOf(operation)) {
		let from: Read = () => undefined;
		if (applies(settings.waitUntilFinished)) {
			const entries: Outcome<Read> = collection
				? readCollection(collection.displayName, read(collection.name), itemIndex)
				: { ok: true, value: read };
			if (!entries.ok) return entries;
			from = entries.value;
		}
		for (const property of properties) {
			const { name, displayName, default: fallback } = property;
			const given = from(name) ?? undefined;
			const coerced = given === undefined ? { value: fallback } : coerce(property, given);
			if ('mustBe' in coerced) {
				return refuseValue(displayName, coerced.mustBe, itemIndex, shown(given));
			}
			settings[name] = coerced.value as IDataObject[string];
		}
	}
	const { waitUntilFinished, waitMode: mode, pollInterval, timeout, onTimeout, ...rest } = settings;
	return {
		ok: true,
		value: {
			...rest,
			...(waitUntilFinished === true && { wait: { mode, pollInterval, timeout, onTimeout } }),
		} as unknown as Settings,
	};
}
