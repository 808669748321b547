import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Field, Operation, Resource } from '../types';
import { callOptions, taskOptions, waitOptions } from './options';

/** The n8n type of a field and what comes with it. */
function typeOf(
	field: Field,
): Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties> {
	switch (field.kind) {
		case 'string':
			return { type: 'string', default: field.default ?? '' };
		case 'boolean':
			return { type: 'boolean', default: field.default ?? false };
		case 'options':
			return {
				type: 'options',
				options: field.options,
				default: field.default ?? field.options[0].value,
			};
		case 'integer':
			if (field.locator) {
				return {
					type: 'resourceLocator',
					default: { mode: 'id', value: '' },
					modes: [
						{ displayName: 'By ID', name: 'id', type: 'string', placeholder: field.placeholder },
					],
				};
			}
			return {
				type: 'number',
				typeOptions: { minValue: field.min, maxValue: field.max, numberPrecision: 0 },
				default: field.default ?? field.min ?? 0,
			};
	}
}

function property(field: Field, show: IDisplayOptions['show']): INodeProperties {
	const { displayName, name, description, placeholder, hint } = field;
	const common = {
		displayName,
		name,
		description,
		...(field.required && { required: true }),
		...(placeholder && !('locator' in field) && { placeholder }),
		...(hint && { hint }),
		displayOptions: { show },
	};
	return { ...common, ...typeOf(field) };
}

/** A choice among entries of the table; the first one is the default. */
function choice(
	displayName: string,
	name: string,
	entries: Array<Resource | Operation>,
	displayOptions?: IDisplayOptions,
): INodeProperties {
	const options = entries.map((entry) => ({
		name: entry.name,
		value: entry.value,
		description: entry.description,
		...('action' in entry && { action: entry.action }),
	}));
	const common = {
		displayName,
		name,
		type: 'options' as const,
		noDataExpression: true,
		options,
		default: '',
		...(displayOptions && { displayOptions }),
	};
	return { ...common, default: options[0].value };
}

function propertiesOf(resource: Resource, operation: Operation): INodeProperties[] {
	const show = { resource: [resource.value], operation: [operation.value] };
	return operation.fields.map((field) => property(field, show));
}

/** The node's whole panel, made from the table. */
export function buildProperties(resources: Resource[]): INodeProperties[] {
	const all = resources.flatMap((resource) =>
		resource.operations.map((operation) => ({ resource, operation })),
	);
	const withTask = all.filter(({ operation }) => operation.task);
	const showTask = {
		resource: [...new Set(withTask.map(({ resource }) => resource.value))],
		operation: withTask.map(({ operation }) => operation.value),
	};
	return [
		choice('Resource', 'resource', resources),
		...resources.map(({ value, operations }) =>
			choice('Operation', 'operation', operations, { show: { resource: [value] } }),
		),
		...all.flatMap(({ resource, operation }) => propertiesOf(resource, operation)),
		{
			displayName: 'Wait Until Finished',
			name: 'waitUntilFinished',
			type: 'boolean',
			default: false,
			description: 'Whether to look again and again until the task has ended',
			displayOptions: { show: showTask },
		},
		{
			displayName: 'Wait Options',
			name: 'waitOptions',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: { show: { ...showTask, waitUntilFinished: [true] } },
			options: waitOptions,
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: { show: showTask },
			options: [...callOptions, ...taskOptions].sort((a, b) => a.name.localeCompare(b.name)),
		},
	];
}
