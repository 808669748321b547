import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../text';
import { call } from '../transport/call';
import type { ApiCall } from '../transport/call';
import type { Connection } from '../transport/connection';
import type { Fault, Outcome } from '../transport/errors';
import type { Operation, TaskSpec } from '../types';
import type { Settings } from './settings';
import { waitUntilEnded } from './wait';
import type { Look } from './wait';

/** A task as it was last seen. */
export interface Seen {
	answer: IDataObject;
	/** It has not ended. */
	pending: boolean;
	failure?: { code: string; message: string };
}

const requestIdOf = (answer: IDataObject) => answer.RequestId as string | undefined;

function failed(
	task: TaskSpec,
	id: string,
	answer: IDataObject,
	failure: { code: string; message: string },
) {
	const outcome = failure.code ? `ended with ${failure.code}` : 'did not succeed';
	const fault: Fault = {
		kind: 'final',
		code: failure.code || 'TaskFailed',
		headline: `The ${task.label} ${id} ${outcome}${failure.message ? `: ${failure.message}` : ''}`,
		hint: 'Mend the cause and create a new task. To get such tasks as items, set On Task Failure under Options to Output the Task.',
		requestId: requestIdOf(answer),
		untouched: false,
	};
	return { ok: false as const, fault };
}

function timedOut(task: TaskSpec, id: string, answer: IDataObject, timeout: number) {
	const fault: Fault = {
		kind: 'final',
		code: 'WaitTimeout',
		headline: `The ${task.label} ${id} is still ${task.status(answer)} after ${timeout} s`,
		hint: 'The task goes on. Raise Timeout under Wait Options, or set On Timeout there to Output the Last State and look again later.',
		requestId: requestIdOf(answer),
		untouched: false,
	};
	return { ok: false as const, fault };
}

/** Looks at the task once. */
async function lookAt(
	connection: Connection,
	task: TaskSpec,
	describe: ApiCall,
	id: string,
	timing: object,
): Promise<Look<Seen, Fault>> {
	const outcome = await call(
		connection,
		{ ...describe, finalCodes: task.terminalErrorCodes },
		timing,
	);
	if (outcome.ok) {
		const answer = outcome.value;
		const state = task.classify(answer);
		if (state === 'pending') return { state, value: { answer, pending: true } };
		const failure = state === 'failed' ? task.failure(answer) : undefined;
		return { state: 'ended', value: { answer, pending: false, ...(failure && { failure }) } };
	}
	const { fault } = outcome;
	if (task.terminalErrorCodes.includes(fault.code)) {
		const failure = { code: fault.code, message: fault.headline };
		const answer = {
			[task.idField]: id,
			ErrorCode: fault.code,
			ErrorMessage: fault.headline,
			RequestId: fault.requestId ?? null,
		};
		return { state: 'ended', value: { answer, pending: false, failure } };
	}
	if (fault.code === 'DeadlineReached') return { state: 'late' };
	return { state: fault.kind === 'final' || fault.kind === 'skewed' ? 'fault' : 'missed', fault };
}

/**
 * Carries out an operation that is about a task: reads it, or starts or ends it, and, where that is
 * wanted, waits until it has ended.
 */
export async function carryOutTask(
	connection: Connection,
	{ api, task }: Operation & { task: TaskSpec },
	apiCall: ApiCall,
	settings: Settings,
): Promise<Outcome<Seen>> {
	const { context, env, started } = connection;
	const { wait } = settings;
	let describe = apiCall;
	let id = textOf(apiCall.body[task.idField]);
	if (api !== task.describe) {
		const outcome = await call(connection, apiCall);
		if (!outcome.ok) return outcome;
		const answer = outcome.value;
		if (textOf(answer[task.idField])) {
			id = textOf(answer[task.idField]);
			started.push(id);
		}
		if (!wait) return { ok: true, value: { answer, pending: true } };
		const { SdkAppId } = apiCall.body;
		const body = { SdkAppId, [task.idField]: id };
		describe = { ...apiCall, action: task.describe, readOnly: true, body };
	}

	// Not to wait is to wait for no time: one look.
	const policy = {
		pollInterval: (wait?.pollInterval ?? 0) * 1000,
		timeout: (wait?.timeout ?? 0) * 1000,
	};
	const look = async (timing: object) => await lookAt(connection, task, describe, id, timing);
	const seen = await waitUntilEnded(look, policy, env, ({ value, looks: polls, waited }) => {
		if (!wait) return;
		const status = task.status(value.answer);
		const seconds = Math.round(waited / 100) / 10;
		const message = `The ${task.label} ${id} is ${status} (${polls} polls, ${seconds} s)`;
		context.logger.debug(message, { taskId: id, status, polls, seconds });
	});

	if (seen.state === 'fault') return { ok: false, fault: seen.fault };
	const { answer, failure } = seen.value;
	if (failure && settings.onTaskFailure === 'error') return failed(task, id, answer, failure);
	if (seen.state === 'timeout' && wait?.onTimeout === 'error') {
		return timedOut(task, id, answer, wait.timeout);
	}
	return { ok: true, value: seen.value };
}
