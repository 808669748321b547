import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { readCredential, refuse } from './credential';
import type { TencentCloudCredential } from './credential';
import { regionOf, tencentHost, webUrl } from './sites';
import { authorization } from './tc3';

/**
 * A request as n8n hands it to a credential: nodes give `url` and perhaps `baseURL`, the HTTP Request
 * node the older form with `uri`, and form bodies outside of `body`.
 */
export type N8nRequest = Omit<IHttpRequestOptions, 'url'> & {
	url?: string;
	uri?: string;
	form?: unknown;
	formData?: unknown;
};

/** Headers this module writes itself, or which (the service) only tell it what to sign. */
const OWN_HEADERS = ['authorization', 'content-type', 'content-length', 'host', 'x-tc-service'];

/** n8n's two forms of a request that is not redirected: another host must not get what was signed for this one. */
const NO_REDIRECT = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
};

function targetOf(request: N8nRequest): URL {
	const target = request.url || request.uri || '';
	const base = request.baseURL;
	const full =
		base && !/^[a-z]+:\/\//i.test(target)
			? `${base.replace(/\/+$/, '')}/${target.replace(/^\/+/, '')}`
			: target;
	const url = webUrl(full);
	if (!url) {
		throw refuse(
			// What stands before an @ may be a password.
			`"${full.replace(/.*@/s, '…@')}" is not a URL that a request can be sent to`,
			'Give the full address, e.g. https://tiw.intl.tencentcloudapi.com',
		);
	}
	if (url.username || url.password) {
		throw refuse(
			`The address of ${url.host} holds a user name or password`,
			'Leave them out: requests to Tencent Cloud are signed with the keys of the credential',
		);
	}
	if (url.pathname !== '/') {
		throw refuse(
			`Tencent Cloud API 3.0 is called at the path "/", not "${url.pathname}"`,
			'Put the action in the header X-TC-Action and leave the path out of the URL',
		);
	}
	return url;
}

/** RFC 3986 percent-encoding, which leaves only letters, digits and -_.~ as they are. */
const encode = (text: string) =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** Flattens a query as the API wants it: nested objects as `Parent.Child`, lists as `Name.0`, `Name.1`. */
function flatten(value: unknown, name: string, pairs: string[]): string[] {
	if (value === undefined || value === null) return pairs;
	if (typeof value !== 'object') pairs.push(`${encode(name)}=${encode(String(value))}`);
	else {
		for (const [key, child] of Object.entries(value)) {
			flatten(child, name ? `${name}.${key}` : key, pairs);
		}
	}
	return pairs;
}

/** The body's bytes. n8n sends a Buffer as it is; every other form it may trim, quote or drop. */
function bytesOf(request: N8nRequest): Buffer {
	const { body } = request;
	const isForm =
		request.form !== undefined ||
		request.formData !== undefined ||
		body instanceof URLSearchParams ||
		typeof (body as { getHeaders?: unknown } | undefined)?.getHeaders === 'function' ||
		typeof (body as { pipe?: unknown } | undefined)?.pipe === 'function' ||
		Object.prototype.toString.call(body) === '[object FormData]';
	if (isForm) {
		throw refuse(
			'Form, multipart and stream bodies cannot be signed for Tencent Cloud',
			'Send the parameters as a JSON body, or as a query with the method GET',
		);
	}
	if (Buffer.isBuffer(body)) return body;
	if (body instanceof Uint8Array) return Buffer.from(body);
	if (typeof body === 'string') return Buffer.from(body);
	return body === undefined || body === null
		? Buffer.alloc(0)
		: Buffer.from(JSON.stringify(body as IDataObject));
}

function required(headers: Record<string, string>, name: string, example: string): void {
	if (headers[name.toLowerCase()]) return;
	throw refuse(
		`The header ${name} is missing`,
		`Every Tencent Cloud API 3.0 request names it, e.g. ${name}: ${example}`,
	);
}

/** What has been signed, and hence sent. */
const signed = new WeakSet<object>();

/**
 * n8n hands a request that was answered with HTTP 401 to the credential once more, for a new token, and sends
 * it again, whatever it has changed. The code is that of answers that cannot be used.
 */
function refuseSecond(request: N8nRequest): void {
	if (!signed.has(request)) return;
	const refusal = refuse(
		'The answer to the request was HTTP 401, which Tencent Cloud does not give',
		'Check what stands between n8n and Tencent Cloud: a proxy, a firewall or a login page. The request is not sent a second time, since it may have taken effect',
	);
	throw Object.assign(refusal, { code: 'ERR_BAD_RESPONSE' });
}

/**
 * Signs a request with TC3-HMAC-SHA256 and returns the very bytes that n8n then sends: the query
 * moved into the URL, the body as a Buffer. Redirects are not followed: they would hand the body and the
 * session token on to another host.
 *
 * The service is the first label of a `*.tencentcloudapi.com` host; for any other host the header
 * `X-TC-Service` gives it and is taken off. A timestamp that the request already has is kept.
 *
 * @param now Milliseconds since the epoch, for requests without an `X-TC-Timestamp`
 * @throws {UserError} for a request that could only be signed wrongly; it is never sent
 */
export function signRequest(
	credential: TencentCloudCredential,
	request: N8nRequest,
	now: number,
): IHttpRequestOptions {
	refuseSecond(request);
	const account = readCredential(credential);
	const method = (request.method ?? 'GET').toUpperCase();
	if (method !== 'POST' && method !== 'GET') {
		throw refuse(
			`Tencent Cloud API 3.0 does not take the method ${method}`,
			'Use POST with a JSON body, or GET with a query',
		);
	}

	const url = targetOf(request);
	const headers: Record<string, string> = {};
	let givenService = '';
	for (const [name, value] of Object.entries(request.headers ?? {})) {
		const key = name.toLowerCase();
		if (key === 'x-tc-service') givenService = String(value).trim();
		if (OWN_HEADERS.includes(key) || value === undefined || value === null) continue;
		headers[key] = String(value);
	}

	const host = tencentHost(url.hostname);
	const service = host?.service ?? givenService.toLowerCase();
	if (!/^[a-z0-9-]+$/.test(service)) {
		throw refuse(
			`The Tencent Cloud service behind ${url.host} is not known`,
			'Add the header X-TC-Service with the name of the service, e.g. tiw',
		);
	}
	required(headers, 'X-TC-Action', 'DescribeSnapshotTask');
	required(headers, 'X-TC-Version', '2019-09-19');

	const pairs = flatten(request.qs, '', []);
	url.search = [url.search, ...pairs].filter(Boolean).join('&');
	// Read back, since URL encodes what it finds unencoded.
	const query = url.search.slice(1);
	if (method === 'POST' && query) {
		throw refuse(
			'Tencent Cloud API 3.0 takes no query with the method POST',
			'Move the parameters into the JSON body, or use GET',
		);
	}

	let body = bytesOf(request);
	if (method === 'GET' && body.length > 0) {
		throw refuse(
			'Tencent Cloud API 3.0 takes no body with the method GET',
			'Use POST, or move the parameters into the query',
		);
	}
	// An action without parameters still takes an empty object.
	if (method === 'POST' && body.length === 0) body = Buffer.from('{}');

	const timestamp = Number(headers['x-tc-timestamp']?.trim() || Math.floor(now / 1000));
	if (!Number.isSafeInteger(timestamp) || timestamp < 0 || timestamp > 1e11) {
		throw refuse(
			`The header X-TC-Timestamp holds "${headers['x-tc-timestamp']}"`,
			'Give the time in whole seconds since 1970, or leave the header out',
		);
	}
	headers['x-tc-timestamp'] = String(timestamp);
	headers['x-tc-region'] ||= account.region || host?.region || regionOf(account);
	if (account.sessionToken) headers['x-tc-token'] = account.sessionToken;
	for (const [name, value] of Object.entries(headers)) {
		if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
		throw refuse(
			`The header ${name} holds a line break or another character that no header can hold`,
			'Take it out; parameters with such characters belong into the JSON body',
		);
	}

	const contentType = method === 'POST' ? 'application/json' : 'application/x-www-form-urlencoded';
	headers['content-type'] = contentType;
	headers.authorization = authorization({
		secretId: account.secretId,
		secretKey: account.secretKey,
		service,
		timestamp,
		method,
		query,
		headers: { 'content-type': contentType, host: url.host },
		payload: body,
	});

	const { uri } = request;
	const result: IHttpRequestOptions = {
		...request,
		...NO_REDIRECT,
		...(uri === undefined ? {} : { uri: url.href }),
		url: url.href,
		baseURL: undefined,
		qs: undefined,
		method,
		headers,
		body: method === 'POST' ? body : undefined,
	};
	signed.add(result);
	return result;
}
