/** Clocks that lie: what an answer's Date header does to the call that gets it, and to all that come later. */
import { describe, expect, test } from '@jest/globals';

import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

const bench = useBench({ runSeconds: 0 });

const expired = { kind: 'apiError', code: 'AuthFailure.SignatureExpire' } as const;
const read = async () =>
	await bench.describe([bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0 })]);

/** How far from the clock of this machine the last request was signed, in seconds. */
const skewOfLast = () => {
	const { headers } = bench.emulator.calls.at(-1)!;
	return Math.round(Number(headers['x-tc-timestamp']) - Date.now() / 1000);
};

describe.each([
	['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT'],
	['1970', 'Thu, 01 Jan 1970 00:00:00 GMT'],
	['no date at all', 'yesterday'],
])('a refusal that is dated %s', (_, text) => {
	test('is told, and harms no later call', async () => {
		bench.emulator.setFault(expired);
		bench.emulator.addFault({ kind: 'date', text });
		const { run } = await read();
		expect(run.error!.message).toBe('The clock of the n8n server is more than five minutes off');
		expect(run.error!.description).toContain(
			`The Date header of the answer, "${text}", is not credible and was ignored.`,
		);
		expect(bench.emulator.calls).toHaveLength(1);
		bench.emulator.clearFaults();
		expect((await read()).main).toHaveLength(1);
		expect(bench.emulator.calls).toHaveLength(2);
	});
});

test('a refusal without a Date is told as it is', async () => {
	bench.emulator.setFault(expired);
	bench.emulator.addFault({ kind: 'date', text: null });
	const { run } = await read();
	expect(run.error!.description).not.toContain('Date header');
	expect(bench.emulator.calls).toHaveLength(1);
});

test('a wrong Date that does not help is forgotten', async () => {
	bench.emulator.setFault(expired);
	bench.emulator.addFault({ kind: 'date', skewSeconds: 86_400 });
	await read();
	expect(bench.emulator.calls).toHaveLength(2);
	expect(skewOfLast()).toBeCloseTo(86_400, -1);
	bench.emulator.clearFaults();
	bench.emulator.calls.length = 0;
	expect((await read()).main).toHaveLength(1);
	expect(bench.emulator.calls).toHaveLength(1);
	expect(Math.abs(skewOfLast())).toBeLessThan(5);
});

test('a clock that was off and is right again costs one request, with a Date or without', async () => {
	for (const text of [undefined, null]) {
		bench.emulator.setFault({ kind: 'clock', skewSeconds: 3600 });
		expect((await read()).main).toHaveLength(1);
		expect(skewOfLast()).toBeCloseTo(3600, -1);
		bench.emulator.setFault({ kind: 'date', text });
		bench.emulator.calls.length = 0;
		expect((await read()).main).toHaveLength(1);
		expect(bench.emulator.calls.map(({ code }) => code)).toEqual([
			'AuthFailure.SignatureExpire',
			null,
		]);
		expect(Math.abs(skewOfLast())).toBeLessThan(5);
	}
});
