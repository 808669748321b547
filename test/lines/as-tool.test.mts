/** As a tool of an AI agent: what fails is told to the model, in the words of the service. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { IConnection, IDataObject, INode } from 'n8n-workflow';

import { DEMO_KEYS, startEmulator } from '../../emulator/server.mts';
import type { Emulator } from '../../emulator/server.mts';
import { createEngine } from '../../engine/runner.mts';
import type { Engine } from '../../engine/runner.mts';
import { addToolType } from '../../e2e/tool-types.mts';
import { apiFault } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

const WHITEBOARD = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';
const AI = '@n8n/n8n-nodes-langchain';

const { codes } = JSON.parse(readFileSync(join('test', 'facts', 'errors.json'), 'utf8')) as {
	codes: Array<{ code: string; retryable: boolean | 'only-if-read' }>;
};

/** What n8n looks for in the upper-cased text of an error, to put a sentence of its own in its place. */
const WORDS = [
	...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'ERRADDRINUSE', 'EADDRNOTAVAIL'],
	...['ECONNABORTED', 'EHOSTUNREACH', 'EAI_AGAIN', 'ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES'],
	...['EEXIST', 'EPERM', 'GETADDRINFO'],
];

let emulator: Emulator;
let engine: Engine;
beforeAll(async () => {
	emulator = await startEmulator({ ratePerSecond: Infinity });
	const [{ secretId, secretKey }] = DEMO_KEYS;
	engine = await createEngine({
		packageDirs: ['.', 'e2e/stand-in-agent'],
		credentials: {
			Account: {
				type: 'tencentCloudApi',
				data: { secretId, secretKey, site: 'custom', endpoint: emulator.url },
			},
			Model: { type: 'openAiApi', data: {} },
		},
	});
	addToolType(engine, WHITEBOARD);
});
afterAll(async () => {
	await engine.close();
	await emulator.close();
});
beforeEach(() => {
	emulator.clearFaults();
	emulator.calls.length = 0;
});

const node = (name: string, type: string, rest: Partial<INode> = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...rest,
});

const connection = (to: string, type: IConnection['type']) => ({
	[type]: [[{ node: to, type, index: 0 }]],
});

const WAYS = ['agent', 'engine'] as const;
type Way = (typeof WAYS)[number];

/** An error item, as the model reads it. */
interface Told {
	error: string;
	message: string;
	details: IDataObject;
}

/** What the agent is told when it calls the tool: by itself as up to its version 2, or through the engine. */
async function told(taskId: string, by: Way): Promise<Told> {
	const parameters = {
		descriptionType: 'manual',
		toolDescription: 'Reads a task',
		resource: 'snapshot',
		operation: 'describeSnapshotTask',
		sdkAppId: SDK_APP_ID,
		taskId: "={{ $fromAI('Task_ID', 'The ID', 'string') }}",
	};
	const wish = { tool: 'Task', input: { Task_ID: taskId }, by };
	const { nodes, error } = await engine.run(
		{
			nodes: [
				node('Chat', `${AI}.chatTrigger`),
				node('Agent', `${AI}.agent`),
				node('Model', `${AI}.lmChatOpenAi`, {
					credentials: { openAiApi: { id: '2', name: 'Model' } },
				}),
				node('Task', `${WHITEBOARD}Tool`, {
					parameters,
					credentials: { tencentCloudApi: { id: '1', name: 'Account' } },
				}),
			],
			connections: {
				Chat: connection('Agent', 'main'),
				Model: connection('Agent', 'ai_languageModel'),
				Task: connection('Agent', 'ai_tool'),
			},
		},
		{ startNode: 'Chat', input: [{ json: { chatInput: JSON.stringify(wish) } }] },
	).result;
	expect(error).toBeUndefined();
	const { json } = nodes.Agent.outputs[0].at(-1)!;
	const items =
		by === 'agent'
			? (JSON.parse(json.output as string) as Told[])
			: (json.answers as { ai_tool: Array<Array<{ json: Told }>> }).ai_tool[0].map(
					(item) => item.json,
				);
	expect(items).toHaveLength(1);
	return items[0];
}

/** Has the service answer each task with an error of its own, and gives what the agent is told of each. */
async function toldOf(errors: Array<{ code: string; message: string }>, by: Way) {
	errors.forEach(({ code, message }, index) => {
		emulator.addFault({ kind: 'apiError', code, message, when: { TaskID: `task ${index}` } });
	});
	const items = await Promise.all(errors.map(async (_, index) => await told(`task ${index}`, by)));
	return items.map((item, index) => {
		const { requestId } = emulator.calls.findLast(
			({ params }) => params!.TaskID === `task ${index}`,
		)!;
		return { ...errors[index], ...item, said: errors[index].message, requestId };
	});
}

test.each(WAYS)('the service may say any of these words (%s)', async (by) => {
	const words = [...WORDS, 'ResourceNotFound', 'TaskNameExists', 'OperatePermission', 'FileAccess'];
	const messages = words.map((word) => `The service says ${word} and ${word.toLowerCase()}`);
	const all = await toldOf(
		messages.map((message) => ({ code: 'Brand.New', message })),
		by,
	);
	for (const { said, error, message, details, requestId } of all) {
		expect(error).toBe(said);
		expect(message).toBe(
			`Look the code up in the API documentation of Tencent Cloud. Code Brand.New, RequestId ${requestId}.`,
		);
		expect(details).toMatchObject({ Code: 'Brand.New', RequestId: requestId });
	}
});

test.each(WAYS)('every documented code is told with the words of the service (%s)', async (by) => {
	const words = 'ResourceNotFound, TaskNameExists';
	// Not those that are sent again for minutes.
	const errors = codes
		.filter(({ retryable }) => retryable !== true)
		.map(({ code }) => ({ code, message: words }));
	expect(errors.length).toBeGreaterThan(60);
	for (const { code, error, message, requestId } of await toldOf(errors, by)) {
		expect(error).toBe(apiFault(code, words).message);
		expect(`${error} ${message}`).toContain(words);
		expect(message).toContain(`Code ${code}, RequestId ${requestId}.`);
	}
});

test.each(WAYS)('a task is told as it is, hints for people or not (%s)', async (by) => {
	const task = { sdkAppId: SDK_APP_ID, runSeconds: 0 };
	const [good, none] = [task, { ...task, snapshots: 0 }].map(emulator.addSnapshotTask);
	expect(await told(good, by)).toMatchObject({ TaskID: good, Result: { Total: 3 } });
	expect(await told(none, by)).toMatchObject({ TaskID: none, Result: { Total: 0 } });
});

test.each(WAYS)(
	'other faults: a broken connection, a wrong input, a wrong task (%s)',
	async (by) => {
		emulator.setFault({ kind: 'reset' });
		const { error, message } = await told('any', by);
		expect(error).toBe(`${emulator.url} closed the connection before its answer was complete`);
		expect(message).toMatch(/^Check/);
		emulator.clearFaults();
		expect((await told('', by)).error).toBe("'Task ID' is empty for item 0");
		expect((await told('no-such-task', by)).error).toBe('Tencent Cloud does not know this task');
	},
);
