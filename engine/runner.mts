/**
 * Runs a workflow in n8n's own engine (n8n-core) inside this process: no server, no database.
 * Nodes, expressions, error outputs, retries, requests and binary data are n8n's; only what n8n's
 * server would add (stored credentials, the list of node types) is brought along.
 */
import { mkdirSync } from 'node:fs';
import type {
	IBinaryData,
	IConnections,
	ICredentialType,
	IExecuteFunctions,
	INode,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypeDescription,
	IRun,
	ITaskData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { testCredential } from './credential-test.mts';
import { CredentialStore, type StoredCredential } from './credentials.mts';
import { Registry } from './registry.mts';
import {
	type BinaryMode,
	type LogListener,
	createTemporaryFolder,
	openRuntime,
	removeTemporaryFolder,
} from './runtime.mts';
import { STICKY_NOTE } from './stand-ins.mts';

export type { LogLevel, LogListener, BinaryMode } from './runtime.mts';
export type { StoredCredential } from './credentials.mts';

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
	status: IRun['status'];
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
			async () => await Registry.load(runtime, options.packageDirs),
		);
		store = new CredentialStore(registry, options.credentials ?? {});
	} catch (error) {
		dispose();
		throw error;
	}

	const active = new Set<Run>();
	let executions = 0;
	let closed = false;

	function createAdditionalData(): IWorkflowExecuteAdditionalData {
		const missing = async (): Promise<never> => {
			throw new Error('This engine runs one workflow at a time, without sub-workflows or runners');
		};
		return {
			credentialsHelper: store,
			currentNodeExecutionIndex: 0,
			variables: {},
			externalSecretsProxy: new core.ExternalSecretsProxy(),
			instanceBaseUrl: `${BASE_URL}/`,
			restApiUrl: `${BASE_URL}/rest`,
			webhookBaseUrl: `${BASE_URL}/webhook`,
			webhookWaitingBaseUrl: `${BASE_URL}/webhook-waiting`,
			webhookTestBaseUrl: `${BASE_URL}/webhook-test`,
			formBaseUrl: `${BASE_URL}/form`,
			formWaitingBaseUrl: `${BASE_URL}/form-waiting`,
			formTestBaseUrl: `${BASE_URL}/form-test`,
			mcpBaseUrl: `${BASE_URL}/mcp`,
			mcpTestBaseUrl: `${BASE_URL}/mcp-test`,
			executeWorkflow: missing,
			getRunExecutionData: missing,
			getRuntimeCredential: missing,
			startRunnerTask: missing,
			logAiEvent: () => {},
		};
	}

	async function execute(
		nodeTypes: Registry,
		json: WorkflowJson,
		runOptions: RunOptions,
		cancelled: AbortSignal,
	): Promise<RunResult> {
		const copy = structuredClone(json);
		const { id = 'workflow', name = 'Workflow', connections } = copy;
		const nodes = copy.nodes
			.filter(({ type }) => type !== STICKY_NOTE)
			.map((node) => ({ ...node, id: node.id ?? node.name }));
		const settings: IWorkflowSettings = { executionOrder: 'v1', ...copy.settings };
		const workflow = new runtime.workflow.Workflow({
			id,
			name,
			nodes,
			connections,
			settings,
			nodeTypes,
			active: false,
		});
		const start = runOptions.startNode
			? workflow.getNode(runOptions.startNode)
			: workflow.getStartNode();
		if (!start) {
			throw new Error(
				runOptions.startNode
					? `The workflow has no node named "${runOptions.startNode}"`
					: 'The workflow has no node to start from; add a Manual Trigger',
			);
		}

		const mode = runOptions.mode ?? 'cli';
		const executionId = String(++executions);
		const workflowData: IWorkflowBase = {
			id,
			name,
			nodes,
			connections,
			settings,
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(),
			updatedAt: new Date(),
		};
		const hooks = new core.ExecutionLifecycleHooks(mode, executionId, workflowData);
		hooks.addHandler('nodeExecuteAfter', (nodeName, taskData) => {
			runOptions.onNodeDone?.(nodeName, toNodeResult(taskData));
		});
		const limitSeconds = settings.executionTimeout ?? -1;
		const additionalData: IWorkflowExecuteAdditionalData = {
			...createAdditionalData(),
			executionId,
			workflowId: id,
			workflowSettings: settings,
			hooks,
			...(limitSeconds > 0 && { executionTimeoutTimestamp: Date.now() + limitSeconds * 1000 }),
		};
		const runData = runtime.workflow.createRunExecutionData({
			executionData: {
				nodeExecutionStack: [
					{
						node: start,
						data: { main: [structuredClone(runOptions.input ?? [{ json: {} }])] },
						source: null,
					},
				],
			},
		});

		const startedAt = new Date();
		let run: IRun;
		try {
			const execution = new core.WorkflowExecute(
				additionalData,
				mode,
				runData,
			).processRunExecutionData(workflow);
			const stop = () => execution.cancel();
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
		} catch (error) {
			if (!(error instanceof core.WorkflowHasIssuesError)) throw error;
			const { message, name: errorName, stack } = error;
			runData.resultData.error = { ...error, message, name: errorName, stack } as typeof error;
			run = {
				data: runData,
				mode,
				startedAt,
				stoppedAt: new Date(),
				storedAt: 'db',
				status: 'error',
			};
		}

		const { error } = run.data.resultData;
		return {
			status: run.status,
			...(error && { error: error as unknown as RunError }),
			nodes: toNodeResults(run),
			raw: run,
			binary: async (data) => await scope.binaryData.getAsBuffer(data),
		};
	}

	function start(nodeTypes: Registry, json: WorkflowJson, runOptions: RunOptions = {}): Run {
		if (closed) throw new Error('The engine is closed');
		const abort = new AbortController();
		const run: Run = {
			result: runtime.within(
				scope,
				async () => await execute(nodeTypes, json, runOptions, abort.signal),
			),
			cancel: () => abort.abort(),
		};
		active.add(run);
		const forget = () => active.delete(run);
		run.result.then(forget, forget);
		return run;
	}

	return {
		nodeTypes: registry,

		userFolder,

		describe: (nodeType, version) => registry.getByNameAndVersion(nodeType, version).description,

		credentialType: (name) => registry.credentialType(name),

		run: (workflow, runOptions) => start(registry, workflow, runOptions),

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
			const { result } = start(
				registry.with(new Map([[type, probe]])),
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
			);
			const { error } = await result;
			if (outcome === undefined) throw new Error(error?.message ?? 'The function did not run');
			return await outcome;
		},

		async close() {
			if (closed) return;
			closed = true;
			const running = [...active];
			for (const run of running) run.cancel();
			await Promise.allSettled(running.map(async ({ result }) => await result));
			dispose();
		},
	};
}
