import type { IDataObject } from 'n8n-workflow';

import type { Resource, TaskSpec } from '../types';
import { sdkAppId } from './common';

const resultOf = (answer: IDataObject) => answer.Result as IDataObject | null | undefined;

/**
 * There is no failed status: a finished task succeeded only when its result's own code is empty or
 * "OK" (DescribeSnapshotTask, page 1176/55152). A finished task without a result has nothing to show.
 */
const snapshotTask: TaskSpec = {
	label: 'snapshot task',
	describe: 'DescribeSnapshotTask',
	idField: 'TaskID',
	status: (answer) => String(answer.Status ?? 'without a status'),
	classify: (answer) => {
		if (answer.Status !== 'Finished') return 'pending';
		const result = resultOf(answer);
		return result && ['', 'OK'].includes(String(result.ErrorCode ?? '')) ? 'succeeded' : 'failed';
	},
	failure: (answer) => {
		const result = resultOf(answer);
		return result
			? { code: String(result.ErrorCode ?? ''), message: String(result.ErrorMessage ?? '') }
			: { code: '', message: 'the answer holds no result' };
	},
	terminalErrorCodes: [],
};

export const snapshot: Resource = {
	name: 'Snapshot',
	value: 'snapshot',
	description: 'Images of whiteboard pages',
	operations: [
		{
			name: 'Describe Snapshot Task',
			value: 'describeSnapshotTask',
			action: 'Describe snapshot task',
			description: 'Get the state of a snapshot task and the links to its images',
			api: 'DescribeSnapshotTask',
			readOnly: true,
			fields: [
				sdkAppId,
				{
					displayName: 'Task ID',
					name: 'taskId',
					api: 'TaskID',
					kind: 'string',
					required: true,
					placeholder: 'e.g. f2e1728c-6e87-4481-abe1-cde8542a5a10',
					description: 'The ID that Create Snapshot Task answered with',
				},
			],
			task: snapshotTask,
		},
	],
};
