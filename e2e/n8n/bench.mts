/** What a test of the whole n8n starts with: an emulator, and an n8n of the line that the run is about. */
import { DEMO_KEYS, startEmulator } from '../../emulator/server.mts';
import type { Emulator, EmulatorOptions } from '../../emulator/server.mts';
import type { Env } from './environment.mts';
import type { Line } from './lines.mts';
import { startN8n } from './n8n.mts';
import type { N8n } from './n8n.mts';

/** Set by run.mts. */
export const LINE = Number(process.env.N8N_LINE) as Line;
export const TEMPLATE = process.env.N8N_TEMPLATE ?? '';

export const CREDENTIAL = 'Tencent Cloud account';

/** What the credential of the whiteboard service holds, for an emulator. */
export const keysFor = ({ url }: Emulator) => {
	const [{ secretId, secretKey }] = DEMO_KEYS;
	return { secretId, secretKey, site: 'custom', endpoint: url };
};

export interface Bench {
	emulator: Emulator;
	n8n: N8n;
	close(): Promise<void>;
}

export interface BenchOptions extends EmulatorOptions {
	env?: Env;
}

export async function openBench({ env, ...options }: BenchOptions = {}): Promise<Bench> {
	const emulator = await startEmulator(options);
	const n8n = await startN8n({ line: LINE, template: TEMPLATE, env });
	await n8n.createCredential(CREDENTIAL, 'tencentCloudApi', keysFor(emulator));
	return {
		emulator,
		n8n,
		close: async () => {
			await n8n.close();
			await emulator.close();
		},
	};
}
