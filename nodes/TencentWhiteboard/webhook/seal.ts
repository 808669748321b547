import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'crypto';

import { isObject, parseJson, textOf } from '../text';

/** What Tencent Cloud has stored for an application and a kind of task; empty where there is nothing. */
export interface Registration {
	url: string;
	key: string;
}

const CIPHER = 'aes-256-gcm';
const IV = 12;
const TAG = 16;

const keyOf = (secret: string) =>
	Buffer.from(hkdfSync('sha256', secret, '', 'n8n-nodes-tencent-whiteboard former callback', 32));

/** A registration as text for a URL, which only who has the secret can read or make. */
export function seal(registration: Registration, secret: string): string {
	const iv = randomBytes(IV);
	const cipher = createCipheriv(CIPHER, keyOf(secret), iv);
	const text = Buffer.concat([cipher.update(JSON.stringify(registration)), cipher.final()]);
	return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

/** Undefined where the text was made with another secret, or has been changed. */
export function unseal(text: string, secret: string): Registration | undefined {
	try {
		const bytes = Buffer.from(text, 'base64url');
		const cipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, IV), {
			authTagLength: TAG,
		});
		cipher.setAuthTag(bytes.subarray(IV, IV + TAG));
		const inner = Buffer.concat([cipher.update(bytes.subarray(IV + TAG)), cipher.final()]);
		const value = parseJson(inner.toString());
		return isObject(value) ? { url: textOf(value.url), key: textOf(value.key) } : undefined;
	} catch {
		return undefined;
	}
}
