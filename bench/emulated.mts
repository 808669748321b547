/** Starts emulators in processes of their own, and n8n's engine with accounts there. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { DEMO_KEYS } from '../emulator/server.mts';
import type { AccessKey } from '../emulator/server.mts';
import { createEngine } from '../engine/runner.mts';
import type { BinaryMode, Engine, Run, WorkflowJson } from '../engine/runner.mts';
import { SDK_APP_ID } from './emulator-process.mts';
import type { Arrival, Born, Filed, Order, Settings } from './emulator-process.mts';
import { ROOT } from './machine.mts';

/** Tencent's default for every TIW action, in requests per second. */
export const RATE = 20;

export interface EmulatorProcess {
	url: string;
	keys: AccessKey[];
	/** Adds tasks that begin now, all at once. */
	addTasks(seconds: number[]): Promise<Born>;
	/** A task that has ended, with one file of zeros. */
	addFile(bytes: number): Promise<Filed>;
	/** Every call so far, in order. */
	arrivals(): Promise<Arrival[]>;
	close(): Promise<void>;
}

export async function startEmulatorProcess(
	options: Partial<Settings> = {},
): Promise<EmulatorProcess> {
	const settings: Settings = { ratePerSecond: null, keys: [...DEMO_KEYS], ...options };
	const child = fork(join(import.meta.dirname, 'emulator-process.mts'), [JSON.stringify(settings)]);
	const answer = async <T,>(): Promise<T> => {
		const gone = once(child, 'exit').then(() => {
			throw new Error('The emulator ended');
		});
		return (await Promise.race([once(child, 'message'), gone]))[0] as T;
	};
	const ask = async <T,>(order: Order): Promise<T> => {
		child.send(order);
		return await answer<T>();
	};
	const url = await answer<string>();
	return {
		url,
		keys: settings.keys,
		addTasks: async (seconds) => await ask({ order: 'tasks', seconds }),
		addFile: async (bytes) => await ask({ order: 'file', bytes }),
		arrivals: async () => await ask({ order: 'arrivals' }),
		close: async () => {
			const gone = once(child, 'exit');
			child.disconnect();
			await gone;
		},
	};
}

/** The built package in n8n's engine. Every key of the emulator is a credential, named by its secret ID. */
export async function startEngine(
	emulator: Pick<EmulatorProcess, 'url' | 'keys'>,
	binaryMode: BinaryMode = 'memory',
): Promise<Engine> {
	return await createEngine({
		binaryMode,
		packageDirs: [ROOT],
		credentials: Object.fromEntries(
			emulator.keys.map(({ secretId, secretKey }) => [
				secretId,
				{
					type: 'tencentCloudApi',
					data: { secretId, secretKey, site: 'custom', endpoint: emulator.url },
				},
			]),
		),
	});
}

const NODE = 'Tencent Whiteboard';
export const NODE_TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';

/** Describe Snapshot Task for the ID of each item. */
export const describeParameters: INodeParameters = {
	resource: 'snapshot',
	operation: 'describeSnapshotTask',
	sdkAppId: SDK_APP_ID,
	taskId: '={{ $json.taskId }}',
};

/** Begins to run Describe Snapshot Task in the node, in one execution. */
export function beginNode(
	engine: Engine,
	credential: string,
	ids: readonly string[],
	parameters: INodeParameters,
): Run {
	const workflow: WorkflowJson = {
		nodes: [
			{
				name: NODE,
				type: NODE_TYPE,
				typeVersion: 1,
				position: [0, 0],
				parameters: { ...describeParameters, ...parameters },
				credentials: { tencentCloudApi: { id: credential, name: credential } },
			},
		],
		connections: {},
	};
	const input = ids.map((taskId) => ({ json: { taskId } }));
	return engine.run(workflow, { startNode: NODE, input });
}

/** The same to its end: the items that come out. */
export async function runNode(
	...begun: Parameters<typeof beginNode>
): Promise<INodeExecutionData[]> {
	const { status, error, nodes } = await beginNode(...begun).result;
	if (status !== 'success') throw new Error(`The workflow ended with ${status}: ${error?.message}`);
	return nodes[NODE].outputs[0];
}

/** One item for every task. */
export async function describeInNode(
	engine: Engine,
	credential: string,
	ids: readonly string[],
	waitUntilFinished: boolean,
): Promise<void> {
	const items = await runNode(engine, credential, ids, { waitUntilFinished });
	const right = items.every(
		({ json }, index) =>
			json.TaskID === ids[index] && (!waitUntilFinished || json.Status === 'Finished'),
	);
	if (items.length !== ids.length || !right) throw new Error('The node gave other items');
}
