/**
 * Small nodes that take the place of n8n's own where `n8n-nodes-base` (1.1 GB) is not installed:
 * enough to start a workflow, to end one and to lay out a few fields.
 */
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

export const BASE_PACKAGE = 'n8n-nodes-base';
export const STICKY_NOTE = `${BASE_PACKAGE}.stickyNote`;
export const NO_OP = `${BASE_PACKAGE}.noOp`;

function describe(
	name: string,
	displayName: string,
	group: 'trigger' | 'input',
	properties: INodeProperties[] = [],
): INodeTypeDescription {
	return {
		name,
		displayName,
		group: [group],
		version: 1,
		description: 'Stand-in for the node of the same name in n8n-nodes-base',
		defaults: { name: displayName },
		inputs: group === 'trigger' ? [] : ['main'],
		outputs: ['main'],
		properties,
	};
}

/** Outside of manual runs n8n does not call trigger(): the items a run starts with pass through. */
function trigger(name: string, displayName: string): INodeType {
	return {
		description: describe(name, displayName, 'trigger'),
		trigger: async () => ({}),
	};
}

interface Assignment {
	name: string;
	value: unknown;
	type?: string;
}

function convert({ value, type }: Assignment): unknown {
	if (typeof value !== 'string') return value;
	if (type === 'number') return Number(value);
	if (type === 'boolean') return value === 'true';
	return type === 'object' || type === 'array' ? JSON.parse(value) : value;
}

function assign(target: IDataObject, path: string, value: unknown): void {
	const steps = path.split('.');
	const last = steps.pop() ?? path;
	let inner = target;
	for (const step of steps) inner = (inner[step] ??= {}) as IDataObject;
	inner[last] = value as IDataObject;
}

const set: INodeType = {
	description: describe('set', 'Edit Fields (Set)', 'input', [
		{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
		{
			displayName: 'Fields to Set',
			name: 'assignments',
			type: 'assignmentCollection',
			default: {},
		},
		{
			displayName: 'Include Other Input Fields',
			name: 'includeOtherFields',
			type: 'boolean',
			default: false,
		},
	]),
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('mode', 0) !== 'manual') {
			throw new Error('Without n8n-nodes-base, the Set node knows the mode "manual" only');
		}
		const items = this.getInputData().map((item, index) => {
			const json = this.getNodeParameter('includeOtherFields', index)
				? structuredClone(item.json)
				: {};
			const assignments = this.getNodeParameter('assignments.assignments', index, []);
			for (const assignment of assignments as Assignment[]) {
				assign(json, assignment.name, convert(assignment));
			}
			return { json, binary: item.binary, pairedItem: { item: index } };
		});
		return [items];
	},
};

/** By full type name. */
export const standIns: ReadonlyMap<string, INodeType> = new Map(
	[
		trigger('manualTrigger', 'Manual Trigger'),
		trigger('scheduleTrigger', 'Schedule Trigger'),
		{
			description: describe('noOp', 'No Operation, do nothing', 'input'),
			async execute(this: IExecuteFunctions) {
				return [this.getInputData()];
			},
		},
		set,
	].map((nodeType) => [`${BASE_PACKAGE}.${nodeType.description.name}`, nodeType]),
);
