/** The pictures of README and docs/, taken of the editor as a user sees it; each is of what it says, or fails. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { DOCUMENTED_EXAMPLE } from '../../../emulator/server.mts';
import { openExample } from '../../kit.mts';
import { LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { BOARDS, BOARD_SIZE } from '../boards.mts';
import { settle, testId } from '../browser.mts';
import type { Box, Locator } from '../browser.mts';
import { openEditor } from '../editor.mts';
import type { Editor } from '../editor.mts';
import type { Panel } from '../editor-panel.mts';
import { registered } from '../events.mts';
import { keepImage, looksLike, smallPng } from '../images.mts';
import { until } from '../processes.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

/** Wide enough for a node's panel and its output, which are then as wide as a page of GitHub. */
const VIEWPORT = { width: 1400, height: 1000 };

/** Where the service is in pictures; the same in each run. */
const PORT = 18080;

const SCHOOL = 1400000042;
const APPLICATION = `${SCHOOL} · Evening School`;
const { taskId } = DOCUMENTED_EXAMPLE;
/** The times of Tencent's example. */
const TASK = { sdkAppId: SCHOOL, createTime: 1647942121, runSeconds: 1028 };
/** With images. */
const LESSON = '0c6a3d8e-52f1-4b7a-9d0e-7f31b2c4a965';
const COURSEWARE = '472e212d-f884-4399-9353-ca3b6cf70163';
const REQUEST_ID = 'b8b4f3c3-1b1c-4d24-93f0-d9ba7c0a1e21';

const RUNS = { skip: LINE === 2 ? false : 'the pictures are of n8n 2' };

let bench: Bench;
let editor: Editor;
let panel: Panel;
before(async () => {
	if (LINE !== 2) return;
	bench = await openBench({ port: PORT });
	bench.emulator.addApplication({ sdkAppId: SCHOOL, appName: 'Evening School' });
	bench.emulator.setFault({ kind: 'fields', fields: { RequestId: REQUEST_ID } });
	editor = await openEditor(bench.n8n, { viewport: VIEWPORT, scale: SCALE });
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
beforeEach(async () => await editor?.page.setViewportSize(VIEWPORT));
afterEach(() => assert.deepEqual(editor?.problems() ?? [], []));

const find = (id: string) => editor.page.locator(testId(id)).first();

/** Messages that pass, and what n8n's assistant offers. The dialog is as high as what is in it. */
const PASSING = `
	.el-notification, ${testId('ask-assistant-button')}, ${testId('credential-edit-instance-ai-help-button')}
		{ display: none !important; }
	${testId('editCredential-modal')} { max-height: none !important; }
`;

/** What floats over the canvas. */
const AROUND_THE_CANVAS = `
	${testId('canvas-wrapper')} > :not(:has(${testId('canvas-background')})), ${testId('canvas')} .vue-flow__panel
		{ display: none !important; }
`;

const hide = async (content: string) => await editor.page.addStyleTag({ content });

/** Pixels of a picture for each of the page. */
const SCALE = 2;

/** What is different in each run, such as the time of an event, makes no new picture. */
async function picture(name: string, clip: Box, passing: Box[] = []): Promise<void> {
	const { page } = editor;
	await hide(PASSING);
	await page.mouse.move(0, 0);
	await settle(page);
	const png = await page.screenshot({ clip, animations: 'disabled' });
	const isIn = ({ y, height }: Box) => y > clip.y && y + height < clip.y + clip.height;
	const ignored = passing.filter(isIn).map(({ x, y, width, height }) => ({
		left: Math.round((x - clip.x) * SCALE),
		top: Math.round((y - clip.y) * SCALE),
		width: Math.round(Math.min(width, clip.x + clip.width - x) * SCALE),
		height: Math.round(height * SCALE),
	}));
	await keepImage(
		`${name}.png`,
		await smallPng(png),
		async (one, other) => await looksLike(one, other, ignored),
	);
}

async function boxOf(locator: Locator): Promise<Box> {
	const box = await locator.boundingBox();
	if (!box) throw new Error('What is to be in the picture is not seen');
	return box;
}

/** Around what is in a picture, in pixels. */
const MARGIN = 12;

/** The node's parameters and what comes out, as far down as something in them. */
async function panelAndOutput(last: Locator): Promise<Box> {
	const parameters = await boxOf(find('node-parameters'));
	const output = await boxOf(find('output-panel'));
	const { y, height } = await boxOf(last);
	return {
		x: parameters.x,
		y: output.y,
		width: output.x + output.width - parameters.x,
		height: Math.min(y + height + MARGIN - output.y, output.height - MARGIN),
	};
}

test(
	'a picture with another digit is another one, one with another shade is not',
	RUNS,
	async () => {
		const draw = async (text: string, colour: string) =>
			await smallPng(
				await editor.draw(`<p style="font: 14px Inter; color: ${colour}">${text}</p>`, BOARD_SIZE),
			);
		const drawn = await draw('1647942121', '#222');
		assert.equal(await looksLike(drawn, await draw('1647942121', '#282828')), true);
		assert.equal(await looksLike(drawn, await draw('1647942128', '#222')), false);
		const all = { left: 0, top: 0, width: 480, height: 300 };
		assert.equal(await looksLike(drawn, await draw('1647942128', '#222'), [all]), true);
	},
);

test('a task that the node has waited for, with the fields of the API', RUNS, async () => {
	await editor.openNewWorkflow();
	panel = await editor.addNode(NODE, 'Describe snapshot task');
	bench.emulator.addSnapshotTask({
		...TASK,
		taskId,
		snapshots: [1, 2, 3].map((page) => `https://files.example.com/whiteboard/${page}.png`),
	});
	await panel.pick('sdkAppId', APPLICATION);
	await panel.fill('taskId', taskId);
	await panel.turn('waitUntilFinished', true);
	await panel.execute();
	await panel.output.showing('1 item');
	await panel.output.view('json');
	const json = await panel.output.showing(/"RequestId"/);
	for (const value of [taskId, 'Finished', REQUEST_ID]) assert.ok(json.includes(`"${value}"`));
	await picture('node', await panelAndOutput(find('parameter-input-downloadFiles')));
});

test('the credential, with a test that went well', RUNS, async () => {
	await editor.page.setViewportSize({ ...VIEWPORT, height: 1200 });
	await hide(PASSING);
	// It is tested each time that it is opened.
	const tested = editor.page.waitForResponse((response) =>
		response.url().endsWith('/rest/credentials/test'),
	);
	const dialog = await panel.editCredential();
	await tested;
	const modal = find('editCredential-modal');
	await modal.getByText('Connection tested successfully').waitFor();
	const busy = modal.locator('button[class*="_loading_"]').first();
	await busy.waitFor({ state: 'hidden' });
	assert.equal(await dialog.value('endpoint'), bench.emulator.url);
	const [box, last] = [await boxOf(modal), await boxOf(find('parameter-input-region'))];
	await picture('credential', { ...box, height: last.y + last.height + 2 * MARGIN - box.y });
	await dialog.close();
});

test('an error says what is wrong, and how to fix it', RUNS, async () => {
	await panel.fill('taskId', 'f2e1728c');
	await panel.execute();
	const error = await panel.output.showing('Tencent Cloud does not know this task');
	assert.match(error, /Check 'Task ID'/);
	await picture('error', await panelAndOutput(find('parameter-input-waitUntilFinished')));
});

test('downloaded files, and one of them', RUNS, async () => {
	const snapshots: string[] = [];
	for (const [index, board] of BOARDS.entries()) {
		const content = await editor.draw(board, BOARD_SIZE);
		snapshots.push(
			bench.emulator.addFile(`${index + 1}.png`, { contentType: 'image/png', content }),
		);
	}
	bench.emulator.addSnapshotTask({ ...TASK, taskId: LESSON, snapshots });
	await panel.fill('taskId', LESSON);
	await panel.choose('output', 'One Item per File');
	await panel.turn('downloadFiles', true);
	await panel.execute();
	await panel.output.view('binary');
	const files = await panel.output.showing('2 items');
	assert.match(files, /image\/png/);
	await picture('files', await panelAndOutput(find('parameter-input-downloadFiles')));
	assert.ok((await panel.output.viewImage(0)) > 0);
	await picture('image', await panelAndOutput(find('parameter-input-downloadFiles')));
	await panel.close();
});

test('the nodes panel with the node and its actions', RUNS, async () => {
	const groups = await editor.actionsOf(NODE);
	assert.equal(groups[0].name, 'SNAPSHOT ACTIONS');
	const box = await boxOf(find('node-creator'));
	const last = await boxOf(find('node-creator').getByText('Stop online record').first());
	await picture('nodes-panel', { ...box, height: last.y + last.height + MARGIN - box.y });
});

test('the trigger with an event that the API has confirmed', RUNS, async () => {
	await editor.openNewWorkflow();
	panel = await editor.addTrigger(NODE, 'On recording finished');
	await panel.choose('resource', 'Transcode');
	await panel.pick('sdkAppId', APPLICATION);
	await panel.chooseMore('events', ['Transcoding Finished']);
	await panel.execute();
	const isListening = async () =>
		(await registered(bench.emulator, SCHOOL, 'transcode')).url.includes('/webhook-test/') ||
		undefined;
	await until(isListening, { what: 'nothing is registered' });
	bench.emulator.addTask('transcode', { sdkAppId: SCHOOL, taskId: COURSEWARE, runSeconds: 1 });
	await panel.output.showing('1 item');
	await panel.output.view('json');
	const json = await panel.output.showing(/"verified"/);
	assert.match(json, /"verified":\s*true/);
	await editor.page.setViewportSize({ ...VIEWPORT, height: 575 });
	const lines = find('output-panel').locator('.vjs-tree-node');
	const clip = await panelAndOutput(find('output-panel'));
	const verified = lines.filter({ hasText: 'verified' }).first();
	const isShown = async () => {
		// Lines are made as they are scrolled to.
		await editor.page.evaluate(
			`document.querySelectorAll('${testId('output-panel')} *').forEach((each) => { each.scrollTop = 1e6; })`,
		);
		const box = (await verified.isVisible()) && (await verified.boundingBox());
		return (box && box.y + box.height < clip.y + clip.height) || undefined;
	};
	await until(isShown, { what: 'the end of the output stays out of sight' });
	const times: Box[] = [];
	for (let index = 0; index < (await lines.count()); index++) {
		if (/Time/.test(await lines.nth(index).innerText())) times.push(await boxOf(lines.nth(index)));
	}
	await picture('trigger', clip, times);
});

test('the error output', RUNS, async () => {
	const tasks = [taskId, LESSON, 'f2e1728c'].map((id) => ({ taskId: id }));
	const describe = snapshotNode(
		'describeSnapshotTask',
		{
			sdkAppId: { __rl: true, mode: 'id', value: String(SCHOOL) },
			taskId: '={{ $json.taskId }}',
			waitUntilFinished: true,
		},
		{ onError: 'continueErrorOutput' },
	);
	const workflow = withItems(tasks, describe);
	const ends = ['Store the Images', 'Tell the Teacher'];
	for (const [index, name] of ends.entries()) {
		workflow.nodes.push({
			id: name,
			name,
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [900, index * 200 - 100],
			parameters: {},
		});
	}
	workflow.connections[NODE] = {
		main: ends.map((node) => [{ node, type: 'main' as const, index: 0 }]),
	};
	await editor.openWorkflow(await bench.n8n.createWorkflow(workflow));
	const { status } = await bench.n8n.ended(await editor.execute());
	assert.equal(status, 'success');
	const canvas = find('canvas');
	for (const count of ['2 items', '1 item']) await canvas.getByText(count).first().waitFor();
	await picture('error-output', await workflowBox());
});

for (const file of readdirSync(join(import.meta.dirname, '..', '..', '..', 'examples'))) {
	const name = basename(file, '.json');
	test(`the example ${name}`, RUNS, async () => {
		const { workflow } = openExample(name);
		await editor.openWorkflow(await bench.n8n.createWorkflow(workflow));
		const isNote = ({ type }: { type: string }) => type === 'n8n-nodes-base.stickyNote';
		const names = workflow.nodes.filter((node) => !isNote(node)).map((node) => node.name);
		assert.deepEqual((await editor.nodes()).sort(), names.sort());
		await find('sticky').getByText(String(workflow.name)).waitFor();
		await picture(`examples/${name}`, await workflowBox());
	});
}

/** Of a node on the canvas, only while the pointer is on it. */
const NOT_SEEN = `${testId('canvas-node-toolbar')}, .vue-flow__resize-control, [data-test-id^="execute-workflow-button-"]`;

/** Fits the workflow to the window; returns where its nodes, notes and connections then are. */
async function workflowBox(): Promise<Box> {
	const { page } = editor;
	await hide(AROUND_THE_CANVAS);
	const measure = async () =>
		(await page.evaluate(`(() => {
			const wholes = '${testId('sticky')}, [data-test-id^="canvas-"][data-test-id$="-node"], .vue-flow__edge-path';
			const boxes = [...document.querySelectorAll('.vue-flow__node *, .vue-flow__edge-path')]
				.filter((each) => each.matches(wholes) || each.childElementCount === 0)
				.filter((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
				.filter((each) => !each.closest('${NOT_SEEN}'))
				.map((each) => each.getBoundingClientRect())
				.filter(({ width, height }) => width + height > 0);
			const edge = (side, of) => Math[of](...boxes.map((box) => box[side]));
			const [x, y] = [edge('left', 'min'), edge('top', 'min')];
			return { x, y, width: edge('right', 'max') - x, height: edge('bottom', 'max') - y };
		})()`)) as Box;
	let last = await measure();
	const isAtRest = async () => {
		await page.keyboard.press('1');
		const box = await measure();
		const same = JSON.stringify(box) === JSON.stringify(last);
		last = box;
		return same ? box : undefined;
	};
	const { x, y, width, height } = await until(isAtRest, { what: 'the canvas keeps moving' });
	return {
		x: x - MARGIN,
		y: y - MARGIN,
		width: width + 2 * MARGIN,
		height: height + 2 * MARGIN,
	};
}
