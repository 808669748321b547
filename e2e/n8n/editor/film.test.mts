/** The film of README: from an empty canvas to a stored image, done by the mouse and the keyboard. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { DEMO_KEYS, DOCUMENTED_EXAMPLE, startEmulator } from '../../../emulator/server.mts';
import type { Emulator } from '../../../emulator/server.mts';
import { startStore } from '../../servers.mts';
import type { Store } from '../../servers.mts';
import { LINE, TEMPLATE } from '../bench.mts';
import { BOARDS, BOARD_SIZE } from '../boards.mts';
import { testId } from '../browser.mts';
import { openEditor } from '../editor.mts';
import type { Editor } from '../editor.mts';
import { panelOf } from '../editor-panel.mts';
import type { Panel } from '../editor-panel.mts';
import { createFilm, looksLikeFilm } from '../film.mts';
import { keepImage } from '../images.mts';
import { startN8n } from '../n8n.mts';
import type { N8n } from '../n8n.mts';
import { NODE } from '../workflows.mts';

/** As wide as a page of GitHub can show it. */
const VIEWPORT = { width: 1000, height: 640 };

/** Where the service is in the film; the same in each run. */
const PORT = 18080;

const SCHOOL = 1400000042;
const { taskId } = DOCUMENTED_EXAMPLE;
const REQUEST_ID = 'b8b4f3c3-1b1c-4d24-93f0-d9ba7c0a1e21';
/** Seconds. */
const RUNS_FOR = 4;

const RUNS = { skip: LINE === 2 ? false : 'the film is of n8n 2' };

let emulator: Emulator;
let store: Store;
let n8n: N8n;
let editor: Editor;
let panel: Panel;
let image: Buffer;
const film = createFilm(VIEWPORT);
before(async () => {
	if (LINE !== 2) return;
	emulator = await startEmulator({ port: PORT });
	emulator.addApplication({ sdkAppId: SCHOOL, appName: 'Evening School' });
	emulator.setFault({ kind: 'fields', fields: { RequestId: REQUEST_ID } });
	store = await startStore();
	n8n = await startN8n({ line: LINE, template: TEMPLATE });
	await n8n.createCredential('S3 account', 's3', store.credential);
	editor = await openEditor(n8n, { viewport: VIEWPORT, film });
	image = await editor.draw(BOARDS[0], BOARD_SIZE);
});
after(async () => {
	await editor?.close();
	await n8n?.close();
	await store?.close();
	await emulator?.close();
});
afterEach(() => assert.deepEqual(editor?.problems() ?? [], []));

const find = (id: string) => editor.page.locator(testId(id));

/** Messages that pass, what n8n's assistant offers. */
const PASSING = `
	.el-notification, ${testId('ask-assistant-button')}, ${testId('credential-edit-instance-ai-help-button')},
	${testId('canvas-minimap')} { display: none !important; }
`;

/** It runs from the moment on when the node asks for it. */
function addTask(): void {
	const url = emulator.addFile('1.png', { contentType: 'image/png', content: image });
	emulator.addSnapshotTask({
		sdkAppId: SCHOOL,
		taskId,
		runSeconds: RUNS_FOR,
		snapshots: [url],
		fields: { CreateTime: 1647942121, FinishTime: 1647943149 },
	});
}

/** What comes out is more interesting than what goes in. */
async function widenOutput(): Promise<void> {
	const { page } = editor;
	const box = await find('panel-drag-button').first().boundingBox();
	if (!box) throw new Error('The panel cannot be moved');
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x - 250, y, { steps: 5 });
	await page.mouse.up();
}

test('a manual trigger on an empty canvas', RUNS, async () => {
	await editor.openNewWorkflow();
	await editor.page.addStyleTag({ content: PASSING });
	film.caption('An empty workflow: a manual trigger first');
	await film.hold(1);
	await find('canvas-add-button').first().click();
	await find('node-creator').getByText('Trigger manually').first().click();
	await find('canvas-node').first().waitFor();
	assert.deepEqual(await editor.nodes(), ['When clicking ‘Execute workflow’']);
});

test('the node is found by “whiteboard”', RUNS, async () => {
	film.caption('Look for “whiteboard”, and pick “Describe snapshot task”');
	const found = await editor.searchNodes('whiteboard');
	assert.ok(found.includes(NODE), found.join());
	const entry = (text: string) => find('node-creator').getByText(text, { exact: true }).first();
	await entry(NODE).click();
	await entry('Describe snapshot task').click();
	await find('node-parameters').first().waitFor();
	panel = panelOf(editor.page, LINE, 'Describe snapshot task');
	await widenOutput();
	assert.equal(await panel.value('operation'), 'Describe Snapshot Task');
});

test('the credential is tested when it is saved', RUNS, async () => {
	const [{ secretId, secretKey }] = DEMO_KEYS;
	film.caption('Create the credential: the API key of your account');
	const dialog = await panel.createCredential();
	await dialog.fill('secretId', secretId);
	await dialog.fill('secretKey', secretKey);
	film.caption('Choose the site; here it is a test service on the same machine');
	await dialog.choose('site', 'Custom Endpoint');
	await dialog.fill('endpoint', emulator.url);
	film.caption('Save tests the key');
	assert.match(await dialog.save(), /Connection tested successfully/);
	await film.hold(1);
	await dialog.close();
	assert.match(await panel.credential(), /^Tencent Cloud account/);
});

test('the application comes from a list', RUNS, async () => {
	film.caption('Pick the application from the list, and paste the ID of the task');
	await panel.pick('sdkAppId', `${SCHOOL} · Evening School`);
	await panel.fill('taskId', taskId);
	film.caption('Wait until the task is finished, then download its images');
	await panel.turn('waitUntilFinished', true);
	await panel.choose('output', 'One Item per File');
	await panel.turn('downloadFiles', true);
	assert.equal(await panel.isOn('downloadFiles'), true);
});

test('the node waits for the task, and its image comes out', RUNS, async () => {
	addTask();
	film.caption('Execute: the task still runs, so the node polls until it is finished');
	await panel.execute();
	// Too short to be compared: a wheel turns.
	await film.hold(0.9);
	await panel.output.showing('1 item');
	assert.ok(emulator.calls.filter(({ action }) => action === 'DescribeSnapshotTask').length > 1);
	film.caption('One item per image, with the fields of the API …');
	await panel.output.view('json');
	await panel.output.showing(/"FileName"/);
	await film.hold(2);
	film.caption('… and with the image itself');
	await panel.output.view('binary');
	await panel.output.showing('image/png');
	assert.ok((await panel.output.viewImage(0)) > 0);
	await film.hold(2);
	await panel.close();
});

test('the image is stored by the S3 node', RUNS, async () => {
	film.caption('Add n8n’s S3 node, to store it');
	panel = await editor.addNode('S3', 'Upload a file');
	await panel.fill('bucketName', store.bucket);
	await panel.fill('fileName', 'boards/1.png');
	await panel.close();
	await find('zoom-to-fit').first().click();
	film.caption('Execute the whole workflow');
	const { status } = await n8n.ended(await editor.execute());
	assert.equal(status, 'success');
	await find('canvas-node-status-success').nth(2).waitFor();
	film.caption('Done: the image of the whiteboard is in the bucket');
	await film.hold(3);
	assert.deepEqual([...store.objects()], [['boards/1.png', image]]);
});

test('the film', RUNS, async () => {
	assert.equal(store.objects().size, 1, 'a step before has failed');
	const { webp, seconds } = await film.develop(editor.draw);
	console.log(`${Math.round(seconds)} s, ${Math.round(webp.length / 1024)} kB`);
	assert.ok(webp.length < 2 * 1024 ** 2);
	await keepImage('film.webp', webp, looksLikeFilm);
});
