/** Fields that belong together, as a person meets them: a click opens them, and what they hold is kept and sent. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { WHITEBOARD } from '../../kit.mts';
import { CREDENTIAL, LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { openEditor } from '../editor.mts';
import type { Album, Editor } from '../editor.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

let bench: Bench;
let editor: Editor;
let keep: Album;
before(async () => {
	bench = await openBench();
	editor = await openEditor(bench.n8n);
	keep = editor.album('groups');
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
afterEach(() => assert.deepEqual(editor.problems(), []));

const NO_ITEMS = /Currently no items exist/;

const recording = {
	type: WHITEBOARD,
	parameters: {
		resource: 'recording',
		operation: 'startOnlineRecord',
		sdkAppId: { __rl: true as const, mode: 'id', value: '1400127230' },
		roomId: { __rl: true as const, mode: 'id', value: '12345' },
		recordUserId: 'tic_record_user_12345_a',
		recordUserSig: 'signature',
	},
	credentials: { tencentCloudApi: { id: null, name: CREDENTIAL } },
};

test('a group that is added is open at once, and is sent with the values that it shows', async () => {
	await editor.openWorkflow(await bench.n8n.createWorkflow(withItems([{}], recording)));
	const panel = await editor.openNode(NODE);
	await panel.add('Add Field', 'Concat');
	assert.equal(await panel.isOn('enabled'), true);
	await panel.add('Add Field', 'Whiteboard');
	assert.equal(await panel.value('width'), '1280');
	await keep('groups added');
	assert.doesNotMatch(await panel.text(), NO_ITEMS);
	await panel.fill('height', '720');
	await panel.close();

	await editor.save('"height":720');
	await editor.reload();
	const again = await editor.openNode(NODE);
	await keep('groups loaded again');
	assert.equal(await again.isOn('enabled'), true);
	assert.equal(await again.value('width'), '1280');
	assert.equal(await again.value('height'), '720');

	const seen = bench.emulator.calls.length;
	await again.execute();
	await again.output.showing(/1 item/);
	const [{ params }] = bench.emulator.calls.slice(seen);
	assert.deepEqual(params?.Concat, { Enabled: true });
	assert.deepEqual(params?.Whiteboard, { Width: 1280, Height: 720 });
	await again.close();
});

test('a group of the operation itself has one button, and nothing that says it is empty', async () => {
	const workflow = withItems([{}], snapshotNode('createSnapshotTask', { roomId: 5 }));
	await editor.openWorkflow(await bench.n8n.createWorkflow(workflow));
	const panel = await editor.openNode(NODE);
	await keep('group of the operation');
	const text = await panel.text();
	assert.match(text, /Add Whiteboard/);
	if (LINE === 2) assert.doesNotMatch(text, NO_ITEMS);
	await panel.close();
});

test('files are offered where the task is waited for', async () => {
	const workflow = withItems([{}], snapshotNode('createSnapshotTask', { roomId: 5 }));
	await editor.openWorkflow(await bench.n8n.createWorkflow(workflow));
	const panel = await editor.openNode(NODE);
	assert.doesNotMatch(await panel.text(), /Download Files/);
	await panel.turn('waitUntilFinished', true);
	await keep('waiting');
	assert.match(await panel.text(), /Download Files/);
	await panel.close();
});
