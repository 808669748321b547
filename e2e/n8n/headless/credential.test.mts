/** The "Test" button of the credential in a real n8n: its server takes the test from the node. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';

import { DEMO_KEYS } from '../../../emulator/server.mts';
import { CREDENTIAL, keysFor, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';

let bench: Bench;
/** Each answers in one way. */
const servers: Server[] = [];

async function answeringWith(status: number, body: string): Promise<string> {
	const server = createServer((_, response) => {
		response.writeHead(status, { location: 'http://127.0.0.1:1/login' }).end(body);
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

before(async () => {
	bench = await openBench();
});
after(async () => {
	for (const server of servers) server.close();
	await bench?.close();
});

const ask = async (change: object) => {
	const data = { ...keysFor(bench.emulator), ...change };
	const verdict = await bench.n8n.testCredential(CREDENTIAL, 'tencentCloudApi', data);
	assert.ok(!verdict.message.includes(DEMO_KEYS[0].secretKey));
	return verdict;
};

test('right keys are confirmed', async () => {
	const { status, message } = await ask({});
	assert.equal(status, 'OK');
	assert.match(message, /^The keys are valid\. They belong to the account \d+\.$/);
});

for (const [change, message] of [
	[
		{ secretKey: 'WrongKey' },
		/^The Secret Key does not belong to this Secret ID\. Copy both again/,
	],
	[
		{ secretId: 'AKIDnobody' },
		/^This Secret ID is unknown on the chosen site\. Check it for typos/,
	],
	[
		{ secretKey: '' },
		/^The 'Secret Key' of the Tencent Cloud credential is empty\. Enter both keys/,
	],
	[
		{ endpoint: 'localhost:8080' },
		/^The 'Endpoint' of the Tencent Cloud credential must begin with http:\/\/ or https:\/\/\. Give/,
	],
	[
		{ endpoint: 'http://127.0.0.1:1' },
		/^http:\/\/127\.0\.0\.1:1 refuses the connection\. Check 'Site' and 'Endpoint' .* Code ECONNREFUSED\.$/,
	],
] as const) {
	test(`${JSON.stringify(change)} is told in sentences`, async () => {
		const verdict = await ask(change);
		assert.equal(verdict.status, 'Error');
		assert.match(verdict.message, message);
	});
}

for (const [status, body] of [
	[404, '{"message":"Not Found"}'],
	[404, '<html>Not Found</html>'],
	[302, ''],
	[401, ''],
	[502, '<html>Bad Gateway</html>'],
] as const) {
	test(`HTTP ${status} with ${body || 'nothing'} is told in sentences`, async () => {
		const endpoint = await answeringWith(status, body);
		const { message, ...verdict } = await ask({ endpoint });
		assert.equal(verdict.status, 'Error');
		assert.ok(
			message.startsWith(
				`${endpoint} answered with HTTP ${status} in place of a Tencent Cloud answer`,
			),
			message,
		);
		assert.match(message, /Check 'Site' and 'Endpoint'/);
	});
}
