import { describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as officialModule from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js';

import { authorization, canonicalRequest } from '../../credentials/signing/tc3.ts';

const official = (officialModule as unknown as { default: { sign3(options: object): string } })
	.default;

interface Vector {
	name: string;
	secretId: string;
	secretKey: string;
	timestamp: number;
	service: string;
	method: string;
	signedHost: string;
	query: string;
	headers: Record<string, string>;
	signedHeaderNames: string[];
	payload: string;
	expected: { canonicalRequest: string; canonicalRequestHash: string; authorization: string };
}

const { vectors } = JSON.parse(readFileSync(join('test', 'facts', 'tc3.json'), 'utf8')) as {
	vectors: Vector[];
};

function requestOf(vector: Vector) {
	const byName = Object.fromEntries(
		Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
	const headers = Object.fromEntries(
		vector.signedHeaderNames.map((name) => [
			name,
			name === 'host' ? vector.signedHost : byName[name],
		]),
	);
	return { ...vector, headers };
}

describe('the published and checked vectors', () => {
	test('are all there', () => expect(vectors).toHaveLength(11));

	test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
		const { text } = canonicalRequest(requestOf(vector));
		expect(text).toBe(vector.expected.canonicalRequest);
		expect(createHash('sha256').update(text).digest('hex')).toBe(
			vector.expected.canonicalRequestHash,
		);
		expect(authorization(requestOf(vector))).toBe(vector.expected.authorization);
	});
});

const text = fc.string({ unit: 'binary', minLength: 0, maxLength: 40 });
const label = fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/);

/** What the SDK signs: POST, its fixed headers, the payload as JSON. */
const request = fc.record({
	secretId: fc.stringMatching(/^AKID[A-Za-z0-9]{1,40}$/),
	secretKey: fc.stringMatching(/^[A-Za-z0-9]{1,40}$/),
	service: label,
	timestamp: fc.integer({ min: 0, max: 4_102_444_800 }),
	domain: fc.constantFrom('.tencentcloudapi.com', '.intl.tencentcloudapi.com'),
	payload: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text))),
});

test('agrees with the official SDK on 300 generated requests', () => {
	let compared = 0;
	fc.assert(
		fc.property(request, ({ domain, payload, ...rest }) => {
			const host = `${rest.service}${domain}`;
			const theirs = official.sign3({
				method: 'POST',
				url: `https://${host}/`,
				// As bytes: the SDK's own JSON writer escapes some characters that need no escape.
				payload: Buffer.from(JSON.stringify(payload)),
				timestamp: rest.timestamp,
				service: rest.service,
				secretId: rest.secretId,
				secretKey: rest.secretKey,
				multipart: false,
				boundary: '',
				headers: { 'Content-Type': 'application/json', host },
			});
			const ours = authorization({
				...rest,
				method: 'POST',
				query: '',
				headers: { 'content-type': 'application/json', host },
				payload: JSON.stringify(payload),
			});
			compared += 1;
			expect(ours).toBe(theirs);
		}),
		{ numRuns: 300 },
	);
	expect(compared).toBeGreaterThanOrEqual(300);
});

test('the key cache never serves another day, service or secret', () => {
	// Few values, so that the same triples come again and the cache (50 keys) fills and empties.
	const few = fc.record({
		secretKey: fc.constantFrom('one', 'two', 'one/', '1'),
		service: fc.constantFrom('tiw', 'sts', 'cvm', 'cos'),
		timestamp: fc.integer({ min: 0, max: 9 }).map((day) => day * 86_400 + 86_399 * (day % 2)),
	});
	fc.assert(
		fc.property(fc.array(few, { maxLength: 200 }), (requests) => {
			for (const part of requests) {
				const url = `https://${part.service}.tencentcloudapi.com/`;
				const host = new URL(url).host;
				const theirs = official.sign3({
					method: 'POST',
					url,
					payload: {},
					secretId: 'id',
					multipart: false,
					boundary: '',
					headers: { 'Content-Type': 'application/json', host },
					...part,
				});
				expect(
					authorization({
						secretId: 'id',
						method: 'POST',
						query: '',
						headers: { 'Content-Type': 'application/json', Host: host },
						payload: Buffer.from('{}'),
						...part,
					}),
				).toBe(theirs);
			}
		}),
		{ numRuns: 20 },
	);
});

describe('the cache of signing keys', () => {
	const sign = (secretKey: string, day: number) =>
		authorization({
			secretId: 'id',
			secretKey,
			service: 'tiw',
			timestamp: day * 86_400,
			method: 'POST',
			query: '',
			headers: { 'content-type': 'application/json', host: 'tiw.tencentcloudapi.com' },
			payload: '{}',
		});

	test('holds no secret as plain text, and no key of a day that is over', () => {
		const set = jest.spyOn(Map.prototype, 'set');
		const remove = jest.spyOn(Map.prototype, 'delete');
		try {
			sign('SecretThatNobodyMaySee', 30_000);
			const [[key]] = set.mock.calls as Array<[unknown, unknown]>;
			expect(key).toMatch(/^2052-02-20\/tiw\/[A-Za-z0-9+/=]{44}$/);
			expect(JSON.stringify(set.mock.calls)).not.toContain('SecretThatNobodyMaySee');
			expect(remove.mock.calls).not.toContainEqual([key]);
			sign('SecretThatNobodyMaySee', 30_001);
			expect(remove.mock.calls).toContainEqual([key]);
		} finally {
			set.mockRestore();
			remove.mockRestore();
		}
	});
});
