import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { parseJson, sentence } from '../text';
import { lookUp } from './codes';
import type { FaultClass } from './retry';

/** Why a call brought no answer, in the words a user reads. */
export interface Fault {
	kind: FaultClass;
	/** Tencent's code, Node's connection code, or `HTTP 502`. Empty: the input is wrong, nothing was sent. */
	code: string;
	/** What happened, one sentence without a final period. */
	headline: string;
	/** How to mend it. */
	hint: string;
	requestId?: string;
	/** True when the service surely did nothing: a change may be sent again. */
	untouched: boolean;
}

export type Failed = { ok: false; fault: Fault };

export type Outcome<T> = { ok: true; value: T } | Failed;

/** An answer as n8n's request helper gives it in full, its body as text. */
export interface HttpAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

const fault = (part: Omit<Fault, 'untouched'> & { untouched?: boolean }): Outcome<never> => ({
	ok: false,
	fault: { untouched: false, ...part },
});

/** A fault that the API itself reports. */
export function apiFault(code: string, message: string, requestId?: string): Fault {
	const entry = lookUp(code);
	const kind = entry?.kind ?? 'final';
	const own = entry?.says;
	const theirs = message.trim().replace(/[.。]+$/, '');
	return {
		kind,
		code,
		headline: own ?? (theirs || `Tencent Cloud refused the request with ${code}`),
		hint: [
			entry?.hint ?? 'Look the code up in the API documentation of Tencent Cloud.',
			...(own && theirs ? [`Tencent Cloud says: "${theirs}".`] : []),
		].join(' '),
		requestId,
		untouched: kind === 'throttled' || kind === 'busy' || kind === 'skewed',
	};
}

/**
 * Takes an HTTP answer out of its `{"Response": …}` envelope. Tencent reports most faults with status 200;
 * other statuses come from gateways and proxies on the way.
 *
 * @param endpoint Where the request went, for messages
 */
export function readAnswer(answer: HttpAnswer, endpoint: string): Outcome<IDataObject> {
	const { statusCode } = answer;
	const response = (parseJson(answer.body) as { Response?: IDataObject } | null | undefined)
		?.Response;
	const error = response?.Error as { Code?: unknown; Message?: unknown } | undefined;
	if (response && typeof response === 'object' && (!error || error.Code)) {
		if (!error) return { ok: true, value: response };
		const requestId = response.RequestId ? String(response.RequestId) : undefined;
		return {
			ok: false,
			fault: apiFault(String(error.Code), String(error.Message ?? ''), requestId),
		};
	}

	const hint = `Check the Site and the Endpoint in the credential, and what stands between n8n and ${endpoint}: a proxy, a firewall or a login page.`;
	if (statusCode === 429) {
		return fault({
			kind: 'throttled',
			code: 'HTTP 429',
			headline: `${endpoint} takes no more requests for the moment (HTTP 429)`,
			hint,
			untouched: true,
		});
	}
	if (statusCode !== 200) {
		return fault({
			kind: statusCode >= 500 ? 'transient' : 'final',
			code: `HTTP ${statusCode}`,
			headline: `${endpoint} answered with HTTP ${statusCode} in place of a Tencent Cloud answer`,
			hint: statusCode >= 500 ? `${hint} If these are right, try again in a few minutes.` : hint,
		});
	}
	return fault({
		kind: 'transient',
		code: 'InvalidAnswer',
		headline: `${endpoint} answered with something that is no Tencent Cloud answer`,
		hint,
	});
}

/** Codes of connections that never came about: the request surely did not arrive. */
const NEVER_SENT: Record<string, string> = {
	ECONNREFUSED: 'refuses the connection',
	ENOTFOUND: 'cannot be found',
	EAI_AGAIN: 'cannot be looked up at the moment',
	EHOSTUNREACH: 'cannot be reached',
	ENETUNREACH: 'cannot be reached',
};

/** Codes of connections that ended too soon: whether the request took effect is unknown. */
const BROKEN: Record<string, string> = {
	ECONNRESET: 'closed the connection before its answer was complete',
	EPIPE: 'closed the connection before its answer was complete',
	ERR_BAD_RESPONSE: 'closed the connection before its answer was complete',
	ECONNABORTED: 'did not answer in time',
	ETIMEDOUT: 'did not answer in time',
};

interface ErrorLike {
	code?: unknown;
	httpCode?: unknown;
	message?: unknown;
	description?: unknown;
	cause?: unknown;
	errorResponse?: unknown;
}

/** The error and what caused it, outermost first. */
function chainOf(error: unknown): ErrorLike[] {
	const chain: ErrorLike[] = [];
	for (let next = error; next && typeof next === 'object' && chain.length < 10; ) {
		chain.push(next as ErrorLike);
		next = (next as ErrorLike).cause ?? (next as ErrorLike).errorResponse;
	}
	return chain;
}

/** Explains why a request brought no HTTP answer at all. */
export function connectionFault(error: unknown, endpoint: string): Outcome<never> {
	const chain = chainOf(error);
	const codes = chain.flatMap(({ code, httpCode }) => [code, httpCode]).map(String);
	const never = codes.find((code) => code in NEVER_SENT);
	const broken = codes.find((code) => code in BROKEN);
	const reach = `Check the Site and the Endpoint in the credential, and that this n8n server can reach ${endpoint} (DNS, proxy, firewall).`;
	if (never) {
		return fault({
			kind: 'transient',
			code: never,
			headline: `${endpoint} ${NEVER_SENT[never]}`,
			hint: reach,
			untouched: true,
		});
	}
	if (broken) {
		return fault({
			kind: 'transient',
			code: broken,
			headline: `${endpoint} ${BROKEN[broken]}`,
			hint: `${reach} If the network is slow, raise Request Timeout under Options.`,
		});
	}
	const unreadable = codes.find((code) => /^(HPE_|Z_)/.test(code));
	if (unreadable) {
		return fault({
			kind: 'transient',
			code: unreadable,
			headline: `${endpoint} sent an answer that cannot be read`,
			hint: `${reach} Something on the way may change answers.`,
		});
	}
	if (codes.includes('EPROTO')) {
		return fault({
			kind: 'final',
			code: 'EPROTO',
			headline: `${endpoint} does not speak TLS`,
			hint: 'Check whether the Endpoint in the credential should begin with http:// in place of https://.',
			untouched: true,
		});
	}
	// The innermost error is the one that knows: n8n's wrapping replaces texts.
	const last = chain.at(-1) ?? {};
	const described = chain
		.map(({ description }) => description)
		.find((text) => typeof text === 'string');
	return fault({
		kind: 'final',
		code: typeof last.code === 'string' ? last.code : 'RequestNotSent',
		headline: String(last.message ?? error).replace(/\.$/, ''),
		hint: typeof described === 'string' ? described : reach,
	});
}

/** The second line of a message: how to mend it, then what support asks for. */
export function detailOf({ code, hint, requestId }: Fault): string {
	const mend = sentence(hint);
	if (!code) return mend;
	return `${mend} Code ${code}${requestId ? `, RequestId ${requestId}` : ''}.`;
}

/**
 * A fault as n8n shows it. Its message is set last: n8n's own classes replace a text in which they find a
 * word like EEXIST, even inside of "TaskNameExists".
 */
export function nodeError(node: INode, fault: Fault, itemIndex: number): Error {
	const { code, headline, requestId } = fault;
	const options = { message: headline, description: detailOf(fault), itemIndex };
	const error = code
		? new NodeApiError(
				node,
				{ Code: code, Message: headline, RequestId: requestId ?? null } as JsonObject,
				options,
			)
		: new NodeOperationError(node, headline, options);
	error.message = headline;
	return error;
}
