import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Field, Operation, Resource } from '../types';
import {
	callOptions,
	fileOptions,
	listOptions,
	simplifyOption,
	taskOptions,
	waitOption,
	waitOptions,
} from './options';

type Show = NonNullable<IDisplayOptions['show']>;

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

/** By ID first: the listing actions are not offered everywhere. */
const locator = ({ placeholder }: Field, searchListMethod: string): Shape => ({
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	modes: [
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder },
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod, searchable: true },
		},
	],
});

/** The n8n type of a field and what comes with it. */
function shapeOf(field: Field): Shape {
	if (field.locator) return locator(field, field.locator);
	switch (field.kind) {
		case 'string':
			return {
				type: field.format === 'json' ? 'json' : 'string',
				// An empty JSON editor would be marked as wrong.
				default: field.default ?? (field.format === 'json' ? '{}' : ''),
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
			return { type: 'json', default: '{}' };
		case 'group':
			return frame(field, false);
		case 'rows':
			return frame(field, true);
	}
}

/** What came with a later version of the node is not shown in nodes of an earlier one. */
const fromVersion = (since = 1): Show =>
	since > 1 ? { '@version': [{ _cnd: { gte: since } }] } : {};

const displayOptionsOf = (show: Show): Pick<INodeProperties, 'displayOptions'> =>
	Object.keys(show).length > 0 ? { displayOptions: { show } } : {};

function property(field: Field, show = fromVersion(field.since)): INodeProperties {
	const { displayName, name, description, placeholder } = field;
	const common = {
		displayName,
		name,
		description,
		...(field.required && !('mayBeEmpty' in field) && { required: true }),
		...(placeholder && !field.locator && { placeholder }),
		...displayOptionsOf(show),
	};
	return { ...common, ...shapeOf(field) };
}

/**
 * A choice among entries of the table. In a new node the first operation that changes nothing is chosen,
 * one that every version of the node has.
 */
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
		...('action' in entry && {
			action: entry.action,
			...displayOptionsOf(fromVersion(entry.since)),
		}),
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
	const chosen = entries.find((entry) =>
		'readOnly' in entry ? entry.readOnly && (entry.since ?? 1) === 1 : entry.default,
	);
	return { ...common, default: (chosen ?? entries[0]).value };
}

const byName = (a: INodeProperties, b: INodeProperties) =>
	a.displayName.toLowerCase() < b.displayName.toLowerCase() ? -1 : 1;

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

interface Entry {
	resource: Resource;
	operation: Operation;
}

/** Shows a property for these operations; their values differ between resources, so no others match. */
function showFor(entries: Entry[], since = 1): Show {
	const first = Math.min(...entries.map(({ operation }) => operation.since ?? 1));
	return {
		resource: [...new Set(entries.map(({ resource }) => resource.value))],
		operation: [...new Set(entries.map(({ operation }) => operation.value))],
		...fromVersion(Math.max(first, since)),
	};
}

/** Groups entries by something they share, in order of appearance. */
function groupBy<K>(entries: Entry[], keys: (operation: Operation) => K[]): Map<K, Entry[]> {
	const groups = new Map<K, Entry[]>();
	for (const entry of entries) {
		for (const key of keys(entry.operation)) groups.set(key, [...(groups.get(key) ?? []), entry]);
	}
	return groups;
}

/** What a user should know of an action before building on it. */
function noticeOf({ sites, availability }: Operation): string[] {
	const texts = [];
	if (sites.length === 1) {
		texts.push(
			`Only the ${sites[0] === 'china' ? 'China' : 'international'} site offers this action.`,
		);
	}
	if (availability === 'deprecated') {
		texts.push(
			'Tencent Cloud has taken this action out of newer SDKs: it may answer that it is no longer offered.',
		);
	}
	return texts.length > 0 ? [texts.join(' ')] : [];
}

function notice(displayName: string, entries: Entry[], index: number): INodeProperties {
	return {
		displayName,
		name: `notice${index}`,
		type: 'notice',
		default: '',
		displayOptions: { show: showFor(entries) },
	};
}

const withShow = (show: Show) => (option: INodeProperties) => ({
	...option,
	displayOptions: { show: { ...show, ...option.displayOptions?.show } },
});

/** The node's whole panel, made from the table. */
export function buildProperties(resources: Resource[]): INodeProperties[] {
	const all = resources.flatMap((resource) =>
		resource.operations.map((operation) => ({ resource, operation })),
	);
	const additional = all.flatMap(({ resource, operation }) => {
		const { optional = [] } = operation;
		if (optional.length === 0) return [];
		const inner = optional.map((field) => property(field));
		const show = showFor([{ resource, operation }]);
		return [collection('Additional Fields', 'additionalFields', inner, show)];
	});
	/** Shows an option for the operations that have what it is about. */
	const where = (has: (operation: Operation) => unknown): Show =>
		showFor(all.filter(({ operation }) => has(operation)));
	const tasks = where(({ task }) => task);
	return [
		choice('Resource', 'resource', resources),
		...resources.map(({ value, operations }) =>
			choice('Operation', 'operation', operations, { show: { resource: [value] } }),
		),
		...[...groupBy(all, noticeOf)].map(([text, entries], index) => notice(text, entries, index)),
		// A field that several operations share is one property.
		...[...groupBy(all, ({ fields }) => fields)].map(([field, entries]) =>
			property(field, showFor(entries, field.since)),
		),
		withShow(tasks)(waitOption),
		collection('Wait Options', 'waitOptions', waitOptions, {
			...tasks,
			waitUntilFinished: [true],
		}),
		...listOptions.map(withShow(where(({ list }) => list?.page))),
		...fileOptions.map(withShow(where(({ task }) => task?.files))),
		withShow(where(({ simplify }) => simplify))(simplifyOption),
		...additional,
		collection('Options', 'options', [...callOptions, ...taskOptions], tasks),
		collection(
			'Options',
			'options',
			callOptions,
			where(({ task }) => !task),
		),
	];
}
