/**
 * A thousand tasks that never end, waited for by the built modules of the node for half an hour of fake time,
 * without HTTP. Run with --expose-gc; prints the heap in use before it and at some of the minutes.
 */
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';

import type { IDataObject } from 'n8n-workflow';

import type { ItemRecord } from '../nodes/TencentWhiteboard/execute/ledger.ts';
import type { Settings } from '../nodes/TencentWhiteboard/execute/settings.ts';
import type { runTask } from '../nodes/TencentWhiteboard/execute/task.ts';
import type { findOperation } from '../nodes/TencentWhiteboard/resources/index.ts';
import type { SkewedClocks } from '../nodes/TencentWhiteboard/transport/clock.ts';
import type { Connection } from '../nodes/TencentWhiteboard/transport/connection.ts';
import type { Pool } from '../nodes/TencentWhiteboard/transport/pool.ts';
import type { RequestQueues } from '../nodes/TencentWhiteboard/transport/queue.ts';
import type { redactor } from '../nodes/TencentWhiteboard/transport/redact.ts';
import type { RetryBudget } from '../nodes/TencentWhiteboard/transport/retry.ts';
import type { Operation, TaskSpec } from '../nodes/TencentWhiteboard/types.ts';
import { FakeEnv } from '../test/fake-env.mts';
import { seeded } from './stats.mts';

export interface Heaps {
	/** Bytes in use before there are any tasks. */
	before: number;
	/** Bytes in use at each of the minutes asked for. */
	heaps: number[];
	requests: number;
}

export interface MemorySettings {
	tasks: number;
	/** Ascending. */
	minutes: number[];
}

/** How long an answer takes, in milliseconds. */
const ROUND_TRIP = 50;

const MINUTE = 60_000;

const load = createRequire(import.meta.url);
const built = <T,>(path: string) => load(`../dist/nodes/TencentWhiteboard/${path}.js`) as T;

async function heapInUse(): Promise<number> {
	// Twice, with a turn of the event loop: what a first collection finalizes goes with the second.
	for (let count = 0; count < 2; count += 1) {
		await turn();
		globalThis.gc?.();
	}
	return process.memoryUsage().heapUsed;
}

async function wait({ tasks, minutes }: MemorySettings): Promise<Heaps> {
	const task = built<{ runTask: typeof runTask }>('execute/task');
	const table = built<{ findOperation: typeof findOperation }>('resources/index');
	const queue = built<{ RequestQueues: typeof RequestQueues }>('transport/queue');
	const pool = built<{ Pool: typeof Pool }>('transport/pool');
	const budget = built<{ RetryBudget: typeof RetryBudget }>('transport/retry');
	const redact = built<{ redactor: typeof redactor }>('transport/redact');
	const clock = built<{ SkewedClocks: typeof SkewedClocks }>('transport/clock');

	const env = new FakeEnv(seeded(1));
	const queues = new queue.RequestQueues(env);
	let requests = 0;
	const helpers = {
		httpRequestWithAuthentication: async (_: string, { body }: { body: IDataObject }) => {
			requests += 1;
			await env.sleep(ROUND_TRIP);
			const { TaskID } = body;
			const Response = { TaskID, Status: 'Running', Result: null, RequestId: `r-${requests}` };
			return { statusCode: 200, headers: {}, body: JSON.stringify({ Response }) };
		},
	};
	const context = { helpers, logger: { debug: () => {} } };
	const ending = new AbortController();
	const connection: Connection = {
		context: context as unknown as Connection['context'],
		endpoint: 'http://127.0.0.1',
		env,
		signal: ending.signal,
		queueOf: (action) => queues.of(`account ${action}`),
		downloads: new pool.Pool(4),
		budget: new budget.RetryBudget(),
		clocks: new clock.SkewedClocks(),
		redact: redact.redactor([]),
	};
	const operation = table.findOperation('snapshot', 'describeSnapshotTask') as Operation & {
		task: TaskSpec;
	};
	const settings = {
		wait: { pollInterval: 2, timeout: 86_400, onTimeout: 'error' },
		output: 'task',
		downloadFiles: false,
		onTaskFailure: 'error',
	} as Settings;
	const before = await heapInUse();
	const records = Array.from({ length: tasks }, (_, itemIndex): ItemRecord => ({ itemIndex }));
	let ended = 0;
	for (const record of records) {
		const call = {
			action: operation.api,
			version: '2019-09-19',
			body: { SdkAppId: 1400127230, TaskID: `task-${record.itemIndex}` },
			region: 'ap-singapore',
			language: 'en-US',
			requestTimeout: 30_000,
			readOnly: true,
		};
		const end = () => (ended += 1);
		task.runTask(connection, operation, call, settings, record).then(end, end);
	}

	const heaps: number[] = [];
	for (const minute of minutes) {
		await env.play(minute * MINUTE);
		heaps.push(await heapInUse());
	}
	if (ended > 0) throw new Error(`${ended} of the waits ended`);
	return { before, heaps, requests };
}

if (import.meta.main) {
	const settings = JSON.parse(process.argv[2]) as MemorySettings;
	console.log(JSON.stringify(await wait(settings)));
}
