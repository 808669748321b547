import { createHmac, createSecretKey, hash } from 'crypto';
import type { KeyObject } from 'crypto';

/** What a TC3-HMAC-SHA256 signature covers. */
export interface Tc3Request {
	secretId: string;
	secretKey: string;
	/** Product name, e.g. `tiw`: the first label of the product's host. */
	service: string;
	/** Unix seconds, the same value as in the `X-TC-Timestamp` header. */
	timestamp: number;
	method: string;
	/** Query string without `?`, in the order and encoding in which it is sent. */
	query: string;
	/** Headers to sign; must hold `content-type` and `host`. Names in any case. */
	headers: Record<string, string>;
	/** The body's exact bytes. */
	payload: Uint8Array | string;
}

const ALGORITHM = 'TC3-HMAC-SHA256';
const CACHED_KEYS = 50;

/** Signing keys by day, service and the secret's hash: a key lives for one UTC day, so few are ever in use. */
const keys = new Map<string, KeyObject>();

const sha256 = (data: Uint8Array | string) => hash('sha256', data, 'hex');
const hmac = (key: Buffer | string, data: string) =>
	createHmac('sha256', key).update(data).digest();

function signingKey(secretKey: string, date: string, service: string): KeyObject {
	// The date has a fixed length and a service has no slash, so the parts cannot run into each other.
	const id = `${date}/${service}/${hash('sha256', secretKey, 'base64')}`;
	let key = keys.get(id);
	if (!key) {
		// As a KeyObject it is made ready once; with a Buffer every HMAC would do so anew.
		key = createSecretKey(hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request'));
		for (const other of keys.keys()) if (other < date) keys.delete(other);
		if (keys.size >= CACHED_KEYS) keys.delete(keys.keys().next().value as string);
		keys.set(id, key);
	}
	return key;
}

/** The UTC calendar day of a timestamp in Unix seconds, as the credential scope has it. */
export function scopeDate(timestamp: number): string {
	return new Date(timestamp * 1000).toISOString().slice(0, 10);
}

/**
 * The canonical request and the names of the signed headers, as Tencent Cloud API 3.0 documents them
 * (Signature Method v3, step 1).
 */
export function canonicalRequest(request: Tc3Request): { text: string; signedHeaders: string } {
	const names = [];
	const byName: Record<string, string> = {};
	for (const header of Object.keys(request.headers)) {
		const name = header.toLowerCase();
		names.push(name);
		byName[name] = request.headers[header].trim().toLowerCase();
	}
	names.sort();

	let headers = '';
	for (const name of names) headers += `${name}:${byName[name]}\n`;
	const signedHeaders = names.join(';');
	const text = `${request.method.toUpperCase()}\n/\n${request.query}\n${headers}\n${signedHeaders}\n${sha256(request.payload)}`;
	return { text, signedHeaders };
}

/** The `Authorization` header of a request. */
export function authorization(request: Tc3Request): string {
	const { secretId, secretKey, service, timestamp } = request;
	const date = scopeDate(timestamp);
	const scope = `${date}/${service}/tc3_request`;
	const { text, signedHeaders } = canonicalRequest(request);
	const stringToSign = `${ALGORITHM}\n${timestamp}\n${scope}\n${sha256(text)}`;
	const signature = createHmac('sha256', signingKey(secretKey, date, service))
		.update(stringToSign)
		.digest('hex');
	return `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
