/** Nodes that wait and nodes that are called, as small as can be. */
import type {
	IDataObject,
	IExecuteData,
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IRunExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

function describe(
	name: string,
	webhook: Partial<IWebhookDescription>,
	more: Partial<INodeTypeDescription> = {},
): INodeTypeDescription {
	return {
		name,
		displayName: name,
		description: name,
		group: ['transform'],
		version: 1,
		defaults: { name },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Answer', name: 'answer', type: 'string', default: '' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: '',
				path: '',
				...webhook,
			},
		],
		...more,
	};
}

/** What the body of a call asks of `webhook()`. */
export interface Call extends IDataObject {
	/** Answer, and do not go on. */
	decline?: boolean;
	fail?: string;
	silent?: boolean;
	/** Go on at the second output, too. */
	both?: boolean;
	delayMs?: number;
}

async function answer(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const body = (context.getBodyData() ?? {}) as IDataObject | string;
	const json = typeof body === 'string' ? { text: body } : body;
	const { decline, fail, silent, both, delayMs = 0 } = json as Call;
	if (delayMs > 0) await new Promise((done) => setTimeout(done, delayMs));
	if (fail) throw new Error(fail);
	const response = context.getResponseObject();
	if (silent) response.status(202).json({ own: true });
	return {
		...(silent ? { noWebhookResponse: true } : { webhookResponse: { error_code: 0 } }),
		...(!decline && {
			workflowData: [[{ json }], ...(both ? [[{ json: { both } }]] : [])],
		}),
	};
}

export const restart = { restartWebhook: true, isFullPath: true };
export const limit = new Date('2100-01-01T00:00:00Z');

/** Waits; what comes out is what the callback brought, or its input at the time limit. */
export function parkNode(seen: { urls: string[] }): INodeType {
	return {
		description: describe('park', restart, { outputs: ['main', 'main'] }),
		async execute() {
			seen.urls.push(this.evaluateExpression('{{ $execution.resumeUrl }}', 0) as string);
			await this.putExecutionToWait(limit);
			return [this.getInputData()];
		},
		async webhook() {
			return await answer(this);
		},
	};
}

/** Waits, under a path of its own, and has a webhook that is not for that. */
export function suffixNode(): INodeType {
	const { description, ...park } = parkNode({ urls: [] });
	const [webhook] = description.webhooks!;
	return {
		...park,
		description: {
			...description,
			webhooks: [
				{ ...webhook, path: 'files' },
				{ ...webhook, name: 'setup', path: 'setup', restartWebhook: false },
			],
		},
	};
}

/** Counts its executions in the static data of the workflow, and tells what is there. */
export const tallyNode: INodeType = {
	description: { ...describe('tally', {}), webhooks: undefined },
	async execute() {
		const { delayMs = 0 } = this.getInputData()[0].json as Call;
		if (delayMs > 0) await new Promise((done) => setTimeout(done, delayMs));
		const data = this.getWorkflowStaticData('global');
		const known = { ...data };
		data.tally = ((data.tally as number) ?? 0) + 1;
		return [[{ json: known }]];
	},
};

/** What n8n-core gives `execute()` beside its declared functions. */
type Inner = IExecuteFunctions & { runExecutionData: IRunExecutionData };

/** Waits, and is executed again after that, with the same items, to give what it has found out. */
export function returnNode(seen: { executions: number }): INodeType {
	return {
		description: describe('return', restart, {
			properties: [
				{ displayName: 'Fail', name: 'fail', type: 'string', default: '' },
				{ displayName: 'Empty', name: 'empty', type: 'boolean', default: false },
			],
		}),
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const items = this.getInputData();
			if (items[0].json.parked === undefined) {
				const own: IExecuteData = this.getExecuteData();
				(this as Inner).runExecutionData.executionData!.nodeExecutionStack.push({
					node: this.getNode(),
					data: { main: [items.map(({ json }) => ({ json: { ...json, parked: true } }))] },
					source: own.source,
				});
				own.data.main = [null];
				// n8n makes an item up where the entry that passes through gives none.
				own.node = { ...own.node, alwaysOutputData: false };
				await this.putExecutionToWait(limit);
				return [items];
			}
			seen.executions += 1;
			if (this.getNodeParameter('empty', 0)) return [[]];
			const fail = this.getNodeParameter('fail', 0) as string;
			if (fail && !this.continueOnFail()) throw new Error(fail);
			if (fail) return [items.map((_, item) => ({ json: { error: fail }, pairedItem: item }))];
			return [
				items.map(({ json }, item) => ({ json: { ...json, found: true }, pairedItem: item })),
			];
		},
		async webhook() {
			return { webhookResponse: { error_code: 0 }, workflowData: [] };
		},
	};
}

/** What the service behind the trigger knows, and what the hooks of the node were called with. */
export interface Service {
	registered?: string;
	calls: string[];
	refuse?: boolean;
}

export function triggerNode(service: Service): INodeType {
	const note = (context: IHookFunctions, hook: string) =>
		service.calls.push(`${hook} ${context.getMode()} ${context.getActivationMode()}`);
	return {
		description: describe(
			'listen',
			{ path: 'events', responseData: '={{ $parameter.answer }}' },
			{ inputs: [], group: ['trigger'], version: [1, 2] },
		),
		webhookMethods: {
			default: {
				async checkExists() {
					note(this, 'checkExists');
					return (
						this.getWorkflowStaticData('node').url === service.registered && !!service.registered
					);
				},
				async create() {
					note(this, 'create');
					if (service.refuse) throw new Error('The service refuses');
					service.registered = this.getNodeWebhookUrl('default');
					this.getWorkflowStaticData('node').url = service.registered;
					return true;
				},
				async delete() {
					note(this, 'delete');
					const data = this.getWorkflowStaticData('node');
					if (data.url === service.registered) delete service.registered;
					delete data.url;
					return true;
				},
			},
		},
		async webhook() {
			const data = this.getWorkflowStaticData('node');
			const { count } = (this.getBodyData() ?? {}) as IDataObject;
			if (count) {
				data.seen = ((data.seen as number) ?? 0) + 1;
				this.getWorkflowStaticData('global').seen = data.seen;
			}
			const result = await answer(this);
			const { query, headers, rawBody } = this.getRequestObject();
			const about = { query, type: headers['content-type'], raw: rawBody?.toString() };
			result.workflowData?.[0].push({
				json: { about, seen: data.seen, url: data.url } as IDataObject,
			});
			return result;
		},
	};
}
