import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { isObject, parseJson, sentence, textOf } from '../text';
import { PROBLEMS, lookUp } from './codes';
import type { Page } from './codes';
import type { Redactor } from './redact';
import type { RetryClass } from './retry';

export type FaultType =
	/** A parameter is wrong: nothing was sent. */
	| 'input'
	/** The service says so. */
	| 'api'
	/** No answer of the service arrived. */
	| 'network'
	/** The time was up before it could be sent. */
	| 'deadline'
	/** A result file could not be fetched or stored. */
	| 'storage'
	/** The task has failed, or is still running after the time to wait for it. */
	| 'task'
	/** Nothing that is known: most likely a bug of the node. */
	| 'unexpected';

/** Why something brought no result, in the words a user reads. */
export interface Fault {
	type: FaultType;
	/** Tencent's code, Node's connection code, `HTTP 502`, or a word of the node's own such as `WaitTimeout`. */
	code: string;
	/** What happened, one sentence without a final period. */
	message: string;
	/** How to fix it. */
	hint: string;
	/** The page that says more. */
	page?: Page;
	requestId?: string;
	retry: RetryClass;
	/** What a request that changes something may have changed: surely nothing, or who knows. */
	effect: 'none' | 'unknown';
}

export type Failed = { ok: false; fault: Fault };

export type Outcome<T> = { ok: true; value: T } | Failed;

export const failed = (fault: Fault): Failed => ({ ok: false, fault });

/** Characters of others' words that a text quotes, and of a code or an ID. */
const WORDS = 1000;
const NAME = 100;

/**
 * Words of others, as a text can quote them: in one line, of a length that can be read, and with links cut
 * before their query, which may hold a signature.
 */
export function foreign(text: string, most = WORDS): string {
	const line = text
		.slice(0, 4 * most)
		.replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
		.replace(/(https?:\/\/[^\s"'<>?]*\?)[^\s"'<>]+/gi, '$1…')
		.trim();
	if (line.length <= most) return line;
	return `${line.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A fault of whose words some are not the node's own. */
export function withoutSecrets(fault: Fault, { text }: Redactor): Fault {
	const { code, message, hint, requestId } = fault;
	return {
		...fault,
		code: text(code),
		message: text(message),
		hint: text(hint),
		...(requestId !== undefined && { requestId: text(requestId) }),
	};
}

/** An answer as n8n's request helper gives it in full, its body as text. */
export interface HttpAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

/** A bad input: nothing was sent. */
export const inputFault = (message: string, hint: string): Fault => ({
	type: 'input',
	code: 'InvalidInput',
	message,
	hint,
	retry: 'final',
	effect: 'none',
});

/** A fault that the API itself reports. */
export function apiFault(theirCode: string, theirs: string, theirRequestId = ''): Fault {
	const code = foreign(theirCode, NAME);
	const requestId = foreign(theirRequestId, NAME) || undefined;
	const entry = lookUp(code);
	const retry = entry?.retry ?? 'final';
	const own = entry?.message;
	const words = foreign(theirs).replace(/[.。]+$/, '');
	return {
		type: 'api',
		code,
		message: own ?? (words || `Tencent Cloud refused the request with ${code}`),
		hint: [
			entry?.hint ?? 'Look the code up in the API documentation of Tencent Cloud.',
			...(own && words ? [`Tencent Cloud says: "${words}".`] : []),
		].join(' '),
		page: entry?.page,
		requestId,
		retry,
		// Refused ones were not executed; how far a fault of the service itself let it come, nobody knows.
		effect: retry === 'transient' ? 'unknown' : 'none',
	};
}

/** What to do about an answer that is none of the user's making. */
export const ASK_SUPPORT =
	'Run the node again; if it stays, ask the support of Tencent Cloud with the RequestId.';

/**
 * An answer of the service that holds something else than the API documents.
 *
 * @param effect `unknown` where the request has changed something
 */
export const invalidAnswer = (
	message: string,
	hint: string,
	{ RequestId }: IDataObject,
	effect: Fault['effect'] = 'none',
): Fault => ({
	type: 'api',
	code: 'InvalidAnswer',
	message,
	hint,
	requestId: foreign(textOf(RequestId), NAME) || undefined,
	retry: 'final',
	effect,
});

const networkFault = (
	part: Omit<Fault, 'type' | 'effect'> & Pick<Partial<Fault>, 'effect'>,
): Fault => ({
	type: 'network',
	effect: 'unknown',
	...part,
});

/**
 * Takes an HTTP answer out of its `{"Response": …}` envelope. Tencent reports most faults with status 200;
 * other statuses come from gateways and proxies on the way.
 *
 * @param endpoint Where the request went, for messages
 */
export function readAnswer(answer: HttpAnswer, endpoint: string): Outcome<IDataObject> {
	const { statusCode } = answer;
	const envelope = parseJson(answer.body);
	const response = isObject(envelope) ? envelope.Response : undefined;
	if (isObject(response)) {
		const { Error: error, RequestId } = response;
		if (!error) return { ok: true, value: response as IDataObject };
		const { Code, Message } = isObject(error) ? error : {};
		const code = textOf(Code);
		if (code) return failed(apiFault(code, textOf(Message), textOf(RequestId)));
	}

	const hint = `Check 'Site' and 'Endpoint' in the credential, and what stands between n8n and ${endpoint}: a proxy, a firewall or a login page.`;
	if (statusCode === 429) {
		return failed(
			networkFault({
				code: 'HTTP 429',
				message: `${endpoint} takes no more requests for the moment (HTTP 429)`,
				hint,
				page: 'rate-limit',
				retry: 'throttled',
				effect: 'none',
			}),
		);
	}
	// A success without an answer leaves open what was done.
	if (statusCode < 200 || statusCode > 299) {
		const passing = statusCode >= 500;
		return failed(
			networkFault({
				code: `HTTP ${statusCode}`,
				message: `${endpoint} answered with HTTP ${statusCode} in place of a Tencent Cloud answer`,
				hint: passing ? `${hint} If these are right, try again in a few minutes.` : hint,
				retry: passing ? 'transient' : 'final',
				effect: passing ? 'unknown' : 'none',
			}),
		);
	}
	return failed(
		networkFault({
			code: 'InvalidAnswer',
			message: `${endpoint} answered with something that is not a Tencent Cloud answer`,
			hint,
			retry: 'transient',
		}),
	);
}

/** Codes of connections that never came about: the request surely did not arrive. */
const NOT_CONNECTED: Record<string, string> = {
	ECONNREFUSED: 'refuses the connection',
	ENOTFOUND: 'cannot be found',
	EAI_AGAIN: 'cannot be looked up at the moment',
};

/** Codes of networks without a way to the host: that may be found out before or after sending. */
const UNREACHABLE: Record<string, string> = {
	EHOSTUNREACH: 'is unreachable',
	ENETUNREACH: 'is unreachable',
};

/** Codes of connections that ended too soon. */
const BROKEN: Record<string, string> = {
	ECONNRESET: 'closed the connection before its answer was complete',
	EPIPE: 'closed the connection before its answer was complete',
	ERR_BAD_RESPONSE: 'closed the connection before its answer was complete',
	ECONNABORTED: 'did not answer in time',
	ETIMEDOUT: 'did not answer in time',
};

/** Codes of TLS handshakes that fail: nothing was sent. */
const TLS = /^ERR_(TLS|SSL)_/;

/** Codes of certificates that are not accepted: nothing was sent. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

interface ErrorLike {
	code?: unknown;
	httpCode?: unknown;
	syscall?: unknown;
	message?: unknown;
	description?: unknown;
	cause?: unknown;
	errorResponse?: unknown;
	errors?: unknown;
}

/** The error and what caused it, outermost first. */
function chainOf(error: unknown): ErrorLike[] {
	const chain: ErrorLike[] = [];
	for (let next = error; next && typeof next === 'object' && chain.length < 10; ) {
		const { cause, errorResponse, errors } = next as ErrorLike;
		chain.push(next as ErrorLike);
		// Several addresses of a host that were tried: any of them tells why.
		next = cause ?? errorResponse ?? (Array.isArray(errors) ? errors[0] : undefined);
	}
	return chain;
}

/** What a thrown value says; it may be anything. */
function wordsOf(error: unknown): string {
	const words = isObject(error) ? textOf(error.message) : textOf(error);
	return foreign(words).replace(/\.$/, '');
}

/** Whom a request went to, and what to advise where that host cannot be had. */
export interface Target {
	/** As messages name it. */
	name: string;
	reach: string;
	/** What to advise where it is slow. */
	slow?: string;
}

/** The API: where it is reached, the credential says. */
export const apiTarget = (endpoint: string): Target => ({
	name: endpoint,
	reach: `Check 'Site' and 'Endpoint' in the credential, and that this n8n server can reach ${endpoint} (DNS, proxy, firewall).`,
});

/** Explains why a request brought no HTTP answer at all. */
export function connectionFault(error: unknown, target: Target): Fault {
	const {
		name,
		reach,
		slow = "If the network is slow, raise 'Request Timeout (Seconds)' under 'Options'.",
	} = target;
	const chain = chainOf(error);
	const codes = chain.flatMap(({ code, httpCode }) => [code, httpCode]).map(String);
	const find = (known: Record<string, string>) => codes.find((code) => Object.hasOwn(known, code));
	const connecting = chain.some(({ syscall }) => syscall === 'connect');

	const never = find(NOT_CONNECTED);
	if (never) {
		return networkFault({
			code: never,
			message: `${name} ${NOT_CONNECTED[never]}`,
			hint: reach,
			retry: 'transient',
			effect: 'none',
		});
	}
	const unreachable = find(UNREACHABLE);
	if (unreachable) {
		return networkFault({
			code: unreachable,
			message: `${name} ${UNREACHABLE[unreachable]}`,
			hint: reach,
			retry: 'transient',
			effect: connecting ? 'none' : 'unknown',
		});
	}
	// n8n 1.x leaves the status alone of an answer that was cut: it had begun, so it was not refused.
	const broken = find(BROKEN) ?? (codes.some((code) => /^\d{3}$/.test(code)) && 'ERR_BAD_RESPONSE');
	if (broken) {
		return networkFault({
			code: broken,
			message: `${name} ${BROKEN[broken]}`,
			hint: `${reach} ${slow}`,
			retry: 'transient',
			effect: connecting ? 'none' : 'unknown',
		});
	}
	const unreadable = codes.find((code) => /^(HPE_|Z_)/.test(code));
	if (unreadable) {
		return networkFault({
			code: unreadable,
			message: `${name} sent an answer that cannot be parsed`,
			hint: `${reach} Something on the way may change answers.`,
			retry: 'transient',
		});
	}
	if (codes.includes('EPROTO')) {
		return networkFault({
			code: 'EPROTO',
			message: `${name} does not speak TLS`,
			hint: "Check whether 'Endpoint' in the credential should begin with http:// in place of https://.",
			retry: 'final',
			effect: 'none',
		});
	}
	const certificate = codes.find((code) => CERTIFICATE.test(code));
	if (certificate) {
		const reason = wordsOf(chain.find(({ code }) => code === certificate));
		return networkFault({
			code: certificate,
			message: `The certificate of ${name} is not accepted${reason && `: ${reason}`}`,
			hint: `${reach} A certificate from an authority of your own has to be made known to n8n (NODE_EXTRA_CA_CERTS).`,
			retry: 'final',
			effect: 'none',
		});
	}
	// The innermost error is the one that knows: n8n's wrapping replaces texts.
	const last = chain.at(-1);
	const described = chain
		.map(({ description }) => description)
		.find((text) => typeof text === 'string');
	const code = typeof last?.code === 'string' ? last.code : 'RequestNotSent';
	return networkFault({
		code,
		message: wordsOf(last ?? error) || `The request to ${name} could not be sent`,
		hint: typeof described === 'string' ? foreign(described) : reach,
		retry: 'final',
		// Without a code it comes from n8n or the credential, which signs before anything is sent.
		effect: code === 'RequestNotSent' || TLS.test(code) ? 'none' : 'unknown',
	});
}

/** Whatever was thrown and is not known: the item has an error, the others are not concerned. */
export function unexpectedFault(error: unknown): Fault {
	return {
		type: 'unexpected',
		code: 'Unexpected',
		message: `The item could not be processed: ${wordsOf(error) || 'no reason was given'}`,
		hint: 'Most likely the service answered in a way that this node does not know. Please report it with the operation and this text.',
		retry: 'final',
		effect: 'unknown',
	};
}

const linkIn = ({ page }: Fault) => page && `Help: ${PROBLEMS}${page}.md`;

/**
 * The second line of a message: how to fix it, what else there is to say, what support asks for, and where to read
 * on. The link comes last, where no period gets into it.
 */
export function detailOf(fault: Fault, addition = ''): string {
	const { type, code, hint, requestId } = fault;
	// No code of the service stands behind an input.
	const names = type !== 'input' && `Code ${code}${requestId ? `, RequestId ${requestId}` : ''}.`;
	return [sentence(hint), addition, names, linkIn(fault)].filter(Boolean).join(' ');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * A description as the editor is to show it. It takes one for HTML: what others wrote would lose its tags, or bring
 * links of its own. Logs, items and agents read the description itself.
 */
function asHtml(description: string, link?: string): string {
	const html = description.replace(/[&<>]/g, (character) => ENTITIES[character]);
	return link
		? html.replace(/Help: (\S+)$/, '<a href="$1" target="_blank">How to fix it</a>')
		: html;
}

/** What an error tells beside the fault itself. */
export interface ErrorAddition {
	text?: string;
	/** For the error's context. */
	context?: IDataObject;
}

/**
 * A fault as n8n shows it. Its message is set last: n8n's own classes replace a text in which they find a
 * word like EEXIST, even inside of "TaskNameExists".
 */
export function nodeError(
	node: INode,
	fault: Fault,
	itemIndex: number,
	{ text, context }: ErrorAddition = {},
): NodeApiError | NodeOperationError {
	const { type, code, message, requestId } = fault;
	const description = detailOf(fault, text);
	const options = { message, description, itemIndex };
	const error =
		type === 'input' || type === 'unexpected'
			? new NodeOperationError(node, message, options)
			: new NodeApiError(
					node,
					{ Code: code, Message: message, RequestId: requestId ?? null } as JsonObject,
					options,
				);
	error.message = message;
	const descriptionTemplate = asHtml(description, linkIn(fault));
	Object.assign(
		error.context,
		descriptionTemplate !== description && { descriptionTemplate },
		context,
	);
	return error;
}
