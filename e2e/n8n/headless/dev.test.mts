/** `npm run dev` in a copy of the project, whose sources are changed while it runs. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';

import { DOCUMENTED_EXAMPLE } from '../../../emulator/server.mts';
import { WHITEBOARD } from '../../kit.mts';
import { n8nApi } from '../api.mts';
import type { N8nApi } from '../api.mts';
import { CREDENTIAL, LINE } from '../bench.mts';
import { folderOf, LINES } from '../lines.mts';
import { freePort, isFree, startServer, until } from '../processes.mts';
import type { Server } from '../processes.mts';
import { Rest } from '../rest.mts';
import { nodeOf } from '../workflows.mts';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const FOLDERS = ['credentials', 'dev', 'e2e', 'emulator', 'engine', 'examples', 'nodes', 'scripts'];
const FILES = ['gulpfile.js', 'index.js', 'package.json', 'package-lock.json', 'tsconfig.json'];
const INSTALLED = ['.', 'e2e', relative(PROJECT, folderOf(LINE))];

/** What ends at once is not waited for any longer. */
const SOON = { timeout: 60_000 };

const NODE_SOURCE = 'nodes/TencentWhiteboard/TencentWhiteboard.node.ts';

let place: string;
let root: string;
let port: number;
const launched: Server[] = [];
before(async () => {
	place = mkdtempSync(join(tmpdir(), 'whiteboard-dev-'));
	root = join(place, 'project');
	mkdirSync(join(place, 'home'));
	const filter = (path: string) => !/(^|[/\\])node_modules($|[/\\])/.test(relative(PROJECT, path));
	for (const name of [...FOLDERS, ...FILES]) {
		cpSync(join(PROJECT, name), join(root, name), { recursive: true, filter });
	}
	for (const folder of INSTALLED) {
		symlinkSync(join(PROJECT, folder, 'node_modules'), join(root, folder, 'node_modules'));
	}
	port = await freePort();
});
after(async () => {
	for (const server of launched) await server.kill();
	rmSync(place, { recursive: true, force: true });
});

async function launch(...args: string[]): Promise<Server> {
	const server = await startServer({
		name: 'npm run dev',
		command: process.execPath,
		args: [join(root, 'dev', 'main.mts'), ...args],
		cwd: root,
		env: { ...process.env, HOME: join(place, 'home') },
	});
	launched.push(server);
	return server;
}

/** Resolves once it has written what is looked for, from a place in its output on. */
async function written(server: Server, what: RegExp, from = 0): Promise<RegExpExecArray> {
	const look = () => {
		const found = what.exec(server.output().slice(from));
		if (!found && !server.running()) throw new Error(`It has ended:\n${server.output()}`);
		return found ?? undefined;
	};
	return await until(look, { what: () => `${what} in ${server.output()}`, within: 120_000 });
}

interface Dev {
	server: Server;
	api: N8nApi;
	/** Where its link leads. */
	entrance: string;
}

async function start(): Promise<Dev> {
	const server = await launch('--line', String(LINE), '--port', String(port));
	await written(server, /Ready after \d+ s/);
	const [link] = await written(server, /http:\/\/127\.0\.0\.1:\d+\/\w{20,}/);
	const rest = new Rest(`http://127.0.0.1:${port}`);
	const entrance = await rest.enter(link);
	return { server, api: n8nApi({ line: LINE, rest, output: server.output }), entrance };
}

interface Memory {
	ports: Record<string, number>;
	examples: Record<string, { id: string }>;
}
const memory = () =>
	JSON.parse(
		readFileSync(join(root, '.dev', 'node_modules', `n8n-${LINE}`, 'dev.json'), 'utf8'),
	) as Memory;
const idOf = (example: string) => memory().examples[example].id;

/** By the API for whoever has entered. */
const credentials = async ({ rest }: N8nApi) =>
	await rest.call<Array<{ id: string; name: string; type: string }>>('GET', 'credentials');

/** A process that has not ended, with all that it has started. */
function family(pid: number): number[] {
	try {
		if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return [];
		const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
		return [pid, ...children.trim().split(' ').filter(Boolean).map(Number).flatMap(family)];
	} catch {
		return [];
	}
}

/** Interrupts it, and finds nothing left of it. */
async function interrupt(server: Server): Promise<void> {
	const pids = family(server.pid);
	const interrupted = performance.now();
	server.signal('SIGINT');
	assert.equal(await server.ended, 0, server.output());
	assert.ok(performance.now() - interrupted < 10_000, 'it took long to end');
	const left = () => pids.flatMap(family);
	const areGone = () => (left().length === 0 ? true : undefined);
	await until(areGone, { what: () => `still there: ${left().join()}`, within: 5000 });
	for (const taken of [port, ...Object.values(memory().ports)]) assert.ok(await isFree(taken));
}

async function runs(api: N8nApi, example: string, trigger: string, items?: Array<object>) {
	const id = idOf(example);
	const execution = await api.run(id, trigger, items as Parameters<N8nApi['run']>[2]);
	const ended = await api.ended(execution, { within: 120_000 });
	assert.equal(ended.status, 'success', ended.error?.message);
	return ended;
}

let dev: Dev;

test('the printed link signs in; the examples are there, and the credentials they name', async () => {
	dev = await start();
	const { api, entrance } = dev;
	assert.equal(entrance, `http://127.0.0.1:${port}/home/workflows`);
	const workflows = await api.rest.call<Array<{ name: string }>>('GET', 'workflows');
	const files = readdirSync(join(root, 'examples'));
	const names = files.map((file) => {
		const text = readFileSync(join(root, 'examples', file), 'utf8');
		return (JSON.parse(text) as { name: string }).name;
	});
	assert.deepEqual(workflows.map(({ name }) => name).sort(), names.sort());
	const found = await credentials(api);
	assert.deepEqual(found.map(({ type }) => type).sort(), [
		'openAiApi',
		's3',
		'smtp',
		'tencentCloudApi',
	]);
	const known = new Set(found.map(({ id }) => id));
	for (const file of files) {
		const { nodes } = (await api.workflow(idOf(file.replace(/\.json$/, ''))))!;
		for (const { credentials: named = {} } of nodes) {
			for (const { id, name } of Object.values(named)) assert.ok(known.has(String(id)), name);
		}
	}
});

test('the credential is tested', async () => {
	const { id } = (await credentials(dev.api)).find(({ name }) => name === CREDENTIAL)!;
	const { name, type, data } = await dev.api.rest.call<{
		name: string;
		type: string;
		data: Record<string, string>;
	}>('GET', `credentials/${id}?includeData=true`);
	const { status, message } = await dev.api.rest.call<{ status: string; message: string }>(
		'POST',
		'credentials/test',
		{ credentials: { id, name, type, data } },
	);
	assert.deepEqual(
		[status, message],
		['OK', 'The keys are valid. They belong to the account 100000000001.'],
	);
});

test('examples run as they are, and what they send is told', async () => {
	const { api, server } = dev;
	await runs(api, 'nightly-snapshots-to-storage', 'Every Night');
	const { taskId } = DOCUMENTED_EXAMPLE;
	await written(server, new RegExp(`Store +snapshots/\\S+/${taskId}/3\\.png, \\d+ bytes`));
	await written(server, /Chat +### Whiteboard snapshots\n[^]*page 3 of 3 is stored\n[^]*The room/);
	await runs(api, 'snapshot-on-class-end', 'Class Ended');
	await written(server, /Mail +to teacher@example\.com: .*Algebra 2 \(3 attached\)/);
	await runs(api, 'any-tencent-cloud-service', 'Start');
	await runs(api, 'snapshot-by-callback', 'Every Night');
	const { nodes } = await runs(api, 'ai-agent-tool', 'Chat', [
		{ sessionId: 'one', action: 'sendMessage', chatInput: 'Is the snapshot ready?' },
	]);
	assert.match(String(nodes['AI Agent'].outputs[0][0].json.output), /"Status":\s*"Finished"/);
});

test('a trigger that listens has something to hear', async () => {
	const { api, server } = dev;
	const id = idOf('recording-finished-to-storage');
	await api.listen(id, 'Recording Finished');
	const first = async () => (await api.executions(id))[0];
	const execution = await until(first, { what: server.output, within: 30_000 });
	assert.equal((await api.ended(execution.id)).status, 'success');
	await written(server, /Store +recordings\/\S+\/2\.mp4/);
});

test('a changed source is loaded; one that does not compile is told, and changes nothing', async () => {
	const { api, server } = dev;
	const source = join(root, NODE_SOURCE);
	const text = readFileSync(source, 'utf8');
	const nodeInfos = [{ name: WHITEBOARD, version: 1 }];
	const displayName = async () => {
		const types = await api.rest
			.call<Array<{ displayName: string }>>('POST', 'node-types', { nodeInfos })
			// While n8n loads the nodes anew it knows none.
			.catch(() => []);
		return types[0]?.displayName;
	};
	const rename = (name: string) =>
		text.replace("displayName: 'Tencent Whiteboard',", `displayName: '${name}',`);
	const isNamed = async (name: string) => (await displayName()) === name || undefined;

	writeFileSync(source, rename('Changed Whiteboard'));
	await until(() => isNamed('Changed Whiteboard'), { what: server.output });
	const from = server.output().length;
	writeFileSync(source, `${rename('Broken Whiteboard')}\nexport const broken: number = '';\n`);
	await written(server, /TencentWhiteboard\.node\.ts\(\d+,\d+\): error TS2322/, from);
	await written(server, /Nothing is built until that is fixed/, from);
	assert.ok(await isNamed('Changed Whiteboard'));
	writeFileSync(source, text);
	await until(() => isNamed('Tencent Whiteboard'), { what: server.output });
});

test('a taken port is an error that names the option', SOON, async () => {
	const other = createServer();
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	const { port: taken } = other.address() as { port: number };
	const second = await launch('--port', String(taken));
	assert.equal(await second.ended, 1);
	assert.match(second.output(), new RegExp(`Port ${taken} is taken.*--port`));
	await new Promise((resolve) => other.close(resolve));
});

test('an unknown option is answered with the usage', SOON, async () => {
	const asked = await launch('--prot', '5678');
	assert.equal(await asked.ended, 2);
	assert.match(asked.output(), /--prot[^]*Usage: npm run dev/);
});

test('a folder that holds something else is not deleted', SOON, async () => {
	const theirs = join(place, 'home');
	writeFileSync(join(theirs, 'theirs.txt'), '');
	// Told at once, and not after the other line has been installed for minutes.
	const other = LINES.find((line) => line !== LINE)!;
	const free = String(await freePort());
	const asked = await launch('--line', `${other}`, '--folder', theirs, '--port', free, '--reset');
	assert.equal(await asked.ended, 1);
	assert.match(asked.output(), /holds something else/);
	assert.ok(existsSync(join(theirs, 'theirs.txt')));
});

test('an interrupt ends it all, and the next start finds what a person has changed', async () => {
	const changed = idOf('describe-snapshot-task');
	const workflow = (await dev.api.workflow(changed))!;
	const pollInterval = 0.5;
	nodeOf(workflow, 'Tencent Whiteboard').parameters.waitOptions = { pollInterval };
	const { name } = workflow;
	await dev.api.rest.call('PATCH', `workflows/${changed}`, { ...workflow, name: `My ${name}` });
	await interrupt(dev.server);

	// Another version of both: only the one that nobody has changed follows.
	for (const example of ['describe-snapshot-task', 'any-tencent-cloud-service']) {
		const file = join(root, 'examples', `${example}.json`);
		const text = readFileSync(file, 'utf8');
		writeFileSync(file, JSON.stringify({ ...(JSON.parse(text) as object), name: 'Newer' }));
	}
	dev = await start();
	const { api } = dev;
	const kept = (await api.workflow(changed))!;
	assert.equal(kept.name, `My ${name}`);
	assert.deepEqual(nodeOf(kept, 'Tencent Whiteboard').parameters.waitOptions, { pollInterval });
	assert.equal((await api.workflow(idOf('any-tencent-cloud-service')))!.name, 'Newer');
	const workflows = await api.rest.call<unknown[]>('GET', 'workflows');
	assert.equal(workflows.length, readdirSync(join(root, 'examples')).length);
	assert.equal((await credentials(api)).length, 4);
	await runs(api, 'describe-snapshot-task', 'Start');
	await runs(api, 'nightly-snapshots-to-storage', 'Every Night');
});

test('when n8n ends by itself, it says so with what n8n has said last', SOON, async () => {
	const { server } = dev;
	const n8n = family(server.pid).find((pid) => {
		const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		return command[0] === process.execPath && /\bbin.n8n$/.test(command[1]);
	})!;
	process.kill(n8n, 'SIGKILL');
	assert.equal(await server.ended, 1);
	assert.match(server.output(), /n8n has ended with status 137\. Its last output:\n.*\w/);
});

test('an interrupt while it starts ends it too', async () => {
	const server = await launch('--line', String(LINE), '--port', String(port));
	const hasN8n = () =>
		family(server.pid).some((pid) =>
			/\bbin.n8n\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
		);
	await until(() => hasN8n() || undefined, { what: server.output });
	await interrupt(server);
});

test("it leaves the person's own n8n alone", () => {
	assert.equal(existsSync(join(place, 'home', '.n8n')), false);
});
