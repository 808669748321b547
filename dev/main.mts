/**
 * `npm run dev`: n8n's editor with this package in it, built anew at each change, and everything that the
 * examples need, on this machine.
 */
import { once } from 'node:events';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

import { installLine } from '../e2e/n8n/install.mts';
import { versionOf } from '../e2e/n8n/lines.mts';
import { startN8n } from '../e2e/n8n/n8n.mts';
import type { N8n } from '../e2e/n8n/n8n.mts';
import { isFree, lastLines } from '../e2e/n8n/processes.mts';
import { OWNER } from '../e2e/n8n/rest.mts';
import { installOnce } from '../e2e/install.mts';
import { keepBuilt } from './build.mts';
import { readChoices, USAGE } from './choices.mts';
import type { Choices } from './choices.mts';
import { exampleNames, fill } from './contents.mts';
import { openDoor } from './door.mts';
import { clearFolder, openFolder, STAND_INS } from './folder.mts';
import type { Folder } from './folder.mts';
import { startStandIns } from './stand-ins.mts';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function requireFree(port: number, message: string): Promise<void> {
	if (!(await isFree(port))) throw new Error(message);
}

async function requireOwnPorts({ path, memory }: Folder): Promise<void> {
	for (const name of STAND_INS) {
		const port = memory.ports[name];
		const who = `Port ${port}, which the examples in ${path} have for the ${name}, is taken`;
		await requireFree(port, `${who}. End the other program, or start afresh with --reset`);
	}
}

/** To be closed at the end, the latest first. */
const open: Array<{ close(): Promise<void> }> = [];

/** n8n waits for its executions; nobody waits for n8n that long here. */
const GRACE_SECONDS = 2;

function sayIncoming(who: string, what: string): void {
	const time = new Date().toLocaleTimeString('en-GB');
	const [first, ...more] = stripVTControlCharacters(what).split('\n');
	say(`${time}  ${who.padEnd(13)}  ${first}`);
	for (const line of more) say(`${' '.repeat(25)}${line}`);
}

/** n8n's own words about a change that it has seen. */
function sayReloads(text: string): void {
	if (text.includes('Hot reload triggered for n8n-nodes-tencent')) {
		sayIncoming('n8n', 'has loaded the nodes anew');
	}
	if (text.includes('Hot reload failed for n8n-nodes-tencent')) sayIncoming('n8n', text.trim());
}

async function start(choices: Choices): Promise<N8n> {
	const { port, line, folder: path, reset } = choices;
	const isTaken = `Port ${port} is taken: end the other program, or choose a port with --port`;
	await requireFree(port, isTaken);
	if (reset) clearFolder(path);
	const folder = await openFolder(path);
	await requireOwnPorts(folder);
	await installOnce();
	await installLine(line);

	const started = performance.now();
	say(`Starting n8n ${versionOf(line)} …`);
	const { ports, password, encryptionKey } = folder.memory;

	const build = await keepBuilt(line, path, say);
	open.push(build);
	const standIns = await startStandIns(ports, sayIncoming);
	open.push(standIns);
	await build.ready;

	const owner = { ...OWNER, password };
	const n8n = await startN8n({
		line,
		port,
		userFolder: path,
		owner,
		onOutput: sayReloads,
		env: {
			N8N_ENCRYPTION_KEY: encryptionKey,
			N8N_DEV_RELOAD: 'true',
			N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(GRACE_SECONDS),
		},
	});
	open.push({
		close: async () => {
			if (n8n.server().running()) await Promise.race([n8n.stop(), sleep(GRACE_SECONDS * 1500)]);
			await n8n.close();
		},
	});
	await fill(n8n, folder, standIns);
	const door = await openDoor(n8n.url, owner);
	open.push(door);

	const seconds = Math.round((performance.now() - started) / 1000);
	say(`
  Editor      ${door.url}  (signs you in)
              or ${n8n.url} as ${owner.email} with the password ${password}
  Workflows   the ${exampleNames().length} examples: open one and execute it
  Service     Tencent Cloud's stand-in on ${standIns.emulator.url}, in the credential "Tencent Cloud account"
  Beside it   stand-ins for storage, chat, mail and a language model; what they get is shown here
  Kept in     ${relative(process.cwd(), path) || path}; --reset starts afresh

Ready after ${seconds} s. A change in nodes/ or credentials/ is built and loaded by itself. Ctrl+C ends it.
`);
	return n8n;
}

/** Rejects when n8n has ended by itself. */
async function watch(n8n: N8n): Promise<never> {
	const code = await n8n.server().ended;
	throw new Error(
		`n8n has ended with status ${code}. Its last output:\n${lastLines(n8n.output())}`,
	);
}

const CTRL_C = 3;

/** Aborted by Ctrl+C; a second one ends all at once. */
function untilInterrupted(): AbortSignal {
	const interrupt = new AbortController();
	const stop = () => {
		if (interrupt.signal.aborted) process.exit(130);
		interrupt.abort();
	};
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
	const { stdin } = process;
	if (stdin.isTTY) {
		// As a key: the shell that npm has put between would die of the signal.
		stdin.setRawMode(true);
		stdin.on('data', (keys: Buffer) => {
			if (keys.includes(CTRL_C)) stop();
		});
	}
	return interrupt.signal;
}

async function main(): Promise<number> {
	let choices: Choices | undefined;
	try {
		choices = readChoices();
	} catch (error) {
		process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
		return 2;
	}
	if (!choices) {
		process.stdout.write(USAGE);
		return 0;
	}

	const signal = untilInterrupted();
	const interrupted = once(signal, 'abort');
	try {
		await Promise.race([interrupted, start(choices).then(watch)]);
	} catch (error) {
		if (!signal.aborted) {
			process.stderr.write(`${(error as Error).message}\n`);
			return 1;
		}
	} finally {
		if (open.length > 0) say('Closing …');
		for (const one of open.reverse()) await one.close();
	}
	return 0;
}

// What has only begun to start ends with this process.
process.exit(await main());
