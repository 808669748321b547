/** The service calls the URL of a request when its task has ended, until it is answered with 200. */
import { afterEach, expect, test } from '@jest/globals';

import { CALLBACK_SHAPES } from '../../emulator/callbacks.mts';
import { startEmulator } from '../../emulator/server.mts';
import type { Emulator, EmulatorOptions } from '../../emulator/server.mts';
import { apiCall } from './raw-client.mts';
import { never, openReceiver, withStatus } from './receiver.mts';
import type { Answerer } from './receiver.mts';

const APP = 1400000001;
const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
	await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(options: EmulatorOptions): Promise<Emulator> {
	const emulator = await startEmulator(options);
	closers.push(() => emulator.close());
	return emulator;
}

async function startReceiver(...answers: Answerer[]) {
	const receiver = await openReceiver(...answers);
	closers.push(receiver.close);
	return receiver;
}

const create = async ({ url }: Emulator, CallbackURL?: string) =>
	String(
		(
			await apiCall(url, {
				action: 'CreateSnapshotTask',
				body: { SdkAppId: APP, RoomId: 1, Whiteboard: {}, CallbackURL },
			})
		).TaskID,
	);

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test.each(CALLBACK_SHAPES)('tells the task by %s, once, when it has ended', async (shape) => {
	const emulator = await start({ runSeconds: 0.2, callbacks: { shape, pause: 1 } });
	const { url, bodies } = await startReceiver(withStatus(200));
	const id = await create(emulator, url);
	expect(bodies).toEqual([]);
	await until(() => emulator.callbacks[0]?.statuses.length === 1);
	const [{ endsAt }] = emulator.tasks();
	expect(Date.now()).toBeGreaterThanOrEqual(endsAt!);
	const found = shape
		.split('.')
		.reduce<unknown>((value, name) => (value as never)[name], bodies[0]);
	expect(found).toBe(id);
	await new Promise((resolve) => setTimeout(resolve, 30));
	expect(emulator.callbacks).toEqual([
		{
			taskId: id,
			eventType: 'SnapshotFinished',
			url,
			body: bodies[0],
			statuses: [200],
			milliseconds: [expect.any(Number)],
		},
	]);
});

test('calls again until the answer is 200, and no more often than that', async () => {
	const emulator = await start({ runSeconds: 0, callbacks: { timeout: 50, pause: 1 } });
	const { url, bodies } = await startReceiver(
		withStatus(500),
		never,
		withStatus(204),
		withStatus(200),
	);
	await create(emulator, url);
	await until(() => emulator.callbacks[0]?.statuses.at(-1) === 200);
	expect(emulator.callbacks[0].statuses).toEqual([500, null, 204, 200]);
	expect(bodies.length).toBe(4);
});

test('gives up after five repeats', async () => {
	const emulator = await start({ runSeconds: 0, callbacks: { pause: 1 } });
	const { url, bodies } = await startReceiver(withStatus(500));
	await create(emulator, url);
	await until(() => emulator.callbacks[0]?.statuses.length === 6);
	await new Promise((resolve) => setTimeout(resolve, 30));
	expect(bodies.length).toBe(6);
});

test('loses the callbacks that are to be lost, and no others', async () => {
	const lost = new Set<string>();
	const callbacks = { loses: ({ id }: { id: string }) => lost.has(id) };
	const emulator = await start({ runSeconds: 0.1, callbacks });
	const { url, bodies } = await startReceiver(withStatus(200));
	lost.add(await create(emulator, url));
	const id = await create(emulator, url);
	await until(() => bodies.length > 0);
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(emulator.callbacks.map(({ taskId }) => taskId)).toEqual([id]);
});

test('calls nobody without a URL, outside of this machine, or once it is closed', async () => {
	const emulator = await start({ runSeconds: 0.05, callbacks: { pause: 1 } });
	const { url, bodies } = await startReceiver(withStatus(200));
	await create(emulator);
	await create(emulator, 'https://example.com/hook');
	await create(emulator, url);
	await emulator.close();
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(bodies).toEqual([]);
	expect(emulator.callbacks).toEqual([]);
});
