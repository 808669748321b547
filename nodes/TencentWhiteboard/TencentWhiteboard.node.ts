import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeCredentialTestResult,
	INodeListSearchResult,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { buildProperties } from './description/properties';
import { subtitle } from './description/subtitle';
import { resources } from './resources';
import { custom } from './resources/custom';
import { locators } from './resources/locators';
import type { LocatorName } from './types';
import { waitWebhooks } from './webhook/waiting';

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
		subtitle,
		description:
			'Snapshots, recordings, transcoded documents and pushes of Tencent Interactive Whiteboard (TIW): start their tasks, wait for them and fetch their files',
		defaults: { name: 'Tencent Whiteboard' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// n8n finds the test of a credential by the node only in a package that is installed as such.
		credentials: [{ name: 'tencentCloudApi', required: true, testedBy: 'tencentCloudApiTest' }],
		webhooks: waitWebhooks,
		builderHint: {
			searchHint:
				'Creates a task of an online class, waits until it is finished and gets its files, all in one node. Other Tencent Cloud services: the HTTP Request node with the same credential.',
		},
		// Before it had a resource of its own, nodes were saved with a custom call on any.
		properties: buildProperties(resources, [custom]),
	};

	methods = {
		listSearch: searchMethods(),
		credentialTest: {
			async tencentCloudApiTest(
				this: ICredentialTestFunctions,
				{ data }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { verify } = await import('./transport/verify');
				return await verify(this, data);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when first needed: n8n reads the description of every node at its start.
		const { run } = await import('./execute/run');
		return await run(this);
	}

	/** The callback of a task that an execution waits for. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerCallback } = await import('./webhook/resume');
		return await answerCallback(this);
	}
}
