import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { textOf } from '../text';
import { SERVICE } from './connection';
import type { Connection } from './connection';
import { apiTarget, connectionFault, failed, foreign, readAnswer, withoutSecrets } from './errors';
import type { Fault, HttpAnswer, Outcome } from './errors';
import { retry } from './retry';
import { TimedOut, watch } from './watchdog';

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

/** When a call may be sent. Milliseconds on the clock of `Env.now`. */
export interface CallTiming {
	/** Not before this time; left out: at once. */
	due?: number;
	/** From this time on it goes before the others of its execution. */
	urgentAt?: number;
	/** Ends waiting, retries and the request itself. */
	deadline?: number;
}

const CLIENT = 'n8n-nodes-tencent-whiteboard';

const deadlineFault: Fault = {
	type: 'deadline',
	code: 'DeadlineReached',
	message: 'The time was up before the request could be sent',
	hint: 'Raise the timeout, or use fewer items at a time.',
	page: 'rate-limit',
	retry: 'final',
	effect: 'none',
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
	/** The answer's `Date` header, in whatever shape it arrived. */
	date?: unknown;
}

/**
 * The context as the request helper sees it. The helper takes the signal that ends a request from nowhere
 * else, and its own timeout starts anew with every byte: without this a trickling answer would never end.
 */
function endingWith(context: Connection['context'], signal: AbortSignal): Connection['context'] {
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } });
}

/**
 * Sends one request; resolves with its outcome within `timeout`. Rejects only when the execution is aborted,
 * and then only for reads: a change that is on its way is waited for, or nobody would know what it started.
 */
async function send(connection: Connection, call: ApiCall, timeout: number): Promise<Sent> {
	const { context, endpoint, env, redact } = connection;
	const signal = call.readOnly ? connection.signal : undefined;
	try {
		const answer = await watch(
			env,
			{ timeout, signal },
			async (ending) =>
				(await context.helpers.httpRequestWithAuthentication.call(
					endingWith(context, ending),
					'tencentCloudApi',
					requestOf(connection, call, timeout),
				)) as HttpAnswer,
		);
		return {
			outcome: readAnswer({ ...answer, body: redact.json(answer.body) }, endpoint),
			date: answer.headers.date,
		};
	} catch (error) {
		signal?.throwIfAborted();
		const cause = error instanceof TimedOut ? { code: 'ETIMEDOUT' } : error;
		const fault = connectionFault(cause, apiTarget(endpoint));
		return { outcome: failed(withoutSecrets(fault, redact)) };
	}
}

/**
 * Calls the API: waits in the queue of its account and action, sends, and sends again where that is safe and
 * worth it. Rejects only when the execution is aborted; everything else is an outcome.
 */
export async function call(
	connection: Connection,
	apiCall: ApiCall,
	timing: CallTiming = {},
): Promise<Outcome<IDataObject>> {
	const { env, signal, budget, clocks, endpoint, refusal } = connection;
	if (refusal) return failed(refusal);
	const { urgentAt, deadline = Infinity } = timing;
	let refused = false;
	let skew: Skew | undefined;

	const attempt = async (due = timing.due): Promise<Outcome<IDataObject>> => {
		const permit = await connection
			.queueOf(apiCall.action)
			.enter({ signal, due, urgentAt, deadline, retried: refused });
		if (!permit) return failed(deadlineFault);
		let outcome: Outcome<IDataObject> | undefined;
		try {
			signal.throwIfAborted();
			const left = Math.ceil(deadline - env.now());
			const offset = clocks.offset(endpoint);
			const sent = await send(
				connection,
				apiCall,
				Math.max(1, Math.min(apiCall.requestTimeout, left)),
			);
			({ outcome } = sent);
			if (!outcome.ok && outcome.fault.retry === 'skewed') {
				if (skew) {
					// What was learned did not help, so it must not stay in the way of others.
					clocks.forget(endpoint);
				} else {
					const { date } = sent;
					const learned = clocks.learn(endpoint, date, env.date());
					skew = { date, offset: learned, corrected: (learned ?? 0) !== offset };
				}
			}
			return outcome;
		} finally {
			const throttled = outcome?.ok === false && outcome.fault.retry === 'throttled';
			refused = outcome?.ok === false && outcome.fault.effect === 'none';
			permit.finish(throttled);
		}
	};

	const classOf = (fault: Fault) => {
		if (apiCall.finalCodes?.includes(fault.code)) return 'final';
		if (fault.retry === 'skewed' && !skew?.corrected) return 'final';
		if (fault.effect === 'unknown' && !apiCall.readOnly) return 'final';
		return fault.retry;
	};
	const outcome = await retry({ env, budget, deadline, signal }, attempt, classOf);
	if (outcome.ok) return outcome;
	const { fault } = outcome;
	if (fault.retry === 'skewed') return failed(withSkew(fault, skew));
	return fault.effect === 'unknown' && !apiCall.readOnly ? failed(withUnknown(fault)) : outcome;
}

/** A change that may or may not have taken effect: the user has to check, not the node to repeat. */
function withUnknown(fault: Fault): Fault {
	const hint = `Whether the request took effect is unknown, so it was not sent again: check before you run it once more. ${fault.hint}`;
	return { ...fault, hint };
}

/** What the answer that refused a timestamp tells of the time. */
interface Skew {
	/** Its `Date` header. */
	date: unknown;
	/** Milliseconds that the service is ahead of this machine; undefined where the header is not credible. */
	offset: number | undefined;
	/** Another try is signed with another time. */
	corrected: boolean;
}

/** Less than the five minutes that Tencent grants, by a little, explains no refused time. Milliseconds. */
const CLOCK_TOLERANCE = 290_000;

/** Says by how much the clock is off, where the answer showed it, or that it showed nonsense. */
export function withSkew(fault: Fault, skew: Pick<Skew, 'date' | 'offset'> | undefined): Fault {
	if (skew?.offset === undefined) {
		if (skew?.date === undefined) return fault;
		const shown = foreign(textOf(skew.date), 40) || typeof skew.date;
		return {
			...fault,
			hint: `${fault.hint} The Date header of the answer, "${shown}", is not credible and was ignored.`,
		};
	}
	const { offset } = skew;
	if (Math.abs(offset) < CLOCK_TOLERANCE) return fault;
	const minutes = Math.round(Math.abs(offset) / 60_000);
	const message = `The clock of the n8n server is ${minutes} minutes ${offset > 0 ? 'slow' : 'fast'}`;
	return { ...fault, message };
}
