/** The "Test" button of the credential: what it says for keys, answers and networks of every kind. */
import { createServer as createTcpServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { CERTIFICATE, KEY } from '../certificate.mts';
import { SECRET_KEY, SESSION_TOKEN, openBench } from '../engine/whiteboard.mts';
import type { Bench, BenchOptions } from '../engine/whiteboard.mts';
import { help } from '../help.mts';
import { listen } from '../listen.mts';

async function testIn(options: BenchOptions, prepare = (_: Bench) => {}) {
	const bench = await openBench(options);
	try {
		prepare(bench);
		return await bench.engine.credentialTest('Account');
	} finally {
		await bench.close();
	}
}

/** What is said of a code, at its end what support asks for; the ID of the request is a new one each time. */
const told = (text: string, code: string, page?: string) => ({
	status: 'Error',
	message: `${text} Code ${code}, RequestId ….${page ? help(page) : ''}`,
});

const withoutId = ({ status, message }: { status: string; message: string }) => ({
	status,
	message: message.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '…'),
});

const UNCONFIRMED =
	"Tencent Cloud did not confirm these keys. Check 'Secret ID', 'Secret Key', 'Site' and 'Endpoint', and that the account may call STS GetCallerIdentity.";

describe('keys', () => {
	test.each<[string, BenchOptions]>([
		['permanent', {}],
		['temporary', { keys: [{ secretId: 'AKIDtemp', secretKey: 'key', token: SESSION_TOKEN }] }],
	])('that are right and %s are valid, and whose they are', async (_, options) => {
		expect(await testIn(options)).toEqual({
			status: 'OK',
			message: 'The keys are valid. They belong to the account 100000000001.',
		});
	});

	test.each<[string, BenchOptions, string, string]>([
		[
			'AuthFailure.SecretIdNotFound',
			{ credential: { secretId: 'AKIDnobody' } },
			"This Secret ID is unknown on the chosen site. Check it for typos, that the key is enabled, and that 'Site' matches the account.",
			'signature',
		],
		[
			'AuthFailure.SignatureFailure',
			{ credential: { secretKey: 'wrong' } },
			'The Secret Key does not belong to this Secret ID. Copy both again from the same key pair.',
			'signature',
		],
		[
			'AuthFailure.TokenFailure',
			{ keys: [{ secretId: 'AKIDtemp', secretKey: 'key', token: SESSION_TOKEN, expired: true }] },
			'The Session Token has expired or belongs to other keys. Enter new temporary keys with their token, or clear it for permanent keys.',
			'signature',
		],
		[
			'AuthFailure.SignatureExpire',
			{ now: () => Date.now() + 600_000 },
			'The clock of the n8n server is 10 minutes slow. Set it right (NTP) and test again.',
			'clock',
		],
		[
			'AuthFailure.SignatureExpire',
			{ now: () => Date.now() - 3_600_000 },
			'The clock of the n8n server is 60 minutes fast. Set it right (NTP) and test again.',
			'clock',
		],
	])('that fail with %s %j', async (code, options, text, page) => {
		expect(withoutId(await testIn(options))).toEqual(told(text, code, page));
	});

	test.each([
		[
			'AuthFailure.InvalidSecretId',
			'This Secret ID is not an API key. Take one from Access Management, API Keys.',
			'signature',
		],
		['UnauthorizedOperation.CamNoAuth', `Their words. ${UNCONFIRMED}`, 'permission'],
		[
			'AuthFailure.UnauthorizedOperation',
			`The key has no permission for this action. ${UNCONFIRMED}`,
			'permission',
		],
		[
			'AuthFailure.MFAFailure',
			'Tencent Cloud asks for multi-factor authentication. Use the key of a sub-account whose policy does not ask for it. Tencent Cloud says: "Their words".',
		],
		[
			'IpNotInWhitelist',
			'The IP address of this n8n server is not on the allow list of the account. Add the address to the allow list. Tencent Cloud says: "Their words".',
		],
		['InternalError', 'Tencent Cloud has a fault of its own. Test again in a few minutes.'],
		[
			'NoSuchProduct',
			"This endpoint does not serve STS GetCallerIdentity, which tests the keys. Check 'Site' and 'Endpoint'. A gateway has to pass on requests for the service sts too; without that, the keys can be saved, but not tested.",
			'site',
		],
		['SomethingNew', `Their words. ${UNCONFIRMED}`],
	])('that the service refuses with %s', async (code, text, page = '') => {
		const result = await testIn({}, ({ emulator }) =>
			emulator.setFault({ kind: 'apiError', code, message: 'Their words.' }),
		);
		expect(withoutId(result)).toEqual(told(text, code, page));
	});
});

/** A server on loopback that does to each connection what the test says. */
interface Wire {
	server: Server;
	port: number;
	sockets: Set<Socket>;
	act: (socket: Socket, request: string) => void;
}

async function openWire(tls = false): Promise<Wire> {
	const sockets = new Set<Socket>();
	const serve = (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('data', (head) => wire.act(socket, head.toString()));
	};
	const server = tls
		? createTlsServer({ key: KEY, cert: CERTIFICATE }, serve)
		: createTcpServer(serve);
	const wire: Wire = { server, port: 0, sockets, act: () => {} };
	wire.port = await listen(server);
	return wire;
}

async function closeWire({ server, sockets }: Wire): Promise<void> {
	for (const socket of sockets) socket.destroy();
	await new Promise((resolve) => server.close(resolve));
}

const answer = (status: string, body: string, ...headers: string[]) =>
	[
		`HTTP/1.1 ${status}`,
		`Content-Length: ${Buffer.byteLength(body)}`,
		'Connection: close',
		...headers,
		'',
		body,
	].join('\r\n');

describe('between n8n and the endpoint', () => {
	let wire: Wire;
	let secure: Wire;
	beforeAll(async () => {
		[wire, secure] = await Promise.all([openWire(), openWire(true)]);
	});
	afterAll(async () => {
		await Promise.all([wire, secure].map(closeWire));
	});
	beforeEach(() => {
		wire.act = () => {};
	});

	const verdictOn = async (endpoint: string, more: IDataObject = {}) => {
		const { status, message } = await testIn({ credential: { endpoint, ...more } });
		expect(status).toBe('Error');
		return message;
	};
	const here = () => `http://127.0.0.1:${wire.port}`;
	/** By name: n8n 1 gives an address as the name of a TLS server, which Node warns of. */
	const hereByTls = ({ port }: Wire) => `https://localhost:${port}`;
	const way = (endpoint: string) =>
		`Check 'Site' and 'Endpoint' in the credential, and what stands between n8n and ${endpoint}: a proxy, a firewall or a login page.`;
	const reach = (endpoint: string) =>
		`Check 'Site' and 'Endpoint' in the credential, and that this n8n server can reach ${endpoint} (DNS, proxy, firewall).`;

	test.each([
		['404 Not Found', '{"error":"Not Found"}', 'Code HTTP 404.'],
		['404 Not Found', '<html><h1>404</h1></html>', 'Code HTTP 404.'],
		['401 Unauthorized', '', 'Code HTTP 401.'],
		['407 Proxy Authentication Required', 'login', 'Code HTTP 407.'],
		[
			'502 Bad Gateway',
			'<html>502</html>',
			'If these are right, try again in a few minutes. Code HTTP 502.',
		],
		['502 Bad Gateway', '', 'If these are right, try again in a few minutes. Code HTTP 502.'],
	])('something answers %s, %j', async (status, body, end) => {
		wire.act = (socket) => socket.end(answer(status, body));
		expect(await verdictOn(here())).toBe(
			`${here()} answered with HTTP ${status.slice(0, 3)} in place of a Tencent Cloud answer. ${way(here())} ${end}`,
		);
	});

	test('something asks to wait', async () => {
		wire.act = (socket) => socket.end(answer('429 Too Many Requests', ''));
		expect(await verdictOn(here())).toBe(
			`${here()} takes no more requests for the moment (HTTP 429). ${way(here())} Code HTTP 429.${help('rate-limit')}`,
		);
	});

	test('a redirect is not followed', async () => {
		const targets: string[] = [];
		wire.act = (socket, head) => {
			targets.push(head.split('\r\n')[0]);
			socket.end(answer('302 Found', '', `Location: ${here()}/login`));
		};
		expect(await verdictOn(here())).toBe(
			`${here()} answered with HTTP 302 in place of a Tencent Cloud answer. ${way(here())} Code HTTP 302.`,
		);
		expect(targets).toEqual(['POST / HTTP/1.1']);
	});

	test.each([
		['HTML', '<html>Please log in</html>'],
		['JSON of another service', '{"ok":true}'],
		['a list', '[{"Response":{}}]'],
		['null', 'null'],
		['a response that is a text', '{"Response":"yes"}'],
		['an error without a code', '{"Response":{"Error":"no"}}'],
		['half a JSON', '{"Response":{"AccountId":"1"'],
		['nothing', ''],
	])('the answer is %s', async (_, body) => {
		wire.act = (socket) => socket.end(answer('200 OK', body));
		expect(await verdictOn(here())).toBe(
			`${here()} answered with something that is not a Tencent Cloud answer. ${way(here())} Code InvalidAnswer.`,
		);
	});

	test.each([
		['', ''],
		['"AccountId":null,', ''],
		['"AccountId":"",', ''],
		['"AccountId":{},"RequestId":"r-1"', ', RequestId r-1'],
	])('an answer without an account confirms nothing: %s', async (fields, requestId) => {
		const body = `{"Response":{${fields.replace(/,$/, '')}}}`;
		wire.act = (socket) => socket.end(answer('200 OK', body));
		expect(await verdictOn(here())).toBe(`${UNCONFIRMED} Code InvalidAnswer${requestId}.`);
	});

	test('nothing listens', async () => {
		const gone = await openWire();
		await closeWire(gone);
		const endpoint = `http://127.0.0.1:${gone.port}`;
		expect(await verdictOn(endpoint)).toBe(
			`${endpoint} refuses the connection. ${reach(endpoint)} Code ECONNREFUSED.`,
		);
	});

	test('there is no such host', async () => {
		const endpoint = 'http://tiw.invalid';
		expect(await verdictOn(endpoint)).toMatch(
			/^http:\/\/tiw\.invalid cannot be (found|looked up at the moment)\. Check 'Site' and .* can reach http:\/\/tiw\.invalid \(DNS, proxy, firewall\)\. Code (ENOTFOUND|EAI_AGAIN)\.$/,
		);
	});

	test('the connection is reset', async () => {
		wire.act = (socket) => socket.resetAndDestroy();
		expect(await verdictOn(here())).toBe(
			`${here()} closed the connection before its answer was complete. ${reach(here())} If the network is slow, test again. Code ECONNRESET.`,
		);
	});

	test('the answer is cut', async () => {
		wire.act = (socket) =>
			socket.end('HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"Response":{"AccountId":"1"');
		const message = await verdictOn(here());
		expect(message).toContain(here());
		expect(message).toMatch(
			/closed the connection before its answer was complete|is not a Tencent Cloud answer/,
		);
	});

	test('what answers is not HTTP', async () => {
		wire.act = (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n');
		expect(await verdictOn(here())).toBe(
			`${here()} sent an answer that cannot be parsed. ${reach(here())} Something on the way may change answers. Code HPE_INVALID_CONSTANT.`,
		);
	});

	test('what answers does not speak TLS', async () => {
		wire.act = (socket) => socket.end(answer('400 Bad Request', ''));
		const endpoint = hereByTls(wire);
		expect(await verdictOn(endpoint)).toBe(
			`${endpoint} does not speak TLS. Check whether 'Endpoint' in the credential should begin with http:// in place of https://. Code EPROTO.`,
		);
	});

	test('nobody vouches for the certificate', async () => {
		const endpoint = hereByTls(secure);
		const [first, rest] = (await verdictOn(endpoint)).split(' Check ');
		expect(first).toMatch(
			new RegExp(`^The certificate of ${endpoint} is not accepted: self-signed certificate.*\\.$`),
		);
		expect(`Check ${rest}`).toBe(
			`${reach(endpoint)} A certificate from an authority of your own has to be made known to n8n (NODE_EXTRA_CA_CERTS). Code DEPTH_ZERO_SELF_SIGNED_CERT.`,
		);
	});

	test('an echo of the request shows no secret', async () => {
		const heads: string[] = [];
		wire.act = (socket, head) => {
			heads.push(head);
			const Message = `${head} ${SECRET_KEY}`;
			socket.end(
				answer('200 OK', JSON.stringify({ Response: { Error: { Code: head, Message } } })),
			);
		};
		const message = await verdictOn(here(), { sessionToken: SESSION_TOKEN });
		expect(heads).toHaveLength(1);
		expect(heads[0]).toContain(SESSION_TOKEN);
		const [, signature] = /Signature=(\w+)/.exec(heads[0])!;
		for (const secret of [SECRET_KEY, SESSION_TOKEN, signature]) {
			expect(message).not.toContain(secret);
		}
	});
});

test('whatever n8n allows for other nodes, the test is of the credential itself', async () => {
	const allowed = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
	expect(await testIn({ credential: allowed })).toMatchObject({ status: 'OK' });
	const none = { allowedHttpRequestDomains: 'none' };
	expect(await testIn({ credential: none })).toMatchObject({ status: 'OK' });
});
