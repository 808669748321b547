/**
 * A real n8n of either line with the packed package in it: start one, give it credentials and workflows, run
 * them, read the items, stop, kill and restart it.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { WorkflowJson } from '../../engine/runner.mts';
import { folderOf, n8nOf } from './lines.mts';
import type { Line } from './lines.mts';
import { freePort, runProgram, startServer, until } from './processes.mts';
import type { Ended, Server } from './processes.mts';

const ROOT = join(import.meta.dirname, '..', '..');
export const HOST = '127.0.0.1';

/** The person who owns every instance here. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Ada',
	lastName: 'Owner',
	password: 'Example-Password-1',
};

/** One for all: a folder made by one instance is read by others. */
const ENCRYPTION_KEY = 'an example key for tests only';

/** Nothing here asks any other machine for anything. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

/** A module that n8n 1 does not know refuses to start. */
const QUIET_BY_LINE: Record<Line, Env> = { 2: { N8N_DISABLED_MODULES: 'mcp-registry' }, 1: {} };

export type Env = Record<string, string>;

/** What every n8n process gets. */
export function environment(line: Line, userFolder: string, env: Env = {}): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		HOME: userFolder,
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
		N8N_LISTEN_ADDRESS: HOST,
		N8N_SECURE_COOKIE: 'false',
		...QUIET,
		...QUIET_BY_LINE[line],
		...env,
	};
}

/** `npm pack` of the build that stands in dist/; returns the tarball's path. */
export async function packPackage(folder: string): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const { code, output } = await runProgram({
		name: 'npm pack',
		command: 'npm',
		args: ['pack', ROOT, '--ignore-scripts', '--silent', '--pack-destination', folder],
	});
	const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (code !== 0 || !name) throw new Error(`npm pack ended with status ${code}: ${output}`);
	return join(folder, name);
}

/** Installs a package where an instance keeps its community nodes, as n8n itself does. */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	mkdirSync(nodes, { recursive: true });
	const options = [
		'--ignore-scripts',
		'--omit=dev',
		'--legacy-peer-deps',
		'--no-audit',
		'--no-fund',
	];
	const { code, output } = await runProgram({
		name: 'npm install',
		command: 'npm',
		args: ['install', '--prefix', nodes, ...options, tarball],
	});
	if (code !== 0)
		throw new Error(`npm install of the package ended with status ${code}: ${output}`);
}

/** What a node gave in its last run. */
export interface NodeResult {
	/** Items by output. */
	outputs: INodeExecutionData[][];
	/** How often it has run. */
	runs: number;
	error?: { message: string; description?: string };
}

export interface Execution {
	id: string;
	status: string;
	/** Of the execution. */
	error?: { message: string; description?: string };
	nodes: Record<string, NodeResult>;
	startedAt: string;
	stoppedAt: string | null;
}

interface RawExecution {
	id: string;
	status: string;
	startedAt: string;
	stoppedAt: string | null;
	/** Flatted JSON. */
	data: string;
}

interface RunData {
	resultData: {
		error?: NodeResult['error'];
		runData: Record<
			string,
			Array<{
				error?: NodeResult['error'];
				data?: Record<string, Array<INodeExecutionData[] | null>>;
			}>
		>;
	};
}

function readExecution(line: Line, { data, ...execution }: RawExecution): Execution {
	const { parse } = createRequire(join(folderOf(line), 'node_modules', 'n8n', 'package.json'))(
		'flatted',
	) as { parse(text: string): RunData | undefined };
	// There is none while it runs.
	const resultData = data ? parse(data)?.resultData : undefined;
	const nodes = Object.entries(resultData?.runData ?? {}).map(([name, runs]) => {
		const last = runs.at(-1);
		const [items] = Object.values(last?.data ?? {});
		const outputs = (items ?? []).map((output) => output ?? []);
		return [name, { outputs, runs: runs.length, error: last?.error }] as const;
	});
	return {
		id: String(execution.id),
		status: execution.status,
		startedAt: execution.startedAt,
		stoppedAt: execution.stoppedAt,
		error: resultData?.error,
		nodes: Object.fromEntries(nodes),
	};
}

/** An answer of n8n's own API other than 2xx. */
export class RestError extends Error {
	readonly status: number;

	constructor(status: number, answer: string, request: string) {
		super(`${request} was answered with ${status}: ${answer}`);
		this.status = status;
	}
}

/** The API that n8n's editor uses, as a person who has logged in. */
export class Rest {
	#cookie = '';

	/** n8n binds a session to the browser that it was opened in. */
	readonly #browserId = randomUUID();

	readonly #url: string;

	constructor(url: string) {
		this.#url = url;
	}

	async call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${this.#url}/rest/${path}`, {
			method,
			headers: {
				'browser-id': this.#browserId,
				...(this.#cookie && { cookie: this.#cookie }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new RestError(response.status, text, `${method} /rest/${path}`);
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (cookies.length > 0) this.#cookie = cookies.join('; ');
		const answer = (text === '' ? undefined : JSON.parse(text)) as { data: Answer };
		return answer?.data;
	}

	/** Of any path of the server. */
	async bytes(path: string): Promise<Buffer> {
		const headers = { 'browser-id': this.#browserId, cookie: this.#cookie };
		const response = await fetch(`${this.#url}/${path}`, { headers });
		const bytes = Buffer.from(await response.arrayBuffer());
		if (!response.ok) throw new RestError(response.status, bytes.toString(), `GET /${path}`);
		return bytes;
	}

	async setUpOwner(): Promise<void> {
		await this.call('POST', 'owner/setup', OWNER);
	}

	async logIn(): Promise<void> {
		const { email, password } = OWNER;
		await this.call('POST', 'login', { email, emailOrLdapLoginId: email, password });
	}
}

/** A user folder with the package installed, the database made and its owner known: copied for each instance. */
export async function makeTemplate(line: Line, folder: string, tarball: string): Promise<void> {
	await installPackage(folder, tarball);
	const n8n = await startN8n({ line, userFolder: folder, setUpOwner: true });
	await n8n.stop();
}

/** n8n's commands, on data that no server has open. */
export interface Commands {
	userFolder: string;
	run(...args: string[]): Promise<Ended>;
	close(): void;
}

export async function openCommands(line: Line, template: string): Promise<Commands> {
	const userFolder = mkdtempSync(join(tmpdir(), `whiteboard-n8n-${line}-`));
	cpSync(template, userFolder, { recursive: true, verbatimSymlinks: true });
	const env = environment(line, userFolder, {
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
	});
	return {
		userFolder,
		run: async (...args) =>
			await runProgram({
				name: `n8n ${args[0]}`,
				command: process.execPath,
				args: [n8nOf(line), ...args],
				env,
			}),
		close: () => rmSync(userFolder, { recursive: true, force: true }),
	};
}

export interface N8nOptions {
	line: Line;
	env?: Env;
	/** Copied for this instance; its own is removed at the end. */
	template?: string;
	/** Taken as it is, and left. */
	userFolder?: string;
	setUpOwner?: boolean;
}

/** A credential's test, as n8n's dialog shows it. */
export interface TestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** What a person does in the editor of an instance, by its API. */
export interface N8nApi {
	rest: Rest;
	/** Returns the id. Workflows name a credential by this name. */
	createCredential(name: string, type: string, data: IDataObject): Promise<string>;
	testCredential(name: string, type: string, data: IDataObject): Promise<TestResult>;
	/** Returns the id. */
	createWorkflow(workflow: WorkflowJson): Promise<string>;
	/** Starts it as the editor does, at one of its triggers; returns the execution's id. */
	run(workflowId: string, trigger: string, items?: IDataObject[]): Promise<string>;
	execution(id: string): Promise<Execution>;
	/** Waits for an execution until it has ended, or waits itself if that is asked for. */
	ended(id: string, options?: { within?: number; orWaiting?: boolean }): Promise<Execution>;
	executions(workflowId: string): Promise<Array<{ id: string; status: string }>>;
	/** The Stop button. */
	stopExecution(id: string): Promise<void>;
	/** Publishes it: its triggers work from now on. */
	activate(workflowId: string): Promise<void>;
	deactivate(workflowId: string): Promise<void>;
	/** The bytes of a file that an item has. */
	file(binary: IBinaryData): Promise<Buffer>;
	/** Outside of its API: a file of types, a webhook. */
	get<Answer>(path: string): Promise<Answer>;
}

export interface N8n extends N8nApi {
	line: Line;
	url: string;
	userFolder: string;
	server(): Server;
	/** Everything that it has written since its last start. */
	output(): string;
	/** As a shutdown of the machine does. */
	stop(): Promise<void>;
	/** As a power cut does. */
	kill(): Promise<void>;
	/** After a stop or kill, with the same data on the same port. */
	start(): Promise<void>;
	/** Ends it, and removes its folder. */
	close(): Promise<void>;
}

const ENDED = ['success', 'error', 'canceled', 'crashed'];

interface ApiOptions {
	line: Line;
	rest: Rest;
	/** What its server has written, for messages. */
	output(): string;
}

export function n8nApi({ line, rest, output }: ApiOptions): N8nApi {
	const credentialIds = new Map<string, string>();
	const api: N8nApi = {
		rest,
		createCredential: async (name, type, data) => {
			const { id } = await rest.call<{ id: string }>('POST', 'credentials', { name, type, data });
			credentialIds.set(name, id);
			return id;
		},
		testCredential: async (name, type, data) => {
			const id = credentialIds.get(name) ?? '';
			return await rest.call('POST', 'credentials/test', { credentials: { id, name, type, data } });
		},
		createWorkflow: async (workflow) => {
			const nodes = workflow.nodes.map((node) => ({
				...node,
				credentials: Object.fromEntries(
					Object.entries(node.credentials ?? {}).map(([type, { name }]) => [
						type,
						{ id: credentialIds.get(name) ?? null, name },
					]),
				),
			}));
			const { id } = await rest.call<{ id: string }>('POST', 'workflows', {
				...workflow,
				nodes,
				active: false,
			});
			return id;
		},
		run: async (workflowId, trigger, items) => {
			const workflowData = await rest.call('GET', `workflows/${workflowId}`);
			const data = items && {
				startTime: Date.now(),
				executionTime: 0,
				executionIndex: 0,
				executionStatus: 'success',
				source: [],
				data: { main: [items.map((json) => ({ json }))] },
			};
			const { executionId } = await rest.call<{ executionId: string }>(
				'POST',
				`workflows/${workflowId}/run`,
				{ workflowData, triggerToStartFrom: { name: trigger, ...(data && { data }) } },
			);
			return executionId;
		},
		execution: async (id) =>
			readExecution(line, await rest.call<RawExecution>('GET', `executions/${id}`)),
		ended: async (id, { within = 60_000, orWaiting = false } = {}) => {
			let last: Execution | undefined;
			const ask = async () => {
				last = await api.execution(id).catch((error: unknown) => {
					// Not saved yet.
					if (error instanceof RestError && error.status === 404) return undefined;
					throw error;
				});
				const isOver =
					last && (ENDED.includes(last.status) || (orWaiting && last.status === 'waiting'));
				return isOver ? last : undefined;
			};
			const what = () => `execution ${id} is ${last?.status}:\n${output().slice(-4000)}`;
			return await until(ask, { what, within });
		},
		executions: async (workflowId) => {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			const { results } = await rest.call<{ results: Array<{ id: string; status: string }> }>(
				'GET',
				`executions?filter=${filter}&limit=100`,
			);
			return results;
		},
		stopExecution: async (id) => {
			await rest.call('POST', `executions/${id}/stop`);
		},
		activate: async (workflowId) => {
			const { versionId } = await rest.call<{ versionId: string }>(
				'GET',
				`workflows/${workflowId}`,
			);
			await (line === 2
				? rest.call('POST', `workflows/${workflowId}/activate`, { versionId })
				: rest.call('PATCH', `workflows/${workflowId}`, { versionId, active: true }));
		},
		deactivate: async (workflowId) => {
			const { versionId } = await rest.call<{ versionId: string }>(
				'GET',
				`workflows/${workflowId}`,
			);
			await (line === 2
				? rest.call('POST', `workflows/${workflowId}/deactivate`, {})
				: rest.call('PATCH', `workflows/${workflowId}`, { versionId, active: false }));
		},
		file: async ({ id, data }) => {
			if (!id) return Buffer.from(data, 'base64');
			return await rest.bytes(`rest/binary-data?id=${encodeURIComponent(id)}&action=download`);
		},
		get: async <Answer,>(path: string) => JSON.parse(String(await rest.bytes(path))) as Answer,
	};
	return api;
}

export interface ProcessOptions {
	line: Line;
	/** For messages. */
	name: string;
	/** n8n's command and its options. */
	args: string[];
	env: NodeJS.ProcessEnv;
	/** Where it says whether it is ready. */
	port: number;
}

/** One process of n8n, ready to work. */
export async function startProcess(options: ProcessOptions): Promise<Server> {
	const { line, name, args, env, port } = options;
	const server = await startServer({
		name,
		command: process.execPath,
		args: [n8nOf(line), ...args],
		env,
	});
	const isReady = async () => {
		if (!server.running()) throw new Error(`${name} ended:\n${server.output()}`);
		const answer = await fetch(`http://${HOST}:${port}/healthz/readiness`).catch(() => undefined);
		return answer?.ok ? true : undefined;
	};
	const what = () => `${name} is not ready:\n${server.output()}`;
	await until(isReady, { what, within: 120_000 });
	return server;
}

/** Routes come a little later than the readiness of their server. */
export async function onceRouted(ask: () => Promise<void>, output: () => string): Promise<void> {
	const tryIt = async () =>
		await ask().then(
			() => true,
			(error: unknown) => {
				if (error instanceof RestError && error.status === 404) return undefined;
				throw error;
			},
		);
	await until(tryIt, { what: () => `nobody can log in:\n${output()}` });
}

export async function startN8n(options: N8nOptions): Promise<N8n> {
	const { line, template } = options;
	const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), `whiteboard-n8n-${line}-`));
	if (template) cpSync(template, userFolder, { recursive: true, verbatimSymlinks: true });
	const port = await freePort();
	const url = `http://${HOST}:${port}`;
	const env = environment(line, userFolder, {
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		WEBHOOK_URL: url,
		...options.env,
	});
	const rest = new Rest(url);
	let server: Server;
	const output = () => server.output();

	async function start(): Promise<void> {
		server = await startProcess({ line, name: `n8n ${line}`, args: ['start'], env, port });
		if (!template && !options.userFolder) return;
		await onceRouted(
			async () => await (options.setUpOwner ? rest.setUpOwner() : rest.logIn()),
			output,
		);
	}

	async function stop(): Promise<void> {
		server.signal('SIGTERM');
		await server.ended;
	}

	await start();

	return {
		...n8nApi({ line, rest, output }),
		line,
		url,
		userFolder,
		server: () => server,
		output,
		start,
		stop,
		kill: async () => await server.kill(),
		close: async () => {
			await server.kill();
			if (!options.userFolder) rmSync(userFolder, { recursive: true, force: true });
		},
	};
}
