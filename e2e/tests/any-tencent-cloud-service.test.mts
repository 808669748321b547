import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';

import { DOCUMENTED_EXAMPLE, seedDocumentedExample } from '../../emulator/server.mts';
import { openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';

const WHO = 'Who Am I (POST)';
const TASK = 'Snapshot Task (GET)';

let house: House;
before(async () => {
	house = await openHouse();
	seedDocumentedExample(house.emulator, { runSeconds: 0 });
});
after(async () => await house.close());
beforeEach(() => (house.emulator.calls.length = 0));

const example = () => openExample('any-tencent-cloud-service', { emulator: house.emulator });

test("n8n's HTTP Request node calls two services with the credential, by POST and by GET", async () => {
	const { status, nodes } = await house.engine.run(example().workflow).result;

	assert.equal(status, 'success');
	assert.deepEqual(
		house.emulator.calls.map(({ method, service, action, code, headers }) => [
			method,
			service,
			action,
			code,
			headers['x-tc-service'],
		]),
		[
			['POST', 'sts', 'GetCallerIdentity', null, undefined],
			['GET', 'tiw', 'DescribeSnapshotTask', null, undefined],
		],
	);
	const [{ json }] = nodes.Answer.outputs[0];
	const { sdkAppId, taskId } = DOCUMENTED_EXAMPLE;
	assert.deepEqual(json, {
		account: '100000000001',
		status: 'Finished',
		images: [1, 2, 3].map(
			(page) => `${house.emulator.url}/files/${sdkAppId}/${taskId}/${page}.png`,
		),
	});
});

test('a POST with JSON parameters is signed as it is sent', async () => {
	const { workflow, set } = example();
	const { sdkAppId: SdkAppId, taskId: TaskID } = DOCUMENTED_EXAMPLE;
	const { headerParameters } = set(TASK);
	set(TASK, {
		method: 'POST',
		sendQuery: false,
		sendBody: true,
		contentType: 'json',
		specifyBody: 'json',
		jsonBody: `{ "SdkAppId": ${SdkAppId},\n  "TaskID": "${TaskID}" }`,
		headerParameters,
	});
	const { status } = await house.engine.run(workflow).result;
	assert.equal(status, 'success');
	const { method, params, code } = house.emulator.calls[1];
	assert.deepEqual(
		{ method, params, code },
		{ method: 'POST', params: { SdkAppId, TaskID }, code: null },
	);
});

test('a refusal, which comes with HTTP 200, is found and said', async () => {
	const { workflow, set } = example();
	const { parameters } = set(TASK).queryParameters as { parameters: Array<{ value: string }> };
	parameters[1].value = 'no-such-task';
	const { status, error, nodes } = await house.engine.run(workflow).result;
	assert.equal(status, 'error');
	assert.match(String(error?.message), /^\S+: .+ \(RequestId [0-9a-f-]{36}\)$/);
	assert.equal(nodes.Answer, undefined);
});

test('without the header nothing is sent, and the error says what to add', async () => {
	const { workflow, set } = openExample('any-tencent-cloud-service');
	set(WHO, { url: house.emulator.url });
	const { status, error } = await house.engine.run(workflow).result;
	assert.equal(status, 'error');
	assert.match(`${error?.message} ${error?.description}`, /X-TC-Service/);
	assert.equal(house.emulator.calls.length, 0);
});

test('a redirect is not followed: no other host gets the token or the body', async () => {
	const visits: string[] = [];
	const other = createServer((request, response) => {
		visits.push(`${request.method} ${request.url}`);
		response.end('{}');
	});
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	try {
		const { port } = other.address() as AddressInfo;
		for (const status of [302, 307]) {
			const location = `http://127.0.0.1:${port}/login`;
			house.emulator.setFault({ kind: 'status', status, headers: { location } });
			const result = await house.engine.run(example().workflow).result;
			assert.equal(result.status, 'error');
			assert.match(
				`${result.error?.message} ${result.error?.description}`,
				new RegExp(`${status}`),
			);
		}
		assert.deepEqual(visits, []);
	} finally {
		house.emulator.clearFaults();
		other.closeAllConnections();
		await new Promise((resolve) => other.close(resolve));
	}
});

test('a POST with a query is refused before anything is sent, and the error says what to do', async () => {
	const { workflow, set } = example();
	set(WHO, {
		sendQuery: true,
		queryParameters: { parameters: [{ name: 'Limit', value: '1' }] },
	});
	const { status, error } = await house.engine.run(workflow).result;
	assert.equal(status, 'error');
	assert.match(`${error?.message} ${error?.description}`, /no query with the method POST/);
	assert.equal(house.emulator.calls.length, 0);
});
