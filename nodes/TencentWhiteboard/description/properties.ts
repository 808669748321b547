import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Field, Operation, Resource } from '../types';
import { callOptions, fileOptions, taskOptions, waitOptions } from './options';

type Shape = Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties>;

/** The frame n8n puts around fields that belong together. */
const frame = (field: { displayName: string; fields: Field[] }, multiple: boolean): Shape => ({
	type: 'fixedCollection',
	default: {},
	placeholder: `Add ${field.displayName}`,
	typeOptions: { multipleValues: multiple },
	options: [
		{
			displayName: field.displayName,
			name: 'values',
			values: field.fields.map((inner) => property(inner)),
		},
	],
});

/** The n8n type of a field and what comes with it. */
function shapeOf(field: Field): Shape {
	switch (field.kind) {
		case 'string':
			return {
				type: field.format === 'json' ? 'json' : 'string',
				default: field.default ?? '',
				...(field.secret && { typeOptions: { password: true } }),
			};
		case 'boolean':
			return { type: 'boolean', default: field.default ?? false };
		case 'options': {
			// What is neither required nor has a default of its own can be left to the service.
			const open = !field.required && field.default === undefined;
			const options = open
				? [{ name: 'Default of the Service', value: '' }, ...field.options]
				: field.options;
			return { type: 'options', options, default: field.default ?? options[0].value };
		}
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
				default: field.default ?? '',
			};
		case 'date':
			return { type: 'dateTime', default: '' };
		case 'list':
			return field.options
				? { type: 'multiOptions', options: field.options, default: [] }
				: { type: 'string', default: '' };
		case 'json':
			return { type: 'json', default: '' };
		case 'group':
			return frame(field, false);
		case 'rows':
			return frame(field, true);
	}
}

function property(field: Field, show?: IDisplayOptions['show']): INodeProperties {
	const { displayName, name, description, placeholder, hint } = field;
	const common = {
		displayName,
		name,
		description,
		...(field.required && { required: true }),
		...(placeholder && !('locator' in field) && { placeholder }),
		...(hint && { hint }),
		...(show && { displayOptions: { show } }),
	};
	return { ...common, ...shapeOf(field) };
}

/** A choice among entries of the table. The default changes nothing: the first one that only reads. */
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
	const harmless = entries.find((entry) => 'readOnly' in entry && entry.readOnly) ?? entries[0];
	return { ...common, default: harmless.value };
}

const byName = (a: INodeProperties, b: INodeProperties) =>
	a.displayName.localeCompare(b.displayName);

function collection(
	displayName: string,
	name: string,
	options: INodeProperties[],
	show: IDisplayOptions['show'],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'collection',
		placeholder: displayName === 'Additional Fields' ? 'Add Field' : 'Add Option',
		default: {},
		displayOptions: { show },
		options: [...options].sort(byName),
	};
}

function propertiesOf(resource: Resource, operation: Operation): INodeProperties[] {
	const show = { resource: [resource.value], operation: [operation.value] };
	const { fields, optional = [] } = operation;
	const properties = fields.map((field) => property(field, show));
	if (optional.length === 0) return properties;
	const inner = optional.map((field) => property(field));
	return [...properties, collection('Additional Fields', 'additionalFields', inner, show)];
}

/** The node's whole panel, made from the table. */
export function buildProperties(resources: Resource[]): INodeProperties[] {
	const all = resources.flatMap((resource) =>
		resource.operations.map((operation) => ({ resource, operation })),
	);
	const shownFor = (has: (operation: Operation) => unknown) => {
		const some = all.filter(({ operation }) => has(operation));
		return {
			resource: [...new Set(some.map(({ resource }) => resource.value))],
			operation: some.map(({ operation }) => operation.value),
		};
	};
	const withTask = shownFor(({ task }) => task);
	const withFiles = shownFor(({ task }) => task?.files);
	const withoutTask = shownFor(({ task }) => !task);
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
			displayOptions: { show: withTask },
		},
		collection('Wait Options', 'waitOptions', waitOptions, {
			...withTask,
			waitUntilFinished: [true],
		}),
		...fileOptions.map((option) => ({
			...option,
			displayOptions: { show: { ...withFiles, ...option.displayOptions?.show } },
		})),
		collection('Options', 'options', [...callOptions, ...taskOptions], withTask),
		...(withoutTask.operation.length > 0
			? [collection('Options', 'options', callOptions, withoutTask)]
			: []),
	];
}
