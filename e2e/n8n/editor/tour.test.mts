import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { CREDENTIAL, keysFor, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { openEditor } from '../editor.mts';
import type { Album, Editor } from '../editor.mts';
import type { Panel } from '../editor-panel.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

const SCHOOL = 1400000042;

let bench: Bench;
let editor: Editor;
let keep: Album;
before(async () => {
	bench = await openBench();
	bench.emulator.addApplication({ sdkAppId: SCHOOL, appName: 'Evening School' });
	editor = await openEditor(bench.n8n);
	keep = editor.album('tour');
	await editor.openNewWorkflow();
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
afterEach(() => assert.deepEqual(editor.problems(), []));

/** What a person may type who looks for this node. */
const WORDS = ['whiteboard', 'TIW', 'transcode', 'recording', 'courseware', '白板', '腾讯云'];

for (const word of WORDS) {
	test(`the nodes panel finds the node by "${word}"`, async () => {
		const found = await editor.searchNodes(word);
		await keep(`search ${word}`);
		assert.ok(found.includes(NODE), `the nodes panel shows ${found.join(', ') || 'nothing'}`);
	});
}

test("the node's actions in the nodes panel: each once, what is used most first", async () => {
	const groups = await editor.actionsOf(NODE);
	await keep('actions');
	assert.equal(groups.length, 12, groups.map(({ name }) => name).join());
	const all = groups.flatMap(({ actions }) => actions);
	assert.equal(all.length, 61);
	assert.deepEqual(all, [...new Set(all)]);
	assert.equal(groups[0].name, 'SNAPSHOT ACTIONS');
	assert.deepEqual(groups.at(-1), {
		name: 'CUSTOM API CALL ACTIONS',
		actions: ['Make custom API call'],
	});
});

const ACTION = 'Describe snapshot task';
const APPLICATION = `${SCHOOL} · Evening School`;

let panel: Panel;
test('an action of the nodes panel adds the node, with its resource and operation chosen', async () => {
	panel = await editor.addNode(NODE, ACTION);
	await keep('new node');
	assert.equal(await panel.value('resource'), 'Snapshot');
	assert.equal(await panel.value('operation'), 'Describe Snapshot Task');
});

test('the lists of resources and of operations have Custom API Call once, at their end', async () => {
	for (const list of ['resource', 'operation']) {
		const entries = (await panel.entries(list)).map((entry) => entry.split('\n')[0]);
		await keep(`list of ${list}s`);
		assert.equal(entries.indexOf('Custom API Call'), entries.length - 1, entries.join());
	}
});

test('a new credential is made from the panel: its test says what is wrong, then that all is well', async () => {
	const { secretId, secretKey, endpoint } = keysFor(bench.emulator);
	const dialog = await panel.createCredential();
	await keep('new credential');
	await dialog.fill('secretId', secretId);
	await dialog.fill('secretKey', 'NotTheRightKey');
	await dialog.choose('site', 'Custom Endpoint');
	await dialog.fill('endpoint', endpoint);
	const refused = await dialog.save();
	await keep('credential with a wrong key');
	assert.match(refused, /The Secret Key does not belong to this Secret ID\. Copy both again/);
	await dialog.fill('secretKey', secretKey);
	await dialog.fill('endpoint', 'http://127.0.0.1:1');
	const unreachable = await dialog.save();
	await keep('credential with an endpoint where nothing listens');
	assert.match(unreachable, /http:\/\/127\.0\.0\.1:1 refuses the connection\. Check 'Site'/);
	await dialog.fill('endpoint', endpoint);
	const tested = await dialog.save();
	await keep('credential with the right key');
	assert.match(tested, /Connection tested successfully/);
	await dialog.close();
	const name = await panel.credential();
	assert.match(name, /^Tencent Cloud account/);
	assert.notEqual(name, CREDENTIAL);
});

test('the application is picked from the list, and the task comes out with the fields of the API', async () => {
	const taskId = bench.emulator.addSnapshotTask({ sdkAppId: SCHOOL, runSeconds: 0, snapshots: 2 });
	await panel.pick('sdkAppId', APPLICATION);
	await panel.fill('taskId', taskId);
	await panel.execute();
	await panel.output.showing('1 item');
	await keep('executed');
	await panel.output.view('json');
	// The last of its fields: it is drawn piece by piece.
	const json = await panel.output.showing(/"RequestId"/);
	await keep('output as JSON');
	for (const field of ['TaskID', 'Status', 'CreateTime', 'FinishTime', 'Snapshots'])
		assert.match(json, new RegExp(`"${field}"`));
	for (const value of [taskId, 'Finished']) assert.ok(json.includes(`"${value}"`), value);
});

test('downloaded images are in the Binary view, and View shows one', async () => {
	await panel.turn('downloadFiles', true);
	await panel.execute();
	await panel.output.view('binary');
	const files = await panel.output.showing('data_1');
	await keep('output as files');
	assert.match(files, /image\/png/);
	assert.doesNotMatch(files, /data_2/);
	assert.ok((await panel.output.viewImage(0)) > 0);
	await keep('image');
});

test('an unknown task: the panel says what is wrong, what to do and the RequestId', async () => {
	await panel.fill('taskId', 'no-such-task');
	await panel.execute();
	const error = await panel.output.showing('Tencent Cloud does not know this task');
	await keep('unknown task');
	assert.match(error, /Check 'Task ID', and that 'SDK App ID' is the one it was created with/);
	assert.match(error, /Application 1400000042 has no snapshot task no-such-task/);
	assert.match(error, /Code InvalidParameter\.TaskNotFound, RequestId [\w-]{36}/);
});

test('a common problem: the panel links to its page', async () => {
	const message = 'No <Action> of <a href="https://example.com">this</a> name';
	bench.emulator.setFault({ kind: 'apiError', code: 'InvalidAction', message });
	await panel.execute();
	await panel.output.showing('This site of Tencent Cloud does not offer the action');
	await panel.output.showing(`Tencent Cloud says: "${message}".`);
	await keep('common problem');
	assert.equal(
		await panel.output.linkOf('How to fix it'),
		'https://github.com/n8n-nodes-tencent-whiteboard/n8n-nodes-tencent-whiteboard/blob/main/docs/problems/site.md',
	);
	bench.emulator.clearFaults();
});

test('what was configured is there after the page is loaded again', async () => {
	const name = panel.name;
	const credential = await panel.credential();
	await panel.close();
	await editor.save('no-such-task');
	await editor.reload();
	await keep('canvas');
	assert.match(await editor.nodeText(name), /Describe Snapshot Task/);
	panel = await editor.openNode(name);
	await keep('loaded again');
	assert.deepEqual(
		{
			credential: await panel.credential(),
			operation: await panel.value('operation'),
			sdkAppId: await panel.picked('sdkAppId'),
			taskId: await panel.value('taskId'),
			downloadFiles: await panel.isOn('downloadFiles'),
		},
		{
			credential,
			operation: 'Describe Snapshot Task',
			sdkAppId: APPLICATION,
			taskId: 'no-such-task',
			downloadFiles: true,
		},
	);
});

test('the button on the canvas runs the workflow', async () => {
	const taskId = bench.emulator.addSnapshotTask({ sdkAppId: SCHOOL, runSeconds: 0 });
	await panel.fill('taskId', taskId);
	await panel.close();
	const { status } = await bench.n8n.ended(await editor.execute());
	await keep('workflow executed');
	assert.equal(status, 'success');
});

test('a list that cannot be read yet says what it needs', async () => {
	const nowhere = { sdkAppId: { __rl: true as const, mode: 'list', value: '' } };
	const workflow = withItems([], snapshotNode('createSnapshotTask', nowhere));
	await editor.openWorkflow(await bench.n8n.createWorkflow(workflow));
	panel = await editor.openNode(NODE);
	const error = await panel.listError('roomId');
	await keep('list without an application');
	assert.match(error, /The list needs an SDK App ID: enter the 'SDK App ID' first/);
	// n8n answers its page with 500 then.
	const [problem, ...more] = editor.problems();
	assert.match(problem, /500.*dynamic-node-parameters\/resource-locator-results/);
	assert.deepEqual(more, []);
});
