/** A failed task often comes as an API error on the action that reads it: each such code ends its task at the first poll. */
import { expect, test } from '@jest/globals';

import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

import { TERMINAL_CODES } from '../terminal-codes.mts';

const bench = useBench();

test.each(
	TERMINAL_CODES.flatMap(([resource, operation, codes]) =>
		codes.map((code) => [resource, operation, code]),
	),
)(
	'%s, %s: %s is the end of the task, not a fault of the poll',
	async (resource, operation, code) => {
		bench.emulator.setFault({ kind: 'apiError', code, message: 'It has failed.' });
		const read = async (onTaskFailure: string) =>
			await bench.describe([{}], {
				resource,
				operation,
				sdkAppId: SDK_APP_ID,
				taskId: 'the-task',
				waitUntilFinished: true,
				options: { onTaskFailure },
			});
		const { label, idField } = findOperation(resource, operation)!.task!;
		expect((await read('output')).main[0].json).toMatchObject({
			[idField]: 'the-task',
			ErrorCode: code,
		});
		const { run } = await read('error');
		expect(run.error!.message).toContain(`The ${label} the-task ended with ${code}`);
		expect(bench.emulator.calls).toHaveLength(2);
	},
);
