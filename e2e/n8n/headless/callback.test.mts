/** Executions that wait by callback: parked in the database, and resumed when the service calls. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { snapshotPng } from '../../../emulator/png.mts';
import type { WorkflowJson } from '../../../engine/runner.mts';
import { SDK_APP_ID, jsonOf } from '../../kit.mts';
import { startReceiver } from '../../servers.mts';
import type { Receiver } from '../../servers.mts';
import { LINE, openBench } from '../bench.mts';
import type { Bench, BenchOptions } from '../bench.mts';
import type { Execution } from '../executions.mts';
import { INSPECTED, usedHeap } from '../heap.mts';
import { until } from '../processes.mts';
import { NODE, nodeOf, snapshotNode, startByWebhook, withItems } from '../workflows.mts';

/** Times that n8n is killed; an n8n 1 that has died before takes what waits for crashed when it dies again. */
const KILLS = { 2: 10, 1: 1 }[LINE];

/**
 * Executions parked at the same time, and what each may keep in memory: n8n itself keeps what it has begun
 * one with, 15 to 25 kB, until it goes on or n8n starts again. One that polls takes 90 kB.
 */
const PARKED = { executions: 1000, bytes: 45_000 };

/** The shortest time limit. Seconds. */
const LIMIT = 60;
/** n8n looks for executions whose time is up in time; nobody else is in a hurry on a busy machine. Milliseconds. */
const WITHIN = 150_000;

/** Tasks do not end before their execution is parked, however busy the machine is. Seconds. */
const SOON = 15;

const REPORT = 'Report';

/** The last workflow is saved: n8n 1 cannot save two at the same moment. */
let saved: Promise<unknown> = Promise.resolve();

/** How long the task of each room runs; of each room there is one task. */
const seconds = new Map<number, number>();
/** Applications whose callbacks get lost. */
const deaf = new Set<number>();
let applications = SDK_APP_ID;

let receiver: Receiver;
before(async () => {
	receiver = await startReceiver();
});
after(async () => await receiver.close());

const open = async (options: BenchOptions = {}) =>
	await openBench({
		ratePerSecond: Infinity,
		snapshotSeconds: ({ RoomId }) => seconds.get(RoomId as number)!,
		callbacks: { loses: ({ sdkAppId }) => deaf.has(sdkAppId), repeats: 30, pause: 1000 },
		...options,
	});

/** New rooms whose tasks run for so long. */
const roomsFor = (times: number[]): Array<{ room: number }> =>
	times.map((time) => {
		const room = seconds.size + 1;
		seconds.set(room, time);
		return { room };
	});

/** An application of its own, so that tests tell their tasks apart, and a workflow that waits for its tasks. */
class Course {
	readonly bench: Bench;
	readonly app = (applications += 1);
	readonly rooms: Array<{ room: number }>;
	readonly workflow: WorkflowJson;

	constructor(
		bench: Bench,
		times: number[],
		parameters: INodeParameters = {},
		rest: Parameters<typeof snapshotNode>[2] = {},
	) {
		this.bench = bench;
		this.rooms = roomsFor(times);
		this.workflow = withItems(
			this.rooms,
			snapshotNode(
				'createSnapshotTask',
				{
					sdkAppId: { __rl: true, mode: 'id', value: String(this.app) },
					roomId: '={{ $json.room }}',
					whiteboard: { values: { width: 1280, height: 720 } },
					waitUntilFinished: true,
					waitMode: 'callback',
					...parameters,
				},
				rest,
			),
		);
		this.workflow.nodes.push({
			id: 'report',
			name: REPORT,
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [1000, 0],
			parameters: {
				method: 'POST',
				url: `${receiver.url}/${this.app}`,
				sendBody: true,
				specifyBody: 'json',
				// What the room and the task of an item are, as only paired items know.
				jsonBody:
					"={{ JSON.stringify({ room: $('One Item per Task').item.json.room, task: $json.TaskID }) }}",
				options: {},
			},
		});
		this.workflow.connections[NODE] = { main: [[{ node: REPORT, type: 'main', index: 0 }]] };
	}

	/** Starts it as the editor does; returns the execution. */
	async run(): Promise<string> {
		const { n8n } = this.bench;
		const created = saved.then(async () => await n8n.createWorkflow(this.workflow));
		saved = created.catch(() => {});
		return await n8n.run(await created, 'Start');
	}

	/** The same, until it is parked. */
	async park(): Promise<string> {
		const execution = await this.run();
		const { status } = await this.bench.n8n.ended(execution, { orWaiting: true });
		assert.equal(status, 'waiting');
		return execution;
	}

	async status(execution: string): Promise<string> {
		return (await this.bench.n8n.execution(execution)).status;
	}

	calls(action: string) {
		const { calls } = this.bench.emulator;
		return calls.filter(
			({ action: its, params }) => its === action && params?.SdkAppId === this.app,
		);
	}

	callbackUrls(): URL[] {
		return this.calls('CreateSnapshotTask').map(
			({ params }) => new URL(String(params?.CallbackURL)),
		);
	}

	/** TaskIDs by room: tasks are made in the order of their requests. */
	taskIds(): Map<number, string> {
		const tasks = this.bench.emulator.tasks().filter(({ sdkAppId }) => sdkAppId === this.app);
		const creates = this.calls('CreateSnapshotTask');
		return new Map(tasks.map(({ id }, index) => [Number(creates[index].params?.RoomId), id]));
	}

	/** TaskIDs of some rooms, in their order. */
	tasksOf(rooms: Array<{ room: number }>): string[] {
		const ids = this.taskIds();
		return rooms.map(({ room }) => ids.get(room)!);
	}

	/** Of each callback the answers to its calls. */
	answers(): Array<Array<number | null>> {
		const ids = [...this.taskIds().values()];
		const { callbacks } = this.bench.emulator;
		return callbacks.filter(({ taskId }) => ids.includes(taskId)).map(({ statuses }) => statuses);
	}

	/** Whoever comes after the node has been told of each task once, as that of its room. */
	assertReported(rooms: Array<{ room: number }>): void {
		const ids = this.taskIds();
		const told = receiver.posts
			.filter(({ path, body }) => {
				const { room } = body as { room: number };
				return path === `/${this.app}` && rooms.some((one) => one.room === room);
			})
			.map(({ body }) => body as { room: number; task: string })
			.toSorted((one, other) => one.room - other.room);
		assert.deepEqual(
			told,
			rooms.map(({ room }) => ({ room, task: ids.get(room) })),
		);
	}

	/** One run of the node, with the tasks of these rooms in input order, each paired with its item. */
	assertOnce({ status, nodes, error }: Execution, rooms = this.rooms): IDataObject[] {
		assert.equal(status, 'success', JSON.stringify(error));
		const { outputs, runs } = nodes[NODE];
		const [items] = outputs;
		assert.equal(runs, 1);
		assert.equal(nodes[REPORT].runs, 1);
		const ids = this.tasksOf(rooms);
		assert.deepEqual(
			items.map(({ json, pairedItem }) => [json.TaskID, pairedItem]),
			ids.map((id, item) => [id, { item }]),
		);
		this.assertReported(rooms);
		return jsonOf(items);
	}
}

const statuses = (json: IDataObject[]) => json.map(({ Status }) => Status);
const repeated = (count: number, text: string) => Array.from({ length: count }, () => text);

/** Starts a published workflow for these rooms, as a caller from outside does. */
async function callWebhook({ n8n }: Bench, path: string, tasks: IDataObject[]): Promise<void> {
	const call = async () => {
		const response = await fetch(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ tasks }),
		});
		const text = await response.text();
		// Its workflow may have been published just now.
		if (response.status === 404) return undefined;
		assert.ok(response.ok, `${response.status} ${text}`);
		return true;
	};
	await until(call, { what: n8n.output });
}

/** Publishes a course's workflow, with the rooms that its webhook is told of; returns its ID. */
async function publish({ bench, workflow }: Course, path: string): Promise<string> {
	startByWebhook(workflow, 'Start', path);
	nodeOf(workflow, 'Tasks').parameters.jsonOutput = '={{ { tasks: $json.body.tasks } }}';
	const id = await bench.n8n.createWorkflow(workflow);
	await bench.n8n.activate(id);
	return id;
}

describe('side by side', { concurrency: 20 }, () => {
	let bench: Bench;
	/** What was sent to other machines: the first line of each request. */
	const abroad: string[] = [];
	const border = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', (data) => {
			abroad.push(data.toString().split('\r\n')[0]);
			socket.destroy();
		});
	});
	before(async () => {
		await new Promise<void>((resolve) => border.listen(0, '127.0.0.1', resolve));
		const { port } = border.address() as AddressInfo;
		bench = await open({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
	});
	after(async () => {
		await bench.close();
		border.close();
	});

	test(`killed while an execution is parked, ${KILLS} of ${KILLS} times: resumed by the callback`, async (t) => {
		const own = await open();
		try {
			const course = new Course(own, []);
			const id = await publish(course, 'killed');
			const known = new Set<string>();
			let missed = 0;
			for (let kill = 0; kill < KILLS; kill += 1) {
				const rooms = roomsFor([6, 7]);
				await callWebhook(own, 'killed', rooms);
				const begun = async () =>
					(await own.n8n.executions(id)).find((execution) => !known.has(execution.id))?.id;
				const execution = await until(begun, { what: own.n8n.output });
				known.add(execution);
				assert.equal((await own.n8n.ended(execution, { orWaiting: true })).status, 'waiting');
				assert.equal(course.answers().length, 2 * kill, 'no callback has come');

				await own.n8n.kill();
				await own.n8n.start();
				const ended = await own.n8n.ended(execution);
				const items = course.assertOnce(ended, rooms);
				assert.deepEqual(statuses(items), repeated(2, 'Finished'), `kill ${kill + 1}`);
				missed += course
					.answers()
					.slice(-2)
					.filter((answers) => answers.includes(null)).length;
			}
			assert.equal(course.calls('CreateSnapshotTask').length, 2 * KILLS);
			t.diagnostic(`${missed} of ${2 * KILLS} callbacks came first when n8n was down`);
		} finally {
			await own.close();
		}
	});

	test('ten tasks that finish in random order, some at the same moment: resumed once', async (t) => {
		const TIMES = [0, 0, 0, 0.5, 1, 1.5, 3, 3, 3, 3].map((time) => SOON + time);
		const shuffled = () =>
			TIMES.map((time) => ({ time, place: Math.random() }))
				.toSorted((one, other) => one.place - other.place)
				.map(({ time }) => time);
		await Promise.all(
			Array.from({ length: 4 }, async () => {
				const times = shuffled();
				t.diagnostic(times.join(' '));
				const course = new Course(bench, times);
				const execution = await course.park();
				const items = course.assertOnce(await bench.n8n.ended(execution));
				assert.deepEqual(statuses(items), repeated(10, 'Finished'));
				// A second resumption would not be seen in what n8n keeps of the last one.
				await sleep(3000);
				course.assertReported(course.rooms);
				assert.equal(course.calls('CreateSnapshotTask').length, 10);
			}),
		);
	});

	test('a callback asks for its own task and for one that still runs, whatever has ended before', async (t) => {
		const count = 20;
		const course = new Course(
			bench,
			Array.from({ length: count }, (_, item) => 2 * SOON + item),
		);
		const execution = await course.park();
		course.assertOnce(await bench.n8n.ended(execution));
		const polls = course.calls('DescribeSnapshotTask').length;
		t.diagnostic(`${polls} polls of ${count} tasks`);
		// Two for each callback, one for each at the end, and some for callbacks that overlap.
		assert.ok(polls < 7 * count, `${polls} polls`);
	});

	const unfinished = [0, Infinity, 1, 0, Infinity, 2, 0, Infinity, 0, 0].map((time) => SOON + time);
	const running = unfinished.map((time) => (time === Infinity ? 'Running' : 'Finished'));

	test('at the time limit three of ten tasks come out as they are', async () => {
		const course = new Course(bench, unfinished, {
			waitOptions: { timeout: LIMIT, onTimeout: 'lastState' },
		});
		const ended = await bench.n8n.ended(await course.park(), { within: WITHIN });
		assert.deepEqual(statuses(course.assertOnce(ended)), running);
	});

	test('at the time limit three of ten tasks are error items that name them', async () => {
		const course = new Course(
			bench,
			unfinished,
			{ waitOptions: { timeout: LIMIT, onTimeout: 'error' } },
			{ onError: 'continueRegularOutput' },
		);
		const { status, nodes } = await bench.n8n.ended(await course.park(), { within: WITHIN });
		assert.equal(status, 'success');
		const { outputs, runs } = nodes[NODE];
		assert.equal(runs, 1);
		const ids = course.tasksOf(course.rooms);
		assert.equal(outputs[0].length, ids.length);
		for (const [index, { json, error, pairedItem }] of outputs[0].entries()) {
			assert.deepEqual(pairedItem, { item: index });
			if (running[index] === 'Finished') {
				assert.deepEqual([json.TaskID, json.Status], [ids[index], 'Finished']);
				continue;
			}
			assert.equal(error, undefined);
			assert.match(String(json.error), new RegExp(`${ids[index]} is still Running after 60 s`));
			const { TaskID, Code } = json.details as IDataObject;
			assert.deepEqual([TaskID, Code], [ids[index], 'WaitTimeout']);
		}
	});

	test('lost callbacks: the finished tasks come out at the time limit', async () => {
		const course = new Course(bench, [SOON, SOON + 1, SOON + 2], {
			waitOptions: { timeout: LIMIT },
		});
		deaf.add(course.app);
		const execution = await course.park();
		const ended = await bench.n8n.ended(execution, { within: WITHIN });
		assert.deepEqual(statuses(course.assertOnce(ended)), repeated(3, 'Finished'));
		assert.deepEqual(course.answers(), []);
	});

	test('tasks that have ended at once are not waited for', async () => {
		const course = new Course(bench, [0, 0]);
		const ended = await bench.n8n.ended(await course.run(), { orWaiting: true });
		assert.deepEqual(statuses(course.assertOnce(ended)), repeated(2, 'Finished'));
	});

	test('a callback that comes before the execution is saved is refused and repeated', async () => {
		const course = new Course(bench, [0.1, 0.1]);
		// The first task is seen as running, and has ended before the execution hears of it.
		const firstPoll = {
			action: 'DescribeSnapshotTask',
			when: { SdkAppId: course.app },
			times: 1,
		};
		const fields = { Status: 'Running', Result: null };
		bench.emulator.addFault({ kind: 'fields', fields, ...firstPoll });
		bench.emulator.addFault({ kind: 'delay', ms: 1000, ...firstPoll });
		const ended = await bench.n8n.ended(await course.run());
		assert.deepEqual(statuses(course.assertOnce(ended)), repeated(2, 'Finished'));
		const answers = course.answers();
		assert.ok(
			// n8n knows less of an execution that the editor has started.
			answers.some(([first, ...more]) => [409, 500].includes(first!) && more.at(-1) === 200),
			JSON.stringify(answers),
		);
	});

	test('the files are downloaded', async () => {
		const course = new Course(bench, [SOON, SOON + 1], { output: 'files', downloadFiles: true });
		const { status, nodes } = await bench.n8n.ended(await course.park());
		assert.equal(status, 'success');
		const [items] = nodes[NODE].outputs;
		const pages = [1, 2, 3];
		const expected = course
			.tasksOf(course.rooms)
			.flatMap((id, item) => pages.map((page) => ({ id, item, page })));
		assert.deepEqual(
			items.map(({ json, pairedItem }) => [json.TaskID, pairedItem]),
			expected.map(({ id, item }) => [id, { item }]),
		);
		for (const [index, { id, page }] of expected.entries()) {
			const file = await bench.n8n.file(items[index].binary!.data);
			assert.ok(file.equals(snapshotPng(id, page)), `${id} ${page}`);
		}
	});

	test('stopped while it is parked: canceled, and a callback starts nothing', async () => {
		const course = new Course(bench, [Infinity, Infinity]);
		const execution = await course.park();
		await bench.n8n.stopExecution(execution);
		assert.equal((await bench.n8n.ended(execution)).status, 'canceled');
		const polls = course.calls('DescribeSnapshotTask').length;
		for (const task of bench.emulator.tasks()) if (task.sdkAppId === course.app) task.endsAt = 0;
		for (const url of course.callbackUrls()) {
			assert.equal((await fetch(url, { method: 'POST' })).status, 409);
		}
		await sleep(2000);
		assert.equal(await course.status(execution), 'canceled');
		assert.equal(course.calls('DescribeSnapshotTask').length, polls);
		course.assertReported([]);
	});

	test('a callback URL with a wrong secret, or for no item, is refused: the execution stays parked', async () => {
		const course = new Course(bench, [Infinity]);
		const execution = await course.park();
		const [url] = course.callbackUrls();
		const polls = course.calls('DescribeSnapshotTask').length;
		const secret = url.searchParams.get('secret')!;
		assert.match(secret, /^[0-9a-f]{32}$/);
		const wrong: Array<[string, string | null]> = [
			['secret', secret.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
			['secret', ''],
			['secret', null],
			['item', '1'],
			['item', 'constructor'],
			['item', null],
		];
		for (const [name, value] of wrong) {
			const changed = new URL(url);
			if (value === null) changed.searchParams.delete(name);
			else changed.searchParams.set(name, value);
			const { status } = await fetch(changed, { method: 'POST' });
			assert.equal(status, 401, changed.search);
			assert.equal(await course.status(execution), 'waiting');
		}
		assert.equal(course.calls('DescribeSnapshotTask').length, polls, 'nobody was asked');
		for (const task of bench.emulator.tasks()) if (task.sdkAppId === course.app) task.endsAt = 0;
		assert.equal((await fetch(url, { method: 'POST' })).status, 200);
		course.assertOnce(await bench.n8n.ended(execution));
	});

	test('an n8n that Tencent Cloud cannot reach refuses, and nothing is sent', async () => {
		await bench.n8n.createCredential('Real account', 'tencentCloudApi', {
			secretId: 'AKIDEXAMPLE',
			secretKey: 'ExampleSecretKey',
			site: 'international',
		});
		const credentials = { tencentCloudApi: { id: null, name: 'Real account' } };
		const course = new Course(bench, [1], {}, { credentials });
		const { status, error } = await bench.n8n.ended(await course.run(), { orWaiting: true });
		assert.equal(status, 'error');
		assert.match(String(error?.message), /cannot reach this n8n for its callback/);
		assert.ok(error?.message.includes(bench.n8n.url), error?.message);
		assert.match(String(error?.description), /WEBHOOK_URL/);
		assert.deepEqual(abroad, []);
		assert.equal(course.calls('CreateSnapshotTask').length, 0);
	});
});

test(
	`${PARKED.executions} parked executions hold no memory but what n8n keeps of each`,
	{ skip: LINE === 1 && 'measured on n8n 2' },
	async (t) => {
		const bench = await open({ env: INSPECTED });
		try {
			const course = new Course(bench, [], { waitOptions: { timeout: 3600 } });
			const id = await publish(course, 'parked');
			const waiting = async () => {
				const filter = encodeURIComponent(JSON.stringify({ workflowId: id, status: ['waiting'] }));
				const { count } = await bench.n8n.rest.call<{ count: number }>(
					'GET',
					`executions?filter=${filter}&limit=1`,
				);
				return count;
			};
			let started = 0;
			async function park(count: number): Promise<void> {
				const last = (started += count);
				const rooms = roomsFor(Array.from({ length: count }, () => Infinity));
				const caller = async () => {
					for (let room = rooms.pop(); room; room = rooms.pop()) {
						await callWebhook(bench, 'parked', [room]);
					}
				};
				await Promise.all(Array.from({ length: 10 }, caller));
				const what = () => `${last}:\n${bench.n8n.output().slice(-4000)}`;
				await until(async () => ((await waiting()) === last ? true : undefined), { what });
			}
			/** The least of several: n8n has something to do now and then. */
			async function heap(): Promise<number> {
				const samples: number[] = [];
				for (let sample = 0; sample < 3; sample += 1) {
					await sleep(1000);
					samples.push(await usedHeap(bench.n8n.server()));
				}
				return Math.min(...samples);
			}

			// What is loaded when it is first needed does not count.
			await park(100);
			const before = await heap();
			const begun = performance.now();
			await park(PARKED.executions);
			const took = (performance.now() - begun) / 1000;
			const grown = (await heap()) - before;
			t.diagnostic(
				`${(before / 1e6).toFixed(1)} MB, and ${(grown / 1e6).toFixed(1)} MB more with ${PARKED.executions} parked, within ${took.toFixed(0)} s`,
			);
			assert.ok(grown < PARKED.executions * PARKED.bytes, `${grown} bytes`);
		} finally {
			await bench.close();
		}
	},
);
