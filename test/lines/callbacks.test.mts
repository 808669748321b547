/** Waiting by callback in n8n's own engine: parked, saved as text, resumed by a call or at the time limit. */
import { describe, expect, jest, test } from '@jest/globals';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import type { RunResult } from '../../engine/runner.mts';
import { useCallbackBenches } from './callback-benches.mts';
import { SDK_APP_ID, SECRET_KEY } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { detailsOnErrorOutput } from './line.mts';

const NODE = 'Tencent Whiteboard';
const byCallback: INodeParameters = {
	operation: 'createSnapshotTask',
	roomId: '={{ $json.roomId }}',
	waitUntilFinished: true,
	waitMode: 'callback',
};
const rooms = (count: number): IDataObject[] =>
	Array.from({ length: count }, (_, index) => ({ sdkAppId: SDK_APP_ID, roomId: index + 1 }));

const open = useCallbackBenches();

async function park(
	bench: Bench,
	items = rooms(3),
	parameters: INodeParameters = {},
	node: Partial<INode> = {},
) {
	const { run } = await bench.describe(items, { ...byCallback, ...parameters }, node);
	expect(run.status).toBe('waiting');
	return { run, waiting: run.waiting! };
}

const outputsOf = ({ nodes }: RunResult) => nodes[NODE].outputs;
const runsOf = ({ raw }: RunResult) => raw.data.resultData.runData[NODE].length;
const ids = ({ emulator }: Bench) => emulator.tasks().map(({ id }) => id);
const calls = ({ emulator }: Bench, action: string) =>
	emulator.calls.filter((call) => call.action === action).length;

/** The clock of n8n is put forward, by less than what the service takes for a wrong one. */
function goForward(seconds: number): void {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
}

describe('an execution that waits by callback', () => {
	test('is resumed once, with all results in input order and paired', async () => {
		const bench = await open();
		const { run, waiting } = await park(bench);
		expect(outputsOf(run)).toEqual([
			ids(bench).map((TaskID, item) => ({
				json: { SdkAppId: SDK_APP_ID, TaskID },
				pairedItem: { item },
			})),
		]);
		const ended = await waiting.resumed;
		expect(ended.status).toBe('success');
		expect(outputsOf(ended)).toMatchObject([
			ids(bench).map((TaskID, item) => ({
				json: { TaskID, Status: 'Finished' },
				pairedItem: { item },
			})),
		]);
		expect([runsOf(ended), waiting.runs.length]).toEqual([1, 1]);
		expect(calls(bench, 'CreateSnapshotTask')).toBe(3);
	});

	test('holds no secret of the account in what is saved', async () => {
		const bench = await open({ runSeconds: 60 });
		await park(bench);
		const saved = JSON.stringify(bench.engine.export());
		expect(saved).toContain(ids(bench)[2]);
		expect(saved).not.toContain(SECRET_KEY);
	});

	test('downloads the files as after polling', async () => {
		const bench = await open();
		const { waiting } = await park(bench, rooms(2), { output: 'files', downloadFiles: true });
		const ended = await waiting.resumed;
		const [items] = outputsOf(ended);
		expect(items).toHaveLength(6);
		const bytes = await Promise.all(
			items.map(async ({ binary }) => await ended.binary(binary!.data)),
		);
		expect(bytes.every((file) => file.subarray(1, 4).toString() === 'PNG')).toBe(true);
		expect(items.map(({ json, pairedItem }) => [json.TaskID, json.Index, pairedItem])).toEqual(
			ids(bench).flatMap((id, item) => [1, 2, 3].map((index) => [id, index, { item }])),
		);
	});

	test.each([
		['continueErrorOutput', true],
		['continueErrorOutput', false],
	] as const)(
		'sends failed items to the error output: %s, Always Output Data %s',
		async (onError, alwaysOutputData) => {
			const bench = await open();
			const refused = {
				kind: 'apiError',
				code: 'InvalidParameter',
				action: 'CreateSnapshotTask',
			} as const;
			bench.emulator.addFault({ ...refused, when: { RoomId: 1 } });
			const { waiting } = await park(
				bench,
				rooms(3),
				{},
				{ onError, alwaysOutputData, retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
			);
			const [second] = bench.emulator.tasks();
			const ended = await waiting.resumed;
			expect(ended.status).toBe('success');
			const [good, bad] = outputsOf(ended);
			expect(good.map(({ json }) => json.Status)).toEqual(['Finished', 'Finished']);
			expect(good[0].json.TaskID).toBe(second.id);
			expect(bad).toHaveLength(1);
			expect(bad[0].json).toMatchObject({
				roomId: 1,
				error: expect.any(String),
				...detailsOnErrorOutput({ Code: 'InvalidParameter' }),
			});
			expect(runsOf(ended)).toBe(1);
		},
	);

	test('that is retried on fail reads its tasks again, and creates none', async () => {
		const bench = await open();
		const broken = {
			'Result.ErrorCode': 'InternalError',
			'Result.ErrorMessage': 'Rendering failed',
		};
		bench.emulator.addFault({ kind: 'fields', action: 'DescribeSnapshotTask', fields: broken });
		const { waiting } = await park(
			bench,
			rooms(2),
			{},
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		);
		const ended = await waiting.resumed;
		expect(ended.status).toBe('error');
		expect(ended.error!.message).toContain('InternalError: Rendering failed');
		for (const id of ids(bench)) expect(JSON.stringify(ended.error)).toContain(id);
		expect(calls(bench, 'CreateSnapshotTask')).toBe(2);
	});

	test('remembers what it knows of items that are done already', async () => {
		const bench = await open({ runSeconds: 3 });
		const fault = { kind: 'stall', action: 'CreateSnapshotTask' } as const;
		bench.emulator.addFault({ ...fault, when: { RoomId: 1 } });
		const { waiting } = await park(
			bench,
			rooms(2),
			{ options: { requestTimeout: 1 } },
			{ onError: 'continueRegularOutput' },
		);
		const [items] = outputsOf(await waiting.resumed);
		expect(items[0].json.message).toContain('Whether the request took effect is unknown');
		expect(items[1].json.Status).toBe('Finished');
	});

	test('gives items that do not wait with the others', async () => {
		const bench = await open();
		const { waiting } = await park(bench, rooms(2), {
			waitUntilFinished: '={{ $json.roomId === 2 }}',
		});
		const [items] = outputsOf(await waiting.resumed);
		expect(items.map(({ json }) => Object.keys(json).includes('Status'))).toEqual([false, true]);
		expect(items.map(({ json }) => json.TaskID)).toEqual(ids(bench));
	});

	test('names the tasks of such items too, when it stops with an error', async () => {
		const bench = await open();
		const broken = { 'Result.ErrorCode': 'InternalError' };
		bench.emulator.addFault({ kind: 'fields', action: 'DescribeSnapshotTask', fields: broken });
		const { waiting } = await park(bench, rooms(2), {
			waitUntilFinished: '={{ $json.roomId === 2 }}',
		});
		const { error } = await waiting.resumed;
		for (const id of ids(bench)) expect(JSON.stringify(error)).toContain(id);
	});

	test('does not wait at all where every task has ended already, or none was created', async () => {
		const bench = await open({ runSeconds: 0 });
		const { run, main } = await bench.describe(rooms(2), byCallback);
		expect(run.status).toBe('success');
		expect(main.map(({ json }) => json.Status)).toEqual(['Finished', 'Finished']);
		bench.emulator.addFault({
			kind: 'apiError',
			code: 'InvalidParameter',
			action: 'CreateSnapshotTask',
		});
		const { run: failed, main: errors } = await bench.describe(rooms(2), byCallback, {
			onError: 'continueRegularOutput',
		});
		expect(failed.status).toBe('success');
		expect(errors).toHaveLength(2);
	});

	test('is not begun in what cannot be parked: nothing is created', async () => {
		const bench = await open();
		const { run } = await bench.describe(rooms(101), byCallback);
		expect(run.error!.message).toContain('at most 100 tasks, and there are 101');
		expect(bench.emulator.calls).toEqual([]);
	});
});

describe('at the time limit', () => {
	const limited = (onTimeout: string): INodeParameters => ({
		waitOptions: { timeout: 60, onTimeout },
	});

	async function runOut(parameters: INodeParameters, node: Partial<INode> = {}) {
		const bench = await open({ runSeconds: 0.3, callbacks: { loses: () => true } });
		const never = bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: Infinity });
		// The task of the second room does not end: its answers are those of another.
		const { waiting } = await park(bench, rooms(3), parameters, node);
		expect(waiting.until.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
		const [, , second] = bench.emulator.tasks();
		bench.emulator.addFault({
			kind: 'fields',
			action: 'DescribeSnapshotTask',
			fields: { Status: 'Running', Result: null },
			when: { TaskID: second.id },
		});
		expect(never).not.toBe(second.id);
		await new Promise((resolve) => setTimeout(resolve, 400));
		goForward(60);
		return { ended: await waiting.wake().result, second: second.id };
	}

	test('the node polls once more, and gives the last state', async () => {
		const { ended, second } = await runOut(limited('lastState'));
		expect(ended.status).toBe('success');
		const [items] = outputsOf(ended);
		expect(items.map(({ json }) => json.Status)).toEqual(['Finished', 'Running', 'Finished']);
		expect(items[1]).toMatchObject({ json: { TaskID: second }, pairedItem: { item: 1 } });
		expect(runsOf(ended)).toBe(1);
	});

	test('or an error that names the task', async () => {
		const { ended, second } = await runOut(limited('error'), { onError: 'continueErrorOutput' });
		const [good, bad] = outputsOf(ended);
		expect(good.map(({ json }) => json.Status)).toEqual(['Finished', 'Finished']);
		expect(bad).toHaveLength(1);
		expect(bad[0].json.error).toBe(`The snapshot task ${second} is still Running after 60 s`);
	});

	test('that stops the execution, and names all', async () => {
		const { ended, second } = await runOut(limited('error'));
		expect(ended.status).toBe('error');
		expect(ended.error!.message).toContain(second);
		expect(ended.error!.context).toMatchObject({ startedTasks: { length: 3 } });
	});
});

test('a wake before the time parks it again, and the URLs that were given away stay good', async () => {
	const bench = await open({ runSeconds: 1 });
	const { waiting } = await park(bench, rooms(2));
	const again = await waiting.wake().result;
	expect(again.status).toBe('waiting');
	expect(again.waiting!.until.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
	const ended = await again.waiting!.resumed;
	expect(ended.status).toBe('success');
	expect(outputsOf(ended)[0].map(({ json }) => json.Status)).toEqual(['Finished', 'Finished']);
	expect(runsOf(ended)).toBe(1);
	expect(calls(bench, 'CreateSnapshotTask')).toBe(2);
});

test('a call with another secret is refused', async () => {
	const bench = await open({ runSeconds: 60 });
	const { waiting } = await park(bench);
	const url = new URL(bench.emulator.calls[0].params!.CallbackURL as string);
	expect(url.searchParams.get('secret')).toHaveLength(32);
	url.searchParams.set('secret', '0'.repeat(32));
	const response = await fetch(url, { method: 'POST', body: '{}' });
	expect(response.status).toBe(401);
	expect(waiting.runs).toEqual([]);
});
