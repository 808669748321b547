import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../text';
import { call } from '../transport/call';
import type { ApiCall, CallTiming } from '../transport/call';
import type { Connection } from '../transport/connection';
import { failed, foreign, invalidAnswer } from '../transport/errors';
import type { Fault, Outcome } from '../transport/errors';
import type { FailureReason, Operation, TaskSpec } from '../types';
import { countFiles } from './files';
import type { ItemRecord } from './ledger';
import type { Settings } from './settings';
import { waitUntilEnded } from './wait';
import type { Poll, Waited } from './wait';

/** A task as it was last seen. */
export interface Seen {
	answer: IDataObject;
	/** It has not ended. */
	pending: boolean;
	failure?: FailureReason;
}

const requestIdOf = (answer: IDataObject) => foreign(textOf(answer.RequestId), 100) || undefined;

function taskFault(answer: IDataObject, part: Pick<Fault, 'code' | 'message' | 'hint'>): Fault {
	return { type: 'task', requestId: requestIdOf(answer), retry: 'final', effect: 'none', ...part };
}

/** What to do about a task that has failed; some have made files all the same. */
function afterFailure({ describe, files }: TaskSpec, answer: IDataObject): string {
	const setting = "set 'On Task Failure' under 'Options' to 'Output the Task'";
	const count = countFiles(files, answer);
	if (!count) {
		return `Fix the cause and create a new task. To get such tasks as items, ${setting}.`;
	}
	const [made, them] = count === 1 ? ['1 result file', 'it'] : [`${count} result files`, 'them'];
	return `Fix the cause and create a new task. The failed one has ${made}: to get ${them}, read it with ${describe} and ${setting}.`;
}

function failedTask(task: TaskSpec, id: string, answer: IDataObject, reason: FailureReason) {
	const code = foreign(reason.code);
	const message = foreign(reason.message);
	const outcome = code ? `ended with ${code}` : 'did not succeed';
	return taskFault(answer, {
		code: code || 'TaskFailed',
		message: `The ${task.label} ${id} ${outcome}${message ? `: ${message}` : ''}`,
		hint: afterFailure(task, answer),
	});
}

function timedOut({ label, status }: TaskSpec, id: string, answer: IDataObject, timeout: number) {
	return taskFault(answer, {
		code: 'WaitTimeout',
		message: `The ${label} ${id} is still ${foreign(status(answer))} after ${timeout} s`,
		hint: "The task is still running. Raise 'Timeout (Seconds)' under 'Wait Options', or set 'On Timeout' there to 'Output the Last State' and read the task again later.",
	});
}

/** A create without an ID: the task exists, but nothing can be asked about it. */
const withoutId = (action: string, { idField, label }: TaskSpec, answer: IDataObject): Fault =>
	invalidAnswer(
		`The answer to ${action} holds no ${idField}`,
		`The ${label} may exist all the same: check before you run it once more.`,
		answer,
		'unknown',
	);

/** The answer, with the ID of the task that it belongs to where the API leaves it out. */
export function withId(answer: IDataObject, { handle }: ItemRecord): IDataObject {
	if (!handle || textOf(answer[handle.idField])) return answer;
	return { [handle.idField]: null, ...answer, [handle.idField]: handle.id };
}

/** What to do with a task's answers, beside handing them on. */
export type Judge = (answer: IDataObject) => Seen;

/** A plain read returns what is, failed or not. */
const asItIs =
	(task: TaskSpec): Judge =>
	(answer) => ({ answer, pending: task.classify(answer) === 'pending' });

/** Where the node waits or fetches files, it has to know what the task has come to. */
export const judgeOf =
	(task: TaskSpec): Judge =>
	(answer) => {
		const state = task.classify(answer);
		const failure = state === 'failed' ? task.failure(answer) : undefined;
		return { answer, pending: state === 'pending', ...(failure && { failure }) };
	};

/** Polls the task once. */
export async function pollOnce(
	connection: Connection,
	task: TaskSpec,
	describe: ApiCall,
	record: ItemRecord,
	judge: Judge,
	timing: CallTiming,
): Promise<Poll<Seen, Fault>> {
	const finalCodes = task.terminalErrorCodes;
	const outcome = await call(connection, { ...describe, finalCodes }, timing);
	if (outcome.ok) {
		record.answer = outcome.value;
		const value = judge(withId(outcome.value, record));
		return { state: value.pending ? 'pending' : 'ended', value };
	}
	const { fault } = outcome;
	if (finalCodes.includes(fault.code)) {
		const failure = { code: fault.code, message: fault.message };
		const answer = {
			[task.idField]: describe.body[task.idField],
			ErrorCode: fault.code,
			ErrorMessage: fault.message,
			RequestId: fault.requestId ?? null,
		};
		return { state: 'ended', value: { answer, pending: false, failure } };
	}
	if (fault.type === 'deadline') return { state: 'late' };
	// What has just been started may not be known everywhere yet.
	const isNew = record.handle !== undefined && fault.code === 'InvalidParameter.TaskNotFound';
	const passing = isNew || (fault.retry !== 'final' && fault.retry !== 'skewed');
	return { state: passing ? 'failed' : 'fault', fault };
}

/** Sends a change; until its answer is there, the record says that nobody knows what it did. */
export async function change(
	connection: Connection,
	apiCall: ApiCall,
	record: ItemRecord,
): Promise<Outcome<IDataObject>> {
	if (apiCall.readOnly) return await call(connection, apiCall);
	record.unanswered = apiCall.action;
	let outcome: Outcome<IDataObject> | undefined;
	try {
		outcome = await call(connection, apiCall);
		return outcome;
	} finally {
		// A change on its way is never aborted, so one that was aborted was not sent.
		const known = outcome
			? outcome.ok || outcome.fault.effect === 'none'
			: connection.signal.aborted;
		if (known) delete record.unanswered;
	}
}

/** A task that is to be followed: how it is read. */
export interface Started {
	describe: ApiCall;
}

/** Reads the task once, or starts or ends it; gives how to follow it where that is wanted. */
export async function beginTask(
	connection: Connection,
	{ api, task }: Operation & { task: TaskSpec },
	apiCall: ApiCall,
	{ wait }: Settings,
	record: ItemRecord,
): Promise<Outcome<Seen | Started>> {
	const { label, idField } = task;
	const know = (id: string) => {
		if (id) record.task = { label, describe: task.describe, idField, id };
	};
	know(textOf(apiCall.body[idField]));
	if (api === task.describe) return { ok: true, value: { describe: apiCall } };
	const outcome = await change(connection, apiCall, record);
	if (!outcome.ok) return outcome;
	know(textOf(outcome.value[idField]));
	const id = record.task?.id;
	if (id) record.handle = { action: apiCall.action, idField, id };
	if (!wait) return { ok: true, value: { answer: withId(outcome.value, record), pending: true } };
	if (!id) return failed(withoutId(apiCall.action, task, outcome.value));
	const body = { SdkAppId: apiCall.body.SdkAppId, [idField]: id };
	return {
		ok: true,
		value: { describe: { ...apiCall, action: task.describe, readOnly: true, body } },
	};
}

/** How the answers of a task are judged, by what is done with them. */
export const judgeFor = (task: TaskSpec, { wait, output, downloadFiles }: Settings): Judge =>
	(wait || output === 'files' || downloadFiles ? judgeOf : asItIs)(task);

/** What comes of a task that has been waited for, if only for one poll. */
export function conclude(
	task: TaskSpec,
	{ describe }: Started,
	{ wait, onTaskFailure }: Settings,
	waited: Waited<Seen, Fault>,
): Outcome<Seen> {
	if (waited.state === 'fault') return failed(waited.fault);
	const id = textOf(describe.body[task.idField]);
	const { answer, failure } = waited.value;
	if (failure && onTaskFailure === 'error') return failed(failedTask(task, id, answer, failure));
	if (waited.state === 'timeout' && wait?.onTimeout === 'error') {
		return failed(timedOut(task, id, answer, wait.timeout));
	}
	return { ok: true, value: waited.value };
}

/** Polls a task: once, or until it has ended. */
async function followTask(
	connection: Connection,
	task: TaskSpec,
	started: Started,
	settings: Settings,
	record: ItemRecord,
): Promise<Outcome<Seen>> {
	const { context, env } = connection;
	const { wait } = settings;
	const { describe } = started;
	const id = textOf(describe.body[task.idField]);
	// Not to wait is to wait for no time: one poll.
	const policy = {
		pollInterval: (wait?.pollInterval ?? 0) * 1000,
		timeout: (wait?.timeout ?? 0) * 1000,
		exists: record.handle !== undefined,
	};
	const judge = judgeFor(task, settings);
	const waited = await waitUntilEnded<Seen, Fault>(
		async (timing) => await pollOnce(connection, task, describe, record, judge, timing),
		policy,
		env,
		({ value, polls, waited: milliseconds }) => {
			if (!wait) return;
			const status = task.status(value.answer);
			const seconds = Math.round(milliseconds / 100) / 10;
			const message = `The ${task.label} ${id} is ${status} (${polls} polls, ${seconds} s)`;
			context.logger.debug(message, { taskId: id, status, polls, seconds });
		},
	);
	return conclude(task, started, settings, waited);
}

/** Executes an operation that is about a task to its end. */
export async function runTask(
	connection: Connection,
	operation: Operation & { task: TaskSpec },
	apiCall: ApiCall,
	settings: Settings,
	record: ItemRecord,
): Promise<Outcome<Seen>> {
	const begun = await beginTask(connection, operation, apiCall, settings, record);
	if (!begun.ok) return begun;
	const { value } = begun;
	return 'describe' in value
		? await followTask(connection, operation.task, value, settings, record)
		: { ok: true, value };
}
