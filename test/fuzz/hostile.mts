/**
 * A service on loopback that answers with whatever a test hands it, byte by byte: every answer is written as
 * raw bytes, so that lengths, encodings and headers may be wrong in every way there is.
 */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { listen } from '../listen.mts';

export interface Received {
	headers: IncomingHttpHeaders;
	path: string;
	body: string;
	/** The signing account, empty where the request is not signed. */
	account: string;
	/** From the region header, which tells the items of an execution apart. */
	region: string;
	action: string;
}

/** What goes wrong with an answer on its way; nothing, if left out. */
export interface Wire {
	status?: number;
	headers?: Array<[string, string]>;
	encoding?: 'gzip' | 'br' | 'deflate';
	/** `plain`: encoded in name only; `cut`: the encoded stream ends too soon, the message around it does not. */
	encoded?: 'right' | 'plain' | 'cut';
	/** `long`: announces more bytes than come; `short`: fewer. */
	framing?: 'length' | 'chunked' | 'close' | 'long' | 'short';
	/** The share of all bytes after which the connection ends, and how it does. */
	cut?: { at: number; by: 'fin' | 'rst' };
	/** Milliseconds before the first byte. */
	delay?: number;
	/** Never answers at all, or stops in the middle of the bytes. */
	stall?: number;
}

export interface Reply extends Wire {
	body: Buffer | string;
}

const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

/** The body as it is sent. */
function encode(body: Buffer, { encoding, encoded = 'right' }: Wire): Buffer {
	if (!encoding || encoded === 'plain') return body;
	const bytes = encoders[encoding](body);
	return encoded === 'cut' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
}

const chunk = (bytes: Buffer) =>
	Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** All bytes of an answer, head and body. */
export function bytesOf(reply: Reply): Buffer {
	const { status = 200, headers = [], encoding, framing = 'length' } = reply;
	const body = encode(Buffer.from(reply.body as string), reply);
	const half = Math.floor(body.length / 2);
	const framed =
		framing === 'chunked'
			? Buffer.concat([
					...[body.subarray(0, half), body.subarray(half)]
						.filter(({ length }) => length)
						.map(chunk),
					Buffer.from('0\r\n\r\n'),
				])
			: body;
	const length = { length: 0, long: 7, short: -1, chunked: 0, close: 0 }[framing];
	const frame: Array<[string, string]> =
		framing === 'close'
			? []
			: framing === 'chunked'
				? [['Transfer-Encoding', 'chunked']]
				: [['Content-Length', String(Math.max(0, body.length + length))]];
	const lines = [
		`HTTP/1.1 ${status} Odd`,
		...[...frame, ...(encoding ? [['Content-Encoding', encoding]] : []), ...headers].map(
			([name, value]) => `${name}: ${value}`,
		),
	];
	return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), framed]);
}

/** Whether all of the body reaches the client, as it was meant. */
export const isWhole = ({ encoded, framing, cut, stall, encoding }: Wire) =>
	!(encoding && encoded && encoded !== 'right') &&
	framing !== 'long' &&
	framing !== 'short' &&
	!cut &&
	stall === undefined;

async function send(socket: Socket, reply: Reply): Promise<void> {
	const { cut, delay, stall } = reply;
	if (delay) await sleep(delay);
	const bytes = bytesOf(reply);
	const share = cut?.at ?? stall ?? 1;
	const sent = bytes.subarray(0, Math.min(bytes.length, Math.floor(bytes.length * share)));
	if (stall !== undefined) socket.write(sent);
	// The end goes out with the last bytes, so that both may be read at once.
	else if (cut?.by !== 'rst') socket.end(sent);
	else socket.write(sent, () => socket.resetAndDestroy());
}

export interface HostileServer {
	url: string;
	/** Decides what each request gets. */
	answer: (request: Received) => Reply;
	close(): Promise<void>;
}

const first = (value: string | string[] | undefined) => String([value].flat()[0] ?? '');

const received = ({ headers, url = '' }: IncomingMessage, body: string): Received => ({
	headers,
	path: url,
	body,
	account: /Credential=([^/]*)\//.exec(first(headers.authorization))?.[1] ?? '',
	region: first(headers['x-tc-region']),
	action: first(headers['x-tc-action']),
});

export async function startHostileServer(): Promise<HostileServer> {
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const body = Buffer.concat(parts).toString();
			send(request.socket, hostile.answer(received(request, body))).catch((error: unknown) => {
				response.destroy();
				throw error;
			});
		});
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		// A client that has gone away is no fault of this program.
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
	});
	const port = await listen(server);
	const hostile: HostileServer = {
		url: `http://127.0.0.1:${port}`,
		answer: () => ({ body: '{}' }),
		close: async () => {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
	return hostile;
}
