/** As a tool of an AI agent: n8n wraps what the node throws once more, and the words of the service survive it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NodeOperationError } from 'n8n-workflow';
import type { IConnection, INode } from 'n8n-workflow';

import { DEMO_KEYS, startEmulator } from '../../emulator/server.mts';
import type { Emulator } from '../../emulator/server.mts';
import { createEngine } from '../../engine/runner.mts';
import type { Engine } from '../../engine/runner.mts';
import { addToolType } from '../../e2e/tool-types.mts';
import { apiFault, nodeError } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';
import { line } from './line.mts';

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

/** What the agent is told when it calls the tool, by itself or, from n8n 2 on, through the engine. */
async function told(taskId: string, by: 'agent' | 'engine' = 'agent'): Promise<string> {
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
	if (by === 'agent') return json.output as string;
	const { ai_tool } = json.answers as { ai_tool: Array<Array<{ json: { error: string } }>> };
	return ai_tool[0][0].json.error;
}

test.each(WORDS)('n8n would put another text in the place of %s', (word) => {
	const text = `A text with ${word} in it`;
	const wrapped = new NodeOperationError(node('x', 'y'), new Error(text));
	expect(wrapped.message).not.toBe(text);
});

/** Has the service answer each task with an error of its own, and gives what the agent is told of each. */
async function toldOf(errors: Array<{ code: string; message: string }>, by?: 'engine') {
	errors.forEach(({ code, message }, index) => {
		emulator.addFault({ kind: 'apiError', code, message, when: { TaskID: `task ${index}` } });
	});
	const texts = await Promise.all(errors.map(async (_, index) => await told(`task ${index}`, by)));
	return texts.map((text, index) => {
		const { requestId } = emulator.calls.findLast(
			({ params }) => params!.TaskID === `task ${index}`,
		)!;
		return { ...errors[index], text, requestId };
	});
}

test('the service may say any of these words', async () => {
	const words = [...WORDS, 'ResourceNotFound', 'TaskNameExists', 'OperatePermission', 'FileAccess'];
	const messages = words.map((word) => `The service says ${word} and ${word.toLowerCase()}`);
	const all = await toldOf(messages.map((message) => ({ code: 'Brand.New', message })));
	expect(all.map(({ text }) => text)).toEqual(
		all.map(
			({ message, requestId }) =>
				`There was an error: "${message}\n\nDetails: Look the code up in the API documentation of Tencent Cloud. Code Brand.New, RequestId ${requestId}."`,
		),
	);
});

describe('every documented code', () => {
	const words = 'ResourceNotFound, TaskNameExists';

	test('is told with the words of the service', async () => {
		// Those that are sent again for minutes are compared without the engine, below.
		const errors = codes
			.filter(({ retryable }) => retryable !== true)
			.map(({ code }) => ({ code, message: words }));
		expect(errors.length).toBeGreaterThan(60);
		for (const { code, text, requestId } of await toldOf(errors)) {
			const { message } = apiFault(code, words);
			expect(text).toContain(`There was an error: "${message}\n\nDetails: `);
			expect(text).toContain(words);
			expect(text).toContain(`Code ${code}, RequestId ${requestId}.`);
		}
		// Before n8n 2, an agent has no other way to call a tool.
		if (line === 1) return;
		for (const { code, text } of await toldOf(errors, 'engine')) {
			expect(text).toBe(apiFault(code, words).message);
		}
	});

	test.each(codes.map(({ code }) => code))('%s stays as it is when n8n wraps it', (code) => {
		const tool = node('Task', `${WHITEBOARD}Tool`);
		const fault = apiFault(code, words);
		const wrapped = new NodeOperationError(tool, nodeError(tool, fault, 0));
		expect(wrapped.message).toBe(fault.message);
		expect(wrapped.description).toContain(`Code ${code}.`);
	});
});

test('other faults: a broken connection, a wrong input, a wrong task', async () => {
	emulator.setFault({ kind: 'reset' });
	expect(await told('any')).toContain(
		`"${emulator.url} closed the connection before its answer was complete\n\nDetails: Check`,
	);
	emulator.clearFaults();
	expect(await told('')).toContain('"Task ID is empty');
	expect(await told('no-such-task')).toContain('"Tencent Cloud does not know this task\n');
});
