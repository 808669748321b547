/**
 * Requests in the two shapes n8n hands to a credential: the modern one of
 * `httpRequestWithAuthentication`, and the older one the HTTP Request node (version 4) still uses.
 */
import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IRequestOptions,
} from 'n8n-workflow';
import type { Engine } from './runner.mts';

/** The choices of the HTTP Request node's form. */
export interface HttpNodeForm {
	url: string;
	method?: IHttpRequestMethods;
	query?: IDataObject;
	headers?: Record<string, string>;
	/** "Body Content Type: JSON", by text ("Using JSON") or as a parsed value. Its text is lost on the way. */
	json?: string | IDataObject | unknown[];
	/** "Form Urlencoded". */
	form?: IDataObject;
	/** "Form-Data". */
	multipart?: IDataObject;
	/** "Raw". */
	raw?: { body: string; contentType: string };
}

export interface HttpAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Parsed where it is JSON, otherwise text. */
	body: unknown;
}

/** What the HTTP Request node makes of its form, with "Response Format: Autodetect". */
export function toLegacyRequest(form: HttpNodeForm): IRequestOptions {
	const { url, method = 'POST', query, headers, json, form: fields, multipart, raw } = form;
	const lowerCased = Object.fromEntries(
		Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
	);
	const body = typeof json === 'string' ? (JSON.parse(json) as IDataObject) : json;
	return {
		headers: {
			...lowerCased,
			...(raw && { 'content-type': raw.contentType }),
			accept: lowerCased.accept ?? 'application/json,text/*;q=0.9, */*;q=0.7',
		},
		method,
		uri: url,
		gzip: true,
		rejectUnauthorized: true,
		followRedirect: true,
		followAllRedirects: true,
		resolveWithFullResponse: true,
		timeout: 300_000,
		encoding: null,
		json: false,
		useStream: true,
		...(query && { qs: query }),
		...(body !== undefined && { body }),
		...(fields && { form: fields }),
		...(multipart && { formData: multipart }),
		...(raw && { body: raw.body }),
	};
}

async function readBody(body: unknown): Promise<unknown> {
	if (body === null || typeof body !== 'object' || !(Symbol.asyncIterator in body)) return body;
	const chunks: Buffer[] = [];
	for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks).toString('utf8');
}

function parse(body: unknown): unknown {
	const text = Buffer.isBuffer(body) ? body.toString('utf8') : body;
	if (typeof text !== 'string') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** The type of the one credential the function's node has. */
function credentialType(context: IExecuteFunctions): string {
	return Object.keys(context.getNode().credentials ?? {})[0];
}

/** Sends a request as the HTTP Request node with a "Predefined Credential Type" sends it. */
export async function requestAsHttpNode(
	engine: Engine,
	credentialName: string,
	request: HttpNodeForm | IRequestOptions,
): Promise<HttpAnswer> {
	const options = 'url' in request ? toLegacyRequest(request as HttpNodeForm) : request;
	return await engine.runFunction(credentialName, async function () {
		const answer = (await this.helpers.requestWithAuthentication.call(
			this,
			credentialType(this),
			{ ...options, resolveWithFullResponse: true } as IRequestOptions,
			undefined,
			0,
		)) as IN8nHttpFullResponse;
		const { statusCode, headers } = answer;
		return { statusCode, headers, body: parse(await readBody(answer.body)) };
	});
}

/** Sends a request as a node sends it with `httpRequestWithAuthentication`. */
export async function requestAsNode(
	engine: Engine,
	credentialName: string,
	request: IHttpRequestOptions,
): Promise<HttpAnswer> {
	return await engine.runFunction(credentialName, async function () {
		const answer = (await this.helpers.httpRequestWithAuthentication.call(
			this,
			credentialType(this),
			{
				...request,
				returnFullResponse: true,
			},
		)) as IN8nHttpFullResponse;
		const { statusCode, headers } = answer;
		return { statusCode, headers, body: parse(await readBody(answer.body)) };
	});
}
