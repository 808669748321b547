import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	IHookFunctions,
	ILoadOptionsFunctions,
	INodeCredentialTestResult,
	INodeListSearchResult,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { triggerProperties, triggerSubtitle } from './webhook/panel';

export class TencentWhiteboardTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tencent Whiteboard Trigger',
		name: 'tencentWhiteboardTrigger',
		icon: { light: 'file:tencentWhiteboard.svg', dark: 'file:tencentWhiteboard.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: triggerSubtitle,
		description:
			'Starts the workflow on events of Tencent Interactive Whiteboard (TIW): recordings, transcoded documents and pushes that start, get further or end',
		defaults: { name: 'Tencent Whiteboard Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		// n8n takes the test of a credential from any node that has one.
		credentials: [{ name: 'tencentCloudApi', required: true, testedBy: 'tencentCloudApiTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty: what webhook() answers.
				responseData: '',
				path: 'webhook',
			},
		],
		properties: triggerProperties,
	};

	methods = {
		listSearch: {
			async applications(
				this: ILoadOptionsFunctions,
				filter?: string,
			): Promise<INodeListSearchResult> {
				const { search } = await import('./execute/search');
				return await search(this, 'applications', filter);
			},
		},
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

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const { checkExists } = await import('./webhook/lifecycle');
				return await checkExists(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const { create } = await import('./webhook/lifecycle');
				return await create(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const { remove } = await import('./webhook/lifecycle');
				return await remove(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { receive } = await import('./webhook/receive');
		return await receive(this);
	}
}
