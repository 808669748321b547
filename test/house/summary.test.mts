import { describe, expect, test } from '@jest/globals';
import type { TestResult } from '@jest/test-result';

import { closingLine, table, testParts, total } from '../../scripts/summary.mts';
import type { Part } from '../../scripts/summary.mts';

const lint: Part = { name: 'lint', result: 'passed', milliseconds: 21_400 };
const onTwo: Part = {
	name: 'tests on n8n 2',
	result: 'passed',
	milliseconds: 101_600,
	counts: { passed: 30, failed: 0 },
};
const onOne: Part = { ...onTwo, name: 'tests on n8n 1', counts: { passed: 12, failed: 0 } };

const failed = (part: Part, counts = part.counts): Part => ({ ...part, result: 'failed', counts });
const notRun = (part: Part): Part => ({
	...part,
	result: 'not run',
	milliseconds: 0,
	counts: undefined,
});

test('the table has a line for each part', () => {
	const parts = [
		failed(lint),
		notRun({ ...lint, name: 'scan' }),
		failed(onTwo, { passed: 29, failed: 1, skipped: 2 }),
		onOne,
	];
	expect(table(parts).split('\n')).toEqual([
		'lint             21 s  failed',
		'scan                   not run',
		'tests on n8n 2  102 s  29 passed, 1 failed, 2 skipped',
		'tests on n8n 1  102 s  12 passed, 0 failed',
	]);
});

describe('the closing line', () => {
	test.each([
		['all tests when all is well', [lint, onTwo, onOne], '42 passed, 0 failed'],
		['a part without tests', [failed(lint), onTwo, onOne], '42 passed, 1 failed'],
		['tests', [lint, failed(onTwo, { passed: 28, failed: 2 }), onOne], '40 passed, 2 failed'],
		[
			'both',
			[failed(lint), failed(onTwo, { passed: 28, failed: 2 }), onOne],
			'40 passed, 3 failed',
		],
		[
			'a part that failed without a failed test',
			[lint, failed(onTwo), onOne],
			'42 passed, 1 failed',
		],
		[
			'a build without which nothing else runs',
			[failed(lint), notRun(onTwo)],
			'0 passed, 1 failed',
		],
	])('counts %s', (_what, parts, expected) => {
		expect(closingLine(total(parts))).toBe(expected);
	});

	test('names what was skipped, if anything', () => {
		expect(closingLine({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
		expect(closingLine({ passed: 1, failed: 0, skipped: 3 })).toBe('1 passed, 0 failed, 3 skipped');
	});
});

describe('the results of Jest', () => {
	const file = (project: string | undefined, runtime: number, more: Partial<TestResult> = {}) =>
		({
			displayName: project && { name: project, color: 'white' },
			perfStats: { runtime },
			numPassingTests: 5,
			numFailingTests: 0,
			numPendingTests: 0,
			...more,
		}) as TestResult;

	test('are a part for each project, which has its share of the time', () => {
		const files = [file('n8n 2', 300), file('n8n 1', 200), file('n8n 2', 500)];
		expect(testParts(files, 500)).toEqual([
			{
				name: 'tests on n8n 2',
				result: 'passed',
				milliseconds: 400,
				counts: { passed: 10, failed: 0, skipped: 0 },
			},
			{
				name: 'tests on n8n 1',
				result: 'passed',
				milliseconds: 100,
				counts: { passed: 5, failed: 0, skipped: 0 },
			},
		]);
	});

	test.each([
		['a test that fails', { numPassingTests: 4, numFailingTests: 1 }, { passed: 4, failed: 1 }],
		[
			'a file that cannot be loaded',
			{ numPassingTests: 0, testExecError: { message: 'No such module', stack: '' } },
			{ passed: 0, failed: 1 },
		],
		[
			'a file that leaves something behind',
			{
				numFailingTests: 1,
				numPassingTests: 4,
				testExecError: { message: 'Left open: Timeout', stack: '' },
			},
			{ passed: 4, failed: 2 },
		],
	])('fail with %s', (_what, more, counts) => {
		expect(testParts([file(undefined, 1, more)], 1)).toEqual([
			expect.objectContaining({
				name: 'tests',
				result: 'failed',
				counts: { ...counts, skipped: 0 },
			}),
		]);
	});
});
