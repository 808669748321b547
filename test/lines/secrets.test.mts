/** A service, or something before it, that gives back what it was sent: none of the secrets comes out anywhere. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import type { EchoForm } from '../../emulator/faults.mts';
import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';
import type { Outcome } from '../engine/whiteboard.mts';

const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';
const KEY = 'TheSecretKeyOfThisAccount0000000';
const TOKEN = 'The/Session+Token-Of_This.Account=='.repeat(5);
const SECRETS = [KEY, TOKEN, TOKEN.slice(0, 35), encodeURIComponent(TOKEN), 'tc3_request'];

const bench = useBench({
	runSeconds: 0,
	keys: [{ secretId: 'AKIDtemporary', secretKey: KEY, token: TOKEN }],
});

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });

/** All that n8n would show or store of a run, but the workflow itself. */
function assertHidden({ run }: Outcome): void {
	const results = run.raw.data.resultData;
	const all = JSON.stringify([results, bench.logs], (key, value: unknown) =>
		key === 'node' ? undefined : value,
	);
	for (const secret of SECRETS) expect(all).not.toContain(JSON.stringify(secret).slice(1, -1));
	expect(all).not.toMatch(/Signature=[0-9a-f]/);
}

const outputs = [
	{ name: 'stop', node: {} },
	{ name: 'error output', node: { onError: 'continueErrorOutput' } },
	{ name: 'Continue', node: { onError: 'continueRegularOutput' } },
] as const;

describe.each(['page', 'message', 'requestId', 'field', 'key'] satisfies EchoForm[])(
	'request headers that are echoed as %s',
	(as) => {
		beforeEach(() => bench.emulator.setFault({ kind: 'echo', as }));

		test.each(outputs)('On Error: $name', async ({ node }) => {
			const id = add({ errorCode: 'SnapshotFail', errorMessage: 'no' });
			for (const parameters of [{}, { waitUntilFinished: true }, { output: 'files' }]) {
				assertHidden(await bench.describe([id], parameters, node));
			}
			expect(bench.emulator.calls.every(({ headers }) => headers['x-tc-token'] === TOKEN)).toBe(
				true,
			);
		});

		test('of changes, lists and custom calls', async () => {
			const operations: IDataObject[] = [
				{ resource: 'snapshot', operation: 'createSnapshotTask', roomId: 1 },
				{ resource: 'application', operation: 'describeApplicationInfos' },
				{ resource: 'snapshot', operation: 'custom', customAction: 'DescribeUserStatus' },
			];
			for (const parameters of operations) {
				const outcome = await bench.describe([{}], {
					sdkAppId: SDK_APP_ID,
					...parameters,
				} as never);
				assertHidden(outcome);
			}
			expect(new Set(bench.emulator.calls.map(({ action }) => action)).size).toBe(3);
		});

		test('in From List', async () => {
			const node = bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1);
			const found = await bench.engine.runFunction(
				'Account',
				async function (this: IExecuteFunctions) {
					const context = this as unknown as ILoadOptionsFunctions;
					return await node
						.methods!.listSearch!.applications.call(context)
						.catch(({ message, description }: Error & { description: string }) => [
							message,
							description,
						]);
				},
			);
			for (const secret of SECRETS) expect(JSON.stringify(found)).not.toContain(secret);
		});
	},
);

test('an item with an echo keeps all the rest of its fields', async () => {
	const id = add();
	bench.emulator.setFault({ kind: 'echo', as: 'field' });
	const [{ json }] = (await bench.describe([id])).main;
	expect(json).toMatchObject({ TaskID: id, Status: 'Finished', Result: { ErrorCode: 'OK' } });
	const { Headers, All } = json.Debug as { Headers: IDataObject; All: string[] };
	expect(Headers).toMatchObject({ 'x-tc-token': '***', 'x-tc-action': 'DescribeSnapshotTask' });
	expect(Headers.authorization).toBe('***, SignedHeaders=content-type;host, ***');
	expect(All[0]).toContain('x-tc-token: ***\n');
});

describe('a secret in the fields of a task', () => {
	const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1, timeout: 0.3 } };

	test.each<[string, IDataObject, object]>([
		['its status, which is logged', { Status: `Running ${TOKEN}` }, wait],
		['its error', { 'Result.ErrorCode': KEY, 'Result.ErrorMessage': TOKEN }, wait],
		['its ID', { TaskID: TOKEN }, wait],
		[
			'its files',
			{ 'Result.Snapshots': [`https://x.example/${KEY}?a=${KEY}`] },
			{ output: 'files' },
		],
		['a result of another shape', { 'Result.Snapshots': { [KEY]: TOKEN } }, { output: 'files' }],
	])('%s', async (_, fields, parameters) => {
		for (const { node } of outputs) {
			const id = add({ errorCode: 'E', errorMessage: 'e' });
			bench.emulator.setFault({ kind: 'fields', fields });
			assertHidden(await bench.describe([id], parameters as never, node));
		}
	});

	test('the ID of a task that was started, which ends in errors and logs', async () => {
		bench.emulator.addFault({
			kind: 'fields',
			action: 'CreateSnapshotTask',
			fields: { TaskID: `id ${TOKEN}` },
		});
		const outcome = await bench.describe([{}, {}], {
			resource: 'snapshot',
			operation: 'createSnapshotTask',
			sdkAppId: SDK_APP_ID,
			roomId: 1,
			...wait,
		} as never);
		expect(outcome.run.status).toBe('error');
		expect(JSON.stringify(bench.logs)).toContain('id ***');
		assertHidden(outcome);
	});
});

test('links to files keep their signatures in items, and not in errors', async () => {
	const url = `${bench.emulator.url}/files/none.png?q-sign-algorithm=sha1&q-ak=AKID&q-signature=${'0123456789'.repeat(4)}`;
	const id = add({ snapshots: [url] });
	expect((await bench.describe([id])).main[0].json.Result).toMatchObject({ Snapshots: [url] });
	expect((await bench.describe([id], { output: 'files' })).main[0].json.Url).toBe(url);
	const failing = add({ errorCode: 'Failed', errorMessage: `Cannot write ${url}` });
	const { run } = await bench.describe([failing], { waitUntilFinished: true });
	expect(run.error!.message).toBe(
		`The snapshot task ${failing} ended with Failed: Cannot write ${url.split('?')[0]}?…`,
	);
});
