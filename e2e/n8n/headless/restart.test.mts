/** n8n is shut down, or killed, while executions wait. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';

import { SDK_APP_ID, jsonOf, openExample } from '../../kit.mts';
import { openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { until } from '../processes.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

/** How long the tasks run that the workflows create. */
const RUN_SECONDS = 6;

/** From 65 s on n8n's Wait node hands the execution to the database. */
const WAIT_SECONDS = 66;

let bench: Bench;
before(async () => {
	bench = await openBench({ runSeconds: RUN_SECONDS });
});
after(async () => await bench.close());
beforeEach(() => (bench.emulator.calls.length = 0));

const calls = (action: string) =>
	bench.emulator.calls.filter((call) => call.action === action).length;

/** Creates a snapshot task in each of three rooms and waits for all; begins to, and returns the execution. */
async function beginToCreate(): Promise<string> {
	const id = await bench.n8n.createWorkflow(
		withItems(
			[{ room: 1 }, { room: 2 }, { room: 3 }],
			snapshotNode('createSnapshotTask', {
				roomId: '={{ $json.room }}',
				whiteboard: { values: { width: 1280, height: 720 } },
				waitUntilFinished: true,
				waitOptions: { pollInterval: 0.5 },
			}),
		),
	);
	const execution = await bench.n8n.run(id, 'Start');
	const isPolling = () => (calls('DescribeSnapshotTask') >= 6 ? true : undefined);
	await until(isPolling, { what: () => `${bench.emulator.calls.length} requests` });
	return execution;
}

// First: an n8n 1 that has died before takes an execution that waits for crashed when it dies again.
test('killed while the Wait node holds the execution: it continues, and each task comes out', async () => {
	const { workflow, set } = openExample('long-tasks-without-holding-a-worker');
	const taskId = bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 20 });
	const { assignments } = set('Task to Wait For').assignments as { assignments: INodeParameters[] };
	assignments[1].value = taskId;
	set('Tencent Whiteboard', { waitOptions: { timeout: 1, onTimeout: 'lastState' } });
	set('Wait', { amount: WAIT_SECONDS, unit: 'seconds' });
	const id = await bench.n8n.createWorkflow(workflow);
	const execution = await bench.n8n.run(id, 'Start');
	assert.equal((await bench.n8n.ended(execution, { orWaiting: true })).status, 'waiting');

	await bench.n8n.kill();
	await bench.n8n.start();
	const { status, nodes } = await bench.n8n.ended(execution, { within: 3 * WAIT_SECONDS * 1000 });
	assert.equal(status, 'success');
	assert.deepEqual(
		jsonOf(nodes['Finished Tasks'].outputs[0]).map(({ TaskID, Status }) => [TaskID, Status]),
		[[taskId, 'Finished']],
	);
});

test('a shutdown waits for the executions under way', async () => {
	const execution = await beginToCreate();
	await bench.n8n.stop();
	await bench.n8n.start();
	const { status, nodes } = await bench.n8n.ended(execution);
	assert.equal(status, 'success');
	const items = jsonOf(nodes[NODE].outputs[0]);
	assert.deepEqual(
		items.map(({ Status }) => Status),
		['Finished', 'Finished', 'Finished'],
	);
	assert.equal(calls('CreateSnapshotTask'), 3);
});

test('killed while the node waits: n8n ends the execution as crashed, and no task is created again', async () => {
	const execution = await beginToCreate();
	await bench.n8n.kill();
	const sent = bench.emulator.calls.length;
	await bench.n8n.start();
	const { status } = await bench.n8n.ended(execution);
	assert.equal(status, 'crashed');
	await sleep(2000);
	assert.equal(bench.emulator.calls.length, sent);
	assert.equal(calls('CreateSnapshotTask'), 3);
});
