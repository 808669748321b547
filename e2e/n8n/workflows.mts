/** Workflows made for a test. */
import type { IDataObject } from 'n8n-workflow';

import type { WorkflowJson } from '../../engine/runner.mts';

type WorkflowNode = WorkflowJson['nodes'][number];

/** Start → Items → the given nodes, one after the other. */
export function withTrigger(
	items: IDataObject[],
	node: Partial<WorkflowNode> & Pick<WorkflowNode, 'type'>,
	settings: IDataObject = {},
): WorkflowJson {
	const nodes = [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
		{
			name: 'Tasks',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify({ tasks: items }), options: {} },
		},
		{
			name: 'One Item per Task',
			type: 'n8n-nodes-base.splitOut',
			parameters: { fieldToSplitOut: 'tasks', options: {} },
		},
		{ name: 'Tencent Whiteboard', parameters: {}, ...node },
	].map((given, index) => ({
		id: `node-${index}`,
		typeVersion: 1,
		position: [index * 220, 0] as [number, number],
		...given,
	}));
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] },
			]),
	);
	return {
		name: 'Made for a test',
		nodes,
		connections,
		settings: { executionOrder: 'v1', ...settings },
	} as WorkflowJson;
}
