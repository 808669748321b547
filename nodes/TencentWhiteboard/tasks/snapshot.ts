import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from '../text';
import type { TaskSpec } from '../types';
import { listedFiles } from './links';

const resultOf = ({ Result }: IDataObject) => (isObject(Result) ? Result : undefined);

/**
 * There is no failed status: a finished task succeeded only when its result's own code is empty or
 * "OK" (DescribeSnapshotTask, page 1176/55152). A finished task without a result has nothing to show.
 */
export const snapshotTask: TaskSpec = {
	label: 'snapshot task',
	describe: 'DescribeSnapshotTask',
	idField: 'TaskID',
	status: (answer) => textOf(answer.Status) || 'without a status',
	classify: (answer) => {
		if (answer.Status !== 'Finished') return 'pending';
		const result = resultOf(answer);
		return result && ['', 'OK'].includes(textOf(result.ErrorCode)) ? 'succeeded' : 'failed';
	},
	failure: (answer) => {
		const result = resultOf(answer);
		return result
			? { code: textOf(result.ErrorCode), message: textOf(result.ErrorMessage) }
			: { code: '', message: 'the answer holds no result' };
	},
	terminalErrorCodes: [],
	files: {
		list: (answer) => listedFiles(resultOf(answer)?.Snapshots, 'Snapshots'),
		keptDays: 3,
	},
};
