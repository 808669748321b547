import { describe, expect, test } from '@jest/globals';
import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeParameters,
	INodeProperties,
} from 'n8n-workflow';

import { regionFor } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { useBench } from './use-bench.mts';
import { SDK_APP_ID } from './whiteboard.mts';

const bench = useBench({ runSeconds: 0 });

const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';

/** One item through an operation with parameters of its own. */
async function run(resource: string, operation: string, parameters: INodeParameters = {}) {
	return await bench.describe([{}], {
		resource,
		operation,
		sdkAppId: SDK_APP_ID,
		taskId: '',
		...parameters,
	});
}

describe('Custom API Call', () => {
	test('sends any action with its parameters, signed, and takes the answer out of its envelope', async () => {
		const id = bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0 });
		const { main } = await run('snapshot', 'custom', {
			customAction: 'DescribeSnapshotTask',
			customParameters: `{"SdkAppId": ${SDK_APP_ID}, "TaskID": "${id}"}`,
		});
		expect(main[0]).toMatchObject({
			json: { TaskID: id, Status: 'Finished' },
			pairedItem: { item: 0 },
		});
		expect(bench.emulator.calls[0].headers['x-tc-version']).toBe('2019-09-19');
	});

	test('is there on every resource', async () => {
		for (const { value } of resources) {
			const { run: result } = await run(value, 'custom', { customAction: 'DescribeUserStatus' });
			expect(result.status).toBe('success');
		}
		expect(bench.emulator.calls).toHaveLength(resources.length);
		expect(bench.emulator.calls[0].params).toEqual({});
	});

	test.each([
		[{ customAction: '={{ "" }}' }, "'Action' is empty for item 0"],
		[{ customAction: 'a b' }, `'Action' must be the name of an action, but item 0 has "a b"`],
		[
			{ customAction: 'A', customParameters: '{' },
			`'Parameters' must be a JSON object, but item 0 has "{"`,
		],
		[
			{ customAction: 'A', customParameters: '[1, 2]' },
			`'Parameters' must be a JSON object, but item 0 has "[1, 2]"`,
		],
		[
			{ customAction: 'A', customVersion: '1' },
			`'Version' must be a version such as 2019-09-19, but item 0 has "1"`,
		],
	])('checks %j before sending', async (parameters, message) => {
		const { run: result } = await run('snapshot', 'custom', parameters);
		expect(result.error!.message).toBe(message);
		expect(bench.emulator.calls).toEqual([]);
	});

	test('is repeated after a passing fault only when its name says that it reads', async () => {
		const fault = { kind: 'reset', times: 1 } as const;
		bench.emulator.queueFaults(fault);
		expect((await run('usage', 'custom', { customAction: 'DescribeUserStatus' })).run.status).toBe(
			'success',
		);
		bench.emulator.queueFaults(fault);
		const { run: result } = await run('usage', 'custom', { customAction: 'ApplyTiwTrial' });
		expect(result.error!.description).toContain('unknown, so it was not sent again');
	});
});

describe('lists', () => {
	const running = { taskType: 'OnlineRecord' };
	/** Answers of a listing action as the service gives them, from a number of entries. */
	const COUNT = 1203;

	test('come page by page until all are there, one item each', async () => {
		for (let index = 0; index < COUNT; index += 1) addRunning(index);
		const { main } = await run('runningTask', 'describeRunningTasks', {
			...running,
			returnAll: true,
		});
		expect(main).toHaveLength(COUNT);
		expect(new Set(main.map(({ json }) => json.TaskID)).size).toBe(COUNT);
		expect(main.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		expect(bench.emulator.calls.map(({ params }) => [params!.Offset, params!.Limit])).toEqual([
			[0, 500],
			[500, 500],
			[1000, 500],
		]);
	});

	test('stop at the limit', async () => {
		expect((await run('runningTask', 'describeRunningTasks', running)).main).toHaveLength(50);
		expect(
			(await run('runningTask', 'describeRunningTasks', { ...running, limit: 600 })).main,
		).toHaveLength(600);
		expect(bench.emulator.calls.map(({ params }) => [params!.Offset, params!.Limit])).toEqual([
			[0, 50],
			[0, 500],
			[500, 100],
		]);
	});

	test('without entries give no items', async () => {
		const { main, run: result } = await run('runningTask', 'describeRunningTasks', {
			taskType: 'TranscodeJPG',
		});
		expect(result.status).toBe('success');
		expect(main).toEqual([]);
	});

	test('of data points give one item per point', async () => {
		const { main } = await run('usage', 'describeTiwDailyUsage', {
			subProduct: 'sp_tiw_board',
			startTime: '2026-01-01',
			endTime: '2026-01-03T00:00:00',
		});
		expect(main.length).toBeGreaterThan(1);
		expect(bench.emulator.calls[0].params).toMatchObject({
			StartTime: '2026-01-01',
			EndTime: '2026-01-03',
		});
	});

	function addRunning(index: number) {
		bench.emulator.addTask('recording', {
			sdkAppId: SDK_APP_ID,
			runSeconds: Infinity,
			taskId: `r-${index}`,
		});
	}
});

describe('regions', () => {
	const credential = { secretId: 'a', secretKey: 'b', region: '' };
	const china = { sites: ['china' as const] };
	const both = { sites: ['international' as const, 'china' as const] };
	const served = { ...both, regions: { international: 'ap-guangzhou' } };

	test.each([
		['international', '', both, 'ap-singapore'],
		['international', 'ap-x', both, 'ap-x'],
		['international', 'ap-x', served, 'ap-guangzhou'],
		['china', '', both, 'ap-guangzhou'],
		['china', 'ap-x', served, 'ap-x'],
		['custom', '', both, 'ap-singapore'],
		['custom', 'ap-x', both, 'ap-x'],
		['custom', '', china, 'ap-guangzhou'],
	] as const)('site %s with region "%s" and %j: %s', (site, region, operation, expected) => {
		const { sites, ...rest } = operation;
		expect(regionFor({ ...credential, site, region }, { sites: [...sites], ...rest })).toBe(
			expected,
		);
	});
});

describe('From List', () => {
	/** What the panel does: calls a search method of the node with what the user has typed. */
	async function search(
		method: string,
		filter?: string,
		current: object = {},
	): Promise<INodeListSearchResult> {
		const node = bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1);
		return await bench.engine.runFunction('Account', async function (this: IExecuteFunctions) {
			const context = Object.create(this, {
				getCurrentNodeParameter: {
					value: (name: string) => (current as Record<string, unknown>)[name],
				},
			}) as unknown as ILoadOptionsFunctions;
			return await node.methods!.listSearch![method].call(context, filter);
		});
	}

	test('finds applications by name or ID', async () => {
		const { results } = await search('applications');
		expect(results.length).toBeGreaterThan(0);
		const [{ name, value }] = results;
		expect(name).toContain(String(value));
		expect((await search('applications', String(value))).results).toContainEqual({ name, value });
		expect((await search('applications', 'no such application')).results).toEqual([]);
	});

	test('finds the running recordings of the chosen application', async () => {
		const { results } = await search('recordings', 'r-7', { sdkAppId: String(SDK_APP_ID) });
		expect(results.map(({ value }) => value)).toContain('r-7');
	});

	test('asks for the application where the list is one of its own', async () => {
		await expect(search('recordings', '', { sdkAppId: '' })).rejects.toMatchObject({
			message: "The list needs an SDK App ID: enter the 'SDK App ID' first, or choose By ID",
		});
		expect(bench.emulator.calls).toEqual([]);
	});

	test('a fault is told in words', async () => {
		bench.emulator.setFault({ kind: 'apiError', code: 'InvalidAction', message: 'no such action' });
		await expect(search('applications')).rejects.toThrow(
			'This site of Tencent Cloud does not offer the action',
		);
	});
});

describe('the panel', () => {
	const properties = () => bench.engine.describe(TYPE).properties;
	const shownFor = (operation: string) =>
		properties().filter(({ displayOptions }) =>
			(displayOptions?.show?.operation as string[] | undefined)?.includes(operation),
		);
	const names = (list: INodeProperties[]) => list.map(({ name }) => name);

	test('shows only what fits the operation', () => {
		expect(names(shownFor('describeSnapshotTask'))).toEqual([
			'sdkAppId',
			'taskId',
			'waitUntilFinished',
			'waitOptions',
			'output',
			'downloadFiles',
			'binaryPropertyName',
			'options',
		]);
		const created = shownFor('createSnapshotTask');
		const whileWaiting = created.filter(
			({ displayOptions }) => displayOptions?.show?.waitUntilFinished,
		);
		expect(names(whileWaiting)).toEqual([
			'waitMode',
			'waitOptions',
			'output',
			'downloadFiles',
			'binaryPropertyName',
		]);
		expect(names(shownFor('describeRunningTasks'))).toEqual([
			expect.stringMatching(/^notice/),
			'sdkAppId',
			'taskType',
			'returnAll',
			'limit',
			'options',
		]);
	});

	test('tells what one site lacks and what the newer SDKs have dropped', () => {
		const noticeOf = (operation: string) =>
			shownFor(operation)
				.filter(({ type }) => type === 'notice')
				.map(({ displayName }) => displayName);
		expect(noticeOf('describeSnapshotTask')).toEqual([]);
		expect(noticeOf('describeRunningTasks')).toEqual(['Only the China site offers this action']);
		expect(noticeOf('describeQualityMetrics')).toEqual([
			'Only the international site offers this action; newer SDKs of the China site have dropped it',
		]);
	});

	test('starts with the operation that most people want, and none that changes anything', () => {
		const all = properties();
		expect(all[0]).toMatchObject({ name: 'resource', default: 'snapshot' });
		for (const { name, default: chosen, displayOptions } of all.filter(
			({ name }) => name === 'operation',
		)) {
			const [resource] = displayOptions!.show!.resource as string[];
			const operation = resources
				.find(({ value }) => value === resource)!
				.operations.find(({ value }) => value === chosen)!;
			expect([name, operation.readOnly || resource]).toEqual([
				'operation',
				resource === 'custom' ? resource : true,
			]);
		}
	});

	test('offers Simplify where an answer has more than ten fields', () => {
		expect(names(shownFor('describeTranscode'))).toContain('simplify');
		expect(names(shownFor('describeSnapshotTask'))).not.toContain('simplify');
	});
});
