/** Waiting by callback, where one worker parks an execution and another goes on with it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEmulator } from '../../../emulator/server.mts';
import type { Emulator } from '../../../emulator/server.mts';
import { CREDENTIAL, LINE, TEMPLATE, keysFor } from '../bench.mts';
import { until } from '../processes.mts';
import type { Server } from '../processes.mts';
import { startCluster } from '../queue.mts';
import type { Cluster } from '../queue.mts';
import { NODE, nodeOf, snapshotNode, startByWebhook, withItems } from '../workflows.mts';

/** Tasks of one execution; they end together, long after their execution has been parked. */
const ROOMS = [{ room: 1 }, { room: 2 }, { room: 3 }];
const RUN_SECONDS = 20;

let emulator: Emulator;
let cluster: Cluster;
/** By what resumes them: the process for webhooks, as WEBHOOK_URL says, or main. */
const executions = { webhook: '', main: '' };
/** The tasks of those that main resumes: the test makes their callbacks itself. */
const byMain = new Set<string>();
let dead: Server;
let heir: Server;

const hasBegun = (worker: Server, execution: string) =>
	worker.output().includes(`Worker started execution ${execution} `);

/** The callback URLs that an execution has given away, by TaskID: tasks are made in the order of their requests. */
function callbackUrls(execution: string): Map<string, URL> {
	const creates = emulator.calls.filter(({ action }) => action === 'CreateSnapshotTask');
	const tasks = emulator.tasks();
	const all = creates.map(
		({ params }, index) => [tasks[index].id, new URL(String(params?.CallbackURL))] as const,
	);
	return new Map(all.filter(([, url]) => url.pathname.split('/').includes(execution)));
}

/** Starts an execution through the process for webhooks, and waits until it is parked. */
async function park(workflowId: string): Promise<string> {
	await cluster.callWebhook('parked', { tasks: ROOMS });
	const known = Object.values(executions);
	const begun = async () =>
		(await cluster.executions(workflowId)).find(({ id }) => !known.includes(id))?.id;
	const execution = await until(begun, { what: cluster.output });
	const { status } = await cluster.ended(execution, { orWaiting: true });
	assert.equal(status, 'waiting');
	return execution;
}

before(async () => {
	emulator = await startEmulator({
		runSeconds: RUN_SECONDS,
		ratePerSecond: Infinity,
		callbacks: { loses: ({ id }) => byMain.has(id) },
	});
	cluster = await startCluster({ line: LINE, template: TEMPLATE, workers: 1 });
	await cluster.createCredential(CREDENTIAL, 'tencentCloudApi', keysFor(emulator));
	const workflow = withItems(
		[],
		snapshotNode('createSnapshotTask', {
			roomId: '={{ $json.room }}',
			whiteboard: { values: { width: 1280, height: 720 } },
			waitUntilFinished: true,
			waitMode: 'callback',
		}),
	);
	startByWebhook(workflow, 'Start', 'parked');
	nodeOf(workflow, 'Tasks').parameters.jsonOutput = '={{ { tasks: $json.body.tasks } }}';
	const id = await cluster.createWorkflow(workflow);
	await cluster.activate(id);

	executions.webhook = await park(id);
	executions.main = await park(id);
	for (const taskId of callbackUrls(executions.main).keys()) byMain.add(taskId);
	[dead] = cluster.workers;
	await dead.kill();
	assert.deepEqual(emulator.callbacks, []);
	heir = await cluster.addWorker();
});
after(async () => {
	await cluster?.close();
	await emulator?.close();
});

/** What another worker has made of an execution that the first one parked. */
async function assertInherited(execution: string): Promise<void> {
	const { status, nodes, error } = await cluster.ended(execution);
	assert.equal(status, 'success', JSON.stringify(error));
	assert.ok(hasBegun(dead, execution), 'parked by the worker that died');
	assert.ok(hasBegun(heir, execution), 'resumed by the other');
	const { outputs, runs } = nodes[NODE];
	assert.equal(runs, 1);
	const ids = new Map(
		[...callbackUrls(execution)].map(([id, url]) => [Number(url.searchParams.get('item')), id]),
	);
	assert.deepEqual(
		outputs[0].map(({ json, pairedItem }) => [json.TaskID, json.Status, pairedItem]),
		ROOMS.map((_, item) => [ids.get(item), 'Finished', { item }]),
	);
	assert.equal(heir.output().split(`Worker started execution ${execution} `).length, 2);
}

test('parked by a worker that died: resumed through the process for webhooks, finished by another worker', async () => {
	await assertInherited(executions.webhook);
	const ids = [...callbackUrls(executions.webhook).keys()];
	const called = emulator.callbacks.filter(({ taskId }) => ids.includes(taskId));
	assert.ok(called.some(({ statuses }) => statuses.includes(200)));
	assert.ok(called.every(({ url }) => url.startsWith(cluster.webhookUrl)));
});

test('the same, resumed through main', async () => {
	const ended = emulator.tasks().map(({ endsAt }) => endsAt ?? 0);
	await until(() => (Date.now() > Math.max(...ended) ? true : undefined), { what: 'the clock' });
	assert.equal((await cluster.execution(executions.main)).status, 'waiting');
	const [url] = callbackUrls(executions.main).values();
	const response = await fetch(url.href.replace(cluster.webhookUrl, cluster.url), {
		method: 'POST',
	});
	assert.equal(response.status, 200);
	await assertInherited(executions.main);
});
