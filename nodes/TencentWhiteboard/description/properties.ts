import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Field, GroupField, Operation, Resource, RowsField, Site } from '../types';
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
} from './options';

type Show = NonNullable<IDisplayOptions['show']>;

type Shape = Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties>;

/** The frame n8n puts around fields that belong together. */
function frame(field: GroupField | RowsField, isAdded: boolean): Shape {
	const { displayName } = field;
	const isRows = field.kind === 'rows';
	const values = field.fields.flatMap((inner) => properties(inner));
	// A group that somebody has added is open at once. Elsewhere n8n breaks over such a default.
	const open = { values: Object.fromEntries(values.map((inner) => [inner.name, inner.default])) };
	return {
		type: 'fixedCollection',
		default: isAdded && !isRows ? open : {},
		placeholder: `Add ${isRows ? field.row : displayName}`,
		typeOptions: { multipleValues: isRows, hideEmptyMessage: true },
		options: [{ displayName, name: 'values', values }],
	};
}

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
function shapeOf(field: Field, isAdded: boolean): Shape {
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
			return {
				type: 'options',
				options,
				default: field.default ?? options[0].value,
				...(field.open && { allowArbitraryValues: true }),
			};
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
				? {
						type: 'multiOptions',
						options: field.options,
						default: [],
						...(field.open && { allowArbitraryValues: true }),
					}
				: { type: 'string', default: '' };
		case 'json':
			return { type: 'json', default: '{}' };
		// Its ends are what the panel shows.
		case 'range':
			return { type: 'hidden', default: '' };
		case 'group':
		case 'rows':
			return frame(field, isAdded);
	}
}

/** What came with a later version of the node is not shown in nodes of an earlier one. */
const fromVersion = (since = 1): Show =>
	since > 1 ? { '@version': [{ _cnd: { gte: since } }] } : {};

const displayOptionsOf = (show: Show): Pick<INodeProperties, 'displayOptions'> =>
	Object.keys(show).length > 0 ? { displayOptions: { show } } : {};

/** @param isAdded Whether the field is shown only when somebody has added it */
function property(field: Field, show: Show, isAdded: boolean): INodeProperties {
	const { displayName, name, description, placeholder } = field;
	// Where a switch or another parameter can stand for it, the node itself says what is missing.
	const isReplaceable = 'mayBeEmpty' in field || field.removal || field.kind === 'range';
	const common = {
		displayName,
		name,
		description,
		...(field.required && !isReplaceable && { required: true }),
		...(placeholder && !field.locator && { placeholder }),
		...displayOptionsOf(show),
	};
	return { ...common, ...shapeOf(field, isAdded) };
}

/** A field as n8n's properties: most are one, and some need others beside it. */
export function properties(
	field: Field,
	show = fromVersion(field.since),
	isAdded = false,
): INodeProperties[] {
	if (field.kind === 'range') {
		// They are required only where there is no list in their place.
		const hide: IDisplayOptions['hide'] = { [field.name]: [{ _cnd: { exists: true } }] };
		return [
			property(field, show, isAdded),
			...field.ends.map((end) => ({
				...property(end, show, isAdded),
				displayOptions: { show, hide },
			})),
		];
	}
	if (!field.removal) return [property(field, show, isAdded)];
	const { name } = field.removal;
	return [
		{ ...field.removal, type: 'boolean', default: false, ...displayOptionsOf(show) },
		property(field, { ...show, [name]: [false] }, isAdded),
	];
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
		for (const key of keys(entry.operation)) {
			const group = groups.get(key);
			if (group) group.push(entry);
			else groups.set(key, [entry]);
		}
	}
	return groups;
}

const SITES: Record<Site, string> = { international: 'international', china: 'China' };

/** What a user should know of an action before building on it. */
function noticeOf({ sites, deprecated = [] }: Operation): string[] {
	if (sites.length !== 1) return [];
	const texts = [
		`Only the ${SITES[sites[0]]} site offers this action`,
		...deprecated.map((site) => `newer SDKs of the ${SITES[site]} site have dropped it`),
	];
	return [texts.join('; ')];
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

const optionsOf = ({ task }: Operation): INodeProperties[] => [
	...callOptions,
	...(task ? taskOptions : []),
	...(task?.files ? downloadOptions : []),
];

/** A property that is not the same for all operations that have it: one for those for which it is. */
function variants(
	entries: Entry[],
	keys: (operation: Operation) => unknown[],
	make: (operation: Operation, show: Show) => INodeProperties,
): INodeProperties[] {
	return [...groupBy(entries, keys).values()].map((alike) =>
		make(alike[0].operation, showFor(alike)),
	);
}

const withShow = (show: Show) => (option: INodeProperties) => ({
	...option,
	displayOptions: { show: { ...show, ...option.displayOptions?.show } },
});

/**
 * The node's whole panel, made from the table.
 *
 * @param anywhere Operations whose fields are shown with any resource, whether it lists them or not
 */
export function buildProperties(
	resources: Resource[],
	anywhere: Operation[] = [],
): INodeProperties[] {
	const all = resources.flatMap((resource) =>
		[...resource.operations, ...anywhere].map((operation) => ({ resource, operation })),
	);
	const additional = all.flatMap(({ resource, operation }) => {
		const { optional = [] } = operation;
		if (optional.length === 0) return [];
		const inner = optional.flatMap((field) => properties(field, fromVersion(field.since), true));
		const show = showFor([{ resource, operation }]);
		return [collection('Additional Fields', 'additionalFields', inner, show)];
	});
	/** Shows an option for the operations that have what it is about. */
	const where = (has: (operation: Operation) => unknown): Show =>
		showFor(all.filter(({ operation }) => has(operation)));
	const givesAtOnce = (operation: Operation) => givesFiles(operation, false);
	const givesLater = (operation: Operation) =>
		givesFiles(operation, true) && !givesAtOnce(operation);
	return [
		choice('Resource', 'resource', resources),
		...resources.map(({ value, operations }) =>
			choice('Operation', 'operation', operations, { show: { resource: [value] } }),
		),
		...[...groupBy(all, noticeOf)].map(([text, entries], index) => notice(text, entries, index)),
		// A field that several operations share is one property.
		...[...groupBy(all, ({ fields }) => fields)].flatMap(([field, entries]) =>
			properties(field, showFor(entries, field.since)),
		),
		...variants(
			all,
			({ task }) => (task ? [task.waitHint] : []),
			({ task }, show) => withShow(show)(waitOption(task)),
		),
		withShow({ ...where(callsBack), waitUntilFinished: [true] })(waitModeOption),
		...variants(
			all,
			({ task }) => (task ? [task.timeout] : []),
			({ task }, show) =>
				collection('Wait Options', 'waitOptions', waitOptions(task), {
					...show,
					waitUntilFinished: [true],
				}),
		),
		...listOptions.map(withShow(where(({ list }) => list?.page))),
		...fileOptions.map(withShow(where(givesAtOnce))),
		...fileOptions.map(withShow({ ...where(givesLater), waitUntilFinished: [true] })),
		withShow(where(({ simplify }) => simplify))(simplifyOption),
		...additional,
		...variants(
			all,
			(operation) => [optionsOf(operation).length],
			(operation, show) => collection('Options', 'options', optionsOf(operation), show),
		),
	];
}
