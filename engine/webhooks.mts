/** Webhooks of nodes: which there are, registering them with a service, and what a call of one does. */
import type {
	IDataObject,
	INode,
	IRunExecutionData,
	IWebhookData,
	IWebhookResponseData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { parse as parseForm } from 'node:querystring';
import type { Database, SavedExecution } from './database.mts';
import { HttpError, type WebRequest, type WebResponse } from './http.mts';
import type { Registry } from './registry.mts';
import type { Run, WorkflowJson } from './runner.mts';
import type { Runtime } from './runtime.mts';

/** What webhooks need of the engine. */
export interface WebhookHost {
	runtime: Runtime;
	nodeTypes: Registry;
	database: Database;
	createAdditionalData(): IWorkflowExecuteAdditionalData;
	toWorkflowData(json: WorkflowJson): IWorkflowBase;
	openWorkflow(workflowData: IWorkflowBase, staticData: IDataObject): Workflow;
	/** Starts a new execution. */
	start(workflowData: IWorkflowBase, mode: WorkflowExecuteMode, data: IRunExecutionData): Run;
	/** Runs a saved one on. */
	resume(execution: SavedExecution): Run;
}

/** All webhooks of a node, of which those with `restartWebhook` are for its waiting executions. */
export function webhooksOf(
	host: WebhookHost,
	workflow: Workflow,
	node: INode,
	additionalData: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	if (node.disabled) return [];
	const { NodeHelpers } = host.runtime.workflow;
	const { description } = host.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	return (description.webhooks ?? []).flatMap((webhookDescription) => {
		const read = (value: string | boolean | undefined, otherwise: string | boolean) =>
			workflow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{},
				undefined,
				otherwise,
			) as string | boolean;
		const path = NodeHelpers.getNodeWebhookPath(
			workflow.id,
			node,
			String(read(webhookDescription.path, ''))
				.trim()
				.replace(/^\/|\/$/g, ''),
			read(webhookDescription.isFullPath, false) as boolean,
			read(webhookDescription.restartWebhook, false) as boolean,
		);
		return String(read(webhookDescription.httpMethod, 'GET'))
			.split(',')
			.map((method) => ({
				httpMethod: method.trim() as IWebhookData['httpMethod'],
				node: node.name,
				path,
				webhookDescription,
				workflowId: workflow.id,
				workflowExecuteAdditionalData: additionalData,
			}));
	});
}

/** As n8n does: nodes of version 1 get the bytes of anything, later ones only of what is parsed. */
async function parseBody(request: WebRequest, { typeVersion }: INode): Promise<void> {
	const { contentType = '' } = request;
	const isParsed = /^(application\/json|text\/plain|application\/x-www-form-urlencoded)$/;
	if (contentType.startsWith('multipart/')) {
		throw new HttpError(415, 'This engine does not parse multipart bodies');
	}
	if (typeVersion > 1 && !isParsed.test(contentType)) return;
	await request.readRawBody();
	if (!request.rawBody?.length) return;
	const text = request.rawBody.toString(request.encoding);
	if (contentType === 'text/plain') request.body = text;
	if (contentType === 'application/x-www-form-urlencoded') request.body = parseForm(text);
	if (contentType !== 'application/json') return;
	try {
		request.body = JSON.parse(text);
	} catch {
		throw new HttpError(422, 'The body of the request is not JSON');
	}
}

async function runWebhook(
	{ runtime, nodeTypes }: WebhookHost,
	workflow: Workflow,
	webhook: IWebhookData,
	mode: WorkflowExecuteMode,
	data: IRunExecutionData | null,
): Promise<IWebhookResponseData> {
	const node = workflow.getNode(webhook.node)!;
	const nodeType = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const closeFunctions: Array<() => Promise<void>> = [];
	const context = new runtime.core.WebhookContext(
		workflow,
		node,
		webhook.workflowExecuteAdditionalData,
		mode,
		webhook,
		closeFunctions,
		data,
	);
	if (!nodeType.webhook) throw new Error(`${node.type} has no webhook()`);
	try {
		// A node that is a class of n8n's `Node` gets its context as an argument, all others as `this`.
		const isClass =
			runtime.workflow.isNodeClassInstance?.(nodeType) ?? nodeType instanceof runtime.workflow.Node;
		return await (isClass
			? (
					nodeType as unknown as { webhook(of: typeof context): Promise<IWebhookResponseData> }
				).webhook(context)
			: nodeType.webhook.call(context));
	} finally {
		await Promise.allSettled(closeFunctions.map(async (close) => await close()));
	}
}

export interface WebhookCall {
	workflow: Workflow;
	webhook: IWebhookData;
	mode: WorkflowExecuteMode;
	/** Set where a waiting execution is called, read for this call. */
	waiting?: SavedExecution;
	request: WebRequest;
	response: WebResponse;
	/** Starts the execution, or runs the waiting one on; throws if that is not possible any more. */
	begin(data: IRunExecutionData): void;
	/** Saves the static data; not called where `webhook()` has failed. */
	save?(): void;
}

/** Calls `webhook()` of a node, answers, and runs what comes of it. Gives whether anything runs. */
export async function callWebhook(host: WebhookHost, call: WebhookCall): Promise<boolean> {
	const { runtime } = host;
	const { workflow, webhook, mode, waiting, request, response } = call;
	const node = workflow.getNode(webhook.node)!;
	const { webhookDescription: description, workflowExecuteAdditionalData: additionalData } =
		webhook;
	const { expression } = workflow;
	const keys = { $executionId: waiting?.id };
	const simple = (value: string | undefined, otherwise: string | number) =>
		expression.getSimpleParameterValue(node, value, mode, keys, undefined, otherwise);
	const complex = (value: typeof description.responseHeaders, otherwise?: string) =>
		expression.getComplexParameterValue(node, value, mode, keys, undefined, otherwise);

	const responseMode = simple(description.responseMode, 'onReceived') as string;
	if (responseMode !== 'onReceived') {
		throw new Error(`This engine has no response mode "${responseMode}"`);
	}
	const responseCode = Number(simple(description.responseCode as string, 200));
	// n8n's default for a description without it: the caller gets this very text.
	const responseData = complex(description.responseData, 'firstEntryJson');
	Object.assign(additionalData, {
		executionId: waiting?.id,
		httpRequest: request,
		httpResponse: response,
	});

	let answered = false;
	const answer = (body: unknown) => {
		if (answered) return;
		answered = true;
		response.status(responseCode);
		if (typeof body === 'string') response.send(body);
		else response.json(body);
	};

	await parseBody(request, node);
	let data = waiting?.data ?? null;
	let result: IWebhookResponseData;
	let failure: IRunExecutionData['resultData'] | undefined;
	try {
		result = await runWebhook(host, workflow, webhook, mode, data);
	} catch (error) {
		// The execution starts all the same, to end with this error.
		const { message, stack } = error as Error;
		answered = true;
		response.status(500).json({ code: 0, message: 'The webhook failed, see the execution' });
		failure = {
			runData: {},
			lastNodeExecuted: node.name,
			error: { ...(error as Error), message, stack } as NonNullable<
				IRunExecutionData['resultData']['error']
			>,
		};
		result = { noWebhookResponse: true, workflowData: [[{ json: {} }]] };
	}

	if (!response.headersSent && description.responseHeaders !== undefined) {
		const { entries = [] } = (complex(description.responseHeaders) ?? {}) as {
			entries?: Array<{ name: string; value: string }>;
		};
		for (const { name, value } of entries) response.set(name, value);
	}
	const save = () => {
		if (!failure) call.save?.();
	};
	if (result.noWebhookResponse) answered = true;
	// n8n saves when it answers. n8n 2 starts the execution before that: it knows nothing yet of what
	// webhook() has stored, and overwrites it where it stores something itself.
	if (runtime.line === 1 || result.noWebhookResponse) save();
	if (result.workflowData === undefined) {
		save();
		answer(result.webhookResponse ?? { message: 'Webhook call received' });
		return false;
	}

	if (data) {
		const [entry] = data.executionData!.nodeExecutionStack;
		entry.data.main = result.workflowData;
		if (runtime.line === 2) entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	} else {
		data = runtime.workflow.createRunExecutionData({
			executionData: {
				nodeExecutionStack: [{ node, data: { main: result.workflowData }, source: null }],
			},
		});
	}
	if (failure) Object.assign(data, { resultData: failure });

	try {
		call.begin(data);
	} catch (error) {
		if (!answered) throw error;
		return false;
	}
	save();
	if (responseData === 'noData') answer(undefined);
	else answer(responseData || (result.webhookResponse ?? { message: 'Workflow was started' }));
	return true;
}

export interface ActivateOptions {
	/** As "Test workflow" does it: the URL is under `/webhook-test/` and good for one execution. */
	test?: boolean;
	/** Why n8n registers the webhooks: `activate`, or `init` when it has started. */
	activation?: WorkflowActivateMode;
}

/** A workflow that listens. */
export interface Activation {
	/** Where calls for a node go. */
	urlOf(nodeName: string, webhookName?: string): string;
	/** Started so far, the oldest first. */
	runs: Run[];
	/** Takes the webhooks away, at the service too. */
	deactivate(): Promise<void>;
}

interface Route {
	webhook: IWebhookData;
	workflowData: IWorkflowBase;
	activation: Activation;
	/** Of a test only, whose static data are not saved with the workflow. */
	testData?: string;
}

type HookName = 'checkExists' | 'create' | 'delete';

/** The workflows that listen, and the calls to them. */
export class Triggers {
	readonly host: WebhookHost;
	readonly #routes = new Map<string, Route>();

	constructor(host: WebhookHost) {
		this.host = host;
	}

	async activate(
		json: WorkflowJson,
		baseUrl: string,
		{ test = false, activation: activationMode = 'activate' }: ActivateOptions,
	): Promise<Activation> {
		const { host } = this;
		const workflowData = host.toWorkflowData(json);
		workflowData.active = !test;
		const { id } = workflowData;
		const workflow = host.openWorkflow(workflowData, test ? {} : host.database.readStaticData(id));
		const additionalData = host.createAdditionalData();
		const endpoint = test ? 'webhook-test' : 'webhook';
		const webhooks = Object.values(workflow.nodes)
			.flatMap((node) => webhooksOf(host, workflow, node, additionalData))
			.filter(({ webhookDescription }) => !webhookDescription.restartWebhook);
		if (webhooks.length === 0)
			throw new Error('The workflow has no node that is called by webhook');

		const routes = new Map<string, Route>();
		const activation: Activation = {
			urlOf: (nodeName, webhookName = 'default') => {
				const found = webhooks.find(
					({ node, webhookDescription }) =>
						node === nodeName && webhookDescription.name === webhookName,
				);
				if (!found) throw new Error(`"${nodeName}" has no webhook named "${webhookName}"`);
				return `${baseUrl}/${endpoint}/${found.path}`;
			},
			runs: [],
			deactivate: async () => await this.#remove(routes),
		};
		try {
			for (const webhook of webhooks) {
				webhook.isTest = test;
				const key = `${webhook.httpMethod} ${decodeURI(`/${endpoint}/${webhook.path}`)}`;
				if (this.#routes.has(key)) throw new Error(`${key} is taken already`);
				const route: Route = { webhook, workflowData, activation };
				// First, because a service may call back to see whether somebody is there.
				this.#routes.set(key, route);
				routes.set(key, route);
				const mode = test ? 'manual' : 'trigger';
				const run = async (hook: HookName) =>
					await this.#runHook(hook, workflow, webhook, mode, test ? 'manual' : activationMode);
				if (!(await run('checkExists'))) await run('create');
				if (test) route.testData = JSON.stringify(workflow.staticData);
			}
		} catch (error) {
			// As n8n has it: with the static data as saved, of which these hooks have seen nothing.
			await this.#remove(routes).catch(() => {});
			throw error;
		}
		if (!test) this.#save(workflow);
		return activation;
	}

	async handle(request: WebRequest, response: WebResponse): Promise<void> {
		const { host } = this;
		const path = decodeURI(request.path).replace(/\/$/, '');
		const route = this.#routes.get(`${request.method} ${path}`);
		if (!route) throw new HttpError(404, `No webhook is registered for ${request.method} ${path}`);
		const { webhook, workflowData, activation, testData } = route;
		const workflow = host.openWorkflow(
			structuredClone(workflowData),
			testData === undefined
				? host.database.readStaticData(workflowData.id)
				: (JSON.parse(testData) as IDataObject),
		);
		const mode = testData === undefined ? 'webhook' : 'manual';
		const started = await callWebhook(host, {
			workflow,
			webhook: { ...webhook, workflowExecuteAdditionalData: host.createAdditionalData() },
			mode,
			request,
			response,
			begin: (data) => activation.runs.push(host.start(workflowData, mode, data)),
			save: () => {
				if (testData === undefined) this.#save(workflow);
			},
		});
		if (started && testData !== undefined) await activation.deactivate();
	}

	async #remove(routes: Map<string, Route>): Promise<void> {
		const { host } = this;
		for (const [key, { webhook, workflowData, testData }] of routes) {
			const saved = host.database.readStaticData(workflowData.id);
			const workflow = host.openWorkflow(
				structuredClone(workflowData),
				testData === undefined ? saved : (JSON.parse(testData) as IDataObject),
			);
			routes.delete(key);
			this.#routes.delete(key);
			await this.#runHook('delete', workflow, webhook, 'internal', 'update');
			if (testData === undefined) this.#save(workflow);
		}
	}

	async #runHook(
		hook: HookName,
		workflow: Workflow,
		webhook: IWebhookData,
		mode: WorkflowExecuteMode,
		activation: WorkflowActivateMode,
	): Promise<boolean | undefined> {
		const { runtime, nodeTypes } = this.host;
		const node = workflow.getNode(webhook.node)!;
		const { webhookMethods } = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		const { HookContext } = runtime.core;
		const { workflowExecuteAdditionalData: additionalData, webhookDescription } = webhook;
		return await webhookMethods?.[webhookDescription.name]?.[hook]?.call(
			new HookContext(workflow, node, additionalData, mode, activation, webhook),
		);
	}

	#save({ id, staticData }: Workflow): void {
		if (staticData.__dataChanged) this.host.database.writeStaticData(id, staticData);
	}
}
