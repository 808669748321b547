/**
 * n8n in queue mode: main, a process for webhooks and workers over Redis and PostgreSQL, each with a user
 * folder and ports of its own, as if on machines of their own.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Line } from './lines.mts';
import { n8nApi } from './api.mts';
import type { N8nApi } from './api.mts';
import { environment, HOST } from './environment.mts';
import type { Env } from './environment.mts';
import { onceRouted, startProcess } from './n8n.mts';
import { freePort, until } from './processes.mts';
import type { Server } from './processes.mts';
import { Rest } from './rest.mts';
import { startPostgres, startRedis } from './services.mts';
import type { Database } from './services.mts';

/** Where n8n keeps the files of items; `default` is what the line does by itself. */
export type BinaryMode = 'default' | 'database' | 'filesystem';

/** n8n 1 refuses a mode that is not listed. */
const BINARY_MODES = { N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem,database' };

const BINARY_ENV: Record<BinaryMode, (line: Line, folder: string) => Env> = {
	default: () => ({}),
	database: (line) => ({
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		...(line === 1 && BINARY_MODES),
	}),
	// All processes share one folder: main reads what a worker has written.
	filesystem: (_line, folder) => ({
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_BINARY_DATA_STORAGE_PATH: folder,
	}),
};

export interface ClusterOptions {
	line: Line;
	/** With the package in it. */
	template: string;
	workers?: number;
	/** Executions that a worker has at the same time. */
	concurrency?: number;
	binaryMode?: BinaryMode;
	env?: Env;
}

/** Its API is main's. */
export interface Cluster extends N8nApi {
	line: Line;
	/** Main's, and that of the process for webhooks. */
	url: string;
	webhookUrl: string;
	database: Database;
	main: Server;
	webhook: Server;
	/** All that have been started, the oldest first; some may have ended. */
	workers: Server[];
	addWorker(): Promise<Server>;
	/** Everything that its processes have written. */
	output(): string;
	/** Calls a webhook through the process for webhooks, or through main; throws unless the answer is 2xx. */
	callWebhook(path: string, body: unknown, options?: { byMain?: boolean }): Promise<void>;
	/** How many executions of a workflow there are, by status. */
	statuses(workflowId: string): Promise<Record<string, number>>;
	/** Ends everything, and removes its folders. */
	close(): Promise<void>;
}

/** What stops a process as a shutdown of its machine does; resolves when it has ended. */
export async function shutDown(server: Server): Promise<void> {
	server.signal('SIGTERM');
	await server.ended;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const { line, template, concurrency = 10, binaryMode = 'default' } = options;
	const folder = mkdtempSync(join(tmpdir(), `whiteboard-queue-${line}-`));
	const [redis, database] = await Promise.all([startRedis(), startPostgres()]);
	const servers: Server[] = [];
	const workers: Server[] = [];
	const urlOf = (port: number) => `http://${HOST}:${port}`;
	const ports = { main: await freePort(), webhook: await freePort() };
	const [url, webhookUrl] = [urlOf(ports.main), urlOf(ports.webhook)];

	const shared: Env = {
		...database.env,
		// With n8n's two connections a burst of webhooks is answered with "Database is not ready".
		DB_POSTGRESDB_POOL_SIZE: '10',
		// After 20 s without a connection n8n answers with 500, and nobody knows whether it has begun.
		DB_POSTGRESDB_CONNECTION_TIMEOUT: '120000',
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: HOST,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		WEBHOOK_URL: webhookUrl,
		...BINARY_ENV[binaryMode](line, join(folder, 'storage')),
		...options.env,
	};

	async function start(name: string, args: string[], port: number, env: Env): Promise<Server> {
		const userFolder = join(folder, name);
		const nodes = join('.n8n', 'nodes');
		mkdirSync(join(userFolder, '.n8n'), { recursive: true });
		cpSync(join(template, nodes), join(userFolder, nodes), {
			recursive: true,
			verbatimSymlinks: true,
		});
		const server = await startProcess({
			line,
			name: `n8n ${line} ${name}`,
			args,
			env: environment(line, userFolder, {
				N8N_RUNNERS_BROKER_PORT: String(await freePort()),
				...shared,
				...env,
			}),
			port,
		});
		servers.push(server);
		return server;
	}

	const startServing = async (name: keyof typeof ports, command: string) =>
		await start(name, [command], ports[name], { N8N_PORT: String(ports[name]) });

	async function addWorker(): Promise<Server> {
		const port = await freePort();
		const name = `worker-${(started += 1)}`;
		const worker = await start(name, ['worker', `--concurrency=${concurrency}`], port, {
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
		});
		workers.push(worker);
		return worker;
	}
	let started = 0;

	const output = () => servers.map((server) => `--- ${server.name}\n${server.output()}`).join('\n');

	async function close(): Promise<void> {
		await Promise.all(servers.map(async (server) => await server.kill()));
		await Promise.all([redis.close(), database.close()]);
		rmSync(folder, { recursive: true, force: true });
	}

	try {
		// Main makes the tables that the others look for.
		const main = await startServing('main', 'start');
		const rest = new Rest(url);
		await onceRouted(async () => await rest.logIn(), output);
		const webhook = await startServing('webhook', 'webhook');
		for (let count = 0; count < (options.workers ?? 3); count += 1) await addWorker();
		return {
			...n8nApi({ line, rest, output }),
			line,
			url,
			webhookUrl,
			database,
			main,
			webhook,
			workers,
			addWorker,
			output,
			callWebhook: async (path, body, { byMain = false } = {}) => {
				const call = async () => {
					const response = await fetch(`${byMain ? url : webhookUrl}/webhook/${path}`, {
						method: 'POST',
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify(body),
					});
					const text = await response.text();
					// Its workflow may have been published just now; 503: the database has no time. Nothing has begun.
					if ([404, 503].includes(response.status)) return undefined;
					if (!response.ok) throw new Error(`Webhook ${path}: ${response.status} ${text}`);
					return text;
				};
				await until(call, { what: `no webhook ${path}` });
			},
			statuses: async (workflowId) => {
				const rows = await database.query(
					`select status, count(*) from execution_entity where "workflowId" = '${workflowId}' group by 1`,
				);
				return Object.fromEntries(rows.map(([status, count]) => [status, Number(count)]));
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** Statuses of executions that have not ended. */
const UNDER_WAY = ['new', 'running', 'waiting', 'unknown'];

/** So many executions of a workflow have ended, and no other is under way. */
export function allEnded(statuses: Record<string, number>, expected: number): boolean {
	const ended = Object.entries(statuses).filter(([status]) => !UNDER_WAY.includes(status));
	const count = Object.values(statuses).reduce((sum, value) => sum + value, 0);
	return ended.reduce((sum, [, value]) => sum + value, 0) === count && count >= expected;
}
