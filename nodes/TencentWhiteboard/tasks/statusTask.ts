import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../text';
import type { FailureReason, TaskSpec } from '../types';

/** The task's own error code; 0, "OK" and none at all mean that there was no error. */
function errorOf({ ErrorCode, ErrorMessage, ErrorMsg }: IDataObject): FailureReason | undefined {
	const code = textOf(ErrorCode);
	if (['', '0', 'OK'].includes(code)) return undefined;
	return { code, message: textOf(ErrorMessage) || textOf(ErrorMsg) };
}

/**
 * A task that has ended when its status is one of `ended`. It has failed if the answer has an error code
 * of its own or `failureReason` finds another one.
 */
export function statusTask({
	ended,
	failureReason,
	...spec
}: Omit<TaskSpec, 'idField' | 'status' | 'classify' | 'failure'> & {
	idField?: string;
	ended: string[];
	failureReason?(answer: IDataObject): FailureReason | undefined;
}): TaskSpec {
	const reasonOf = (answer: IDataObject) => errorOf(answer) ?? failureReason?.(answer);
	return {
		idField: 'TaskId',
		...spec,
		status: (answer) => textOf(answer.Status) || 'without a status',
		classify: (answer) => {
			if (!ended.includes(textOf(answer.Status))) return 'pending';
			return reasonOf(answer) ? 'failed' : 'succeeded';
		},
		failure: (answer) => reasonOf(answer) ?? { code: '', message: '' },
	};
}

/** Recordings and whiteboard pushes say why they ended; only this reason is a failure. */
export const endedByException = ({ FinishReason }: IDataObject): FailureReason | undefined =>
	FinishReason === 'EXCEPTION'
		? { code: 'EXCEPTION', message: 'a fault in the service ended it' }
		: undefined;
