/** Walks through a panel: every parameter, choice and text in it. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Facts } from './facts.mts';

export interface Parameter {
	/** The name of its node or credential, and its own. */
	name: string;
	property: INodeProperties;
}

type Nested =
	| INodeProperties
	| INodePropertyOptions
	| { displayName: string; values: INodeProperties[] };

function within(owner: string, properties: readonly Nested[]): Parameter[] {
	return properties.flatMap((nested) => {
		if ('values' in nested) return within(owner, nested.values);
		if (!('type' in nested)) return [];
		return [
			{ name: `${owner}.${nested.name}`, property: nested },
			...within(owner, (nested.options as Nested[] | undefined) ?? []),
		];
	});
}

/** The parameters of all nodes and credentials, and the fields in their collections. */
export const parametersOf = ({ nodes, credentials }: Facts): Parameter[] => [
	...nodes.flatMap(({ description }) => within(description.name, description.properties)),
	...credentials.flatMap(({ name, properties }) => within(name, properties)),
];

export const choicesOf = ({ options = [] }: INodeProperties): INodePropertyOptions[] =>
	(options as Nested[]).filter((option): option is INodePropertyOptions => 'value' in option);

/** The headings of groups of fields. */
const groupsOf = ({ options = [] }: INodeProperties): string[] =>
	(options as Nested[]).flatMap((option) => ('values' in option ? [option.displayName] : []));

export const operationsOf = (facts: Facts): INodePropertyOptions[] =>
	facts.nodes
		.flatMap(({ description }) => description.properties)
		.filter(({ name }) => name === 'operation')
		.flatMap(choicesOf);

/** What is written in Title Case. */
export const titlesOf = (facts: Facts): string[] => [
	...facts.nodes.flatMap(({ description }) => [
		description.displayName,
		String(description.defaults.name),
	]),
	...facts.credentials.map(({ displayName }) => displayName),
	...parametersOf(facts).flatMap(({ property }) => [
		...(property.type === 'notice' ? [] : [property.displayName]),
		...groupsOf(property),
		...(property.type === 'options' || property.type === 'multiOptions'
			? choicesOf(property).map(({ name }) => name)
			: []),
		...(property.modes ?? []).map(({ displayName }) => displayName),
	]),
];

/** What is written as sentences. */
export const sentencesOf = (facts: Facts): string[] =>
	[
		...facts.nodes.map(({ description }) => description.description),
		...parametersOf(facts).flatMap(({ property }) => [
			property.type === 'notice' ? property.displayName : undefined,
			property.description,
			property.hint,
			...choicesOf(property).map(({ description }) => description),
			...(property.modes ?? []).map(({ hint }) => hint),
		]),
	].filter((text): text is string => text !== undefined && text !== '');

/** Each operation's line in the list of actions. */
export const actionsOf = (facts: Facts): string[] =>
	operationsOf(facts).map(({ action }) => action ?? '');

export const placeholdersOf = (facts: Facts): Array<{ type: string; placeholder: string }> =>
	parametersOf(facts).flatMap(({ property }) =>
		[property, ...(property.modes ?? [])]
			.filter(({ placeholder }) => placeholder)
			.map(({ placeholder }) => ({ type: property.type, placeholder: placeholder! })),
	);

/** Everything that is shown in the editor. */
export const textsOf = (facts: Facts): string[] => [
	...titlesOf(facts),
	...sentencesOf(facts),
	...actionsOf(facts),
	...placeholdersOf(facts).map(({ placeholder }) => placeholder),
];
