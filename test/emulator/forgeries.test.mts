/** A receiver that keeps the rules tells each forgery from a genuine event, and by what it is meant to be told. */
import { timingSafeEqual } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FORGERIES, signed, signOf } from '../../emulator/forgeries.mts';
import type { Flaw, Loot } from '../../emulator/forgeries.mts';
import { startEmulator } from '../../emulator/server.mts';
import type { Emulator } from '../../emulator/server.mts';
import { apiCall } from './raw-client.mts';
import { openReceiver, withStatus } from './receiver.mts';
import type { ReceivedRequest } from './receiver.mts';

const APP = 1400000001;
const KEY = 'ExampleCallbackKey2024';
const MAX_LENGTH = 1024 * 1024;

let emulator: Emulator;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let loot: Loot;

const nowSeconds = () => Math.floor(Date.now() / 1000);

async function call(action: string, params: object) {
	const { Error, ...answer } = await apiCall(emulator.url, {
		action,
		body: { SdkAppId: APP, ...params },
	});
	return Error ? null : answer;
}

async function eventOf(taskId: string, eventType: string): Promise<Record<string, unknown>> {
	const isThere = ({ body }: { body: any }) =>
		body.EventType === eventType && body.EventData.TaskId === taskId;
	while (!emulator.callbacks.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 5));
	return emulator.callbacks.find(isThere)!.body;
}

beforeAll(async () => {
	emulator = await startEmulator({ ratePerSecond: Infinity });
	receiver = await openReceiver(withStatus(200));
	await call('SetTranscodeCallback', { Callback: receiver.url });
	await call('SetTranscodeCallbackKey', { CallbackKey: KEY });
	const ended = emulator.addTask('transcode', { sdkAppId: APP, runSeconds: 0.1 });
	const createTime = nowSeconds() - 1000;
	const going = emulator.addTask('transcode', { sdkAppId: APP, runSeconds: 3000, createTime });
	loot = {
		finished: await eventOf(ended, 'TranscodeFinished'),
		running: await eventOf(going, 'TranscodeProgressChanged'),
		key: KEY,
		now: nowSeconds(),
	};
	// All that the service has sent has arrived: what comes from now on, a test has sent.
	const isOnItsWay = ({ statuses }: { statuses: unknown[] }) => statuses.length === 0;
	while (emulator.callbacks.some(isOnItsWay))
		await new Promise((resolve) => setTimeout(resolve, 5));
});
afterAll(async () => {
	await receiver.close();
	await emulator.close();
});

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isSigned(event: Record<string, unknown>): boolean {
	if (!Object.hasOwn(event, 'Sign') || !Object.hasOwn(event, 'ExpireTime')) return false;
	const { Sign, ExpireTime } = event;
	if (typeof Sign !== 'string' || !Number.isSafeInteger(ExpireTime)) return false;
	if ((ExpireTime as number) < nowSeconds() - 60) return false;
	const wanted = Buffer.from(signOf(KEY, ExpireTime as number));
	const given = Buffer.from(Sign.toLowerCase());
	return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** What the event says is what the service says, when it is asked. */
async function isTrue({ SdkAppId, EventType, EventData }: Record<string, unknown>) {
	if (SdkAppId !== APP || EventType !== 'TranscodeFinished' || !isObject(EventData)) return false;
	const { TaskId, ResultUrl, Error } = EventData;
	if (!Object.hasOwn(EventData, 'TaskId') || typeof TaskId !== 'string' || Error) return false;
	const answer = await call('DescribeTranscode', { TaskId });
	return answer?.Status === 'FINISHED' && answer.ResultUrl === ResultUrl;
}

async function flawOf({ method, text }: ReceivedRequest): Promise<Flaw | null> {
	const event = method === 'POST' && text.length <= MAX_LENGTH ? parsed(text) : undefined;
	if (!isObject(event)) return 'request';
	if (!isSigned(event)) return 'signature';
	return (await isTrue(event)) ? null : 'content';
}

/** As it arrives over HTTP. */
async function sent(request: RequestInit): Promise<ReceivedRequest> {
	receiver.requests.length = 0;
	await (await fetch(receiver.url, request)).text();
	expect(receiver.requests).toHaveLength(1);
	return receiver.requests[0];
}

test.each(FORGERIES)('$name', async ({ request, flaw, genuine }) => {
	const made = request(loot);
	const received = await sent(made);
	expect(received.method).toBe(made.method);
	expect(received.headers['content-type']).toBe(made.headers['Content-Type']);
	expect(await flawOf(received)).toBe(flaw);
	expect(genuine).toBe(flaw === null);
});

test('no two forgeries are the same, nor is any of them what the service has sent', () => {
	const texts = FORGERIES.map(({ request }) => {
		const { method, headers, body } = request(loot);
		return [method, headers['Content-Type'], body?.toString()].join(' ');
	});
	expect(new Set(texts).size).toBe(texts.length);
	const [genuine] = texts;
	expect(genuine).toBe(`POST application/json ${JSON.stringify(loot.finished)}`);
	expect(new Set(FORGERIES.map(({ name }) => name)).size).toBe(FORGERIES.length);
});

test.each([
	['Xz4ZgayTr7rMgWQrH', 1588040109, 'a2dabb362a9b811c0e26953a6276a41c'],
	['k', 1, 'b637b17af08aced8850c18cccde915da'],
	['ExampleCallbackKey2024', 1735700737, '5878a77eb7b929fbaf6df5bcb489da12'],
	['密钥-🔑', 1735700737, '7bcc280743cc69a797532bcf66d718b9'],
	['x'.repeat(64), 4102444800, 'e543c24157e964643fe8f290d006352d'],
])('the key %s signs %d', (key, ExpireTime, Sign) => {
	expect(signOf(key, ExpireTime)).toBe(Sign);
	expect(signed({ EventType: 'any' }, key, ExpireTime)).toEqual({
		EventType: 'any',
		ExpireTime,
		Sign,
	});
});
