/** A small HTTP service on loopback that tells what it was sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listen } from '../../listen.mts';

export interface ReceivedRequest {
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

export interface TestServer {
	url: string;
	received: ReceivedRequest[];
	/** Decides the answers; default: 200 and the body that came. */
	answer: (request: ReceivedRequest) => { status?: number; statusText?: string; json: unknown };
	close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
	const server = createServer((incoming, response) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			const request: ReceivedRequest = {
				method: incoming.method ?? '',
				path: incoming.url ?? '',
				headers: incoming.headers,
				body: Buffer.concat(chunks).toString('utf8'),
			};
			testServer.received.push(request);
			const { status = 200, statusText = '', json } = testServer.answer(request);
			response.writeHead(status, statusText, { 'content-type': 'application/json' });
			response.end(JSON.stringify(json));
		});
	});
	const port = await listen(server);
	const testServer: TestServer = {
		url: `http://127.0.0.1:${port}`,
		received: [],
		answer: ({ body }) => ({ json: { received: JSON.parse(body || 'null') as unknown } }),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return testServer;
}
