import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { callOptions, taskOptions, waitOptions } from '../description/options';
import type { Outcome } from '../transport/errors';
import { refuse } from './request';

/** One item's settings. Times in seconds, as in the panel. */
export interface Settings {
	/** Absent: do not wait. */
	wait?: { pollInterval: number; timeout: number; onTimeout: 'error' | 'lastState' };
	onTaskFailure: 'error' | 'output';
	/** Empty: the credential's. */
	region: string;
	language: string;
	requestTimeout: number;
}

/** What the value must be instead, or undefined where it is fine. */
function mustBe(
	{ type, options, typeOptions }: INodeProperties,
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
			: `a number of seconds, at least ${min}`;
	}
	return typeof value === 'string' ? undefined : 'text';
}

/** Reads the settings of one item, each with its default and limits from the panel. */
export function readSettings(
	given: { wait: unknown; waitOptions: IDataObject; options: IDataObject },
	itemIndex: number,
): Outcome<Settings> {
	if (typeof given.wait !== 'boolean') {
		return refuse(
			`Wait Until Finished must be true or false, but item ${itemIndex} has "${String(given.wait)}"`,
			'Correct Wait Until Finished in the node, or the expression in it',
		);
	}
	const settings: IDataObject = {};
	const groups = [
		{ properties: given.wait ? waitOptions : [], values: given.waitOptions },
		{ properties: [...taskOptions, ...callOptions], values: given.options },
	];
	for (const { properties, values } of groups) {
		for (const property of properties) {
			const { name, displayName } = property;
			const raw = values[name] ?? property.default;
			const value = property.type === 'number' && raw !== '' ? Number(raw) : raw;
			const problem = mustBe(property, value);
			if (problem) {
				return refuse(
					`${displayName} must be ${problem}, but item ${itemIndex} has "${String(raw)}"`,
					`Correct ${displayName} in the node, or the expression in it`,
				);
			}
			settings[name] = typeof value === 'string' ? value.trim() : value;
		}
	}
	const { pollInterval, timeout, onTimeout, ...rest } = settings;
	return {
		ok: true,
		value: {
			...rest,
			...(given.wait && { wait: { pollInterval, timeout, onTimeout } }),
		} as unknown as Settings,
	};
}
