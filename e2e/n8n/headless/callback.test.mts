/** Executions that wait by callback: parked in the database, and resumed when the service calls. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { jsonOf } from '../../kit.mts';
import { openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { until } from '../processes.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

const RUN_SECONDS = 8;
/** Times that n8n is killed while an execution is parked. */
const KILLS = 10;

let bench: Bench;
before(async () => {
	bench = await openBench({ runSeconds: RUN_SECONDS, ratePerSecond: Infinity });
});
after(async () => await bench.close());
beforeEach(() => bench.emulator.reset());

const roomsOf = (count: number) => Array.from({ length: count }, (_, room) => ({ room: room + 1 }));

const byCallback = (items: IDataObject[], parameters: INodeParameters = {}) =>
	withItems(
		items,
		snapshotNode('createSnapshotTask', {
			roomId: '={{ $json.room }}',
			whiteboard: { values: { width: 1280, height: 720 } },
			waitUntilFinished: true,
			waitMode: 'callback',
			...parameters,
		}),
	);

const tasks = () => bench.emulator.tasks();

const statuses = (json: IDataObject[]) => json.map(({ Status }) => Status);

async function park(workflow = byCallback(roomsOf(2))): Promise<string> {
	const id = await bench.n8n.createWorkflow(workflow);
	const execution = await bench.n8n.run(id, 'Start');
	const { status } = await bench.n8n.ended(execution, { orWaiting: true });
	assert.equal(status, 'waiting');
	return execution;
}

test('resumed once, with every task in input order and paired', async () => {
	const execution = await park();
	const { status, nodes } = await bench.n8n.ended(execution);
	assert.equal(status, 'success');
	const [items] = nodes[NODE].outputs;
	assert.deepEqual(statuses(jsonOf(items)), ['Finished', 'Finished']);
	assert.deepEqual(
		items.map(({ json, pairedItem }) => [json.TaskID, pairedItem]),
		tasks().map(({ id }, item) => [id, { item }]),
	);
	assert.equal(nodes[NODE].runs, 1);
});
