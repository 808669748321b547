/** Puts an answer on the wire, whole or the way a fault wants it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { DEFAULT_GATEWAY_PAGE } from './faults.mts';
import type { Encoding, Fault } from './faults.mts';
import { contentLength } from './files.mts';
import type { FileContent } from './files.mts';

export interface Reply {
	status: number;
	headers: Record<string, string>;
	content: FileContent;
}

const PIECE = Buffer.alloc(64 * 1024);

function* pieces(content: FileContent, limit: number, pieceBytes: number): Generator<Buffer> {
	const end = Math.min(limit, contentLength(content));
	for (let at = 0; at < end; at += pieceBytes) {
		const length = Math.min(pieceBytes, end - at);
		yield Buffer.isBuffer(content) ? content.subarray(at, at + length) : PIECE.subarray(0, length);
	}
}

async function send(request: IncomingMessage, response: ServerResponse, reply: Reply) {
	const { status, headers, content } = reply;
	response.writeHead(status, { ...headers, 'Content-Length': contentLength(content) });
	if (request.method === 'HEAD' || contentLength(content) === 0) response.end();
	else if (Buffer.isBuffer(content)) response.end(content);
	else await pipeline(Readable.from(pieces(content, Infinity, PIECE.length)), response);
}

const COMPRESS: Record<Encoding, (content: Buffer) => Buffer> = {
	gzip: gzipSync,
	deflate: deflateSync,
	br: brotliCompressSync,
};

interface Cut {
	bytes: number;
	afterMs?: number;
	abruptly?: boolean;
	chunked?: boolean;
}

/** Sends the headers and `bytes` of the body, then drops the connection once they are out. */
async function sendPart(
	response: ServerResponse,
	{ status, headers, content }: Reply,
	{ bytes, afterMs = 0, abruptly = false, chunked = false }: Cut,
) {
	const length = chunked ? {} : { 'Content-Length': contentLength(content) };
	response.writeHead(status, { ...headers, ...length });
	response.flushHeaders();
	await pipeline(Readable.from(pieces(content, bytes, PIECE.length)), response, { end: false });
	if (afterMs > 0) await sleep(afterMs);
	if (abruptly) response.socket?.resetAndDestroy();
	else response.socket?.destroySoon();
}

/** Connections that break as soon as another request is heard on them. */
const doomed = new WeakSet<object>();

export function isDoomed(request: IncomingMessage): boolean {
	return doomed.has(request.socket);
}

const textReply = (reply: Reply, status: number, body: string, contentType?: string): Reply => ({
	status,
	headers: contentType ? { ...reply.headers, 'Content-Type': contentType } : reply.headers,
	content: Buffer.from(body),
});

export async function deliver(
	request: IncomingMessage,
	response: ServerResponse,
	reply: Reply,
	fault: Fault | undefined,
): Promise<void> {
	switch (fault?.kind) {
		case 'reset': {
			if (fault.moment === 'afterHeaders') return await sendPart(response, reply, { bytes: 0 });
			if (fault.moment === 'midBody') {
				const bytes = Math.floor(contentLength(reply.content) / 2);
				return await sendPart(response, reply, { bytes });
			}
			request.socket.resetAndDestroy();
			return;
		}
		case 'cut':
			return await sendPart(response, reply, fault);
		case 'stall':
			return;
		case 'status': {
			const { status, body = DEFAULT_GATEWAY_PAGE, contentType = 'text/html' } = fault;
			const answer = textReply(reply, status, body, contentType);
			return await send(request, response, {
				...answer,
				headers: { ...answer.headers, ...fault.headers },
			});
		}
		case 'notJson':
			return await send(
				request,
				response,
				textReply(reply, 200, fault.body ?? '{"Response":{"RequestId":'),
			);
		case 'emptyBody':
			return await send(request, response, textReply(reply, 200, ''));
		case 'compressed': {
			if (!Buffer.isBuffer(reply.content)) return await send(request, response, reply);
			const { encoding = 'gzip', bytes = Infinity, chunked = false } = fault;
			const compressed: Reply = {
				...reply,
				headers: { ...reply.headers, 'Content-Encoding': encoding },
				content: COMPRESS[encoding](reply.content),
			};
			if (!chunked && bytes === Infinity) return await send(request, response, compressed);
			if (!chunked) return await sendPart(response, compressed, { bytes });
			response.writeHead(reply.status, compressed.headers);
			return await pipeline(Readable.from(pieces(compressed.content, bytes, 1000)), response);
		}
		case 'chunked': {
			response.writeHead(reply.status, reply.headers);
			const parts = pieces(reply.content, Infinity, fault.pieceBytes ?? 7);
			return await pipeline(Readable.from(parts), response);
		}
		case 'closeKeepAlive': {
			const { socket } = request;
			response.setHeader('Connection', 'keep-alive');
			if (fault.moment === 'afterAnswer') response.once('finish', () => socket.destroySoon());
			else doomed.add(socket);
			return await send(request, response, reply);
		}
		default:
			return await send(request, response, reply);
	}
}
