/** Files in the mode of binary data that is not the line's default, which the other tests run in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { snapshotPng } from '../../../emulator/png.mts';
import { SDK_APP_ID } from '../../kit.mts';
import { LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import type { Line } from '../lines.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

/** n8n 2 has files in its folder and n8n 1 in memory, where nothing else is asked for. */
const OTHER_MODE: Record<Line, string> = { 2: 'database', 1: 'filesystem' };

let bench: Bench;
before(async () => {
	bench = await openBench({ env: { N8N_DEFAULT_BINARY_DATA_MODE: OTHER_MODE[LINE] } });
});
after(async () => await bench.close());

test('files in the other mode of binary data: n8n 2 in the database, n8n 1 in its folder', async () => {
	const taskIds = [1, 2, 3].map((snapshots) =>
		bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 1, snapshots }),
	);
	const workflow = withItems(
		taskIds.map((taskId) => ({ taskId })),
		snapshotNode('describeSnapshotTask', {
			taskId: '={{ $json.taskId }}',
			waitUntilFinished: true,
			output: 'files',
			downloadFiles: true,
		}),
	);
	const id = await bench.n8n.createWorkflow(workflow);
	const { status, nodes } = await bench.n8n.ended(await bench.n8n.run(id, 'Start'));
	assert.equal(status, 'success');
	const files = nodes[NODE].outputs[0].map(({ binary }) => binary!.data);
	assert.ok(files.every((file) => file.id?.startsWith(OTHER_MODE[LINE])));
	assert.deepEqual(
		await Promise.all(files.map(async (file) => await bench.n8n.file(file))),
		taskIds.flatMap((taskId, index) =>
			Array.from({ length: index + 1 }, (_, page) => snapshotPng(taskId, page + 1)),
		),
	);
});
