/** Whatever an item's parameters hold: it is refused in words, or a request leaves that the API understands. */
import { test } from '@jest/globals';
import fc from 'fast-check';

import { findAction } from '../../emulator/facts.mts';
import { validateParams } from '../../emulator/validate.mts';
import { documentedAnswer } from './answers.mts';
import { openBench } from './bench.mts';
import { MODES } from './checks.mts';
import type { Execution } from './checks.mts';
import { fuzz } from './fuzz.mts';
import type { Received } from './hostile.mts';
import { operationNames, targetOf } from './operations.mts';
import { formOf, given, itemOf } from './values.mts';
import { shared } from '../set-up.mts';

const bench = shared(openBench);

const execution = fc.record({
	operation: fc.constantFrom(...operationNames),
	mode: fc.constantFrom(...MODES),
	deep: fc.boolean(),
	items: fc.array(
		fc.array(fc.record({ place: fc.nat(60), value: given() }), { maxLength: 8, size: 'max' }),
		{ minLength: 1, maxLength: 30, size: 'max' },
	),
});

type Given = Parameters<Parameters<typeof execution.map>[0]>[0];

/** What the API would refuse of a request, if anything. */
function refusal({ action, body }: Received, isCustom: boolean): string | undefined {
	const params = JSON.parse(body) as Record<string, unknown>;
	if (params === null || typeof params !== 'object' || Array.isArray(params)) return 'no object';
	const fact = findAction(action)?.action;
	// What a Custom API Call asks for, only the API can tell.
	if (!fact || isCustom) return undefined;
	try {
		validateParams(fact, params);
		return undefined;
	} catch (error) {
		const { message } = error as Error;
		// The pages of the API say "(1, 4294967295)"; rooms begin at 1 all the same.
		return /RoomId must be greater than 1\.$/.test(message) ? undefined : message;
	}
}

function toExecution({ operation, mode, deep, items }: Given, count: () => void): Execution {
	const form = formOf(targetOf(operation), deep);
	const refused: string[] = [];
	items.forEach(count);
	return {
		operation,
		mode,
		parameters: form.parameters,
		items: items.map((changes) => itemOf(form, changes)),
		answer: (request) => {
			const problem = refusal(request, operation === 'custom');
			if (problem) refused.push(`${problem} ${request.body.slice(0, 500)}`);
			return { body: JSON.stringify({ Response: documentedAnswer(request.action) }) };
		},
		spoken: (item) => JSON.stringify(items[item]).replaceAll('notANumber', 'NaN'),
		check: (_outcome, violated) => {
			for (const problem of refused) violated(`a request that the API refuses: ${problem}`);
		},
	};
}

test(
	'arbitrary parameters',
	async () =>
		await fuzz({
			name: 'parameters',
			cases: 200,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 8, size: 'max' }),
			run: async (batch, count) => await bench.run(batch.map((one) => toExecution(one, count))),
		}),
	600_000,
);
