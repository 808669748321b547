/**
 * Runs a workflow in n8n's own engine (n8n-core) inside this process: no server, no database.
 * Nodes, expressions, error outputs, retries, requests and binary data are n8n's; only what n8n's
 * server would add (stored credentials, the list of node types, webhooks, waiting executions) is
 * brought along.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
	IBinaryData,
	IConnections,
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypeDescription,
	IRun,
	IRunExecutionData,
	ITaskData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { testCredential } from './credential-test.mts';
import { CredentialStore, type StoredCredential } from './credentials.mts';
import { Database, type DatabaseState } from './database.mts';
import { HttpError, startWebServer, type WebServer } from './http.mts';
import { Registry } from './registry.mts';
import {
	type BinaryMode,
	type LogListener,
	createTemporaryFolder,
	openRuntime,
	removeTemporaryFolder,
} from './runtime.mts';
import { STICKY_NOTE } from './stand-ins.mts';
import { WaitingExecutions, type Waiting } from './waiting.mts';
import { Triggers, type ActivateOptions, type Activation, type WebhookHost } from './webhooks.mts';

export type { LogLevel, LogListener, BinaryMode } from './runtime.mts';
export type { StoredCredential } from './credentials.mts';
export type { Waiting } from './waiting.mts';
export type { ActivateOptions, Activation } from './webhooks.mts';

export interface EngineOptions {
	/** Folders of n8n packages, built; each is loaded by the "n8n" field of its package.json. */
	packageDirs: string[];
	/** By name, as workflows refer to them. Data may hold expressions; missing fields get their defaults. */
	credentials?: Record<string, StoredCredential>;
	/** What nodes write with `this.logger`, at every level. */
	onLog?: LogListener;
	/** What n8n-core writes about its own work. */
	onEngineLog?: LogListener;
	/** Where nodes' files go; default `filesystem`, as in n8n 2. A real n8n 1 keeps them in memory. */
	binaryMode?: BinaryMode;
	/** Holds the files of `filesystem` mode. Default: a temporary folder, removed by `close()`. */
	userFolder?: string;
	/** Nodes of your own, by full name. */
	nodes?: Record<string, INodeType>;
	/** How long n8n takes to save an execution that is to wait; a callback before that gets 409. */
	savingMs?: number;
	/** What another engine had saved when it ended; goes on under the same URL. */
	restore?: EngineState;
}

/** All that n8n would find again after a restart, as plain JSON. */
export interface EngineState {
	port?: number;
	database: DatabaseState;
}

/** A workflow as n8n exports it; only nodes and connections are needed. */
export interface WorkflowJson {
	id?: string;
	name?: string;
	nodes: Array<Omit<INode, 'id'> & { id?: string }>;
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface RunOptions {
	/** The items the start node gives; default one empty item. */
	input?: INodeExecutionData[];
	/** Name of the node to start from; default: the one n8n picks. */
	startNode?: string;
	/** Default `cli`, as `n8n execute` has it. */
	mode?: WorkflowExecuteMode;
	onNodeDone?: (name: string, node: NodeResult) => void;
}

/** An error as n8n stores it with an execution: a plain object, not an Error. */
export interface RunError {
	message: string;
	name?: string;
	description?: string | null;
	[key: string]: unknown;
}

export interface NodeResult {
	/** Items per output; a node that ran more than once has the items of all its runs. */
	outputs: INodeExecutionData[][];
	/** Set when the node failed as a whole, also if the workflow went on. */
	error?: RunError;
	executionTimeMs: number;
}

export interface RunResult {
	executionId: string;
	status: IRun['status'];
	/** Set where the execution waits; it has been saved by then. */
	waiting?: Waiting;
	/** Why the workflow ended early. */
	error?: RunError;
	/** Nodes that ran, in the order they first did. */
	nodes: Record<string, NodeResult>;
	raw: IRun;
	/** The bytes behind a binary property of an item. */
	binary(data: IBinaryData): Promise<Buffer>;
}

export interface Run {
	/** Rejects only if the workflow cannot be started at all; a failed run is a result. */
	result: Promise<RunResult>;
	/** What n8n does on "Stop": fires `getExecutionCancelSignal()`, and no further node starts. */
	cancel(): void;
}

export interface FunctionOptions {
	/** The items `getInputData()` gives; default one empty item. */
	items?: INodeExecutionData[];
	/** Whose description and rights to run under; default n8n's HTTP Request node, which may use any credential. */
	nodeType?: string;
	parameters?: INodeParameters;
	onError?: INode['onError'];
}

export type NodeFunction<T> = (
	this: IExecuteFunctions,
	items: INodeExecutionData[],
) => Promise<T> | T;

export interface Engine {
	/** All node types, by full name. */
	nodeTypes: Registry;
	userFolder: string;
	describe(nodeType: string, version?: number): INodeTypeDescription;
	credentialType(name: string): ICredentialType;
	run(workflow: WorkflowJson, options?: RunOptions): Run;
	/** Registers the webhooks of a workflow's triggers; calls to them start executions. */
	activate(workflow: WorkflowJson, options?: ActivateOptions): Promise<Activation>;
	/** All executions that wait, restored ones too. */
	waiting(): Waiting[];
	/** Where this engine is called by webhook. It listens once a workflow with a webhook needs it. */
	webhookUrl(): Promise<string>;
	/** For another engine's `restore`; close this one first. */
	export(): EngineState;
	/** What the "Test" of n8n's credential dialog would say. */
	credentialTest(credentialName: string): Promise<INodeCredentialTestResult>;
	/** Runs a function as the `execute` of a node in a workflow; gives what it returns, throws what it throws. */
	runFunction<T>(
		credentialName: string | undefined,
		action: NodeFunction<T>,
		options?: FunctionOptions,
	): Promise<T>;
	/** Cancels what still runs, waits for it, and removes temporary files. */
	close(): Promise<void>;
}

const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
const BASE_URL = 'http://localhost:5678';
const SAVING_MS = 2;

/** An execution that is ready to run. */
interface Execution {
	id: string;
	mode: WorkflowExecuteMode;
	nodeTypes: Registry;
	workflowData: IWorkflowBase;
	workflow: Workflow;
	data: IRunExecutionData;
}

function toNodeResult(taskData: ITaskData): NodeResult {
	return {
		outputs: (taskData.data?.main ?? []).map((items) => items ?? []),
		...(taskData.error && { error: taskData.error as unknown as RunError }),
		executionTimeMs: taskData.executionTime,
	};
}

function toNodeResults(run: IRun): Record<string, NodeResult> {
	const results: Array<[string, NodeResult, number]> = [];
	for (const [name, runs] of Object.entries(run.data.resultData.runData)) {
		const all = runs.map(toNodeResult);
		const count = Math.max(0, ...all.map(({ outputs }) => outputs.length));
		const error = all.findLast((result) => result.error)?.error;
		results.push([
			name,
			{
				outputs: Array.from({ length: count }, (_, index) =>
					all.flatMap(({ outputs }) => outputs[index] ?? []),
				),
				...(error && { error }),
				executionTimeMs: all.reduce((sum, { executionTimeMs }) => sum + executionTimeMs, 0),
			},
			runs[0]?.executionIndex ?? 0,
		]);
	}
	results.sort(([, , first], [, , second]) => first - second);
	return Object.fromEntries(results.map(([name, result]) => [name, result]));
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
	const runtime = openRuntime();
	const { core } = runtime;
	const userFolder = options.userFolder ?? createTemporaryFolder();
	mkdirSync(userFolder, { recursive: true });
	const scope = await runtime.createScope(userFolder, options.binaryMode ?? 'filesystem', {
		onLog: options.onLog,
		onEngineLog: options.onEngineLog,
	});
	const dispose = () => {
		runtime.release(scope);
		if (options.userFolder === undefined) removeTemporaryFolder(userFolder);
	};

	let registry: Registry;
	let store: CredentialStore;
	try {
		// The loaders log as nodes would; what they have to say is n8n's.
		registry = await runtime.within(
			{ ...scope, onLog: options.onEngineLog },
			async () =>
				await Registry.load(
					runtime,
					options.packageDirs,
					new Map(Object.entries(options.nodes ?? {})),
				),
		);
		store = new CredentialStore(registry, options.credentials ?? {});
	} catch (error) {
		dispose();
		throw error;
	}

	const active = new Set<Run>();
	const database = new Database(runtime, options.restore?.database);
	let closed = false;
	let server: Promise<WebServer> | undefined;
	let baseUrl = BASE_URL;
	let port = options.restore?.port;

	async function listen(): Promise<void> {
		server ??= startWebServer(
			async (request, response) =>
				await runtime.within(scope, async () => {
					const [, endpoint] = request.path.split('/');
					if (endpoint === 'webhook-waiting') await waiting.handle(request, response);
					else if (/^webhook(-test)?$/.test(endpoint)) await triggers.handle(request, response);
					else throw new HttpError(404, `Cannot ${request.method} ${request.path}`);
				}),
			port,
		);
		({ url: baseUrl, port } = await server);
	}

	function createAdditionalData(): IWorkflowExecuteAdditionalData {
		const missing = async (): Promise<never> => {
			throw new Error('This engine runs one workflow at a time, without sub-workflows or runners');
		};
		return {
			credentialsHelper: store,
			currentNodeExecutionIndex: 0,
			variables: {},
			externalSecretsProxy: new core.ExternalSecretsProxy(),
			instanceBaseUrl: `${baseUrl}/`,
			restApiUrl: `${baseUrl}/rest`,
			webhookBaseUrl: `${baseUrl}/webhook`,
			webhookWaitingBaseUrl: `${baseUrl}/webhook-waiting`,
			webhookTestBaseUrl: `${baseUrl}/webhook-test`,
			formBaseUrl: `${baseUrl}/form`,
			formWaitingBaseUrl: `${baseUrl}/form-waiting`,
			formTestBaseUrl: `${baseUrl}/form-test`,
			mcpBaseUrl: `${baseUrl}/mcp`,
			mcpTestBaseUrl: `${baseUrl}/mcp-test`,
			executeWorkflow: missing,
			getRunExecutionData: missing,
			getRuntimeCredential: missing,
			startRunnerTask: missing,
			logAiEvent: () => {},
		};
	}

	function toWorkflowData(json: WorkflowJson): IWorkflowBase {
		const { id = 'workflow', name = 'Workflow', ...copy } = structuredClone(json);
		return {
			id,
			name,
			nodes: copy.nodes
				.filter(({ type }) => type !== STICKY_NOTE)
				.map((node) => ({ ...node, id: node.id ?? node.name })),
			connections: copy.connections,
			settings: { executionOrder: 'v1', ...copy.settings },
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(),
			updatedAt: new Date(),
		};
	}

	function openWorkflow(
		workflowData: IWorkflowBase,
		staticData: IDataObject,
		nodeTypes = registry,
	): Workflow {
		return new runtime.workflow.Workflow({ ...workflowData, staticData, nodeTypes });
	}

	/** A new execution of a workflow that `startData` begins. */
	function create(
		workflowData: IWorkflowBase,
		mode: WorkflowExecuteMode,
		startData: (workflow: Workflow) => IRunExecutionData,
		nodeTypes = registry,
	): Execution {
		workflowData.staticData = database.readStaticData(workflowData.id);
		const workflow = openWorkflow(workflowData, workflowData.staticData, nodeTypes);
		const data = startData(workflow);
		const id = database.create(mode, data);
		return { id, mode, nodeTypes, workflowData, workflow, data };
	}

	async function execute(
		{ id: executionId, mode, nodeTypes, workflowData, workflow, data }: Execution,
		runOptions: RunOptions,
		cancelled: AbortSignal,
	): Promise<RunResult> {
		const hasWebhooks = ({ type, typeVersion }: INode) =>
			nodeTypes.getByNameAndVersion(type, typeVersion).description.webhooks !== undefined;
		if (workflowData.nodes.some(hasWebhooks)) await listen();

		const settings = workflowData.settings ?? {};
		const hooks = new core.ExecutionLifecycleHooks(mode, executionId, workflowData);
		hooks.addHandler('nodeExecuteAfter', (nodeName, taskData) => {
			runOptions.onNodeDone?.(nodeName, toNodeResult(taskData));
		});
		hooks.addHandler('workflowExecuteAfter', (_, staticData?: IDataObject) => {
			if (staticData && mode !== 'manual') database.writeStaticData(workflow.id, staticData);
		});
		const limitSeconds = settings.executionTimeout ?? -1;
		const additionalData: IWorkflowExecuteAdditionalData = {
			...createAdditionalData(),
			executionId,
			workflowId: workflow.id,
			workflowSettings: settings,
			hooks,
			...(limitSeconds > 0 && { executionTimeoutTimestamp: Date.now() + limitSeconds * 1000 }),
		};
		const startedAt = new Date();
		let run: IRun;
		try {
			const execution = new core.WorkflowExecute(
				additionalData,
				mode,
				data,
			).processRunExecutionData(workflow);
			const stop = () => execution.cancel();
			if (cancelled.aborted) stop();
			const timer = limitSeconds > 0 ? setTimeout(stop, limitSeconds * 1000) : undefined;
			cancelled.addEventListener('abort', stop, { once: true });
			try {
				run = await execution;
			} finally {
				clearTimeout(timer);
				cancelled.removeEventListener('abort', stop);
			}
			// A node that ends with an error because it was stopped has not failed.
			if (execution.isCanceled) run.status = 'canceled';
			// A failed webhook() leaves its error in the data of a run that ends well; n8n saves that as failed.
			else if (run.status === 'success' && run.data.resultData.error) run.status = 'error';
		} catch (error) {
			if (!(error instanceof core.WorkflowHasIssuesError)) throw error;
			const { message, name: errorName, stack } = error;
			data.resultData.error = { ...error, message, name: errorName, stack } as typeof error;
			run = {
				data,
				mode,
				startedAt,
				stoppedAt: new Date(),
				storedAt: 'db',
				status: 'error',
			};
		}

		const saved = run.status === 'waiting' && database.park(executionId, workflowData, run.data);
		if (saved) {
			await sleep(options.savingMs ?? SAVING_MS);
			saved();
		} else database.finish(executionId, run.status);
		const { error } = run.data.resultData;
		return {
			executionId,
			status: run.status,
			...(saved && { waiting: waiting.add(executionId) }),
			...(error && { error: error as unknown as RunError }),
			nodes: toNodeResults(run),
			raw: run,
			binary: async (data) => await scope.binaryData.getAsBuffer(data),
		};
	}

	function start(open: () => Execution, runOptions: RunOptions = {}): Run {
		if (closed) throw new Error('The engine is closed');
		const abort = new AbortController();
		const run: Run = {
			result: runtime.within(scope, async () => await execute(open(), runOptions, abort.signal)),
			cancel: () => abort.abort(),
		};
		active.add(run);
		const forget = () => active.delete(run);
		run.result.then(forget, forget);
		return run;
	}

	function startAt(json: WorkflowJson, runOptions: RunOptions = {}, nodeTypes = registry): Run {
		const { startNode, input = [{ json: {} }], mode = 'cli' } = runOptions;
		const startData = (workflow: Workflow) => {
			const node = startNode ? workflow.getNode(startNode) : workflow.getStartNode();
			if (!node) {
				throw new Error(
					startNode
						? `The workflow has no node named "${startNode}"`
						: 'The workflow has no node to start from; add a Manual Trigger',
				);
			}
			return runtime.workflow.createRunExecutionData({
				executionData: {
					nodeExecutionStack: [{ node, data: { main: [structuredClone(input)] }, source: null }],
				},
			});
		};
		return start(() => create(toWorkflowData(json), mode, startData, nodeTypes), runOptions);
	}

	const host: WebhookHost = {
		runtime,
		nodeTypes: registry,
		database,
		createAdditionalData,
		toWorkflowData,
		openWorkflow,
		start: (workflowData, mode, data) =>
			start(() => create(structuredClone(workflowData), mode, () => data)),
		resume(execution) {
			database.resume(execution);
			const { workflowData } = execution;
			const workflow = openWorkflow(workflowData, workflowData.staticData ?? {});
			return start(() => ({ ...execution, nodeTypes: registry, workflow }));
		},
	};
	const triggers = new Triggers(host);
	if (port !== undefined) await listen();
	const waiting = new WaitingExecutions(host);

	return {
		nodeTypes: registry,

		userFolder,

		describe: (nodeType, version) => registry.getByNameAndVersion(nodeType, version).description,

		credentialType: (name) => registry.credentialType(name),

		run: (workflow, runOptions) => startAt(workflow, runOptions),

		async activate(workflow, activateOptions = {}) {
			if (closed) throw new Error('The engine is closed');
			await listen();
			return await runtime.within(
				scope,
				async () => await triggers.activate(workflow, baseUrl, activateOptions),
			);
		},

		waiting: () => waiting.list(),

		async webhookUrl() {
			await listen();
			return baseUrl;
		},

		export: () => ({ ...(port !== undefined && { port }), database: database.state() }),

		credentialTest: async (name) =>
			await runtime.within(
				scope,
				async () => await testCredential(store, createAdditionalData(), name),
			),

		async runFunction<T>(
			credentialName: string | undefined,
			action: NodeFunction<T>,
			functionOptions: FunctionOptions = {},
		): Promise<T> {
			const type = functionOptions.nodeType ?? HTTP_REQUEST;
			const real = functionOptions.nodeType ? registry.getByNameAndVersion(type) : undefined;
			let outcome: Promise<T> | undefined;
			const probe: INodeType = {
				description: real?.description ?? {
					name: type.slice(type.lastIndexOf('.') + 1),
					displayName: 'Probe',
					description: 'Runs a function of the caller',
					group: ['input'],
					version: 4.2,
					defaults: { name: 'Probe' },
					inputs: ['main'],
					outputs: ['main'],
					properties: [],
				},
				async execute() {
					outcome = (async () => await action.call(this, this.getInputData()))();
					// Whatever becomes of it is told to the caller, below.
					await outcome.catch(() => {});
					return [[]];
				},
			};
			const { version } = probe.description;
			const credentials =
				credentialName === undefined
					? undefined
					: {
							[store.byName(credentialName).type]: { id: credentialName, name: credentialName },
						};
			const { result } = startAt(
				{
					nodes: [
						{
							name: 'Probe',
							type,
							typeVersion: Array.isArray(version) ? (version.at(-1) ?? 1) : version,
							position: [0, 0],
							parameters: functionOptions.parameters ?? {},
							onError: functionOptions.onError,
							credentials,
						},
					],
					connections: {},
				},
				{ startNode: 'Probe', input: functionOptions.items },
				registry.with(new Map([[type, probe]])),
			);
			const { error } = await result;
			if (outcome === undefined) throw new Error(error?.message ?? 'The function did not run');
			return await outcome;
		},

		async close() {
			if (closed) return;
			closed = true;
			await (await server)?.close();
			const running = [...active];
			for (const run of running) run.cancel();
			await Promise.allSettled(running.map(async ({ result }) => await result));
			dispose();
		},
	};
}
