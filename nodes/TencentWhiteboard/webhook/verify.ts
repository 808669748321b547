import { hash, timingSafeEqual } from 'crypto';

import { textOf } from '../text';

/** How far the clocks of Tencent Cloud and this machine may differ. Seconds. */
const CLOCK_TOLERANCE = 60;

/** How Tencent Cloud signs a callback: neither its body nor its type is covered. */
export const signatureOf = (key: string, expireTime: string) => hash('md5', key + expireTime);

/** Compares in a time that tells nothing of what is secret. */
export function isSame(left: string, right: string): boolean {
	const [one, other] = [Buffer.from(left), Buffer.from(right)];
	return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Why a callback does not come from somebody who has the key, or comes too late; undefined where it is right.
 *
 * @param now Milliseconds since the epoch
 */
export function signatureFault(
	key: string,
	{ Sign, ExpireTime }: Record<string, unknown>,
	now: number,
): string | undefined {
	const expireTime = textOf(ExpireTime);
	if (typeof Sign !== 'string' || !expireTime) return 'it is not signed';
	if (!/^\d{1,15}$/.test(expireTime)) return 'its ExpireTime is not in Unix seconds';
	if (!isSame(Sign.toLowerCase(), signatureOf(key, expireTime))) {
		return 'its Sign does not fit the callback key';
	}
	return (Number(expireTime) + CLOCK_TOLERANCE) * 1000 < now ? 'it has expired' : undefined;
}
