/**
 * The `…Tool` types that n8n's server makes of nodes with `usableAsTool`. n8n-core runs them but does
 * not make them, so this does what the server's own conversion does.
 */
import type { INodeProperties, INodeType } from 'n8n-workflow';
import type { Engine } from '../engine/runner.mts';

function asTool(nodeType: INodeType): INodeType {
	const { usableAsTool, ...description } = nodeType.description;
	if (!usableAsTool) throw new Error(`${description.name} cannot be used as a tool`);
	const hasOperations = description.properties.some(({ name }) =>
		['resource', 'operation'].includes(name),
	);
	const toolProperties: INodeProperties[] = [
		{
			displayName: 'Description',
			name: 'toolDescription',
			type: 'string',
			default: description.description,
			required: true,
			typeOptions: { rows: 2 },
			...(hasOperations && { displayOptions: { show: { descriptionType: ['manual'] } } }),
		},
	];
	if (hasOperations) {
		toolProperties.unshift({
			displayName: 'Tool Description',
			name: 'descriptionType',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Set Automatically', value: 'auto' },
				{ name: 'Set Manually', value: 'manual' },
			],
			default: 'auto',
		});
	}
	return Object.create(nodeType, {
		description: {
			enumerable: true,
			value: {
				...description,
				name: `${description.name}Tool`,
				displayName: `${description.displayName} Tool`,
				inputs: [],
				outputs: ['ai_tool'],
				properties: [...toolProperties, ...description.properties],
			},
		},
	}) as INodeType;
}

/** Lets an engine know a node as a tool as well. */
export function addToolType(engine: Engine, fullName: string): void {
	const overrides = engine.nodeTypes.overrides as Map<string, INodeType>;
	overrides.set(`${fullName}Tool`, asTool(engine.nodeTypes.getByNameAndVersion(fullName)));
}
