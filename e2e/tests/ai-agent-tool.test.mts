/** Tool calls are n8n-core's own; only the agent and its model are stand-ins (see stand-in-agent/). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DOCUMENTED_EXAMPLE, seedDocumentedExample } from '../../emulator/server.mts';
import { SDK_APP_ID, WHITEBOARD, openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';

let house: House;
before(async () => {
	house = await openHouse();
	seedDocumentedExample(house.emulator, { runSeconds: 0 });
});
after(async () => await house.close());

interface Reply {
	tool: { name: string; description: string; fields: string[] };
	output: string;
}

/** Sends a chat message that says what the model would have decided. */
async function chat(taskId: string, by: 'agent' | 'engine' = 'agent') {
	const { workflow } = openExample('ai-agent-tool');
	const wish = { tool: 'Snapshot_Task', input: { Task_ID: taskId }, by };
	return await house.engine.run(workflow, {
		startNode: 'Chat',
		input: [{ json: { chatInput: JSON.stringify(wish) } }],
	}).result;
}

const replyOf = ({ nodes }: Awaited<ReturnType<typeof chat>>) =>
	nodes['AI Agent'].outputs[0][0].json as unknown as Reply;

const { taskId } = DOCUMENTED_EXAMPLE;

test('the tool type has the panel of the node', () => {
	const { inputs, outputs, properties } = house.engine.describe(`${WHITEBOARD}Tool`);
	assert.deepEqual({ inputs, outputs }, { inputs: [], outputs: ['ai_tool'] });
	const names = properties.map(({ name }) => name);
	for (const name of ['toolDescription', 'resource', 'operation', 'sdkAppId', 'taskId']) {
		assert.ok(names.includes(name), name);
	}
});

test('the agent gets the task by the ID that the model filled in', async () => {
	const result = await chat(taskId);
	assert.equal(result.status, 'success');
	const { tool, output } = replyOf(result);
	assert.deepEqual(tool, {
		name: 'Snapshot_Task',
		description:
			'Get the state of a whiteboard snapshot task, and the links to its images when it is finished',
		fields: ['Task_ID'],
	});
	const [task] = JSON.parse(output) as Array<Record<string, unknown>>;
	assert.equal(task.TaskID, taskId);
	assert.equal(task.Status, 'Finished');
	assert.deepEqual(house.emulator.calls.at(-1)?.params, { SdkAppId: SDK_APP_ID, TaskID: taskId });
});

test('the newer agent has the engine run the node, with the same answer', async () => {
	const { status, nodes, error } = await chat(taskId, 'engine');
	assert.equal(error, undefined);
	assert.equal(status, 'success');
	const { answers } = nodes['AI Agent'].outputs[0].at(-1)!.json as {
		answers: { ai_tool: Array<Array<{ json: { TaskID: string; Status: string } }>> };
	};
	const [{ json }] = answers.ai_tool[0];
	assert.deepEqual([json.TaskID, json.Status], [taskId, 'Finished']);
});

test('the agent is told what went wrong, and the workflow goes on', async () => {
	const result = await chat('00000000-0000-0000-0000-000000000000');
	assert.equal(result.status, 'success');
	const { output } = replyOf(result);
	const [{ error, message }] = JSON.parse(output) as Array<{ error: string; message: string }>;
	assert.equal(error, 'Tencent Cloud does not know this task');
	assert.match(message, /Check 'Task ID'/);
	assert.doesNotMatch(output, /TC3-HMAC-SHA256|ExampleSecretKey/);
});
