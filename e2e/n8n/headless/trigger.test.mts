/** The trigger: what it registers and puts back, whom it believes, and what is lost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { FORGERIES } from '../../../emulator/forgeries.mts';
import type { Emulator, RecordedCallback } from '../../../emulator/server.mts';
import { apiCall } from '../../../test/emulator/raw-client.mts';
import { LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import {
	NOTHING,
	TRIGGER,
	actionsOf,
	history,
	itemsOf,
	register,
	registered,
	startedByEvents,
} from '../events.mts';
import type { Registration, Resource } from '../events.mts';
import { until } from '../processes.mts';

/** n8n 2 resumes what it was killed in the middle of when a lease has run out, and works on a few at a time. */
const QUICK_TO_PUBLISH = {
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '500',
	N8N_WORKFLOW_PUBLICATION_CONCURRENCY: '20',
};

let bench: Bench;
let emulator: Emulator;
before(async () => {
	bench = await openBench({ env: QUICK_TO_PUBLISH });
	emulator = bench.emulator;
});
after(async () => await bench?.close());

const MEBIBYTE = 1024 * 1024;
const mebibytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`;

/** Each test has applications of its own. */
let applications = 1400000000;
const newApplication = () => (applications += 1);

interface Trigger {
	id: string;
	url: string;
	testUrl: string;
}

async function create(
	sdkAppId: number,
	resource: Resource = 'transcode',
	parameters: INodeParameters = {},
): Promise<Trigger> {
	const { workflow, path } = startedByEvents(sdkAppId, resource, parameters);
	const id = await bench.n8n.createWorkflow(workflow);
	const { url } = bench.n8n;
	return { id, url: `${url}/webhook/${path}`, testUrl: `${url}/webhook-test/${path}` };
}

async function activated(...args: Parameters<typeof create>): Promise<Trigger> {
	const trigger = await create(...args);
	await bench.n8n.activate(trigger.id);
	return trigger;
}

/** Tells of a document's conversion, which has ended at once: one event. */
const convert = (sdkAppId: number) => emulator.addTask('transcode', { sdkAppId, runSeconds: 0 });

const items = async ({ id }: Trigger, count: number) => await itemsOf(bench.n8n, id, count);

const taskIdOf = ({ EventData }: IDataObject) => (EventData as IDataObject).TaskId;
const taskIds = (found: IDataObject[]) => found.map(taskIdOf);

/** What the API says of a task. */
async function described(sdkAppId: number, action: string, TaskId: unknown): Promise<IDataObject> {
	const body = { SdkAppId: sdkAppId, TaskId };
	const { RequestId: _, ...task } = await apiCall(emulator.url, { action, body });
	return task as IDataObject;
}

const withoutRequestId = ({ Task, ...item }: IDataObject) => {
	const { RequestId: _, ...task } = (Task ?? {}) as IDataObject;
	return { ...item, Task: Task && task };
};

const callbacksTo = ({ url }: Trigger): RecordedCallback[] =>
	emulator.callbacks.filter((callback) => callback.url.split('?')[0] === url);

const refusals = () => bench.n8n.output().match(/A callback was refused/g)?.length ?? 0;

const byName = (one: IDataObject, other: IDataObject) =>
	String(one.EventType).localeCompare(String(other.EventType));

test('each event of a recording and of a conversion starts the workflow, and nothing stays registered', async () => {
	const sdkAppId = newApplication();
	const cases = [
		{ resource: 'recording', describe: 'DescribeOnlineRecord', last: 'OnlineRecordFinished' },
		{ resource: 'transcode', describe: 'DescribeTranscode', last: 'TranscodeFinished' },
	] as const;
	for (const { resource, describe, last } of cases) {
		const trigger = await activated(sdkAppId, resource);
		const { url, key } = await registered(emulator, sdkAppId, resource);
		assert.equal(url, trigger.url);
		assert.match(key, /^[\da-f]{64}$/);

		const taskId = emulator.addTask(resource, { sdkAppId, runSeconds: 1 });
		const isTold = () => callbacksTo(trigger).some(({ eventType }) => eventType === last);
		await until(() => isTold() || undefined, { what: `no ${last}` });
		const sent = callbacksTo(trigger).map(({ body }) => body as IDataObject);
		assert.equal(sent.length, { recording: 3, transcode: 4 }[resource]);
		const found = await items(trigger, sent.length);
		const Task = await described(sdkAppId, describe, taskId);
		assert.deepEqual(
			found.sort(byName).map(withoutRequestId),
			sent.sort(byName).map(({ Sign: _, ...event }) => {
				const isLast = event.EventType === last;
				return { ...event, Task: isLast ? Task : null, verified: isLast };
			}),
		);
		for (const { id } of await bench.n8n.executions(trigger.id)) {
			const saved = JSON.stringify(await bench.n8n.rest.call('GET', `executions/${id}`));
			assert.ok(!saved.includes('"Sign'));
			// n8n 1 keeps with an execution what it keeps for the workflow's nodes, and so the key.
			const secrets = sent.map(({ Sign }) => String(Sign)).concat(LINE === 2 ? key : []);
			for (const secret of secrets) {
				assert.ok(!saved.includes(secret), `${secret} in execution ${id}`);
			}
		}
		await bench.n8n.deactivate(trigger.id);
		assert.deepEqual(await registered(emulator, sdkAppId, resource), NOTHING);
	}
	assert.ok(!bench.n8n.output().includes('could not be removed'));
});

/** Content under a genuine signature, of a task that has ended: what comes out is what the API says. */
const TRUE_ALL_THE_SAME = ['result somewhere else', 'error added'];

/** What n8n answers itself. */
const NOT_FOR_THE_NODE = ['not JSON', 'JSON cut off', 'method GET', 'method PUT', 'giant body'];

test('1,000 forged callbacks start nothing that is false, the genuine one among them does', async (t) => {
	const sdkAppId = newApplication();
	const trigger = await activated(sdkAppId);
	const { key } = await registered(emulator, sdkAppId, 'transcode');
	convert(sdkAppId);
	const now = Math.floor(Date.now() / 1000);
	emulator.addTask('transcode', { sdkAppId, runSeconds: 3000, createTime: now - 1000 });
	const early = await items(trigger, 2);
	const [running, finished] = callbacksTo(trigger)
		.map(({ body }) => body)
		.sort((one, other) => String(other.EventType).localeCompare(String(one.EventType)));
	assert.equal(finished.EventType, 'TranscodeFinished');
	assert.equal(running.EventType, 'TranscodeProgressChanged');
	const truth = withoutRequestId(early.find(({ verified }) => verified)!);

	const forgeries = FORGERIES.filter(({ genuine }) => !genuine);
	const rounds = Math.ceil(1000 / forgeries.length);
	const genuine = FORGERIES.find((forgery) => forgery.genuine)!;
	const queue = Array.from({ length: rounds }, () => forgeries).flat();
	queue.splice(queue.length / 2, 0, genuine);
	const statuses = new Map<string, Array<number | string>>();
	const refusedBefore = refusals();
	const memoryBefore = bench.n8n.server().memory();
	const started = performance.now();
	const send = async () => {
		for (let next = queue.shift(); next; next = queue.shift()) {
			const { name, request } = next;
			const status = await fetch(trigger.url, {
				...request({ finished, running, key, now }),
				signal: AbortSignal.timeout(30_000),
			}).then(
				async (response) => {
					await response.arrayBuffer();
					return response.status;
				},
				(error: Error) => String(error.cause ?? error.message),
			);
			statuses.set(name, [...(statuses.get(name) ?? []), status]);
		}
	};
	await Promise.all(Array.from({ length: 20 }, send));
	const took = performance.now() - started;
	const memoryAfter = bench.n8n.server().memory();
	t.diagnostic(`${rounds * forgeries.length} forgeries in ${Math.round(took)} ms`);
	t.diagnostic(`memory: ${mebibytes(memoryBefore)}, ${mebibytes(memoryAfter)}`);

	const countOf = (names: string[]) => names.length * rounds;
	const verified = 2 + countOf(TRUE_ALL_THE_SAME);
	const unproven = 1;
	const refused = (forgeries.length - TRUE_ALL_THE_SAME.length - NOT_FOR_THE_NODE.length) * rounds;
	const isOver = () => refusals() - refusedBefore >= refused || undefined;
	await until(isOver, { what: () => `${refusals() - refusedBefore} refusals of ${refused}` });
	const found = await items(trigger, verified + unproven);
	const [honest, others] = [true, false].map((is) => found.filter((item) => item.verified === is));
	assert.equal(honest.length, verified);
	for (const item of honest) assert.deepEqual(withoutRequestId(item), truth);
	assert.equal(others.length, unproven);
	for (const { Task } of others) assert.equal(Task, null);

	assert.equal(refusals() - refusedBefore, refused);
	for (const name of NOT_FOR_THE_NODE) assert.ok(!statuses.get(name)?.includes(200), name);

	const next = convert(sdkAppId);
	const more = await items(trigger, verified + unproven + 1);
	assert.equal(taskIdOf(more.at(-1)!), next);
	await bench.n8n.deactivate(trigger.id);
	// Bodies of 20 MB are n8n's to read, and stay in its memory until it collects them.
	assert.ok(memoryAfter < memoryBefore + 2048 * MEBIBYTE);
});

/** What activation is refused with. */
async function refusal(work: Promise<unknown>): Promise<string> {
	const error = await work.then(
		() => assert.fail('It was not refused'),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof Error);
	return error.message;
}

test('a second workflow of one application is refused, or takes over for as long as it is active', async () => {
	const sdkAppId = newApplication();
	const first = await activated(sdkAppId);
	const own = await registered(emulator, sdkAppId, 'transcode');
	const second = await create(sdkAppId);
	const message = await refusal(bench.n8n.activate(second.id));
	assert.ok(message.includes(first.url), message);
	assert.match(message, /Switch on 'Replace Existing Callback'/);
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), own);
	const forFirst = [convert(sdkAppId)];
	assert.deepEqual(taskIds(await items(first, 1)), forFirst);

	const third = await activated(sdkAppId, 'transcode', { options: { replaceExisting: true } });
	const { url } = await registered(emulator, sdkAppId, 'transcode');
	assert.equal(url.split('?')[0], third.url);
	const forThird = convert(sdkAppId);
	assert.deepEqual(taskIds(await items(third, 1)), [forThird]);

	await bench.n8n.deactivate(third.id);
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), own);
	forFirst.push(convert(sdkAppId));
	assert.deepEqual(taskIds(await items(first, 2)), forFirst);
	assert.equal((await items(third, 1)).length, 1);
	await bench.n8n.deactivate(first.id);
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), NOTHING);
});

/** Somebody else's; nobody calls it. */
const FOREIGN: Registration = { url: 'https://example.com/callbacks?of=tiw', key: 'TheirKey2024' };
const REPLACING = { options: { replaceExisting: true } };

/** What n8n is killed in the middle of: a call that has not arrived, or whose answer has not. */
const { setUrl, setKey } = actionsOf('transcode');
const MOMENTS = [
	{ when: 'activated', during: null },
	{ when: 'activating', during: { action: setUrl, afterWork: false } },
	{ when: 'activating', during: { action: setUrl, afterWork: true } },
	{ when: 'activating', during: { action: setKey, afterWork: false } },
	{ when: 'activating', during: { action: setKey, afterWork: true } },
	{ when: 'deactivating', during: { action: setKey, afterWork: false } },
	{ when: 'deactivating', during: { action: setKey, afterWork: true } },
	{ when: 'deactivating', during: { action: setUrl, afterWork: false } },
	{ when: 'deactivating', during: { action: setUrl, afterWork: true } },
] as const;

test('what others had registered comes back, at whatever moment n8n is killed', async () => {
	const victims: Array<(typeof MOMENTS)[number] & { sdkAppId: number; trigger: Trigger }> = [];
	emulator.calls.length = 0;
	for (const { when, during } of MOMENTS) {
		const sdkAppId = newApplication();
		await register(emulator, sdkAppId, 'transcode', FOREIGN);
		const trigger = await create(sdkAppId, 'transcode', REPLACING);
		if (when !== 'activating') await bench.n8n.activate(trigger.id);
		if (during) emulator.addFault({ kind: 'stall', ...during, when: { SdkAppId: sdkAppId } });
		victims.push({ when, during, sdkAppId, trigger } as (typeof victims)[number]);
	}
	// These do not end.
	const lost = victims.flatMap(({ trigger: { id }, when, sdkAppId }) => {
		if (when === 'activated') return [];
		const work = when === 'activating' ? bench.n8n.activate(id) : bench.n8n.deactivate(id);
		return [work.catch(() => sdkAppId)];
	});
	const isStalled = ({ sdkAppId }: { sdkAppId: number }) =>
		emulator.calls.some(
			({ params, faults }) => params?.SdkAppId === sdkAppId && faults.includes('stall'),
		);
	const what = () => JSON.stringify(victims.filter((victim) => !isStalled(victim)));
	await until(() => victims.slice(1).every(isStalled) || undefined, { what, within: 20_000 });
	await bench.n8n.kill();
	assert.equal((await Promise.all(lost)).length, victims.length - 1);
	emulator.clearFaults();
	await bench.n8n.start();
	for (const { sdkAppId, trigger, when, during } of victims) {
		const about = JSON.stringify({ when, during });
		if (when !== 'activated') {
			// What n8n 2 was killed in, it takes for done.
			await bench.n8n.deactivate(trigger.id);
			assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), FOREIGN, about);
			await bench.n8n.activate(trigger.id);
		}
		const { url } = await registered(emulator, sdkAppId, 'transcode');
		assert.equal(url.split('?')[0], trigger.url, about);
		await bench.n8n.deactivate(trigger.id);
		assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), FOREIGN, about);
		for (const { url: place, key } of history(emulator, sdkAppId, 'transcode', NOTHING).slice(1)) {
			assert.ok(place === FOREIGN.url || place.startsWith(`${trigger.url}?former=`), about);
			assert.ok(key, about);
		}
	}
});

/** Longer than n8n takes to start. */
const RESTART_MS = 15_000;

test('a restart while active registers nothing anew; what was due comes, once where repeats are ignored', async () => {
	const [once, thrice] = [
		{ options: { ignoreRepeats: true }, times: 1 },
		{ options: {}, times: 3 },
	].map(({ options, times }) => ({ sdkAppId: newApplication(), options, times }));
	const active: Array<{ trigger: Trigger; sdkAppId: number; times: number }> = [];
	for (const { sdkAppId, options, times } of [once, thrice]) {
		const trigger = await activated(sdkAppId, 'transcode', { options });
		active.push({ trigger, sdkAppId, times });
	}
	// Until its database is ready n8n answers whatever comes with 200, and what comes then is lost.
	emulator.setCallbackOptions({ copies: () => 2, pause: RESTART_MS });
	await bench.n8n.stop();
	emulator.calls.length = 0;
	const due = active.map(({ sdkAppId }) => convert(sdkAppId));
	const isTried = () => active.every(({ trigger }) => callbacksTo(trigger).length === 3);
	await until(() => isTried() || undefined, { what: 'nothing was sent' });
	await bench.n8n.start();
	for (const [index, { trigger, times }] of active.entries()) {
		const isDone = () => callbacksTo(trigger).every(({ statuses }) => statuses.at(-1) === 200);
		await until(() => isDone() || undefined, { what: () => JSON.stringify(callbacksTo(trigger)) });
		for (const { statuses } of callbacksTo(trigger)) assert.ok(statuses.length > 1);
		assert.deepEqual(taskIds(await items(trigger, times)), Array(times).fill(due[index]));
	}
	emulator.setCallbackOptions({ copies: () => 0, pause: 5000 });
	assert.deepEqual(
		emulator.calls.filter(({ action }) => action.startsWith('Set')),
		[],
	);
	for (const { trigger } of active) await bench.n8n.deactivate(trigger.id);
});

test('a test does not touch what is registered, unless it may: then it puts it back', async () => {
	const sdkAppId = newApplication();
	const production = await activated(sdkAppId);
	const own = await registered(emulator, sdkAppId, 'transcode');
	const message = await refusal(bench.n8n.listen(production.id, TRIGGER));
	assert.match(message, /Switch on 'Replace in Tests'/);
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), own);

	const other = await create(sdkAppId, 'transcode', { options: { replaceInTests: true } });
	await bench.n8n.listen(other.id, TRIGGER);
	const { url } = await registered(emulator, sdkAppId, 'transcode');
	assert.equal(url.split('?')[0], other.testUrl);
	const tested = convert(sdkAppId);
	const [item, ...more] = await items(other, 1);
	assert.deepEqual(more, []);
	assert.deepEqual([taskIdOf(item), item.verified], [tested, true]);
	const isBack = async () =>
		(await registered(emulator, sdkAppId, 'transcode')).url === own.url || undefined;
	await until(isBack, { what: 'the former URL is not back' });
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), own);

	await bench.n8n.listen(other.id, TRIGGER);
	assert.notDeepEqual(await registered(emulator, sdkAppId, 'transcode'), own);
	await bench.n8n.stopListening(other.id);
	await until(isBack, { what: 'the former URL is not back' });
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), own);

	const taskId = convert(sdkAppId);
	assert.deepEqual(taskIds(await items(production, 1)), [taskId]);
	await bench.n8n.deactivate(production.id);
	assert.deepEqual(await registered(emulator, sdkAppId, 'transcode'), NOTHING);
});
