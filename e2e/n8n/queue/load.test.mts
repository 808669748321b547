/**
 * Three workers on an account of 20 requests a second, with more to do than they can: 300 nights and six
 * executions of 1,200 tasks, all at once. One worker dies, one comes, one is shut down.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { RATE, startEmulatorProcess } from '../../../bench/emulated.mts';
import type { EmulatorProcess } from '../../../bench/emulated.mts';
import type { Arrival, Born } from '../../../bench/emulator-process.mts';
import { durations, median } from '../../../bench/stats.mts';
import { snapshotPng } from '../../../emulator/png.mts';
import { SDK_APP_ID } from '../../kit.mts';
import { nightExample } from '../../night.mts';
import { startReceiver, startStore } from '../../servers.mts';
import type { Receiver, Store } from '../../servers.mts';
import { CREDENTIAL, LINE, TEMPLATE } from '../bench.mts';
import type { Line } from '../lines.mts';
import { until } from '../processes.mts';
import type { Server } from '../processes.mts';
import { allEnded, shutDown, startCluster } from '../queue.mts';
import type { Cluster } from '../queue.mts';
import { nodeOf, snapshotNode, startByWebhook, withItems } from '../workflows.mts';

const NIGHTS = { path: 'night', executions: 300, items: 3 };
const LARGE = { path: 'large', executions: 6, items: 1200 };
type Share = typeof NIGHTS;
const SEEDS = { nights: 1, large: 2 };
/** Images of each task. */
const IMAGES = 3;
/** Tasks run for 1 to so many seconds. */
const LONGEST = 60;

/** When a worker dies, in seconds; n8n needs about 100 to notice. Another is shut down later. */
const KILL_AT = 60;
const SHUT_DOWN_AT = 120;
/** Milliseconds over which the pace is taken, so that start-up and incidents can be told from the rest. */
const SLICE = 10_000;
/** What n8n has at the same time in a worker is all that can be lost with it. */
const CONCURRENCY = 10;
/** n8n 2 ends the executions of a worker that died as errors; n8n 1 begins them again with another one. */
const LOST: Record<Line, { least: number; most: number }> = {
	2: { least: 1, most: CONCURRENCY },
	1: { least: 0, most: 0 },
};

/** What the package is made for, and what a busy machine is allowed. */
const REFUSED = { goal: 0.1, limit: 0.3 };
const USEFUL = { goal: 0.9 * RATE, limit: 0.5 * RATE };

let emulator: EmulatorProcess;
let store: Store;
let chat: Receiver;
let cluster: Cluster;
let ids: { nights: string; large: string };
let born: { nights: Born; large: Born };
let statuses: { nights: Record<string, number>; large: Record<string, number> };
let arrivals: Arrival[];
/** Milliseconds from the first call to the end of the last execution. */
let took: number;
let killedAt: number;
const peaks = new Map<Server, number>();

async function night(): Promise<string> {
	const { workflow } = nightExample({ store, chat }, '={{ $json.body.tasks }}');
	startByWebhook(workflow, 'Every Night', NIGHTS.path);
	return await cluster.createWorkflow(workflow);
}

async function large(): Promise<string> {
	const workflow = withItems(
		[],
		snapshotNode('describeSnapshotTask', {
			taskId: '={{ $json.taskId }}',
			waitUntilFinished: true,
		}),
	);
	startByWebhook(workflow, 'Start', LARGE.path);
	nodeOf(workflow, 'Tasks').parameters.jsonOutput = '={{ { tasks: $json.body.tasks } }}';
	return await cluster.createWorkflow(workflow);
}

const addTasks = async ({ executions, items }: Share, seed: number) =>
	await emulator.addTasks(durations(executions * items, 1, LONGEST, seed));

const tasksOf = ({ items }: Share, { ids }: Born, execution: number) =>
	ids
		.slice(execution * items, (execution + 1) * items)
		.map((taskId) => ({ sdkAppId: SDK_APP_ID, taskId }));

/** Calls the webhook once for each execution. */
const startAll = async (share: Share, tasks: Born) =>
	await Promise.all(
		Array.from({ length: share.executions }, async (_, execution) => {
			await cluster.callWebhook(share.path, { tasks: tasksOf(share, tasks, execution) });
		}),
	);

function weigh(): void {
	for (const worker of cluster.workers.filter((candidate) => candidate.running())) {
		peaks.set(worker, Math.max(peaks.get(worker) ?? 0, worker.memory()));
	}
}

const secondsSince = (time: number) => (Date.now() - time) / 1000;

/** Each once, in order, when its second has come. */
const incidents: Array<[number, () => Promise<unknown>]> = [
	[
		KILL_AT,
		async () => {
			killedAt = Date.now();
			await cluster.workers[0].kill();
			return await cluster.addWorker();
		},
	],
	[SHUT_DOWN_AT, async () => await shutDown(cluster.workers[1])],
];

before(async () => {
	emulator = await startEmulatorProcess({ ratePerSecond: RATE });
	store = await startStore();
	chat = await startReceiver();
	cluster = await startCluster({
		line: LINE,
		template: TEMPLATE,
		concurrency: CONCURRENCY,
		// A worker that is shut down works on for 30 s otherwise, and large executions take longer.
		env: { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '900' },
	});
	const [{ secretId, secretKey }] = emulator.keys;
	const keys = { secretId, secretKey, site: 'custom', endpoint: emulator.url };
	await cluster.createCredential(CREDENTIAL, 'tencentCloudApi', keys);
	await cluster.createCredential('S3 account', 's3', store.credential);
	ids = { nights: await night(), large: await large() };
	await cluster.activate(ids.nights);
	await cluster.activate(ids.large);

	born = {
		large: await addTasks(LARGE, SEEDS.large),
		nights: await addTasks(NIGHTS, SEEDS.nights),
	};
	const started = Date.now();
	// The large ones first, so that there is something to do for as long as the others run.
	await startAll(LARGE, born.large);
	await startAll(NIGHTS, born.nights);

	const underWay: Array<Promise<unknown>> = [];
	const waiting = [...incidents];
	const isOver = async () => {
		weigh();
		if (waiting.length > 0 && secondsSince(started) > waiting[0][0])
			underWay.push(waiting.shift()![1]());
		statuses = {
			nights: await cluster.statuses(ids.nights),
			large: await cluster.statuses(ids.large),
		};
		const done =
			allEnded(statuses.nights, NIGHTS.executions) && allEnded(statuses.large, LARGE.executions);
		return done && waiting.length === 0 ? true : undefined;
	};
	const what = () => `${JSON.stringify(statuses)}\n${cluster.output().slice(-6000)}`;
	await until(isOver, { what, within: 900_000, every: 2000 });
	took = Date.now() - started;
	await Promise.all(underWay);
	arrivals = await emulator.arrivals();
});
after(async () => {
	await cluster?.close();
	await chat?.close();
	await store?.close();
	await emulator?.close();
});

/** Executions of a workflow that ended well. */
async function succeeded(workflowId: string): Promise<string[]> {
	const rows = await cluster.database.query(
		`select id from execution_entity where "workflowId" = '${workflowId}' and status = 'success'`,
	);
	return rows.map(([id]) => id);
}

test('nothing is lost but what n8n itself gives up with the worker that died', async (t) => {
	const lost = [statuses.nights, statuses.large].map(({ error = 0 }) => error);
	const [[noticed] = []] = await cluster.database.query(
		`select round(extract(epoch from max("stoppedAt")) - ${killedAt / 1000}) from execution_entity where status = 'error'`,
	);
	t.diagnostic(
		`Ended as errors: ${lost[0]} nights and ${lost[1]} large ones, ${noticed || '–'} s after the worker's death`,
	);
	for (const [share, found] of [
		[NIGHTS, statuses.nights],
		[LARGE, statuses.large],
	] as const) {
		const { success = 0, error = 0, ...others } = found;
		assert.deepEqual(others, {});
		assert.equal(success + error, share.executions, 'as many executions as calls');
	}
	const all = lost[0] + lost[1];
	const { least, most } = LOST[LINE];
	assert.ok(all >= least && all <= most, `${all} lost`);
});

test('a worker that is shut down finishes what it has', async () => {
	assert.equal(await cluster.workers[1].ended, 0);
});

test('every image of every night that ended well is stored, byte by byte', async () => {
	const stored = new Map(
		[...store.objects()].map(([key, content]) => [key.split('/').slice(-2).join('/'), content]),
	);
	const nights = await succeeded(ids.nights);
	for (const id of nights) {
		const { nodes } = await cluster.execution(id);
		const tasks = nodes['One Item per Task'].outputs[0];
		assert.equal(tasks.length, NIGHTS.items);
		for (const { json } of tasks) {
			const taskId = String(json.taskId);
			for (let page = 1; page <= IMAGES; page += 1) {
				const content = stored.get(`${taskId}/${page}.png`);
				assert.ok(content?.equals(snapshotPng(taskId, page)), `${taskId}/${page}.png`);
			}
		}
	}
	assert.ok(chat.posts.length >= nights.length);
});

test('every item of every large execution that ended well is a finished task', async () => {
	for (const id of await succeeded(ids.large)) {
		const items = (await cluster.execution(id)).nodes['Tencent Whiteboard'].outputs[0];
		assert.equal(items.length, LARGE.items);
		assert.ok(items.every(({ json }) => json.Status === 'Finished'));
	}
});

/** A task's requests that were not refused. */
function answeredPolls(): Map<string, number[]> {
	const polls = new Map<string, number[]>();
	for (const { taskId, at, code } of arrivals) {
		if (code === null) polls.set(taskId, [...(polls.get(taskId) ?? []), at]);
	}
	return polls;
}

/** From the first request until all but two seconds' worth of tasks had been seen for the last time. */
function backlog(polls: Map<string, number[]>): { from: number; to: number } {
	const last = [...polls.values()].map((times) => times.at(-1)!).toSorted((a, b) => a - b);
	return { from: arrivals[0].at, to: last.at(-2 * RATE)! };
}

/**
 * Seconds from a night's task's end to the poll that saw it, of those that were polled before. The large ones
 * wait for the rate, and for nothing else.
 */
function lags(polls: Map<string, number[]>): number[] {
	const { ids, bornAt } = born.nights;
	const seconds = durations(ids.length, 1, LONGEST, SEEDS.nights);
	return ids.flatMap((id, index) => {
		const end = bornAt + seconds[index] * 1000;
		const times = polls.get(id) ?? [];
		const seen = times.find((at) => at >= end);
		return seen !== undefined && times[0] < end ? [(seen - end) / 1000] : [];
	});
}

/** Requests a second, slice by slice, of those whole slices that lie in between. */
function paces(times: number[], from: number, to: number): number[] {
	const slices = Math.floor((to - from) / SLICE);
	const counts = Array.from({ length: slices }, () => 0);
	for (const time of times) {
		const slice = Math.floor((time - from) / SLICE);
		if (slice < slices) counts[slice] += 1;
	}
	return counts.map((count) => count / (SLICE / 1000));
}

test('the workers share the rate of the account', (t) => {
	const polls = answeredPolls();
	const { from, to } = backlog(polls);
	const meanwhile = arrivals.filter(({ at }) => at <= to);
	const refused = meanwhile.filter(({ code }) => code === 'RequestLimitExceeded').length;
	const share = refused / meanwhile.length;
	const answeredAt = meanwhile.filter(({ code }) => code === null).map(({ at }) => at);
	const useful = answeredAt.length / ((to - from) / 1000);
	const usual = median(paces(answeredAt, from, to));
	const answered = [...polls.values()].reduce((sum, times) => sum + times.length, 0);
	const megabytes = [...peaks.values()].map((bytes) => (bytes / 1e6).toFixed(0));
	const goal = (met: boolean) => (met ? 'met' : 'MISSED');
	const rows = [
		['Requests', `${arrivals.length}, of which ${answered} were answered`],
		['Requests a task', (answered / polls.size).toFixed(2)],
		['Time with a backlog', `${((to - from) / 1000).toFixed(0)} s`],
		[
			'Refused meanwhile',
			`${(share * 100).toFixed(1)} %, goal ${REFUSED.goal * 100} %: ${goal(share <= REFUSED.goal)}`,
		],
		[
			'Answered a second meanwhile',
			`${useful.toFixed(1)} of ${RATE}, goal ${USEFUL.goal}: ${goal(useful >= USEFUL.goal)}`,
		],
		[
			'… in the median of ten seconds',
			`${usual.toFixed(1)} of ${RATE}: ${goal(usual >= USEFUL.goal)}`,
		],
		['Median lag of the nights', `${median(lags(polls)).toFixed(1)} s`],
		['Memory of the workers', `${megabytes.join(', ')} MB`],
		[
			'Memory of main, webhooks',
			[cluster.main, cluster.webhook]
				.map((server) => `${(server.memory() / 1e6).toFixed(0)} MB`)
				.join(', '),
		],
		['From the first call to the last end', `${(took / 1000).toFixed(0)} s`],
	];
	for (const [what, value] of rows) t.diagnostic(`| ${what} | ${value} |`);
	assert.ok(share <= REFUSED.limit, `${share} refused`);
	assert.ok(useful >= USEFUL.limit, `${useful} a second`);
	const unknown = arrivals.filter(({ code }) => code !== null && code !== 'RequestLimitExceeded');
	assert.deepEqual(unknown, []);
});
