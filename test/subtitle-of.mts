/** The line below a node on the canvas. */
import { Workflow } from 'n8n-workflow';
import type { INodeParameters, INodeTypes } from 'n8n-workflow';

/** As the editor evaluates it. */
export function subtitleOf(expression: string, parameters: INodeParameters): unknown {
	const node = {
		id: 'n',
		name: 'Node',
		type: 'any',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters,
	};
	const nodeTypes = {
		getByNameAndVersion: () => ({ description: { properties: [] } }),
	} as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	workflow.nodes.Node.parameters = parameters;
	return workflow.expression.getSimpleParameterValue(node, expression, 'internal', {});
}
