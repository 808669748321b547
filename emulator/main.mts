/** `npm run emulator`: the service on this machine, with the documented example in it. */
import { parseArgs } from 'node:util';

import { DOCUMENTED_EXAMPLE, seedDocumentedExample, startEmulator } from './server.mts';

const USAGE = `Usage: npm run emulator -- [--port 8080] [--rate 20] [--run-seconds 3]
  --port         port on 127.0.0.1; 0 for any free one
  --rate         requests per second and action; 0 for no limit
  --run-seconds  how long new tasks run
`;

const say = (line: string) => process.stdout.write(`${line}\n`);

function fail(message: string): never {
	process.stderr.write(`${message}\n\n${USAGE}`);
	process.exit(2);
}

function numberOption(name: string, text: string): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
		fail(`--${name} must be a number of 0 or more, not "${text}".`);
	}
	return value;
}

function readOptions() {
	try {
		return parseArgs({
			options: {
				port: { type: 'string', default: '8080' },
				rate: { type: 'string', default: '20' },
				'run-seconds': { type: 'string', default: '3' },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch (error) {
		fail(error instanceof Error ? error.message : String(error));
	}
}

async function main(): Promise<void> {
	const values = readOptions();
	if (values.help) {
		process.stdout.write(USAGE);
		return;
	}
	const port = numberOption('port', values.port);
	if (!Number.isInteger(port) || port > 65535) fail(`--port must be a port, not "${values.port}".`);
	const rate = numberOption('rate', values.rate);
	const runSeconds = numberOption('run-seconds', values['run-seconds']);

	const emulator = await startEmulator({
		port,
		ratePerSecond: rate === 0 ? Infinity : rate,
		runSeconds,
		log: (line) => say(`${new Date().toISOString()} ${line}`),
	});
	seedDocumentedExample(emulator, { runSeconds });

	say(`Tencent Interactive Whiteboard emulator: ${emulator.url}`);
	say('');
	say('Credential "Tencent Cloud API":');
	for (const { secretId, secretKey } of emulator.keys) {
		say(`  SecretId   ${secretId}`);
		say(`  SecretKey  ${secretKey}   (invented, for this emulator only)`);
	}
	say(`  Site       Custom, with the endpoint ${emulator.url}`);
	say('');
	say('A snapshot task to ask for:');
	say(`  SdkAppId   ${DOCUMENTED_EXAMPLE.sdkAppId}`);
	say(`  TaskID     ${DOCUMENTED_EXAMPLE.taskId}   (finished ${runSeconds} s from now)`);
	say('');
	say('Ctrl+C ends it.');

	const stop = () => {
		void emulator.close().then(() => say('Closed.'));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: NodeJS.ErrnoException) => {
	process.stderr.write(
		error.code === 'EADDRINUSE'
			? 'The port is taken already; choose another with --port.\n'
			: `${error.stack ?? error.message}\n`,
	);
	process.exitCode = 1;
});
