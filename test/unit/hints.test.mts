/** What n8n tells above the output, of all tasks together. */
import { describe, expect, test } from '@jest/globals';

import { executionHints } from '../../nodes/TencentWhiteboard/execute/hints.ts';
import type { TaskNote } from '../../nodes/TencentWhiteboard/execute/hints.ts';

const nothing: TaskNote = { links: 0, keptDays: 3 };
const timedOut: TaskNote = { ...nothing, running: 'timedOut' };
const notAwaited: TaskNote = { ...nothing, running: 'notAwaited' };
const withoutFiles: TaskNote = { ...nothing, withoutFiles: true };
const links = (count: number): TaskNote => ({ ...nothing, links: count });

test('is nothing where there is nothing to say', () => {
	for (const notes of [[], [nothing], [nothing, { ...nothing, withoutFiles: false }]]) {
		expect(executionHints(notes)).toEqual([]);
	}
});

test.each<[TaskNote, string, string, string]>([
	[
		timedOut,
		"The task is still running: raise 'Timeout (Seconds)' under 'Wait Options', or read it again later",
		"1 of 3 tasks is still running: raise 'Timeout (Seconds)' under 'Wait Options', or read it again later",
		"2 of 3 tasks are still running: raise 'Timeout (Seconds)' under 'Wait Options', or read them again later",
	],
	[
		notAwaited,
		"The task is still running: switch on 'Wait Until Finished'",
		"1 of 3 tasks is still running: switch on 'Wait Until Finished'",
		"2 of 3 tasks are still running: switch on 'Wait Until Finished'",
	],
	[
		withoutFiles,
		'The task has no result files',
		'1 of 3 tasks has no result files',
		'2 of 3 tasks have no result files',
	],
])('counts the tasks: %j', (note, alone, one, two) => {
	expect(executionHints([note])).toEqual([alone]);
	expect(executionHints([nothing, note, nothing])).toEqual([one]);
	expect(executionHints([note, nothing, note])).toEqual([two]);
});

describe('files that are links only', () => {
	const hint = (files: string, days: number, them: string) =>
		`The output links to ${files}: what is in Tencent Cloud's public bucket is deleted after ${days} days, so download or store ${them}, or have tasks write to a bucket of your own`;

	test('are counted over all tasks', () => {
		expect(executionHints([links(1)])).toEqual([hint('1 result file', 3, 'it')]);
		expect(executionHints([nothing, links(1), links(5000)])).toEqual([
			hint('5001 result files', 3, 'them'),
		]);
		expect(executionHints([{ links: 2, keptDays: 7 }])).toEqual([
			hint('2 result files', 7, 'them'),
		]);
	});

	test('are not spoken of where nobody knows how long they are kept', () => {
		expect(executionHints([{ links: 2 }, { links: 3 }])).toEqual([]);
	});
});

test('says each thing once', () => {
	const hints = executionHints([timedOut, notAwaited, withoutFiles, links(2), notAwaited]);
	expect(hints.map((hint) => hint.split(':')[0])).toEqual([
		'1 of 5 tasks is still running',
		'2 of 5 tasks are still running',
		'1 of 5 tasks has no result files',
		'The output links to 2 result files',
	]);
});
