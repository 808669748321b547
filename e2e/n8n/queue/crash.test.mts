/**
 * A worker dies by SIGKILL while tasks are being created. examples/snapshots-that-survive-a-crash.json loses
 * none of them; "create and wait" in one node does, and says how many.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { CALLBACK_SHAPES } from '../../../emulator/callbacks.mts';
import { snapshotPng } from '../../../emulator/png.mts';
import { startEmulator } from '../../../emulator/server.mts';
import type { Emulator, RecordedCallback } from '../../../emulator/server.mts';
import { SDK_APP_ID } from '../../kit.mts';
import { startStore } from '../../servers.mts';
import type { Store } from '../../servers.mts';
import { CREDENTIAL, LINE, TEMPLATE, keysFor } from '../bench.mts';
import { prepareCrashExample } from '../crash-example.mts';
import type { CrashExample } from '../crash-example.mts';
import { until } from '../processes.mts';
import type { Server } from '../processes.mts';
import { allEnded, startCluster } from '../queue.mts';
import type { Cluster } from '../queue.mts';
import { nodeOf, snapshotNode, startByWebhook, withItems } from '../workflows.mts';

/**
 * Executions of each workflow and rooms of each execution; applications tell their tasks apart. Two workers
 * cannot hold them all, so each of the three has some.
 */
const EXAMPLES = { path: 'rooms', sdkAppId: SDK_APP_ID, executions: 24, rooms: 3 };
const PLAINS = { path: 'plain', sdkAppId: SDK_APP_ID + 1, executions: 4, rooms: 15 };

/** Tasks that there are when the worker dies, of 132 that there could be. */
const KILL_AFTER = 60;
/** Longer than all creates take, so that no callback comes before the last TaskID has been saved. */
const RUN_SECONDS = 30;
/** Images that are stored when a second worker dies. */
const KILL_AGAIN_AFTER = 30;

let emulator: Emulator;
let store: Store;
let cluster: Cluster;
let example: CrashExample;
/** TaskIDs that the table knew before the first callback, and those of the example that it did not. */
let saved = new Set<string>();
let unsaved: string[];
/** Tasks whose callback never comes: every third of those that are saved. */
const lost: string[] = [];
let ended: { example: Record<string, number>; plain: Record<string, number> };
let plainId: string;

/** Starts all executions of a workflow. */
async function startAll({ path, sdkAppId, executions, rooms }: typeof EXAMPLES): Promise<void> {
	const roomOf = (execution: number) => (_: unknown, room: number) => ({
		sdkAppId: String(sdkAppId),
		roomId: String(1000 + execution * rooms + room),
	});
	await Promise.all(
		Array.from({ length: executions }, async (_, execution) => {
			const body = { rooms: Array.from({ length: rooms }, roomOf(execution)) };
			await cluster.callWebhook(path, body);
		}),
	);
}

const tasksOf = (sdkAppId: number) =>
	emulator
		.tasks()
		.filter((task) => task.sdkAppId === sdkAppId)
		.map(({ id }) => id);

const creates = () =>
	emulator.calls.filter(({ action, handled }) => action === 'CreateSnapshotTask' && handled);

/** The example, started by a webhook. */
async function createExample(): Promise<string> {
	example = await prepareCrashExample(cluster, {
		rooms: '={{ $json.body.rooms }}',
		url: cluster.webhookUrl,
		store,
		seconds: { search: 10, retry: 60 },
	});
	startByWebhook(example.workflow, 'Every Night', EXAMPLES.path);
	return await cluster.createWorkflow(example.workflow);
}

/** The same with one node that creates and waits. */
async function plain(): Promise<string> {
	const workflow = withItems(
		[],
		snapshotNode('createSnapshotTask', {
			sdkAppId: { __rl: true, mode: 'id', value: '={{ $json.sdkAppId }}' },
			roomId: { __rl: true, mode: 'id', value: '={{ $json.roomId }}' },
			whiteboard: { values: {} },
			waitUntilFinished: true,
			waitOptions: { pollInterval: 10 },
		}),
	);
	startByWebhook(workflow, 'Start', PLAINS.path);
	nodeOf(workflow, 'Tasks').parameters.jsonOutput = '={{ { tasks: $json.body.rooms } }}';
	return await cluster.createWorkflow(workflow);
}

/** It has been taken, or given up. */
const isDone = ({ statuses }: RecordedCallback) => statuses.at(-1) === 200 || statuses.length === 6;

/** Executions of the other workflow that have created a task: rooms are numbered by execution. */
const plainsAtWork = () =>
	new Set(
		creates()
			.filter(({ params }) => params?.SdkAppId === PLAINS.sdkAppId)
			.map(({ params }) => Math.floor((Number(params?.RoomId) - 1000) / PLAINS.rooms)),
	).size;

/** Executions of a workflow that are running. */
async function runningOf(workflowId: string): Promise<Set<string>> {
	const rows = await cluster.database.query(
		`select id from execution_entity where "workflowId" = '${workflowId}' and status = 'running'`,
	);
	return new Set(rows.map(([id]) => id));
}

/** The worker with the most running executions of the example, of those that have one of the other workflow, too. */
async function workerWithBoth(exampleId: string): Promise<Server> {
	const examples = await runningOf(exampleId);
	const plains = await runningOf(plainId);
	const counts = cluster.workers.map((worker) => {
		const started = [...worker.output().matchAll(/Worker started execution (\d+)/g)];
		const ids = started.map(([, id]) => id);
		const count = (wanted: Set<string>) => ids.filter((id) => wanted.has(id)).length;
		return { worker, examples: count(examples), plains: count(plains) };
	});
	const [{ worker }] = counts
		.filter(({ plains: held }) => held > 0)
		.toSorted((one, other) => other.examples - one.examples);
	return worker;
}

before(async () => {
	emulator = await startEmulator({
		runSeconds: RUN_SECONDS,
		// Nobody knows which of them the service uses.
		callbacks: {
			shape: () => CALLBACK_SHAPES[emulator.callbacks.length % CALLBACK_SHAPES.length],
			loses: ({ id }) => {
				const isLost = [...saved].indexOf(id) % 3 === 0;
				if (isLost) lost.push(id);
				return isLost;
			},
		},
	});
	// A create is done when it is received; its answer is on its way for a while.
	emulator.addFault({ kind: 'delay', ms: 300, jitterMs: 300, action: 'CreateSnapshotTask' });
	store = await startStore();
	// n8n 1 begins the executions of a worker that died again, and so creates their tasks twice; n8n 2 never does.
	const env = { QUEUE_WORKER_MAX_STALLED_COUNT: '0' };
	cluster = await startCluster({ line: LINE, template: TEMPLATE, env });
	await cluster.createCredential(CREDENTIAL, 'tencentCloudApi', keysFor(emulator));
	await cluster.createCredential('S3 account', 's3', store.credential);
	const exampleId = await createExample();
	plainId = await plain();
	await cluster.activate(exampleId);
	await cluster.activate(plainId);

	await Promise.all([startAll(PLAINS), startAll(EXAMPLES)]);
	const recently = () => cluster.output().slice(-4000);
	const what = () => `${creates().length} tasks created:\n${recently()}`;
	const isAmidst = () => creates().length >= KILL_AFTER && plainsAtWork() === PLAINS.executions;
	await until(() => (isAmidst() ? true : undefined), { what, every: 5 });
	await (await workerWithBoth(exampleId)).kill();

	const firstEnd = Math.min(...emulator.tasks().map(({ endsAt }) => endsAt ?? Infinity));
	await until(() => (Date.now() > firstEnd - 1000 ? true : undefined), { what: 'the clock' });
	assert.equal(emulator.callbacks.length, 0);
	saved = new Set((await example.rows()).map(({ taskId }) => taskId));
	unsaved = tasksOf(SDK_APP_ID).filter((id) => !saved.has(id));

	await cluster.addWorker();
	const stored = () => (store.objects().size >= KILL_AGAIN_AFTER ? true : undefined);
	await until(stored, { what: recently, within: 300_000, every: 200 });
	await cluster.workers.find((worker) => worker.running())?.kill();

	const settled = async () => {
		ended = {
			example: await cluster.statuses(exampleId),
			plain: await cluster.statuses(plainId),
		};
		const open = (await example.rows()).filter(({ state }) => !state).length;
		const isOver = allEnded(ended.plain, PLAINS.executions) && ended.example.error > 0;
		return isOver && open === 0 && emulator.callbacks.every(isDone) ? true : undefined;
	};
	await until(settled, {
		what: () => `${JSON.stringify(ended)}:\n${recently()}`,
		within: 300_000,
		every: 2000,
	});
});
after(async () => {
	await cluster?.close();
	await store?.close();
	await emulator?.close();
});

test('the example knows every task that there is by its TaskID, whatever died in between', async (t) => {
	const tasks = tasksOf(SDK_APP_ID);
	const rows = await example.rows();
	const known = new Set(rows.map(({ taskId }) => taskId));
	t.diagnostic(
		`${tasks.length} tasks; ${unsaved.length} had no saved TaskID when their worker had died, and came by callback; ` +
			`the callbacks of ${lost.length} others were lost. ` +
			`Executions: ${JSON.stringify(ended.example)}`,
	);
	assert.deepEqual(
		tasks.filter((id) => !known.has(id)),
		[],
	);
	assert.ok(unsaved.length > 0, 'the worker died too early or too late to show anything');
	assert.ok(lost.length > 0, 'no callback was lost');
	assert.deepEqual(
		rows.filter(({ sdkAppId, roomId }) => sdkAppId !== String(SDK_APP_ID) || !roomId),
		[],
	);
});

test('the images of all of its tasks are stored, byte by byte, and the tasks marked', async () => {
	const objects = store.objects();
	const expected = tasksOf(SDK_APP_ID).flatMap((id) =>
		[1, 2, 3].map((page) => [id, page] as const),
	);
	assert.equal(objects.size, expected.length);
	const byTask = new Map(
		[...objects].map(([key, content]) => [key.split('/').slice(-2).join('/'), content]),
	);
	for (const [id, page] of expected) {
		assert.deepEqual(byTask.get(`${id}/${page}.png`), snapshotPng(id, page), `${id} ${page}`);
	}
	assert.deepEqual(new Set((await example.rows()).map(({ state }) => state)), new Set(['stored']));
});

test('no room has two tasks', () => {
	const asked = creates().map(
		({ params }) => `${String(params?.SdkAppId)} ${String(params?.RoomId)}`,
	);
	assert.equal(new Set(asked).size, asked.length);
	assert.equal(asked.length, emulator.tasks().length);
});

test('for comparison: "create and wait" in one node loses the TaskIDs of the worker that died', async (t) => {
	const tasks = tasksOf(PLAINS.sdkAppId);
	const rows = await cluster.database.query(
		`select data from execution_data join execution_entity on id = "executionId" where "workflowId" = '${plainId}'`,
	);
	const kept = rows.join();
	const lost = tasks.filter((id) => !kept.includes(id));
	t.diagnostic(
		`${lost.length} of ${tasks.length} tasks are known to nobody. Executions: ${JSON.stringify(ended.plain)}`,
	);
	assert.ok(lost.length > 0);
});
