/** A client that signs as told, right or wrong, and reports what came back byte by byte. */
import { request as httpRequest } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';

import { DEMO_KEYS } from '../../emulator/server.mts';
import { ALGORITHM, canonicalRequest, signature, utcDate } from '../../emulator/verify.mts';

export interface RawCall {
	action?: string;
	/** The body, or an object to be made JSON of. */
	body?: string | Buffer | object;
	/** Bytes sent instead of those signed. */
	sentBody?: string;
	method?: string;
	target?: string;
	service?: string;
	version?: string;
	region?: string | null;
	timestamp?: number;
	/** Date in the credential scope; the timestamp's own where left out. */
	date?: string;
	secretId?: string;
	secretKey?: string;
	/** Host value to sign; the Host header as sent where left out. */
	signedHost?: string;
	signedHeaders?: string[];
	contentType?: string;
	/** Added to the request, or taking the place of a header; null leaves one out. */
	headers?: Record<string, string | null>;
	agent?: Agent;
}

export interface RawAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
	/** Set when the connection broke; headers and body hold what had come by then. */
	error: NodeJS.ErrnoException | null;
}

export function send(
	url: string,
	method: string,
	target: string,
	headers: Record<string, string>,
	body: string | Buffer,
	agent?: Agent,
): Promise<RawAnswer> {
	return new Promise((resolve) => {
		const answer: RawAnswer = { status: 0, headers: {}, body: Buffer.alloc(0), error: null };
		const fail = (error: NodeJS.ErrnoException) => resolve({ ...answer, error });
		const { hostname, port } = new URL(url);
		const request = httpRequest(
			{ hostname, port, path: target, method, headers, agent: agent ?? false },
			(response) => {
				answer.status = response.statusCode ?? 0;
				answer.headers = response.headers;
				response.on('data', (part: Buffer) => {
					answer.body = Buffer.concat([answer.body, part]);
				});
				response.on('error', fail);
				response.on('end', () => resolve(answer));
			},
		);
		request.on('error', fail);
		request.end(body);
	});
}

export function signedHeaders(url: string, call: RawCall): Record<string, string> {
	const timestamp = call.timestamp ?? Math.floor(Date.now() / 1000);
	const method = call.method ?? 'POST';
	const service = call.service ?? 'tiw';
	const headers: Record<string, string> = {
		host: new URL(url).host,
		'content-type':
			call.contentType ??
			(method === 'GET' ? 'application/x-www-form-urlencoded' : 'application/json'),
		'x-tc-action': call.action ?? 'DescribeSnapshotTask',
		'x-tc-version': call.version ?? '2019-09-19',
		'x-tc-timestamp': String(timestamp),
	};
	if (call.region !== null) headers['x-tc-region'] = call.region ?? 'ap-singapore';
	const names = call.signedHeaders ?? ['content-type', 'host'];
	const canonical = canonicalRequest(
		{ method, target: call.target ?? '/', headers, body: bodyOf(call) },
		names,
		call.signedHost ?? headers.host,
	);
	const secretId = call.secretId ?? DEMO_KEYS[0].secretId;
	const secretKey = call.secretKey ?? DEMO_KEYS[0].secretKey;
	const scope = `${call.date ?? utcDate(timestamp)}/${service}/tc3_request`;
	headers.authorization = `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature(secretKey, service, timestamp, canonical)}`;
	for (const [name, value] of Object.entries(call.headers ?? {})) {
		if (value === null) delete headers[name];
		else headers[name] = value;
	}
	return headers;
}

function bodyOf(call: RawCall): Buffer {
	if (call.method === 'GET') return Buffer.alloc(0);
	const { body = {} } = call;
	if (Buffer.isBuffer(body)) return body;
	return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

export function rawCall(url: string, call: RawCall): Promise<RawAnswer> {
	const body = call.sentBody ?? bodyOf(call);
	const headers = signedHeaders(url, call);
	return send(url, call.method ?? 'POST', call.target ?? '/', headers, body, call.agent);
}

export interface ApiAnswer {
	Error?: { Code: string; Message: string };
	RequestId: string;
	[field: string]: unknown;
}

/** A call whose answer must be the service's JSON. */
export async function apiCall(url: string, call: RawCall): Promise<ApiAnswer> {
	const { body, error } = await rawCall(url, call);
	if (error) throw error;
	return (JSON.parse(body.toString('utf8')) as { Response: ApiAnswer }).Response;
}

/** The error code answered; null for success. */
export async function codeOf(url: string, call: RawCall): Promise<string | null> {
	return (await apiCall(url, call)).Error?.Code ?? null;
}
