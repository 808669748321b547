/** The built trigger in n8n's own contexts for hooks and webhooks, against a service that checks what it is asked. */
import { createRequire } from 'node:module';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { HookContext, WebhookContext } from 'n8n-core';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeParameters,
	INodeType,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowActivateMode,
} from 'n8n-workflow';

import { FORGERIES } from '../../emulator/forgeries.mts';
import type { Forgery, Loot } from '../../emulator/forgeries.mts';
import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { signatureOf } from '../../nodes/TencentWhiteboard/webhook/verify.ts';

const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboardTrigger';
const BASE = 'http://127.0.0.1:5678';

/** What n8n has of a node, where it makes the contexts of its hooks. */
interface Inner {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
}

type Core = {
	HookContext: new (...args: unknown[]) => HookContext;
	WebhookContext: new (...args: unknown[]) => WebhookContext;
};

let bench: Bench;
let core: Core;
beforeAll(async () => {
	bench = await openBench();
	core = createRequire(import.meta.url)('n8n-core') as Core;
});
afterAll(async () => await bench.close());
beforeEach(() => {
	bench.emulator.reset();
	bench.emulator.calls.length = 0;
	bench.logs.length = 0;
});

interface Hooks {
	data: IDataObject;
	call(
		method: 'checkExists' | 'create' | 'delete',
		activation?: WorkflowActivateMode,
	): Promise<boolean>;
	receive(
		body: string,
	): Promise<{ result: IWebhookResponseData; status?: number; answer?: unknown }>;
}

/** Runs with the node of one workflow. */
async function withTrigger<T>(parameters: INodeParameters, action: (hooks: Hooks) => Promise<T>) {
	const type: INodeType = bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1);
	const all = { resource: 'recording', sdkAppId: String(SDK_APP_ID), ...parameters };
	return await bench.engine.runFunction(
		'Account',
		async function (this: IExecuteFunctions) {
			const { workflow, node, additionalData } = this as unknown as Inner;
			node.webhookId = '5a0e';
			const [webhookDescription] = type.description.webhooks!;
			const urls = {
				...additionalData,
				webhookBaseUrl: `${BASE}/webhook`,
				webhookTestBaseUrl: `${BASE}/webhook-test`,
			};
			const data = workflow.getStaticData('node', node);
			// The engine keeps it, as n8n does.
			for (const name of Object.keys(data)) delete data[name];
			return await action({
				data,
				async call(method, activation = 'activate') {
					const isTest = activation === 'manual';
					const context = new core.HookContext(workflow, node, urls, 'trigger', activation, {
						webhookDescription,
						isTest,
					});
					return await type.webhookMethods!.default![method]!.call(context);
				},
				async receive(body) {
					const sent: { status?: number; answer?: unknown } = {};
					const httpResponse = {
						headersSent: false,
						status(status: number) {
							sent.status = status;
							return httpResponse;
						},
						json: (answer: unknown) => void (sent.answer = answer),
					};
					const given = {
						...urls,
						httpRequest: { rawBody: Buffer.from(body), body: {}, headers: {}, query: {} },
						httpResponse,
					};
					const data = { webhookDescription, httpMethod: 'POST', node: node.name };
					const context = new core.WebhookContext(workflow, node, given, 'webhook', data, [], null);
					return { result: await type.webhook!.call(context as never), ...sent };
				},
			});
		},
		{ nodeType: TYPE, parameters: all as INodeParameters },
	);
}

const stored = () =>
	bench.emulator.calls.filter(({ action }) => action.startsWith('Set')).map(({ params }) => params);

test('is registered and removed, and nothing is written that n8n would have to save for a call', async () => {
	await withTrigger({}, async ({ data, call, receive }) => {
		expect(await call('checkExists')).toBe(false);
		expect(await call('create')).toBe(true);
		expect(await call('checkExists')).toBe(true);
		const [{ Callback }, { CallbackKey }] = stored() as IDataObject[];
		expect(Callback).toBe(`${BASE}/webhook/5a0e/webhook`);
		expect(CallbackKey).toBe(data.key);

		const taskId = bench.emulator.addTask('recording', { sdkAppId: SDK_APP_ID, runSeconds: 0 });
		const ExpireTime = Math.floor(Date.now() / 1000) + 600;
		const event = {
			EventType: 'OnlineRecordFinished',
			SdkAppId: SDK_APP_ID,
			EventData: { TaskId: taskId, TotalTime: -1 },
			ExpireTime,
			Sign: signatureOf(String(data.key), String(ExpireTime)),
		};
		const before = JSON.stringify(data);
		const { result } = await receive(JSON.stringify(event));
		expect(result.webhookResponse).toEqual({ error_code: 0 });
		expect(result.workflowData).toEqual([
			[{ json: expect.objectContaining({ verified: true, ExpireTime, SdkAppId: SDK_APP_ID }) }],
		]);
		const [[{ json }]] = result.workflowData!;
		expect((json.EventData as IDataObject).TotalTime).not.toBe(-1);
		expect(json.Task).toMatchObject({ TaskId: taskId });

		expect(await receive(JSON.stringify({ ...event, Sign: 'x' }))).toMatchObject({
			status: 401,
			result: { noWebhookResponse: true },
		});
		expect(bench.logs.at(-1)!.message).toContain('refused');
		expect(JSON.stringify(data)).toBe(before);

		expect(await call('delete', 'update')).toBe(true);
		expect(stored().slice(2)).toEqual([
			{ SdkAppId: SDK_APP_ID, CallbackKey: '' },
			{ SdkAppId: SDK_APP_ID, Callback: '' },
		]);
	});
});

test('reads the ID out of a resource locator', async () => {
	const sdkAppId = { __rl: true, mode: 'list', value: String(SDK_APP_ID) };
	await withTrigger({ sdkAppId }, async ({ call }) => {
		await call('create', 'manual');
		expect(stored()[0]).toEqual({
			SdkAppId: SDK_APP_ID,
			Callback: `${BASE}/webhook-test/5a0e/webhook`,
		});
	});
});

test('asks nobody about a call that is not signed, and has no key to write for it', async () => {
	await withTrigger({}, async ({ data, receive }) => {
		expect((await receive('{"EventType":"OnlineRecordFinished"}')).status).toBe(401);
		expect(data).toEqual({});
	});
	expect(bench.emulator.calls).toEqual([]);
});

test('tells the refusal of the service', async () => {
	bench.emulator.setFault({ kind: 'apiError', code: 'AuthFailure.UnauthorizedOperation' });
	await withTrigger({}, async ({ call }) => {
		await expect(call('create')).rejects.toMatchObject({
			message: 'The key has no permission for this action',
			description: expect.stringContaining('RequestId'),
		});
		expect(await call('delete', 'update')).toBe(false);
	});
	bench.emulator.clearFaults();
	expect(bench.logs.at(-1)!.message).toContain('could not be removed: The key has no permission');
});

test('every forgery over HTTP: what starts the workflow is true', async () => {
	const { emulator, engine } = bench;
	const credentials = { tencentCloudApi: { id: '1', name: 'Account' } };
	const activation = await engine.activate({
		nodes: [
			{
				name: 'Events',
				type: TYPE,
				typeVersion: 1,
				position: [0, 0],
				parameters: { resource: 'transcode', sdkAppId: String(SDK_APP_ID) },
				webhookId: '5a0f',
				credentials,
			},
		],
		connections: {},
	});
	try {
		const key = String(
			(stored() as IDataObject[]).find(({ CallbackKey }) => CallbackKey)!.CallbackKey,
		);
		const add = (runSeconds: number, createTime?: number) =>
			emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds, createTime });
		const eventOf = async (id: string) => {
			for (;;) {
				const found = emulator.callbacks.find(
					({ body }) => (body.EventData as IDataObject).TaskId === id,
				);
				if (found) return found.body as Loot['finished'];
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		};
		const now = Math.floor(Date.now() / 1000);
		const running = await eventOf(add(3000, now - 1000));
		const ended = add(0);
		const finished = await eventOf(ended);
		expect([finished.EventType, running.EventType]).toEqual([
			'TranscodeFinished',
			'TranscodeProgressChanged',
		]);
		const loot = { finished, running, key, now };
		const url = activation.urlOf('Events');
		const settled = async () => {
			await Promise.all(activation.runs.map(async ({ result }) => await result));
			return activation.runs.length;
		};
		// What is too large may end without an answer.
		const send = async ({ request }: Forgery) =>
			await fetch(url, request(loot)).then(
				({ status }) => status,
				() => 0,
			);
		while ((await settled()) < 2) await new Promise((resolve) => setTimeout(resolve, 10));

		const of = (flaw: Forgery['flaw']) => FORGERIES.filter((forgery) => forgery.flaw === flaw);
		for (const forgery of [...of('request'), ...of('signature')]) {
			expect([forgery.name, await send(forgery)]).not.toEqual([forgery.name, 200]);
			expect([forgery.name, await settled()]).toEqual([forgery.name, 2]);
		}
		for (const forgery of of(null)) {
			expect([forgery.name, await send(forgery)]).toEqual([forgery.name, 200]);
		}
		expect(await settled()).toBe(2 + of(null).length);

		// Those that claim the end of a task which has none are asked for again, for some seconds.
		await Promise.all(of('content').map(send));
		await new Promise((resolve) => setTimeout(resolve, 6000));
		const results = await Promise.all(
			activation.runs.slice(2).map(async ({ result }) => await result),
		);
		const items = results.map(({ nodes }) => nodes.Events.outputs[0]![0].json);
		const task = items[0].Task as IDataObject;
		expect(task).toMatchObject({ TaskId: ended, Status: 'FINISHED' });
		const verified = items.filter((item) => item.verified === true);
		// The genuine ones, a false link and a false error.
		expect(verified).toHaveLength(of(null).length + 2);
		expect(items).toHaveLength(verified.length);
		for (const item of verified) {
			expect(item.Task).toEqual({ ...task, RequestId: expect.any(String) });
			expect(item.EventData).toEqual(finished.EventData);
		}
	} finally {
		await activation.deactivate();
	}
}, 30_000);
