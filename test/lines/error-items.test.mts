/** What an error item holds, on each line and for each setting of On Error. */
import { describe, expect, test } from '@jest/globals';

import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

import type { Video } from '../../emulator/media.mts';
import { line } from './line.mts';

const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };

const bench = useBench({ runSeconds: 0 });

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });
const failing = { errorCode: 'SnapshotFail', errorMessage: 'The room is gone' };

const settings = [
	// n8n 1.x would send an item with details to the output of the good ones.
	{ name: 'error output', node: { onError: 'continueErrorOutput' }, details: line === 2 },
	{ name: 'Continue', node: { onError: 'continueRegularOutput' }, details: true },
	{ name: 'the old Continue On Fail', node: { continueOnFail: true }, details: true },
] as const;

describe.each(settings)('$name', ({ node, details }) => {
	/** The one item with an error, on whatever output, beside a good one. */
	async function errorItemOf(id: string, parameters = {}) {
		const { run, main, errors } = await bench.describe([add(), id], parameters, node);
		expect(run.status).toBe('success');
		const isError = 'onError' in node && node.onError === 'continueErrorOutput';
		const [item] = isError ? errors : main.slice(1);
		expect(main).toHaveLength(isError ? 1 : 2);
		expect(errors).toHaveLength(isError ? 1 : 0);
		expect(item.pairedItem).toEqual({ item: 1 });
		const { error, message } = item.json;
		expect([typeof error, typeof message]).toEqual(['string', 'string']);
		expect('details' in item.json).toBe(details);
		return item.json;
	}

	test('a failed task: code, RequestId, TaskID and its own answer', async () => {
		const id = add(failing);
		const json = await errorItemOf(id, wait);
		const { requestId } = bench.emulator.calls.find(({ params }) => params?.TaskID === id)!;
		expect(json.error).toBe(`The snapshot task ${id} ended with SnapshotFail: The room is gone`);
		expect(json.message).toContain(`Code SnapshotFail, RequestId ${requestId}.`);
		if (!details) return;
		expect(json.details).toEqual({
			Code: 'SnapshotFail',
			RequestId: requestId,
			TaskID: id,
			Task: {
				TaskID: id,
				Status: 'Finished',
				CreateTime: expect.any(Number),
				FinishTime: expect.any(Number),
				Result: {
					ErrorCode: 'SnapshotFail',
					ErrorMessage: 'The room is gone',
					Total: 0,
					Snapshots: [],
				},
				RequestId: requestId,
			},
		});
	});

	test('an unknown task: code, RequestId and the TaskID that was asked for', async () => {
		const json = await errorItemOf('no-such-task');
		expect(json.message).toContain('Code InvalidParameter.TaskNotFound, RequestId ');
		if (!details) return;
		expect(json.details).toEqual({
			Code: 'InvalidParameter.TaskNotFound',
			RequestId: bench.emulator.calls.find(({ code }) => code)!.requestId,
			TaskID: 'no-such-task',
		});
	});

	test('bad input: a code to branch on', async () => {
		const json = await errorItemOf('');
		expect(json.error).toBe("'Task ID' is empty for item 1");
		if (details) expect(json.details).toEqual({ Code: 'InvalidInput', RequestId: null });
	});

	test('a time that is up: the task as it was last seen', async () => {
		const id = add({ runSeconds: Infinity });
		const json = await errorItemOf(id, {
			waitUntilFinished: true,
			waitOptions: { pollInterval: 0.1, timeout: 0.3 },
		});
		expect(json.message).toContain('Code WaitTimeout, RequestId ');
		if (details)
			expect(json.details).toMatchObject({
				Code: 'WaitTimeout',
				TaskID: id,
				Task: { TaskID: id, Status: 'Running' },
			});
	});
});

describe('a recording that ended with EXCEPTION, and one of its videos lost', () => {
	const recording = { resource: 'recording', operation: 'describeOnlineRecord', ...wait };
	const lost = { type: 'camera', userId: 'user_1', lost: true } as const;
	const addRecording = (videos: Video[]) =>
		bench.emulator.addTask('recording', {
			sdkAppId: SDK_APP_ID,
			runSeconds: 0,
			finishReason: 'EXCEPTION',
			videos: [...videos, lost],
		});
	const one: Video[] = [{ type: 'whiteboard', userId: '' }];
	const two: Video[] = [...one, { type: 'screen', userId: 'user_2' }];
	const get = (files: string) =>
		`Fix the cause and create a new task. The failed one has ${files}, read it with DescribeOnlineRecord and set 'On Task Failure' under 'Options' to 'Output the Task'. Code EXCEPTION, RequestId `;

	test('keeps the links to the others', async () => {
		const id = addRecording(two);
		const { main } = await bench.describe([id], recording, { onError: 'continueRegularOutput' });
		const { details } = main[0].json as { details: { Task: { VideoInfos: object[] } } };
		expect(details).toMatchObject({ Code: 'EXCEPTION', TaskId: id, Task: { TaskId: id } });
		expect(details.Task.VideoInfos).toHaveLength(3);
	});

	test('says how many files there are, and how to get them', async () => {
		const { run } = await bench.describe([addRecording(two)], recording);
		expect(run.error!.description).toContain(get('2 result files: to get them'));
		const { errors } = await bench.describe([addRecording(one)], recording, {
			onError: 'continueErrorOutput',
		});
		expect(errors[0].json.error).toContain('ended with EXCEPTION');
		expect(errors[0].json.message).toContain(get('1 result file: to get it'));
		const none = await bench.describe([addRecording([])], recording);
		expect(none.run.error!.description).toContain(
			"To get such tasks as items, set 'On Task Failure' under 'Options' to 'Output the Task'.",
		);
	});

	test('gives them like any other where failed tasks are to be items', async () => {
		const id = addRecording(two);
		const tolerant = { ...recording, downloadFiles: true, options: { onTaskFailure: 'output' } };
		const { main } = await bench.describe([id], { ...tolerant, output: 'files' });
		expect(main.map(({ json, binary }) => [json.FileName, binary!.data.mimeType])).toEqual([
			['1.mp4', 'video/mp4'],
			['2.mp4', 'video/mp4'],
		]);
		expect(main[0].json).toMatchObject({ TaskId: id, FinishReason: 'EXCEPTION', Total: 2 });
		const perTask = await bench.describe([id], tolerant);
		expect(perTask.main.map(({ binary }) => Object.keys(binary!))).toEqual([['data_0', 'data_1']]);
	});
});

test('any failed task says how many files there are', async () => {
	const fields = { 'Result.Snapshots': ['https://e.com/1.png'] };
	const { run } = await bench.describe([add({ ...failing, fields })], wait);
	expect(run.error!.description).toContain(
		'The failed one has 1 result file: to get it, read it with DescribeSnapshotTask and set ',
	);
});
