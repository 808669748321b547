/** Files, the test of the credential and the Stop button, where main and the worker are two machines. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { snapshotPng } from '../../../emulator/png.mts';
import { startEmulator } from '../../../emulator/server.mts';
import type { Emulator } from '../../../emulator/server.mts';
import { SDK_APP_ID } from '../../kit.mts';
import { nightExample } from '../../night.mts';
import { startReceiver, startStore } from '../../servers.mts';
import type { Receiver, Store } from '../../servers.mts';
import { CREDENTIAL, LINE, TEMPLATE, keysFor } from '../bench.mts';
import type { Execution } from '../executions.mts';
import { until } from '../processes.mts';
import { startCluster } from '../queue.mts';
import type { BinaryMode, Cluster } from '../queue.mts';
import { snapshotNode, startByWebhook, withItems } from '../workflows.mts';

let emulator: Emulator;
let store: Store;
let chat: Receiver;
before(async () => {
	emulator = await startEmulator();
	store = await startStore();
	chat = await startReceiver();
});
after(async () => {
	await chat?.close();
	await store?.close();
	await emulator?.close();
});

async function open(binaryMode: BinaryMode): Promise<Cluster> {
	const cluster = await startCluster({ line: LINE, template: TEMPLATE, workers: 1, binaryMode });
	await cluster.createCredential(CREDENTIAL, 'tencentCloudApi', keysFor(emulator));
	await cluster.createCredential('S3 account', 's3', store.credential);
	return cluster;
}

/** The only execution of a workflow, as soon as there is one. */
async function executionOf(cluster: Cluster, workflowId: string): Promise<string> {
	const ask = async () => (await cluster.executions(workflowId))[0]?.id;
	return await until(ask, { what: cluster.output });
}

/** The night of these tasks, started through the process for webhooks. */
async function spendNight(cluster: Cluster, taskIds: string[]): Promise<Execution> {
	const { workflow } = nightExample({ store, chat }, '={{ $json.body.tasks }}');
	startByWebhook(workflow, 'Every Night', 'night');
	const id = await cluster.createWorkflow(workflow);
	await cluster.activate(id);
	const tasks = taskIds.map((taskId) => ({ sdkAppId: SDK_APP_ID, taskId }));
	await cluster.callWebhook('night', { tasks });
	return await cluster.ended(await executionOf(cluster, id));
}

/** How the reference to a file begins, by the mode that keeps it. */
const REFERENCE = { database: 'database:', filesystem: 'filesystem-v2:' };

for (const mode of ['database', 'filesystem'] as const) {
	test(`binary data in ${mode} mode: files of a worker are read through main, and stored, byte by byte`, async () => {
		const cluster = await open(mode);
		try {
			const content = randomBytes(3_000_000);
			const url = emulator.addFile(`${mode}.bin`, {
				contentType: 'application/octet-stream',
				content,
			});
			const task = { sdkAppId: SDK_APP_ID, runSeconds: 0 };
			const small = emulator.addSnapshotTask({ ...task, snapshots: 2 });
			const large = emulator.addSnapshotTask({ ...task, snapshots: [url] });
			const expected = [snapshotPng(small, 1), snapshotPng(small, 2), content];

			const { status, nodes, error } = await spendNight(cluster, [small, large]);
			assert.equal(status, 'success', JSON.stringify(error));
			const items = nodes['Tencent Whiteboard'].outputs[0];
			assert.equal(items.length, expected.length);
			for (const [index, { json, binary }] of items.entries()) {
				const { data } = binary ?? {};
				assert.ok(data.id?.startsWith(REFERENCE[mode]), data.id);
				assert.ok((await cluster.file(data)).equals(expected[index]), 'through main');
				const key = `${String(json.TaskID)}/${String(json.FileName)}`;
				const [, stored] = [...store.objects()].find(([name]) => name.endsWith(key)) ?? [];
				assert.ok(stored?.equals(expected[index]), `${key} in the store`);
			}
		} finally {
			await cluster.close();
		}
	});
}

describe('with what the line does by itself', () => {
	let cluster: Cluster;
	before(async () => {
		cluster = await open('default');
	});
	after(async () => await cluster?.close());

	test('the test of the credential tells right keys from wrong ones', async () => {
		const right = keysFor(emulator);
		const ask = async (change: object) =>
			await cluster.testCredential(CREDENTIAL, 'tencentCloudApi', { ...right, ...change });
		assert.equal((await ask({})).status, 'OK');
		const { status, message } = await ask({ secretKey: 'WrongKey' });
		assert.equal(status, 'Error');
		assert.match(message, /Secret Key|signature/i);
	});

	/** Waits for a task that goes on for long, until so many requests have come; returns the execution's ID. */
	async function startWaiting(path: string, byMain: boolean): Promise<string> {
		const taskId = emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 600 });
		const workflow = withItems(
			[{ taskId }],
			snapshotNode('describeSnapshotTask', {
				taskId: '={{ $json.taskId }}',
				waitUntilFinished: true,
				waitOptions: { pollInterval: 0.3 },
			}),
		);
		startByWebhook(workflow, 'Start', path);
		const id = await cluster.createWorkflow(workflow);
		await cluster.activate(id);
		emulator.calls.length = 0;
		await cluster.callWebhook(path, {}, { byMain });
		const polled = () => (emulator.calls.length >= 3 ? true : undefined);
		await until(polled, { what: cluster.output });
		return await executionOf(cluster, id);
	}

	test('the Stop button ends the requests of an execution that main took at once', async (t) => {
		const execution = await startWaiting('by-main', true);
		const stopped = performance.now();
		await cluster.stopExecution(execution);
		assert.equal((await cluster.ended(execution)).status, 'canceled');
		await sleep(2000);
		const last = emulator.calls.at(-1)!.receivedAt - stopped;
		t.diagnostic(`The last request came ${last.toFixed(0)} ms after the stop`);
		assert.ok(last < 500, `${last} ms`);
	});

	test('what the Stop button does to an execution that the process for webhooks took', async (t) => {
		const execution = await startWaiting('by-webhook', false);
		await cluster.stopExecution(execution);
		assert.equal((await cluster.ended(execution)).status, 'canceled');
		await sleep(1000);
		const { length } = emulator.calls;
		await sleep(2000);
		// n8n's own affair: main does not know which worker has it, and its own nodes go on alike.
		const more = emulator.calls.length - length;
		t.diagnostic(`n8n says canceled; in the third and fourth second ${more} requests came`);
	});
});
