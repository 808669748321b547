/**
 * The main job in one command: runs examples/describe-snapshot-task.json in n8n's own engine, against the
 * emulator or, with keys in the environment, against Tencent Cloud.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
	DEMO_KEYS,
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../emulator/server.mts';
import { createEngine, type StoredCredential, type WorkflowJson } from './runner.mts';

const EXAMPLE = 'examples/describe-snapshot-task.json';
const NODE = 'Tencent Whiteboard';
const TRIGGER = 'Start';

const USAGE = `Usage: npm start                                        against the emulator
       npm start -- --example nightly-snapshots-to-storage      another example, with n8n's own nodes
       npm start -- --site china --sdk-app-id ID --task-id ID   against Tencent Cloud

The second form takes the keys from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY
(and TENCENTCLOUD_TOKEN for temporary ones).

  --site        international (default) or china
  --region      default: that of the site
  --sdk-app-id  the whiteboard application
  --task-id     the snapshot task`;

interface Target {
	/** Where the requests go, in words. */
	service: string;
	credential: StoredCredential;
	sdkAppId: number | string;
	taskId: string;
	close(): Promise<void>;
}

interface Choices {
	site?: string;
	region?: string;
	'sdk-app-id'?: string;
	'task-id'?: string;
	example?: string;
}

const DEMO_SECONDS = 5;

async function emulated(): Promise<Target> {
	const emulator = await startEmulator();
	seedDocumentedExample(emulator, { runSeconds: DEMO_SECONDS });
	const [{ secretId, secretKey }] = DEMO_KEYS;
	return {
		service: `emulator on ${emulator.url} (the task runs for ${DEMO_SECONDS} seconds)`,
		credential: {
			type: 'tencentCloudApi',
			data: { secretId, secretKey, site: 'custom', endpoint: emulator.url },
		},
		sdkAppId: DOCUMENTED_EXAMPLE.sdkAppId,
		taskId: DOCUMENTED_EXAMPLE.taskId,
		close: async () => await emulator.close(),
	};
}

function real(choices: Choices, secretId: string, secretKey: string): Target {
	const { site = 'international', 'sdk-app-id': sdkAppId, 'task-id': taskId } = choices;
	if (!['international', 'china'].includes(site))
		throw new Error(`--site must be international or china, not ${site}`);
	if (!sdkAppId || !taskId) throw new Error('The real service needs --sdk-app-id and --task-id');
	return {
		service: `Tencent Cloud, ${site} site`,
		credential: {
			type: 'tencentCloudApi',
			data: {
				secretId,
				secretKey,
				sessionToken: process.env.TENCENTCLOUD_TOKEN ?? '',
				site,
				region: choices.region ?? '',
			},
		},
		sdkAppId,
		taskId,
		close: async () => {},
	};
}

function readChoices(): Choices {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		options: {
			site: text,
			region: text,
			'sdk-app-id': text,
			'task-id': text,
			example: text,
			help: { type: 'boolean' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		process.exit(0);
	}
	return values;
}

async function choose(choices: Choices): Promise<Target> {
	const { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey } = process.env;
	if (secretId && secretKey) return real(choices, secretId, secretKey);
	if (Object.keys(choices).length > 0) {
		throw new Error(
			'Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY to ask the real service',
		);
	}
	return await emulated();
}

async function main(): Promise<boolean> {
	const { example, ...choices } = readChoices();
	if (example !== undefined) {
		const { showExample } = await import('../e2e/demo.mts');
		return await showExample(example);
	}
	const target = await choose(choices);
	const workflow = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as WorkflowJson;
	const node = workflow.nodes.find(({ name }) => name === NODE)!;
	Object.assign(node.parameters, { sdkAppId: target.sdkAppId, taskId: target.taskId });

	console.log(`Workflow  ${EXAMPLE} (${TRIGGER} → ${NODE}, waiting until finished)`);
	console.log(`Service   ${target.service}`);
	console.log(`Task      ${target.taskId} of application ${target.sdkAppId}\n`);

	const engine = await createEngine({
		packageDirs: ['.'],
		credentials: { 'Tencent Cloud account': target.credential },
		onLog: (_level, _message, metadata) => {
			const { status, polls, seconds } = metadata ?? {};
			if (typeof status === 'string') {
				console.log(
					`  ${status.padEnd(10)} poll ${String(polls).padEnd(3)} ${Number(seconds).toFixed(1).padStart(6)} s`,
				);
			}
		},
	});
	const started = performance.now();
	const run = engine.run(workflow, { startNode: TRIGGER });
	process.once('SIGINT', () => run.cancel());
	try {
		const { status, error, nodes } = await run.result;
		const seconds = ((performance.now() - started) / 1000).toFixed(1);
		const items = nodes[NODE]?.outputs[0] ?? [];
		if (status !== 'success') {
			console.log(`\nThe workflow ended with status "${status}" after ${seconds} s`);
			if (error) console.log(`${error.message}\n${error.description ?? ''}`);
			return false;
		}
		console.log(
			`\nFinished after ${seconds} s with ${items.length} item${items.length === 1 ? '' : 's'}:`,
		);
		for (const { json } of items) console.log(JSON.stringify(json, null, 2));
		return true;
	} finally {
		await engine.close();
		await target.close();
	}
}

try {
	if (!(await main())) process.exitCode = 1;
} catch (error) {
	console.error(`${(error as Error).message}\n\n${USAGE}`);
	process.exitCode = 1;
}
