import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { NodeApiError } from 'n8n-workflow';

import { openRuntime } from '../../engine/runtime.mts';
import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';
import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';

import { line } from './line.mts';

interface PackageFile {
	version: string;
	dependencies: Record<string, string>;
}

const NODE_TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';

const bench = useBench({ runSeconds: 0 });

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, ...task });

test('engine and built node have the n8n of this line, one copy of it', async () => {
	const ofNode = createRequire(resolve('dist/nodes/TencentWhiteboard/TencentWhiteboard.node.js'));
	const core = ofNode('n8n-core/package.json') as PackageFile;
	const workflow = ofNode('n8n-workflow/package.json') as PackageFile;
	expect(core.version).toMatch(new RegExp(`^${line}\\.`));
	expect(workflow.version).toBe(core.dependencies['n8n-workflow']);

	// As the node throws it: n8n keeps a plain copy of an error with the run.
	const nodeType = bench.engine.nodeTypes.getByNameAndVersion(NODE_TYPE);
	const thrown: unknown = await bench.engine
		.runFunction(
			'Account',
			async function () {
				return await nodeType.execute!.call(this);
			},
			{
				nodeType: NODE_TYPE,
				parameters: {
					resource: 'snapshot',
					operation: 'describeSnapshotTask',
					sdkAppId: SDK_APP_ID,
					taskId: 'unknown',
				},
			},
		)
		.catch((error: unknown) => error);
	expect(thrown).toBeInstanceOf(openRuntime().workflow.NodeApiError);
	expect(thrown).toBeInstanceOf(NodeApiError);
});

test('a snapshot task is described', async () => {
	const id = add({ snapshots: 2 });
	const { run, main } = await bench.describe([id]);
	expect(run.status).toBe('success');
	expect(main).toEqual([
		{
			json: expect.objectContaining({
				TaskID: id,
				Status: 'Finished',
				Result: expect.objectContaining({ ErrorCode: 'OK', Total: 2 }),
			}),
			pairedItem: { item: 0 },
		},
	]);
});

test('an unknown task leaves on the error output, the others on the first', async () => {
	const ids = [add(), 'unknown', add()];
	const { run, main, errors } = await bench.describe(ids, {}, { onError: 'continueErrorOutput' });
	expect(run.status).toBe('success');
	expect(main.map(({ json, pairedItem }) => [json.TaskID, pairedItem])).toEqual([
		[ids[0], { item: 0 }],
		[ids[2], { item: 2 }],
	]);
	expect(errors).toEqual([
		{
			json: {
				sdkAppId: SDK_APP_ID,
				taskId: 'unknown',
				error: expect.any(String),
				message: expect.any(String),
				...(line === 2 && { details: expect.objectContaining({ TaskID: 'unknown' }) }),
			},
			pairedItem: { item: 1 },
		},
	]);
});

test.each([
	['memory', undefined],
	['filesystem', 'filesystem-v2'],
] as const)('a file is downloaded byte by byte in %s mode', async (binaryMode, kept) => {
	const own = await openBench({ runSeconds: 0, binaryMode });
	try {
		const id = own.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, snapshots: 2 });
		const { run, main } = await own.describe([id], { output: 'files', downloadFiles: true });
		expect(main).toHaveLength(2);
		for (const { json, binary } of main) {
			const { data } = binary!;
			const expected = Buffer.from(await (await fetch(json.Url as string)).arrayBuffer());
			expect(expected.length).toBeGreaterThan(60);
			expect(await run.binary(data)).toEqual(expected);
			expect(data.data).toBe(kept ?? expected.toString('base64'));
			expect(data).toMatchObject({ fileName: json.FileName, mimeType: 'image/png' });
		}
	} finally {
		await own.close();
	}
});

test('a sleep that is woken leaves no timer behind', async () => {
	const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
	const wake = new AbortController();
	const sleeping = system.sleep(60_000, wake.signal);
	wake.abort();
	await sleeping;
	const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
	expect(after).toBeLessThanOrEqual(before);
});
