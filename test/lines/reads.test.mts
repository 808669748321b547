/** What comes of answers as they are, and of shapes that nobody expects. */
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';

const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };
const files = { output: 'files' };

const bench = useBench({ runSeconds: 0 });

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });

describe('a plain read returns what is', () => {
	test('a finished task whose every other field is null', async () => {
		const id = add({ nulls: ['TaskID', 'CreateTime', 'FinishTime', 'Result'] });
		const { main } = await bench.describe([id]);
		expect(main).toEqual([
			{
				json: {
					TaskID: null,
					Status: 'Finished',
					CreateTime: null,
					FinishTime: null,
					Result: null,
					RequestId: expect.any(String),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test('a failed task', async () => {
		const id = add({ errorCode: 'SnapshotFail', errorMessage: 'gone' });
		const { main } = await bench.describe([id]);
		expect(main[0].json).toMatchObject({ TaskID: id, Result: { ErrorCode: 'SnapshotFail' } });
	});

	test('a result of another shape', async () => {
		const id = add({ fields: { Result: 'text' } });
		expect((await bench.describe([id])).main[0].json.Result).toBe('text');
	});

	test('but not where the node waits or fetches files: there a task is judged', async () => {
		const id = add({ nulls: ['Result'] });
		for (const parameters of [wait, files, { downloadFiles: true }]) {
			const { run } = await bench.describe([id], parameters);
			expect(run.error!.message).toContain('did not succeed: the answer holds no result');
		}
	});
});

describe('one item per file never turns into nothing', () => {
	const none = { Index: null, Total: 0, Url: null, FileName: null };
	const linksHint = (files: string, days = 3) =>
		`The output links to ${files}: what is in Tencent Cloud's public bucket is deleted after ${days} days, so download or store ${files.startsWith('1 ') ? 'it' : 'them'}, or have tasks write to a bucket of your own`;
	const hintsOf = ({ run }: Awaited<ReturnType<Bench['describe']>>) =>
		run.raw.data.resultData.runData['Tencent Whiteboard'][0].hints?.map(({ message }) => message) ??
		[];

	test('a task that is still running: its state, and what to switch on', async () => {
		const outcome = await bench.describe([add({ runSeconds: Infinity })], files);
		expect(outcome.main.map(({ json }) => json)).toEqual([
			expect.objectContaining({ Status: 'Running', ...none }),
		]);
		expect(hintsOf(outcome)).toEqual([
			"The task is still running: switch on 'Wait Until Finished'",
		]);
	});

	test.each([[{ snapshots: 0 }], [{ nulls: ['Result.Snapshots'] }]])(
		'a finished task with %j',
		async (task) => {
			const outcome = await bench.describe([add(task), add({ snapshots: 1 })], files);
			expect(
				outcome.main.map(({ json, pairedItem }) => [json.Status, json.Total, pairedItem]),
			).toEqual([
				['Finished', 0, { item: 0 }],
				['Finished', 1, { item: 1 }],
			]);
			expect(outcome.main[0].json).toMatchObject(none);
			expect(hintsOf(outcome)).toEqual([
				'1 of 2 tasks has no result files',
				linksHint('1 result file'),
			]);
		},
	);

	test('tasks that are still running after a wait, whether files are wanted or not', async () => {
		const endless = () => add({ runSeconds: Infinity });
		const waitOptions = { pollInterval: 0.1, timeout: 0.2, onTimeout: 'lastState' };
		const ids = [endless(), add({ snapshots: 2 }), endless()];
		for (const parameters of [{}, files, { downloadFiles: true }]) {
			const outcome = await bench.describe(ids, { ...parameters, ...wait, waitOptions });
			expect(outcome.main.filter(({ json }) => json.Status === 'Running')).toHaveLength(2);
			const links = 'downloadFiles' in parameters ? [] : [linksHint('2 result files')];
			expect(hintsOf(outcome)).toEqual([
				"2 of 3 tasks are still running: raise 'Timeout (Seconds)' under 'Wait Options', or read them again later",
				...links,
			]);
		}
	});

	test('links to files, of a plain read too, for as long as they are kept', async () => {
		const ids = [add({ snapshots: 2 }), add({ snapshots: 1 }), add({ runSeconds: Infinity })];
		expect(hintsOf(await bench.describe(ids))).toEqual([linksHint('3 result files')]);
		expect(hintsOf(await bench.describe([ids[1]], files))).toEqual([linksHint('1 result file')]);
		const conversion = bench.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds: 0 });
		const ofTranscode = { resource: 'transcode', operation: 'describeTranscode' };
		expect(hintsOf(await bench.describe([conversion], ofTranscode))).toEqual([
			linksHint('2 result files', 7),
		]);
		const check = bench.emulator.addTask('pptCheck', {
			sdkAppId: SDK_APP_ID,
			runSeconds: 0,
			repair: true,
		});
		const ofCheck = { resource: 'pptCheck', operation: 'describePptCheck', ...files };
		const outcome = await bench.describe([check], ofCheck);
		expect(outcome.main[0].json.FileName).toBe('repaired.pptx');
		expect(hintsOf(outcome)).toEqual([]);
	});

	test('no hint where there is nothing to say', async () => {
		expect(hintsOf(await bench.describe([add({ runSeconds: Infinity })]))).toEqual([]);
		expect(hintsOf(await bench.describe([add()], { ...files, downloadFiles: true }))).toEqual([]);
		const odd = add({ fields: { 'Result.Snapshots': {} } });
		const outcome = await bench.describe([odd]);
		expect(outcome.main[0].json).toMatchObject({ TaskID: odd, Result: { Snapshots: {} } });
		expect(hintsOf(outcome)).toEqual([]);
	});
});

describe('an answer of another shape, beside 30 tasks that are waited for', () => {
	const shape = { 'Result.Snapshots': {} };
	const waitForFiles = { ...files, waitUntilFinished: true, waitOptions: { pollInterval: 0.5 } };

	test('is an error of its item; the others finish', async () => {
		const ids = Array.from({ length: 31 }, (_, index) =>
			index === 7 ? add({ fields: shape }) : add({ runSeconds: 0.5, snapshots: 1 }),
		);
		const { main, errors } = await bench.describe(ids, waitForFiles, {
			onError: 'continueErrorOutput',
		});
		expect(main).toHaveLength(30);
		expect(errors.map(({ json, pairedItem }) => [json.taskId, pairedItem])).toEqual([
			[ids[7], { item: 7 }],
		]);
		expect(errors[0].json.error).toContain('Snapshots is not a list');
	});

	test('ends a run that is to stop, and nothing goes on after that', async () => {
		const ids = Array.from({ length: 31 }, (_, index) =>
			index === 7 ? add({ fields: shape }) : add({ runSeconds: Infinity }),
		);
		const { run } = await bench.describe(ids, waitForFiles);
		expect(run.error!.message).toContain('Snapshots is not a list');
		expect(run.error!.context).toMatchObject({ itemIndex: 7 });
		// What had left before the end still arrives.
		await sleep(200);
		const before = bench.emulator.calls.length;
		await sleep(1500);
		expect(bench.emulator.calls).toHaveLength(before);
	});
});
