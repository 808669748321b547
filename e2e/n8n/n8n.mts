/**
 * A real n8n of either line with the packed package in it: start one, give it credentials and workflows, run
 * them, read the items, stop, kill and restart it.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { n8nApi } from './api.mts';
import type { N8nApi } from './api.mts';
import { environment, HOST } from './environment.mts';
import type { Env } from './environment.mts';
import { n8nOf } from './lines.mts';
import type { Line } from './lines.mts';
import { installPackage } from './package.mts';
import { freePort, lastLines, runThroughCrash, startServer, until } from './processes.mts';
import type { Ended, Server } from './processes.mts';
import { Rest, RestError } from './rest.mts';
import type { Owner } from './rest.mts';

/** A user folder with the package installed, the database made and its owner known: copied for each instance. */
export async function makeTemplate(line: Line, folder: string, tarball: string): Promise<void> {
	await installPackage(folder, tarball);
	const n8n = await startN8n({ line, userFolder: folder });
	await n8n.stop();
}

/**
 * n8n's commands, on data that no server has open. They close the database 100 ms after their work, whether or
 * not a query is under way: a crash of SQLite's binding where one is (node-sqlite3 issue 1323).
 */
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
			await runThroughCrash({
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
	/** Any free one where left out. */
	port?: number;
	owner?: Owner;
	onOutput?: (text: string) => void;
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

export interface ProcessOptions {
	line: Line;
	/** For messages. */
	name: string;
	/** n8n's command and its options. */
	args: string[];
	env: NodeJS.ProcessEnv;
	/** Where it says whether it is ready. */
	port: number;
	onOutput?: (text: string) => void;
}

/** One process of n8n, ready to work. */
export async function startProcess(options: ProcessOptions): Promise<Server> {
	const { line, name, args, env, port, onOutput } = options;
	const server = await startServer({
		name,
		command: process.execPath,
		args: [n8nOf(line), ...args],
		env,
		onOutput,
	});
	const isReady = async () => {
		if (!server.running()) throw new Error(`${name} ended:\n${lastLines(server.output())}`);
		const answer = await fetch(`http://${HOST}:${port}/healthz/readiness`).catch(() => undefined);
		return answer?.ok ? true : undefined;
	};
	const what = () => `${name} is not ready:\n${lastLines(server.output())}`;
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
	const { line, template, onOutput } = options;
	const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), `whiteboard-n8n-${line}-`));
	if (template) cpSync(template, userFolder, { recursive: true, verbatimSymlinks: true });
	const port = options.port ?? (await freePort());
	const url = `http://${HOST}:${port}`;
	const env = environment(line, userFolder, {
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		WEBHOOK_URL: url,
		...options.env,
	});
	const rest = new Rest(url, options.owner);
	let server: Server;
	const output = () => server.output();

	async function start(): Promise<void> {
		const name = `n8n ${line}`;
		server = await startProcess({ line, name, args: ['start'], env, port, onOutput });
		if (!template && !options.userFolder) return;
		await onceRouted(async () => await rest.logIn(), output);
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
