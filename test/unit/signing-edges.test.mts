import { afterEach, describe, expect, jest, test } from '@jest/globals';
import crypto from 'node:crypto';

import { readCredential } from '../../credentials/signing/credential.ts';
import { signRequest } from '../../credentials/signing/request.ts';
import type { N8nRequest } from '../../credentials/signing/request.ts';
import type { TencentCloudCredential } from '../../credentials/signing/credential.ts';
import { endpointOf } from '../../credentials/signing/sites.ts';
import { authorization, canonicalRequest } from '../../credentials/signing/tc3.ts';

const credential: TencentCloudCredential = {
	secretId: 'AKIDexample',
	secretKey: 'secretexample',
	site: 'international',
};
const headers = { 'X-TC-Action': 'DescribeSnapshotTask', 'X-TC-Version': '2019-09-19' };
const url = 'https://tiw.intl.tencentcloudapi.com/';

const sign = (request: Partial<N8nRequest>, own: Partial<TencentCloudCredential> = {}) =>
	signRequest(
		{ ...credential, ...own },
		{ method: 'POST', url, headers, ...request } as N8nRequest,
		1_700_000_000_000,
	) as ReturnType<typeof signRequest> & { uri?: string; headers: Record<string, string> };

const stamped = (timestamp: string) => ({ headers: { ...headers, 'X-TC-Timestamp': timestamp } });

describe('every refusal says what is wrong and how to fix it', () => {
	const keys = 'Enter both keys from the Tencent Cloud console, Access Management, API Keys';
	const full = 'Give the full address, e.g. https://tiw.intl.tencentcloudapi.com';
	const noLogin =
		'Leave them out: requests to Tencent Cloud are signed with the keys of the credential';
	const login = 'The address of tiw.example holds a user name or password';
	const seconds = 'Give the time in whole seconds since 1970, or leave the header out';
	test.each<[string, string, Partial<N8nRequest>, object?]>([
		[
			"The 'Secret ID' of the Tencent Cloud credential is empty",
			keys,
			{},
			{ secretId: undefined, secretKey: undefined },
		],
		[
			"The 'Secret Key' of the Tencent Cloud credential is empty",
			keys,
			{},
			{ secretKey: undefined },
		],
		['"tiw.example" is not a URL that a request can be sent to', full, { url: 'tiw.example' }],
		[
			'"…@ho st" is not a URL that a request can be sent to',
			full,
			{ url: 'https://user:secret@ho st' },
		],
		[login, noLogin, { url: 'https://user@tiw.example' }],
		[login, noLogin, { url: 'https://:secret@tiw.example' }],
		[
			'Tencent Cloud API 3.0 is called at the path "/", not "/v1"',
			'Put the action in the header X-TC-Action and leave the path out of the URL',
			{ url: `${url}v1` },
		],
		[
			'Form, multipart and stream bodies cannot be signed for Tencent Cloud',
			'Send the parameters as a JSON body, or as a query with the method GET',
			{ form: {} },
		],
		[
			'The Tencent Cloud service behind tiw.example is not known',
			'Add the header X-TC-Service with the name of the service, e.g. tiw',
			{ url: 'https://tiw.example' },
		],
		[
			'The header X-TC-Action is missing',
			'Every Tencent Cloud API 3.0 request names it, e.g. X-TC-Action: DescribeSnapshotTask',
			{ headers: {} },
		],
		[
			'The header X-TC-Version is missing',
			'Every Tencent Cloud API 3.0 request names it, e.g. X-TC-Version: 2019-09-19',
			{ headers: { 'X-TC-Action': 'x' } },
		],
		[
			'Tencent Cloud API 3.0 takes no body with the method GET',
			'Use POST, or move the parameters into the query',
			{ method: 'GET', body: { a: 1 } },
		],
		[
			'Tencent Cloud API 3.0 takes no query with the method POST',
			'Move the parameters into the JSON body, or use GET',
			{ qs: { a: 1 } },
		],
		[
			'"ftp://tiw.example" is not a URL that a request can be sent to',
			full,
			{ url: 'ftp://tiw.example' },
		],
		[
			'"xhttp://tiw.example" is not a URL that a request can be sent to',
			full,
			{ url: 'xhttp://tiw.example' },
		],
		[
			'The header x-a holds a line break or another character that no header can hold',
			'Take it out; parameters with such characters belong into the JSON body',
			{ headers: { ...headers, 'X-A': '文' } },
		],
		['The header X-TC-Timestamp holds "-1"', seconds, stamped('-1')],
		['The header X-TC-Timestamp holds "1.5"', seconds, stamped('1.5')],
		['The header X-TC-Timestamp holds "100000000001"', seconds, stamped('100000000001')],
	])('%s', (message, description, request, own = {}) => {
		expect(() => sign(request, own)).toThrow(expect.objectContaining({ message, description }));
	});
});

describe('what a credential must not hold', () => {
	const read = (part: object) => {
		const account = readCredential({ ...credential, site: 'custom', endpoint: url, ...part });
		return { ...account, endpoint: endpointOf(account, 'tiw') };
	};
	const full =
		'Give scheme, host and, where needed, port, e.g. https://tiw.intl.tencentcloudapi.com';
	const expression = 'Check the expression that gives it';
	const again = 'Copy it again, without anything before, after or in between';
	const odd = 'holds a space, a line break or a character that is not ASCII';
	test.each<[string, string, object]>([
		['Secret ID', `Secret ID#is not a text#${expression}`, { secretId: 1.5 }],
		['Secret Key', `Secret Key#is not a text#${expression}`, { secretKey: {} }],
		['Session Token', `Session Token#is not a text#${expression}`, { sessionToken: ['a'] }],
		['Endpoint', `Endpoint#is not a text#${expression}`, { endpoint: true }],
		['Region', `Region#is not a text#${expression}`, { region: false }],
		['Secret Key', `Secret Key#${odd}#${again}`, { secretKey: 'two words' }],
		['Secret ID', `Secret ID#${odd}#${again}`, { secretId: 'schlüssel' }],
		['Session Token', `Session Token#${odd}#${again}`, { sessionToken: 'a\nb' }],
		['Region', `Region#${odd}#${again}`, { region: 'a\x7f' }],
		[
			'Site',
			'Site#is not known#Choose one; an expression has to give international, china or custom',
			{ site: 'mars' },
		],
		['Endpoint', `Endpoint#is empty#${full}, or choose another 'Site'`, { endpoint: ' ' }],
		...[
			...['tiw.example', '127.0.0.1:8080', 'localhost:8080', '//tiw.example', 'https:tiw.example'],
			...['ftp://tiw.example', 'xhttp://tiw.example', 'http'],
		].map((endpoint): [string, string, object] => [
			endpoint,
			`Endpoint#must begin with http:// or https://#${full}`,
			{ endpoint },
		]),
		...['http://', 'HTTPS://[::1'].map((endpoint): [string, string, object] => [
			endpoint,
			`Endpoint#is not a URL#${full}`,
			{ endpoint },
		]),
		...['https://user@tiw.example', 'https://:secret@tiw.example'].map(
			(endpoint): [string, string, object] => [
				endpoint,
				'Endpoint#holds a user name or password#Leave them out: requests to Tencent Cloud are signed with the keys of the credential',
				{ endpoint },
			],
		),
		...['https://tiw.example/v1', 'https://tiw.example/?a=1', 'https://tiw.example/#a'].map(
			(endpoint): [string, string, object] => [
				endpoint,
				`Endpoint#holds more than scheme, host and port#${full}`,
				{ endpoint },
			],
		),
	])('%s: %s', (_, told, part) => {
		const [field, what, description] = told.split('#');
		const message = `The '${field}' of the Tencent Cloud credential ${what}`;
		expect(() => read(part)).toThrow(expect.objectContaining({ message, description }));
	});

	test('is of no concern where nothing is sent to it', () => {
		const own = { site: 'china', endpoint: {} } as object;
		expect(readCredential({ ...credential, ...own })).toEqual({
			...credential,
			site: 'china',
			sessionToken: '',
			endpoint: '',
			region: '',
		});
		expect(sign({}, { site: 'custom', endpoint: 'tiw.example' }).url).toBe(url);
	});

	test('are neither numbers nor white space around a text', () => {
		const own = { secretId: 1234567890, secretKey: '\t key\n' } as object;
		expect(read(own)).toMatchObject({ secretId: '1234567890', secretKey: 'key' });
	});
});

test.each(['0', '100000000000'])('the timestamp %s is in range', (timestamp) => {
	expect(sign(stamped(timestamp)).headers['x-tc-timestamp']).toBe(timestamp);
});

test('a signed request is not redirected, in either form that n8n knows', () => {
	const follow = { followRedirect: true, followAllRedirects: true, maxRedirects: 5 };
	expect(sign(follow as Partial<N8nRequest>)).toMatchObject({
		disableFollowRedirect: true,
		followRedirect: false,
		followAllRedirects: false,
		maxRedirects: 0,
	});
});

describe('the address', () => {
	test.each<[string, Partial<N8nRequest>, string]>([
		[
			'a target that holds a URL of its own',
			{ method: 'GET', baseURL: url, url: '?a=http://b//c' },
			`${url}?a=http://b//c`,
		],
		['a base that ends with slashes', { baseURL: `${url}//`, url: '' }, url],
		['a target that begins with slashes', { baseURL: url, url: '//' }, url],
		['an empty query', { url: `${url}?`, qs: { a: null } }, url],
		[
			'a query that begins with a question mark',
			{ method: 'GET', url: `${url}??a`, qs: { b: 1 } },
			`${url}??a&b=1`,
		],
	])('%s', (_, request, expected) => {
		expect(sign(request).url).toBe(expected);
	});

	test('is the same in uri, where the request has one', () => {
		const signed = sign({ method: 'GET', url: undefined, uri: url.slice(0, -1), qs: { a: 1 } });
		expect(signed.uri).toBe(`${url}?a=1`);
		expect(signed.url).toBe(`${url}?a=1`);
		expect('uri' in sign({})).toBe(false);
	});

	test('of a query is encoded with capital letters, as RFC 3986 has it', () => {
		expect(sign({ method: 'GET', qs: { "k'*": "!'()*~" } }).url).toBe(
			`${url}?k%27%2A=%21%27%28%29%2A~`,
		);
	});
});

test('what has been signed is not signed again, as n8n asks for after HTTP 401', () => {
	const request = { method: 'POST', url, headers } as N8nRequest;
	const signed = signRequest(credential, request, 0);
	expect(() => signRequest(credential, signed, 0)).toThrow(
		expect.objectContaining({
			message: 'The answer to the request was HTTP 401, which Tencent Cloud does not give',
			description: expect.stringContaining('The request is not sent a second time'),
			code: 'ERR_BAD_RESPONSE',
		}),
	);
	expect(signRequest(credential, request, 0)).toEqual(signed);
});

test('a request without a method is a GET, and has no body', () => {
	const signed = sign({ method: undefined, qs: { a: 1 } });
	expect(signed).toMatchObject({ method: 'GET', body: undefined });
	expect(signed.headers['content-type']).toBe('application/x-www-form-urlencoded');
});

test('the headers that are written here are not looked at in the request', () => {
	const odd = { Authorization: 'a\nb', 'Content-Type': '文', Host: '\0', 'X-TC-Service': 'ü' };
	const signed = sign({ headers: { ...headers, ...odd } });
	expect(signed.headers).toEqual(sign({}).headers);
});

test('headers without a value are left out', () => {
	const signed = sign({ headers: { ...headers, 'X-A': null, 'X-B': undefined, 'X-C': 0 } });
	expect(signed.headers).not.toHaveProperty('x-a');
	expect(signed.headers).not.toHaveProperty('x-b');
	expect(signed.headers['x-c']).toBe('0');
});

test('the canonical request has its headers trimmed, in small letters and in order', () => {
	const { text, signedHeaders } = canonicalRequest({
		secretId: 'id',
		secretKey: 'key',
		service: 'tiw',
		timestamp: 0,
		method: 'post',
		query: 'b=1&a=2',
		headers: { 'X-TC-Action': 'Do', Host: ' Tiw.Example ', 'Content-Type': 'application/JSON\n' },
		payload: '',
	});
	expect(signedHeaders).toBe('content-type;host;x-tc-action');
	expect(text.split('\n')).toEqual([
		'POST',
		'/',
		'b=1&a=2',
		'content-type:application/json',
		'host:tiw.example',
		'x-tc-action:do',
		'',
		'content-type;host;x-tc-action',
		'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	]);
});

describe('signing keys', () => {
	afterEach(() => {
		jest.restoreAllMocks();
	});

	/** Signs with keys of these names, and tells how many keys had to be made for that. */
	const made = (...names: number[]) => {
		const spy = jest.spyOn(crypto, 'createSecretKey');
		for (const name of names) {
			authorization({
				secretId: 'id',
				secretKey: `cached ${name}`,
				service: 'tiw',
				timestamp: 0,
				method: 'POST',
				query: '',
				headers: { 'content-type': 'application/json', host: 'tiw.example' },
				payload: '{}',
			});
		}
		const { length } = spy.mock.calls;
		spy.mockRestore();
		return length;
	};

	test('are made once, and the fifty latest are kept', () => {
		const fifty = Array.from({ length: 50 }, (_, index) => index);
		expect(made(...fifty)).toBe(50);
		expect(made(...fifty)).toBe(0);
		expect(made(50)).toBe(1);
		expect(made(...fifty.slice(1), 50)).toBe(0);
		expect(made(0)).toBe(1);
	});
});
