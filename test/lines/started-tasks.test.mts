/** What was started is never lost: whatever becomes of an item, its task is named. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';

import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';
import type { Bench, BenchOptions } from '../engine/whiteboard.mts';
import { line } from './line.mts';

const create = { operation: 'createSnapshotTask', roomId: '={{ $json.roomId }}' };
const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };
const errorOutput = { onError: 'continueErrorOutput' } as const;
const rooms = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ sdkAppId: SDK_APP_ID, roomId: index + 1 }));

const benches: Bench[] = [];
async function open(options: BenchOptions = {}): Promise<Bench> {
	const bench = await openBench({ runSeconds: 0, ...options });
	benches.push(bench);
	return bench;
}
afterEach(async () => {
	await Promise.all(benches.splice(0).map(async (bench) => await bench.close()));
});

const tasksOf = ({ emulator }: Bench) => emulator.tasks().map(({ id }) => id);

/** Nothing more is sent but what had left before, for longer than the second that a full rate holds back. */
async function expectSilence({ emulator }: Bench) {
	await sleep(200);
	const before = emulator.calls.length;
	await sleep(1000);
	expect(emulator.calls).toHaveLength(before);
}

async function until(condition: () => boolean) {
	while (!condition()) await sleep(5);
}

describe('an item fails and the node stops', () => {
	test('while others are being created: the error names every task that was started', async () => {
		const bench = await open();
		const { emulator, logs } = bench;
		const action = 'CreateSnapshotTask';
		emulator.addFault({ kind: 'delay', ms: 400, action });
		emulator.addFault({ kind: 'delay', ms: -350, action, when: { RoomId: 4 } });
		emulator.addFault({ kind: 'apiError', code: 'InvalidParameter', action, when: { RoomId: 4 } });
		const { run } = await bench.describe(rooms(6), create);
		expect(run.status).toBe('error');
		const ids = tasksOf(bench);
		expect(ids).toHaveLength(5);
		const { description, context } = run.error!;
		for (const id of ids) expect(description).toContain(id);
		expect(context).toMatchObject({
			itemIndex: 3,
			startedTasks: [0, 1, 2, 4, 5].map((itemIndex) => ({
				itemIndex,
				action,
				idField: 'TaskID',
				id: expect.any(String),
			})),
		});
		const warnings = logs.filter(({ message }) => message.startsWith('The node ended early'));
		expect(warnings).toHaveLength(1);
		for (const id of ids) expect(warnings[0].message).toContain(id);
		await expectSilence(bench);
	});

	test('each create without an answer is named, too', async () => {
		const bench = await open();
		const { emulator } = bench;
		const action = 'CreateSnapshotTask';
		emulator.addFault({ kind: 'stall', afterWork: true, action, when: { RoomId: 2 } });
		emulator.addFault({ kind: 'delay', ms: 100, action, when: { RoomId: 3 } });
		emulator.addFault({ kind: 'apiError', code: 'InvalidParameter', action, when: { RoomId: 3 } });
		const { run } = await bench.describe(rooms(3), { ...create, options: { requestTimeout: 1 } });
		expect(run.error!.context).toMatchObject({
			itemIndex: 2,
			startedTasks: [{ itemIndex: 0 }],
			unknownOutcomes: [{ itemIndex: 1, action }],
		});
		expect(run.error!.description).toContain(
			'CreateSnapshotTask was sent but not answered, and may have taken effect, for items: 1.',
		);
	});

	test('of many tasks the text names twenty, the context and the log all', async () => {
		const bench = await open();
		const { emulator, logs } = bench;
		emulator.addFault({ kind: 'apiError', code: 'InvalidParameter', when: { RoomId: 30 } });
		const { run } = await bench.describe(rooms(30), create);
		const ids = tasksOf(bench);
		expect(ids).toHaveLength(29);
		const { description, context } = run.error!;
		expect(ids.filter((id) => description!.includes(id))).toHaveLength(20);
		expect(description).toContain('and 9 more (the log names all)');
		expect((context as { startedTasks: unknown[] }).startedTasks).toHaveLength(29);
		const [{ message }] = logs.filter(({ message: text }) => text.startsWith('The node ended'));
		expect(ids.filter((id) => !message.includes(id))).toEqual([]);
	});

	test('nothing new is sent, and reads end at once', async () => {
		const bench = await open();
		const { emulator } = bench;
		const ids = Array.from({ length: 50 }, () =>
			emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: Infinity }),
		);
		emulator.addFault({ kind: 'stall', when: { TaskID: ids[1] } });
		emulator.addFault({ kind: 'delay', ms: 200, when: { TaskID: ids[0] } });
		emulator.addFault({ kind: 'apiError', code: 'InvalidParameter', when: { TaskID: ids[0] } });
		const before = performance.now();
		const { run } = await bench.describe(ids, wait);
		expect(run.error!.context).toMatchObject({ itemIndex: 0 });
		// The stalled one alone would take the 30 seconds of Request Timeout.
		expect(performance.now() - before).toBeLessThan(5000);
		await expectSilence(bench);
	});
});

describe('a create that was answered, then no answer to the poll', () => {
	const lost = [
		['a gateway that fails', { kind: 'status', status: 502 }, 'HTTP 502'],
		[
			'a key without the permission to describe',
			{ kind: 'apiError', code: 'AuthFailure.UnauthorizedOperation' },
			'AuthFailure.UnauthorizedOperation',
		],
		['an answer of another shape', { kind: 'notJson', body: '[]' }, 'InvalidAnswer'],
	] as const;
	for (const [name, fault, code] of lost) {
		test(`${name}: the error item holds the TaskID`, async () => {
			const bench = await open();
			bench.emulator.setFault({ ...fault, action: 'DescribeSnapshotTask' });
			const { main, errors } = await bench.describe(rooms(1), { ...create, ...wait }, errorOutput);
			const [id, ...more] = tasksOf(bench);
			expect(more).toEqual([]);
			expect(main).toEqual([]);
			expect(errors).toHaveLength(1);
			const { json } = errors[0];
			expect(json.message).toContain(`The snapshot task ${id} exists`);
			expect(json.message).toContain('do not start it again');
			if (line === 2) expect(json.details).toMatchObject({ Code: code, TaskID: id });
			else expect(json).not.toHaveProperty('details');
		});
	}

	test('the first poll is forgiven like any later one', async () => {
		const bench = await open();
		const action = 'DescribeSnapshotTask';
		bench.emulator.queueFaults({ kind: 'status', status: 502, times: 9, action });
		const { main } = await bench.describe(rooms(1), { ...create, ...wait });
		expect(main[0].json).toMatchObject({ TaskID: tasksOf(bench)[0], Status: 'Finished' });
	});

	test('an answer without the TaskID gets it from the create', async () => {
		const bench = await open();
		bench.emulator.addFault({
			kind: 'fields',
			fields: { TaskID: null },
			action: 'DescribeSnapshotTask',
		});
		const { main } = await bench.describe(rooms(1), { ...create, ...wait });
		expect(main[0].json).toMatchObject({ TaskID: tasksOf(bench)[0], Status: 'Finished' });
	});

	test('a create that is answered without a TaskID is an error that says so', async () => {
		const bench = await open();
		bench.emulator.addFault({
			kind: 'fields',
			fields: { TaskID: undefined },
			action: 'CreateSnapshotTask',
		});
		const { run } = await bench.describe(rooms(1), { ...create, ...wait });
		expect(run.error!.message).toBe('The answer to CreateSnapshotTask holds no TaskID');
		expect(run.error!.description).toContain('may exist all the same');
		expect(bench.emulator.calls).toHaveLength(1);
	});
});

describe('the user cancels', () => {
	test('while creates are on their way: the execution ends at once, what they started is logged later', async () => {
		const bench = await open();
		const { emulator, logs } = bench;
		emulator.setFault({ kind: 'delay', ms: 2000 });
		const run = bench.start(rooms(3), create);
		await until(() => emulator.calls.length === 3);
		run.cancel();
		expect((await run.result).status).toBe('canceled');
		// The answers are still to come.
		expect(logs).toEqual([]);
		await until(() => logs.length > 0);
		const [{ message }] = logs;
		for (const id of tasksOf(bench)) expect(message).toContain(id);
		expect(tasksOf(bench)).toHaveLength(3);
		await expectSilence(bench);
	});

	test('while tasks are waited for: they are logged', async () => {
		const bench = await open({ runSeconds: Infinity });
		const { emulator, logs } = bench;
		const run = bench.start(rooms(2), { ...create, ...wait });
		await until(() => emulator.calls.length >= 4);
		run.cancel();
		expect((await run.result).status).toBe('canceled');
		await until(() => logs.some(({ message }) => message.startsWith('The node ended early')));
		const { message } = logs.find(({ message: text }) => text.startsWith('The node ended'))!;
		for (const id of tasksOf(bench)) expect(message).toContain(id);
		await expectSilence(bench);
	});
});

test('stopping a recording: its TaskId is in the item, and in the error item when the wait fails', async () => {
	const bench = await open();
	const { emulator } = bench;
	const stop = { resource: 'recording', operation: 'stopOnlineRecord', taskId: '={{ $json.id }}' };
	const add = () => emulator.addTask('recording', { sdkAppId: SDK_APP_ID, runSeconds: Infinity });
	const first = add();
	const { main } = await bench.describe([{ sdkAppId: SDK_APP_ID, id: first }], stop);
	expect(main[0].json).toEqual({ TaskId: first, RequestId: expect.any(String) });

	const second = add();
	emulator.setFault({ kind: 'apiError', code: 'ResourceNotFound', action: 'DescribeOnlineRecord' });
	const { errors } = await bench.describe(
		[{ sdkAppId: SDK_APP_ID, id: second }],
		{ ...stop, ...wait },
		errorOutput,
	);
	expect(errors[0].json.message).toContain(second);
});
