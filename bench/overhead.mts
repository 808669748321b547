/** What the node costs per item in CPU time, against n8n's own request helper in the same engine. */
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Engine } from '../engine/runner.mts';
import { describeInNode, RATE, startEmulatorProcess, startEngine } from './emulated.mts';
import { SDK_APP_ID } from './emulator-process.mts';
import { median, ratios, rotated, spread } from './stats.mts';
import type { Row } from './table.mts';

const ITEMS = 100;
/** The node starts so many requests without a pause for a key it has not used before. */
const ITEMS_PER_EXECUTION = RATE;
const EXECUTIONS = ITEMS / ITEMS_PER_EXECUTION;
const ROUNDS = 15;
const WARM_UP = 2;

type Send = (context: IExecuteFunctions, request: IHttpRequestOptions) => Promise<unknown>;

const signed: Send = async (context, request) =>
	await context.helpers.httpRequestWithAuthentication.call(context, 'tencentCloudApi', request);
const unsigned: Send = async (context, request) => await context.helpers.httpRequest(request);

/** The same requests by the bare helper, all at once. */
async function describeBare(
	engine: Engine,
	credential: string,
	url: string,
	ids: readonly string[],
	send: Send,
): Promise<void> {
	await engine.runFunction(
		credential,
		async function (items) {
			await Promise.all(
				items.map(
					async ({ json }) =>
						await send(this, {
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
						}),
				),
			);
		},
		{ items: ids.map((taskId) => ({ json: { taskId } })) },
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
		const ways = {
			node: async (key: string) => await describeInNode(engine, key, ids, false),
			signed: async (key: string) => await describeBare(engine, key, url, ids, signed),
			unsigned: async (key: string) => await describeBare(engine, key, url, ids, unsigned),
		};
		const names = Object.keys(ways) as Array<keyof typeof ways>;
		const times: Record<keyof typeof ways, number[]> = { node: [], signed: [], unsigned: [] };
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
		const added = median(times.node) - median(times.signed);
		return [
			{
				what: `CPU time per item, Describe without waiting (${ITEMS} items a round, ${ITEMS_PER_EXECUTION} per execution)`,
				ours: cpu('node'),
				comparedWith: `bare httpRequestWithAuthentication, same credential: ${cpu('signed')}`,
				ratio: `${spread(ratios(times.node, times.signed))}, ${added >= 0 ? '+' : ''}${added.toFixed(2)} ms`,
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
