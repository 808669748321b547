import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { buildProperties } from './description/properties';
import { resources } from './resources';
import { locators } from './resources/locators';
import type { LocatorName } from './types';

type Search = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

/** One search method per resource locator, as n8n looks them up by name. */
const searchMethods = (): Record<string, Search> =>
	Object.fromEntries(
		(Object.keys(locators) as LocatorName[]).map((name): [string, Search] => [
			name,
			async function (filter) {
				const { search } = await import('./execute/search');
				return await search(this, name, filter);
			},
		]),
	);

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

	methods = { listSearch: searchMethods() };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when first needed: n8n reads the description of every node at its start.
		const { run } = await import('./execute/run');
		return await run(this);
	}
}
