/** What n8n's server does around n8n-core, done by the engine: waiting executions and triggers. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createEngine } from '../../engine/runner.mts';
import type { Engine, EngineOptions, RunResult } from '../../engine/runner.mts';
import {
	limit,
	parkNode,
	returnNode,
	suffixNode,
	tallyNode,
	triggerNode,
} from '../engine/harness/webhook-nodes.mts';
import type { Call, Service } from '../engine/harness/webhook-nodes.mts';
import { manualTrigger, workflowOf, type NodeSpec } from '../engine/harness/workflow.mts';
import { line } from './line.mts';

const seen = { urls: [] as string[], executions: 0 };
const service: Service = { calls: [] };
const nodes = {
	'test.park': parkNode(seen),
	'test.return': returnNode(seen),
	'test.suffix': suffixNode(),
	'test.tally': tallyNode,
	'test.listen': triggerNode(service),
};
const engines: Engine[] = [];
async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
	const engine = await createEngine({ packageDirs: [], nodes, ...options });
	engines.push(engine);
	return engine;
}
afterEach(async () => {
	await Promise.all(engines.splice(0).map(async (engine) => await engine.close()));
	seen.urls.length = seen.executions = service.calls.length = 0;
	delete service.registered;
	delete service.refuse;
});

const post = async (url: string, body: unknown = {}, init: RequestInit = {}) => {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		...init,
	});
	return [response.status, await response.text()] as const;
};
const call = async (url: string, body: Call = {}) => await post(url, body);

const park: NodeSpec = { name: 'Park', type: 'test.park' };
const after: NodeSpec = { name: 'After', type: 'n8n-nodes-base.noOp' };
const failed: NodeSpec = { name: 'Failed', type: 'n8n-nodes-base.noOp', to: [] };
const parking = workflowOf(manualTrigger, park, after);
const input = [{ json: { room: 1 } }, { json: { room: 2 } }];
const itemsOf = ({ nodes: all }: RunResult, name: string, output = 0) =>
	all[name]?.outputs[output]?.map(({ json }) => json);
const ran = ({ nodes: all }: RunResult) => Object.keys(all);

async function parkOne(engine: Engine, workflow = parking) {
	const run = await engine.run(workflow, { input }).result;
	expect(run.status).toBe('waiting');
	return { run, waiting: run.waiting! };
}

describe('a waiting execution', () => {
	test('knows its limit and its URL, and nothing behind the node has run', async () => {
		const engine = await open();
		const { run, waiting } = await parkOne(engine);
		expect(ran(run)).toEqual(['Start', 'Park']);
		expect(waiting.until).toEqual(limit);
		expect(seen.urls).toEqual([waiting.resumeUrl]);
		const url = new URL(waiting.resumeUrl);
		expect(url.origin).toBe(await engine.webhookUrl());
		expect(url.pathname).toBe(`/webhook-waiting/${run.executionId}`);
		expect([...url.searchParams.keys()]).toEqual(line === 2 ? ['signature'] : []);
		expect(engine.waiting()).toEqual([waiting]);
	});

	test('at the time limit its input passes through, and the node is not executed again', async () => {
		const engine = await open();
		const { waiting } = await parkOne(engine);
		const run = await waiting.wake().result;
		expect(run.status).toBe('success');
		expect(run.executionId).toBe(waiting.executionId);
		expect(itemsOf(run, 'After')).toEqual(input.map(({ json }) => json));
		expect(run.raw.data.resultData.runData.Park).toHaveLength(1);
		expect(seen.urls).toHaveLength(1);
		expect(await waiting.resumed).toBe(run);
		expect(engine.waiting()).toEqual([]);
		expect(() => waiting.wake()).toThrow('does not wait any more');
	});

	test('a callback brings the items, and no second one is taken', async () => {
		const { waiting } = await parkOne(await open());
		expect(await call(waiting.resumeUrl, { state: 'done' })).toEqual([200, '{"error_code":0}']);
		const run = await waiting.resumed;
		expect(run.status).toBe('success');
		expect(itemsOf(run, 'After')).toEqual([{ state: 'done' }]);
		expect(run.raw.data.resultData.runData.Park).toHaveLength(1);
		expect((await call(waiting.resumeUrl))[0]).toBe(409);
		expect(waiting.runs).toHaveLength(1);
	});

	test('a callback has items for every output: n8n 1 takes those of the first', async () => {
		const workflow = workflowOf(
			manualTrigger,
			{ ...park, to: [['After'], ['Failed']] },
			{ ...after, to: [] },
			failed,
		);
		const { waiting } = await parkOne(await open(), workflow);
		await call(waiting.resumeUrl, { both: true });
		const run = await waiting.resumed;
		expect(itemsOf(run, 'After')).toEqual([{ both: true }]);
		expect(itemsOf(run, 'Failed')).toEqual(line === 1 ? undefined : [{ both: true }]);
	});

	test('one that runs on takes no callback', async () => {
		const workflow = workflowOf(manualTrigger, park, { name: 'Tally', type: 'test.tally' });
		const { waiting } = await parkOne(await open(), workflow);
		expect((await call(waiting.resumeUrl, { delayMs: 200 }))[0]).toBe(200);
		expect((await call(waiting.resumeUrl))[0]).toBe(409);
		expect((await waiting.resumed).status).toBe('success');
		expect(waiting.runs).toHaveLength(1);
	});

	test('a suffix names the webhook, and only those for waiting executions are there', async () => {
		const suffix: NodeSpec = { name: 'Park', type: 'test.suffix', webhookId: 'suffix' };
		const { waiting } = await parkOne(await open(), workflowOf(manualTrigger, suffix, after));
		expect((await call(waiting.resumeUrl))[0]).toBe(404);
		expect((await call(`${waiting.resumeUrl}/setup`))[0]).toBe(404);
		const url = new URL(waiting.resumeUrl);
		url.pathname += '/files';
		expect((await call(url.href, { decline: true }))[0]).toBe(200);
		expect((await call(`${waiting.resumeUrl}/files`))[0]).toBe(200);
		expect((await waiting.resumed).status).toBe('success');
	});

	test('a run that is cancelled at once does not begin', async () => {
		const engine = await open();
		const run = engine.run(parking);
		run.cancel();
		expect((await run.result).status).toBe('canceled');
		expect(seen.urls).toEqual([]);
	});

	test('an answer without items leaves it waiting', async () => {
		const { waiting } = await parkOne(await open());
		expect(await call(waiting.resumeUrl, { decline: true })).toEqual([200, '{"error_code":0}']);
		expect(await call(waiting.resumeUrl, { decline: true, silent: true })).toEqual([
			202,
			'{"own":true}',
		]);
		expect(waiting.runs).toEqual([]);
		await call(waiting.resumeUrl, { state: 'done' });
		expect(itemsOf(await waiting.resumed, 'After')).toEqual([{ state: 'done' }]);
	});

	test('a webhook that fails is answered with 500 and ends the execution', async () => {
		const { waiting } = await parkOne(await open());
		expect((await call(waiting.resumeUrl, { fail: 'No such thing' }))[0]).toBe(500);
		const run = await waiting.resumed;
		expect(run.status).toBe('error');
		expect(run.error?.message).toBe('No such thing');
		// n8n drops what the nodes before have done, and runs those behind with an empty item.
		expect(ran(run)).toEqual(['Park', 'After']);
		expect(itemsOf(run, 'After')).toEqual([{}]);
		expect((await call(waiting.resumeUrl))[0]).toBe(409);
	});

	test('is there for callers only once it has been saved', async () => {
		const engine = await open({ savingMs: 300 });
		let early: Promise<readonly [number, string]> | undefined;
		const { waiting } = await engine
			.run(parking, {
				onNodeDone: (name) => {
					if (name === 'Park') early = call(seen.urls[0]);
				},
			})
			.result.then((run) => ({ waiting: run.waiting! }));
		expect((await early!)[0]).toBe(409);
		expect((await call(waiting.resumeUrl))[0]).toBe(200);
		expect((await waiting.resumed).status).toBe('success');
	});

	test('an unknown one is 404, another method as well, and a wrong token 401 where there are any', async () => {
		const engine = await open();
		const { waiting } = await parkOne(engine);
		const base = `${await engine.webhookUrl()}/webhook-waiting`;
		expect((await call(`${base}/77`))[0]).toBe(404);
		expect((await post(waiting.resumeUrl, {}, { method: 'PUT' }))[0]).toBe(404);
		expect(
			(await call(`${base}/${waiting.executionId}/other${new URL(waiting.resumeUrl).search}`))[0],
		).toBe(404);
		const bare = `${base}/${waiting.executionId}`;
		if (line === 2) {
			expect(await call(bare)).toEqual([401, '{"error":"Invalid token"}']);
			expect((await call(`${bare}?signature=${'0'.repeat(64)}`))[0]).toBe(401);
			expect(waiting.runs).toEqual([]);
		} else expect((await call(bare))[0]).toBe(200);
	});

	test('two callbacks at once: n8n 1 runs both on, n8n 2 the first', async () => {
		const { waiting } = await parkOne(await open());
		const answers = await Promise.all([
			call(waiting.resumeUrl, { delayMs: 100 }),
			call(waiting.resumeUrl, { delayMs: 200 }),
		]);
		expect(answers.map(([status]) => status)).toEqual(line === 1 ? [200, 200] : [200, 500]);
		expect(waiting.runs).toHaveLength(line === 1 ? 2 : 1);
		for (const { result } of waiting.runs) expect((await result).status).toBe('success');
	});

	test('one that was stopped takes no callback', async () => {
		const engine = await open();
		const { waiting } = await parkOne(engine);
		waiting.stop();
		expect((await call(waiting.resumeUrl))[0]).toBe(409);
		expect(engine.waiting()).toEqual([]);
	});

	test('goes on in another engine, under the same URL, from text alone', async () => {
		const first = await open();
		const { waiting } = await parkOne(first);
		const { waiting: other } = await parkOne(first);
		await first.close();
		const state = JSON.stringify(first.export());
		const second = await open({ restore: JSON.parse(state) });
		expect(second.waiting().map(({ resumeUrl }) => resumeUrl)).toEqual([
			waiting.resumeUrl,
			other.resumeUrl,
		]);
		const [restored, later] = second.waiting();
		expect(restored.until).toEqual(limit);
		expect((await call(waiting.resumeUrl, { state: 'done' }))[0]).toBe(200);
		expect(itemsOf(await restored.resumed, 'After')).toEqual([{ state: 'done' }]);
		expect(itemsOf(await later.wake().result, 'After')).toEqual(input.map(({ json }) => json));
		// A new execution gets an id of its own.
		expect((await parkOne(second)).run.executionId).toBe('3');
	});

	test('one that ran when its engine ended is gone', async () => {
		const first = await open();
		const { waiting } = await parkOne(
			first,
			workflowOf(manualTrigger, park, { name: 'Tally', type: 'test.tally' }),
		);
		await call(waiting.resumeUrl, { delayMs: 200 });
		const state = first.export();
		await waiting.resumed;
		await first.close();
		const second = await open({ restore: state });
		expect(second.waiting()).toEqual([]);
		const [status, text] = await call(waiting.resumeUrl);
		expect(status).toBe(409);
		expect(text).toContain('crashed');
	});
});

describe('a node that parks and is executed once more after the wait', () => {
	const returning = (node: Partial<NodeSpec> = {}) =>
		workflowOf(
			manualTrigger,
			{ name: 'Return', type: 'test.return', ...node },
			{ ...after, to: [] },
			failed,
		);
	const found = input.map(({ json }) => ({ ...json, parked: true, found: true }));

	describe.each(['by callback', 'at the time limit'])('%s', (how) => {
		async function finish(node?: Partial<NodeSpec>): Promise<RunResult> {
			const { waiting } = await parkOne(await open(), returning(node));
			if (how === 'by callback') expect((await call(waiting.resumeUrl))[0]).toBe(200);
			else waiting.wake();
			return await waiting.resumed;
		}

		test.each([false, true])('its items go on, alwaysOutputData: %s', async (alwaysOutputData) => {
			const run = await finish({ alwaysOutputData, to: [['After']] });
			expect(run.status).toBe('success');
			expect(seen.executions).toBe(1);
			expect(itemsOf(run, 'After')).toEqual(found);
			const { runData } = run.raw.data.resultData;
			expect(runData.Return).toHaveLength(1);
			expect(runData.After).toHaveLength(1);
			expect(ran(run)).toEqual(['Start', 'Return', 'After']);
		});

		test('alwaysOutputData makes up an item for a second execution without any', async () => {
			const parameters = { empty: true };
			const run = await finish({ alwaysOutputData: true, to: [['After']], parameters });
			expect(itemsOf(run, 'After')).toEqual([{}]);
			expect(run.raw.data.resultData.runData.Return).toHaveLength(1);
		});

		test('its error goes to the error output', async () => {
			const run = await finish({
				onError: 'continueErrorOutput',
				parameters: { fail: 'Not found' },
				to: [['After'], ['Failed']],
			});
			expect(run.status).toBe('success');
			expect(ran(run)).toEqual(['Start', 'Return', 'Failed']);
			expect(itemsOf(run, 'Failed')).toEqual(
				input.map(() => expect.objectContaining({ error: 'Not found' })),
			);
			expect(run.raw.data.resultData.runData.Return).toHaveLength(1);
		});

		test('its error ends the execution', async () => {
			const run = await finish({ parameters: { fail: 'Not found' }, to: [['After']] });
			expect(run.status).toBe('error');
			expect(run.nodes.Return.error?.message).toBe('Not found');
			expect(ran(run)).toEqual(['Start', 'Return']);
		});
	});
});

describe('a trigger', () => {
	const listen: NodeSpec = { name: 'Listen', type: 'test.listen', webhookId: 'hook-1' };
	const listening = { ...workflowOf(listen, after), id: 'wf1' };

	test('is registered, starts executions, and is taken away', async () => {
		const engine = await open();
		const activation = await engine.activate(listening);
		const url = activation.urlOf('Listen');
		expect(url).toBe(`${await engine.webhookUrl()}/webhook/hook-1/events`);
		expect(service.registered).toBe(url);
		expect(() => activation.urlOf('After')).toThrow('"After" has no webhook named "default"');

		expect(await call(`${url}?a=1&a=2`, { state: 'done' })).toEqual([200, '{"error_code":0}']);
		expect(activation.runs).toHaveLength(1);
		const run = await activation.runs[0].result;
		expect(run.raw.mode).toBe('webhook');
		expect(itemsOf(run, 'After')).toEqual([
			{ state: 'done' },
			{
				about: {
					query: { a: ['1', '2'] },
					type: 'application/json',
					raw: '{"state":"done"}',
				},
				url,
			},
		]);

		await activation.deactivate();
		expect(service.registered).toBeUndefined();
		expect((await call(url))[0]).toBe(404);
		expect(service.calls).toEqual([
			'checkExists trigger activate',
			'create trigger activate',
			'delete internal update',
		]);
	});

	test('a call that is not taken starts nothing', async () => {
		const activation = await (await open()).activate(listening);
		const url = activation.urlOf('Listen');
		expect(await call(url, { decline: true })).toEqual([200, '{"error_code":0}']);
		expect((await post(url, {}, { method: 'GET', body: undefined }))[0]).toBe(404);
		expect((await post(`${url}/more`))[0]).toBe(404);
		expect((await post(url, {}, { body: '{"a":' }))[0]).toBe(422);
		expect((await post(url, 'x'.repeat(17_000_000)))[0]).toBe(500);
		expect(activation.runs).toEqual([]);
	});

	test('what comes in other forms than JSON', async () => {
		const engine = await open();
		let activation = await engine.activate(listening);
		const url = activation.urlOf('Listen');
		const send = async (type: string, body: string) => {
			await post(url, undefined, { headers: { 'content-type': type }, body });
			const [first, { about }] = itemsOf(await activation.runs.at(-1)!.result, 'After')!;
			return [first, (about as { raw: string }).raw];
		};
		expect(await send('application/x-www-form-urlencoded', 'a=1&b=%26')).toEqual([
			{ a: '1', b: '&' },
			'a=1&b=%26',
		]);
		expect(await send('application/json; charset=latin1', '{"a":"b"}')).toEqual([
			{ a: 'b' },
			'{"a":"b"}',
		]);
		// n8n reads what it cannot parse for version 1 of a node only.
		expect(await send('application/octet-stream', 'abc')).toEqual([{}, 'abc']);
		await activation.deactivate();
		const later = structuredClone(listening);
		later.nodes[0].typeVersion = 2;
		activation = await engine.activate(later);
		expect(await send('application/octet-stream', 'abc')).toEqual([{}, undefined]);
		expect(await send('text/plain', 'abc')).toEqual([{ text: 'abc' }, 'abc']);
	});

	test('the answer is what the description says, else what the node says', async () => {
		const engine = await open();
		const workflow = structuredClone(listening);
		workflow.nodes[0].parameters = { answer: 'Thank you' };
		const url = (await engine.activate(workflow)).urlOf('Listen');
		expect(await call(url)).toEqual([200, 'Thank you']);
		expect(await call(url, { silent: true })).toEqual([202, '{"own":true}']);
		const quiet = structuredClone(listening);
		Object.assign(quiet.nodes[0], { webhookId: 'hook-2', parameters: { answer: 'noData' } });
		expect(await call((await engine.activate(quiet)).urlOf('Listen'))).toEqual([200, '']);
	});

	test('a webhook that fails is answered with 500 and starts an execution that fails', async () => {
		const activation = await (await open()).activate(listening);
		expect((await call(activation.urlOf('Listen'), { fail: 'Not signed' }))[0]).toBe(500);
		await sleep(20);
		const run = await activation.runs[0].result;
		expect(run.status).toBe('error');
		expect(run.error?.message).toBe('Not signed');
	});

	test('its static data are those of the workflow, and outlive the engine', async () => {
		const first = await open();
		const activation = await first.activate(listening);
		const url = activation.urlOf('Listen');
		await call(url, { count: true });
		await call(url, { count: true });
		await Promise.all(activation.runs.map(async ({ result }) => await result));
		await first.close();

		const second = await open({ restore: first.export() });
		const again = await second.activate(listening, { activation: 'init' });
		expect(again.urlOf('Listen')).toBe(url);
		expect(service.calls).toEqual([
			'checkExists trigger activate',
			'create trigger activate',
			'checkExists trigger init',
		]);
		await call(url, { count: true });
		expect(itemsOf(await again.runs[0].result, 'After')![1]).toMatchObject({ seen: 3, url });
		await again.deactivate();
		expect(service.registered).toBeUndefined();
	});

	test('its executions share the static data: on n8n 2 they know those from before the call', async () => {
		const engine = await open();
		const tally: NodeSpec = { name: 'Tally', type: 'test.tally' };
		const last: NodeSpec = { name: 'Last', type: 'test.tally' };
		const activation = await engine.activate({
			...workflowOf(listen, tally, park, last),
			id: 'wf3',
		});
		const begin = async () => {
			await call(activation.urlOf('Listen'), { count: true });
			return await activation.runs.at(-1)!.result;
		};
		const [first, second] = [await begin(), await begin()];
		expect(itemsOf(first, 'Tally')).toEqual(line === 1 ? [{ seen: 1 }] : [{}]);
		// On n8n 2 the first execution has written its own over those of the call.
		expect(itemsOf(second, 'Tally')).toEqual([line === 1 ? { seen: 2, tally: 1 } : { tally: 1 }]);
		// A callback finds those of now, the time limit those that its execution was saved with.
		await call(first.waiting!.resumeUrl);
		expect(itemsOf(await first.waiting!.resumed, 'Last')).toEqual([
			expect.objectContaining({ tally: 2 }),
		]);
		expect(itemsOf(await second.waiting!.wake().result, 'Last')).toEqual([
			expect.objectContaining({ tally: 2 }),
		]);
	});

	test('static data are saved with every execution but a manual one', async () => {
		const engine = await open();
		const workflow = workflowOf({ name: 'Tally', type: 'test.tally' });
		const tally = async (mode: 'manual' | 'cli') =>
			itemsOf(
				await engine.run({ ...workflow, id: 'wf4' }, { mode, startNode: 'Tally' }).result,
				'Tally',
			);
		expect(await tally('manual')).toEqual([{}]);
		expect(await tally('cli')).toEqual([{}]);
		expect(await tally('manual')).toEqual([{ tally: 1 }]);
		expect(await tally('cli')).toEqual([{ tally: 1 }]);
		expect(await tally('cli')).toEqual([{ tally: 2 }]);
	});

	test('one that cannot be registered is not listened to, and can be activated later', async () => {
		const engine = await open();
		service.refuse = true;
		await expect(engine.activate(listening)).rejects.toThrow('The service refuses');
		expect((await call(`${await engine.webhookUrl()}/webhook/hook-1/events`))[0]).toBe(404);
		delete service.refuse;
		await engine.activate(listening);
		await expect(engine.activate(listening)).rejects.toThrow('taken already');
		expect(service.registered).toBeDefined();
	});

	test('in a test it is called once, under a URL of its own', async () => {
		const engine = await open();
		const production = await engine.activate(listening);
		const { registered } = service;
		const activation = await engine.activate(listening, { test: true });
		const url = activation.urlOf('Listen');
		expect(url).toBe(registered!.replace('/webhook/', '/webhook-test/'));
		expect(service.registered).toBe(url);
		expect((await call(url, { decline: true }))[0]).toBe(200);
		expect((await call(url, { state: 'tried' }))[0]).toBe(200);
		const run = await activation.runs[0].result;
		expect(run.raw.mode).toBe('manual');
		expect(itemsOf(run, 'After')![1]).toMatchObject({ url });
		for (let tries = 0; service.registered && tries < 100; tries++) await sleep(5);
		expect((await call(url))[0]).toBe(404);
		expect(service.calls.slice(2)).toEqual([
			'checkExists manual manual',
			'create manual manual',
			'delete internal update',
		]);
		// The one in production has its own static data still.
		await call(production.urlOf('Listen'), {});
		expect(itemsOf(await production.runs[0].result, 'After')![1]).toMatchObject({
			url: registered,
		});
	});

	test('an execution that it started can wait', async () => {
		const engine = await open();
		const activation = await engine.activate({ ...workflowOf(listen, park, after), id: 'wf2' });
		await call(activation.urlOf('Listen'), { state: 'begun' });
		const { waiting } = await activation.runs[0].result;
		await call(waiting!.resumeUrl, { state: 'done' });
		const run = await waiting!.resumed;
		expect(run.raw.mode).toBe('webhook');
		expect(itemsOf(run, 'After')).toEqual([{ state: 'done' }]);
		expect(activation.runs).toHaveLength(1);
	});

	test('a workflow without one cannot be activated', async () => {
		const engine = await open();
		await expect(engine.activate(parking)).rejects.toThrow('no node that is called');
		const disabled = workflowOf({ ...listen, disabled: true }, after);
		await expect(engine.activate(disabled)).rejects.toThrow('no node that is called');
	});
});

test('a closed engine is called by nobody', async () => {
	const engine = await open();
	const { waiting } = await parkOne(engine);
	await engine.close();
	await expect(call(waiting.resumeUrl)).rejects.toThrow('fetch failed');
	await expect(engine.activate(parking)).rejects.toThrow('The engine is closed');
});
