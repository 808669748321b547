/**
 * TC3-HMAC-SHA256 as the receiving side sees it. The server builds the canonical request from the
 * bytes that arrived and from what it expects itself (service, UTC day of the timestamp), so a
 * signature made for another body, host, service or day simply does not match.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { ApiError } from './api-error.mts';

export const ALGORITHM = 'TC3-HMAC-SHA256';
export const TOLERANCE_SECONDS = 300;

export interface RawRequest {
	method: string;
	/** Path and query exactly as they came over the wire. */
	target: string;
	/** Lower-case names, as node:http gives them. */
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
}

export interface AccessKey {
	secretId: string;
	secretKey: string;
	/** Temporary keys come with a session token; without it they are refused. */
	token?: string;
	/** A temporary key whose time is over. */
	expired?: boolean;
}

export interface Authorization {
	secretId: string;
	date: string;
	service: string;
	signedHeaders: string[];
	signature: string;
}

const AUTHORIZATION_PATTERN =
	/^TC3-HMAC-SHA256 +Credential=([^/,\s]+)\/([^/,\s]+)\/([^/,\s]+)\/tc3_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

export function parseAuthorization(line: string | undefined): Authorization | undefined {
	const parts = AUTHORIZATION_PATTERN.exec(line ?? '');
	if (!parts) return undefined;
	const [, secretId, date, service, signedHeaders, signature] = parts;
	return { secretId, date, service, signedHeaders: signedHeaders.split(';'), signature };
}

export function headerOf(request: RawRequest, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value) ? value.join(', ') : value;
}

export function splitTarget(target: string): { path: string; query: string } {
	const mark = target.indexOf('?');
	return mark === -1
		? { path: target, query: '' }
		: { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) =>
	createHmac('sha256', key).update(data, 'utf8').digest();

/** Only A–Z: node hands header bytes over as latin1, where other letters are no letters. */
const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export function canonicalRequest(
	request: RawRequest,
	signedHeaders: readonly string[],
	host: string,
): Buffer {
	const { path, query } = splitTarget(request.target);
	const headers = signedHeaders.map((name) => {
		const value = name === 'host' ? host : (headerOf(request, name) ?? '');
		return `${name}:${lower(value.trim())}\n`;
	});
	return Buffer.from(
		[
			request.method,
			path,
			query,
			headers.join(''),
			signedHeaders.join(';'),
			sha256(request.body),
		].join('\n'),
		'latin1',
	);
}

export function utcDate(timestamp: number): string {
	return new Date(timestamp * 1000).toISOString().slice(0, 10);
}

export function signature(
	secretKey: string,
	service: string,
	timestamp: number,
	canonical: Buffer,
): string {
	const date = utcDate(timestamp);
	const toSign = [ALGORITHM, timestamp, `${date}/${service}/tc3_request`, sha256(canonical)];
	const signingKey = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
	return hmac(signingKey, toSign.join('\n')).toString('hex');
}

/** A host may be signed with its port, as it is sent, or without it, as the official SDKs do. */
export function acceptedHosts(host: string): string[] {
	const bare = host.replace(/:\d+$/, '');
	return bare === host ? [host] : [host, bare];
}

const equal = (a: string, b: string) =>
	a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function readTimestamp(request: RawRequest): number {
	const text = headerOf(request, 'x-tc-timestamp');
	if (text === undefined) {
		throw new ApiError('MissingParameter', 'The header X-TC-Timestamp is missing.');
	}
	if (!/^\d{1,12}$/.test(text)) {
		throw new ApiError(
			'InvalidParameterValue',
			'The header X-TC-Timestamp must be a whole number of Unix seconds.',
		);
	}
	return Number(text);
}

function checkShape(authorization: Authorization | undefined): Authorization {
	const refuse = (what: string) => new ApiError('AuthFailure.InvalidAuthorization', what);
	if (!authorization) {
		throw refuse(
			`The Authorization header is missing or is not "${ALGORITHM} Credential=…, SignedHeaders=…, Signature=…".`,
		);
	}
	const { signedHeaders } = authorization;
	for (const needed of ['content-type', 'host']) {
		if (!signedHeaders.includes(needed)) throw refuse(`The header ${needed} must be signed.`);
	}
	const inOrder = signedHeaders.every(
		(name, index) => name === lower(name) && (index === 0 || signedHeaders[index - 1] < name),
	);
	if (!inOrder) throw refuse('SignedHeaders must be in lower case, sorted, and without repeats.');
	return authorization;
}

/** Temporary and permanent keys alike: the token must be the key's own, or absent. */
function checkToken(key: AccessKey, token: string | undefined): void {
	const refuse = (what: string) => new ApiError('AuthFailure.TokenFailure', what);
	if (key.expired) throw refuse('The temporary key has expired.');
	if (key.token === undefined) {
		if (token) throw refuse('The key is a permanent one and takes no X-TC-Token.');
	} else if (token === undefined || token === '') {
		throw refuse('The key is a temporary one and needs its X-TC-Token.');
	} else if (!equal(sha256(token), sha256(key.token))) {
		throw refuse('The X-TC-Token does not belong to this key.');
	}
}

/** Returns the key the request was signed with, or throws the service's error. */
export function verifyRequest(
	request: RawRequest,
	expected: {
		service: string;
		findKey: (secretId: string) => AccessKey | undefined;
		nowSeconds: number;
	},
): AccessKey {
	const authorization = checkShape(parseAuthorization(headerOf(request, 'authorization')));
	const timestamp = readTimestamp(request);
	const offset = Math.round(timestamp - expected.nowSeconds);
	if (Math.abs(timestamp - expected.nowSeconds) > TOLERANCE_SECONDS) {
		throw new ApiError(
			'AuthFailure.SignatureExpire',
			`X-TC-Timestamp is ${Math.abs(offset)} s ${offset < 0 ? 'behind' : 'ahead of'} the server's clock; ${TOLERANCE_SECONDS} s are allowed.`,
		);
	}
	const key = expected.findKey(authorization.secretId);
	if (!key) throw new ApiError('AuthFailure.SecretIdNotFound', 'The SecretId is not known.');

	const matches = acceptedHosts(headerOf(request, 'host') ?? '').some((host) =>
		equal(
			authorization.signature,
			signature(
				key.secretKey,
				expected.service,
				timestamp,
				canonicalRequest(request, authorization.signedHeaders, host),
			),
		),
	);
	// The scope written in the header must be the one signed, not just any.
	const scopeFits =
		authorization.service === expected.service && authorization.date === utcDate(timestamp);
	if (!matches || !scopeFits) {
		const hint = scopeFits
			? 'Compare the SecretKey, and the signed bytes with the sent ones.'
			: `The scope must be ${utcDate(timestamp)}/${expected.service}/tc3_request.`;
		throw new ApiError('AuthFailure.SignatureFailure', `The signature does not match. ${hint}`);
	}
	checkToken(key, headerOf(request, 'x-tc-token'));
	return key;
}
