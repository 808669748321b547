/** Waiting by callback amid other nodes: loops, branches, and what n8n does with its stack in between. */
import { describe, expect, jest, test } from '@jest/globals';
import type {
	IConnections,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IWorkflowSettings,
} from 'n8n-workflow';

import type { RunResult, Waiting } from '../../engine/runner.mts';
import { useCallbackBenches } from './callback-benches.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';

const description = (name: string, inputs: number, outputs: number): INodeType['description'] => ({
	name,
	displayName: name,
	group: ['transform'],
	version: 1,
	description: name,
	defaults: { name },
	inputs: Array.from({ length: inputs }, () => 'main' as const),
	outputs: Array.from({ length: outputs }, () => 'main' as const),
	properties: [],
});

/** Hands on two items at a time, and in the end all that came back. */
const loop: INodeType = {
	description: description('loop', 1, 2),
	async execute(this: IExecuteFunctions) {
		const state = this.getContext('node') as { left?: INodeExecutionData[]; done?: IDataObject[] };
		const input = this.getInputData();
		if (!state.left) Object.assign(state, { left: [...input], done: [] });
		else state.done!.push(...input.map(({ json }) => json));
		const batch = state.left!.splice(0, 2);
		return batch.length > 0 ? [[], batch] : [state.done!.map((json) => ({ json })), []];
	},
};

/** Waits for both of its inputs. */
const merge: INodeType = {
	description: description('merge', 2, 1),
	async execute(this: IExecuteFunctions) {
		return [[...this.getInputData(0), ...this.getInputData(1)]];
	},
};

const TIW = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';
const rooms = (count: number): IDataObject[] =>
	Array.from({ length: count }, (_, index) => ({ sdkAppId: SDK_APP_ID, roomId: index + 1 }));

const node = (name: string, type: string, rest: Partial<INode> = {}) => ({
	name,
	type,
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
	...rest,
});

const snapshot = (name: string, parameters: INodeParameters = {}, rest: Partial<INode> = {}) =>
	node(name, TIW, {
		parameters: {
			resource: 'snapshot',
			operation: 'createSnapshotTask',
			sdkAppId: SDK_APP_ID,
			roomId: '={{ $json.roomId }}',
			waitUntilFinished: true,
			waitMode: 'callback',
			...parameters,
		},
		credentials: { tencentCloudApi: { id: '1', name: 'Account' } },
		...rest,
	});

/** By node, for each output the nodes that it goes to, with their input where it is not the first. */
const connect = (wires: Record<string, Array<Array<string | [string, number]>>>): IConnections =>
	Object.fromEntries(
		Object.entries(wires).map(([name, outputs]) => [
			name,
			{
				main: outputs.map((targets) =>
					targets.map((target) => {
						const [to, index] = typeof target === 'string' ? [target, 0] : target;
						return { node: to, type: 'main' as const, index };
					}),
				),
			},
		]),
	);

const START = node('Start', 'n8n-nodes-base.manualTrigger');

const open = useCallbackBenches({ nodes: { 'test.loop': loop, 'test.merge': merge } });

const begin = async (
	{ engine }: Bench,
	nodes: Array<ReturnType<typeof node>>,
	connections: IConnections,
	items: IDataObject[],
	settings: IWorkflowSettings = {},
) =>
	await engine.run(
		{ nodes, connections, settings },
		{ startNode: 'Start', input: items.map((json) => ({ json })) },
	).result;

/** Goes on until nothing waits any more; gives how often it did. */
async function toEnd(
	run: RunResult,
	next: (waiting: Waiting) => Promise<RunResult> = async ({ resumed }) => await resumed,
): Promise<{ ended: RunResult; parked: number }> {
	let ended = run;
	let parked = 0;
	for (; ended.waiting; parked += 1) ended = await next(ended.waiting);
	return { ended, parked };
}

const created = ({ emulator }: Bench) =>
	emulator.calls
		.filter(({ action }) => action === 'CreateSnapshotTask')
		.map(({ params }) => params!.RoomId);
const statesOf = (run: RunResult, name: string) =>
	run.nodes[name].outputs[0].map(({ json }) => [json.TaskID, json.Status]);
const finished = ({ emulator }: Bench) => emulator.tasks().map(({ id }) => [id, 'Finished']);

/** The clock of n8n is put forward, by less than what the service takes for a wrong one. */
function goForward(seconds: number): void {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
}

describe.each(['v0', 'v1'] as const)('with execution order %s', (executionOrder) => {
	const settings: IWorkflowSettings = { executionOrder };

	test('a loop parks once a round, and each item keeps its own task', async () => {
		const bench = await open();
		const run = await begin(
			bench,
			[START, node('Loop', 'test.loop'), snapshot('TIW'), node('After', 'n8n-nodes-base.noOp')],
			connect({ Start: [['Loop']], Loop: [['After'], ['TIW']], TIW: [['Loop']] }),
			rooms(5),
			settings,
		);
		const { ended, parked } = await toEnd(run);
		expect([ended.error?.message, ended.status]).toEqual([undefined, 'success']);
		expect(parked).toBe(3);
		expect(created(bench)).toEqual([1, 2, 3, 4, 5]);
		expect(statesOf(ended, 'After')).toEqual(finished(bench));
		expect(ended.raw.data.resultData.runData.TIW).toHaveLength(3);
	});

	test('two in a row, and two on branches that meet, each wait for their own', async () => {
		const bench = await open();
		const run = await begin(
			bench,
			[
				START,
				snapshot('A'),
				snapshot('B', { roomId: 8 }),
				snapshot('C', { roomId: 9 }),
				node('Merge', 'test.merge'),
			],
			connect({ Start: [['A', 'C']], A: [['B']], B: [['Merge']], C: [[['Merge', 1]]] }),
			rooms(2),
			settings,
		);
		const { ended, parked } = await toEnd(run);
		expect([ended.error?.message, ended.status]).toEqual([undefined, 'success']);
		expect(parked).toBe(3);
		expect(created(bench).sort()).toEqual([1, 2, 8, 8, 9, 9]);
		expect([...statesOf(ended, 'A'), ...statesOf(ended, 'Merge')].sort()).toEqual(
			finished(bench).sort(),
		);
		const { runData } = ended.raw.data.resultData;
		expect(['A', 'B', 'C', 'Merge'].map((name) => runData[name].length)).toEqual([1, 1, 1, 1]);
	});

	test.each([undefined, 'continueErrorOutput', 'continueRegularOutput'] as const)(
		'the time limit brings the items out: %s',
		async (onError) => {
			const bench = await open({ runSeconds: 1000, callbacks: { loses: () => true } });
			const run = await begin(
				bench,
				[
					START,
					snapshot(
						'TIW',
						{ waitOptions: { timeout: 60, onTimeout: 'lastState' } },
						{ onError, alwaysOutputData: true },
					),
					node('After', 'n8n-nodes-base.noOp'),
				],
				connect({ Start: [['TIW']], TIW: [['After']] }),
				rooms(2),
				settings,
			);
			goForward(61);
			const { ended } = await toEnd(run, async (waiting) => await waiting.wake().result);
			expect([ended.error?.message, ended.status]).toEqual([undefined, 'success']);
			expect(statesOf(ended, 'After')).toEqual([
				[bench.emulator.tasks()[0].id, expect.any(String)],
				[bench.emulator.tasks()[1].id, expect.any(String)],
			]);
		},
	);
});

test('executes once where the node says so: one task, also after the resume', async () => {
	const bench = await open();
	const run = await begin(
		bench,
		[START, snapshot('TIW', {}, { executeOnce: true })],
		connect({ Start: [['TIW']] }),
		rooms(3),
	);
	const { ended } = await toEnd(run);
	expect(statesOf(ended, 'TIW')).toEqual(finished(bench));
	expect(created(bench)).toEqual([1]);
});

test('is resumed once where the time limit comes while a callback is checked', async () => {
	const bench = await open();
	const run = await begin(
		bench,
		[START, snapshot('TIW'), node('After', 'n8n-nodes-base.noOp')],
		connect({ Start: [['TIW']], TIW: [['After']] }),
		rooms(1),
	);
	const reads = () =>
		bench.emulator.calls.filter(({ action }) => action === 'DescribeSnapshotTask').length;
	const before = reads();
	bench.emulator.addFault({ kind: 'delay', ms: 800, action: 'DescribeSnapshotTask' });
	while (reads() === before) await new Promise((resolve) => setTimeout(resolve, 10));
	const ended = await run.waiting!.wake().result;
	expect(ended.status).toBe('success');
	await new Promise((resolve) => setTimeout(resolve, 1000));
	expect(run.waiting!.runs).toHaveLength(1);
});

test('the last poll may bring nothing: then what was seen before is the last state', async () => {
	const bench = await open({ runSeconds: 1000, callbacks: { loses: () => true } });
	const run = await begin(
		bench,
		[START, snapshot('TIW', { waitOptions: { timeout: 60, onTimeout: 'lastState' } })],
		connect({ Start: [['TIW']] }),
		rooms(1),
	);
	bench.emulator.addFault({
		kind: 'apiError',
		code: 'InternalError',
		action: 'DescribeSnapshotTask',
	});
	goForward(61);
	const { ended } = await toEnd(run, async (waiting) => await waiting.wake().result);
	expect([ended.error?.message, ended.status]).toEqual([undefined, 'success']);
	expect(ended.nodes.TIW.outputs[0][0].json.TaskID).toBe(bench.emulator.tasks()[0].id);
});
