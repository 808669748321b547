/** Servers that run beside the tests and end with them. */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds after which a process that started servers notices that nobody waits for it any more. */
const ORPHAN_CHECK = 500;

/** A run that was killed leaves its tests behind: they end too, and their servers with them. */
const parent = process.ppid;
setInterval(() => {
	if (process.ppid !== parent) process.exit(1);
}, ORPHAN_CHECK).unref();

export interface Program {
	/** For messages. */
	name: string;
	command: string;
	args: string[];
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Told what it writes as it comes. */
	onOutput?: (text: string) => void;
}

export interface Server {
	name: string;
	pid: number;
	/** All that it has written. */
	output(): string;
	running(): boolean;
	/** Resolves to its status: for a signal 128 and the signal's number, as in a shell. */
	ended: Promise<number>;
	signal(signal: NodeJS.Signals): void;
	/** Ends it and all that it has started at once. */
	kill(): Promise<void>;
	/** Resident memory in bytes. */
	memory(): number;
}

export async function startServer(program: Program): Promise<Server> {
	const { name, command, args, cwd, env, onOutput } = program;
	const guard = fork(join(import.meta.dirname, 'guard.mts'), [command, ...args], {
		cwd,
		env: env ?? process.env,
		silent: true,
		execArgv: [],
		// Outside of this one's group: whoever kills that must not kill the guard with it.
		detached: process.platform !== 'win32',
	});
	const parts: Buffer[] = [];
	for (const stream of [guard.stdout, guard.stderr]) {
		stream?.on('data', (part: Buffer) => {
			parts.push(part);
			onOutput?.(part.toString());
		});
	}
	const ended = once(guard, 'exit').then(([code]) => Number(code ?? 137));
	const [pid] = (await once(guard, 'message')) as [number];
	const running = () => guard.exitCode === null && guard.signalCode === null;
	return {
		name,
		pid,
		output: () => Buffer.concat(parts).toString(),
		running,
		ended,
		signal: (signal) => {
			process.kill(pid, signal);
		},
		kill: async () => {
			if (guard.connected) guard.disconnect();
			await ended;
		},
		memory: () => {
			const [, kilobytes] =
				/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
			return Number(kilobytes) * 1024;
		},
	};
}

export interface Ended {
	code: number;
	/** All that it has written. */
	output: string;
}

/** Runs a program to its end. */
export async function runProgram(program: Program): Promise<Ended> {
	const server = await startServer(program);
	return { code: await server.ended, output: server.output() };
}

const SIGNALS = new Set<number>(Object.values(constants.signals));

/** Runs a program that may be run twice: once more, and says so, where a signal has ended it. */
export async function runThroughCrash(program: Program): Promise<Ended> {
	const ended = await runProgram(program);
	if (!SIGNALS.has(ended.code - 128)) return ended;
	console.error(
		`${program.name} crashed (status ${ended.code}), and is run again. Its last output:\n${lastLines(ended.output)}`,
	);
	return await runProgram(program);
}

/** Below those that systems give to outgoing connections: one of these may take the place of a server. */
const PORTS = { from: 10_000, below: 30_000 };

export async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	const listening = once(server, 'listening').then(
		() => true,
		() => false,
	);
	server.listen(port, '127.0.0.1');
	if (!(await listening)) return false;
	server.close();
	await once(server, 'close');
	return true;
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(PORTS.from, PORTS.below);
		if (await isFree(port)) return port;
	}
}

/** The end of what a program has written. */
export const lastLines = (output: string, count = 30) =>
	output.trimEnd().split('\n').slice(-count).join('\n');

/** Asks until the answer is one, and throws with what is said of it when that takes too long. */
export async function until<Value>(
	ask: () => Promise<Value | undefined> | Value | undefined,
	{
		what,
		within = 60_000,
		every = 100,
	}: { what: string | (() => string); within?: number; every?: number },
): Promise<Value> {
	const deadline = performance.now() + within;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (performance.now() > deadline) {
			const text = typeof what === 'string' ? what : what();
			throw new Error(`Nothing came of it within ${within / 1000} s: ${text}`);
		}
		await sleep(every);
	}
}
