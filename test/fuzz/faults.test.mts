/** Whatever the network does and whenever somebody stops it: it ends, in time, and nothing follows. */
import { test } from '@jest/globals';
import fc from 'fast-check';

import type { Answer } from './answers.mts';
import { openBench } from './bench.mts';
import { MODES } from './checks.mts';
import { fuzz } from './fuzz.mts';
import { operationNames } from './operations.mts';
import { scripted } from './script.mts';
import { shared } from '../set-up.mts';

const bench = shared(openBench);

const documented = { kind: 'documented' as const, changes: [] };

const error = (code: string): Answer => ({
	content: { kind: 'error', code, message: `The service says ${code}`, requestId: 'a-request' },
	wire: {},
});

/** Places in an answer's bytes: none, some of the head, some of the body, nearly all. */
const share = () =>
	fc.oneof(fc.constantFrom(0, 0.05, 0.5, 0.999), fc.double({ min: 0, max: 1, noNaN: true }));

const fault = (): fc.Arbitrary<Answer> =>
	fc.oneof(
		{ weight: 4, arbitrary: fc.constant({ content: documented, wire: {} }) },
		{
			weight: 4,
			arbitrary: fc.record({
				content: fc.constant(documented),
				wire: fc.record({
					cut: fc.record({ at: share(), by: fc.constantFrom('fin' as const, 'rst' as const) }),
					framing: fc.constantFrom('length' as const, 'chunked' as const),
				}),
			}),
		},
		{
			weight: 2,
			arbitrary: share().map((stall) => ({ content: documented, wire: { stall } })),
		},
		{
			weight: 2,
			arbitrary: fc
				.integer({ min: 0, max: 400 })
				.map((delay) => ({ content: documented, wire: { delay } })),
		},
		{
			weight: 3,
			arbitrary: fc
				.constantFrom(
					'RequestLimitExceeded',
					'RequestLimitExceeded.UinLimitExceeded',
					'LimitExceeded.TaskConcurrency',
					'InternalError',
					'FailedOperation',
					'AuthFailure.SignatureFailure',
					'ResourceNotFound',
				)
				.map(error),
		},
		{
			weight: 2,
			arbitrary: fc.constantFrom(429, 500, 502, 503, 504).map((status) => ({
				content: { kind: 'text' as const, text: '<html>busy</html>' },
				wire: { status },
			})),
		},
	);

const execution = fc.record({
	operation: fc.constantFrom(...operationNames),
	mode: fc.constantFrom(...MODES),
	parameters: fc.record({
		waitUntilFinished: fc.boolean(),
		waitOptions: fc.record({
			pollInterval: fc.constant(0.1),
			timeout: fc.constantFrom(0, 0.3, 1),
			onTimeout: fc.constantFrom('error', 'lastState'),
		}),
	}),
	options: fc.record({ requestTimeout: fc.constant(1) }),
	items: fc.array(fc.array(fault(), { minLength: 1, maxLength: 5 }), {
		minLength: 1,
		maxLength: 15,
		size: 'max',
	}),
	cancelAfter: fc.oneof(
		{ weight: 3, arbitrary: fc.constant(undefined) },
		{ weight: 2, arbitrary: fc.integer({ min: 0, max: 1500 }) },
	),
});

test(
	'arbitrary faults',
	async () =>
		await fuzz({
			name: 'faults',
			cases: 200,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 40, size: 'max' }),
			run: async (batch, count) => await bench.run(batch.map((one) => scripted(one, count))),
		}),
	600_000,
);
