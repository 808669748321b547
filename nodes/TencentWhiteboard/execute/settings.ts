import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	callOptions,
	fileOptions,
	listOptions,
	simplifyOption,
	taskOptions,
	waitOptions,
} from '../description/options';
import type { Outcome } from '../transport/errors';
import type { Operation } from '../types';
import { refuse } from './request';

/** One item's settings. Times in seconds, as in the panel. */
export interface Settings {
	/** Absent: do not wait. */
	wait?: { pollInterval: number; timeout: number; onTimeout: 'error' | 'lastState' };
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

/** What the value must be instead, or undefined where it is fine. */
function mustBe(
	{ type, options, typeOptions, default: fallback }: INodeProperties,
	value: unknown,
): string | undefined {
	if (type === 'options') {
		const values = (options as INodePropertyOptions[]).map((option) => option.value);
		return values.includes(value as string) ? undefined : `one of ${values.join(', ')}`;
	}
	if (type === 'number') {
		const min = typeOptions?.minValue ?? 0;
		// A million seconds are eleven days: longer than any task, and within what a timer takes.
		return typeof value === 'number' && value >= min && value <= 1e6
			? undefined
			: `a number, at least ${min}`;
	}
	if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false';
	// Text may be empty only where that is the default.
	return typeof value === 'string' && (value !== '' || fallback === '') ? undefined : 'text';
}

/**
 * Reads the settings of one item, each with its default and limits from the panel.
 *
 * @param read Gives the item's value of a parameter
 */
export function readSettings(
	{ task, list, simplify }: Pick<Operation, 'task' | 'list' | 'simplify'>,
	read: (name: string) => unknown,
	itemIndex: number,
): Outcome<Settings> {
	const group = (name: string) => {
		const values = (read(name) ?? {}) as IDataObject;
		return (property: string) => values[property];
	};
	const wait = task ? (read('waitUntilFinished') ?? false) : false;
	if (typeof wait !== 'boolean') {
		return refuse(
			`Wait Until Finished must be true or false, but item ${itemIndex} has "${String(wait)}"`,
			'Correct Wait Until Finished in the node, or the expression in it',
		);
	}
	const unset = () => undefined;
	const settings: IDataObject = {};
	const groups = [
		{ properties: wait ? waitOptions : [], value: group('waitOptions') },
		{ properties: listOptions, value: list?.page ? read : unset },
		{ properties: [simplifyOption], value: simplify ? read : unset },
		{ properties: fileOptions, value: task?.files ? read : unset },
		{ properties: [...taskOptions, ...callOptions], value: group('options') },
	];
	for (const { properties, value: valueOf } of groups) {
		for (const property of properties) {
			const { name, displayName } = property;
			const raw = valueOf(name) ?? property.default;
			const value = property.type === 'number' && raw !== '' ? Number(raw) : raw;
			const text = typeof value === 'string' ? value.trim() : value;
			const problem = mustBe(property, text);
			if (problem) {
				return refuse(
					`${displayName} must be ${problem}, but item ${itemIndex} has "${String(raw)}"`,
					`Correct ${displayName} in the node, or the expression in it`,
				);
			}
			settings[name] = text as IDataObject[string];
		}
	}
	const { pollInterval, timeout, onTimeout, ...rest } = settings;
	return {
		ok: true,
		value: {
			...rest,
			...(wait && { wait: { pollInterval, timeout, onTimeout } }),
		} as unknown as Settings,
	};
}
