import { expect, test } from '@jest/globals';

import { acceptedText, remainsOf } from '../../nodes/TencentWhiteboard/execute/ledger.ts';
import type { ItemRecord } from '../../nodes/TencentWhiteboard/execute/ledger.ts';

const started = (itemIndex: number): ItemRecord => ({
	itemIndex,
	task: {
		label: 'snapshot task',
		describe: 'DescribeSnapshotTask',
		idField: 'TaskID',
		id: `t-${itemIndex}.`,
	},
	handle: { action: 'CreateSnapshotTask', idField: 'TaskID', id: `t-${itemIndex}.` },
});

test('nothing started, nothing to tell', () => {
	expect(remainsOf([{ itemIndex: 0 }, { itemIndex: 1, answer: {} }])).toEqual({
		text: '',
		log: '',
		context: {},
	});
});

test('the text names twenty tasks, the log and the context all', () => {
	const records = Array.from({ length: 25 }, (_, index) => started(index));
	const { text, log, context } = remainsOf(records);
	const named = (where: string) =>
		records.filter(({ handle }) => where.includes(` ${handle!.id}`)).length;
	expect([named(text), named(log)]).toEqual([20, 25]);
	expect(text).toMatch(/^Tasks already started: .* and 5 more \(the log names all\)\.$/);
	expect(context.startedTasks).toHaveLength(25);
	expect(context).not.toHaveProperty('unknownOutcomes');
});

test('twenty are named without a word of more', () => {
	const records = Array.from({ length: 20 }, (_, index) => started(index));
	const ids = records.map(({ handle }) => handle!.id).join(', ');
	expect(remainsOf(records).text).toBe(`Tasks already started: ${ids}.`);
});

test('each action that was not answered has its own items', () => {
	const records = ['CreateTranscode', 'StopOnlineRecord', 'CreateTranscode'].map(
		(unanswered, itemIndex) => ({ itemIndex, unanswered }),
	);
	const doubt = 'was sent but not answered, and may have taken effect, for items:';
	expect(remainsOf(records).text).toBe(
		`CreateTranscode ${doubt} 0, 2. StopOnlineRecord ${doubt} 1.`,
	);
});

test('changes that were not answered are told by action and item', () => {
	const { text, context } = remainsOf([
		{ itemIndex: 0, unanswered: 'CreateSnapshotTask' },
		started(1),
		{ itemIndex: 2, unanswered: 'CreateSnapshotTask' },
	]);
	expect(text).toBe(
		'Tasks already started: t-1.. CreateSnapshotTask was sent but not answered, and may have taken effect, for items: 0, 2.',
	);
	expect(context.unknownOutcomes).toEqual([
		{ itemIndex: 0, action: 'CreateSnapshotTask' },
		{ itemIndex: 2, action: 'CreateSnapshotTask' },
	]);
});

test('an item says that its task exists, unless that is told already', () => {
	const text =
		'The snapshot task t-1. exists (CreateSnapshotTask was answered): read it with DescribeSnapshotTask and do not start it again.';
	expect(acceptedText(started(1), 'HTTP 502')).toBe(text);
	expect(acceptedText(started(1), 'The snapshot task t-1. is still Running')).toBe('');
	expect(acceptedText({ itemIndex: 0 }, '')).toBe('');
	const { task } = started(1);
	expect(acceptedText({ itemIndex: 0, task }, '')).toBe('');
});
