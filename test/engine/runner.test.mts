import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { requestAsHttpNode, requestAsNode } from '../../engine/http-shapes.mts';
import { createEngine, type Engine, type LogListener } from '../../engine/runner.mts';
import { openRuntime } from '../../engine/runtime.mts';
import { line } from '../lines/line.mts';
import { startServer, type TestServer } from './harness/server.mts';
import { manualTrigger, workflowOf } from './harness/workflow.mts';

const fixturePackage = join(__dirname, 'harness', 'fixture-package');
const fixtureBase = join(__dirname, 'harness', 'fixture-base');
const fixture = { name: 'Fixture', type: 'n8n-nodes-fixture.fixture' };
const closedPort = 'http://127.0.0.1:1';

const surroundings = {
	N8N_USER_FOLDER: '/dev/null/not-writable',
	N8N_ENCRYPTION_KEY: 'of a real n8n',
	N8N_LOG_OUTPUT: 'file',
	N8N_LOG_FILE_LOCATION: '/dev/null/not-writable/n8n.log',
};

let server: TestServer;
let engine: Engine;
let echo: TestServer['answer'];
const lines: Array<Parameters<LogListener>> = [];

/** The signature the fixture credential gives a request. */
const sign = (secret: string, method: string, path: string, body: string) =>
	createHash('sha256').update(`${secret}\n${method}\n${path}\n${body}`).digest('hex');

beforeAll(async () => {
	Object.assign(process.env, surroundings);
	server = await startServer();
	echo = server.answer;
	engine = await createEngine({
		packageDirs: [fixturePackage],
		credentials: {
			Signed: {
				type: 'fixtureApi',
				data: { key: '={{ "k" + 1 }}', secret: 's', site: 'custom', endpoint: server.url },
			},
			Defaults: { type: 'fixtureApi', data: { key: 'k', endpoint: 'hidden, so dropped' } },
			Refused: { type: 'fixtureApi', data: { site: 'custom', endpoint: closedPort } },
			Token: { type: 'fixtureTokenApi', data: { token: 'good' } },
			'Bad token': { type: 'fixtureTokenApi', data: { token: 'bad' } },
		},
		onLog: (...line) => lines.push(line),
	});
});

beforeEach(() => {
	lines.length = 0;
	server.received.length = 0;
});

afterEach(() => {
	server.answer = echo;
});

afterAll(async () => {
	await server.close();
	const { folder } = openRuntime();
	expect(existsSync(folder)).toBe(true);
	await engine.close();
	expect(existsSync(folder)).toBe(false);
});

test('loads a package by its "n8n" field and names its nodes as an install does', () => {
	expect(engine.nodeTypes.getKnownTypes()).toEqual({
		'n8n-nodes-fixture.fixture': { className: 'Fixture', sourcePath: 'Fixture.node.js' },
	});
	expect(engine.describe('n8n-nodes-fixture.fixture').displayName).toBe('Fixture');
	expect(engine.describe('n8n-nodes-fixture.fixture').communityNodePackageVersion).toBe('1.2.3');
	expect(engine.credentialType('fixtureApi').displayName).toBe('Fixture API');
	expect(engine.nodeTypes.supportedNodes('fixtureTokenApi')).toEqual(['n8n-nodes-fixture.fixture']);
});

test('items pass in order, paired, and expressions resolve for their own item', async () => {
	const done: string[] = [];
	const workflow = workflowOf(
		manualTrigger,
		{
			name: 'Fields',
			type: 'n8n-nodes-base.set',
			parameters: {
				includeOtherFields: true,
				assignments: {
					assignments: [
						{ name: 'twice', value: '={{ $json.n * 2 }}', type: 'number' },
						{ name: 'deep.text', value: '=n is {{ $json.n }}', type: 'string' },
					],
				},
			},
		},
		{
			...fixture,
			parameters: {
				operation: 'echo',
				url: server.url,
				text: '={{ $json.deep.text }}, {{ $("Start").item.json.n }}, {{ $itemIndex }}',
			},
			credentials: { fixtureApi: { id: '7', name: 'Signed' } },
		},
	);
	const before = structuredClone(workflow);
	const { status, error, nodes, raw } = await engine.run(workflow, {
		input: [{ json: { n: 1 } }, { json: { n: 2 } }],
		onNodeDone: (name, { outputs }) => done.push(`${name}: ${outputs[0].length}`),
	}).result;

	expect(error).toBeUndefined();
	expect(status).toBe('success');
	expect(nodes.Fields.outputs).toEqual([
		[
			{ json: { n: 1, twice: 2, deep: { text: 'n is 1' } }, pairedItem: { item: 0 } },
			{ json: { n: 2, twice: 4, deep: { text: 'n is 2' } }, pairedItem: { item: 1 } },
		],
	]);
	expect(nodes.Fixture.outputs).toEqual([
		[
			{ json: { received: { text: 'n is 1, 1, 0' } }, pairedItem: { item: 0 } },
			{ json: { received: { text: 'n is 2, 2, 1' } }, pairedItem: { item: 1 } },
		],
	]);
	expect(Object.keys(nodes)).toEqual(['Start', 'Fields', 'Fixture']);
	expect(done).toEqual(['Start: 2', 'Fields: 2', 'Fixture: 2']);
	expect(raw.mode).toBe('cli');
	expect(workflow).toEqual(before);
});

test('a credential has its defaults, its expressions resolved, and signs what is sent', async () => {
	const body = '{"text":"default text"}';
	const { status } = await engine.run(
		workflowOf(manualTrigger, {
			...fixture,
			parameters: { operation: 'echo', url: server.url },
			credentials: { fixtureApi: { id: 'Signed', name: 'renamed' } },
		}),
	).result;
	expect(status).toBe('success');
	expect(server.received).toHaveLength(1);
	expect(server.received[0].body).toBe(body);
	expect(server.received[0].headers).toMatchObject({
		'x-key': 'k1',
		'x-site': 'custom',
		'x-signature': sign('s', 'POST', '/echo', body),
	});

	const data = await engine.runFunction('Defaults', async function () {
		return await this.getCredentials('fixtureApi');
	});
	expect(data).toEqual({ key: 'k', secret: '', site: 'main' });
});

test('an unknown credential is an error of the node', async () => {
	const { status, error, nodes } = await engine.run(
		workflowOf(manualTrigger, {
			...fixture,
			parameters: { operation: 'echo', url: server.url },
			credentials: { fixtureApi: { id: null, name: 'Token' } },
		}),
	).result;
	expect(status).toBe('error');
	expect(error?.message).toBe(
		'Credential "Token" of type "fixtureApi" does not exist. There are "Signed" (fixtureApi), "Defaults" (fixtureApi), "Refused" (fixtureApi), "Token" (fixtureTokenApi), "Bad token" (fixtureTokenApi).',
	);
	expect(nodes.Fixture.error?.message).toBe(error?.message);
	expect(nodes.Fixture.outputs).toEqual([]);
});

test('a failing item ends the workflow, or leaves on the error output', async () => {
	const input = [{ json: { id: 1 } }, { json: { id: 2, bad: true } }, { json: { id: 3 } }];
	const stopped = await engine.run(workflowOf(manualTrigger, fixture), { input }).result;
	expect(stopped.status).toBe('error');
	expect(stopped.error).toMatchObject({ name: 'NodeOperationError', message: 'Item 1 is bad' });
	expect(Object.keys(stopped.nodes)).toEqual(['Start', 'Fixture']);

	const routed = await engine.run(
		workflowOf(
			manualTrigger,
			{ ...fixture, onError: 'continueErrorOutput', to: [['Good'], ['Bad']] },
			{ name: 'Good', type: 'n8n-nodes-base.noOp', to: [] },
			{ name: 'Bad', type: 'n8n-nodes-base.noOp' },
		),
		{ input },
	).result;
	expect(routed.status).toBe('success');
	expect(routed.nodes.Good.outputs[0].map(({ json }) => json)).toEqual([
		{ id: 1, checked: true },
		{ id: 3, checked: true },
	]);
	// n8n lays the error over the item it belongs to.
	expect(routed.nodes.Bad.outputs).toEqual([
		[{ json: { id: 2, bad: true, error: 'Item 1 is bad' }, pairedItem: { item: 0 } }],
	]);
	expect(
		routed.nodes.Fixture.outputs.map((items) => items.map(({ pairedItem }) => pairedItem)),
	).toEqual([[{ item: 0 }, { item: 2 }], [{ item: 1 }]]);
});

test('retry on fail runs the node again, and its log lines and errors are its own', async () => {
	const { status, nodes } = await engine.run(
		workflowOf(manualTrigger, {
			...fixture,
			parameters: { operation: 'flaky' },
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1,
		}),
	).result;
	expect(status).toBe('success');
	expect(nodes.Fixture.outputs).toEqual([[{ json: { calls: 3 }, pairedItem: { item: 0 } }]]);
	expect(nodes.Fixture.error).toBeUndefined();
	expect(lines).toEqual([]);
});

test('cancel ends a sleeping node at once and starts no other', async () => {
	const run = engine.run(
		workflowOf(
			manualTrigger,
			{ ...fixture, parameters: { operation: 'sleep' } },
			{ name: 'After', type: 'n8n-nodes-base.noOp' },
		),
		{ input: [{ json: { milliseconds: 60_000 } }] },
	);
	while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
	const cancelledAt = performance.now();
	run.cancel();
	const { status, nodes } = await run.result;
	expect(performance.now() - cancelledAt).toBeLessThan(5000);
	expect(status).toBe('canceled');
	expect(Object.keys(nodes)).toEqual(['Start', 'Fixture']);
	expect(nodes.Fixture.outputs).toEqual([]);
});

test('a run cancelled before it began does not begin', async () => {
	const run = engine.run(workflowOf(manualTrigger, { name: 'Next', type: 'n8n-nodes-base.noOp' }));
	run.cancel();
	const { status, nodes } = await run.result;
	expect(status).toBe('canceled');
	expect(nodes.Next).toBeUndefined();
});

test("a workflow's own time limit cancels it", async () => {
	const workflow = workflowOf(manualTrigger, { ...fixture, parameters: { operation: 'sleep' } });
	workflow.settings = { executionTimeout: 0.05 };
	const { status } = await engine.run(workflow, { input: [{ json: { milliseconds: 60_000 } }] })
		.result;
	expect(status).toBe('canceled');
});

test('what nodes log arrives as they wrote it; what n8n logs is kept apart', async () => {
	const engineLines: Array<Parameters<LogListener>> = [];
	const otherLines: Array<Parameters<LogListener>> = [];
	const other = await createEngine({
		packageDirs: [fixturePackage],
		onLog: (...line) => otherLines.push(line),
		onEngineLog: (...line) => engineLines.push(line),
	});
	const workflow = workflowOf(manualTrigger, { ...fixture, parameters: { operation: 'log' } });
	await Promise.all([
		engine.run(workflow, { input: [{ json: {} }, { json: {} }] }).result,
		other.run(workflow).result,
	]);
	await other.close();

	const warning = (item: number) => [
		'warn',
		'Careful',
		{
			item,
			error: { name: 'Error', message: 'inner', stack: expect.any(String), cause: undefined },
		},
	];
	expect(lines).toEqual([
		['debug', 'Looking', {}],
		warning(0),
		['debug', 'Looking', {}],
		warning(1),
	]);
	expect(otherLines).toEqual([['debug', 'Looking', {}], warning(0)]);
	expect(engineLines.map(([, message]) => message)).toContain('Start executing node "Fixture"');
});

test.each(['memory', 'filesystem'] as const)('binary data is readable in %s mode', async (mode) => {
	const userFolder = mkdtempSync(join(tmpdir(), 'engine-test-'));
	const own = await createEngine({ packageDirs: [fixturePackage], binaryMode: mode, userFolder });
	try {
		const { nodes, binary } = await own.run(
			workflowOf(manualTrigger, {
				...fixture,
				parameters: { operation: 'binary', text: '=bytes of {{ $json.id }}' },
			}),
			{ input: [{ json: { id: 1 } }, { json: { id: 2 } }] },
		).result;
		const found = nodes.Fixture.outputs[0].map((item) => item.binary!.data);
		expect(found.map(({ fileName, mimeType, fileSize }) => [fileName, mimeType, fileSize])).toEqual(
			[
				['0.txt', 'text/plain', '10 B'],
				['1.txt', 'text/plain', '10 B'],
			],
		);
		expect(found[0].data).toBe(
			mode === 'memory' ? Buffer.from('bytes of 1').toString('base64') : 'filesystem-v2',
		);
		expect((await binary(found[0])).toString()).toBe('bytes of 1');
		expect((await binary(found[1])).toString()).toBe('bytes of 2');
		expect(readdirSync(userFolder)).toEqual(mode === 'memory' ? [] : ['.n8n']);
	} finally {
		await own.close();
		expect(existsSync(userFolder)).toBe(true);
		rmSync(userFolder, { recursive: true });
	}
});

test('a temporary folder is gone after close, and running workflows are cancelled', async () => {
	const own = await createEngine({ packageDirs: [fixturePackage], binaryMode: 'filesystem' });
	expect(readdirSync(own.userFolder)).toEqual(['.n8n']);
	const run = own.run(
		workflowOf(manualTrigger, { ...fixture, parameters: { operation: 'sleep' } }),
		{
			input: [{ json: { milliseconds: 60_000 } }],
		},
	);
	await own.close();
	await own.close();
	expect((await run.result).status).toBe('canceled');
	expect(existsSync(own.userFolder)).toBe(false);
	expect(() => own.run(workflowOf(manualTrigger))).toThrow('The engine is closed');
});

test('what cannot start says so', async () => {
	const unknown = workflowOf(manualTrigger, { name: 'X', type: 'n8n-nodes-other.thing' });
	await expect(engine.run(unknown).result).rejects.toThrow(
		'Unknown node type: n8n-nodes-other.thing. This engine has n8n-nodes-fixture.fixture, n8n-nodes-base.manualTrigger, n8n-nodes-base.scheduleTrigger, n8n-nodes-base.noOp, n8n-nodes-base.set',
	);
	await expect(
		engine.run(workflowOf(manualTrigger), { startNode: 'Missing' }).result,
	).rejects.toThrow('The workflow has no node named "Missing"');
	await expect(engine.run({ nodes: [], connections: {} }).result).rejects.toThrow(
		'The workflow has no node to start from; add a Manual Trigger',
	);
	await expect(createEngine({ packageDirs: [__dirname] })).rejects.toThrow('ENOENT');
	await expect(
		createEngine({ packageDirs: [], credentials: { A: { type: 'noSuchApi', data: {} } } }),
	).rejects.toThrow('Credential "A": unknown credential type noSuchApi');

	// n8n checks required parameters before it starts: a failed run, as in a real n8n.
	const { status, error, nodes } = await engine.run(
		workflowOf(manualTrigger, { ...fixture, parameters: { mustBeGiven: '' } }),
	).result;
	expect(status).toBe('error');
	expect(error?.message).toBe(
		line === 1
			? 'The workflow has issues and cannot be executed for that reason. Please fix them first.'
			: 'The \'Fixture\' node has issues:\n- Parameter "Must Be Given" is required.',
	);
	expect(nodes).toEqual({});
});

test('sticky notes are left out, and a workflow can start at any node', async () => {
	const workflow = workflowOf(
		{ name: 'Note', type: 'n8n-nodes-base.stickyNote', to: [] },
		{ name: 'Every hour', type: 'n8n-nodes-base.scheduleTrigger' },
		fixture,
	);
	const whole = await engine.run(workflow).result;
	expect(whole.status).toBe('success');
	expect(Object.keys(whole.nodes)).toEqual(['Every hour', 'Fixture']);
	expect(whole.nodes['Every hour'].outputs).toEqual([[{ json: {}, pairedItem: { item: 0 } }]]);

	const part = await engine.run(workflow, { startNode: 'Fixture', input: [{ json: { a: 1 } }] })
		.result;
	expect(part.nodes.Fixture.outputs).toEqual([
		[{ json: { a: 1, checked: true }, pairedItem: { item: 0 } }],
	]);
	expect(Object.keys(part.nodes)).toEqual(['Fixture']);
});

test('an installed n8n-nodes-base goes before the stand-ins', async () => {
	const own = await createEngine({ packageDirs: [fixtureBase] });
	try {
		expect(own.describe('n8n-nodes-base.noOp').displayName).toBe('Real No Operation');
		expect(own.describe('n8n-nodes-base.manualTrigger').displayName).toBe('Manual Trigger');
	} finally {
		await own.close();
	}
});

test('the older request shape of the HTTP Request node is authenticated', async () => {
	const answered = await requestAsHttpNode(engine, 'Signed', {
		url: `${server.url}/older`,
		json: '{ "a":  1 }',
		headers: { 'X-Extra': 'yes' },
	});
	expect(answered).toMatchObject({ statusCode: 200, body: { received: { a: 1 } } });
	expect(server.received).toHaveLength(1);
	const [{ method, path, headers, body }] = server.received;
	expect({ method, path, body }).toEqual({ method: 'POST', path: '/older', body: '{"a":1}' });
	expect(headers).toMatchObject({
		'x-extra': 'yes',
		'content-type': 'application/json',
		'x-signature': sign('s', 'POST', '/older', '{"a":1}'),
	});
});

test('generic authentication is applied, with expressions, in both shapes', async () => {
	await requestAsNode(engine, 'Token', { method: 'GET', url: `${server.url}/new?b=2` });
	await requestAsHttpNode(engine, 'Token', {
		method: 'GET',
		url: `${server.url}/old`,
		query: { a: 1 },
	});
	expect(
		server.received.map(({ method, path, headers }) => [method, path, headers.authorization]),
	).toEqual([
		['GET', '/new?b=2&via=generic', 'Bearer good'],
		['GET', '/old?a=1&via=generic', 'Bearer good'],
	]);
});

test('a function can run as a node: its items, its parameters, its errors', async () => {
	const result = await engine.runFunction(
		undefined,
		function (items) {
			return items.map((_, index) => this.getNodeParameter('text', index));
		},
		{
			nodeType: 'n8n-nodes-fixture.fixture',
			parameters: { text: '={{ $json.word }}' },
			items: [{ json: { word: 'one' } }, { json: { word: 'two' } }],
		},
	);
	expect(result).toEqual(['one', 'two']);

	const problem = new RangeError('as thrown');
	await expect(
		engine.runFunction(undefined, () => {
			throw problem;
		}),
	).rejects.toBe(problem);
	await expect(
		engine.runFunction(undefined, async () => await Promise.reject(problem)),
	).rejects.toBe(problem);
});

test('credential test: OK, a failing rule, HTTP errors, a refused connection', async () => {
	server.answer = () => ({ json: { Response: { RequestId: 'r' } } });
	expect(await engine.credentialTest('Signed')).toEqual({
		status: 'OK',
		message: 'Connection successful!',
	});
	expect(server.received).toHaveLength(1);
	expect(server.received[0]).toMatchObject({
		method: 'POST',
		path: '/test',
		body: '{"test":true}',
	});
	expect(server.received[0].headers).toMatchObject({
		'x-key': 'k1',
		'x-test-site': 'custom',
		'x-signature': sign('s', 'POST', '/test', '{"test":true}'),
	});

	const withCode = (Code: string) => () => ({ json: { Response: { Error: { Code } } } });
	server.answer = withCode('AuthFailure.SecretIdNotFound');
	expect(await engine.credentialTest('Signed')).toEqual({
		status: 'Error',
		message: 'The key does not exist',
	});
	// Exact equality: any other error in a 200 passes, as in n8n.
	server.answer = withCode('AuthFailure.SecretIdNotFoundAtAll');
	expect(await engine.credentialTest('Signed')).toMatchObject({ status: 'OK' });

	// The errors of n8n 1 drop their cause, so that its dialog can say no more than they do.
	const said =
		line === 1
			? {
					rule: 'Your request is invalid or could not be processed by the service',
					status: 'Forbidden - perhaps check your credentials?',
					refused: 'The service refused the connection - perhaps it is offline',
				}
			: { rule: 'This is a teapot', status: 'Not For You', refused: 'ECONNREFUSED' };
	server.answer = () => ({ status: 418, statusText: 'Teapot', json: {} });
	expect(await engine.credentialTest('Signed')).toEqual({ status: 'Error', message: said.rule });
	server.answer = () => ({ status: 403, statusText: 'Not For You', json: {} });
	expect(await engine.credentialTest('Signed')).toEqual({ status: 'Error', message: said.status });
	expect(await engine.credentialTest('Refused')).toEqual({
		status: 'Error',
		message: said.refused,
	});
});

test("credential test by a node's function", async () => {
	expect(await engine.credentialTest('Token')).toEqual({ status: 'OK', message: 'Token accepted' });
	expect(await engine.credentialTest('Bad token')).toEqual({
		status: 'Error',
		message: 'Token of 3 letters refused',
	});
	await expect(engine.credentialTest('Nobody')).rejects.toThrow('No credential is named "Nobody"');
});

test("the surroundings' n8n settings neither reach the engine nor are lost", () => {
	// With any of the first, third and fourth createEngine() would have failed.
	const names = Object.keys(process.env).filter((name) => /^N8N_/.test(name));
	expect(Object.fromEntries(names.map((name) => [name, process.env[name]]))).toEqual(surroundings);
	expect(openRuntime().folder.startsWith(join(tmpdir(), 'n8n-engine-'))).toBe(true);
});
