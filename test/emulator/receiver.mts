/** A callback URL: it keeps what comes, and answers as told. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../listen.mts';

export type Answerer = (response: ServerResponse) => void;

export interface ReceivedRequest {
	method: string;
	headers: IncomingHttpHeaders;
	text: string;
}

export const withStatus =
	(status: number, ms = 0): Answerer =>
	(response) =>
		void setTimeout(() => response.writeHead(status).end('{"error_code":0}'), ms);

export const never: Answerer = () => {};

/** Answers each call in turn, with the last answer again and again. */
export async function openReceiver(...answers: Answerer[]) {
	const requests: ReceivedRequest[] = [];
	const bodies: any[] = [];
	const server = createServer((request, response) => {
		void text(request).then((received) => {
			requests.push({ method: request.method ?? '', headers: request.headers, text: received });
			try {
				bodies.push(JSON.parse(received));
			} catch {
				bodies.push(undefined);
			}
			(answers.length > 1 ? answers.shift() : answers[0])?.(response);
		});
	});
	const port = await listen(server);
	const close = async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { url: `http://127.0.0.1:${port}/hook?a=b`, requests, bodies, close };
}
