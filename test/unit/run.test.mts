/** What an execution gives, and how it ends: aborted before it begins or meanwhile, and what it leaves behind. */
import { Readable } from 'node:stream';

import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	NodeApiError,
	NodeExecutionHint,
} from 'n8n-workflow';

import { run } from '../../nodes/TencentWhiteboard/execute/run.ts';
import { listenersOf } from '../listeners.mts';

const NODE = { name: 'TIW', type: 'tiw', typeVersion: 1, position: [0, 0], parameters: {} };

interface Fake {
	/** Left out: none, as n8n gives it where nobody can cancel. */
	signal?: AbortSignal;
	items?: number;
	/** Each a value, or what gives the item's value. */
	parameters?: Record<string, unknown>;
	/** Set: failed items continue. The old Continue On Fail is an empty text. */
	onError?: string;
	/** Of the node itself. */
	node?: Partial<INode>;
	/** What the service answers to the body of a request. */
	answer?: (body: Record<string, unknown>, signal: AbortSignal) => unknown;
}

let accounts = 0;

/** The context of an execution, and the requests that were sent. */
function execution({ signal, items = 1, parameters, onError, node, answer = () => ({}) }: Fake) {
	const given: Record<string, unknown> = {
		resource: 'snapshot',
		operation: 'describeSnapshotTask',
		sdkAppId: 1400000001,
		taskId: 'the-task',
		...parameters,
	};
	// Each of its own, so that no rate of another test is in the way.
	accounts += 1;
	const credential = { secretId: `id-${accounts}`, secretKey: 'key', site: 'international' };
	const sent: IHttpRequestOptions[] = [];
	const logs: string[] = [];
	const hints: NodeExecutionHint[] = [];
	const context = {
		getNode: () => ({ ...NODE, ...node, ...(onError && { onError }) }),
		continueOnFail: () => onError !== undefined,
		getCredentials: async () => credential,
		getExecuteData: () => ({}),
		getInputData: () => Array.from({ length: items }, () => ({ json: {} })),
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			const value = given[name] ?? fallback;
			return typeof value === 'function' ? (value as (index: number) => unknown)(index) : value;
		},
		getExecutionCancelSignal: () => signal,
		addExecutionHints: (...given: NodeExecutionHint[]) => hints.push(...given),
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
			httpRequest: async ({ url }: IHttpRequestOptions) => ({
				statusCode: 200,
				headers: {},
				body: Readable.from([Buffer.from(url)]),
			}),
			async prepareBinaryData(stream: Readable, fileName: string) {
				return { fileName, data: String(Buffer.concat(await stream.toArray())) };
			},
		},
	};
	return { context: context as unknown as IExecuteFunctions, sent, logs, hints };
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
		const listeners = listenersOf(signal);
		await run(execution({ signal, ...part }).context).catch(() => {});
		expect(listeners.size).toBe(0);
	});

	test('has none left after it was aborted either', async () => {
		const controller = new AbortController();
		const listeners = listenersOf(controller.signal);
		const { context, sent } = execution({ signal: controller.signal, answer: never });
		const running = run(context).catch(() => {});
		while (sent.length < 1) await turn();
		controller.abort();
		await running;
		expect(listeners.size).toBe(0);
	});
});

describe('an item that fails when the node is to stop', () => {
	test('aborts the reads of the others, and nothing more is sent', async () => {
		const signals: AbortSignal[] = [];
		const { context, sent } = execution({
			signal: new AbortController().signal,
			items: 30,
			// Those that are not aborted end after these seconds, and are sent again.
			parameters: {
				taskId: (index: number) => `task ${index}`,
				options: { requestTimeout: 5 },
			},
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
		expect(new Set(sent.map(({ body }) => (body as { TaskID: string }).TaskID)).size).toBe(length);
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

describe('an operation that this version does not have', () => {
	test.each([
		['snapshot', 'describeNothing'],
		['nothing', 'describeSnapshotTask'],
		['room', 'describeSnapshotTask'],
		// What n8n itself puts at the end of every list.
		['snapshot', '__CUSTOM_API_CALL__'],
	])('%s, %s: the user is told, and nothing is sent', async (resource, operation) => {
		const { context, sent } = execution({ parameters: { resource, operation }, onError: '' });
		await expect(run(context)).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'The chosen operation does not exist in this version',
			description:
				"Choose the resource and the operation again, or update the node package. Any other action is called with the resource 'Custom API Call'.",
			node: NODE,
		});
		expect(sent).toEqual([]);
	});
});

describe('a bad item', () => {
	const parameters = { taskId: (index: number) => (index % 2 ? '' : `task ${index}`) };
	const lastIsEmpty = (index: number) => (index < 99 ? 'the task' : '');

	test('is refused before anything is sent when the node is to stop', async () => {
		const { context, sent, logs } = execution({ items: 4, parameters });
		await expect(run(context)).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: "'Task ID' is empty for item 1",
			description: "Fill in the parameter 'Task ID'.",
			context: { itemIndex: 1 },
		});
		expect(sent).toEqual([]);
		expect(logs).toEqual([]);
	});

	test('takes nothing from the rate that all executions of an account share', async () => {
		const refused = execution({ items: 100, parameters: { taskId: lastIsEmpty } });
		await expect(run(refused.context)).rejects.toThrow("'Task ID' is empty for item 99");
		const { context, sent } = execution({});
		context.getCredentials = refused.context.getCredentials;
		const running = run(context);
		await turn();
		expect(sent).toHaveLength(1);
		await running;
	});

	const tool = { type: `${NODE.type}Tool` };

	test.each([
		['when the node continues', { onError: 'continueRegularOutput' }],
		['where the node is a tool', { node: tool }],
	] as const)('is an item with its error %s, and does not concern the others', async (_, given) => {
		const { context, sent } = execution({
			items: 3,
			parameters,
			...given,
			answer: ({ TaskID }) => ({ TaskID }),
		});
		expect(await run(context)).toStrictEqual([
			[
				{ json: { TaskID: 'task 0' }, pairedItem: { item: 0 } },
				{
					json: {
						error: "'Task ID' is empty for item 1",
						message: "Fill in the parameter 'Task ID'.",
						details: { Code: 'InvalidInput', RequestId: null },
					},
					pairedItem: { item: 1 },
				},
				{ json: { TaskID: 'task 2' }, pairedItem: { item: 2 } },
			],
		]);
		expect(sent).toHaveLength(2);
	});
});

test('a credential that cannot be read is an error, and nothing is sent', async () => {
	const { context, sent } = execution({});
	context.getCredentials = async () => await Promise.reject(new Error('No such variable'));
	await expect(run(context)).rejects.toMatchObject({
		message: 'The Tencent Cloud credential cannot be read: No such variable',
	});
	expect(sent).toEqual([]);
});

describe('where nobody can cancel', () => {
	test('the items come', async () => {
		const { context } = execution({ answer: () => ({ Status: 'Running' }) });
		expect(await run(context)).toEqual([
			[{ json: { Status: 'Running' }, pairedItem: { item: 0 } }],
		]);
	});

	test('an item that fails ends the node', async () => {
		const { context, logs } = execution({ answer: () => ({ Error: { Code: 'Gone' } }) });
		await expect(run(context)).rejects.toThrow('Tencent Cloud refused the request with Gone');
		expect(logs).toEqual([]);
	});
});

test('nothing is logged where a cancel leaves nothing behind', async () => {
	const controller = new AbortController();
	const { context, sent, logs } = execution({ signal: controller.signal, answer: never });
	const running = run(context);
	running.catch(() => {});
	while (sent.length < 1) await turn();
	controller.abort();
	await expect(running).rejects.toThrow(cancelled);
	await turn();
	expect(logs).toEqual([]);
});

describe('a list', () => {
	const parameters = {
		resource: 'runningTask',
		operation: 'describeRunningTasks',
		taskType: 'OnlineRecord',
	};

	test('is an item for each entry, paired with the item that asked for it', async () => {
		const Tasks = [{ TaskID: 'a' }, { TaskID: 'b' }];
		const { context } = execution({ items: 2, parameters, answer: () => ({ Tasks, Total: 2 }) });
		const [items] = await run(context);
		expect(items.map(({ json, pairedItem }) => [json.TaskID, pairedItem])).toEqual([
			['a', { item: 0 }],
			['b', { item: 0 }],
			['a', { item: 1 }],
			['b', { item: 1 }],
		]);
	});

	test('that fails is an error', async () => {
		const answer = () => ({ Error: { Code: 'Gone', Message: 'no list' } });
		await expect(run(execution({ parameters, answer }).context)).rejects.toThrow('no list');
		const [items] = await run(execution({ parameters, answer, onError: '' }).context);
		expect(items).toMatchObject([{ json: { error: 'no list', details: { Code: 'Gone' } } }]);
	});
});

describe('files', () => {
	const finished = (...Snapshots: string[]) => ({
		Status: 'Finished',
		Result: { ErrorCode: '', Snapshots },
	});

	test('are beside what their items say', async () => {
		const { context, hints } = execution({
			parameters: { downloadFiles: true, output: 'files', binaryPropertyName: 'image' },
			answer: () => finished('https://e.com/a.png', 'https://e.com/b.png'),
		});
		const [items] = await run(context);
		expect(items.map(({ json, binary, pairedItem }) => [json.Url, binary, pairedItem])).toEqual(
			['a', 'b'].map((name) => {
				const Url = `https://e.com/${name}.png`;
				return [Url, { image: { fileName: `${name}.png`, data: Url } }, { item: 0 }];
			}),
		);
		expect(hints).toEqual([]);
	});

	test('that are missing are told of above the output, of all items together', async () => {
		const { context, hints } = execution({
			items: 5,
			parameters: { downloadFiles: true, taskId: (index: number) => `task ${index}` },
			answer: ({ TaskID }) => {
				if (TaskID === 'task 4') return finished('https://e.com/a.png');
				return TaskID === 'task 0' || TaskID === 'task 2' ? { Status: 'Running' } : finished();
			},
		});
		expect((await run(context))[0]).toHaveLength(5);
		expect(hints).toEqual([
			{
				message: "2 of 5 tasks are still running: switch on 'Wait Until Finished'",
				location: 'outputPane',
			},
			{ message: '2 of 5 tasks have no result files', location: 'outputPane' },
		]);
	});

	test('that are links only are told of above the output, those of failed items left out', async () => {
		const { context, hints } = execution({
			items: 4,
			parameters: { taskId: (index: number) => (index === 3 ? '' : `task ${index}`) },
			onError: 'continueRegularOutput',
			answer: ({ TaskID }) => {
				if (TaskID === 'task 0') return finished('https://e.com/a.png', 'https://e.com/b.png');
				return TaskID === 'task 1' ? finished('https://e.com/c.png') : { Status: 'Running' };
			},
		});
		expect((await run(context))[0]).toHaveLength(4);
		expect(hints).toEqual([
			{
				message:
					"The output links to 3 result files: what is in Tencent Cloud's public bucket is deleted after 3 days, so download or store them, or have tasks write to a bucket of your own",
				location: 'outputPane',
			},
		]);
	});
});

describe('an item with an error', () => {
	const create = { operation: 'createSnapshotTask', roomId: 1, waitUntilFinished: true };

	/** The item of a create that was answered, and whose task is then read. */
	async function itemOf(read: object) {
		const { context } = execution({
			parameters: create,
			onError: 'continueRegularOutput',
			answer: ({ TaskID }) => (TaskID ? read : { TaskID: 'Snap-1', RequestId: 'r1' }),
		});
		const [[{ json }]] = await run(context);
		return json;
	}

	test('says that a task exists which cannot be read', async () => {
		const Error = { Code: 'Brand.New', Message: 'no' };
		expect(await itemOf({ Error, RequestId: 'r2' })).toStrictEqual({
			error: 'no',
			message:
				'Look the code up in the API documentation of Tencent Cloud. The snapshot task Snap-1 exists (CreateSnapshotTask was answered): read it with DescribeSnapshotTask and do not start it again. Code Brand.New, RequestId r2.',
			details: { Code: 'Brand.New', RequestId: 'r2', TaskID: 'Snap-1' },
		});
	});

	test.each<[string, object, string, string]>([
		[
			'its first line',
			{ Error: { Code: 'Brand.New', Message: 'Snap-1 is gone' } },
			'Snap-1 is gone',
			'Look the code up in the API documentation of Tencent Cloud. Code Brand.New.',
		],
		[
			'its second line',
			{ Error: { Code: 'InvalidParameter.TaskNotFound', Message: 'no Snap-1' } },
			'Tencent Cloud does not know this task',
			`Check 'Task ID', and that 'SDK App ID' is the one it was created with. Old tasks are deleted. Tencent Cloud says: "no Snap-1". Code InvalidParameter.TaskNotFound.`,
		],
	])('says nothing of a task that %s names', async (_, read, error, message) => {
		expect(await itemOf(read)).toMatchObject({ error, message });
	});

	test('has the task as it was last answered', async () => {
		const answer = {
			TaskID: 'Snap-1',
			Status: 'Finished',
			Result: { ErrorCode: 'Render', ErrorMessage: 'page 3' },
			RequestId: 'r2',
		};
		expect(await itemOf(answer)).toMatchObject({
			error: 'The snapshot task Snap-1 ended with Render: page 3',
			details: { Code: 'Render', RequestId: 'r2', TaskID: 'Snap-1', Task: answer },
		});
	});

	describe('has details unless n8n would take it for a good one because of them', () => {
		afterEach(() => {
			jest.dontMock('n8n-workflow');
		});

		test.each([
			['its error output, in n8n 2.36 or later', 'continueErrorOutput', true, true, true],
			['its error output, in n8n 2.35 or earlier', 'continueErrorOutput', false, true, false],
			['its error output, in n8n 1', 'continueErrorOutput', false, false, false],
			[
				'its error output, in n8n 1 beside a later package',
				'continueErrorOutput',
				true,
				false,
				false,
			],
			['the only output, in n8n 2.36 or later', 'continueRegularOutput', true, true, true],
			['the only output, in n8n 1', 'continueRegularOutput', false, false, true],
			['the only output, by Continue On Fail, in n8n 1', '', false, false, true],
		])('%s', async (_, onError, hasExport, isTwo, details) => {
			jest.resetModules();
			jest.doMock('n8n-workflow', () => {
				const actual = jest.requireActual<object>('n8n-workflow');
				const entries = Object.entries(actual).filter(([name]) => name !== 'recordConsumedAuth');
				const recordConsumedAuth = () => {};
				return { ...Object.fromEntries(entries), ...(hasExport && { recordConsumedAuth }) };
			});
			const inThisN8n = await import('../../nodes/TencentWhiteboard/execute/run.ts');
			const { context } = execution({ parameters: { taskId: '' }, onError });
			if (isTwo) Object.assign(context, { onExecutionFinish: () => {} });
			const [[{ json }]] = await inThisN8n.run(context);
			expect(json).toStrictEqual({
				error: "'Task ID' is empty for item 0",
				message: "Fill in the parameter 'Task ID'.",
				...(details && { details: { Code: 'InvalidInput', RequestId: null } }),
			});
		});
	});
});
