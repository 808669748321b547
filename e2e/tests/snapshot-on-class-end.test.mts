/** Nothing listens for webhooks in this engine: runs start with the item that n8n's Webhook node gives. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { snapshotPng } from '../../emulator/png.mts';
import { SDK_APP_ID, jsonOf, openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';
import { startMailbox } from '../servers.mts';
import type { Mailbox } from '../servers.mts';

let house: House;
let mailbox: Mailbox;
before(async () => {
	mailbox = await startMailbox();
	house = await openHouse({
		runSeconds: 0.3,
		credentials: { 'SMTP account': { type: 'smtp', data: mailbox.credential } },
	});
});
after(async () => {
	await house.close();
	await mailbox.close();
});

const call = {
	headers: { 'content-type': 'application/json' },
	params: {},
	query: {},
	body: { roomId: 1234, className: 'Algebra 2', teacherEmail: 'teacher@example.com' },
	webhookUrl: 'http://localhost:5678/webhook/class-ended',
	executionMode: 'production',
};

test('the teacher gets a letter with the images, byte by byte', async () => {
	const { workflow, set } = openExample('snapshot-on-class-end');
	set('Make Snapshots', { waitOptions: { pollInterval: 0.2 } });
	const { status, error, nodes } = await house.engine.run(workflow, {
		startNode: 'Class Ended',
		input: [{ json: call }],
	}).result;
	assert.equal(error, undefined);
	assert.equal(status, 'success');

	const created = house.emulator.calls.filter(({ action }) => action === 'CreateSnapshotTask');
	assert.deepEqual(
		created.map(({ params }) => params),
		[{ SdkAppId: SDK_APP_ID, RoomId: 1234, Whiteboard: { Width: 1280, Height: 720 } }],
	);
	const [{ json: task, binary = {} }] = nodes['Make Snapshots'].outputs[0];
	assert.equal(task.Status, 'Finished');
	assert.deepEqual(Object.keys(binary), ['data_0', 'data_1', 'data_2']);

	assert.deepEqual(jsonOf(nodes['Send Images'].outputs[0])[0].accepted, ['teacher@example.com']);
	const [mail, ...more] = mailbox.mails;
	assert.deepEqual(more, []);
	assert.equal(mail.to, 'teacher@example.com');
	assert.match(mail.from, /school@example\.com/);
	assert.equal(mail.subject, 'The whiteboard of Algebra 2');
	const links = (task.Result as { Snapshots: string[] }).Snapshots;
	assert.match(mail.text, /is attached: 3 pages\./);
	for (const link of links) assert.ok(mail.text.includes(link), link);
	assert.deepEqual(
		mail.attachments,
		[1, 2, 3].map((page) => ({
			fileName: `${page}.png`,
			contentType: 'image/png',
			content: snapshotPng(String(task.TaskID), page),
		})),
	);
});
