/** A small web server whose requests and responses have what nodes use of n8n's own (Express). */
import { IncomingMessage, ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse as parseQuery } from 'node:querystring';
import { createGunzip, createInflate } from 'node:zlib';

/** N8N_PAYLOAD_SIZE_MAX, as n8n has it by default. */
const MAX_BODY_BYTES = 16 * 2 ** 20;

/** An error that says which status the caller gets; any other one is a 500. */
export class HttpError extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

export class WebRequest extends IncomingMessage {
	params: Record<string, string> = {};
	/** Only there when its content type is one that n8n parses, and it is not empty. */
	body?: unknown;
	declare rawBody: Buffer;

	get #url(): URL {
		return new URL(this.originalUrl, `http://${this.headers.host ?? 'localhost'}`);
	}

	get originalUrl(): string {
		return this.url ?? '/';
	}

	get path(): string {
		return this.#url.pathname;
	}

	get query(): ReturnType<typeof parseQuery> {
		return parseQuery(this.#url.search.slice(1));
	}

	get hostname(): string {
		return this.#url.hostname;
	}

	get protocol(): string {
		return 'http';
	}

	get ip(): string | undefined {
		return this.socket.remoteAddress;
	}

	get ips(): string[] {
		return [];
	}

	get contentType(): string | undefined {
		return this.headers['content-type']?.split(';')[0].trim().toLowerCase();
	}

	get encoding(): BufferEncoding {
		const charset = /;\s*charset="?([^";\s]+)/i.exec(this.headers['content-type'] ?? '')?.[1];
		return charset && Buffer.isEncoding(charset) ? charset : 'utf-8';
	}

	get(name: string): string | string[] | undefined {
		return this.headers[name.toLowerCase()];
	}

	header(name: string): string | string[] | undefined {
		return this.get(name);
	}

	async readRawBody(): Promise<void> {
		const known: Buffer | undefined = this.rawBody;
		if (known) return;
		const unpack = { gzip: createGunzip, deflate: createInflate }[
			this.headers['content-encoding'] ?? ''
		];
		const stream = unpack ? this.pipe(unpack()) : this;
		const chunks: Buffer[] = [];
		let size = 0;
		for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
			size += (chunk as Buffer).length;
			if (size > MAX_BODY_BYTES) {
				throw new Error('The body of the request is larger than 16 MB');
			}
			chunks.push(chunk as Buffer);
		}
		this.rawBody = Buffer.concat(chunks);
	}
}

export class WebResponse extends ServerResponse<WebRequest> {
	locals: Record<string, unknown> = {};

	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	set(name: string, value: string | string[]): this {
		return this.setHeader(name, value);
	}

	header(name: string, value: string | string[]): this {
		return this.setHeader(name, value);
	}

	type(contentType: string): this {
		return this.setHeader('Content-Type', contentType);
	}

	json(value: unknown): this {
		this.#defaultType('application/json; charset=utf-8');
		return this.end(JSON.stringify(value));
	}

	send(value?: unknown): this {
		if (value !== undefined && typeof value !== 'string' && !Buffer.isBuffer(value)) {
			return this.json(value);
		}
		const isText = typeof value === 'string';
		if (value) this.#defaultType(isText ? 'text/html; charset=utf-8' : 'application/octet-stream');
		return this.end(value);
	}

	sendStatus(code: number): this {
		return this.status(code).send(String(code));
	}

	#defaultType(contentType: string): void {
		if (!this.hasHeader('Content-Type')) this.type(contentType);
	}
}

export interface WebServer {
	url: string;
	port: number;
	close(): Promise<void>;
}

export type WebHandler = (request: WebRequest, response: WebResponse) => Promise<void>;

/** Answers what `handler` throws, too. */
export async function startWebServer(handler: WebHandler, port = 0): Promise<WebServer> {
	const server = createServer(
		{ IncomingMessage: WebRequest, ServerResponse: WebResponse },
		(request, response) => {
			handler(request, response).catch((error: Error) => {
				if (response.headersSent) {
					response.destroy();
					return;
				}
				const status = error instanceof HttpError ? error.status : 500;
				const code = error instanceof HttpError ? status : 0;
				response.status(status).json({ code, message: error.message });
			});
		},
	);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve();
		});
	});
	const address = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${address.port}`,
		port: address.port,
		async close() {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
