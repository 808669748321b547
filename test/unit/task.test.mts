/** What becomes of an operation about a task: one request, or a create and its polls. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { ItemRecord } from '../../nodes/TencentWhiteboard/execute/ledger.ts';
import { readSettings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import type { Settings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import { change, runTask } from '../../nodes/TencentWhiteboard/execute/task.ts';
import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { ApiCall } from '../../nodes/TencentWhiteboard/transport/call.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { RequestQueue } from '../../nodes/TencentWhiteboard/transport/queue.ts';
import type { Operation, TaskSpec } from '../../nodes/TencentWhiteboard/types.ts';
import { fakeConnection } from '../fake-connection.mts';
import { FakeEnv, playOut } from '../fake-env.mts';

type Answer = IDataObject | Error;

const running = { TaskID: 't', Status: 'Running', RequestId: 'r1' };
const finished = {
	TaskID: 't',
	Status: 'Finished',
	Result: { ErrorCode: 'OK', Snapshots: [] },
	RequestId: 'r2',
};
const failing = (Result?: IDataObject) => ({ ...finished, Result: Result ?? null });
const broke = failing({ ErrorCode: 'Render', ErrorMessage: 'page 3' });
const apiError = (Code: string, Message = '') => ({ Error: { Code, Message }, RequestId: 'r' });
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const [READ, CREATE] = ['DescribeSnapshotTask', 'CreateSnapshotTask'];

let env: FakeEnv;
let connection: Connection;
let ending: AbortController;
let sent: Array<{ action: string; at: number; body: unknown }>;
let logs: Array<[string, unknown]>;
let record: ItemRecord;

beforeEach(() => {
	env = new FakeEnv(() => 1);
	ending = new AbortController();
	sent = [];
	logs = [];
	record = { itemIndex: 0 };
	connection = fakeConnection(env, { signal: ending.signal });
});

/** A service that gives these answers to an action one after the other, the last one for ever. */
function serve(answers: Record<string, Answer[]>, onRequest = async () => {}) {
	connection.context = {
		getNode: () => 'the node',
		logger: { debug: (...given: [string, unknown]) => logs.push(given) },
		helpers: {
			async httpRequestWithAuthentication(_: string, { headers, body }: IHttpRequestOptions) {
				const action = headers!['X-TC-Action'] as string;
				const earlier = sent.filter((one) => one.action === action).length;
				const list = answers[action];
				sent.push({ action, at: env.now(), body });
				await onRequest();
				const answer = list[Math.min(earlier, list.length - 1)];
				if (answer instanceof Error) throw answer;
				return { statusCode: 200, headers: {}, body: JSON.stringify({ Response: answer }) };
			},
		},
	} as unknown as IExecuteFunctions;
}

type Given = Partial<Omit<Settings, 'wait'> & NonNullable<Settings['wait']> & { wait: boolean }>;

const callOf = ({ api, readOnly }: Operation, body: IDataObject): ApiCall => ({
	action: api,
	version: '2019-09-19',
	body,
	region: 'ap-singapore',
	language: 'en-US',
	requestTimeout: 30_000,
	readOnly,
});

/** Runs an operation with settings as the panel gives them. */
async function execute(
	[resource, value]: [string, string],
	body: IDataObject,
	{ wait = false, pollInterval, timeout, onTimeout, ...others }: Given,
) {
	const operation = findOperation(resource, value) as Operation & { task: TaskSpec };
	const parameters: IDataObject = {
		waitUntilFinished: wait,
		waitOptions: { pollInterval, timeout, onTimeout },
		...others,
		options: others,
	};
	const settings = readSettings(operation, (name) => parameters[name], 0);
	if (!settings.ok) throw new Error(settings.fault.message);
	const apiCall = callOf(operation, { SdkAppId: 1, ...body });
	return await playOut(env, runTask(connection, operation, apiCall, settings.value, record));
}

const read = async (given: Given = {}) =>
	await execute(['snapshot', 'describeSnapshotTask'], { TaskID: 't' }, given);
const create = async (given: Given = {}) =>
	await execute(['snapshot', 'createSnapshotTask'], { RoomId: 5 }, given);
const stop = async (given: Given = {}) =>
	await execute(['recording', 'stopOnlineRecord'], { TaskId: 'rec' }, given);

const requests = () => sent.map(({ action, at }) => [action, at]);
const readsAt = (...times: number[]) => times.map((at) => [READ, at]);

const FAILED_HINT =
	"Fix the cause and create a new task. To get such tasks as items, set 'On Task Failure' under 'Options' to 'Output the Task'.";

describe('a plain read', () => {
	test.each<[string, IDataObject, boolean]>([
		['that is running', running, true],
		['that has finished', finished, false],
		['that has failed', broke, false],
	])('gives a task %s as it is, and is one request', async (_, answer, pending) => {
		serve({ [READ]: [answer] });
		expect(await read()).toEqual({ ok: true, value: { answer, pending } });
		expect(sent).toEqual([{ action: READ, at: 0, body: { SdkAppId: 1, TaskID: 't' } }]);
		expect(logs).toEqual([]);
		expect(record).toStrictEqual({
			itemIndex: 0,
			task: { label: 'snapshot task', describe: READ, idField: 'TaskID', id: 't' },
			answer,
		});
	});

	test('that is refused is a fault, and nothing is known of the task', async () => {
		serve({ [READ]: [apiError('InvalidParameter', 'no such task')] });
		expect(await read()).toMatchObject({
			ok: false,
			fault: { type: 'api', code: 'InvalidParameter', message: 'no such task' },
		});
		expect(sent).toHaveLength(1);
		expect(record).not.toHaveProperty('answer');
	});
});

describe.each<[string, Given]>([
	['one item per file', { output: 'files' }],
	['its files downloaded', { downloadFiles: true }],
])('a read that wants %s', (_, given) => {
	test('says of a running task that it is, after one poll', async () => {
		serve({ [READ]: [running] });
		expect(await read(given)).toEqual({ ok: true, value: { answer: running, pending: true } });
		expect(sent).toHaveLength(1);
		expect(logs).toEqual([]);
	});

	test('gives a task that has finished', async () => {
		serve({ [READ]: [finished] });
		expect(await read(given)).toEqual({ ok: true, value: { answer: finished, pending: false } });
	});

	test('fails with a task that has failed', async () => {
		serve({ [READ]: [broke] });
		expect(await read(given)).toMatchObject({ ok: false, fault: { type: 'task', code: 'Render' } });
	});
});

describe('waiting for a task', () => {
	test('polls it until it has ended, and logs each poll that finds it running', async () => {
		serve({ [READ]: [running, running, running, finished] });
		expect(await read({ wait: true, pollInterval: 1.26 })).toEqual({
			ok: true,
			value: { answer: finished, pending: false },
		});
		expect(requests()).toEqual(readsAt(0, 1260, 2520, 3780));
		const about = { taskId: 't', status: 'Running' };
		expect(logs).toEqual([
			['The snapshot task t is Running (1 polls, 0 s)', { ...about, polls: 1, seconds: 0 }],
			['The snapshot task t is Running (2 polls, 1.3 s)', { ...about, polls: 2, seconds: 1.3 }],
			['The snapshot task t is Running (3 polls, 2.5 s)', { ...about, polls: 3, seconds: 2.5 }],
		]);
		expect(record.answer).toEqual(finished);
	});

	test('ends with an error when the time is up', async () => {
		serve({ [READ]: [running] });
		expect(await read({ wait: true, timeout: 5 })).toEqual({
			ok: false,
			fault: {
				type: 'task',
				code: 'WaitTimeout',
				message: 'The snapshot task t is still Running after 5 s',
				hint: "The task is still running. Raise 'Timeout (Seconds)' under 'Wait Options', or set 'On Timeout' there to 'Output the Last State' and read the task again later.",
				requestId: 'r1',
				retry: 'final',
				effect: 'none',
			},
		});
		expect(requests()).toEqual(readsAt(0, 2000, 4000, 4500));
		expect(record.answer).toEqual(running);
	});

	test('or gives what was last seen of it', async () => {
		const last = { ...running, Progress: 50 };
		serve({ [READ]: [running, last] });
		expect(await read({ wait: true, timeout: 2, onTimeout: 'lastState' })).toEqual({
			ok: true,
			value: { answer: last, pending: true },
		});
	});

	test('ends at a poll that gets no turn before the time is up', async () => {
		serve({ [READ]: [running] });
		const { queueOf } = connection;
		let turns = 0;
		connection.queueOf = (action) => {
			turns += 1;
			const full = { enter: async () => undefined } as unknown as RequestQueue;
			return turns > 1 ? full : queueOf(action);
		};
		expect(await read({ wait: true })).toMatchObject({ fault: { code: 'WaitTimeout' } });
		expect(turns).toBe(2);
	});
});

describe('a task that has failed', () => {
	test.each<[string, IDataObject, string, string]>([
		['a code and words', broke, 'Render', 'ended with Render: page 3'],
		['a code alone', failing({ ErrorCode: 'Render' }), 'Render', 'ended with Render'],
		['no result', failing(), 'TaskFailed', 'did not succeed: the answer holds no result'],
	])('with %s is an error', async (_, answer, code, outcome) => {
		serve({ [READ]: [running, answer] });
		expect(await read({ wait: true })).toEqual({
			ok: false,
			fault: {
				type: 'task',
				code,
				message: `The snapshot task t ${outcome}`,
				hint: FAILED_HINT,
				requestId: 'r2',
				retry: 'final',
				effect: 'none',
			},
		});
	});

	test.each<[unknown, string]>([
		[[], FAILED_HINT],
		['no list', FAILED_HINT],
		[
			['https://e.com/1.png'],
			"Fix the cause and create a new task. The failed one has 1 result file: to get it, read it with DescribeSnapshotTask and set 'On Task Failure' under 'Options' to 'Output the Task'.",
		],
		[
			['https://e.com/1.png', '', 'https://e.com/2.png'],
			"Fix the cause and create a new task. The failed one has 2 result files: to get them, read it with DescribeSnapshotTask and set 'On Task Failure' under 'Options' to 'Output the Task'.",
		],
	])('says whether it has files all the same: %j', async (Snapshots, hint) => {
		serve({ [READ]: [failing({ ErrorCode: 'Render', Snapshots } as IDataObject)] });
		expect(await read({ wait: true })).toMatchObject({
			ok: false,
			fault: { code: 'Render', hint },
		});
	});

	test('is an error without a RequestId where the answer has none', async () => {
		const { RequestId: _, ...answer } = broke;
		serve({ [READ]: [answer] });
		const outcome = await read({ wait: true });
		expect(outcome).toMatchObject({ ok: false, fault: { requestId: undefined } });
	});

	test('or comes like any other, with the reason', async () => {
		serve({ [READ]: [broke] });
		expect(await read({ wait: true, onTaskFailure: 'output' })).toEqual({
			ok: true,
			value: {
				answer: broke,
				pending: false,
				failure: { code: 'Render', message: 'page 3' },
			},
		});
	});
});

describe('a code with which a read says that the task has failed', () => {
	const CODE = 'FailedOperation.Preprocess';
	const check = async (given: Given) =>
		await execute(['pptCheck', 'describePptCheck'], { TaskId: 'p' }, given);
	const serveCode = (...before: Answer[]) =>
		serve({ DescribePPTCheck: [...before, apiError(CODE, 'Slide 4 is odd.')] });

	test.each([false, true])('ends it at once; waited for: %p', async (wait) => {
		serveCode();
		expect(await check({ wait })).toEqual({
			ok: false,
			fault: {
				type: 'task',
				code: CODE,
				message: expect.stringMatching(`^The PPT check task p ended with ${CODE}: `),
				hint: FAILED_HINT,
				requestId: 'r',
				retry: 'final',
				effect: 'none',
			},
		});
		expect(sent).toHaveLength(1);
	});

	test('makes an answer of its own where failed tasks are to come like others', async () => {
		serveCode({ TaskId: 'p', Status: 'PROCESSING', RequestId: 'r' });
		const outcome = await check({ wait: true, onTaskFailure: 'output' });
		const words = { code: CODE, message: expect.any(String) };
		expect(outcome).toEqual({
			ok: true,
			value: {
				answer: {
					TaskId: 'p',
					ErrorCode: CODE,
					ErrorMessage: words.message,
					RequestId: 'r',
				},
				pending: false,
				failure: words,
			},
		});
		expect(sent).toHaveLength(2);
	});

	test('has null where no RequestId came', async () => {
		serve({ DescribePPTCheck: [{ Error: { Code: CODE } }] });
		expect(await check({ onTaskFailure: 'output' })).toMatchObject({
			value: { answer: { RequestId: null } },
		});
	});
});

describe('a poll that brings nothing', () => {
	test('is followed by the next one, as long as the task has been seen', async () => {
		serve({ [READ]: [running, reset, reset, reset, apiError('InternalError'), finished] });
		expect(await read({ wait: true })).toMatchObject({ ok: true, value: { answer: finished } });
		expect(requests()).toEqual(readsAt(0, 2000, 2100, 2300, 4300, 4400));
	});

	test('may bring a fault of the service where the task has a status for its failure', async () => {
		const READ_BY_URL = 'DescribeTranscodeByUrl';
		const fault = apiError('FailedOperation.TranscodeServerError');
		const done = { TaskId: 't', Status: 'FINISHED', RequestId: 'r' };
		serve({ [READ_BY_URL]: [{ ...done, Status: 'PROCESSING' }, fault, fault, fault, done] });
		const operation: [string, string] = ['transcode', 'describeTranscodeByUrl'];
		const outcome = await execute(operation, { Url: 'https://e.com/a.pptx' }, { wait: true });
		expect(outcome).toEqual({ ok: true, value: { answer: done, pending: false } });
		expect(sent.map(({ at }) => at)).toEqual([0, 2000, 2100, 2300, 4300]);
	});

	test('ends the wait when it is the first one of a task that nobody has seen', async () => {
		serve({ [READ]: [reset, reset, reset, finished] });
		expect(await read({ wait: true })).toMatchObject({ ok: false, fault: { code: 'ECONNRESET' } });
		expect(requests()).toEqual(readsAt(0, 100, 300));
	});

	test('is forgiven even then where the task has just been created', async () => {
		serve({ [CREATE]: [{ TaskID: 't' }], [READ]: [reset, reset, reset, finished] });
		expect(await create({ wait: true })).toMatchObject({ ok: true, value: { answer: finished } });
		expect(requests()).toEqual([[CREATE, 0], ...readsAt(0, 100, 300, 2300)]);
	});

	test.each([
		['AuthFailure.TokenFailure', 'stays wrong'],
		['AuthFailure.SignatureExpire', 'waits for a clock that somebody has to set'],
	])('with %s ends the wait: it %s', async (code) => {
		serve({ [READ]: [running, apiError(code), finished] });
		expect(await read({ wait: true })).toMatchObject({ ok: false, fault: { type: 'api', code } });
		expect(sent).toHaveLength(2);
	});

	test('has the last word when the time is up and nothing was ever seen of the task', async () => {
		serve({ [CREATE]: [{ TaskID: 't' }], [READ]: [reset] });
		expect(await create({ wait: true, timeout: 1 })).toMatchObject({
			ok: false,
			fault: { code: 'ECONNRESET' },
		});
	});
});

describe('a create', () => {
	const created = { TaskID: 'new', RequestId: 'c' };
	const handle = { action: CREATE, idField: 'TaskID', id: 'new' };
	const task = { label: 'snapshot task', describe: READ, idField: 'TaskID', id: 'new' };

	test('that does not wait gives its answer; the task is known', async () => {
		serve({ [CREATE]: [created] });
		expect(await create()).toEqual({ ok: true, value: { answer: created, pending: true } });
		expect(sent).toEqual([{ action: CREATE, at: 0, body: { SdkAppId: 1, RoomId: 5 } }]);
		expect(record).toStrictEqual({ itemIndex: 0, task, handle });
	});

	test('that waits reads the task by its ID, in the same application', async () => {
		const { TaskID: _, ...anonymous } = finished;
		serve({ [CREATE]: [created], [READ]: [anonymous] });
		const outcome = await create({ wait: true });
		expect(outcome).toEqual({
			ok: true,
			value: { answer: { ...anonymous, TaskID: 'new' }, pending: false },
		});
		expect(sent).toEqual([
			{ action: CREATE, at: 0, body: { SdkAppId: 1, RoomId: 5 } },
			{ action: READ, at: 0, body: { SdkAppId: 1, TaskID: 'new' } },
		]);
		expect(record).toStrictEqual({ itemIndex: 0, task, handle, answer: anonymous });
	});

	test('whose task fails or stays too long says which one it is', async () => {
		serve({ [CREATE]: [created], [READ]: [running] });
		expect(await create({ wait: true, timeout: 1 })).toMatchObject({
			fault: { message: 'The snapshot task new is still Running after 1 s' },
		});
		expect(logs[0]).toMatchObject(['The snapshot task new is Running (1 polls, 0 s)', {}]);
		serve({ [CREATE]: [created], [READ]: [broke] });
		expect(await create({ wait: true })).toMatchObject({
			fault: { message: 'The snapshot task new ended with Render: page 3' },
		});
	});

	test.each([
		['InvalidParameter', 'none', undefined],
		['InternalError', 'unknown', CREATE],
	])('refused with %s may have done: %s; no poll follows', async (code, effect, unanswered) => {
		serve({ [CREATE]: [apiError(code)] });
		expect(await create({ wait: true })).toMatchObject({ ok: false, fault: { code, effect } });
		expect(sent).toHaveLength(1);
		expect(record).toStrictEqual({ itemIndex: 0, ...(unanswered && { unanswered }) });
	});

	describe('whose answer holds no ID', () => {
		const nameless = { RequestId: 'c' };

		test('gives that answer where nobody waits', async () => {
			serve({ [CREATE]: [nameless] });
			const outcome = await create();
			expect(outcome).toStrictEqual({ ok: true, value: { answer: nameless, pending: true } });
			expect(record).toStrictEqual({ itemIndex: 0 });
		});

		test('cannot be waited for, and says that the task may exist', async () => {
			serve({ [CREATE]: [nameless] });
			expect(await create({ wait: true })).toEqual({
				ok: false,
				fault: {
					type: 'api',
					code: 'InvalidAnswer',
					message: 'The answer to CreateSnapshotTask holds no TaskID',
					hint: 'The snapshot task may exist all the same: check before you run it once more.',
					requestId: 'c',
					retry: 'final',
					effect: 'unknown',
				},
			});
			expect(sent).toHaveLength(1);
			expect(record).toStrictEqual({ itemIndex: 0 });
		});
	});
});

describe('a stop', () => {
	const video = { TaskId: 'rec', Status: 'FINISHED', VideoInfos: [], RequestId: 'r' };

	test.each<[string, IDataObject]>([
		['no ID', { RequestId: 's' }],
		['an ID of null', { RequestId: 's', TaskId: null }],
	])('whose answer has %s begins with the one that was asked for', async (_, answer) => {
		serve({ StopOnlineRecord: [answer] });
		const outcome = await stop();
		expect(outcome).toEqual({
			ok: true,
			value: { answer: { TaskId: 'rec', RequestId: 's' }, pending: true },
		});
		expect(outcome.ok && Object.keys(outcome.value.answer)).toEqual(['TaskId', 'RequestId']);
	});

	test('waits for the files that are still being made', async () => {
		serve({
			StopOnlineRecord: [{ RequestId: 's' }],
			DescribeOnlineRecord: [{ ...video, Status: 'STOPPED' }, video],
		});
		expect(await stop({ wait: true })).toEqual({
			ok: true,
			value: { answer: video, pending: false },
		});
		expect(sent.map(({ body }) => body)).toEqual(Array(3).fill({ SdkAppId: 1, TaskId: 'rec' }));
	});
});

describe('a change', () => {
	const operationOf = (value: string) => findOperation('snapshot', value)!;
	const send = async (value: string) =>
		await change(connection, callOf(operationOf(value), {}), record);

	test('is unanswered as long as it is under way, and only that long', async () => {
		const seen: unknown[] = [];
		serve({ [CREATE]: [{ TaskID: 't' }] }, async () => {
			seen.push(record.unanswered);
		});
		expect(await playOut(env, send('createSnapshotTask'))).toMatchObject({ ok: true });
		expect(seen).toEqual([CREATE]);
		expect(record).toStrictEqual({ itemIndex: 0 });
	});

	test('that was not sent when the execution ended has done nothing', async () => {
		serve({ [CREATE]: [{ TaskID: 't' }] });
		ending.abort(new Error('cancelled'));
		await expect(playOut(env, send('createSnapshotTask'))).rejects.toThrow('cancelled');
		expect(sent).toEqual([]);
		expect(record).toStrictEqual({ itemIndex: 0 });
	});

	test('is what changes something: a read without an answer leaves no doubt', async () => {
		serve({ [READ]: [reset] });
		expect(await playOut(env, send('describeSnapshotTask'))).toMatchObject({
			ok: false,
			fault: { effect: 'unknown' },
		});
		expect(record).toStrictEqual({ itemIndex: 0 });
	});
});
