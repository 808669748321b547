/** The page of all operations and options, made from what the panel shows. */
import type { INodeProperties } from 'n8n-workflow';

import type { Field, Operation, Resource, Site } from '../nodes/TencentWhiteboard/types.ts';

const SITES: Record<Site, string> = { international: 'international', china: 'China' };

const siteOf = ({ sites }: Operation) => (sites.length === 1 ? SITES[sites[0]] : '');

const head = (actions: number) => `# Operations

<!-- Made from the texts of the panel by: npm run docs -->

All ${actions} actions of the API (version 2019-09-19), under the names of Tencent's documentation, and any other one by
its name. Where a site is named, the others do not offer the action. What is marked _international_ is documented for
that site only; the SDKs of the China site dropped these actions in March 2025. The panel marks them too, and where the
service does not offer an action, the error says so.
`;

const OPTIONS = `## Options

What the panel offers beside the fields of the API, where it applies.
`;

const TAIL = `_Custom API Call_ at the end of each list of operations is n8n's own: it leads to the HTTP Request node, where
[the credential works as well](http-request.md).
`;

const WIDTH = 118;

/** An entry of a list, its lines no longer than WIDTH. */
function entry(text: string): string {
	const lines = [''];
	for (const word of text.split(' ')) {
		const line = `${lines.at(-1)} ${word}`.trimStart();
		if (line.length > WIDTH) lines.push(word);
		else lines[lines.length - 1] = line;
	}
	return `- ${lines.join('\n  ')}`;
}

function table(rows: string[][]): string {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const line = (row: string[], fill = ' ') =>
		`| ${row.map((cell, column) => cell.padEnd(widths[column], fill)).join(' | ')} |`;
	const [titles, ...body] = rows;
	return [
		line(titles),
		line(
			titles.map(() => ''),
			'-',
		),
		...body.map((row) => line(row)),
	].join('\n');
}

function section({ name, description, operations }: Resource): string {
	const sites = [...new Set(operations.map(siteOf))];
	// A site that all of them share stands in the heading.
	const shared = sites.length === 1 && sites[0] ? ` (${sites[0]})` : '';
	const rows = operations.map((operation) => [
		operation.name + (shared || !siteOf(operation) ? '' : ` (${siteOf(operation)})`),
		operation.description,
	]);
	return `## ${name}${shared}\n\n${description}.\n\n${table([['Operation', 'What it does'], ...rows])}\n`;
}

/** The node's parameters that stand for a field of the API. */
const namesOf = (field: Field): string[] => [
	field.name,
	...(field.removal ? [field.removal.name] : []),
	...(field.kind === 'range' ? field.ends.map(({ name }) => name) : []),
];

/** What the panel offers beside the fields of the API; what stands in a collection comes after it. */
export function optionsIn(panel: INodeProperties[], resources: Resource[]): INodeProperties[] {
	const operations = resources.flatMap((resource) => resource.operations);
	const others = new Set([
		...operations.flatMap(({ fields }) => fields).flatMap(namesOf),
		...['resource', 'operation', 'additionalFields'],
	]);
	const options = panel
		.filter(({ name, type }) => type !== 'notice' && !others.has(name))
		.flatMap((property) =>
			property.type === 'collection'
				? [property, ...(property.options as INodeProperties[])]
				: [property],
		);
	const names = options.map(({ displayName }) => displayName);
	return options.filter(({ displayName }, index) => names.indexOf(displayName) === index);
}

export function operationsPage(panel: INodeProperties[], resources: Resource[]): string {
	const options = optionsIn(panel, resources)
		.filter(({ type }) => type !== 'collection')
		.map(({ displayName, description }) => entry(`**${displayName}**: ${description}`));
	const actions = resources.flatMap(({ operations }) => operations).filter(({ api }) => api);
	return [
		head(actions.length),
		...resources.map(section),
		OPTIONS,
		`${options.join('\n')}\n`,
		TAIL,
	].join('\n');
}
