/**
 * What may stand between n8n and Tencent Cloud: a gateway on loopback that does to each request of each
 * task what a script says, byte by byte where it must be, and hands the others on to the emulator.
 */
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { listen } from '../listen.mts';

export interface Received {
	taskId: string;
	/** Which request for this task it is, from 1. */
	nth: number;
	step: string;
	/** performance.now() */
	at: number;
}

interface Exchange {
	request: IncomingMessage;
	response: ServerResponse;
	socket: Socket;
	body: Buffer;
	taskId: string;
	/** Where the emulator listens. */
	target: string;
}

type Action = (exchange: Exchange) => void | Promise<void>;

/** One thing that may happen to a request. */
export interface Step {
	name: string;
	act: Action;
}

const step = (name: string, act: Action): Step => ({ name, act });

/** A finished task's answer that is long enough to be cut in half. */
const answerOf = (taskId: string, fields: object = {}) =>
	Buffer.from(
		JSON.stringify({
			Response: {
				TaskID: taskId,
				Status: 'Finished',
				CreateTime: 1,
				FinishTime: 2,
				Result: { ErrorCode: 'OK', ErrorMessage: '', Total: 1, Snapshots: ['http://a/1.png'] },
				RequestId: 'from-the-gateway',
				...fields,
			},
		}),
	);

const headOf =
	(status: number) =>
	(...lines: string[]) =>
		[`HTTP/1.1 ${status} So`, 'Content-Type: application/json', ...lines, '', ''].join('\r\n');

const head = headOf(200);

const withLength = (body: Buffer, start = head) =>
	Buffer.concat([Buffer.from(start(`Content-Length: ${body.length}`)), body]);

/** The bytes of an answer, as they go over the wire. */
export const whole = (taskId: string) => withLength(answerOf(taskId));

const chunk = (body: Buffer) =>
	Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);

const inHalf = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));

/** The header block and half the body. */
function halfBody(taskId: string, start = head): Buffer {
	const body = answerOf(taskId);
	return withLength(body, start).subarray(0, -Math.ceil(body.length / 2));
}

const written = async (socket: Socket, bytes: Buffer | string) =>
	await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));

/** Sends bytes of its own making, then a FIN or an RST. */
const breakOff = (name: string, bytes: (taskId: string) => Buffer | string, by: 'fin' | 'rst') =>
	step(name, async ({ socket, taskId }) => {
		await written(socket, bytes(taskId));
		if (by === 'fin') {
			socket.end();
			return;
		}
		// The client shall have read what was sent: an RST throws away what it has not.
		await sleep(20);
		socket.resetAndDestroy();
	});

/** One byte every 200 ms from `from` on; what comes before goes out at once. */
const trickle = (name: string, from: (bytes: Buffer) => number) =>
	step(name, async ({ socket, taskId }) => {
		const bytes = whole(taskId);
		await written(socket, bytes.subarray(0, from(bytes)));
		for (const byte of bytes.subarray(from(bytes))) {
			if (socket.destroyed) return;
			socket.write(Buffer.from([byte]));
			await sleep(200);
		}
	});

export function reply(
	name: string,
	body: string | Buffer,
	options: { status?: number; headers?: Record<string, string> } = {},
): Step {
	const { status = 200, headers = {} } = options;
	return step(name, ({ response }) => {
		response.writeHead(status, {
			'Content-Type': 'application/json',
			'Content-Length': Buffer.byteLength(body),
			...headers,
		});
		response.end(body);
	});
}

const html = (status: number, title: string) =>
	reply(`${status} with a page`, `<html><head><title>${title}</title></head></html>`, {
		status,
		headers: { 'Content-Type': 'text/html' },
	});

/** Sends the client elsewhere. */
export const redirect = (status: number, location: string) =>
	reply(`a redirect ${status}`, '', { status, headers: { Location: location } });

export const REQUEST_ID = '5f8d7a0e-0000-4000-8000-00000000cafe';

export const apiError = (code: string, message = `The service says ${code}`, status = 200): Step =>
	reply(
		code,
		JSON.stringify({
			Response: { Error: { Code: code, Message: message }, RequestId: REQUEST_ID },
		}),
		{ status },
	);

/** Hands the request on as it is, signature and Host included, and brings the answer back. */
export const pass = step('pass', async ({ request, response, body, target }) => {
	const { hostname, port } = new URL(target);
	const { method, headers } = request;
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		httpRequest({ hostname, port, method, headers, path: request.url }, resolve)
			.on('error', reject)
			.end(body);
	});
	response.writeHead(answer.statusCode ?? 0, answer.headers);
	answer.pipe(response);
});

export const running = step('running', ({ response, taskId }) => {
	response.setHeader('Content-Type', 'application/json');
	response.end(answerOf(taskId, { Status: 'Running', FinishTime: null, Result: null }));
});

/** Half an answer; the connection ends a while after it. */
const cutLater = (start: typeof head) =>
	step('cut 30 ms after half a body', async ({ socket, taskId }) => {
		await written(socket, halfBody(taskId, start));
		await sleep(30);
		socket.destroy();
	});

/** Answers with this status that end too soon. */
function cutAnswers(status: number) {
	const start = headOf(status);
	const chunked = (bytes: Buffer) =>
		Buffer.concat([Buffer.from(start('Transfer-Encoding: chunked')), bytes]);
	return {
		resetAfterHeaders: breakOff(
			'reset after the headers',
			() => start('Content-Length: 100'),
			'rst',
		),
		closedAfterHeaders: breakOff(
			'closed after the headers',
			() => start('Content-Length: 9'),
			'fin',
		),
		resetInBody: breakOff('reset in the body', (id) => halfBody(id, start), 'rst'),
		halfBody: breakOff('half a body', (id) => halfBody(id, start), 'fin'),
		cutLater: cutLater(start),
		chunksWithoutEnd: breakOff(
			'chunks without an end',
			(id) => chunked(chunk(answerOf(id))),
			'fin',
		),
		halfChunk: breakOff('half a chunk', (id) => chunked(inHalf(chunk(answerOf(id)))), 'fin'),
		resetInChunk: breakOff('reset in a chunk', (id) => chunked(inHalf(chunk(answerOf(id)))), 'rst'),
	};
}

/** Answers with this status that arrive whole, but damaged on the way. */
function damagedAnswers(status: number) {
	const start = headOf(status);
	const gzipped = (bytes: Buffer) =>
		Buffer.concat([
			Buffer.from(start('Content-Encoding: gzip', `Content-Length: ${bytes.length}`)),
			bytes,
		]);
	return {
		halfGzip: breakOff(
			'half a gzip stream',
			(id) => gzipped(inHalf(gzipSync(answerOf(id)))),
			'fin',
		),
		falseGzip: breakOff('gzip in name only', (id) => gzipped(answerOf(id)), 'fin'),
		/** All but its last bytes, which axios takes for whole. */
		gzipCutInChunks: breakOff(
			'a gzip stream cut in chunks with an end',
			(id) =>
				Buffer.concat([
					Buffer.from(start('Content-Encoding: gzip', 'Transfer-Encoding: chunked')),
					chunk(gzipSync(answerOf(id)).subarray(0, -12)),
					Buffer.from('0\r\n\r\n'),
				]),
			'fin',
		),
	};
}

/** Connections that end too soon. */
export const broken = {
	resetBeforeHeaders: step('reset before the headers', ({ socket }) => {
		socket.resetAndDestroy();
	}),
	closedBeforeHeaders: breakOff('closed before the headers', () => '', 'fin'),
	resetInHeaders: breakOff('reset in the headers', (id) => whole(id).subarray(0, 30), 'rst'),
	closedInHeaders: breakOff('closed in the headers', (id) => whole(id).subarray(0, 30), 'fin'),
	...cutAnswers(200),
};

/** Answers that arrive whole, but damaged on the way. */
export const damaged = {
	...damagedAnswers(200),
	noHttp: breakOff('no HTTP', () => 'SSH-2.0-OpenSSH_9.6\r\n', 'fin'),
};

/** All answers that begin, with whatever status, and never come whole. */
export const incomplete = (status: number) =>
	Object.values({ ...cutAnswers(status), ...damagedAnswers(status) });

/** Answers that never come to an end. */
export const endless = {
	stall: step('stall', () => undefined),
	stallInBody: step('stall in the body', async ({ socket, taskId }) => {
		await written(socket, halfBody(taskId));
	}),
	trickledHeaders: trickle('headers byte by byte', () => 1),
	trickledBody: trickle('a body byte by byte', (bytes) => bytes.indexOf('\r\n\r\n') + 4),
	trickledChunks: step('chunks byte by byte', async ({ socket }) => {
		await written(socket, head('Transfer-Encoding: chunked'));
		while (!socket.destroyed) {
			socket.write(chunk(Buffer.from(' ')));
			await sleep(200);
		}
	}),
};
/** Whole HTTP answers that are not the service's. */
export const foreign = {
	html502: html(502, '502 Bad Gateway'),
	html503: html(503, '503 Service Unavailable'),
	html504: html(504, '504 Gateway Time-out'),
	html200: html(200, 'Please log in'),
	json500: reply('500 with JSON', '{"error":{"message":"down"}}', { status: 500 }),
	noBody: reply('no body', ''),
	halfJson: reply('half JSON', '{"Response":{"TaskID":'),
	jsonNull: reply('JSON null', 'null'),
	jsonList: reply('a JSON list', '[]'),
	noEnvelope: reply('JSON without Response', '{"TaskID":"1","Status":"Finished"}'),
	nullEnvelope: reply('Response null', '{"Response":null}'),
	textEnvelope: reply('Response a text', '{"Response":"Finished"}'),
};

export interface Gateway {
	url: string;
	received: Received[];
	/** Of one task, in order. */
	of(taskId: string): Received[];
	/** Connections that are open. */
	open(): number;
	/** What happens to the requests of tasks that have no script of their own; default `pass`. */
	otherwise: Step;
	/** One step for every request; the last one goes on. */
	script(taskId: string, ...steps: Step[]): void;
	/** Where the emulator listens. */
	target: string;
	close(): Promise<void>;
}

export async function startGateway(): Promise<Gateway> {
	const scripts = new Map<string, Step[]>();
	const counts = new Map<string, number>();
	const received: Received[] = [];

	const server = createServer({ keepAliveTimeout: 60_000 });
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
	});
	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const { socket } = request;
		const at = performance.now();
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		const body = Buffer.concat(parts);
		const { TaskID: taskId } = JSON.parse(body.toString()) as { TaskID: string };
		const nth = (counts.get(taskId) ?? 0) + 1;
		counts.set(taskId, nth);
		const steps = scripts.get(taskId) ?? [gateway.otherwise];
		const { name, act } = steps[Math.min(nth, steps.length) - 1];
		received.push({ taskId, nth, step: name, at });
		await act({ request, response, socket, body, taskId, target: gateway.target });
	};
	server.on('request', (request, response) => {
		// A client that has gone away is no fault of this program.
		serve(request, response).catch(() => response.destroy());
	});
	const port = await listen(server);

	const gateway: Gateway = {
		url: `http://127.0.0.1:${port}`,
		received,
		of: (taskId) => received.filter((one) => one.taskId === taskId),
		open: () => sockets.size,
		otherwise: pass,
		script: (taskId, ...steps) => {
			scripts.set(taskId, steps);
			counts.delete(taskId);
		},
		target: '',
		close: async () => {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
	return gateway;
}
