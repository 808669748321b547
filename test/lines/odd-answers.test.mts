/** Whole answers of shapes and sizes that nobody expects. */
import { describe, expect, test } from '@jest/globals';

import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

const bench = useBench({ runSeconds: 0 });

const serve = (body: string, status = 200) =>
	bench.emulator.setFault({ kind: 'status', status, body, contentType: 'application/json' });

/** A plain read, whatever the task. */
const read = async () => await bench.describe(['the-task']);

test('a byte order mark before the answer', async () => {
	serve('\ufeff{"Response":{"Status":"Finished"}}');
	expect((await read()).main[0].json).toEqual({ Status: 'Finished' });
});

test.each([204, 200, 202])('status %i without a body', async (status) => {
	serve('', status);
	expect((await read()).run.error!.message).toContain(
		'something that is not a Tencent Cloud answer',
	);
	expect(bench.emulator.calls).toHaveLength(3);
	bench.emulator.calls.length = 0;
	const create = { operation: 'createSnapshotTask', roomId: 1, sdkAppId: SDK_APP_ID };
	const { run } = await bench.describe([{}], create);
	expect(run.error!.description).toMatch(/^Whether the request took effect is unknown/);
	expect(bench.emulator.calls).toHaveLength(1);
});

test.each([
	'{"Response":[]}',
	'{"Response":"Finished"}',
	'{"Response":7}',
	'{"Response":{"Error":"broken"}}',
	'{"Response":{"Error":["InternalError"]}}',
	'{"Response":{"Error":{"Code":{"a":1},"Message":["b"]}}}',
])('%s', async (body) => {
	serve(body);
	const { message, description } = (await read()).run.error!;
	expect(message).toContain('something that is not a Tencent Cloud answer');
	expect(message + description!).not.toMatch(/\[object|undefined/);
});

describe('of great size', () => {
	const wait = { waitUntilFinished: true };
	const huge = 'word\n'.repeat(1_000_000);

	test('a message of 5 MB', async () => {
		serve(JSON.stringify({ Response: { Error: { Code: 'Brand.New', Message: huge } } }));
		const { message, description } = (await read()).run.error!;
		expect(message).toMatch(/^(word )+…$/);
		expect(message.length + description!.length).toBeLessThan(1500);
	});

	test('100,000 entries, 10 MB of JSON', async () => {
		const Snapshots = Array<string>(100_000).fill(`https://a.example/${'x'.repeat(80)}`);
		serve(JSON.stringify({ Response: { Status: 'Finished', Result: { Snapshots } } }));
		const [{ json }] = (await bench.describe(['the-task'], wait)).main;
		const { length } = (json.Result as typeof json & { Snapshots: string[] }).Snapshots;
		expect(length).toBe(100_000);
	});
});

test('a field that is nested 20,000 deep, with what looks like a secret in it', async () => {
	const deep = `${'{"a":['.repeat(10_000)}"TheSecret\\u0041"${']}'.repeat(10_000)}`;
	serve(`{"Response":{"Error":{"Code":"Brand.New","Message":"deep","Data":${deep}}}}`);
	expect((await read()).run.error!.message).toBe('deep');
});

test('a key __proto__ changes no prototype, and nothing of the item', async () => {
	serve('{"Response":{"__proto__":{"Error":{"Code":"Evil"}},"Status":"Finished","Tag":"\\u0041"}}');
	const [{ json }] = (await read()).main;
	expect(json).toMatchObject({ Status: 'Finished', Tag: 'A' });
	expect({}).not.toHaveProperty('Error');
});
