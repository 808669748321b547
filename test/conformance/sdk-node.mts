/** A request's parameters the way a person fills them into the node, field by field of the table. */
import type { INodeParameters } from 'n8n-workflow';

import type { DateField, Field, Operation } from '../../nodes/TencentWhiteboard/types.ts';

type Params = Record<string, unknown>;

/** n8n's date fields give a day and a time, whatever of it the API wants. */
function dateText({ format }: DateField, value: unknown): string {
	if (format === 'unix') return new Date((value as number) * 1000).toISOString();
	if (format === 'milliseconds') return new Date(value as number).toISOString();
	return format === 'day' ? `${String(value)}T00:00:00` : String(value).replace(' ', 'T');
}

function panelValue(field: Field, value: unknown): unknown {
	if (field.locator) return { __rl: true, mode: 'id', value: String(value) };
	switch (field.kind) {
		case 'date':
			return dateText(field, value);
		case 'list':
			return field.options ? value : (value as unknown[]).join(', ');
		case 'group':
			return { values: panelValues(field.fields, value as Params) };
		case 'rows':
			return { values: (value as Params[]).map((row) => panelValues(field.fields, row)) };
		case 'json':
			return JSON.stringify(value);
		default:
			return value;
	}
}

/** What the table has no field for is left out, and then missing in the request. */
function panelValues(fields: readonly Field[], params: Params): INodeParameters {
	const values = fields
		.filter(({ api }) => api in params)
		.flatMap((field): Array<[string, unknown]> => {
			const value = params[field.api];
			if (field.kind !== 'range') return [[field.name, panelValue(field, value)]];
			return field.ends.map((end, index) => [end.name, dateText(end, (value as unknown[])[index])]);
		});
	return Object.fromEntries(values) as INodeParameters;
}

export function nodeParameters(
	resource: string,
	{ value, fields, optional = [], list }: Operation,
	params: Params,
	region: string,
): INodeParameters {
	return {
		resource,
		operation: value,
		...panelValues(fields, params),
		additionalFields: panelValues(optional, params),
		// Offset is the node's own business.
		...(list?.page && { returnAll: false, limit: params.Limit as number }),
		options: { region },
	};
}
