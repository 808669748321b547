/** The credential in the node, in From List, in other nodes and in its test, whatever it holds. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { requestAsHttpNode, requestAsNode } from '../../engine/http-shapes.mts';
import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';
import { listen } from '../listen.mts';

const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';
const TOKEN = 'TokenThatNoOtherHostMaySee/+=';

const bench = useBench({
	runSeconds: 0,
	keys: [{ secretId: 'AKIDtemporary', secretKey: 'ASecretKeyOfItsOwn', token: TOKEN }],
});

const headers = {
	'X-TC-Service': 'tiw',
	'X-TC-Action': 'DescribeSnapshotTask',
	'X-TC-Version': '2019-09-19',
};
const params = { SdkAppId: SDK_APP_ID, TaskID: 'the-task' };

/** The text that n8n shows for an error, in two lines. */
const shown = (error: unknown) => {
	const { message, description } = error as { message: string; description: string };
	return { message, description };
};

describe('a redirect', () => {
	interface Visit {
		headers: IncomingHttpHeaders;
		body: string;
	}
	let other: Server;
	let otherPort: number;
	const visits: Visit[] = [];
	beforeAll(async () => {
		other = createServer((request, response) => {
			let body = '';
			request.on('data', (piece: Buffer) => (body += piece.toString()));
			request.on('end', () => {
				visits.push({ headers: request.headers, body });
				response.end('{}');
			});
		});
		otherPort = await listen(other);
	});
	afterAll(async () => {
		other.closeAllConnections();
		await new Promise((resolve) => other.close(resolve));
	});
	beforeEach(() => {
		visits.length = 0;
	});

	describe.each([301, 302, 303, 307, 308])('%i to another host', (status) => {
		beforeEach(() => {
			const location = `http://127.0.0.1:${otherPort}/login`;
			bench.emulator.setFault({ kind: 'status', status, body: 'Moved', headers: { location } });
		});

		test.each([
			['POST', { json: params }],
			['GET', { method: 'GET' as const, query: params }],
		])('is not followed by the HTTP Request node with %s', async (_, form) => {
			const request = { url: bench.emulator.url, headers, ...form };
			const error: unknown = await requestAsHttpNode(bench.engine, 'Account', request).catch(
				(thrown: unknown) => thrown,
			);
			expect(visits).toEqual([]);
			expect(bench.emulator.calls).toHaveLength(1);
			expect(shown(error).message).toContain(`${status} - `);
		});

		test.each([
			['POST', { method: 'POST' as const, body: params }],
			['GET', { method: 'GET' as const, qs: params }],
		])('is not followed by a node with %s', async (_, form) => {
			const request = { url: bench.emulator.url, headers, ignoreHttpStatusErrors: true, ...form };
			const answer = await requestAsNode(bench.engine, 'Account', request);
			expect(visits).toEqual([]);
			expect(bench.emulator.calls).toHaveLength(1);
			expect(answer.statusCode).toBe(status);
		});

		test('is an error of the node, and of the credential test', async () => {
			const { run } = await bench.describe(['the-task']);
			expect(run.error!.message).toContain(`answered with HTTP ${status} in place of`);
			const verdict = await bench.engine.credentialTest('Account');
			expect(verdict).toEqual({
				status: 'Error',
				message: expect.stringContaining(`answered with HTTP ${status} in place of`),
			});
			expect(visits).toEqual([]);
		});
	});
});

describe('a POST with a query is refused, and never sent', () => {
	test.each([
		['beside the URL', () => ({ url: bench.emulator.url, query: params })],
		['in the URL', () => ({ url: `${bench.emulator.url}/?Limit=1` })],
	])('%s', async (_, form) => {
		const request = { headers, json: params, ...form() };
		const error = await requestAsHttpNode(bench.engine, 'Account', request).catch(shown);
		expect(error).toEqual({
			message: 'Tencent Cloud API 3.0 takes no query with the method POST',
			description: 'Move the parameters into the JSON body, or use GET',
		});
		expect(bench.emulator.calls).toEqual([]);
	});

	test('but an empty one is none', async () => {
		const url = `${bench.emulator.url}/?`;
		const answer = await requestAsHttpNode(bench.engine, 'Account', {
			url,
			headers,
			query: {},
			json: params,
		});
		expect(answer.body).toMatchObject({ Response: { Error: { Code: expect.any(String) } } });
		expect(bench.emulator.calls[0].code).toMatch(/^InvalidParameter/);
	});
});

describe('a request that is answered with HTTP 401 is sent once', () => {
	test.each(['HTTP Request', 'another node'])('by %s', async (by) => {
		bench.emulator.setFault({ kind: 'status', status: 401 });
		const { url } = bench.emulator;
		const sending =
			by === 'HTTP Request'
				? requestAsHttpNode(bench.engine, 'Account', { url, headers, json: params })
				: requestAsNode(bench.engine, 'Account', { method: 'POST', url, headers, body: params });
		const error = await sending.catch(shown);
		// The HTTP Request node leaves it at that; for others n8n would send once more.
		if (by !== 'HTTP Request') {
			expect(error).toEqual({
				message: 'The answer to the request was HTTP 401, which Tencent Cloud does not give',
				description: expect.stringContaining('The request is not sent a second time'),
			});
		}
		expect(bench.emulator.calls).toHaveLength(1);
	});
});

/** Fields of a credential that cannot be used, as expressions give them, and what is said of each. */
const unusable: Array<[IDataObject, string]> = [
	...[
		['secretId', 'Secret ID'],
		['secretKey', 'Secret Key'],
	].flatMap(
		([name, label]): Array<[IDataObject, string]> => [
			[{ [name]: '={{ undefined }}' }, `The '${label}' of the Tencent Cloud credential is empty`],
			[{ [name]: '={{ null }}' }, `The '${label}' of the Tencent Cloud credential is empty`],
			[{ [name]: '' }, `The '${label}' of the Tencent Cloud credential is empty`],
			[{ [name]: ' \n' }, `The '${label}' of the Tencent Cloud credential is empty`],
			[{ [name]: '={{ ({}) }}' }, `The '${label}' of the Tencent Cloud credential is not a text`],
			[{ [name]: '={{ [1] }}' }, `The '${label}' of the Tencent Cloud credential is not a text`],
			[{ [name]: '={{ true }}' }, `The '${label}' of the Tencent Cloud credential is not a text`],
			[{ [name]: '={{ 1.5 }}' }, `The '${label}' of the Tencent Cloud credential is not a text`],
			[
				{ [name]: 'two\nlines' },
				`The '${label}' of the Tencent Cloud credential holds a space, a line break or a character that is not ASCII`,
			],
			[
				{ [name]: 'schlüssel' },
				`The '${label}' of the Tencent Cloud credential holds a space, a line break or a character that is not ASCII`,
			],
		],
	),
	[
		{ sessionToken: 'token\r\nX-Evil: 1' },
		"The 'Session Token' of the Tencent Cloud credential holds a space, a line break or a character that is not ASCII",
	],
	[
		{ sessionToken: '={{ ({}) }}' },
		"The 'Session Token' of the Tencent Cloud credential is not a text",
	],
	[{ site: 'mars' }, "The 'Site' of the Tencent Cloud credential is not known"],
	[{ site: '={{ undefined }}' }, "The 'Site' of the Tencent Cloud credential is not known"],
	[{ site: '={{ 5 }}' }, "The 'Site' of the Tencent Cloud credential is not known"],
	[{ site: 'constructor' }, "The 'Site' of the Tencent Cloud credential is not known"],
	[{ region: '={{ ({}) }}' }, "The 'Region' of the Tencent Cloud credential is not a text"],
	[
		{ region: 'ap-singapore\nX-Evil: 1' },
		"The 'Region' of the Tencent Cloud credential holds a space, a line break or a character that is not ASCII",
	],
];

/** Those that only count where the credential itself says where to send to. */
const unusableEndpoints: Array<[IDataObject, string]> = [
	[{ endpoint: '' }, "The 'Endpoint' of the Tencent Cloud credential is empty"],
	[{ endpoint: '={{ undefined }}' }, "The 'Endpoint' of the Tencent Cloud credential is empty"],
	[{ endpoint: '={{ ({}) }}' }, "The 'Endpoint' of the Tencent Cloud credential is not a text"],
	...['tiw.tencentcloudapi.com', '127.0.0.1:8080', 'localhost:8080', 'ftp://tiw.example'].map(
		(endpoint): [IDataObject, string] => [
			{ endpoint },
			"The 'Endpoint' of the Tencent Cloud credential must begin with http:// or https://",
		],
	),
	[{ endpoint: 'http://[::1' }, "The 'Endpoint' of the Tencent Cloud credential is not a URL"],
	[
		{ endpoint: 'http://user:APassword@127.0.0.1:1' },
		"The 'Endpoint' of the Tencent Cloud credential holds a user name or password",
	],
	[
		{ endpoint: 'http://127.0.0.1:1/v3' },
		"The 'Endpoint' of the Tencent Cloud credential holds more than scheme, host and port",
	],
];

describe('a credential that cannot be used is told in a sentence, and nothing is sent', () => {
	const text = (message: string) => ({ message, description: expect.stringMatching(/^[A-Z].*/) });

	test.each([
		...unusable.map(([credential, message]) => [credential, message, true] as const),
		...unusableEndpoints.map(([credential, message]) => [credential, message, false] as const),
	])('%j: %s', async (credential, message, everywhere) => {
		const other = await openBench({ credential });
		try {
			const { engine, emulator } = other;
			const { url } = emulator;

			// The node, with an error or with error items.
			const items = ['one', 'two'];
			const { run } = await other.describe(items);
			expect(shown(run.error)).toEqual(text(message));
			expect(run.error!.description).toMatch(/\.$/);
			const { errors, main } = await other.describe(items, {}, { onError: 'continueErrorOutput' });
			expect(main).toEqual([]);
			expect(errors.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
				[message, { item: 0 }],
				[message, { item: 1 }],
			]);

			// From List.
			const node = engine.nodeTypes.getByNameAndVersion(TYPE, 1);
			const searching = engine.runFunction('Account', async function (this: IExecuteFunctions) {
				const context = this as unknown as ILoadOptionsFunctions;
				return await node.methods!.listSearch!.applications.call(context);
			});
			expect(await searching.catch(shown)).toEqual(text(message));

			// The credential test.
			expect(await engine.credentialTest('Account')).toEqual({
				status: 'Error',
				message: `${message}. ${run.error!.description}`,
			});

			// Other nodes, which bring an address of their own.
			if (everywhere) {
				const legacy = requestAsHttpNode(engine, 'Account', { url, headers, json: params });
				expect(await legacy.catch(shown)).toMatchObject({ message });
				const modern = requestAsNode(engine, 'Account', { method: 'POST', url, headers });
				expect(await modern.catch(shown)).toMatchObject({ message });
			}
			expect(emulator.calls).toEqual([]);
		} finally {
			await other.close();
		}
	});
});

test('an expression in it that fails is told like any other fault of it', async () => {
	const other = await openBench({ credential: { region: '={{ (() => 1) }}' } });
	const fault = {
		message: expect.stringMatching(
			/^The Tencent Cloud credential cannot be read: this is a function, please add \(\)/,
		),
		description: 'Correct the expressions in it, or choose another credential in the node.',
	};
	try {
		const { engine, emulator } = other;
		const { run } = await other.describe(['one', 'two']);
		expect(shown(run.error)).toEqual(fault);
		const { errors, main } = await other.describe(
			['one', 'two'],
			{},
			{ onError: 'continueErrorOutput' },
		);
		expect(main).toEqual([]);
		expect(errors.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[fault.message, { item: 0 }],
			[fault.message, { item: 1 }],
		]);
		const node = engine.nodeTypes.getByNameAndVersion(TYPE, 1);
		const searching = engine.runFunction('Account', async function (this: IExecuteFunctions) {
			const context = this as unknown as ILoadOptionsFunctions;
			return await node.methods!.listSearch!.applications.call(context);
		});
		expect(await searching.catch(shown)).toEqual(fault);
		expect(emulator.calls).toEqual([]);
	} finally {
		await other.close();
	}
});

test('keys that are numbers, and white space around them, are understood', async () => {
	const other = await openBench({
		keys: [{ secretId: '1234567890', secretKey: '987654321' }],
		credential: { secretId: '={{ 1234567890 }}', secretKey: ' \t987654321\n' },
	});
	try {
		const id = other.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0 });
		expect((await other.describe([id])).main).toHaveLength(1);
	} finally {
		await other.close();
	}
});

test('a header with a line break is refused before n8n fails on it', async () => {
	const request = {
		url: bench.emulator.url,
		headers: { ...headers, 'X-TC-Language': 'en\nX-Evil: 1' },
		json: params,
	};
	expect(await requestAsHttpNode(bench.engine, 'Account', request).catch(shown)).toEqual({
		message:
			'The header x-tc-language holds a line break or another character that no header can hold',
		description: 'Take it out; parameters with such characters belong into the JSON body',
	});
	expect(bench.emulator.calls).toEqual([]);
});
