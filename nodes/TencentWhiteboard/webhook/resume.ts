import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isNew, isParked, known, pollParked, roundOf, waitingIn } from '../execute/callbacks';
import type { Parked } from '../execute/callbacks';
import { findOperation } from '../resources';
import { connect, credentialOf } from '../transport/connection';
import { foreign } from '../transport/errors';
import { textOf } from '../text';
import { isSame } from './verify';

/** Tencent Cloud waits 10 s for an answer (page 1137/40257). Milliseconds. */
const TIME = 8000;

/** Between two polls of a task that should have ended. Milliseconds. */
const PAUSE = 1000;

/** The item that a callback is for, if the URL is one that the execution has given away. */
function itemOf({ secret, steps }: Parked, query: Record<string, unknown>): number | undefined {
	const item = Number(query.item);
	if (!isSame(textOf(query.secret), secret)) return undefined;
	return steps[item] && isParked(steps[item]) ? item : undefined;
}

/**
 * Whether an execution has something to go on with. What the callback says does not count, only what the
 * API does: the task that it is for first, then the others up to the first that still runs and will call
 * itself. None is read again once it has ended. Where that stays open for too long, the execution polls
 * them itself.
 */
async function isDue(
	context: IWebhookFunctions,
	parked: Parked,
	item: number,
	open: typeof connect,
): Promise<boolean> {
	const { task } = findOperation(
		context.getNodeParameter('resource') as string,
		context.getNodeParameter('operation') as string,
	)!;
	const credential = await credentialOf(context);
	const connection = open(context, credential, new AbortController().signal);
	const { env } = connection;
	const deadline = env.now() + TIME;
	const { secret, steps } = parked;
	for (const one of new Set([item, ...steps.keys()])) {
		const step = steps[one];
		const key = `${secret} item ${one}`;
		if (!isParked(step) || step.until < env.date() || known.has(key)) continue;
		for (;;) {
			const { state } = (await pollParked(connection, task!, parked, one, { deadline }))!;
			if (state === 'ended') isNew(key);
			if (state === 'ended' || state === 'fault') break;
			if (state === 'pending' && one !== item) return false;
			// The service may call before all of it knows the end.
			if (state === 'late' || env.now() + PAUSE >= deadline) return true;
			await env.sleep(PAUSE);
		}
	}
	return true;
}

/**
 * Answers the callback of a task that an execution waits for, and resumes the execution when all its tasks
 * have ended. Never rejects: n8n would end the execution.
 */
export async function answerCallback(
	context: IWebhookFunctions,
	open = connect,
): Promise<IWebhookResponseData> {
	const answer = { webhookResponse: { error_code: 0 } };
	const parked = waitingIn(context);
	const item = parked && itemOf(parked, context.getQueryData() as Record<string, unknown>);
	if (!parked || item === undefined) {
		context.logger.warn('A callback with a wrong URL was refused');
		context.getResponseObject().status(401).json({ error_code: 401 });
		return { noWebhookResponse: true };
	}
	const key = roundOf(parked);
	try {
		if (known.has(key) || !(await isDue(context, parked, item, open))) return answer;
	} catch (error) {
		// The execution finds out by itself, and has errors to say so.
		context.logger.warn(`A callback could not be checked: ${foreign((error as Error).message)}`);
	}
	return isNew(key) ? { ...answer, workflowData: [] } : answer;
}
