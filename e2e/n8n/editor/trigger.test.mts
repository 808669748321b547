/** The trigger as a person meets it: found, filled in, tried out, published. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { openEditor } from '../editor.mts';
import type { Album, Editor } from '../editor.mts';
import type { Panel } from '../editor-panel.mts';
import { NOTHING, TRIGGER, register, registered } from '../events.mts';
import { until } from '../processes.mts';
import { NODE } from '../workflows.mts';

const SCHOOL = 1400000042;
const APPLICATION = `${SCHOOL} · Evening School`;

let bench: Bench;
let editor: Editor;
let keep: Album;
let panel: Panel;
before(async () => {
	bench = await openBench();
	bench.emulator.addApplication({ sdkAppId: SCHOOL, appName: 'Evening School' });
	editor = await openEditor(bench.n8n);
	keep = editor.album('trigger');
	await editor.openNewWorkflow();
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
afterEach(() => assert.deepEqual(editor.problems(), []));

const registration = async () => await registered(bench.emulator, SCHOOL, 'recording');

test('the nodes panel finds it by its words, and adds it by one of its events', async () => {
	for (const word of ['whiteboard trigger', 'TIW', 'recording']) {
		const found = await editor.searchNodes(word);
		await keep(`search ${word}`);
		assert.ok(found.includes(NODE), `${word}: ${found.join()}`);
	}
	panel = await editor.addTrigger(NODE, 'On recording finished');
	await keep('new trigger');
	assert.equal(panel.name, TRIGGER);
	assert.equal(await panel.value('resource'), 'Recording');
});

test('application and events are picked from lists, and a test event comes out', async () => {
	await panel.pick('sdkAppId', APPLICATION);
	await panel.chooseMore('events', ['Recording Started']);
	await keep('filled in');
	await panel.execute();
	const isListening = async () =>
		(await registration()).url.includes('/webhook-test/') || undefined;
	await until(isListening, { what: 'nothing is registered' });
	await keep('listening');
	const taskId = bench.emulator.addTask('recording', { sdkAppId: SCHOOL, runSeconds: 60 });
	await panel.output.showing('1 item');
	await panel.output.view('json');
	const json = await panel.output.showing(/"verified"/);
	await keep('test event');
	for (const value of ['OnlineRecordStarted', taskId])
		assert.ok(json.includes(`"${value}"`), value);
	assert.ok(!json.includes('"Sign"'));
	const isOver = async () => (await registration()).url === '' || undefined;
	await until(isOver, { what: 'the URL of the test stays registered' });
	assert.deepEqual(await registration(), NOTHING);
	await panel.close();
	assert.match(await editor.nodeText(TRIGGER), /Recording: ?Finished, Started/);
});

test('published where another URL is in place, it says whose, and what to do', async () => {
	const foreign = { url: 'https://example.com/callbacks', key: 'TheirKey2024' };
	await register(bench.emulator, SCHOOL, 'recording', foreign);
	// What has been run is saved.
	await editor.publish();
	const text =
		"another is in place: https://example.com/callbacks. Switch on 'Replace Existing Callback'";
	const toast = editor.page.getByText(text).first();
	await toast.waitFor({ timeout: 60_000 });
	await keep('refused');
	assert.deepEqual(await registration(), foreign);
	// n8n 1 answers its page with an error.
	for (const problem of editor.problems()) assert.match(problem, /\/rest\/workflows\//);
});
