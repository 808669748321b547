/** The examples of events: the service calls n8n, by trigger and by callback. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { snapshotPng } from '../../emulator/png.mts';
import type { Activation, Run } from '../../engine/runner.mts';
import { SDK_APP_ID, jsonOf, openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';
import { startReceiver, startStore } from '../servers.mts';
import type { Receiver, Store } from '../servers.mts';

let store: Store;
let chat: Receiver;
let house: House;
let activation: Activation | undefined;
before(async () => {
	[store, chat] = await Promise.all([startStore(), startReceiver()]);
	house = await openHouse({
		runSeconds: 0.5,
		callbacks: { pause: 100 },
		credentials: { 'S3 account': { type: 's3', data: store.credential } },
	});
});
afterEach(async () => {
	await activation?.deactivate();
	activation = undefined;
	chat.posts.length = 0;
});
after(async () => {
	await house.close();
	await Promise.all([store, chat].map(async (server) => await server.close()));
});

/** An example of a trigger, with what it talks to in place, activated. */
async function activate(name: string) {
	const { workflow } = openExample(name, { store, chat });
	activation = await house.engine.activate({ id: name, ...workflow });
	return activation;
}

async function firstOf(runs: Run[]) {
	for (let tries = 0; runs.length === 0; tries += 1) {
		assert.ok(tries < 500, 'no event has started the workflow');
		await sleep(20);
	}
	return await runs[0].result;
}

test('a recording that has finished: its videos are stored, and one message tells of them', async () => {
	const { runs } = await activate('recording-finished-to-storage');
	const id = house.emulator.addTask('recording', { sdkAppId: SDK_APP_ID, runSeconds: 0.3 });
	const { status, error, nodes } = await firstOf(runs);
	assert.equal(error, undefined);
	assert.equal(status, 'success');
	const [event] = jsonOf(nodes['Recording Finished'].outputs[0]);
	assert.equal(event.EventType, 'OnlineRecordFinished');
	assert.equal(event.verified, true);
	const videos = jsonOf(nodes.Videos.outputs[0]);
	assert.equal(videos.length, 2);
	for (const { Url, FileName } of videos) {
		const file = Buffer.from(await (await fetch(String(Url))).arrayBuffer());
		assert.deepEqual(store.objects().get(`recordings/${id}/${String(FileName)}`), file);
	}
	const lines = [1, 2].map((number) => `> Recording ${id}: video ${number} of 2 is stored`);
	assert.deepEqual(
		chat.posts.map(({ body }) => body),
		[{ msgtype: 'markdown', markdown: { content: ['### Recording', ...lines].join('\n') } }],
	);
	assert.equal(runs.length, 1);
});

test('a recording that has failed is told of as well', async () => {
	const { runs } = await activate('recording-finished-to-storage');
	house.emulator.addTask('recording', {
		sdkAppId: SDK_APP_ID,
		runSeconds: 0.2,
		outcome: { errorCode: 'FailedOperation.Record', errorMessage: 'code: 40001, msg: no user' },
	});
	const { status, nodes } = await firstOf(runs);
	assert.equal(status, 'success');
	assert.equal(nodes['Store Video'], undefined);
	assert.equal(chat.posts.length, 1);
	assert.match(JSON.stringify(chat.posts[0].body), /FailedOperation\.Record.*40001/);
});

test('courseware that has been transcoded: a message with the link, or with the reason', async () => {
	const { runs } = await activate('courseware-transcoded-to-message');
	const add = (outcome?: { errorCode: string; errorMessage: string }) =>
		house.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds: 0.2, outcome });
	add();
	const { status, nodes } = await firstOf(runs);
	assert.equal(status, 'success');
	const [{ EventData, Task, verified }] = jsonOf(nodes['Courseware Transcoded'].outputs[0]);
	assert.equal(verified, true);
	const { Title, Pages, ResultUrl } = EventData as Record<string, unknown>;
	assert.equal(ResultUrl, (Task as Record<string, unknown>).ResultUrl);
	const broken = add({
		errorCode: 'FailedOperation.FileDownloadFail',
		errorMessage: '-27: no such file',
	});
	while (runs.length < 2) await sleep(20);
	await runs[1].result;
	assert.deepEqual(
		chat.posts.map(({ body }) => (body as { text: { content: string } }).text.content),
		[
			`${String(Title)} is ready, with ${String(Pages)} pages: ${String(ResultUrl)}`,
			`The conversion ${broken} failed: Tencent Cloud could not download the document in time`,
		],
	);
});

test('snapshots by callback: the execution waits in the database, then their images are stored', async () => {
	const { workflow } = openExample('snapshot-by-callback', { store });
	const run = await house.engine.run(workflow).result;
	assert.equal(run.status, 'waiting');
	const tasks = house.emulator.tasks().filter(({ kind }) => kind === 'snapshot');
	assert.equal(tasks.length, 2);
	assert.deepEqual(
		jsonOf(run.nodes.Snapshots.outputs[0]).map(({ TaskID }) => TaskID),
		tasks.map(({ id }) => id),
	);
	const { status, nodes } = await run.waiting!.resumed;
	assert.equal(status, 'success');
	assert.equal(nodes['Without Images'], undefined);
	for (const { id } of tasks) {
		for (const page of [1, 2, 3]) {
			assert.deepEqual(store.objects().get(`snapshots/${id}/${page}.png`), snapshotPng(id, page));
		}
	}
});
