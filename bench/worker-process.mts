/** n8n's engine with the node in a process of its own, as another main or worker process of n8n would be. */
import { once } from 'node:events';

import type { AccessKey } from '../emulator/server.mts';
import { describeInNode, startEngine } from './emulated.mts';

interface Account {
	url: string;
	keys: AccessKey[];
}

async function work(account: Account): Promise<void> {
	const engine = await startEngine(account);
	process.on('disconnect', () => process.exit());
	process.send?.('ready');
	const [ids] = (await once(process, 'message')) as [string[]];
	await describeInNode(engine, account.keys[0].secretId, ids, true);
	await engine.close();
	process.send?.('done');
}

if (import.meta.main) await work(JSON.parse(process.argv[2]) as Account);
