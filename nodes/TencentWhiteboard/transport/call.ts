import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { SERVICE } from './connection';
import type { Connection } from './connection';
import { connectionFault, readAnswer } from './errors';
import type { Fault, HttpAnswer, Outcome } from './errors';
import { TRIES, backoff } from './retry';
import type { Timing } from './turns';

/** One call of the API, as an operation plans it. */
export interface ApiCall {
	action: string;
	version: string;
	body: IDataObject;
	region: string;
	language: string;
	/** Milliseconds for one request. */
	requestTimeout: number;
	/** False: changes something, and is never sent twice on an unknown outcome. */
	readOnly: boolean;
	/** Codes that are an answer to what was asked, whatever their class: they are not sent again. */
	finalCodes?: string[];
}

/** When a call may be sent. `deadline` ends waiting, repeating and the request itself. */
export interface CallTiming extends Timing {
	deadline?: number;
}

const CLIENT = 'n8n-nodes-tencent-whiteboard';

/** How long a throttled call without a deadline of its own keeps trying, in milliseconds. */
const PATIENCE = 120_000;

const tooLate: Fault = {
	kind: 'final',
	code: 'DeadlineReached',
	headline: 'The time was up before the request could be sent',
	hint: 'Raise the timeout, or use fewer items at a time.',
	untouched: true,
};

function requestOf(connection: Connection, call: ApiCall, timeout: number): IHttpRequestOptions {
	const { endpoint, clocks, env } = connection;
	return {
		method: 'POST',
		url: `${endpoint}/`,
		headers: {
			'X-TC-Service': SERVICE,
			'X-TC-Action': call.action,
			'X-TC-Version': call.version,
			'X-TC-Region': call.region,
			'X-TC-Language': call.language,
			'X-TC-RequestClient': CLIENT,
			'X-TC-Timestamp': String(clocks.timestamp(endpoint, env.date())),
		},
		body: call.body,
		encoding: 'text',
		timeout,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// An API does not redirect; a login page in between does.
		disableFollowRedirect: true,
	};
}

interface Sent {
	outcome: Outcome<IDataObject>;
	/** The answer's `Date` header. */
	date?: string;
}

/**
 * The context as the request helper sees it. The helper takes the signal that ends a request from nowhere
 * else, and its own timeout starts anew with every byte: without this a trickling answer would go on.
 */
function endingWith(context: Connection['context'], signal: AbortSignal): Connection['context'] {
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } });
}

/** Sends one request. Resolves with its outcome whatever happens to it, within `timeout`. */
async function send(connection: Connection, call: ApiCall, timeout: number): Promise<Sent> {
	const { context, endpoint, env, stop } = connection;
	const ending = new AbortController();
	const off = stop.onStop(() => ending.abort());
	const request = context.helpers.httpRequestWithAuthentication
		.call(
			endingWith(context, ending.signal),
			'tencentCloudApi',
			requestOf(connection, call, timeout),
		)
		.then(
			(answer: HttpAnswer): Sent => ({
				outcome: readAnswer(answer, endpoint),
				date: answer.headers?.date as string | undefined,
			}),
			(error: unknown): Sent => ({ outcome: connectionFault(error, endpoint) }),
		);
	const wake = new AbortController();
	const expired = env
		.sleep(timeout, wake.signal)
		.then((): Sent => ({ outcome: connectionFault({ code: 'ETIMEDOUT' }, endpoint) }));
	const first = await Promise.race([request, expired]);
	off();
	wake.abort();
	ending.abort();
	return first;
}

/**
 * Calls the API: takes a turn, waits for the rate, sends, and sends again where that is safe and worth it.
 * Rejects only when the execution is stopped; everything else is an outcome.
 */
export async function call(
	connection: Connection,
	apiCall: ApiCall,
	timing: CallTiming = {},
): Promise<Outcome<IDataObject>> {
	const { env, turns, stop, quota, clocks, endpoint } = connection;
	const limiter = connection.limiterOf(`${connection.secretId}|${endpoint}|${apiCall.action}`);
	const deadline = timing.deadline ?? Infinity;
	let { due } = timing;
	let giveUp = timing.deadline;
	let refusals = 0;
	let tries = 1;
	let signedAgain = false;

	const attempt = async (): Promise<Sent> => {
		const slot = await limiter.acquire(stop, deadline);
		if (!slot) return { outcome: { ok: false, fault: tooLate } };
		const left = Math.ceil(deadline - env.now());
		const sent = await send(
			connection,
			apiCall,
			Math.max(1, Math.min(apiCall.requestTimeout, left)),
		);
		limiter.answered(slot);
		return sent;
	};

	for (;;) {
		const { outcome, date } = await turns.take(attempt, { due, urgentAt: timing.urgentAt });
		if (outcome.ok) {
			quota.succeeded();
			return outcome;
		}

		const { fault } = outcome;
		if (apiCall.finalCodes?.includes(fault.code)) return outcome;
		let pause = 0;
		switch (fault.kind) {
			case 'throttled':
			case 'busy':
				if (fault.kind === 'throttled') limiter.throttled();
				refusals += 1;
				giveUp ??= env.now() + PATIENCE;
				pause = backoff(fault.kind, refusals, env.random());
				break;
			case 'skewed': {
				const offset = clocks.learn(endpoint, date, env.date());
				if (signedAgain || offset === undefined) return skewed(fault, offset);
				signedAgain = true;
				break;
			}
			case 'transient':
				if (!apiCall.readOnly && !fault.untouched) return unknownOutcome(fault);
				if (tries >= TRIES || !quota.take()) return outcome;
				pause = backoff('transient', tries, env.random());
				tries += 1;
				break;
			case 'final':
				return outcome;
		}
		due = env.now() + pause;
		if (due >= (giveUp ?? Infinity)) return outcome;
	}
}

/** A change that may or may not have taken effect: the user has to look, not the node to repeat. */
function unknownOutcome(fault: Fault): Outcome<never> {
	const hint = `Whether the request took effect is unknown, so it was not sent again: check before you run it once more. ${fault.hint}`;
	return { ok: false, fault: { ...fault, hint } };
}

/** Less than the five minutes that Tencent grants, by a little, explains no refused time. Milliseconds. */
const GRANTED = 290_000;

/** Says by how much the clock is off, where the answer showed it. */
function skewed(fault: Fault, offset: number | undefined): Outcome<never> {
	if (offset === undefined || Math.abs(offset) < GRANTED) return { ok: false, fault };
	const minutes = Math.round(Math.abs(offset) / 60_000);
	const headline = `The clock of the n8n server is ${minutes} minutes ${offset > 0 ? 'slow' : 'fast'}`;
	return { ok: false, fault: { ...fault, headline } };
}
