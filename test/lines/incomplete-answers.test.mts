/** Answers that begin and never come whole: a read is sent again, of a change nobody knows what it did. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { SDK_APP_ID } from '../engine/whiteboard.mts';
import { broken, damaged, incomplete, pass } from '../faults/gateway.mts';
import type { Step } from '../faults/gateway.mts';
import { Benches, addTasks, assertClear, assertItems, errorOutput } from '../faults/harness.mts';
import type { GatewayBench } from '../faults/harness.mts';

const benches = new Benches();
let bench: GatewayBench;
beforeAll(async () => {
	bench = await benches.behindGateway();
});
afterAll(async () => await benches.close());

/** One item for each step, which reads a task that meets it. */
async function read(steps: Step[], ...then: Step[]) {
	const ids = addTasks(bench, steps.length);
	ids.forEach((id, index) => bench.gateway.script(id, steps[index], ...then));
	const outcome = await bench.describe(ids, {}, errorOutput);
	return { ids, outcome, counts: ids.map((id) => bench.gateway.of(id).length) };
}

describe.each([
	['status 200', incomplete(200)],
	// n8n then hands the request to the credential and sends it once more, unless it is kept from that.
	['status 401', incomplete(401).filter(({ name }) => !name.includes('gzip stream'))],
	['status 502', incomplete(502)],
	['no status', [...Object.values(broken).slice(0, 4), damaged.noHttp]],
])('%s', (_, steps) => {
	test('a read is sent again, and the answer comes', async () => {
		const { ids, outcome, counts } = await read(steps, pass);
		assertItems(outcome, ids, () => 'finished');
		expect(counts).toEqual(steps.map(() => 2));
	});

	test('a read that always meets it is an error of its item, after three tries', async () => {
		const { outcome, counts } = await read(steps);
		expect(outcome.main).toEqual([]);
		expect(outcome.errors).toHaveLength(steps.length);
		for (const { json } of outcome.errors) assertClear(json.error, json.message);
		expect(counts).toEqual(steps.map(() => 3));
	});

	test.each(steps.map((step) => [step.name, step] as const))(
		'a change that meets "%s" is sent once, and its outcome said to be unknown',
		async (__, step) => {
			const { gateway } = bench;
			gateway.otherwise = step;
			gateway.received.length = 0;
			try {
				const { run } = await bench.describe([{}], {
					resource: 'snapshot',
					operation: 'createSnapshotTask',
					sdkAppId: SDK_APP_ID,
					roomId: '7',
				});
				expect(gateway.received).toHaveLength(1);
				expect(run.error!.message).toContain(gateway.url);
				expect(run.error!.description).toMatch(
					/^Whether the request took effect is unknown, so it was not sent again: check before/,
				);
				expect(run.error!.context).toMatchObject({
					unknownOutcomes: [{ itemIndex: 0, action: 'CreateSnapshotTask' }],
				});
			} finally {
				gateway.otherwise = pass;
			}
		},
	);
});
