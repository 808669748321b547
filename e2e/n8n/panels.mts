/** What the panel of each operation has to show, read from the node's own description. */
import { createRequire } from 'node:module';

import type {
	INodeParameters,
	INodeProperties,
	INodeTypeDescription,
	NodeParameterValueType,
} from 'n8n-workflow';

// Its ES modules lack the endings that Node.js wants.
const { NodeHelpers } = createRequire(import.meta.url)(
	'n8n-workflow',
) as typeof import('n8n-workflow');

export interface PanelSpec {
	operation: string;
	/** As the panel shows it. */
	displayName: string;
	/** Everything that can be opened or added is. */
	parameters: INodeParameters;
	/** The texts that stand in the panel: labels, and notices. */
	labels: string[];
	/** Those of them without which the operation does not run. */
	required: string[];
}

export interface ResourceSpec {
	resource: string;
	displayName: string;
	panels: PanelSpec[];
}

interface Choice {
	name: string;
	value: string;
}

const choicesOf = ({ options = [] }: INodeProperties) => options as Choice[];

/** The properties within a collection or within its groups. */
function innerOf({ type, options = [] }: INodeProperties): INodeProperties[] {
	if (type === 'collection') return options as INodeProperties[];
	if (type !== 'fixedCollection') return [];
	return (options as Array<{ values: INodeProperties[] }>).flatMap(({ values }) => values);
}

/** Names and default values, with everything that is in them. */
const filled = (properties: INodeProperties[], all: INodeProperties[]): INodeParameters =>
	Object.fromEntries(properties.map((property) => [property.name, valueOf(property, all)]));

function valueOf(property: INodeProperties, all: INodeProperties[]): NodeParameterValueType {
	const inner = filled(innerOf(property), all);
	switch (property.type) {
		case 'collection':
			return inner;
		case 'fixedCollection':
			return { values: property.typeOptions?.multipleValues ? [inner] : inner };
		case 'boolean': {
			// On or off, whichever shows more.
			const opens = all.flatMap(
				({ displayOptions }) => displayOptions?.show?.[property.name] ?? [],
			);
			return opens.length > 0 ? opens.includes(true) : property.default;
		}
		case 'resourceLocator':
			return { __rl: true, ...(property.default as object) } as NodeParameterValueType;
		default:
			return property.default;
	}
}

function panelOf(
	description: INodeTypeDescription,
	resource: string,
	operation: Choice,
): PanelSpec {
	const { properties } = description;
	const node = { typeVersion: 1 };
	let parameters: INodeParameters = { resource, operation: operation.value };
	let shown: INodeProperties[] = [];
	// What one parameter shows may show another.
	for (let count = -1; shown.length > count; ) {
		count = shown.length;
		shown = properties.filter((property) =>
			NodeHelpers.displayParameter(parameters, property, node, description),
		);
		parameters = { ...filled(shown, properties), ...parameters };
	}
	const visible = shown.filter(({ type }) => type !== 'hidden');
	const withInner = (property: INodeProperties): INodeProperties[] => [
		property,
		...innerOf(property).flatMap(withInner),
	];
	return {
		operation: operation.value,
		displayName: operation.name,
		parameters,
		labels: [...new Set(visible.flatMap(withInner).map(({ displayName }) => displayName))],
		required: visible.filter(({ required }) => required).map(({ displayName }) => displayName),
	};
}

export function panelsOf(description: INodeTypeDescription): ResourceSpec[] {
	const { properties } = description;
	const resources = properties.find(({ name }) => name === 'resource');
	if (!resources) throw new Error(`${description.name} has no resources`);
	return choicesOf(resources).map(({ value: resource, name: displayName }) => {
		const operations = properties.find(
			({ name, displayOptions }) =>
				name === 'operation' && displayOptions?.show?.resource?.includes(resource),
		);
		const panels = operations
			? choicesOf(operations).map((operation) => panelOf(description, resource, operation))
			: [];
		return { resource, displayName, panels };
	});
}
