/** Workflows for tests, in a line: each node feeds the next, unless `to` says otherwise. */
import type { IConnections, INode } from 'n8n-workflow';
import type { WorkflowJson } from '../../../engine/runner.mts';

export interface NodeSpec extends Partial<Omit<INode, 'name' | 'type'>> {
	name: string;
	type: string;
	/** Names of the nodes behind each output. */
	to?: string[][];
}

export function workflowOf(...specs: NodeSpec[]): WorkflowJson {
	const connections: IConnections = {};
	const nodes = specs.map(({ to, ...spec }, index) => {
		const next = specs[index + 1];
		const targets = to ?? (next ? [[next.name]] : []);
		connections[spec.name] = {
			main: targets.map((names) =>
				names.map((node) => ({ node, type: 'main' as const, index: 0 })),
			),
		};
		return {
			typeVersion: 1,
			position: [index * 200, 0] as [number, number],
			parameters: {},
			...spec,
		};
	});
	return { nodes, connections };
}

export const manualTrigger: NodeSpec = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
