/** Workflows made for a test. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { WorkflowJson } from '../../engine/runner.mts';
import { SDK_APP_ID, WHITEBOARD } from '../kit.mts';
import { CREDENTIAL } from './bench.mts';

type WorkflowNode = WorkflowJson['nodes'][number];

export const NODE = 'Tencent Whiteboard';

/** A node for snapshots, with an operation and what it needs beside the application; `rest` is of the node itself. */
export const snapshotNode = (
	operation: 'createSnapshotTask' | 'describeSnapshotTask',
	parameters: INodeParameters,
	rest: Partial<WorkflowNode> = {},
): Partial<WorkflowNode> & Pick<WorkflowNode, 'type'> => ({
	type: WHITEBOARD,
	parameters: {
		resource: 'snapshot',
		operation,
		sdkAppId: { __rl: true, mode: 'id', value: String(SDK_APP_ID) },
		...parameters,
	},
	credentials: { tencentCloudApi: { id: null, name: CREDENTIAL } },
	...rest,
});

/** Start → Tasks → One Item per Task → the given node, named NODE. */
export function withItems(
	items: IDataObject[],
	node: ReturnType<typeof snapshotNode>,
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
		{ name: NODE, parameters: {}, ...node },
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

/** The node of that name. */
export function nodeOf({ nodes }: WorkflowJson, name: string): WorkflowNode {
	const node = nodes.find((candidate) => candidate.name === name);
	if (!node) throw new Error(`There is no node "${name}"`);
	return node;
}

/** Puts a Webhook in a trigger's place, under the trigger's name: it answers at once. */
export function startByWebhook(workflow: WorkflowJson, trigger: string, path: string): void {
	Object.assign(nodeOf(workflow, trigger), {
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		webhookId: path,
	});
}
