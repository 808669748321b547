import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SDK_APP_ID, jsonOf, openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';

/** Seconds by which the service's clock is put forward: well below what signatures allow. */
let ahead = 0;

let house: House;
before(async () => {
	house = await openHouse({ now: () => Date.now() + ahead * 1000 });
});
after(async () => await house.close());

const example = () => {
	const { workflow, set } = openExample('long-tasks-without-holding-a-worker');
	// Many items instead of the one task of the example, and a moment for minutes.
	set('Task to Wait For', { mode: 'raw', jsonOutput: '={{ $json }}' });
	set('Tencent Whiteboard', {
		waitOptions: { timeout: 0.3, pollInterval: 0.1, onTimeout: 'lastState' },
	});
	set('Wait', { amount: 0.2, unit: 'seconds' });
	return workflow;
};

test('only the tasks still running go round, and each comes out once it is finished', async () => {
	const [short, long] = [0, 60].map((runSeconds) =>
		house.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds }),
	);
	let rounds = 0;
	const { status, nodes } = await house.engine.run(example(), {
		onNodeDone: (name) => {
			if (name !== 'Wait') return;
			rounds += 1;
			if (rounds === 2) ahead += 60;
		},
		input: [long, short].map((taskId) => ({ json: { sdkAppId: String(SDK_APP_ID), taskId } })),
	}).result;

	assert.equal(status, 'success');
	const looks = jsonOf(nodes['Tencent Whiteboard'].outputs[0]);
	assert.deepEqual(
		looks.map(({ TaskID, Status }) => [TaskID, Status]),
		[
			[long, 'Running'],
			[short, 'Finished'],
			[long, 'Running'],
			[long, 'Finished'],
		],
	);
	assert.deepEqual(
		jsonOf(nodes.Wait.outputs[0]).map(({ TaskID }) => TaskID),
		[long, long],
	);
	const finished = nodes['Finished Tasks'].outputs[0];
	assert.deepEqual(
		jsonOf(finished).map(({ TaskID, Status }) => [TaskID, Status]),
		[
			[short, 'Finished'],
			[long, 'Finished'],
		],
	);
});

test('a task that failed stops the loop with its reason', async () => {
	const taskId = house.emulator.addSnapshotTask({
		sdkAppId: SDK_APP_ID,
		runSeconds: 0.2,
		errorCode: 'InternalError',
		errorMessage: 'Rendering failed',
	});
	const { status, error, nodes } = await house.engine.run(example(), {
		input: [{ json: { sdkAppId: String(SDK_APP_ID), taskId } }],
	}).result;
	assert.equal(status, 'error');
	assert.match(String(error?.message), /InternalError: Rendering failed/);
	assert.equal(nodes['Finished Tasks'], undefined);
});
