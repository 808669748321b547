import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import { DEMO_KEYS, startEmulator } from '../../emulator/server.mts';
import type { Emulator, EmulatorOptions } from '../../emulator/server.mts';
import { createEngine } from '../../engine/runner.mts';
import type { BinaryMode, Engine, Run, RunResult } from '../../engine/runner.mts';

export const SDK_APP_ID = 1400127230;
export const SECRET_KEY = DEMO_KEYS[0].secretKey;
export const SESSION_TOKEN = 'TemporaryTokenThatNobodyMaySee';

const NODE = 'Tencent Whiteboard';
const CREDENTIAL = 'Account';

export interface Outcome {
	run: RunResult;
	/** Items of the node's outputs: with `continueErrorOutput` the second one is the error output. */
	main: INodeExecutionData[];
	errors: INodeExecutionData[];
}

/** The built node in n8n's own engine, and the emulator it talks to. */
export interface Bench {
	emulator: Emulator;
	engine: Engine;
	/** What the node logged. */
	logs: Array<{ message: string; metadata: IDataObject }>;
	start(items: IDataObject[], parameters?: INodeParameters, node?: Partial<INode>): Run;
	/** One item for every task, unless items are given; fails the test when a secret shows up anywhere. */
	describe(
		items: IDataObject[] | string[],
		parameters?: INodeParameters,
		node?: Partial<INode>,
	): Promise<Outcome>;
	close(): Promise<void>;
}

export interface BenchOptions extends EmulatorOptions {
	/** Changes to the credential, or an endpoint of its own. */
	credential?: IDataObject;
	binaryMode?: BinaryMode;
	/** Nodes of the test's own, by full name. */
	nodes?: Record<string, INodeType>;
}

/** Everything that must never appear in an output. */
function assertNoSecret(text: string, secrets: unknown[]): void {
	for (const secret of secrets) {
		if (typeof secret === 'string' && secret.length > 5 && text.includes(secret)) {
			throw new Error(
				`A secret shows up: …${text.slice(Math.max(0, text.indexOf(secret) - 80)).slice(0, 160)}…`,
			);
		}
	}
}

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
	const { credential, binaryMode, nodes, ...emulatorOptions } = options;
	const emulator = await startEmulator({ ratePerSecond: Infinity, ...emulatorOptions });
	const [{ secretId, secretKey, token }] = emulator.keys;
	const data = {
		secretId,
		secretKey,
		sessionToken: token ?? '',
		site: 'custom',
		endpoint: emulator.url,
		...credential,
	};
	const logs: Bench['logs'] = [];
	const engine = await createEngine({
		packageDirs: ['.'],
		credentials: { [CREDENTIAL]: { type: 'tencentCloudApi', data } },
		onLog: (_level, message, metadata) =>
			logs.push({ message, metadata: (metadata ?? {}) as IDataObject }),
		binaryMode,
		nodes,
	});

	const start: Bench['start'] = (items, parameters = {}, node = {}) =>
		engine.run(
			{
				nodes: [
					{
						name: 'Start',
						type: 'n8n-nodes-base.manualTrigger',
						typeVersion: 1,
						position: [0, 0],
						parameters: {},
					},
					{
						name: NODE,
						type: 'n8n-nodes-tencent-whiteboard.tencentWhiteboard',
						typeVersion: 1,
						position: [200, 0],
						parameters: {
							resource: 'snapshot',
							operation: 'describeSnapshotTask',
							sdkAppId: '={{ $json.sdkAppId }}',
							taskId: '={{ $json.taskId }}',
							...parameters,
						},
						credentials: { tencentCloudApi: { id: '1', name: CREDENTIAL } },
						...node,
					},
				],
				connections: { Start: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
			},
			{ input: items.map((json) => ({ json })) },
		);

	const describe: Bench['describe'] = async (items, parameters, node) => {
		const rows = items.map((item) =>
			typeof item === 'string' ? { sdkAppId: SDK_APP_ID, taskId: item } : item,
		);
		const run = await start(rows, parameters, node).result;
		const shown = JSON.stringify(run.raw.data.resultData, (key, value: unknown) =>
			// The workflow's own copy is not an output, and holds no secret either.
			key === 'node' ? undefined : value,
		);
		assertNoSecret(shown + JSON.stringify(logs), [
			data.secretKey,
			data.sessionToken,
			'TC3-HMAC-SHA256',
		]);
		const [main = [], errors = []] = run.nodes[NODE]?.outputs ?? [];
		return { run, main, errors };
	};

	return {
		emulator,
		engine,
		logs,
		start,
		describe,
		close: async () => {
			await engine.close();
			await emulator.close();
		},
	};
}
