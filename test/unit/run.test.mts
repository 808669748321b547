/** How an execution ends: aborted before it begins or meanwhile, and what it leaves behind. */
import { describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions, IHttpRequestOptions, NodeApiError } from 'n8n-workflow';

import { run } from '../../nodes/TencentWhiteboard/execute/run.ts';

const node = { name: 'TIW', type: 'tiw', typeVersion: 1, position: [0, 0], parameters: {} };

/** Counts who listens. */
function counting(signal: AbortSignal) {
	const count = { listeners: 0 };
	const { addEventListener, removeEventListener } = signal;
	signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
		count.listeners += 1;
		addEventListener.apply(signal, given);
	};
	signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
		count.listeners -= 1;
		removeEventListener.apply(signal, given);
	};
	return count;
}

interface Fake {
	signal: AbortSignal;
	items?: number;
	parameters?: Record<string, unknown>;
	/** What the service answers to the body of a request. */
	answer?: (body: Record<string, unknown>, signal: AbortSignal) => unknown;
}

/** The context of an execution, and the requests that were sent. */
function execution({ signal, items = 1, parameters, answer = () => ({}) }: Fake) {
	const given: Record<string, unknown> = {
		resource: 'snapshot',
		operation: 'describeSnapshotTask',
		sdkAppId: 1400000001,
		taskId: 'the-task',
		...parameters,
	};
	const sent: IHttpRequestOptions[] = [];
	const logs: string[] = [];
	const context = {
		getNode: () => node,
		continueOnFail: () => false,
		getCredentials: async () => ({ secretId: 'id', secretKey: 'key', site: 'international' }),
		getInputData: () => Array.from({ length: items }, () => ({ json: {} })),
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			const value = given[name] ?? fallback;
			return typeof value === 'function' ? (value as (index: number) => unknown)(index) : value;
		},
		getExecutionCancelSignal: () => signal,
		addExecutionHints: () => {},
		logger: { debug: () => {}, warn: (message: string) => logs.push(message) },
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				_: string,
				options: IHttpRequestOptions,
			) {
				sent.push(options);
				const body = options.body as Record<string, unknown>;
				const Response = await answer(body, this.getExecutionCancelSignal()!);
				return { statusCode: 200, headers: {}, body: JSON.stringify({ Response }) };
			},
		},
	};
	return { context: context as unknown as IExecuteFunctions, sent, logs };
}

const cancelled = 'The execution was cancelled';
const never = async () => await new Promise<never>(() => {});
const turn = async () => await new Promise((resolve) => setImmediate(resolve));

describe('the signal that cancels an execution', () => {
	test('counts when it was aborted before the node began: nothing is sent', async () => {
		const { context, sent } = execution({ signal: AbortSignal.abort(), items: 3 });
		await expect(run(context)).rejects.toThrow(cancelled);
		await turn();
		expect(sent).toEqual([]);
	});

	test('ends the node and its reads at once', async () => {
		const controller = new AbortController();
		const signals: AbortSignal[] = [];
		const { context } = execution({
			signal: controller.signal,
			items: 3,
			answer: async (_, signal) => {
				signals.push(signal);
				return await never();
			},
		});
		const running = run(context);
		running.catch(() => {});
		while (signals.length < 3) await turn();
		controller.abort();
		await expect(running).rejects.toThrow(cancelled);
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
	});

	test.each<[string, Partial<Fake>]>([
		['a success', {}],
		['a failure', { answer: () => ({ Error: { Code: 'ResourceNotFound' } }) }],
		['a wrong parameter', { parameters: { taskId: '' } }],
	])('has no listener left after %s', async (_, part) => {
		const { signal } = new AbortController();
		const count = counting(signal);
		await run(execution({ signal, ...part }).context).catch(() => {});
		expect(count.listeners).toBe(0);
	});

	test('has none left after it was aborted either', async () => {
		const controller = new AbortController();
		const count = counting(controller.signal);
		const { context, sent } = execution({ signal: controller.signal, answer: never });
		const running = run(context).catch(() => {});
		while (sent.length < 1) await turn();
		controller.abort();
		await running;
		expect(count.listeners).toBe(0);
	});
});

describe('an item that fails when the node is to stop', () => {
	test('aborts the reads of the others, and nothing more is sent', async () => {
		const signals: AbortSignal[] = [];
		const { context, sent } = execution({
			signal: new AbortController().signal,
			items: 30,
			parameters: { taskId: (index: number) => `task ${index}` },
			answer: async ({ TaskID }, signal) => {
				if (TaskID === 'task 3') return { Error: { Code: 'ResourceNotFound', Message: 'gone' } };
				signals.push(signal);
				await new Promise((resolve) => signal.addEventListener('abort', resolve));
				throw new Error('aborted');
			},
		});
		await expect(run(context)).rejects.toMatchObject({
			message: 'gone',
			context: { itemIndex: 3 },
		});
		expect(signals.length).toBeGreaterThan(5);
		expect(signals.every(({ aborted }) => aborted)).toBe(true);
		const { length } = sent;
		await turn();
		expect(sent).toHaveLength(length);
	});
});

describe('the poll after a create is a read', () => {
	const create = {
		operation: 'createSnapshotTask',
		roomId: 1,
		waitUntilFinished: true,
		waitOptions: { pollInterval: 60 },
	};

	test('a broken one is sent again at once', async () => {
		let polls = 0;
		const { context, sent } = execution({
			signal: new AbortController().signal,
			parameters: create,
			answer: ({ TaskID }) => {
				if (TaskID === undefined) return { TaskID: 'new', RequestId: 'r' };
				polls += 1;
				if (polls < 2) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
				const Result = { ErrorCode: 'OK', Total: 0, Snapshots: [] };
				return { TaskID, Status: 'Finished', Result };
			},
		});
		const [[item]] = await run(context);
		expect(item.json).toMatchObject({ TaskID: 'new', Status: 'Finished' });
		expect(sent.map(({ headers }) => headers!['X-TC-Action'])).toEqual([
			'CreateSnapshotTask',
			'DescribeSnapshotTask',
			'DescribeSnapshotTask',
		]);
	});

	test('one under way is aborted with the execution', async () => {
		const controller = new AbortController();
		let poll: AbortSignal | undefined;
		const { context, logs } = execution({
			signal: controller.signal,
			parameters: create,
			answer: async ({ TaskID }, signal) => {
				if (TaskID === undefined) return { TaskID: 'new', RequestId: 'r' };
				poll = signal;
				return await never();
			},
		});
		const running = run(context);
		running.catch(() => {});
		while (!poll) await turn();
		controller.abort();
		await expect(running).rejects.toThrow(cancelled);
		expect(poll.aborted).toBe(true);
		await turn();
		expect(logs).toEqual(['The node ended early. Tasks already started: new.']);
	});
});

describe('words of the service about a task are one line of a length that can be read', () => {
	const long = `line\n${'x'.repeat(100_000)}`;
	const shown = /^[^\n]{1,3000}$/;
	const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1, timeout: 0.1 } };

	test.each<[string, Record<string, unknown>]>([
		['its code', { Status: 'Finished', Result: { ErrorCode: long, ErrorMessage: 'no' } }],
		['its message', { Status: 'Finished', Result: { ErrorCode: 'E', ErrorMessage: long } }],
		['its status', { Status: long }],
		['the RequestId', { Status: 'Running', RequestId: long }],
	])('%s', async (_, answer) => {
		const { signal } = new AbortController();
		const { context } = execution({ signal, parameters: wait, answer: () => answer });
		const error = (await run(context).catch((thrown: unknown) => thrown)) as NodeApiError;
		expect(error.message).toContain('The snapshot task the-task ');
		expect(error.message).toMatch(shown);
		expect(error.description).toMatch(shown);
		expect(error.message + error.description).toMatch(/line x+…/);
	});
});

describe('whatever is thrown on the way is an error without secrets', () => {
	const secret = 'TheSecretToken';
	const credential = { secretId: 'id', secretKey: 'TheSecretKey', sessionToken: secret };

	test.each<[string, Partial<Fake>, (context: IExecuteFunctions) => void, string]>([
		[
			'by n8n, for a request',
			{
				answer: () => {
					throw new Error(`Invalid header: x-tc-token ${secret}`);
				},
			},
			() => {},
			'Invalid header: x-tc-token ***',
		],
		[
			'that nobody expects',
			{ parameters: { waitUntilFinished: true }, answer: () => ({ Status: 'Running' }) },
			({ logger }) => {
				logger.debug = () => {
					throw new Error(`Cannot log ${secret}`);
				};
			},
			'The item could not be processed: Cannot log ***',
		],
	])('%s', async (_, part, prepare, message) => {
		const { context } = execution({ signal: new AbortController().signal, ...part });
		context.getCredentials = (async () => ({ ...credential, site: 'international' })) as never;
		prepare(context);
		await expect(run(context)).rejects.toMatchObject({ message });
	});
});
