import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { buildProperties } from './description/properties';
import { run } from './execute/run';
import { listSearch } from './execute/search';
import { resources } from './resources';

export class TencentWhiteboard implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tencent Whiteboard',
		name: 'tencentWhiteboard',
		icon: { light: 'file:tencentWhiteboard.svg', dark: 'file:tencentWhiteboard.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Read and wait for the tasks of Tencent Interactive Whiteboard (TIW)',
		defaults: { name: 'Tencent Whiteboard' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'tencentCloudApi', required: true }],
		properties: buildProperties(resources),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await run(this);
	}
}
