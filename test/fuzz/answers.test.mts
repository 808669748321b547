/** Whatever the API answers: an item comes out for every one that went in, and no more than words go wrong. */
import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';

import { answer, documentedAnswer, replyOf, valueOfContent } from './answers.mts';
import type { Answer } from './answers.mts';
import { MODES, openBench } from './bench.mts';
import type { Bench, Execution } from './bench.mts';
import { fuzz } from './fuzz.mts';
import { targets, validValues } from './operations.mts';

let bench: Bench;
beforeAll(async () => {
	bench = await openBench({ binaryMode: 'filesystem' });
});
afterAll(async () => await bench.close());

/** One operation, the settings of all its items, and the answers that each item gets one after the other. */
const execution = fc.record({
	target: fc.constantFrom(...targets),
	mode: fc.constantFrom(...MODES),
	wait: fc.boolean(),
	output: fc.constantFrom('task', 'files'),
	simplify: fc.boolean(),
	returnAll: fc.boolean(),
	onTaskFailure: fc.constantFrom('error', 'output'),
	items: fc.array(fc.array(answer(), { minLength: 1, maxLength: 4 }), {
		minLength: 1,
		maxLength: 20,
		size: 'max',
	}),
});

type Given = Parameters<Parameters<typeof execution.map>[0]>[0];

function toExecution(
	{ target, mode, wait, items, ...settings }: Given,
	delivered: () => void,
): Execution {
	const { operation } = target;
	const { onTaskFailure, ...others } = settings;
	const asked = items.map(() => 0);
	return {
		target,
		mode,
		parameters: {
			...validValues(operation.fields),
			...others,
			limit: 150,
			waitUntilFinished: wait,
			waitOptions: { pollInterval: 0.1, timeout: 1, onTimeout: 'lastState' },
			options: { region: '={{ "item-" + $json.item }}', onTaskFailure },
		},
		items: items.map(() => ({})),
		answer: (request) => {
			const item = Number(request.region.slice('item-'.length));
			const given: Answer | undefined = items[item]?.[asked[item]];
			asked[item] += 1;
			if (given) {
				delivered();
				return replyOf(given, request);
			}
			return { body: JSON.stringify({ Response: documentedAnswer(request.action) }) };
		},
		mayGiveNone: () => operation.list !== undefined,
		spoken: (item) =>
			items[item].map((one) => JSON.stringify(valueOfContent(one.content, '')) ?? '').join(),
	};
}

test(
	'arbitrary answers',
	async () =>
		await fuzz(bench, {
			name: 'answers',
			cases: 800,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 12, size: 'max' }),
			executions: (batch, count) => batch.map((one) => toExecution(one, count)),
		}),
	600_000,
);
