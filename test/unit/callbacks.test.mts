/** Waiting by callback: what is refused, what is parked, who may resume it, and when tasks are polled again. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IWebhookFunctions,
} from 'n8n-workflow';

import {
	isParked,
	park,
	parkedItems,
	pollAll,
	resumedFrom,
	waitingIn,
	withCallbacks,
} from '../../nodes/TencentWhiteboard/execute/callbacks.ts';
import type { ParkedTask, Step } from '../../nodes/TencentWhiteboard/execute/callbacks.ts';
import type { Plan } from '../../nodes/TencentWhiteboard/execute/plan.ts';
import type { ItemRecord } from '../../nodes/TencentWhiteboard/execute/ledger.ts';
import { readSettings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import type { Settings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { snapshotTask } from '../../nodes/TencentWhiteboard/tasks/snapshot.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { Outcome } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { answerCallback } from '../../nodes/TencentWhiteboard/webhook/resume.ts';
import { fakeConnection } from '../fake-connection.mts';
import { FakeEnv, playOut } from '../fake-env.mts';

const operation = findOperation('snapshot', 'createSnapshotTask')!;
const RESUME = 'https://n8n.example.com/webhook-waiting/7?signature=a%2Bb';
const API = 'https://tiw.intl.tencentcloudapi.com';

function settingsOf(waitOptions: IDataObject = {}, rest: IDataObject = {}): Settings {
	const given: IDataObject = {
		waitUntilFinished: true,
		waitMode: 'callback',
		waitOptions,
		...rest,
		options: rest,
	};
	const settings = readSettings(operation, (name) => given[name], 0);
	if (!settings.ok) throw new Error(settings.fault.message);
	return settings.value;
}

const planOf = (settings = settingsOf(), body: IDataObject = {}): Outcome<Plan> => ({
	ok: true,
	value: {
		settings,
		call: {
			action: 'CreateSnapshotTask',
			version: '2019-09-19',
			body: { SdkAppId: 1, RoomId: 5, ...body },
			region: 'ap-singapore',
			language: 'en-US',
			requestTimeout: 30_000,
			readOnly: false,
		},
	},
});

const poll = planOf(settingsOf({}, { waitMode: 'polling' }));
const times = <T,>(count: number, value: T) => Array.from({ length: count }, () => value);

/** A context of the engine, as far as it matters here. */
function contextOf(part: { type?: string; resumeUrl?: string; stack?: unknown[] | null } = {}) {
	const { type = 'x.tencentWhiteboard', resumeUrl = RESUME, stack = [] } = part;
	return {
		getNode: () => ({ type }),
		evaluateExpression: (expression: string) =>
			expression === '{{ $execution.resumeUrl }}' ? resumeUrl : undefined,
		...(stack && { runExecutionData: { executionData: { nodeExecutionStack: stack } } }),
	} as unknown as IExecuteFunctions;
}

const refusals = (plans: Array<Outcome<Plan>>) =>
	plans.map((plan) => (plan.ok ? undefined : `${plan.fault.message}. ${plan.fault.hint}`));

describe('the URL to call', () => {
	test('is one of its own for each task, and holds what n8n has put in', () => {
		const { plans, secret } = withCallbacks(contextOf(), API, [planOf(), poll, planOf()]);
		const urls = plans.map((plan) => plan.ok && plan.value.call.body.CallbackURL);
		expect(secret).toMatch(/^[0-9a-f]{32}$/);
		expect(urls).toEqual([
			`https://n8n.example.com/webhook-waiting/7?signature=a%2Bb&item=0&secret=${secret}`,
			undefined,
			`https://n8n.example.com/webhook-waiting/7?signature=a%2Bb&item=2&secret=${secret}`,
		]);
		expect(withCallbacks(contextOf(), API, [planOf()]).secret).not.toBe(secret);
	});

	test('does not change what was planned', () => {
		const plan = planOf();
		withCallbacks(contextOf(), API, [plan]);
		expect(plan).toEqual(planOf());
	});

	test('is nobody’s concern where all poll, or nothing was planned', () => {
		const context = contextOf({ type: 'x.tencentWhiteboardTool', stack: null, resumeUrl: '' });
		const plans = [poll, { ok: false, fault: { message: 'no' } } as Outcome<Plan>];
		expect(withCallbacks(context, API, plans).plans).toEqual(plans);
	});

	test.each([
		[contextOf({ type: 'x.tencentWhiteboardTool' }), /^A tool of an AI agent cannot wait/],
		[contextOf({ stack: null }), /^This version of n8n does not let the node wait/],
		[contextOf({ resumeUrl: 'http://localhost:5678/webhook-waiting/7' }), /WEBHOOK_URL/],
	])('is refused where nobody could call it', (context, reason) => {
		const [first, second, third] = refusals(
			withCallbacks(context, API, [planOf(), poll, planOf()]).plans,
		);
		expect(first).toMatch(reason);
		expect(first).toContain("'Wait Mode' to 'By Polling'");
		expect([second, third]).toEqual([undefined, first]);
	});

	test('may be local where the service is', () => {
		const context = contextOf({ resumeUrl: 'http://127.0.0.1:5678/webhook-waiting/7' });
		const { plans } = withCallbacks(context, 'http://127.0.0.1:8080', [planOf()]);
		expect(refusals(plans)).toEqual([undefined]);
	});

	test('is given to a hundred tasks, and to no more', () => {
		const most = withCallbacks(contextOf(), API, [...times(100, planOf()), poll]);
		expect(refusals(most.plans)).toEqual(times(101, undefined));
		const tooMany = withCallbacks(contextOf(), API, [...times(101, planOf()), poll]);
		expect(refusals(tooMany.plans)[0]).toMatch(
			/at most 100 tasks, and there are 101\. .*'Loop Over Items'/,
		);
		expect(refusals(tooMany.plans).at(-1)).toBeUndefined();
	});

	test.each([
		[planOf(settingsOf({ timeout: 59 })), /^'Timeout \(Seconds\)' must be at least 60 .* has 59/],
		[
			planOf(settingsOf(), { CallbackURL: 'https://a.example' }),
			/^'Callback URL' of item 1 is not/,
		],
	])('is refused to an item alone', (plan, reason) => {
		const { plans } = withCallbacks(contextOf(), API, [planOf(), plan]);
		const [first, second] = refusals(plans);
		expect(first).toBeUndefined();
		expect(second).toMatch(reason);
	});

	test('takes the shortest time', () => {
		const { plans } = withCallbacks(contextOf(), API, [planOf(settingsOf({ timeout: 60 }))]);
		expect(refusals(plans)).toEqual([undefined]);
	});
});

const running = { Status: 'Running' };
const finished = { Status: 'Finished', Result: { ErrorCode: 'OK', Snapshots: [] } };
const refused = { Error: { Code: 'AuthFailure.SecretIdNotFound', Message: 'no' } };
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
type Answer = IDataObject | Error;

let env: FakeEnv;
let connection: Connection;
let reads: Array<{ id: string; at: number }>;

/** Tasks by ID with their answers, one after the other, the last for ever. */
function serve(answers: Record<string, Answer[]>) {
	connection.context = {
		helpers: {
			httpRequestWithAuthentication: async (_: string, { body }: IHttpRequestOptions) => {
				const { TaskID } = body as { TaskID: string };
				const earlier = reads.filter(({ id }) => id === TaskID).length;
				reads.push({ id: TaskID, at: env.now() });
				const list = answers[TaskID];
				const answer = list[Math.min(earlier, list.length - 1)];
				if (answer instanceof Error) throw answer;
				const Response = { ...answer, ...(!answer.Error && { TaskID }), RequestId: 'r' };
				return { statusCode: 200, headers: {}, body: JSON.stringify({ Response }) };
			},
		},
	} as unknown as IExecuteFunctions;
}

function parkedTask(id: string, waitOptions: IDataObject = {}, rest: IDataObject = {}): ParkedTask {
	const settings = settingsOf(waitOptions, rest);
	const { value } = planOf() as { value: Plan };
	return {
		describe: {
			...value.call,
			action: 'DescribeSnapshotTask',
			readOnly: true,
			body: { SdkAppId: 1, TaskID: id },
		},
		settings,
		until: env.date() + settings.wait!.timeout * 1000,
	};
}

/** What is known of the items. */
const recordsOf = (steps: Step[]): ItemRecord[] =>
	steps.map((step, itemIndex) => {
		if (!isParked(step)) return { itemIndex };
		const named = { idField: 'TaskID', id: String(step.describe.body.TaskID) };
		return {
			itemIndex,
			handle: { action: 'CreateSnapshotTask', ...named },
			task: { label: 'snapshot task', describe: 'DescribeSnapshotTask', ...named },
		};
	});

beforeEach(() => {
	env = new FakeEnv(() => 1);
	reads = [];
	connection = fakeConnection(env);
});

const idsRead = () => reads.map(({ id }) => id);
const done: Step = [{ ok: true, json: { already: true } }];

describe('a poll of all tasks', () => {
	const pollAllOf = async (steps: Step[], first = false) =>
		await playOut(
			env,
			pollAll(connection, snapshotTask, {
				secret: 's',
				round: first ? 1 : 2,
				steps,
				records: recordsOf(steps),
			}),
		);

	test('before the execution is parked ends with the first that runs', async () => {
		serve({ a: [finished], b: [running], c: [running] });
		const steps = [
			parkedTask('a', { timeout: 90 }),
			done,
			parkedTask('b', { timeout: 600 }),
			parkedTask('c'),
		];
		const now = env.date();
		expect(await pollAllOf(steps, true)).toEqual({ until: now + 1_800_000 });
		expect(idsRead()).toEqual(['a', 'b']);
	});

	test('finds all ended: nothing is parked', async () => {
		serve({ a: [finished], b: [finished] });
		const outcome = await pollAllOf([parkedTask('a'), done, parkedTask('b')], true);
		expect(outcome).toMatchObject({
			outcomes: [
				{ ok: true, value: { answer: { TaskID: 'a', Status: 'Finished' }, pending: false } },
				undefined,
				{ ok: true, value: { answer: { TaskID: 'b', Status: 'Finished' }, pending: false } },
			],
		});
	});

	test('that finds a task running comes again in a minute, or at the end of its time', async () => {
		serve({ a: [finished], b: [running] });
		const now = env.date();
		expect(await pollAllOf([parkedTask('a'), parkedTask('b')])).toEqual({ until: now + 60_000 });
		const steps = [
			{ ...parkedTask('a'), until: now + 90_000 },
			{ ...parkedTask('b'), until: now + 5000 },
		];
		expect(await pollAllOf(steps)).toEqual({ until: now + 5000 });
		const both = [{ ...parkedTask('b'), until: now + 30_000 }, ...steps];
		expect(await pollAllOf(both)).toEqual({ until: now + 30_000 });
	});

	test.each([
		[
			'lastState',
			{ ok: true, value: { answer: { TaskID: 'b', Status: 'Running' }, pending: true } },
		],
		[
			'error',
			{
				ok: false,
				fault: { code: 'WaitTimeout', message: 'The snapshot task b is still Running after 60 s' },
			},
		],
	])('at the end of the time gives what there is: %s', async (onTimeout, expected) => {
		serve({ a: [finished], b: [running], c: [reset] });
		const steps = ['a', 'b', 'c'].map((id) => parkedTask(id, { timeout: 60, onTimeout }));
		await env.play(59_001);
		expect(await pollAllOf(steps)).toMatchObject({
			outcomes: [
				{ ok: true, value: { answer: { Status: 'Finished' } } },
				expected,
				{ ok: false, fault: { code: 'ECONNRESET' } },
			],
		});
	});

	test('does not wait on for a task that cannot be read by anybody', async () => {
		serve({ a: [refused], b: [finished] });
		expect(await pollAllOf([parkedTask('a'), parkedTask('b')], true)).toMatchObject({
			outcomes: [{ ok: false, fault: { code: 'AuthFailure.SecretIdNotFound' } }, { ok: true }],
		});
	});

	test('waits on for one that is not known yet, or not to be had for now', async () => {
		const unknown = { Error: { Code: 'InvalidParameter.TaskNotFound', Message: 'no' } };
		serve({ a: [unknown], b: [reset] });
		const until = env.date() + 1_800_000;
		expect(await pollAllOf([parkedTask('a')], true)).toEqual({ until });
		expect(await pollAllOf([parkedTask('b')], true)).toEqual({ until });
	});
});

describe('parking', () => {
	test('leaves the stack so that n8n executes the node again, with what it knows', async () => {
		const entry = {
			node: { name: 'TIW', alwaysOutputData: true },
			data: { main: [[{ json: { n: 1 } }]] },
			source: { main: [] },
		};
		const later = { node: { name: 'Later' } };
		const stack: unknown[] = [later];
		const waits: Date[] = [];
		const context = Object.assign(contextOf({ stack }), {
			getExecuteData: () => entry,
			putExecutionToWait: async (date: Date) => waits.push(date),
		});
		const steps = [done, parkedTask('a')];
		const parked = { secret: 's', round: 1, steps, records: recordsOf(steps) };
		const data = structuredClone(entry.data);
		await park(context as unknown as IExecuteFunctions, parked, 5000);
		// As n8n does with an entry whose node has put the execution to wait.
		stack.unshift(entry);
		const saved = JSON.parse(JSON.stringify(stack)) as IDataObject[];
		expect(saved[0]).toEqual({
			node: { name: 'TIW', alwaysOutputData: false },
			data: { main: [] },
			source: { main: [] },
		});
		expect(saved[1]).toMatchObject({ node: { name: 'TIW', alwaysOutputData: true }, data });
		expect(saved[2]).toEqual(later);
		expect(waits).toEqual([new Date(5000)]);
		expect(waitingIn(contextOf({ stack: saved }))).toEqual(JSON.parse(JSON.stringify(parked)));
		const resumed = { getExecuteData: () => saved[1] } as unknown as IExecuteFunctions;
		expect(resumedFrom(resumed)).toEqual(JSON.parse(JSON.stringify(parked)));
		expect(resumedFrom({ getExecuteData: () => undefined } as unknown as IExecuteFunctions)).toBe(
			undefined,
		);
	});

	test('shows the tasks that are waited for', () => {
		expect(parkedItems([done, parkedTask('a')])).toEqual([
			{ json: { SdkAppId: 1, TaskID: 'a' }, pairedItem: { item: 1 } },
		]);
	});
});

/** A callback of an execution that waits; what is answered, and whether it is resumed. */
async function callBack(
	parked: { secret: string; round?: number; steps: Step[] } | undefined,
	query: unknown,
	broken: Partial<Record<string, () => never>> = {},
	onAnswer = () => {},
) {
	const answers: Array<[number, unknown]> = [];
	const logs: string[] = [];
	const response = {
		status: (status: number) => ({ json: (body: unknown) => answers.push([status, body]) }),
	};
	const context = {
		...connection.context,
		getNode: () => ({ type: 'x.tencentWhiteboard' }),
		getNodeParameter: (name: string) =>
			({ resource: 'snapshot', operation: 'createSnapshotTask' })[name],
		getCredentials: async () => ({}),
		getQueryData: () => query,
		getResponseObject: () => response,
		logger: { warn: (message: string) => logs.push(message) },
		runExecutionData: {
			executionData: {
				nodeExecutionStack: parked
					? [
							{ data: { main: [] } },
							{ tencentWhiteboard: { round: 1, records: recordsOf(parked.steps), ...parked } },
						]
					: [{ data: { main: [[]] } }],
			},
		},
		...broken,
	} as unknown as IWebhookFunctions;
	const result = await playOut(env, answerCallback(context, () => connection).finally(onAnswer));
	return { result, answers, logs };
}

const STAYS = { webhookResponse: { error_code: 0 } };
const RESUMED = { ...STAYS, workflowData: [] };
let secrets = 0;
const newSecret = () => `secret-${(secrets += 1)}`;

describe('a callback', () => {
	test.each([
		['another secret', { item: '0', secret: 'secreT' }],
		['a shorter one', { item: '0', secret: 'secre' }],
		['none', { item: '0' }],
		['an item that is done', { item: '1', secret: 'secret' }],
		['an item that there is not', { item: '2', secret: 'secret' }],
		['an item that is no number', { item: 'length', secret: 'secret' }],
		['no item', { secret: 'secret' }],
		['lists', { item: ['0', '0'], secret: ['secret'] }],
		['nothing', {}],
	])('with %s is refused and asks nothing', async (_, query) => {
		serve({ a: [finished] });
		const { result, answers, logs } = await callBack(
			{ secret: 'secret', steps: [parkedTask('a'), done] },
			query,
		);
		expect(result).toEqual({ noWebhookResponse: true });
		expect(answers).toEqual([[401, { error_code: 401 }]]);
		expect(logs).toHaveLength(1);
		expect(reads).toEqual([]);
	});

	test('resumes nothing that goes on already, at its time limit', async () => {
		serve({ a: [finished] });
		const steps = [parkedTask('a')];
		const parked = { secret: newSecret(), round: 1, steps, records: recordsOf(steps) };
		const entry = { tencentWhiteboard: parked };
		resumedFrom({ getExecuteData: () => entry } as unknown as IExecuteFunctions);
		const { secret } = parked;
		expect((await callBack(parked, { item: '0', secret })).result).toEqual(STAYS);
		const again = { ...parked, round: 2 };
		expect((await callBack(again, { item: '0', secret })).result).toEqual(RESUMED);
	});

	test('for an execution that waits for nothing of the node is refused', async () => {
		const { answers } = await callBack(undefined, { item: '0', secret: '' });
		expect(answers).toEqual([[401, { error_code: 401 }]]);
	});

	test('resumes an execution whose tasks have all ended, one way or another', async () => {
		serve({
			a: [finished],
			b: [refused],
			c: [{ Status: 'Finished', Result: { ErrorCode: 'Bad' } }],
		});
		const steps = [parkedTask('a'), done, parkedTask('b'), parkedTask('c')];
		const { result } = await callBack(
			{ secret: newSecret(), steps },
			{ item: '3', secret: `secret-${secrets}` },
		);
		expect(result).toEqual(RESUMED);
		expect(idsRead()).toEqual(['c', 'a', 'b']);
	});

	test('reads no task again that has ended', async () => {
		serve({ a: [finished], b: [running, running, finished], c: [running, finished] });
		const secret = newSecret();
		const steps = ['a', 'b', 'c'].map((id) => parkedTask(id));
		const ring = async (item: string) =>
			(await callBack({ secret, steps }, { item, secret })).result;
		expect([await ring('0'), await ring('2'), await ring('1')]).toEqual([STAYS, STAYS, RESUMED]);
		expect(idsRead()).toEqual(['a', 'b', 'c', 'c', 'b', 'b']);
	});

	test('leaves it waiting for the first other task that runs', async () => {
		serve({ a: [running], b: [finished], c: [finished] });
		const steps = ['a', 'b', 'c'].map((id) => parkedTask(id));
		const { result } = await callBack(
			{ secret: newSecret(), steps },
			{ item: '1', secret: `secret-${secrets}` },
		);
		expect(result).toEqual(STAYS);
		expect(idsRead()).toEqual(['b', 'a']);
	});

	test('asks again where the task has not ended for the API yet', async () => {
		serve({ a: [running, running, finished] });
		const { result } = await callBack(
			{ secret: newSecret(), steps: [parkedTask('a')] },
			{ item: '0', secret: `secret-${secrets}` },
		);
		expect(result).toEqual(RESUMED);
		expect(reads.map(({ at }) => at)).toEqual([0, 1000, 2000]);
	});

	test.each<[string, Answer]>([
		['still runs for the API', running],
		['cannot be asked for', reset],
	])('lets the execution look for itself before 10 s are over: the task %s', async (_, answer) => {
		serve({ a: [answer] });
		const { result } = await callBack(
			{ secret: newSecret(), steps: [parkedTask('a')] },
			{ item: '0', secret: `secret-${secrets}` },
		);
		expect(result).toEqual(RESUMED);
		expect(reads.length).toBeGreaterThan(3);
		expect(env.now()).toBeGreaterThanOrEqual(6000);
		expect(env.now()).toBeLessThan(9000);
	});

	test('does the same where another task cannot be asked for', async () => {
		serve({ a: [finished], b: [reset] });
		const secret = newSecret();
		const steps = [parkedTask('a'), parkedTask('b')];
		expect((await callBack({ secret, steps }, { item: '0', secret })).result).toEqual(RESUMED);
		expect(env.now()).toBeGreaterThanOrEqual(6000);
	});

	test.each([
		['takes its time to answer', 1],
		['is in no hurry to take requests', 0],
	])('is answered within 8 s, even where the service %s', async (_, requests) => {
		serve({ a: [running] });
		const { helpers } = connection.context;
		const { httpRequestWithAuthentication: send } = helpers;
		Object.assign(helpers, {
			async httpRequestWithAuthentication(...given: Parameters<typeof send>) {
				const answer = await send.apply(connection.context as IExecuteFunctions, given);
				await env.sleep(60_000);
				return answer;
			},
		});
		if (requests === 0) {
			const { queueOf } = connection;
			connection.queueOf = (action) => {
				const queue = queueOf(action);
				return Object.assign(Object.create(queue) as typeof queue, {
					enter: async ({ deadline = Infinity }) => {
						await env.sleep(Math.min(60_000, deadline - env.now()));
						return undefined;
					},
				});
			};
		}
		const secret = newSecret();
		let answeredAt = Infinity;
		const { result } = await callBack(
			{ secret, steps: [parkedTask('a')] },
			{ item: '0', secret },
			{},
			() => (answeredAt = env.now()),
		);
		expect(result).toEqual(RESUMED);
		expect(answeredAt).toBeLessThanOrEqual(8000);
		expect(reads).toHaveLength(requests);
	});

	test('is forgotten after ten thousand others', async () => {
		serve({ a: [finished] });
		const secret = newSecret();
		const steps = [parkedTask('a')];
		const ring = async (round: number) =>
			(await callBack({ secret, round, steps }, { item: '0', secret })).result;
		for (let round = 0; round < 9999; round += 1) await ring(round);
		expect([await ring(0), await ring(9999), await ring(0)]).toEqual([STAYS, RESUMED, STAYS]);
		// The end of its task is the oldest that is known.
		expect([await ring(10_000), await ring(0)]).toEqual([RESUMED, RESUMED]);
	});

	test('does not count tasks whose time is over', async () => {
		serve({ a: [running], b: [finished] });
		const steps = [{ ...parkedTask('a'), until: env.date() - 1 }, parkedTask('b')];
		const { result } = await callBack(
			{ secret: newSecret(), steps },
			{ item: '1', secret: `secret-${secrets}` },
		);
		expect(result).toEqual(RESUMED);
	});

	test('resumes an execution once, and once more when it waits again', async () => {
		serve({ a: [finished], b: [finished] });
		const secret = newSecret();
		const steps = [parkedTask('a'), parkedTask('b')];
		const ring = async (item: string, round: number) =>
			(await callBack({ secret, round, steps }, { item, secret })).result;
		expect(await ring('0', 1)).toEqual(RESUMED);
		expect(await ring('1', 1)).toEqual(STAYS);
		expect(await ring('1', 2)).toEqual(RESUMED);
	});

	test('of two at the same moment resumes it once', async () => {
		serve({ a: [finished], b: [finished] });
		const secret = newSecret();
		const parked = { secret, steps: [parkedTask('a'), parkedTask('b')] };
		const both = await Promise.all([
			callBack(parked, { item: '0', secret }),
			callBack(parked, { item: '1', secret }),
		]);
		expect(both.map(({ result }) => 'workflowData' in result).sort()).toEqual([false, true]);
	});

	test('never fails: the execution has errors to say what is wrong', async () => {
		const fail = () => {
			throw new Error('no such parameter');
		};
		const { result, logs } = await callBack(
			{ secret: newSecret(), steps: [parkedTask('a')] },
			{ item: '0', secret: `secret-${secrets}` },
			{ getNodeParameter: fail },
		);
		expect(result).toEqual(RESUMED);
		expect(logs).toEqual(['A callback could not be checked: no such parameter']);
	});
});

test('a result is no task to wait for', () => {
	expect([done, parkedTask('a')].map(isParked)).toEqual([false, true]);
});
