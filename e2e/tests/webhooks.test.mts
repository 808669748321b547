/** n8n's own nodes that are called by webhook, in the engine: Webhook and Wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse, jsonOf } from '../kit.mts';

const post = async (url: string, body: object) => {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return { status: response.status, answer: await response.json() };
};

test("n8n's Webhook starts an execution, its Wait takes a callback, and so on to the end", async () => {
	const { engine, close } = await openHouse();
	try {
		const activation = await engine.activate({
			id: 'webhooks',
			nodes: [
				{
					name: 'Webhook',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					position: [0, 0],
					webhookId: 'class-ended',
					parameters: { path: 'class-ended', httpMethod: 'POST', options: {} },
				},
				{
					name: 'Wait',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					position: [200, 0],
					webhookId: 'wait',
					parameters: { resume: 'webhook', httpMethod: 'POST', options: {} },
				},
				{
					name: 'End',
					type: 'n8n-nodes-base.noOp',
					typeVersion: 1,
					position: [400, 0],
					parameters: {},
				},
			],
			connections: {
				Webhook: { main: [[{ node: 'Wait', type: 'main', index: 0 }]] },
				Wait: { main: [[{ node: 'End', type: 'main', index: 0 }]] },
			},
		});
		const url = activation.urlOf('Webhook');
		assert.equal(url, `${await engine.webhookUrl()}/webhook/class-ended`);
		assert.deepEqual(await post(url, { room: 7 }), {
			status: 200,
			answer: { message: 'Workflow was started' },
		});
		const begun = await activation.runs[0].result;
		assert.equal(begun.status, 'waiting');
		const [{ body }] = jsonOf(begun.nodes.Webhook.outputs[0]);
		assert.deepEqual(body, { room: 7 });

		const { waiting } = begun;
		assert.ok(waiting);
		assert.equal((await post(waiting.resumeUrl, { state: 'done' })).status, 200);
		const ended = await waiting.resumed;
		assert.equal(ended.status, 'success');
		const [last] = jsonOf(ended.nodes.End.outputs[0]);
		assert.deepEqual(last.body, { state: 'done' });
		assert.equal((await post(waiting.resumeUrl, {})).status, 409);
	} finally {
		await close();
	}
});
