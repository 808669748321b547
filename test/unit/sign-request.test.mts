import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TencentCloudCredential } from '../../credentials/signing/credential.ts';
import { signRequest } from '../../credentials/signing/request.ts';
import type { N8nRequest } from '../../credentials/signing/request.ts';
import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials.ts';

interface Vector {
	name: string;
	secretId: string;
	secretKey: string;
	method: string;
	service: string;
	host: string;
	query: string;
	headers: Record<string, string>;
	payload: string;
	signedHeaderNames: string[];
	signedHost: string;
	expected: { authorization: string };
}

const { vectors } = JSON.parse(readFileSync(join('test', 'facts', 'tc3.json'), 'utf8')) as {
	vectors: Vector[];
};

const credential: TencentCloudCredential = {
	secretId: 'AKIDexample',
	secretKey: 'secretexample',
	site: 'international',
};

const headers = { 'X-TC-Action': 'DescribeSnapshotTask', 'X-TC-Version': '2019-09-19' };
const url = 'https://tiw.intl.tencentcloudapi.com/';
const now = 1_700_000_000_999;

const sign = (request: Partial<N8nRequest>, own: Partial<TencentCloudCredential> = {}) =>
	signRequest(
		{ ...credential, ...own },
		{ method: 'POST', url, headers, ...request } as N8nRequest,
		now,
	) as ReturnType<typeof signRequest> & { uri?: string; headers: Record<string, string> };

// The credential signs content-type;host and sends application/json: the vectors of that shape, whole.
const whole = vectors.filter(
	({ signedHeaderNames, headers: sent, host, signedHost, method, query }) =>
		signedHeaderNames.length === 2 &&
		host === signedHost &&
		!(method === 'POST' && (query || sent['Content-Type'] !== 'application/json')),
);

test.each(whole.map((vector) => [vector.name, vector] as const))(
	'signs %s as an n8n request',
	(_, { method, host, query, headers: sent, payload, expected, secretId, secretKey, service }) => {
		const signed = sign(
			{
				method: method as 'POST',
				url: `https://${host}/${query ? `?${query}` : ''}`,
				headers: { ...sent, 'X-TC-Service': service, authorization: 'stale' },
				body: payload || undefined,
			},
			{ secretId: ` ${secretId} `, secretKey: `${secretKey}\n`, sessionToken: sent['X-TC-Token'] },
		);
		expect(signed.headers.authorization).toBe(expected.authorization);
		if (method === 'POST') expect(signed.body).toEqual(Buffer.from(payload));
		expect(signed.headers['x-tc-token']).toBe(sent['X-TC-Token']);
	},
);

test('enough vectors have that shape', () => expect(whole.length).toBeGreaterThanOrEqual(7));

describe('the body', () => {
	test.each<[string, unknown, string]>([
		['an object', { a: '文' }, '{"a":"文"}'],
		['a list', [1, 2], '[1,2]'],
		['text, kept to the byte', ' {"a" : 1}\n', ' {"a" : 1}\n'],
		['text that is no JSON', 'hello', 'hello'],
		['a Buffer', Buffer.from('{"a":1}'), '{"a":1}'],
		['bytes', new Uint8Array([123, 125]), '{}'],
		['nothing', undefined, '{}'],
		['null', null, '{}'],
		['an empty text', '', '{}'],
		['an empty object', {}, '{}'],
	])('%s becomes the bytes that are sent', (_, body, expected) => {
		const signed = sign({ body: body as N8nRequest['body'] });
		expect(Buffer.isBuffer(signed.body)).toBe(true);
		expect(String(signed.body)).toBe(expected);
		expect(signed.headers['content-type']).toBe('application/json');
	});

	test('is not copied where it is a Buffer', () => {
		const body = Buffer.from('{"a":1}');
		expect(sign({ body }).body).toBe(body);
	});

	test.each<[string, Partial<N8nRequest>]>([
		['form', { form: { a: 1 } }],
		['multipart', { formData: { a: 1 } }],
		['URLSearchParams', { body: new URLSearchParams('a=1') }],
		['FormData', { body: new FormData() as unknown as N8nRequest['body'] }],
		[
			'the form-data package',
			{ body: { getHeaders: () => ({}) } as unknown as N8nRequest['body'] },
		],
		['a stream', { body: { pipe: () => {} } as unknown as N8nRequest['body'] }],
	])('refuses %s', (_, request) => {
		expect(() => sign(request)).toThrow(
			'Form, multipart and stream bodies cannot be signed for Tencent Cloud',
		);
	});

	test('does not go with GET', () => {
		expect(() => sign({ method: 'GET', body: { a: 1 } })).toThrow(
			'takes no body with the method GET',
		);
	});
});

describe('the address', () => {
	test.each<[string, Partial<N8nRequest>, string]>([
		['url', { url }, url],
		['url without a slash', { url: url.slice(0, -1) }, url],
		['uri', { url: undefined, uri: url }, url],
		['baseURL and url', { baseURL: url, url: '/' }, url],
		['baseURL alone', { baseURL: url.slice(0, -1), url: '' }, url],
		['an absolute url beside a baseURL', { baseURL: 'https://cvm.tencentcloudapi.com', url }, url],
		[
			'a query',
			{
				method: 'GET',
				qs: { a: 'b c', d: [1, { e: '文' }], f: { g: "it's" }, n: null, u: undefined },
			},
			`${url}?a=b%20c&d.0=1&d.1.e=%E6%96%87&f.g=it%27s`,
		],
		[
			'a query in both places',
			{ method: 'GET', url: `${url}?x=1`, qs: { y: 2 } },
			`${url}?x=1&y=2`,
		],
	])('from %s', (_, request, expected) => {
		const signed = sign(request);
		expect(signed.url).toBe(expected);
		expect(signed.baseURL).toBeUndefined();
		expect(signed.qs).toBeUndefined();
		expect(signed.uri).toBe(request.uri === undefined ? undefined : expected);
	});

	test.each([
		['', 'is not a URL'],
		['tiw.tencentcloudapi.com', 'is not a URL'],
		[`${url}v1`, 'is called at the path "/"'],
	])('refuses "%s"', (address, message) => {
		expect(() => sign({ url: address })).toThrow(message);
	});
});

describe('the headers', () => {
	test('given in any case are sent once', () => {
		const signed = sign({
			headers: {
				...headers,
				HOST: 'other',
				'CONTENT-type': 'text/plain',
				AUTHORIZATION: 'x',
				'Content-Length': '7',
			},
		});
		expect(Object.keys(signed.headers).sort()).toEqual([
			'authorization',
			'content-type',
			'x-tc-action',
			'x-tc-region',
			'x-tc-timestamp',
			'x-tc-version',
		]);
	});

	test('have the time of now, or that of the request', () => {
		expect(sign({}).headers['x-tc-timestamp']).toBe('1700000000');
		expect(sign({ headers: { ...headers, 'x-tc-Timestamp': '5' } }).headers).toMatchObject({
			'x-tc-timestamp': '5',
			authorization: expect.stringContaining('/1970-01-01/tiw/tc3_request'),
		});
		expect(() => sign({ headers: { ...headers, 'X-TC-Timestamp': 'now' } })).toThrow(
			'X-TC-Timestamp holds "now"',
		);
	});

	test('have the region of the request, else of the credential, of the host, of the site', () => {
		expect(
			sign({ headers: { ...headers, 'X-TC-Region': 'ap-x' } }, { region: 'ap-y' }).headers[
				'x-tc-region'
			],
		).toBe('ap-x');
		expect(sign({}, { region: ' ap-y ' }).headers['x-tc-region']).toBe('ap-y');
		expect(sign({}).headers['x-tc-region']).toBe('ap-singapore');
		expect(sign({}, { site: 'china' }).headers['x-tc-region']).toBe('ap-guangzhou');
		const url = 'https://cvm.ap-hongkong.tencentcloudapi.com';
		expect(sign({ url }).headers['x-tc-region']).toBe('ap-hongkong');
		expect(sign({ url }, { region: 'ap-y' }).headers['x-tc-region']).toBe('ap-y');
	});

	test('have the time of now where the given one is empty', () => {
		expect(sign({ headers: { ...headers, 'X-TC-Timestamp': ' ' } }).headers['x-tc-timestamp']).toBe(
			'1700000000',
		);
	});

	test('carry the session token only where there is one', () => {
		expect(sign({}, { sessionToken: ' tok ' }).headers['x-tc-token']).toBe('tok');
		expect(sign({}, { sessionToken: ' ' }).headers).not.toHaveProperty('x-tc-token');
	});

	test.each(['X-TC-Action', 'X-TC-Version'])('must hold %s', (name) => {
		expect(() => sign({ headers: { ...headers, [name]: undefined } })).toThrow(
			`The header ${name} is missing`,
		);
	});
});

describe('the service', () => {
	const scope = (request: Partial<N8nRequest>) => sign(request).headers.authorization.split('/')[2];

	test('is the first label of a Tencent Cloud host, whatever the header says', () => {
		expect(scope({ url: 'https://cvm.tencentcloudapi.com' })).toBe('cvm');
		expect(scope({ url: 'https://tiw.ap-guangzhou.tencentcloudapi.com' })).toBe('tiw');
		expect(scope({ headers: { ...headers, 'X-TC-Service': 'sts' } })).toBe('tiw');
	});

	test('is the header for any other host, and the header is not sent', () => {
		const signed = sign({
			url: 'http://127.0.0.1:8080',
			headers: { ...headers, 'x-tc-SERVICE': ' TIW ' },
		});
		expect(signed.headers.authorization).toContain('/tiw/tc3_request');
		expect(signed.headers).not.toHaveProperty('x-tc-service');
	});

	test.each(['', 'a/b', 'a\0b'])('is never guessed (%j)', (service) => {
		expect(() =>
			sign({
				url: 'https://tencentcloudapi.com.example.com',
				headers: { ...headers, 'X-TC-Service': service },
			}),
		).toThrow('The Tencent Cloud service behind tencentcloudapi.com.example.com is not known');
	});
});

test.each([
	[{ secretId: ' ' }, "The 'Secret ID' of the Tencent Cloud credential is empty"],
	[{ secretKey: '' }, "The 'Secret Key' of the Tencent Cloud credential is empty"],
])('an empty key is named', (own, message) => {
	expect(() => sign({}, own)).toThrow(message);
});

test.each([
	'https://user:pass@ho st',
	'https://user:pa\nss@ho st',
	'https://user:pass@example.com',
])('the password in %j is not shown', (address) => {
	expect(() => sign({ url: address })).toThrow(/is not a URL|holds a user name or password/);
	expect(() => sign({ url: address })).not.toThrow(/pa\s*ss[^w]/);
});

test.each(['PUT', 'DELETE', 'PATCH'] as const)('the method %s is refused', (method) => {
	expect(() => sign({ method })).toThrow(`does not take the method ${method}`);
});

test('a refusal says how to mend it', () => {
	expect(() => sign({ method: 'PUT' })).toThrow(
		expect.objectContaining({ description: 'Use POST with a JSON body, or GET with a query' }),
	);
});

test('the credential has the name that workflows know, its icons, and its page', () => {
	const { name, icon, documentationUrl } = new TencentCloudApi();
	expect(name).toBe('tencentCloudApi');
	const { light, dark } = icon as { light: string; dark: string };
	expect(light).not.toBe(dark);
	for (const file of [light, dark]) {
		expect(file).toMatch(/^file:.+\.svg$/);
		expect(existsSync(join('credentials', file.slice('file:'.length)))).toBe(true);
	}
	const { homepage } = JSON.parse(readFileSync('package.json', 'utf8')) as { homepage: string };
	expect(documentationUrl).toBe(`${homepage}#credentials`);
});

test('the credential signs with the time of now', async () => {
	const { authenticate } = new TencentCloudApi();
	if (typeof authenticate !== 'function') throw new Error('authenticate must be a function');
	const before = Math.floor(Date.now() / 1000);
	const signed = await authenticate({ ...credential }, { method: 'POST', url, headers });
	const timestamp = Number(signed.headers?.['x-tc-timestamp']);
	expect(timestamp).toBeGreaterThanOrEqual(before);
	expect(timestamp).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
});
