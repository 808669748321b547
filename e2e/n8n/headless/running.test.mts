import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DEMO_KEYS } from '../../../emulator/server.mts';
import { SDK_APP_ID, WHITEBOARD, jsonOf } from '../../kit.mts';
import { LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { until } from '../processes.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

let bench: Bench;
before(async () => {
	bench = await openBench();
});
after(async () => await bench.close());
beforeEach(() => (bench.emulator.calls.length = 0));

/** Describe Snapshot Task of each of these tasks. */
const describing = (
	taskIds: string[],
	parameters: INodeParameters = {},
	{ node, settings }: { node?: Parameters<typeof snapshotNode>[2]; settings?: IDataObject } = {},
) =>
	withItems(
		taskIds.map((taskId) => ({ taskId })),
		snapshotNode('describeSnapshotTask', { taskId: '={{ $json.taskId }}', ...parameters }, node),
		settings,
	);

/** Polls a task that does not end. */
const polling = (settings?: IDataObject) =>
	describing(
		[addTask({ runSeconds: 600 })],
		{ waitUntilFinished: true, waitOptions: { pollInterval: 0.3 } },
		{ settings },
	);

const addTask = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });

test('the package is there with its credential, its node, the node as a tool and its trigger', async () => {
	const types =
		await bench.n8n.get<Array<{ name: string; displayName: string }>>('types/nodes.json');
	const named = types.filter(({ name }) => name.startsWith(WHITEBOARD));
	assert.deepEqual(named.map(({ name, displayName }) => [name, displayName]).sort(), [
		[WHITEBOARD, 'Tencent Whiteboard'],
		[`${WHITEBOARD}Tool`, 'Tencent Whiteboard Tool'],
		[`${WHITEBOARD}Trigger`, 'Tencent Whiteboard Trigger'],
	]);
	const credentials =
		await bench.n8n.get<Array<{ name: string; displayName: string }>>('types/credentials.json');
	assert.ok(credentials.some(({ name }) => name === 'tencentCloudApi'));
});

test('a task comes out as an item with the fields of the API', async () => {
	const taskId = addTask({ snapshots: 2 });
	const id = await bench.n8n.createWorkflow(describing([taskId]));
	const { status, nodes } = await bench.n8n.ended(await bench.n8n.run(id, 'Start'));
	assert.equal(status, 'success');
	const [item, ...more] = jsonOf(nodes[NODE].outputs[0]);
	assert.deepEqual(more, []);
	const { TaskID, Status, Result } = item;
	assert.deepEqual([TaskID, Status], [taskId, 'Finished']);
	assert.equal((Result as { Total: number }).Total, 2);
});

test('300 tasks wait together, and every image is kept byte by byte', async () => {
	const taskIds = Array.from({ length: 300 }, (_, index) =>
		addTask({ runSeconds: index % 5, snapshots: 1 }),
	);
	const parameters = { waitUntilFinished: true, downloadFiles: true };
	const id = await bench.n8n.createWorkflow(describing(taskIds, parameters));
	const execution = await bench.n8n.ended(await bench.n8n.run(id, 'Start'), { within: 120_000 });
	assert.equal(execution.status, 'success');
	const items = execution.nodes[NODE].outputs[0];
	assert.deepEqual(
		jsonOf(items).map(({ TaskID }) => TaskID),
		taskIds,
	);
	for (const item of [items[0], items[150], items[299]]) {
		assert.deepEqual(
			await bench.n8n.file(item.binary!.data_0),
			await fileOf(String(item.json.TaskID)),
		);
	}
});

test('a failed task leaves by the error output, with what happened and how to go on; the others continue', async () => {
	const good = addTask();
	const bad = addTask({ errorCode: 'InternalError', errorMessage: 'Rendering failed' });
	const workflow = describing(
		[good, bad],
		{ waitUntilFinished: true },
		{ node: { onError: 'continueErrorOutput' } },
	);
	const id = await bench.n8n.createWorkflow(workflow);
	const { status, nodes } = await bench.n8n.ended(await bench.n8n.run(id, 'Start'));
	assert.equal(status, 'success');
	const [items, errors] = nodes[NODE].outputs;
	assert.deepEqual(
		jsonOf(items).map(({ TaskID }) => TaskID),
		[good],
	);
	const [{ error, message, details }, ...more] = jsonOf(errors);
	assert.deepEqual(more, []);
	assert.match(String(error), /Rendering failed/);
	assert.match(String(message), /RequestId/);
	if (LINE === 2) assert.equal((details as { TaskID: string }).TaskID, bad);
});

test('the Stop button ends a wait at once, and nothing is sent afterwards', async () => {
	const id = await bench.n8n.createWorkflow(polling());
	const execution = await bench.n8n.run(id, 'Start');
	await polled(3);
	const stopped = performance.now();
	await bench.n8n.stopExecution(execution);
	const { status } = await bench.n8n.ended(execution);
	assert.equal(status, 'canceled');
	const last = bench.emulator.calls.at(-1)!.receivedAt;
	assert.ok(last < stopped + 500, `the last request came ${last - stopped} ms after the stop`);
	const count = bench.emulator.calls.length;
	await sleep(1500);
	assert.equal(bench.emulator.calls.length, count);
});

test('the time limit of an execution ends a wait, and nothing is sent afterwards', async () => {
	const id = await bench.n8n.createWorkflow(polling({ executionTimeout: 3 }));
	const started = performance.now();
	const { status } = await bench.n8n.ended(await bench.n8n.run(id, 'Start'));
	assert.ok(['canceled', 'error'].includes(status), status);
	const took = performance.now() - started;
	assert.ok(took > 2500 && took < 8000, `${took} ms`);
	const count = bench.emulator.calls.length;
	await sleep(1500);
	assert.equal(bench.emulator.calls.length, count);
});

test('a schedule starts it, again and again', async () => {
	const workflow = describing([addTask()]);
	const trigger = workflow.nodes[0];
	trigger.type = 'n8n-nodes-base.scheduleTrigger';
	trigger.typeVersion = 1.2;
	trigger.parameters = { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } };
	const id = await bench.n8n.createWorkflow(workflow);
	await bench.n8n.activate(id);
	await polled(3);
	await bench.n8n.deactivate(id);
	const executions = await bench.n8n.executions(id);
	assert.ok(executions.length >= 3);
	for (const { status } of executions.slice(1)) assert.equal(status, 'success');
});

test("no secret is in n8n's log or in what it keeps of executions", async () => {
	const { secretKey } = DEMO_KEYS[0];
	assert.ok(!bench.n8n.output().includes(secretKey));
	const executions = await bench.n8n.rest.call<{ results: Array<{ id: string }> }>(
		'GET',
		'executions?limit=100',
	);
	assert.ok(executions.results.length > 5);
	for (const { id } of executions.results) {
		const execution = JSON.stringify(await bench.n8n.rest.call('GET', `executions/${id}`));
		assert.ok(!execution.includes(secretKey), `execution ${id}`);
		assert.doesNotMatch(execution, /TC3-HMAC-SHA256|Signature=/);
	}
});

/** Until so many requests have reached the service. */
async function polled(count: number): Promise<void> {
	const { calls } = bench.emulator;
	const ask = () => (calls.length >= count ? true : undefined);
	await until(ask, { what: () => `${calls.length} of ${count} requests`, within: 30_000 });
}

async function fileOf(taskId: string): Promise<Buffer> {
	const response = await fetch(`${bench.emulator.url}/files/${SDK_APP_ID}/${taskId}/1.png`);
	return Buffer.from(await response.arrayBuffer());
}
