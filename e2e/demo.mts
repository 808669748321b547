/** Shows a person an example at work: npm start -- --example nightly-snapshots-to-storage */
import { createHash } from 'node:crypto';

import { installOnce } from './install.mts';
import { NIGHT, openNight } from './night.mts';

const RUN_SECONDS = 4;

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? '' : 's'}`;

async function showNight(): Promise<boolean> {
	const night = await openNight({
		onLog: (_level, _message, metadata) => {
			const { taskId, status, seconds } = metadata;
			if (typeof status !== 'string') return;
			console.log(
				`    task ${String(taskId).slice(0, 8)}  ${status}  ${Number(seconds).toFixed(1)} s`,
			);
		},
	});
	try {
		const { workflow, set } = night.prepare([
			{ runSeconds: 0, snapshots: 3 },
			{ runSeconds: RUN_SECONDS, snapshots: 2 },
			{
				runSeconds: 0,
				errorCode: 'InternalError',
				errorMessage: 'The room does not exist any more',
			},
		]);
		set('Tencent Whiteboard', { waitOptions: { pollInterval: 1 } });
		console.log(`Workflow  examples/${NIGHT}.json, with n8n's own nodes`);
		console.log(`Service   emulator on ${night.emulator.url}`);
		console.log(`Store     S3-compatible, on ${night.store.url}, bucket ${night.store.bucket}`);
		console.log(`Chat      webhook on ${night.chat.url}`);
		console.log(
			`Tasks     one finished, one that runs for ${RUN_SECONDS} seconds, one that failed\n`,
		);

		const run = night.engine.run(workflow, {
			onNodeDone: (name, { outputs }) => {
				const counts = outputs.map((items) => items.length);
				const problems = name === 'Tencent Whiteboard' && counts[1] > 0;
				console.log(
					`  ${name.padEnd(20)} ${count(counts[0] ?? 0, 'item')}${problems ? ` and ${count(counts[1], 'problem')}` : ''}`,
				);
			},
		});
		const stop = () => run.cancel();
		process.once('SIGINT', stop);
		const { status, error } = await run.result;
		process.off('SIGINT', stop);
		if (status !== 'success') {
			console.log(`\nThe workflow ended with status "${status}". ${error?.message ?? ''}`);
			return false;
		}

		console.log('\n  Bytes  SHA-256       Stored as');
		for (const [key, content] of night.store.objects()) {
			const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
			console.log(`${String(content.length).padStart(7)}  ${digest}  ${night.store.bucket}/${key}`);
		}
		const messages = night.chat.posts.map(({ body }) => body as { markdown: { content: string } });
		for (const { markdown } of messages) console.log(`\nPosted to the chat:\n${markdown.content}`);
		return true;
	} finally {
		await night.close();
	}
}

const DEMOS = new Map([[NIGHT, showNight]]);

/** Runs an example by its file's name; gives whether it ended well. */
export async function showExample(name: string): Promise<boolean> {
	const demo = DEMOS.get(name);
	if (!demo) throw new Error(`--example must be one of ${[...DEMOS.keys()].join(', ')}`);
	await installOnce();
	return await demo();
}
