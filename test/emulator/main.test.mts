/** The command line, run by Node itself: the files must also work without any transformation. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { DEMO_KEYS, DOCUMENTED_EXAMPLE } from '../../emulator/server.mts';
import { officialClient } from './official-sdk.mts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

function start(...options: string[]) {
	const child = spawn(fromRoot('node_modules/.bin/node'), [
		fromRoot('emulator/main.mts'),
		...options,
	]);
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (part: Buffer) => {
			output += part.toString();
		});
	}
	return { child, closed: once(child, 'close'), output: () => output };
}

test('prints where it is and ends on Ctrl+C', async () => {
	const { child, closed, output } = start('--port', '0', '--run-seconds', '0', '--rate', '0');
	try {
		while (!output().includes('Ctrl+C')) await once(child.stdout, 'data');
		const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0] ?? '';
		expect(output()).toContain(DEMO_KEYS[0].secretId);
		const answer = await officialClient({ url, ...DEMO_KEYS[0] }).request('DescribeSnapshotTask', {
			TaskID: DOCUMENTED_EXAMPLE.taskId,
			SdkAppId: DOCUMENTED_EXAMPLE.sdkAppId,
		});
		expect(answer.Status).toBe('Finished');
	} finally {
		child.kill('SIGINT');
	}
	expect(await closed).toEqual([0, null]);
	expect(output()).toContain('Closed.');
	expect(output()).not.toContain('Warning');
});

test('says what is wrong with its options', async () => {
	const { closed, output } = start('--port', 'many');
	expect(await closed).toEqual([2, null]);
	expect(output()).toContain('--port must be a number');
});
