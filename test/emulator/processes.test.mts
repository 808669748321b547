/** Several processes at one emulator. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { startEmulator } from '../../emulator/server.mts';
import type { AccessKey, Emulator } from '../../emulator/server.mts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function startClient({ url }: Emulator, { secretId, secretKey }: AccessKey, count: number) {
	const script = fromRoot('test/emulator/client-process.mts');
	const child = spawn(fromRoot('node_modules/.bin/node'), [
		script,
		...[url, secretId, secretKey, String(count)],
	]);
	let output = '';
	child.stdout.on('data', (part: Buffer) => {
		output += part.toString();
	});
	const closed = once(child, 'close');
	while (!output.startsWith('ready')) {
		await Promise.race([
			once(child.stdout, 'data'),
			closed.then(() => Promise.reject(new Error('The client ended'))),
		]);
	}
	return async () => {
		child.stdin.write('go\n');
		await closed;
		return JSON.parse(output.slice('ready\n'.length)) as string[];
	};
}

test('share the quota of their key, and nothing with another key', async () => {
	const keys = ['a', 'b'].map((name) => ({ secretId: `AKID${name}`, secretKey: name }));
	const emulator = await startEmulator({ ratePerSecond: 20, keys });
	try {
		const clients = await Promise.all(
			[keys[0], keys[0], keys[1]].map((key) => startClient(emulator, key, 15)),
		);
		const [first, second, other] = await Promise.all(clients.map((ask) => ask()));
		const refused = (codes: string[]) =>
			codes.filter((code) => code === 'RequestLimitExceeded').length;
		expect(refused([...first, ...second])).toBe(10);
		expect(refused(other)).toBe(0);
		expect(emulator.calls).toHaveLength(45);
	} finally {
		await emulator.close();
	}
});
