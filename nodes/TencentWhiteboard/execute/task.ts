import type { IDataObject } from 'n8n-workflow';

import { call } from '../transport/call';
import type { ApiCall, Connection } from '../transport/call';
import type { Fault, Outcome } from '../transport/errors';
import type { TaskSpec } from '../types';
import type { Settings } from './settings';
import { waitUntilEnded } from './wait';
import type { Look } from './wait';

/** What a look shows: the answer and what it says of the task. */
interface Seen {
	answer: IDataObject;
	failure?: { code: string; message: string };
}

const idOf = (task: TaskSpec, { body }: ApiCall) => String(body[task.idField] ?? '');

const requestIdOf = (answer: IDataObject) => answer.RequestId as string | undefined;

function failed(task: TaskSpec, id: string, { answer, failure }: Required<Seen>): Fault {
	const outcome = failure.code ? `ended with ${failure.code}` : 'did not succeed';
	return {
		kind: 'final',
		code: failure.code || 'TaskFailed',
		headline: `The ${task.label} ${id} ${outcome}${failure.message ? `: ${failure.message}` : ''}`,
		hint: 'Mend the cause and create a new task. To get such tasks as items, set On Task Failure under Options to Output the Task.',
		requestId: requestIdOf(answer),
		untouched: false,
	};
}

function timedOut(task: TaskSpec, id: string, answer: IDataObject, timeout: number): Fault {
	return {
		kind: 'final',
		code: 'WaitTimeout',
		headline: `The ${task.label} ${id} is still ${task.status(answer)} after ${timeout} s`,
		hint: 'The task goes on. Raise Timeout under Wait Options, or set On Timeout there to Output the Last State and look again later.',
		requestId: requestIdOf(answer),
		untouched: false,
	};
}

/** Carries out an operation that answers for a task: looks once, or until the task has ended. */
export async function carryOutTask(
	connection: Connection,
	task: TaskSpec,
	describe: ApiCall,
	settings: Settings,
): Promise<Outcome<IDataObject>> {
	const { context, env } = connection;
	const { wait } = settings;
	const id = idOf(task, describe);

	const look = async (timing: object): Promise<Look<Seen, Fault>> => {
		const outcome = await call(connection, describe, timing);
		if (outcome.ok) {
			const answer = outcome.value;
			const state = task.classify(answer);
			if (state === 'pending') return { state, value: { answer } };
			return {
				state: 'ended',
				value: { answer, ...(state === 'failed' && { failure: task.failure(answer) }) },
			};
		}
		const { fault } = outcome;
		if (task.terminalErrorCodes.includes(fault.code)) {
			const answer = { [task.idField]: id, RequestId: fault.requestId ?? null };
			return {
				state: 'ended',
				value: { answer, failure: { code: fault.code, message: fault.headline } },
			};
		}
		if (fault.code === 'DeadlineReached') return { state: 'late' };
		return { state: fault.kind === 'final' || fault.kind === 'skewed' ? 'fault' : 'missed', fault };
	};

	// Not to wait is to wait for no time: one look.
	const policy = {
		pollInterval: (wait?.pollInterval ?? 0) * 1000,
		timeout: (wait?.timeout ?? 0) * 1000,
	};
	const seen = await waitUntilEnded(look, policy, env, ({ value, looks: polls, waited }) => {
		if (!wait) return;
		const status = task.status(value.answer);
		const seconds = Math.round(waited / 100) / 10;
		const message = `The ${task.label} ${id} is ${status} (${polls} polls, ${seconds} s)`;
		context.logger.debug(message, { taskId: id, status, polls, seconds });
	});

	if (seen.state === 'fault') return { ok: false, fault: seen.fault };
	const { answer, failure } = seen.value;
	if (failure && settings.onTaskFailure === 'error') {
		return { ok: false, fault: failed(task, id, { answer, failure }) };
	}
	if (seen.state === 'timeout' && wait?.onTimeout === 'error') {
		return { ok: false, fault: timedOut(task, id, answer, wait.timeout) };
	}
	return { ok: true, value: answer };
}
