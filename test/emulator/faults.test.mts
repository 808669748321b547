/** Each kind of fault, as a client meets it. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { FaultPlan } from '../../emulator/faults.mts';
import { withFields } from '../../emulator/fields.mts';
import {
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../../emulator/server.mts';
import type { Emulator, Fault } from '../../emulator/server.mts';
import { apiCall, codeOf, rawCall, send } from './raw-client.mts';
import type { RawAnswer, RawCall } from './raw-client.mts';

const EXAMPLE = { TaskID: DOCUMENTED_EXAMPLE.taskId, SdkAppId: DOCUMENTED_EXAMPLE.sdkAppId };
const createIn = (RoomId: number): RawCall => ({
	action: 'CreateSnapshotTask',
	body: { SdkAppId: 1400000001, RoomId, Whiteboard: {} },
});
const CREATE = createIn(12345);

let emulator: Emulator;

beforeAll(async () => {
	emulator = await startEmulator({ ratePerSecond: Infinity });
	seedDocumentedExample(emulator, { runSeconds: 0 });
});

afterEach(() => {
	expect(emulator.pendingFaults()).toEqual([]);
	emulator.clearFaults();
});

afterAll(() => emulator.close());

const call = (change: RawCall = {}) => rawCall(emulator.url, { body: EXAMPLE, ...change });
const last = () => emulator.calls.at(-1);

async function under(
	fault: Fault,
	change?: RawCall,
	kinds: string[] = [fault.kind],
): Promise<RawAnswer> {
	emulator.queueFaults(fault);
	const answer = await call(change);
	expect(last()?.faults).toEqual(kinds);
	return answer;
}

interface Answered {
	Response: { Status: string };
}

const statusIn = (body: Buffer) => (JSON.parse(body.toString()) as Answered).Response.Status;

describe('broken connections', () => {
	test('before any header', async () => {
		const answer = await under({ kind: 'reset' });
		expect(answer.error?.code).toBe('ECONNRESET');
		expect(answer.status).toBe(0);
		expect(last()).toMatchObject({ handled: false, code: null });
		expect((await call()).status).toBe(200);
	});

	test('after the headers', async () => {
		const answer = await under({ kind: 'reset', moment: 'afterHeaders' });
		expect(answer.error?.code).toBe('ECONNRESET');
		expect(answer.status).toBe(200);
		expect(answer.body).toHaveLength(0);
	});

	test('in the middle of the body', async () => {
		const answer = await under({ kind: 'reset', moment: 'midBody' });
		expect(answer.error?.code).toBe('ECONNRESET');
		const length = Number(answer.headers['content-length']);
		expect(answer.body).toHaveLength(Math.floor(length / 2));
		expect(last()?.handled).toBe(true);
	});

	test('before any header, although the task was created', async () => {
		const before = emulator.tasks().length;
		await under({ kind: 'reset' }, CREATE);
		expect(emulator.tasks()).toHaveLength(before);
		await under({ kind: 'reset', afterWork: true }, CREATE);
		expect(emulator.tasks()).toHaveLength(before + 1);
		expect(last()?.handled).toBe(true);
	});

	test('at the next request on a kept connection', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		try {
			const first = await under({ kind: 'closeKeepAlive' }, { agent });
			expect(first.status).toBe(200);
			expect(first.headers.connection).toBe('keep-alive');
			const calls = emulator.calls.length;
			expect((await call({ agent })).error?.code).toBe('ECONNRESET');
			expect(emulator.calls).toHaveLength(calls);
			expect((await call({ agent })).status).toBe(200);
		} finally {
			agent.destroy();
		}
	});

	test('right after the answer', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		try {
			const closed = new Promise((resolve) => {
				agent.on('free', (socket: NodeJS.EventEmitter) => socket.once('close', resolve));
			});
			const answer = await under({ kind: 'closeKeepAlive', moment: 'afterAnswer' }, { agent });
			expect(answer.headers.connection).toBe('keep-alive');
			await closed;
		} finally {
			agent.destroy();
		}
	});
});

describe('time', () => {
	test('no answer at all', async () => {
		emulator.queueFaults({ kind: 'stall' });
		const answer = call();
		expect(await Promise.race([answer, sleep(100, 'nothing')])).toBe('nothing');
		const stalled = await startEmulator();
		stalled.queueFaults({ kind: 'stall' });
		const cut = rawCall(stalled.url, { body: EXAMPLE });
		while (stalled.calls.length === 0) await sleep(5);
		await stalled.close();
		expect((await cut).error?.code).toBe('ECONNRESET');
	});

	test('a late answer', async () => {
		const start = performance.now();
		const answer = await under({ kind: 'delay', ms: 80 });
		expect(performance.now() - start).toBeGreaterThanOrEqual(79);
		expect(statusIn(answer.body)).toBe('Finished');
	});

	test('a late answer, some more late than others', async () => {
		const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
		try {
			const start = performance.now();
			await under({ kind: 'delay', ms: 20, jitterMs: 200 });
			expect(performance.now() - start).toBeGreaterThanOrEqual(119);
		} finally {
			random.mockRestore();
		}
	});

	test('a client that does not wait leaves its task created, once', async () => {
		const before = emulator.tasks().length;
		const agent = new Agent();
		try {
			emulator.queueFaults({ kind: 'delay', ms: 60 });
			const calls = emulator.calls.length;
			const answer = call({ ...CREATE, agent });
			while (emulator.calls.length === calls) await sleep(5);
			expect(emulator.tasks()).toHaveLength(before + 1);
			agent.destroy();
			expect((await answer).error?.code).toBe('ECONNRESET');
			await sleep(80);
			expect(emulator.tasks()).toHaveLength(before + 1);
			expect(last()).toMatchObject({ handled: true, code: null });
			expect((await call()).status).toBe(200);
		} finally {
			agent.destroy();
		}
	});

	test('closing does not wait for a late answer', async () => {
		const late = await startEmulator();
		late.queueFaults({ kind: 'delay', ms: 60_000 });
		const cut = rawCall(late.url, { body: EXAMPLE });
		while (late.calls.length === 0) await sleep(5);
		await late.close();
		expect((await cut).error?.code).toBe('ECONNRESET');
	});

	test('a wrong Date header', async () => {
		const answer = await under({ kind: 'date', skewSeconds: -3600 });
		const offset = Date.parse(answer.headers.date ?? '') - Date.now();
		expect(Math.round(offset / 10_000)).toBe(-360);
		expect(last()?.code).toBeNull();
	});

	test.each(['Fri, 31 Dec 9999 23:59:59 GMT', 'nonsense', ''])(
		'a Date header that says "%s"',
		async (text) => {
			expect((await under({ kind: 'date', text })).headers.date).toBe(text);
		},
	);

	test('no Date header', async () => {
		expect((await under({ kind: 'date', text: null })).headers).not.toHaveProperty('date');
	});

	test.each(['message', 'requestId', 'field', 'key', 'page'] as const)(
		'an echo of the request headers as %s',
		async (as) => {
			const { status, body } = await under({ kind: 'echo', as });
			expect(status).toBe(as === 'page' ? 502 : 200);
			expect(body.toString()).toMatch(/authorization[^a-z]+TC3-HMAC-SHA256 Credential=/i);
			if (as !== 'page') {
				const { Response } = JSON.parse(body.toString()) as { Response: object };
				expect('Error' in Response).toBe(as === 'message');
				expect('Debug' in Response).toBe(as === 'field' || as === 'key');
			}
		},
	);

	test('a wrong clock, learned from the Date header', async () => {
		emulator.setFault({ kind: 'clock', skewSeconds: 400 });
		const refused = await call();
		expect(last()?.code).toBe('AuthFailure.SignatureExpire');
		const serverSeconds = Date.parse(refused.headers.date ?? '') / 1000;
		expect(await codeOf(emulator.url, { body: EXAMPLE, timestamp: serverSeconds })).toBeNull();
		emulator.setFault(null);
		expect(await codeOf(emulator.url, { body: EXAMPLE })).toBeNull();
	});
});

describe('other answers', () => {
	test('a gateway page', async () => {
		const answer = await under({ kind: 'status', status: 502 });
		expect(answer.status).toBe(502);
		expect(answer.headers['content-type']).toBe('text/html');
		expect(answer.body.toString()).toContain('502 Bad Gateway');
	});

	test('a status with body and headers of its own', async () => {
		const headers = { 'Retry-After': '1' };
		const fault: Fault = {
			kind: 'status',
			status: 429,
			body: 'slow',
			contentType: 'text/plain',
			headers,
		};
		const answer = await under(fault);
		expect([answer.status, answer.body.toString()]).toEqual([429, 'slow']);
		expect(answer.headers['retry-after']).toBe('1');
	});

	test('an API error; a wrong signature still gets its own', async () => {
		const fault: Fault = { kind: 'apiError', code: 'InternalError', message: 'Oops.' };
		emulator.queueFaults(fault, fault);
		const answer = await apiCall(emulator.url, { body: EXAMPLE });
		expect(answer.Error).toEqual({ Code: 'InternalError', Message: 'Oops.' });
		expect(last()?.code).toBe('InternalError');
		expect(await codeOf(emulator.url, { body: EXAMPLE, secretKey: 'wrong' })).toBe(
			'AuthFailure.SignatureFailure',
		);
	});

	test('no permission to ask for what one may create', async () => {
		const code = 'AuthFailure.UnauthorizedOperation';
		emulator.setFault({ kind: 'apiError', code, action: 'DescribeSnapshotTask' });
		const { TaskID } = await apiCall(emulator.url, CREATE);
		expect(emulator.tasks().at(-1)?.id).toBe(TaskID);
		const body = { SdkAppId: 1400000001, TaskID };
		expect(await codeOf(emulator.url, { body })).toBe(code);
		expect(await codeOf(emulator.url, { body })).toBe(code);
		emulator.setFault(null);
		expect(await codeOf(emulator.url, { body })).toBeNull();
	});

	test('a task created, but no word of its ID', async () => {
		const before = emulator.tasks().length;
		emulator.queueFaults({ kind: 'fields', fields: { TaskID: undefined } });
		expect(await apiCall(emulator.url, CREATE)).toEqual({ RequestId: last()?.requestId });
		expect(emulator.tasks()).toHaveLength(before + 1);
	});

	test('other fields, together with another fault and in an error', async () => {
		emulator.addFault({ kind: 'fields', fields: { 'Result.Snapshots': {}, 'Error.Code': null } });
		emulator.addFault({ kind: 'compressed', times: 1 });
		const fault: Fault = { kind: 'fields', fields: { 'Result.Total': '3' } };
		const answer = await under(fault, {}, ['fields', 'compressed', 'fields']);
		const { Response } = JSON.parse(gunzipSync(answer.body).toString()) as Answered;
		expect(Response).toMatchObject({
			TaskID: EXAMPLE.TaskID,
			Result: { ErrorCode: 'OK', Total: '3', Snapshots: {} },
		});
		expect(Response).not.toHaveProperty('Error');
		const refused = await apiCall(emulator.url, { body: EXAMPLE, secretKey: 'wrong' });
		expect(refused.Error).toEqual({ Code: null, Message: expect.any(String) });
		expect(last()?.code).toBe('AuthFailure.SignatureFailure');
	});

	test('no JSON', async () => {
		const answer = await under({ kind: 'notJson' });
		expect(answer.headers['content-type']).toBe('application/json');
		expect(() => JSON.parse(answer.body.toString()) as unknown).toThrow(SyntaxError);
	});

	test('nothing', async () => {
		const answer = await under({ kind: 'emptyBody' });
		expect([answer.status, answer.body.length]).toEqual([200, 0]);
	});

	test('compressed', async () => {
		const answer = await under({ kind: 'compressed' });
		expect(answer.headers['content-encoding']).toBe('gzip');
		expect(statusIn(gunzipSync(answer.body))).toBe('Finished');
	});

	test('in pieces', async () => {
		const answer = await under({ kind: 'chunked', pieceBytes: 5 });
		expect(answer.headers['transfer-encoding']).toBe('chunked');
		expect(answer.headers['content-length']).toBeUndefined();
		expect(statusIn(answer.body)).toBe('Finished');
	});
});

describe('files', () => {
	const path = `/files/${EXAMPLE.SdkAppId}/${EXAMPLE.TaskID}/1.png`;
	const fetchFile = () => send(emulator.url, 'GET', path, {}, '');

	test('fail only when asked for by name', async () => {
		emulator.queueFaults({ kind: 'reset' }, { kind: 'status', status: 403, action: 'GetFile' });
		expect((await fetchFile()).status).toBe(403);
		expect((await fetchFile()).status).toBe(200);
		expect((await call()).error?.code).toBe('ECONNRESET');
	});

	test('fail one by one', async () => {
		emulator.setFault({ kind: 'status', status: 403, action: 'GetFile', when: { path } });
		const other = () => send(emulator.url, 'GET', path.replace('1.png', '2.png'), {}, '');
		expect([(await fetchFile()).status, (await other()).status]).toEqual([403, 200]);
	});

	test('break off half-way, huge ones too', async () => {
		emulator.addFile('huge.bin', { contentType: 'a/b', content: { size: 1_000_000 } });
		emulator.queueFaults({ kind: 'reset', moment: 'midBody', action: 'GetFile' });
		const answer = await send(emulator.url, 'GET', '/files/huge.bin', {}, '');
		expect(answer.error?.code).toBe('ECONNRESET');
		expect(answer.body).toHaveLength(500_000);
	});
});

describe('aimed at one request', () => {
	const kindsOf = () => last()?.faults;

	test('by the room of a new task, as long as the fault stands', async () => {
		emulator.setFault({
			kind: 'apiError',
			code: 'InternalError',
			action: 'CreateSnapshotTask',
			when: { RoomId: 4 },
		});
		const codes = [];
		for (const room of [3, 4, 5, 4]) codes.push(await codeOf(emulator.url, createIn(room)));
		expect(codes).toEqual([null, 'InternalError', null, 'InternalError']);
	});

	test('by the task asked for, while others wait for theirs', async () => {
		const other = emulator.addSnapshotTask({ sdkAppId: EXAMPLE.SdkAppId, runSeconds: 0 });
		emulator.queueFaults(
			{ kind: 'emptyBody', when: { TaskID: other } },
			{ kind: 'stall', when: { TaskID: EXAMPLE.TaskID, SdkAppId: 1 } },
			{ kind: 'compressed', when: EXAMPLE },
		);
		await call();
		expect(kindsOf()).toEqual(['compressed']);
		await call();
		expect(kindsOf()).toEqual([]);
		await call({ body: { ...EXAMPLE, TaskID: other } });
		expect(kindsOf()).toEqual(['emptyBody']);
		expect(emulator.pendingFaults()).toMatchObject([{ kind: 'stall' }]);
		emulator.clearFaults();
	});

	test('by a query as by a body, but never where nothing can be read', async () => {
		emulator.setFault({ kind: 'chunked', when: { SdkAppId: EXAMPLE.SdkAppId } });
		const target = `/?TaskID=${EXAMPLE.TaskID}&SdkAppId=${EXAMPLE.SdkAppId}`;
		await call({ method: 'GET', target });
		expect(kindsOf()).toEqual(['chunked']);
		await call({ body: '{"SdkAppId":' });
		expect(kindsOf()).toEqual([]);
	});
});

describe('several that stand', () => {
	test('hit together, each as often as it says, until all are cleared', async () => {
		emulator.setFault({ kind: 'date', skewSeconds: 5 });
		emulator.addFault({ kind: 'compressed', times: 2 });
		emulator.addFault({ kind: 'delay', ms: 1, when: { TaskID: EXAMPLE.TaskID } });
		emulator.addFault({ kind: 'reset', action: 'CreateSnapshotTask' });
		const hits = async (change?: RawCall) => {
			await call(change);
			return last()?.faults;
		};
		expect(await hits()).toEqual(['date', 'compressed', 'delay']);
		expect(await hits(CREATE)).toEqual(['date', 'compressed', 'reset']);
		expect(await hits()).toEqual(['date', 'delay']);
		emulator.setFault(null);
		expect(await hits()).toEqual(['delay']);
		emulator.setFault({ kind: 'date', skewSeconds: 5 });
		emulator.clearFaults();
		expect(await hits(CREATE)).toEqual([]);
		expect(await hits()).toEqual([]);
	});
});

describe('other fields', () => {
	const answer = { Status: 'Finished', Result: { Total: 2, Snapshots: ['a', 'b'] }, Error: null };

	test.each<[string, object, object]>([
		['one taken whole', { Result: 'text' }, { ...answer, Result: 'text' }],
		[
			'one within, and a new one',
			{ 'Result.Total': 3, New: [] },
			{ ...answer, Result: { ...answer.Result, Total: 3 }, New: [] },
		],
		[
			'one of a list',
			{ 'Result.Snapshots.1': null },
			{ ...answer, Result: { Total: 2, Snapshots: ['a', null] } },
		],
		[
			'one left out',
			{ 'Result.Total': undefined, Status: undefined },
			{ Result: { Snapshots: ['a', 'b'] }, Error: null },
		],
		['one after the other', { Result: {}, 'Result.Total': 0 }, { ...answer, Result: { Total: 0 } }],
		['paths that lead nowhere', { 'Error.Code': 1, 'Status.a': 1, 'No.a.b': 1 }, answer],
	])('%s', (_what, changes, expected) => {
		const before = JSON.stringify([answer, changes]);
		const changed = withFields(answer, changes as Record<string, unknown>);
		expect(JSON.parse(JSON.stringify(changed))).toEqual(expected);
		expect(JSON.stringify([answer, changes])).toBe(before);
	});
});

describe('the plan', () => {
	const kinds = (plan: FaultPlan, action: string) =>
		plan.take(action, null).map(({ kind }) => kind);

	test('takes queued faults in order, per action, as often as they say', () => {
		const plan = new FaultPlan();
		plan.queue([
			{ kind: 'stall', action: 'A' },
			{ kind: 'emptyBody', times: 2 },
			{ kind: 'reset' },
		]);
		expect(kinds(plan, 'B')).toEqual(['emptyBody']);
		expect(kinds(plan, 'A')).toEqual(['stall']);
		expect(plan.pending.map(({ kind }) => kind)).toEqual(['emptyBody', 'reset']);
		expect(kinds(plan, 'A')).toEqual(['emptyBody']);
		expect(kinds(plan, 'A')).toEqual(['reset']);
		expect(kinds(plan, 'A')).toEqual([]);
	});

	test('a standing fault lasts, and goes together with queued ones', () => {
		const plan = new FaultPlan();
		plan.set({ kind: 'clock', skewSeconds: 1 });
		plan.queue([{ kind: 'compressed' }]);
		expect(kinds(plan, 'A')).toEqual(['clock', 'compressed']);
		expect(kinds(plan, 'A')).toEqual(['clock']);
		plan.set({ kind: 'delay', ms: 1, times: 1 });
		expect([kinds(plan, 'A'), kinds(plan, 'A')]).toEqual([['delay'], []]);
	});
});
