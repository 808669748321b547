/** Things that go wrong between a client and the service, as data. */
import { isDeepStrictEqual } from 'node:util';

import type { Params } from './params.mts';

/** The name under which downloads of result files can be asked to fail. */
export const FILE_ACTION = 'GetFile';

export type Encoding = 'gzip' | 'deflate' | 'br';

/** Where an echo of the request's headers shows up. */
export type EchoForm = 'page' | 'message' | 'requestId' | 'field' | 'key';

export type FaultKind =
	/** The connection breaks: before any header (default), after the headers, or with half the body sent. */
	| { kind: 'reset'; moment?: 'beforeHeaders' | 'afterHeaders' | 'midBody' }
	/** No answer, ever. */
	| { kind: 'stall' }
	/**
	 * The right answer, late, by up to `jitterMs` more than `ms`. The work is done at receipt, so a
	 * client that does not wait for the answer leaves it done.
	 */
	| { kind: 'delay'; ms: number; jitterMs?: number }
	/** A gateway's answer instead of the service's; a 502 with an HTML page unless told otherwise. */
	| {
			kind: 'status';
			status: number;
			body?: string;
			contentType?: string;
			headers?: Record<string, string>;
	  }
	/** An error of the service itself. */
	| { kind: 'apiError'; code: string; message?: string }
	/**
	 * The service's answer, errors too, with some fields other than they are: `Result.Total` for those
	 * within, undefined to leave one out. A path into what is not there changes nothing.
	 */
	| { kind: 'fields'; fields: Params }
	/** Status 200 and JSON's content type, but no JSON. */
	| { kind: 'notJson'; body?: string }
	/** Status 200 and nothing. */
	| { kind: 'emptyBody' }
	/** The connection ends after so many bytes of the body: at once or later, by FIN or by RST. */
	| { kind: 'cut'; bytes: number; afterMs?: number; abruptly?: boolean; chunked?: boolean }
	/**
	 * The right answer, compressed whether asked for or not (default gzip). With `bytes` no more comes of it:
	 * chunked it ends as if it were whole, otherwise the connection does.
	 */
	| { kind: 'compressed'; encoding?: Encoding; bytes?: number; chunked?: boolean }
	/** The right answer without a length, in pieces of so many bytes (default 7: characters get cut). */
	| { kind: 'chunked'; pieceBytes?: number }
	/**
	 * The right answer on a connection that is promised to stay open and does not: it is closed when
	 * the next request comes in on it (default), or as soon as the answer is out.
	 */
	| { kind: 'closeKeepAlive'; moment?: 'nextRequest' | 'afterAnswer' }
	/** Only the Date header is wrong: by so much, or the text given, null for none at all. */
	| { kind: 'date'; skewSeconds?: number; text?: string | null }
	/** A proxy shows the headers of the request in the answer: an error page, or some part of the right answer. */
	| { kind: 'echo'; as: EchoForm }
	/** The service's clock is wrong: timestamps are judged by it, and the Date header shows it. */
	| { kind: 'clock'; skewSeconds: number };

export type Fault = FaultKind & {
	/** Only this action; `GetFile` for result files. Left out: every API call, but no file. */
	action?: string;
	/** Only requests whose parameters have these values, `{ RoomId: 4 }`; a file has its `path`. */
	when?: Params;
	/** How often it happens: once when queued, always when set or added. */
	times?: number;
	/**
	 * For those that take the answer's place (reset before headers, stall, status, notJson,
	 * emptyBody): the request is carried out all the same, only its answer is lost.
	 */
	afterWork?: boolean;
};

export const DEFAULT_GATEWAY_PAGE =
	'<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n';

/** Whether the request never gets as far as the service. */
export function preventsWork(fault: Fault): boolean {
	if (fault.afterWork) return false;
	switch (fault.kind) {
		case 'reset':
			return (fault.moment ?? 'beforeHeaders') === 'beforeHeaders';
		case 'stall':
		case 'status':
		case 'notJson':
		case 'emptyBody':
			return true;
		default:
			return false;
	}
}

interface Pending {
	fault: Fault;
	left: number;
}

function concerns({ action: wanted, when = {} }: Fault, action: string, params: Params | null) {
	const isWanted = wanted === undefined ? action !== FILE_ACTION : wanted === action;
	return (
		isWanted &&
		Object.entries(when).every(([name, value]) => isDeepStrictEqual(params?.[name], value))
	);
}

const standing = (fault: Fault): Pending => ({ fault, left: fault.times ?? Infinity });

export class FaultPlan {
	#set: Pending[] = [];
	#added: Pending[] = [];
	#queue: Pending[] = [];

	set(fault: Fault | null): void {
		this.#set = fault ? [standing(fault)] : [];
	}

	add(fault: Fault): void {
		this.#added.push(standing(fault));
	}

	queue(faults: readonly Fault[]): void {
		this.#queue.push(...faults.map((fault) => ({ fault, left: fault.times ?? 1 })));
	}

	clear(): void {
		this.#set = [];
		this.#added = [];
		this.#queue = [];
	}

	/** Queued faults that have not happened yet. */
	get pending(): Fault[] {
		return this.#queue.map(({ fault }) => fault);
	}

	/**
	 * What happens to this request: the fault that is set, those added, and the first queued one, as far
	 * as they concern it. Unreadable parameters are null.
	 */
	take(action: string, params: Params | null): Fault[] {
		const hits = ({ fault, left }: Pending) => left > 0 && concerns(fault, action, params);
		const queued = this.#queue.filter(hits).slice(0, 1);
		const taken = [...this.#set, ...this.#added].filter(hits).concat(queued);
		for (const pending of taken) pending.left--;
		this.#queue = this.#queue.filter(({ left }) => left > 0);
		return taken.map(({ fault }) => fault);
	}
}
