/** The body of an event: an envelope around its data, signed where the application has a key. */
import { createHash } from 'node:crypto';

import type { Params } from './params.mts';
import { unixSeconds } from './times.mts';

export interface EnvelopeOptions {
	/** How long a signature is good for; not documented, default 600. */
	expireSeconds?: number;
	/** Fields of the envelope that come first, in this order; no order is documented. */
	fieldOrder?: readonly string[];
}

/** Covers the key and the expiry, and nothing of the event. */
export const signOf = (key: string, expireTime: number | string) =>
	createHash('md5').update(`${key}${expireTime}`).digest('hex');

export const signed = (event: Params, key: string, expireTime: number): Params => ({
	...event,
	ExpireTime: expireTime,
	Sign: signOf(key, expireTime),
});

const inOrder = (body: Params, names: readonly string[]): Params =>
	Object.fromEntries(
		[...names.filter((name) => name in body), ...Object.keys(body)].map((name) => [
			name,
			body[name],
		]),
	);

/** `at` in milliseconds; an empty key for no signature. */
export function enveloped(
	fields: Omit<Params, 'Timestamp'>,
	at: number,
	key = '',
	{ expireSeconds = 600, fieldOrder = [] }: EnvelopeOptions = {},
): Params {
	const Timestamp = unixSeconds(at);
	const event: Params = { Timestamp, ...fields };
	const body = key === '' ? event : signed(event, key, Timestamp + expireSeconds);
	return inOrder(body, fieldOrder);
}
