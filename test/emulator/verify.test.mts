import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { ApiError } from '../../emulator/api-error.mts';
import {
	acceptedHosts,
	canonicalRequest,
	parseAuthorization,
	verifyRequest,
} from '../../emulator/verify.mts';
import type { RawRequest } from '../../emulator/verify.mts';

interface Vector {
	name: string;
	secretId: string;
	secretKey: string;
	sessionToken?: string;
	timestamp: number;
	service: string;
	method: string;
	host: string;
	signedHost: string;
	path: string;
	query: string;
	headers: Record<string, string>;
	signedHeaderNames: string[];
	payload: string;
	expected: { canonicalRequest: string; authorization: string };
}

const { vectors } = JSON.parse(
	readFileSync(new URL('../facts/tc3.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };

function requestOf(vector: Vector): RawRequest {
	const headers: Record<string, string> = { authorization: vector.expected.authorization };
	for (const [name, value] of Object.entries(vector.headers)) headers[name.toLowerCase()] = value;
	return {
		method: vector.method,
		target: vector.query === '' ? vector.path : `${vector.path}?${vector.query}`,
		headers,
		body: Buffer.from(vector.payload),
	};
}

function verdict(vector: Vector, change: Partial<RawRequest> = {}): string {
	try {
		return verifyRequest(
			{ ...requestOf(vector), ...change },
			{
				service: vector.service,
				nowSeconds: vector.timestamp,
				findKey: (secretId) =>
					secretId === vector.secretId
						? { secretId, secretKey: vector.secretKey, token: vector.sessionToken }
						: undefined,
			},
		).secretId;
	} catch (error) {
		if (error instanceof ApiError) return error.code;
		throw error;
	}
}

const withHeader = (vector: Vector, name: string, value: string) => ({
	headers: { ...requestOf(vector).headers, [name]: value },
});

/** The text with one character changed for another one of the same alphabet. */
function altered(text: string, at: number): string {
	return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
}

test('there are vectors to go by', () => {
	expect(vectors).toHaveLength(11);
});

describe.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
	test('verifies, by the published canonical request', () => {
		const canonical = canonicalRequest(
			requestOf(vector),
			vector.signedHeaderNames,
			vector.signedHost,
		);
		expect(canonical.toString('utf8')).toBe(vector.expected.canonicalRequest);
		expect(verdict(vector)).toBe(vector.secretId);
	});

	test('fails when any one byte of the body is another', () => {
		const body = Buffer.from(vector.payload);
		for (let at = 0; at < body.length; at++) {
			const changed = Buffer.from(body);
			changed[at] ^= 1;
			expect(verdict(vector, { body: changed })).toBe('AuthFailure.SignatureFailure');
		}
		const longer = Buffer.concat([body, Buffer.from(' ')]);
		expect(verdict(vector, { body: longer })).toBe('AuthFailure.SignatureFailure');
	});

	test('fails when any one digit of the signature is another', () => {
		const line = vector.expected.authorization;
		for (let at = line.length - 64; at < line.length; at++) {
			const authorization = altered(line, at);
			expect(verdict(vector, withHeader(vector, 'authorization', authorization))).toBe(
				'AuthFailure.SignatureFailure',
			);
		}
	});

	test('fails for another content type, host, method, query, timestamp or scope', () => {
		const changes: Array<Partial<RawRequest>> = [
			withHeader(vector, 'content-type', `${vector.headers['Content-Type']};`),
			withHeader(vector, 'host', 'other.example.com'),
			withHeader(vector, 'x-tc-timestamp', String(vector.timestamp + 1)),
			{ method: vector.method === 'GET' ? 'POST' : 'GET' },
			{ target: `${requestOf(vector).target}${vector.query === '' ? '?' : '&'}a=1` },
			withHeader(
				vector,
				'authorization',
				vector.expected.authorization.replace(`/${vector.service}/`, '/other/'),
			),
			withHeader(
				vector,
				'authorization',
				vector.expected.authorization.replace(/\/\d{4}-\d\d-\d\d\//, '/2001-01-01/'),
			),
		];
		for (const change of changes) {
			expect(verdict(vector, change)).toBe('AuthFailure.SignatureFailure');
		}
	});
});

test('an authorization line is taken apart, or not at all', () => {
	const signature = 'a'.repeat(64);
	const scope = 'Credential=ID/2024-01-31/tiw/tc3_request';
	const parsed = {
		secretId: 'ID',
		date: '2024-01-31',
		service: 'tiw',
		signedHeaders: ['content-type', 'host'],
		signature,
	};
	const rest = `SignedHeaders=content-type;host, Signature=${signature}`;
	expect(parseAuthorization(`TC3-HMAC-SHA256 ${scope}, ${rest}`)).toEqual(parsed);
	expect(parseAuthorization(undefined)).toBeUndefined();
	expect(parseAuthorization(`TC3-HMAC-SHA1 ${scope}, ${rest}`)).toBeUndefined();
	expect(parseAuthorization(`TC3-HMAC-SHA256 ${scope}, ${rest.slice(0, -1)}`)).toBeUndefined();
	expect(parseAuthorization(`TC3-HMAC-SHA256 ${rest}`)).toBeUndefined();
});

test('a host counts with and without its port', () => {
	expect(acceptedHosts('127.0.0.1:8080')).toEqual(['127.0.0.1:8080', '127.0.0.1']);
	expect(acceptedHosts('tiw.tencentcloudapi.com')).toEqual(['tiw.tencentcloudapi.com']);
});
