import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { snapshotPng } from '../../emulator/png.mts';
import { jsonOf } from '../kit.mts';
import { openNight } from '../night.mts';
import type { Night } from '../night.mts';

let night: Night;
before(async () => {
	night = await openNight();
});
after(async () => await night.close());
beforeEach(() => (night.chat.posts.length = 0));

/** What is stored of a task: path in its folder and bytes. */
const storedOf = (taskId: string) =>
	[...night.store.objects()]
		.filter(([key]) => key.includes(taskId))
		.map(([key, content]) => ({ key, content }));

const pngs = (taskId: string, pages: number) =>
	Array.from({ length: pages }, (_, index) => snapshotPng(taskId, index + 1));

test('every image is in the bucket, byte by byte, and one message tells of all of them', async () => {
	const { workflow, taskIds, set } = night.prepare([
		{ runSeconds: 0, snapshots: 3 },
		{ runSeconds: 0, errorCode: 'InternalError', errorMessage: 'Rendering failed' },
		{ runSeconds: 1, snapshots: 2 },
	]);
	const [ready, broken, running] = taskIds;
	set('Tencent Whiteboard', { waitOptions: { pollInterval: 0.2 } });
	const { status, error, nodes } = await night.engine.run(workflow).result;
	assert.equal(error, undefined);
	assert.equal(status, 'success');

	for (const [taskId, pages] of [
		[ready, 3],
		[running, 2],
	] as const) {
		const stored = storedOf(taskId);
		assert.deepEqual(
			stored.map(({ key }) => key.replace(/^snapshots\/\d{4}\/\d\d\/\d\d\//, '')),
			pngs(taskId, pages).map((_, index) => `${taskId}/${index + 1}.png`),
		);
		assert.deepEqual(
			stored.map(({ content }) => content),
			pngs(taskId, pages),
		);
		assert.equal(night.store.contentType(stored[0].key), 'image/png');
	}

	// The S3 node gives items of its own; the lines come from the node before it, item by item.
	assert.deepEqual(jsonOf(nodes['Store Image'].outputs[0]), Array(5).fill({ success: true }));
	const lines = jsonOf(nodes['Line per Image'].outputs[0]).map(({ line }) => line);
	assert.deepEqual(lines, [
		`Task ${ready}: page 1 of 3 is stored`,
		`Task ${ready}: page 2 of 3 is stored`,
		`Task ${ready}: page 3 of 3 is stored`,
		`Task ${running}: page 1 of 2 is stored`,
		`Task ${running}: page 2 of 2 is stored`,
	]);

	assert.equal(night.chat.posts.length, 1);
	const [{ path, body, headers }] = night.chat.posts;
	assert.equal(path, '/cgi-bin/webhook/send?key=YOUR-KEY');
	assert.match(String(headers['content-type']), /^application\/json/);
	const { msgtype, markdown } = body as { msgtype: string; markdown: { content: string } };
	assert.equal(msgtype, 'markdown');
	const [title, ...rest] = markdown.content.split('\n');
	assert.equal(title, '### Whiteboard snapshots');
	assert.deepEqual(
		rest.slice(0, 5),
		lines.map((line) => `> ${String(line)}`),
	);
	assert.equal(rest.length, 6);
	assert.match(rest[5], new RegExp(`^> \\*\\*.*${broken}.*InternalError.*\\*\\*$`));
});

test('a night without problems is told of as well', async () => {
	const { workflow, taskIds } = night.prepare([{ runSeconds: 0, snapshots: 1 }]);
	const { status } = await night.engine.run(workflow).result;
	assert.equal(status, 'success');
	assert.deepEqual(
		storedOf(taskIds[0]).map(({ content }) => content),
		pngs(taskIds[0], 1),
	);
	assert.deepEqual(
		night.chat.posts.map(({ body }) => body),
		[
			{
				msgtype: 'markdown',
				markdown: {
					content: `### Whiteboard snapshots\n> Task ${taskIds[0]}: page 1 of 1 is stored`,
				},
			},
		],
	);
});

test('a night with nothing but problems, too', async () => {
	const { workflow } = night.prepare([
		{ runSeconds: 0, errorCode: 'InternalError', errorMessage: 'Rendering failed' },
	]);
	const { status, nodes } = await night.engine.run(workflow).result;
	assert.equal(status, 'success');
	assert.equal(nodes['Store Image'], undefined);
	assert.equal(night.chat.posts.length, 1);
	assert.match(JSON.stringify(night.chat.posts[0].body), /Rendering failed/);
});
