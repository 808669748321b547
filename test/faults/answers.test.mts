/** Whole answers: refusals that are final, and right answers in unusual dress. */
import { afterAll, describe, expect, test } from '@jest/globals';

import { SDK_APP_ID } from '../engine/whiteboard.mts';
import type { Fault } from '../../emulator/server.mts';
import { REQUEST_ID, apiError, foreign, pass, reply } from './gateway.mts';
import type { Step } from './gateway.mts';
import {
	Benches,
	MANY,
	SideBySide,
	addTasks,
	assertClear,
	assertItems,
	countsOf,
	errorOf,
	errorOutput,
	indices,
	requestsPerTask,
} from './harness.mts';

const benches = new Benches();
afterAll(async () => await benches.close());

const group = new SideBySide();
const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };

describe('a final refusal has one request, over 1 and over 50 items', () => {
	const page = (status: number, headers: Record<string, string> = {}) =>
		reply(`HTTP ${status}`, '<html><title>😀</title></html>', {
			status,
			headers: { 'Content-Type': 'text/html', ...headers },
		});
	const cases: Array<{ step: Step; says: string; code: string }> = [
		{
			step: apiError('UnauthorizedOperation.SdkAppId'),
			says: 'The SDK App ID does not exist or belongs to another account',
			code: `UnauthorizedOperation.SdkAppId, RequestId ${REQUEST_ID}.`,
		},
		{
			step: apiError('AuthFailure.UnauthorizedOperation', 'forbidden', 403),
			says: 'The key has no permission for this action',
			code: `AuthFailure.UnauthorizedOperation, RequestId ${REQUEST_ID}.`,
		},
		{
			step: apiError(
				'InvalidParameterValue',
				'参数错误：房间“😀-EEXIST”不存在 (ENOENT, ECONNREFUSED)。',
			),
			says: '参数错误：房间“😀-EEXIST”不存在 (ENOENT, ECONNREFUSED)',
			code: `InvalidParameterValue, RequestId ${REQUEST_ID}.`,
		},
		{
			step: apiError('SomethingNew.NobodyKnows', ''),
			says: 'Tencent Cloud refused the request with SomethingNew.NobodyKnows',
			code: `SomethingNew.NobodyKnows, RequestId ${REQUEST_ID}.`,
		},
		{
			step: reply(
				'a refusal whose message is null',
				'{"Response":{"Error":{"Code":"ResourceNotFound","Message":null},"RequestId":null}}',
			),
			says: 'Tencent Cloud refused the request with ResourceNotFound',
			code: 'ResourceNotFound.',
		},
		...[
			page(400),
			page(401),
			page(403),
			page(404),
			page(302, { Location: 'http://127.0.0.1:1/login' }),
		].map((step) => ({
			step,
			says: `ENDPOINT answered with ${step.name} in place of a Tencent Cloud answer`,
			code: `${step.name}.`,
		})),
	];
	for (const { step, says, code } of cases) {
		test(
			step.name,
			group.test(async () => {
				const bench = await benches.behindGateway();
				const { gateway } = bench;
				const headline = says.replace('ENDPOINT', gateway.url);
				gateway.script('the-one', step);
				const ids = addTasks(bench, MANY);
				ids.forEach((id, index) => gateway.script(id, index % 3 ? pass : step));
				const [one, many] = await Promise.all([
					bench.describe(['the-one'], wait),
					bench.describe(ids, wait, errorOutput),
				]);
				const error = errorOf(one);
				expect(error).toMatchObject({ message: headline, itemIndex: 0 });
				expect(error.description).toContain(` Code ${code}`);
				assertItems(many, ids, (index) => (index % 3 ? 'finished' : { error: headline, code }));
				expect(
					countsOf(
						gateway.received.map(({ taskId }) => taskId),
						['the-one', ...ids],
					),
				).toEqual(Array(MANY + 1).fill(1));
			}),
		);
	}

	test(
		'a refusal without a code does not speak of "undefined"',
		group.test(async () => {
			const bench = await benches.behindGateway();
			bench.gateway.otherwise = reply('Error {}', '{"Response":{"Error":{},"RequestId":"r"}}');
			errorOf(await bench.describe(['the-one']));
		}),
	);
});

describe('no secret shows', () => {
	test(
		'a password in the endpoint stays out of the error',
		group.test(async () => {
			const gatewayBench = await benches.behindGateway();
			gatewayBench.gateway.otherwise = foreign.html502;
			const endpoint = gatewayBench.gateway.url.replace('//', '//proxy:PasswordOfTheProxy@');
			const bench = await benches.plain({ credential: { endpoint } });
			const error = errorOf(await bench.describe(['the-one']));
			expect(error.message + error.description).not.toContain('PasswordOfTheProxy');
		}),
	);
});

const chinese = (index: number) => `任务-😀-第${index}号-👩‍🏫`;
const links = (index: number) =>
	indices(3).map((page) => `https://例え.example/白板 🎨/${index}/${page}.png?名=值&🔑=%E4%BD%A0`);

describe('the right answer, over 1 and over 50 items with Chinese and emoji in every text', () => {
	const dresses: Fault[] = [
		{ kind: 'compressed' },
		{ kind: 'chunked', pieceBytes: 1 },
		{ kind: 'chunked', pieceBytes: 5 },
		{ kind: 'closeKeepAlive' },
		{ kind: 'closeKeepAlive', moment: 'afterAnswer' },
		{ kind: 'date', skewSeconds: 86_400 },
	];
	for (const fault of dresses) {
		test(
			JSON.stringify(fault),
			group.test(async () => {
				const bench = await benches.plain();
				bench.emulator.setFault(fault);
				const ids = addTasks(bench, MANY, (index) => ({
					taskId: chinese(index),
					snapshots: links(index),
				}));
				const one = await bench.describe([ids[0]]);
				expect(one.main.map(({ json }) => json.TaskID)).toEqual([ids[0]]);
				expect(bench.emulator.calls).toHaveLength(1);

				const many = await bench.describe(ids, wait, errorOutput);
				assertItems(many, ids, () => 'finished');
				expect(
					many.main.map(({ json }) => (json.Result as { Snapshots: string[] }).Snapshots),
				).toEqual(indices().map(links));
				expect(requestsPerTask(bench, ids)).toEqual(indices().map((index) => (index ? 1 : 2)));
			}),
		);
	}

	test(
		'and failed tasks say in their own words what is wrong',
		group.test(async () => {
			const bench = await benches.plain();
			const words = (index: number) => `第${index}页：文件已存在 EEXIST 🎉`;
			const ids = addTasks(bench, MANY, (index) => ({
				taskId: chinese(index),
				...(index % 2 && { errorCode: '快照失败', errorMessage: words(index) }),
			}));
			const error = (index: number) =>
				`The snapshot task ${ids[index]} ended with 快照失败: ${words(index)}`;
			expect(errorOf(await bench.describe([ids[1]], wait)).message).toBe(error(1));
			assertItems(await bench.describe(ids, wait, errorOutput), ids, (index) =>
				index % 2 ? { error: error(index), code: '快照失败, RequestId ' } : 'finished',
			);
			expect(bench.emulator.calls).toHaveLength(1 + MANY);
			expect(bench.emulator.calls.every(({ handled }) => handled)).toBe(true);
		}),
	);
});

describe('nulls', () => {
	const NULLABLE = [
		'TaskID',
		'CreateTime',
		'FinishTime',
		'Result.ErrorCode',
		'Result.ErrorMessage',
		'Result.Total',
		'Result.Snapshots',
	];
	/** Another set of fields for each item; all of them for the first. */
	const nullsOf = (index: number) =>
		index === 0 ? NULLABLE : NULLABLE.filter((_, bit) => (index * 37) % 128 & (1 << bit));

	test(
		'in any fields but the status are kept, and the task is still finished',
		group.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, MANY, (index) => ({ nulls: nullsOf(index), snapshots: 1 }));
			const { run, main, errors } = await bench.describe(ids, wait, errorOutput);
			expect(run.status).toBe('success');
			expect(errors).toEqual([]);
			const full = (index: number) => ({
				TaskID: ids[index],
				Status: 'Finished',
				CreateTime: expect.any(Number),
				FinishTime: expect.any(Number),
				RequestId: expect.any(String),
				Result: {
					ErrorCode: 'OK',
					ErrorMessage: '',
					Total: 1,
					Snapshots: [expect.stringContaining(ids[index])],
				},
			});
			const withNulls = (index: number) => {
				const nulls = nullsOf(index);
				const blank = (object: object, prefix: string) =>
					Object.fromEntries(
						Object.entries(object).map(([key, value]: [string, unknown]) => [
							key,
							nulls.includes(prefix + key) ? null : value,
						]),
					);
				const expected = full(index);
				return { ...blank(expected, ''), Result: blank(expected.Result, 'Result.') };
			};
			expect(main).toEqual(
				indices().map((item) => ({ json: withNulls(item), pairedItem: { item } })),
			);
			expect(bench.emulator.calls).toHaveLength(MANY);
		}),
	);

	test(
		'in the result make a task that failed',
		group.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, MANY, (index) => (index % 2 ? {} : { nulls: ['Result'] }));
			assertItems(await bench.describe(ids, wait, errorOutput), ids, (index) =>
				index % 2
					? 'finished'
					: {
							error: `The snapshot task ${ids[index]} did not succeed: the answer holds no result`,
							code: 'TaskFailed, RequestId ',
						},
			);
		}),
	);

	test(
		'in the status make a task that goes on',
		group.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, 20, (index) => ({ nulls: index % 2 ? ['Status'] : true }));
			const waitOptions = { pollInterval: 0.2, timeout: 0.5 };
			const { main, errors } = await bench.describe(
				ids,
				{ waitUntilFinished: true, waitOptions },
				errorOutput,
			);
			expect(main).toEqual([]);
			expect(errors.map(({ json }) => json.error)).toEqual(
				ids.map((id) => `The snapshot task ${id} is still without a status after 0.5 s`),
			);
			for (const { json } of errors) assertClear(json.error, json.message);
		}),
	);
});

describe('10,000 entries', () => {
	const many = (from: number) =>
		indices(10_000).map((page) => `https://例え.example/🎨/${from}/${page}.png`);

	test(
		'in each of 50 tasks come out whole',
		group.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, MANY, (index) => ({ snapshots: many(index) }));
			const outcome = await bench.describe(ids, wait, errorOutput);
			assertItems(outcome, ids, () => 'finished');
			outcome.main.forEach(({ json }, index) => {
				const { Total, Snapshots } = json.Result as { Total: number; Snapshots: string[] };
				expect(Total).toBe(10_000);
				// Compared as one text: jest takes seconds to compare as many entries.
				expect(Snapshots.join('\n') === many(index).join('\n')).toBe(true);
			});
			expect(bench.emulator.calls).toHaveLength(MANY);
		}),
	);

	test(
		'are 10,000 items when asked for, in order and paired',
		group.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, 2, (index) => ({ snapshots: many(index) }));
			const { main } = await bench.describe(ids, { ...wait, output: 'files' });
			expect(main).toHaveLength(20_000);
			const shown = main.map(({ json, pairedItem }) =>
				[json.TaskID, json.Index, json.Total, json.Url, (pairedItem as { item: number }).item].join(
					' ',
				),
			);
			const expected = ids.flatMap((id, item) =>
				many(item).map((url, page) => [id, page + 1, 10_000, url, item].join(' ')),
			);
			expect(shown.findIndex((line, at) => line !== expected[at])).toBe(-1);
			expect(bench.emulator.calls).toHaveLength(2);
		}),
	);
});

test('one bad item among them never costs the others, on the regular output either', async () => {
	const bench = await benches.plain();
	const [first, last] = addTasks(bench, 2);
	const { main } = await bench.describe(
		[
			{ sdkAppId: SDK_APP_ID, taskId: first },
			{ sdkAppId: SDK_APP_ID, taskId: '没有 😀' },
			{ sdkAppId: SDK_APP_ID, taskId: last },
		],
		wait,
		{ onError: 'continueRegularOutput' },
	);
	expect(main.map(({ json, pairedItem }) => [json.TaskID ?? json.error, pairedItem])).toEqual([
		[first, { item: 0 }],
		['Tencent Cloud does not know this task', { item: 1 }],
		[last, { item: 2 }],
	]);
});
