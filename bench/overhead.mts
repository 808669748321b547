/** What the node costs per item in CPU time, against n8n's own request helper in the same engine. */
import { createRequire } from 'node:module';

import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Engine, FunctionOptions } from '../engine/runner.mts';
import type { planItem } from '../nodes/TencentWhiteboard/execute/plan.ts';
import type { findOperation } from '../nodes/TencentWhiteboard/resources/index.ts';
import type { Operation } from '../nodes/TencentWhiteboard/types.ts';
import {
	describeInNode,
	describeParameters,
	NODE_TYPE,
	RATE,
	startEmulatorProcess,
	startEngine,
} from './emulated.mts';
import { SDK_APP_ID } from './emulator-process.mts';
import { median, ratios, rotated, spread } from './stats.mts';
import type { Row } from './table.mts';

const ITEMS = 200;
/** The node starts so many requests without a pause for a key it has not used before. */
const ITEMS_PER_EXECUTION = RATE;
const EXECUTIONS = ITEMS / ITEMS_PER_EXECUTION;
const ROUNDS = 40;
/** n8n and the node take some thousand items to become as fast as they stay. */
const WARM_UP = 20;
const GOAL = 1.6;

const PARAMETERS = { ...describeParameters, waitUntilFinished: false };

type Send = (
	context: IExecuteFunctions,
	request: IHttpRequestOptions,
	itemIndex: number,
) => Promise<unknown>;

const signed: Send = async (context, request) =>
	await context.helpers.httpRequestWithAuthentication.call(context, 'tencentCloudApi', request);
const unsigned: Send = async (context, request) => await context.helpers.httpRequest(request);

const load = createRequire(import.meta.url);

/** The names of the parameters that the node reads for one item, in order. */
function parametersRead(): string[] {
	const plan = load('../dist/nodes/TencentWhiteboard/execute/plan.js') as {
		planItem: typeof planItem;
	};
	const table = load('../dist/nodes/TencentWhiteboard/resources/index.js') as {
		findOperation: typeof findOperation;
	};
	const values: Record<string, unknown> = { ...PARAMETERS, taskId: 'a task' };
	const names: string[] = [];
	const getNodeParameter = (name: string) => {
		names.push(name);
		return values[name] ?? null;
	};
	const operation = table.findOperation('snapshot', 'describeSnapshotTask') as Operation;
	const getNode = () => ({ parameters: PARAMETERS });
	const context = { getNodeParameter, getNode } as unknown as IExecuteFunctions;
	const { ok } = plan.planItem(context, operation, '', 0);
	if (!ok) throw new Error('The node does not plan the item that it is given');
	return names;
}

/** The same requests by the bare helper, all at once. */
async function describeBare(
	engine: Engine,
	credential: string,
	url: string,
	ids: readonly string[],
	send: Send,
	options: FunctionOptions = {},
): Promise<void> {
	await engine.runFunction(
		credential,
		async function (items) {
			await Promise.all(
				items.map(
					async ({ json }, itemIndex) =>
						await send(
							this,
							{
								method: 'POST',
								url,
								headers: {
									'X-TC-Service': 'tiw',
									'X-TC-Action': 'DescribeSnapshotTask',
									'X-TC-Version': '2019-09-19',
									'X-TC-Region': 'ap-singapore',
								},
								body: { TaskID: json.taskId, SdkAppId: SDK_APP_ID },
								json: true,
							},
							itemIndex,
						),
				),
			);
		},
		{ ...options, items: ids.map((taskId) => ({ json: { taskId } })) },
	);
}

/** CPU time of this process per item, in milliseconds. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
	const before = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000 / ITEMS;
}

export async function benchOverhead(): Promise<Row[]> {
	const keys = Array.from({ length: (ROUNDS + WARM_UP) * EXECUTIONS }, (_, index) => ({
		secretId: `AKIDBENCH${index}`,
		secretKey: `ExampleSecretKey${index}`,
	}));
	const emulator = await startEmulatorProcess({ keys });
	const engine = await startEngine(emulator);
	try {
		const { ids } = await emulator.addTasks(Array.from({ length: ITEMS_PER_EXECUTION }, () => 0));
		const url = `${emulator.url}/`;
		const read = parametersRead();
		const readAndSigned: Send = async (context, request, itemIndex) => {
			for (const name of read) context.getNodeParameter(name, itemIndex, null);
			return await signed(context, request, itemIndex);
		};
		const asNode = { nodeType: NODE_TYPE, parameters: PARAMETERS };
		const ways = {
			node: async (key: string) => await describeInNode(engine, key, ids, false),
			signed: async (key: string) => await describeBare(engine, key, url, ids, signed),
			read: async (key: string) => await describeBare(engine, key, url, ids, readAndSigned, asNode),
			unsigned: async (key: string) => await describeBare(engine, key, url, ids, unsigned),
		};
		const names = Object.keys(ways) as Array<keyof typeof ways>;
		const times: Record<keyof typeof ways, number[]> = {
			node: [],
			signed: [],
			read: [],
			unsigned: [],
		};
		for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
			const fresh = keys.slice(round * EXECUTIONS, (round + 1) * EXECUTIONS);
			for (const name of rotated(names, round)) {
				const taken = await cpuOf(async () => {
					for (const { secretId } of fresh) await ways[name](secretId);
				});
				if (round >= WARM_UP) times[name].push(taken);
			}
		}
		const cpu = (name: keyof typeof ways) => `${spread(times[name])} ms`;
		const against = (name: keyof typeof ways) => {
			const added = median(times.node) - median(times[name]);
			return `${spread(ratios(times.node, times[name]))}, ${added >= 0 ? '+' : ''}${added.toFixed(2)} ms`;
		};
		const ratio = median(ratios(times.node, times.signed));
		return [
			{
				what: `CPU time per item, Describe without waiting (${ITEMS} items a round, ${ITEMS_PER_EXECUTION} per execution)`,
				ours: cpu('node'),
				comparedWith: `bare httpRequestWithAuthentication, same credential: ${cpu('signed')}`,
				ratio: against('signed'),
				goal: { text: `≤ ${GOAL}`, met: ratio <= GOAL },
			},
			{
				what: '… against reading the same parameters as well',
				ours: cpu('node'),
				comparedWith: `the same request after ${read.length} calls of getNodeParameter: ${cpu('read')}`,
				ratio: against('read'),
			},
			{
				what: '… against no signature',
				ours: cpu('node'),
				comparedWith: `bare httpRequest, unsigned (and refused): ${cpu('unsigned')}`,
				ratio: spread(ratios(times.node, times.unsigned)),
			},
		];
	} finally {
		await engine.close();
		await emulator.close();
	}
}
