/** An engine with n8n's own nodes and this package, the whiteboard service, and the examples. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DEMO_KEYS, startEmulator } from '../emulator/server.mts';
import type { Emulator, EmulatorOptions } from '../emulator/server.mts';
import { createEngine } from '../engine/runner.mts';
import type { Engine, EngineOptions, StoredCredential, WorkflowJson } from '../engine/runner.mts';
import { bringToLoopback } from './loopback.mts';
import type { Surroundings } from './loopback.mts';
import { addToolType } from './tool-types.mts';

export const WHITEBOARD = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';
export const SDK_APP_ID = 1400127230;

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A workflow of examples/, to change before it runs. */
export interface Example {
	workflow: WorkflowJson;
	/** Changes parameters of a node, as a user would in its panel; returns all of them. */
	set(node: string, parameters?: INodeParameters): INodeParameters;
}

export function openExample(name: string, surroundings: Surroundings = {}): Example {
	const workflow = JSON.parse(
		readFileSync(folder(`../examples/${name}.json`), 'utf8'),
	) as WorkflowJson;
	bringToLoopback(workflow, surroundings);
	return {
		workflow,
		set(nodeName, parameters = {}) {
			const node = workflow.nodes.find((candidate) => candidate.name === nodeName);
			if (!node) throw new Error(`The example ${name} has no node named "${nodeName}"`);
			return Object.assign(node.parameters, parameters);
		},
	};
}

export interface House {
	emulator: Emulator;
	engine: Engine;
	close(): Promise<void>;
}

export interface HouseOptions extends EmulatorOptions {
	/** Besides the one of the whiteboard service, by name. */
	credentials?: Record<string, StoredCredential>;
	engine?: Partial<EngineOptions>;
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
	const { credentials, engine: engineOptions, ...emulatorOptions } = options;
	const emulator = await startEmulator(emulatorOptions);
	const [{ secretId, secretKey }] = DEMO_KEYS;
	const engine = await createEngine({
		packageDirs: [folder('..'), folder('node_modules/n8n-nodes-base'), folder('stand-in-agent')],
		credentials: {
			'Tencent Cloud account': {
				type: 'tencentCloudApi',
				data: { secretId, secretKey, site: 'custom', endpoint: emulator.url },
			},
			'OpenAI account': { type: 'openAiApi', data: {} },
			...credentials,
		},
		// Where a real n8n 2 keeps files, too.
		binaryMode: 'filesystem',
		...engineOptions,
	});
	addToolType(engine, WHITEBOARD);
	return {
		emulator,
		engine,
		close: async () => {
			await engine.close();
			await emulator.close();
		},
	};
}

/** The json of items, for comparing. */
export const jsonOf = (items: Array<{ json: IDataObject }> = []) => items.map(({ json }) => json);
