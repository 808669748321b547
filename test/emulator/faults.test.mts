/** Each kind of fault, as a client meets it. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { FaultPlan } from '../../emulator/faults.mts';
import {
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../../emulator/server.mts';
import type { Emulator, Fault } from '../../emulator/server.mts';
import { apiCall, codeOf, rawCall, send } from './raw-client.mts';
import type { RawAnswer, RawCall } from './raw-client.mts';

const EXAMPLE = { TaskID: DOCUMENTED_EXAMPLE.taskId, SdkAppId: DOCUMENTED_EXAMPLE.sdkAppId };
const CREATE: RawCall = {
	action: 'CreateSnapshotTask',
	body: { SdkAppId: 1400000001, RoomId: 12345, Whiteboard: {} },
};

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

async function under(fault: Fault, change?: RawCall): Promise<RawAnswer> {
	emulator.queueFaults(fault);
	const answer = await call(change);
	expect(last()?.faults).toEqual([fault.kind]);
	return answer;
}

const statusIn = (body: Buffer) =>
	(JSON.parse(body.toString()) as { Response: { Status: string } }).Response.Status;

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
		const answer = await under({ kind: 'gzip' });
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

	test('break off half-way, huge ones too', async () => {
		emulator.addFile('huge.bin', { contentType: 'a/b', content: { size: 1_000_000 } });
		emulator.queueFaults({ kind: 'reset', moment: 'midBody', action: 'GetFile' });
		const answer = await send(emulator.url, 'GET', '/files/huge.bin', {}, '');
		expect(answer.error?.code).toBe('ECONNRESET');
		expect(answer.body).toHaveLength(500_000);
	});
});

describe('the plan', () => {
	const kinds = (plan: FaultPlan, action: string) => plan.take(action).map(({ kind }) => kind);

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
		plan.queue([{ kind: 'gzip' }]);
		expect(kinds(plan, 'A')).toEqual(['clock', 'gzip']);
		expect(kinds(plan, 'A')).toEqual(['clock']);
		plan.set({ kind: 'delay', ms: 1, times: 1 });
		expect([kinds(plan, 'A'), kinds(plan, 'A')]).toEqual([['delay'], []]);
	});
});
