/** Whatever the API answers: an item comes out for every one that went in, and no more than words go wrong. */
import { test } from '@jest/globals';
import fc from 'fast-check';

import { locators } from '../../nodes/TencentWhiteboard/resources/locators.ts';
import { answer, documentedAnswer, replyOf } from './answers.mts';
import { openBench } from './bench.mts';
import { MODES } from './checks.mts';
import { fuzz } from './fuzz.mts';
import { json, text } from './json.mts';
import type { Json } from './json.mts';
import { operationNames } from './operations.mts';
import { scripted } from './script.mts';
import { shared } from '../set-up.mts';

const bench = shared(openBench);

/** One operation, the settings of all its items, and the answers that each item gets one after the other. */
const execution = fc.record({
	operation: fc.constantFrom(...operationNames),
	mode: fc.constantFrom(...MODES),
	parameters: fc.record({
		output: fc.constantFrom('task', 'files'),
		simplify: fc.boolean(),
		returnAll: fc.boolean(),
		limit: fc.constantFrom(1, 150),
		waitUntilFinished: fc.boolean(),
		waitOptions: fc.constant({ pollInterval: 0.1, timeout: 1, onTimeout: 'lastState' }),
	}),
	options: fc.record({ onTaskFailure: fc.constantFrom('error', 'output') }),
	items: fc.array(fc.array(answer(), { minLength: 1, maxLength: 4 }), {
		minLength: 1,
		maxLength: 20,
		size: 'max',
	}),
});

test(
	'arbitrary answers',
	async () =>
		await fuzz({
			name: 'answers',
			cases: 400,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 24, size: 'max' }),
			run: async (batch, count) => await bench.run(batch.map((one) => scripted(one, count))),
		}),
	600_000,
);

const search = fc.record({
	method: fc.constantFrom(...Object.keys(locators)),
	filter: fc.option(text(), { nil: undefined }),
	sdkAppId: fc.oneof({ weight: 3, arbitrary: fc.constant<Json>('1') }, json()),
	answers: fc.array(answer(), { minLength: 1, maxLength: 4 }),
});

test(
	'arbitrary answers to a list that the panel shows',
	async () =>
		await fuzz({
			name: 'searches',
			cases: 40,
			arbitrary: fc.array(search, { minLength: 1, maxLength: 60, size: 'max' }),
			run: async (batch, count) =>
				await bench.search(
					batch.map(({ answers, ...one }) => {
						const left = [...answers];
						return {
							...one,
							answer: (request) => {
								const next = left.shift();
								if (next) count();
								return next
									? replyOf(next, request)
									: { body: JSON.stringify({ Response: documentedAnswer(request.action) }) };
							},
							spoken: JSON.stringify(answers),
						};
					}),
				),
		}),
	600_000,
);
