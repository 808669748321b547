import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { DOCUMENTED_EXAMPLE, seedDocumentedExample } from '../../emulator/server.mts';
import { requestAsHttpNode, requestAsNode } from '../../engine/http-shapes.mts';
import type { WorkflowJson } from '../../engine/runner.mts';
import { detailsOnErrorOutput } from '../lines/line.mts';
import { useBench } from './use-bench.mts';
import { SDK_APP_ID, SESSION_TOKEN, openBench } from './whiteboard.mts';
import type { Outcome } from './whiteboard.mts';
import { listen } from '../listen.mts';

const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.2 } };
const errorOutput = { onError: 'continueErrorOutput' } as const;

const bench = useBench();
beforeAll(async () => {
	// The first run of a process loads the node, which takes a while.
	await bench.describe([bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID })]);
});

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });

/** The error that ended the workflow. */
function errorOf({ run }: Outcome) {
	expect(run.status).toBe('error');
	const { message, description, context } = run.error!;
	return { message, description, itemIndex: (context as { itemIndex?: number }).itemIndex };
}

describe('the documented example', () => {
	test('runs from the example workflow and comes out field by field', async () => {
		seedDocumentedExample(bench.emulator, { runSeconds: 0.5 });
		const workflow = JSON.parse(
			readFileSync('examples/describe-snapshot-task.json', 'utf8'),
		) as WorkflowJson;
		workflow.nodes[2].credentials = { tencentCloudApi: { id: '1', name: 'Account' } };
		const { status, nodes } = await bench.engine.run(workflow, { startNode: 'Start' }).result;
		expect(status).toBe('success');
		const { sdkAppId, taskId } = DOCUMENTED_EXAMPLE;
		const [item, ...more] = nodes['Tencent Whiteboard'].outputs[0];
		expect(more).toEqual([]);
		expect(item).toEqual({
			json: {
				TaskID: taskId,
				Status: 'Finished',
				CreateTime: expect.any(Number),
				FinishTime: expect.any(Number),
				Result: {
					ErrorCode: 'OK',
					ErrorMessage: '',
					Total: 3,
					Snapshots: [1, 2, 3].map(
						(index) => `${bench.emulator.url}/files/${sdkAppId}/${taskId}/${index}.png`,
					),
				},
				RequestId: bench.emulator.calls.at(-1)!.requestId,
			},
			pairedItem: { item: 0 },
		});
		expect(bench.emulator.calls.length).toBeGreaterThanOrEqual(2);
		expect(bench.emulator.calls[0]).toMatchObject({
			action: 'DescribeSnapshotTask',
			service: 'tiw',
			params: { SdkAppId: 1400127230, TaskID: taskId },
			code: null,
			headers: {
				'x-tc-version': '2019-09-19',
				'x-tc-region': 'ap-singapore',
				'x-tc-language': 'en-US',
			},
		});
		expect(bench.emulator.calls[0].headers).not.toHaveProperty('x-tc-service');
	});
});

describe('without waiting', () => {
	test('a running task is polled once and its nulls are kept', async () => {
		const { main } = await bench.describe([add({ runSeconds: Infinity })]);
		expect(main).toEqual([
			{
				json: {
					TaskID: expect.any(String),
					Status: 'Running',
					CreateTime: expect.any(Number),
					FinishTime: null,
					Result: null,
					RequestId: expect.any(String),
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(bench.emulator.calls).toHaveLength(1);
		expect(bench.logs).toEqual([]);
	});

	test('a task of nulls alone is still pending, never a success by accident', async () => {
		const { main } = await bench.describe([add({ nulls: true })]);
		expect(main[0].json).toEqual({
			TaskID: null,
			Status: null,
			CreateTime: null,
			FinishTime: null,
			Result: null,
			RequestId: expect.any(String),
		});
	});

	test('each item has its own parameters; results keep their order and their pairs', async () => {
		const ids = Array.from({ length: 30 }, (_, index) => add({ snapshots: (index % 4) + 1 }));
		const { main } = await bench.describe(ids);
		expect(main.map(({ json }) => json.TaskID)).toEqual(ids);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual(ids.map((_, item) => ({ item })));
		expect(bench.emulator.calls).toHaveLength(30);
	});

	test('no items in, no items out, no call', async () => {
		const { run } = await bench.describe([]);
		expect(run.status).toBe('success');
		expect(bench.emulator.calls).toEqual([]);
	});
});

describe('waiting', () => {
	test('tasks wait together and tell their progress', async () => {
		const ids = [1, 2, 3].map(() => add({ runSeconds: 2 }));
		const { main, run } = await bench.describe(ids, wait);
		expect(run.status).toBe('success');
		expect(main.map(({ json }) => [json.TaskID, json.Status])).toEqual(
			ids.map((id) => [id, 'Finished']),
		);
		// Together: the last task was seen before the first one was done.
		const callsOf = (id: string) =>
			bench.emulator.calls.filter(({ params }) => params?.TaskID === id);
		expect(callsOf(ids[2])[0].receivedAt).toBeLessThan(callsOf(ids[0]).at(-1)!.receivedAt);
		const mine = bench.logs.filter(({ metadata }) => metadata.taskId === ids[0]);
		expect(mine).toHaveLength(callsOf(ids[0]).length - 1);
		expect(mine[0].metadata).toMatchObject({ status: 'Running', polls: 1 });
		expect(mine[1].message).toMatch(/^The snapshot task .* is Running \(2 polls, 0\.\d s\)$/);
	});

	test('a finished task needs one poll', async () => {
		await bench.describe([add()], wait);
		expect(bench.emulator.calls).toHaveLength(1);
	});

	test('an unknown status is pending', async () => {
		const id = add({ finishedStatus: 'Queued' });
		const { main } = await bench.describe([id], {
			waitUntilFinished: true,
			waitOptions: { pollInterval: 0.1, timeout: 0.5, onTimeout: 'lastState' },
		});
		expect(main[0].json.Status).toBe('Queued');
		expect(bench.emulator.calls.length).toBeGreaterThan(2);
	});

	test('when the time is up the last state is the item, or an error that names it', async () => {
		const id = add({ runSeconds: Infinity });
		const options = { pollInterval: 0.2, timeout: 1 };
		const last = await bench.describe([id], {
			waitUntilFinished: true,
			waitOptions: { ...options, onTimeout: 'lastState' },
		});
		expect(last.main[0]).toMatchObject({
			json: { TaskID: id, Status: 'Running' },
			pairedItem: { item: 0 },
		});
		expect(last.main[0].json.RequestId).toBe(bench.emulator.calls.at(-1)!.requestId);

		const error = await bench.describe([id], { waitUntilFinished: true, waitOptions: options });
		expect(errorOf(error)).toEqual({
			message: `The snapshot task ${id} is still Running after 1 s`,
			description: expect.stringMatching(
				/^The task is still running\. Raise 'Timeout \(Seconds\)' .* Code WaitTimeout, RequestId .*\.$/,
			),
			itemIndex: 0,
		});
	});

	test('stopping the execution ends it at once', async () => {
		const id = add({ runSeconds: Infinity });
		const run = bench.start([{ sdkAppId: SDK_APP_ID, taskId: id }], {
			waitUntilFinished: true,
			waitOptions: { pollInterval: 30 },
		});
		while (bench.emulator.calls.length === 0) await new Promise((done) => setTimeout(done, 10));
		const stopped = performance.now();
		run.cancel();
		expect((await run.result).status).toBe('canceled');
		// The next poll would have come after 30 seconds.
		expect(performance.now() - stopped).toBeLessThan(5000);
		expect(bench.emulator.calls).toHaveLength(1);
	});

	test('stopping while a request is under way ends it at once', async () => {
		bench.emulator.setFault({ kind: 'stall' });
		const run = bench.start([{ sdkAppId: SDK_APP_ID, taskId: add() }], wait);
		while (bench.emulator.calls.length === 0) await new Promise((done) => setTimeout(done, 10));
		const stopped = performance.now();
		run.cancel();
		expect((await run.result).status).toBe('canceled');
		expect(performance.now() - stopped).toBeLessThan(5000);
	});

	test('an outage in between is survived', async () => {
		const id = add({ runSeconds: 1 });
		bench.emulator.queueFaults(
			{ kind: 'delay', ms: 1 },
			{ kind: 'status', status: 502, times: 3 },
			{ kind: 'reset', times: 3 },
		);
		const { main } = await bench.describe([id], wait);
		expect(main[0].json.Status).toBe('Finished');
		expect(bench.emulator.pendingFaults()).toEqual([]);
	});
});

describe('a task that failed', () => {
	const failing = { errorCode: 'SnapshotFail', errorMessage: 'The room has no TaskNameExists' };

	test('is an error with code, message, task and RequestId', async () => {
		const id = add(failing);
		for (const parameters of [{ output: 'files' }, wait]) {
			expect(errorOf(await bench.describe([add(), id], parameters))).toEqual({
				message: `The snapshot task ${id} ended with SnapshotFail: The room has no TaskNameExists`,
				description: expect.stringContaining(
					`Code SnapshotFail, RequestId ${bench.emulator.calls.find(({ params }) => params?.TaskID === id)!.requestId}.`,
				),
				itemIndex: 1,
			});
			bench.emulator.calls.length = 0;
		}
	});

	test('leaves on the error output while the others succeed', async () => {
		const ids = [add({ runSeconds: 0.5 }), add(failing), add()];
		const { main, errors } = await bench.describe(ids, wait, errorOutput);
		expect(main.map(({ json, pairedItem }) => [json.TaskID, pairedItem])).toEqual([
			[ids[0], { item: 0 }],
			[ids[2], { item: 2 }],
		]);
		expect(errors).toEqual([
			{
				// n8n itself adds the fields of the input item.
				json: {
					sdkAppId: SDK_APP_ID,
					taskId: ids[1],
					error: `The snapshot task ${ids[1]} ended with SnapshotFail: The room has no TaskNameExists`,
					message: expect.stringMatching(/Code SnapshotFail, RequestId [0-9a-f-]{36}\.$/),
					...detailsOnErrorOutput({ Code: 'SnapshotFail', TaskID: ids[1] }),
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	test('stays in its place with "Continue" on the regular output', async () => {
		const ids = [add(), add(failing), add()];
		const { main } = await bench.describe(ids, wait, { onError: 'continueRegularOutput' });
		expect(main.map(({ json }) => ('error' in json ? 'failed' : json.TaskID))).toEqual([
			ids[0],
			'failed',
			ids[2],
		]);
	});

	test('is an item like any other when asked for', async () => {
		const id = add(failing);
		const { main } = await bench.describe([id], { ...wait, options: { onTaskFailure: 'output' } });
		expect(main[0].json).toMatchObject({
			TaskID: id,
			Status: 'Finished',
			Result: { ErrorCode: 'SnapshotFail', Total: 0 },
		});
	});

	test.each([['no result at all', ['Result'], 'did not succeed: the answer holds no result']])(
		'with %s',
		async (_, nulls, message) => {
			expect(errorOf(await bench.describe([add({ nulls })], wait)).message).toContain(message);
		},
	);

	test.each([
		[['Result.ErrorCode']],
		[['Result.ErrorMessage', 'Result.Snapshots', 'Result.Total']],
	])('is not one whose %j is null', async (nulls) => {
		const { run, main } = await bench.describe([add({ nulls })], wait);
		expect(run.status).toBe('success');
		expect(main[0].json.Status).toBe('Finished');
	});
});

describe('bad input is refused before any request', () => {
	test.each([
		[
			{ sdkAppId: 0, taskId: 't' },
			{},
			`'SDK App ID' must be a positive whole number, but item 1 has "0"`,
		],
		[
			{ sdkAppId: 'x', taskId: 't' },
			{},
			`'SDK App ID' must be a positive whole number, but item 1 has "x"`,
		],
		[{ sdkAppId: 1, taskId: '' }, {}, "'Task ID' is empty for item 1"],
		[
			{ sdkAppId: 1, taskId: 't', timeout: -5 },
			{ waitUntilFinished: true, waitOptions: { timeout: '={{ $json.timeout ?? 1 }}' } },
			`'Timeout (Seconds)' must be a number from 0 to 1000000, but item 1 has "-5"`,
		],
	])('%j %j', async (bad, parameters, message) => {
		const items = [{ sdkAppId: SDK_APP_ID, taskId: add() }, bad];
		const outcome = await bench.describe(items, parameters);
		expect(errorOf(outcome)).toMatchObject({ message, itemIndex: 1 });
		expect(errorOf(outcome).description).toMatch(/^(Correct|Fill in) /);
		expect(bench.emulator.calls).toEqual([]);

		const { main, errors } = await bench.describe(items, parameters, errorOutput);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
		expect(errors).toEqual([
			{
				json: {
					...bad,
					error: message,
					message: expect.any(String),
					...detailsOnErrorOutput({ Code: 'InvalidInput' }),
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	test('a number, a text and a resource locator are all taken', async () => {
		const taskId = add();
		for (const sdkAppId of [
			SDK_APP_ID,
			String(SDK_APP_ID),
			{ __rl: true, mode: 'id', value: String(SDK_APP_ID) },
		]) {
			const { main } = await bench.describe([{}], { sdkAppId, taskId });
			expect(main[0].json.TaskID).toBe(taskId);
		}
	});
});

/** A port on which nothing listens. */
async function deadPort(): Promise<number> {
	const server = createServer();
	const port = await listen(server);
	await new Promise((resolve) => server.close(resolve));
	return port;
}

describe('faults have one clear sentence and a way to fix it', () => {
	/** The error of one item with another credential. */
	async function faultWith(credential: Record<string, string>) {
		const other = await openBench({ credential });
		try {
			return errorOf(await other.describe(['any-task']));
		} finally {
			await other.close();
		}
	}

	test('a wrong Secret Key', async () => {
		expect(await faultWith({ secretKey: 'AnotherSecretKeyThatIsWrong' })).toMatchObject({
			message: 'The Secret Key does not belong to the Secret ID',
			description: expect.stringMatching(
				/^Copy both again .* Code AuthFailure\.SignatureFailure, RequestId /,
			),
		});
	});

	test('an unknown Secret ID', async () => {
		expect(await faultWith({ secretId: 'AKIDnobody' })).toMatchObject({
			message: 'Tencent Cloud does not know this Secret ID',
			description: expect.stringContaining('Code AuthFailure.SecretIdNotFound'),
		});
	});

	test('an empty Secret Key, which is never sent', async () => {
		expect(await faultWith({ secretKey: ' ' })).toMatchObject({
			message: "The 'Secret Key' of the Tencent Cloud credential is empty",
			description: expect.stringContaining('Enter both keys'),
		});
	});

	test('a dead endpoint', async () => {
		const endpoint = `http://127.0.0.1:${await deadPort()}`;
		expect(await faultWith({ endpoint })).toMatchObject({
			message: `${endpoint} refuses the connection`,
			description: expect.stringContaining("Check 'Site' and 'Endpoint' in the credential"),
		});
	});

	test.each([
		['', "The 'Endpoint' of the Tencent Cloud credential is empty"],
		[
			'tiw.tencentcloudapi.com',
			"The 'Endpoint' of the Tencent Cloud credential must begin with http:// or https://",
		],
	])('the endpoint "%s"', async (endpoint, message) => {
		expect((await faultWith({ endpoint })).message).toContain(message);
	});

	test('an unknown task', async () => {
		expect(errorOf(await bench.describe(['no-such-task']))).toMatchObject({
			message: 'Tencent Cloud does not know this task',
			description: expect.stringMatching(
				/^Check 'Task ID', .* Code InvalidParameter\.TaskNotFound, RequestId /,
			),
		});
		expect(bench.emulator.calls).toHaveLength(1);
	});

	test.each([
		[
			{ kind: 'status', status: 502, body: '<html><title>502 Bad Gateway</title></html>' } as const,
			'answered with HTTP 502 in place of a Tencent Cloud answer',
			3,
		],
		[{ kind: 'notJson' } as const, 'answered with something that is not a Tencent Cloud answer', 3],
		[
			{ kind: 'emptyBody' } as const,
			'answered with something that is not a Tencent Cloud answer',
			3,
		],
		[{ kind: 'reset' } as const, 'closed the connection before its answer was complete', 3],
		[
			{ kind: 'reset', moment: 'midBody' } as const,
			'closed the connection before its answer was complete',
			3,
		],
		[
			{ kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/login' } } as const,
			'answered with HTTP 302 in place of a Tencent Cloud answer',
			1,
		],
	])('%j', async (fault, message, tries) => {
		bench.emulator.setFault(fault);
		const error = errorOf(await bench.describe([add()]));
		expect(error.message).toBe(`${bench.emulator.url} ${message}`);
		expect(error.description).toContain("Check 'Site' and 'Endpoint' in the credential");
		expect(bench.emulator.calls).toHaveLength(tries);
	});

	test('a service that stalls is given up after Request Timeout', async () => {
		bench.emulator.setFault({ kind: 'stall' });
		const error = errorOf(await bench.describe([add()], { options: { requestTimeout: 1 } }));
		expect(error.message).toBe(`${bench.emulator.url} did not answer in time`);
		expect(error.description).toContain("raise 'Request Timeout (Seconds)' under 'Options'");
	});

	test('a clock that is off is learned, and the request signed again', async () => {
		bench.emulator.setFault({ kind: 'clock', skewSeconds: 3600 });
		const { main } = await bench.describe([add(), add()], wait);
		expect(main).toHaveLength(2);
		expect(
			bench.emulator.calls.filter(({ code }) => code === 'AuthFailure.SignatureExpire').length,
		).toBeGreaterThan(0);
		bench.emulator.calls.length = 0;
		bench.emulator.clearFaults();
		// The clock was set right again: learned anew.
		expect((await bench.describe([add()])).main).toHaveLength(1);
	});

	test('a clock that cannot be learned is named', async () => {
		bench.emulator.setFault({ kind: 'apiError', code: 'AuthFailure.SignatureExpire' });
		const error = errorOf(await bench.describe([add()]));
		expect(error.message).toBe('The clock of the n8n server is more than five minutes off');
		expect(error.description).toContain('Set the clock of the n8n server right');
	});

	test('no secret shows, temporary token included', async () => {
		const other = await openBench({
			keys: [{ secretId: 'AKIDtemp', secretKey: 'AnotherSecretKey', token: SESSION_TOKEN }],
		});
		try {
			const id = other.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0 });
			// Each describe() greps its whole result for the key, the token and the signature.
			expect((await other.describe([id])).main).toHaveLength(1);
			for (const fault of [
				{ kind: 'status', status: 500 } as const,
				{ kind: 'reset' } as const,
				{ kind: 'apiError', code: 'InternalError' } as const,
			]) {
				other.emulator.setFault(fault);
				expect((await other.describe([id])).run.status).toBe('error');
				expect((await other.describe([id], {}, errorOutput)).errors).toHaveLength(1);
			}
		} finally {
			await other.close();
		}
	});
});

describe('the credential in other nodes', () => {
	const headers = {
		'X-TC-Service': 'tiw',
		'X-TC-Action': 'DescribeSnapshotTask',
		'X-TC-Version': '2019-09-19',
	};
	const request = () => ({ url: bench.emulator.url, headers });
	const params = (TaskID: string) => ({ SdkAppId: SDK_APP_ID, TaskID });
	const finished = (taskId: string) => ({ Response: { TaskID: taskId, Status: 'Finished' } });

	test.each<[string, (id: string) => object]>([
		['a JSON body', (id) => ({ json: params(id) })],
		['JSON as text', (id) => ({ json: ` ${JSON.stringify(params(id), null, 2)}\n` })],
		[
			'a raw body',
			(id) => ({ raw: { body: JSON.stringify(params(id)), contentType: 'application/json' } }),
		],
		[
			'a raw body with white space',
			(id) => ({ raw: { body: ` ${JSON.stringify(params(id))}\n`, contentType: 'text/plain' } }),
		],
		['a query', (id) => ({ method: 'GET', query: params(id) })],
	])('HTTP Request with %s is signed right', async (_, body) => {
		const id = add();
		const answer = await requestAsHttpNode(bench.engine, 'Account', { ...request(), ...body(id) });
		expect(answer).toMatchObject({ statusCode: 200, body: finished(id) });
	});

	test('HTTP Request with a query in the URL is signed right', async () => {
		const id = add();
		const url = `${bench.emulator.url}/?SdkAppId=${SDK_APP_ID}&TaskID=${id}`;
		const answer = await requestAsHttpNode(bench.engine, 'Account', {
			url,
			method: 'GET',
			headers,
		});
		expect(answer.body).toMatchObject(finished(id));
	});

	test('HTTP Request without a body is signed as an empty object', async () => {
		const answer = await requestAsHttpNode(bench.engine, 'Account', request());
		expect(answer.body).toMatchObject({ Response: { Error: { Code: 'MissingParameter' } } });
		expect(bench.emulator.calls[0].rawBody.toString()).toBe('{}');
	});

	test.each([
		['form', { form: { a: '1' } }],
		['multipart', { multipart: { a: '1' } }],
	])('HTTP Request with a %s body is refused and never sent', async (_, body) => {
		await expect(
			requestAsHttpNode(bench.engine, 'Account', { ...request(), ...body }),
		).rejects.toMatchObject({
			message: 'Form, multipart and stream bodies cannot be signed for Tencent Cloud',
		});
		expect(bench.emulator.calls).toEqual([]);
	});

	test.each<[string, (id: string) => object]>([
		['an object', (id) => ({ body: params(id) })],
		['text', (id) => ({ body: JSON.stringify(params(id)) })],
		['text with white space', (id) => ({ body: ` ${JSON.stringify(params(id))} ` })],
		['a Buffer', (id) => ({ body: Buffer.from(JSON.stringify(params(id))) })],
		['a query', (id) => ({ method: 'GET', qs: params(id) })],
	])('a node that sends %s is signed right', async (_, body) => {
		const id = add();
		const answer = await requestAsNode(bench.engine, 'Account', {
			method: 'POST',
			baseURL: bench.emulator.url,
			url: '/',
			headers,
			...body(id),
		});
		expect(answer.body).toMatchObject(finished(id));
	});
});
