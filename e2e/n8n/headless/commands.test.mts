/** Without a server: credentials and workflows are imported and run by n8n's own commands. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import {
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../../../emulator/server.mts';
import type { Emulator } from '../../../emulator/server.mts';
import { openExample } from '../../kit.mts';
import { CREDENTIAL, LINE, TEMPLATE, keysFor } from '../bench.mts';
import { openCommands } from '../n8n.mts';
import type { Commands } from '../n8n.mts';

let emulator: Emulator;
let commands: Commands;
before(async () => {
	emulator = await startEmulator();
	seedDocumentedExample(emulator, { runSeconds: 1 });
	commands = await openCommands(LINE, TEMPLATE);
});
after(async () => {
	commands.close();
	await emulator.close();
});

/** Runs a command with a file to read, and gives what it wrote. */
async function importFile(command: string, content: object): Promise<string> {
	const file = join(commands.userFolder, `${command.replace(':', '-')}.json`);
	writeFileSync(file, JSON.stringify(content));
	const { code, output } = await commands.run(command, `--input=${file}`);
	assert.equal(code, 0, output);
	return output;
}

test('n8n import:credentials and import:workflow take the credential and an example', async () => {
	const credential = {
		id: '1',
		name: CREDENTIAL,
		type: 'tencentCloudApi',
		data: keysFor(emulator),
	};
	assert.match(await importFile('import:credentials', [credential]), /imported 1 credential/i);
	const { workflow } = openExample('describe-snapshot-task');
	assert.match(
		await importFile('import:workflow', { id: 'example1', ...workflow }),
		/imported 1 workflow/i,
	);
});

test('n8n execute runs it, and its output has the task', async () => {
	const { code, output } = await commands.run('execute', '--id=example1', '--rawOutput');
	assert.equal(code, 0, output);
	const [text] = /^\{$[^]*?^\}$/m.exec(output) ?? [];
	assert.ok(text, output);
	const { data } = JSON.parse(text) as {
		data: {
			resultData: {
				runData: Record<
					string,
					Array<{ data: { main: Array<Array<{ json: { TaskID: string; Status: string } }>> } }>
				>;
			};
		};
	};
	const [[{ json }]] = data.resultData.runData['Tencent Whiteboard'][0].data.main;
	assert.deepEqual([json.TaskID, json.Status], [DOCUMENTED_EXAMPLE.taskId, 'Finished']);
});

test('n8n execute says what failed, and ends with 1', async () => {
	emulator.setFault({ kind: 'apiError', code: 'AuthFailure.SignatureFailure' });
	const { code, output } = await commands.run('execute', '--id=example1', '--rawOutput');
	emulator.clearFaults();
	assert.equal(code, 1, output);
	assert.match(output, /Secret Key/);
	assert.ok(!output.includes(keysFor(emulator).secretKey));
});
