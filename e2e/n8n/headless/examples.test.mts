/** Every example as a user imports it, with n8n's own nodes; only what it talks to stands on loopback. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { INodeParameters } from 'n8n-workflow';

import { snapshotPng } from '../../../emulator/png.mts';
import { DOCUMENTED_EXAMPLE, seedDocumentedExample } from '../../../emulator/server.mts';
import type { WorkflowJson } from '../../../engine/runner.mts';
import { SDK_APP_ID, jsonOf, openExample } from '../../kit.mts';
import { NIGHT, prepareNight } from '../../night.mts';
import { startMailbox, startModel, startReceiver, startStore } from '../../servers.mts';
import type { Mailbox, Model, Receiver, Store } from '../../servers.mts';
import { openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { CRASH_EXAMPLE, prepareCrashExample } from '../crash-example.mts';
import { until } from '../processes.mts';

let bench: Bench;
let store: Store;
let chat: Receiver;
let mailbox: Mailbox;
let model: Model;
before(async () => {
	[store, chat, mailbox, model] = await Promise.all([
		startStore(),
		startReceiver(),
		startMailbox(),
		startModel(),
	]);
	bench = await openBench({ runSeconds: 1 });
	seedDocumentedExample(bench.emulator, { runSeconds: 1 });
	for (const [name, type, data] of [
		['S3 account', 's3', store.credential],
		['SMTP account', 'smtp', mailbox.credential],
		['OpenAI account', 'openAiApi', model.credential],
	] as const) {
		await bench.n8n.createCredential(name, type, data);
	}
});
after(async () => {
	await bench.close();
	await Promise.all([store, chat, mailbox, model].map(async (server) => await server.close()));
});

const { taskId } = DOCUMENTED_EXAMPLE;

async function run(workflow: WorkflowJson, trigger: string, items?: Array<Record<string, string>>) {
	const id = await bench.n8n.createWorkflow(workflow);
	return await bench.n8n.ended(await bench.n8n.run(id, trigger, items), { within: 120_000 });
}

/** Activates an example of a trigger, and gives the execution that the event of a task starts. */
async function onEvent(workflow: WorkflowJson, begin: () => string) {
	const id = await bench.n8n.createWorkflow(workflow);
	await bench.n8n.activate(id);
	const begun = begin();
	const first = async () => (await bench.n8n.executions(id))[0];
	const execution = await until(first, { what: bench.n8n.output, within: 30_000 });
	const ended = await bench.n8n.ended(execution.id);
	await bench.n8n.deactivate(id);
	assert.equal(ended.status, 'success');
	return { ...ended, taskId: begun };
}

/** A test of each example, by its file's name. */
const TESTS: Record<string, () => Promise<void>> = {
	'describe-snapshot-task': async () => {
		const { status, nodes } = await run(openExample('describe-snapshot-task').workflow, 'Start');
		assert.equal(status, 'success');
		const [task] = jsonOf(nodes['Tencent Whiteboard'].outputs[0]);
		assert.deepEqual([task.TaskID, task.Status], [taskId, 'Finished']);
	},

	[NIGHT]: async () => {
		const { workflow, taskIds } = prepareNight({ emulator: bench.emulator, store, chat }, [
			{ runSeconds: 2, snapshots: 3 },
			{ runSeconds: 0, errorCode: 'InternalError', errorMessage: 'Rendering failed' },
		]);
		const { status } = await run(workflow, 'Every Night');
		assert.equal(status, 'success');
		assert.deepEqual(
			[...store.objects().values()],
			[1, 2, 3].map((page) => snapshotPng(taskIds[0], page)),
		);
		assert.equal(chat.posts.length, 1);
		assert.match(JSON.stringify(chat.posts[0].body), /page 3 of 3 is stored.*Rendering failed/);
	},

	'snapshot-on-class-end': async () => {
		const id = await bench.n8n.createWorkflow(openExample('snapshot-on-class-end').workflow);
		await bench.n8n.activate(id);
		const body = JSON.stringify({
			roomId: 1234,
			className: 'Algebra 2',
			teacherEmail: 'teacher@example.com',
		});
		const headers = { 'content-type': 'application/json' };
		const url = `${bench.n8n.url}/webhook/class-ended`;
		const call = async () => {
			const { ok } = await fetch(url, { method: 'POST', headers, body });
			return ok ? true : undefined;
		};
		await until(call, { what: 'the webhook is not there', within: 20_000 });
		const mail = await until(() => mailbox.mails[0], { what: 'no letter came', within: 30_000 });
		assert.equal(mail.to, 'teacher@example.com');
		const [created] = bench.emulator.tasks().slice(-1);
		assert.deepEqual(
			mail.attachments.map(({ fileName, content }) => [fileName, content]),
			[1, 2, 3].map((page) => [`${page}.png`, snapshotPng(created.id, page)]),
		);
	},

	'long-tasks-without-holding-a-worker': async () => {
		const { workflow, set } = openExample('long-tasks-without-holding-a-worker');
		const long = bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 5 });
		const { assignments } = set('Task to Wait For').assignments as {
			assignments: INodeParameters[];
		};
		assignments[1].value = long;
		set('Tencent Whiteboard', { waitOptions: { timeout: 2, onTimeout: 'lastState' } });
		set('Wait', { amount: 1, unit: 'seconds' });
		const { status, nodes } = await run(workflow, 'Start');
		assert.equal(status, 'success');
		assert.deepEqual(
			jsonOf(nodes['Finished Tasks'].outputs[0]).map(({ TaskID }) => TaskID),
			[long],
		);
		assert.ok(nodes.Wait.runs > 0);
	},

	'ai-agent-tool': async () => {
		model.toolInput = { Task_ID: taskId };
		const { workflow } = openExample('ai-agent-tool');
		const { status, nodes, error } = await run(workflow, 'Chat', [
			{ sessionId: 'one', action: 'sendMessage', chatInput: `Is the snapshot ${taskId} ready?` },
		]);
		assert.equal(error, undefined);
		assert.equal(status, 'success');
		const [{ function: tool }, ...more] = model.requests[0].tools;
		assert.deepEqual(more, []);
		assert.equal(tool.name, 'Snapshot_Task');
		assert.match(tool.description, /^Get the state of a whiteboard snapshot task/);
		assert.deepEqual(Object.keys(tool.parameters.properties), ['Task_ID']);
		const { output } = nodes['AI Agent'].outputs[0][0].json;
		assert.match(String(output), new RegExp(`"TaskID":\\s*"${taskId}".*"Status":\\s*"Finished"`));
	},

	[CRASH_EXAMPLE]: async () => {
		const rooms = [1, 2].map((room) => ({ sdkAppId: SDK_APP_ID, roomId: 7000 + room }));
		const { workflow, rows } = await prepareCrashExample(bench.n8n, {
			rooms: JSON.stringify(rooms),
			url: bench.n8n.url,
			store,
			seconds: { search: 2, retry: 600 },
		});
		const id = await bench.n8n.createWorkflow(workflow);
		await bench.n8n.activate(id);
		const { status } = await bench.n8n.ended(await bench.n8n.run(id, 'Every Night'));
		assert.equal(status, 'success');
		const taskIds = bench.emulator
			.tasks()
			.slice(-rooms.length)
			.map((task) => task.id);
		const areStored = async () => {
			const found = await rows();
			return found.every(({ state }) => state === 'stored') ? found : undefined;
		};
		const found = await until(areStored, { what: bench.n8n.output });
		await bench.n8n.deactivate(id);
		assert.deepEqual(found.map((row) => row.taskId).sort(), taskIds.sort());
		// The row is saved, then the callback finds it: it is due at once.
		assert.deepEqual(
			bench.emulator.callbacks.map(({ statuses }) => statuses),
			[[200], [200]],
		);
		for (const task of taskIds) {
			const stored = [...store.objects()].filter(([key]) => key.includes(task));
			assert.deepEqual(
				stored.map(([, content]) => content),
				[1, 2, 3].map((page) => snapshotPng(task, page)),
			);
		}
	},

	'any-tencent-cloud-service': async () => {
		const { emulator } = bench;
		const { workflow } = openExample('any-tencent-cloud-service', { emulator });
		bench.emulator.calls.length = 0;
		const { status, nodes } = await run(workflow, 'Start');
		assert.equal(status, 'success');
		assert.deepEqual(
			bench.emulator.calls.map(({ method, service, code }) => [method, service, code]),
			[
				['POST', 'sts', null],
				['GET', 'tiw', null],
			],
		);
		const [{ account, status: task }] = jsonOf(nodes.Answer.outputs[0]);
		assert.deepEqual([account, task], ['100000000001', 'Finished']);
	},

	'snapshot-by-callback': async () => {
		const { workflow } = openExample('snapshot-by-callback', { store });
		const { status, nodes } = await run(workflow, 'Every Night');
		assert.equal(status, 'success');
		assert.equal(nodes['Without Images'], undefined);
		for (const { id } of bench.emulator.tasks().slice(-2)) {
			const images = [...store.objects()].filter(([key]) => key.startsWith(`snapshots/${id}/`));
			assert.deepEqual(
				images.map(([, content]) => content),
				[1, 2, 3].map((page) => snapshotPng(id, page)),
			);
		}
	},

	'recording-finished-to-storage': async () => {
		const { workflow } = openExample('recording-finished-to-storage', { store, chat });
		const { nodes, taskId: recording } = await onEvent(workflow, () =>
			bench.emulator.addTask('recording', { sdkAppId: SDK_APP_ID, runSeconds: 1 }),
		);
		assert.equal(nodes['Recording Finished'].outputs[0][0].json.verified, true);
		const videos = [...store.objects().keys()].filter((key) => key.includes(recording));
		assert.equal(videos.length, 2);
		assert.match(JSON.stringify(chat.posts.at(-1)!.body), /video 2 of 2 is stored/);
	},

	'courseware-transcoded-to-message': async () => {
		const { workflow } = openExample('courseware-transcoded-to-message', { chat });
		const { nodes } = await onEvent(workflow, () =>
			bench.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds: 1 }),
		);
		const { EventData } = nodes['Courseware Transcoded'].outputs[0][0].json;
		const { ResultUrl } = EventData as { ResultUrl: string };
		const { text } = chat.posts.at(-1)!.body as { text: { content: string } };
		assert.ok(text.content.endsWith(`pages: ${ResultUrl}`));
	},
};

for (const [name, check] of Object.entries(TESTS)) test(`examples/${name}.json`, check);

for (const version of [2, 3]) {
	test(`the model of an AI agent (version ${version}) is told what failed`, async () => {
		model.toolInput = { Task_ID: 'no-such-task' };
		const { workflow } = openExample('ai-agent-tool');
		workflow.nodes.find(({ name }) => name === 'AI Agent')!.typeVersion = version;
		const { status, nodes } = await run(workflow, 'Chat', [
			{ sessionId: 'two', action: 'sendMessage', chatInput: 'And the other one?' },
		]);
		assert.equal(status, 'success');
		const told = String(nodes['AI Agent'].outputs[0][0].json.output);
		const [{ error, message }] = JSON.parse(told) as Array<{ error: string; message: string }>;
		assert.equal(error, 'Tencent Cloud does not know this task');
		assert.match(message, /^Check 'Task ID', .* Code InvalidParameter.TaskNotFound, RequestId /);
		assert.doesNotMatch(told, /TC3-HMAC-SHA256|ExampleSecretKey/);
	});
}

test('there is no other example', () => {
	const files = readdirSync(new URL('../../../examples/', import.meta.url));
	assert.deepEqual(
		files.map((file) => file.replace(/\.json$/, '')).sort(),
		Object.keys(TESTS).sort(),
	);
});
