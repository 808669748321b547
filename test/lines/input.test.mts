/** What expressions and people write into parameters, and what is sent of it or said about it. */
import { describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';

import { useBench } from '../engine/use-bench.mts';
import { SDK_APP_ID } from '../engine/whiteboard.mts';

const bench = useBench({ runSeconds: 0 });

async function run(resource: string, operation: string, parameters: INodeParameters) {
	return await bench.describe([{}], {
		resource,
		operation,
		sdkAppId: SDK_APP_ID,
		taskId: 't',
		...parameters,
	});
}

/** What one call was sent with, or why it was not sent. */
async function sent(resource: string, operation: string, parameters: INodeParameters) {
	const { run: result } = await run(resource, operation, parameters);
	const [call] = bench.emulator.calls;
	return call ? call.params! : result.error!.message;
}

/** A moment in winter, and what New York's clocks show then: the zone of workflows that have none set. */
const MOMENT = Date.UTC(2026, 0, 31, 13) / 1000;

describe('a moment', () => {
	const metrics = async (startTime: string) =>
		await sent('usage', 'describeQualityMetrics', {
			startTime,
			endTime: String(MOMENT + 60),
			metric: 'image_load_total_count',
		});

	test('of $now is now, in seconds', async () => {
		const before = Math.floor(Date.now() / 1000);
		const { StartTime } = (await metrics('={{ $now }}')) as Record<string, number>;
		expect(StartTime).toBeGreaterThanOrEqual(before);
		expect(StartTime).toBeLessThanOrEqual(Date.now() / 1000);
	});

	test.each([
		['={{ DateTime.fromISO("2026-01-31T13:00:00Z") }}'],
		['={{ DateTime.fromISO("2026-01-31T21:00:00", { zone: "Asia/Shanghai" }) }}'],
		['={{ new Date("2026-01-31T13:00:00.999Z") }}'],
		['={{ new Date("2026-01-31T13:00:00Z").getTime() }}'],
		['={{ new Date("2026-01-31T13:00:00Z").getTime() / 1000 + 0.5 }}'],
		[String(MOMENT)],
		[String(MOMENT * 1000)],
		['2026-01-31T13:00:00Z'],
		['2026-01-31T21:00:00+08:00'],
		// Without a zone: the workflow's.
		['2026-01-31T08:00:00'],
		['2026-01-31T08:00:00.123'],
		['2026-01-31 08:00'],
		[' 2026-01-31 08:00:00 '],
	])('may be written %s', async (written) => {
		expect(await metrics(written)).toMatchObject({ StartTime: MOMENT });
	});

	test.each([
		['2026-02-30', '"2026-02-30"'],
		['2026-13-01', '"2026-13-01"'],
		['2026-01-31 25:00', '"2026-01-31 25:00"'],
		['2026-01-31T24:00:00Z', '"2026-01-31T24:00:00Z"'],
		['={{ new Date("never") }}', '"Invalid Date"'],
		['={{ DateTime.fromISO("never") }}', '"Invalid DateTime"'],
		['={{ NaN }}', '"NaN"'],
		['={{ true }}', '"true"'],
		['={{ -1 }}', '"-1"'],
	])('is not %s', async (written, shown) => {
		expect(await metrics(written)).toBe(
			`'Start Time' must be a date and time such as 2026-01-31T08:00:00Z, or Unix seconds, but item 0 has ${shown}`,
		);
	});

	test('is a day and a time on the clocks of the workflow', async () => {
		const day = await sent('usage', 'describeTiwDailyUsage', {
			subProduct: 'sp_tiw_board',
			startTime: '={{ DateTime.fromISO("2026-01-31T03:00:00Z") }}',
			endTime: '={{ new Date("2026-02-01T03:00:00Z") }}',
		});
		expect(day).toMatchObject({ StartTime: '2026-01-30', EndTime: '2026-01-31' });
		bench.emulator.calls.length = 0;
		const second = await sent('usage', 'describePostpaidUsage', {
			beginTime: '2026-01-31T03:00:00Z',
			endTime: '2026-01-31T03:00:00',
		});
		expect(second).toMatchObject({
			BeginTime: '2026-01-30 22:00:00',
			EndTime: '2026-01-31 03:00:00',
		});
	});

	test.each([
		{
			startTime: '={{ DateTime.fromISO("2026-01-31T13:00:00Z") }}',
			endTime: '={{ new Date("2026-01-31T13:00:01Z") }}',
		},
		{
			timeRange:
				'={{ [DateTime.fromISO("2026-01-31T13:00:00Z"), new Date("2026-01-31T13:00:01Z")] }}',
		},
	])('of a period comes in milliseconds, as the action wants it: %j', async (parameters) => {
		const params = await sent('room', 'describeRoomList', parameters);
		expect(params).toMatchObject({ TimeRange: [MOMENT * 1000, MOMENT * 1000 + 1000] });
	});

	test('without a zone is in that of the workflow, and there must be such a zone', async () => {
		const inZone = async (timezone: string) => {
			bench.emulator.calls.length = 0;
			const { result } = bench.engine.run({
				settings: { timezone },
				nodes: [
					{
						name: 'Start',
						type: 'n8n-nodes-base.manualTrigger',
						typeVersion: 1,
						position: [0, 0],
						parameters: {},
					},
					{
						name: 'Usage',
						type: 'n8n-nodes-tencent-whiteboard.tencentWhiteboard',
						typeVersion: 1,
						position: [200, 0],
						parameters: {
							resource: 'usage',
							operation: 'describeQualityMetrics',
							sdkAppId: SDK_APP_ID,
							startTime: '2026-01-31T21:00:00',
							endTime: '={{ $now }}',
							metric: 'image_load_total_count',
						},
						credentials: { tencentCloudApi: { id: '1', name: 'Account' } },
					},
				],
				connections: { Start: { main: [[{ node: 'Usage', type: 'main', index: 0 }]] } },
			});
			const { error } = await result;
			return error?.message ?? bench.emulator.calls[0].params!.StartTime;
		};
		expect(await inZone('Asia/Shanghai')).toBe(MOMENT);
		expect(await inZone('Nowhere/Else')).toBe(
			"'Start Time' of item 0 cannot be read: Invalid time zone specified: Nowhere/Else",
		);
	});
});

describe('a whole number', () => {
	const create = async (roomId: unknown, sdkAppId: unknown = SDK_APP_ID) =>
		await sent('snapshot', 'createSnapshotTask', { roomId, sdkAppId } as INodeParameters);

	test.each([
		[12345, 12345],
		[' 12345 ', 12345],
		['={{ 12.0 }}', 12],
		['={{ 12n }}', 12],
		['9007199254740991', Number.MAX_SAFE_INTEGER],
	])('%j is taken exactly', async (written, exact) => {
		await run('usage', 'describeTiwRoomDailyUsage', {
			subProduct: 'sp_tiw_board',
			startTime: '2026-01-01',
			endTime: '2026-01-02',
			additionalFields: { roomIds: written },
		});
		expect(bench.emulator.calls[0].params).toMatchObject({ RoomIDs: [exact] });
	});

	test.each([
		['00123', '00123'],
		['0x10', '0x10'],
		['1e3', '1e3'],
		['12.0', '12.0'],
		['+5', '+5'],
		['１２', '１２'],
		['={{ "00123" }}', '00123'],
		['={{ true }}', 'true'],
		['={{ [5] }}', '[5]'],
		['={{ NaN }}', 'NaN'],
		['={{ Infinity }}', 'Infinity'],
		['={{ 1.5 }}', '1.5'],
		['={{ 2 ** 53 }}', '9007199254740992'],
		['9007199254740993', '9007199254740993'],
	])('is not %j', async (written, shown) => {
		expect(await create(written)).toMatch(
			new RegExp(
				`^'Room ID' must be a .*whole number.*, but item 0 has "${shown.replace(/[+[\].]/g, '\\$&')}"$`,
			),
		);
		expect(await create(5, written)).toMatch(
			/^'SDK App ID' must be a positive whole number, but item 0/,
		);
	});

	test('says how to write it', async () => {
		const { run: result } = await run('snapshot', 'createSnapshotTask', { roomId: '00123' });
		expect(result.error!.description).toContain(
			'whole numbers are taken in plain digits, without leading zeros, plus sign, point or exponent, up to 9007199254740991',
		);
	});

	test.each([
		[{ __rl: true, mode: 'id', value: String(SDK_APP_ID) }],
		[{ __rl: true, mode: 'list', value: SDK_APP_ID }],
		[SDK_APP_ID],
		[String(SDK_APP_ID)],
		[`={{ ${SDK_APP_ID} }}`],
	])('SDK App ID may be %j', async (written) => {
		expect(await create(5, written)).toMatchObject({ SdkAppId: SDK_APP_ID });
	});

	test.each([['={{ null }}'], ['={{ undefined }}'], ['={{ "" }}']])(
		'SDK App ID with %s in its locator is empty',
		async (value) => {
			expect(await create(5, { __rl: true, mode: 'id', value })).toBe(
				"'SDK App ID' is empty for item 0",
			);
		},
	);
});

describe('text', () => {
	test.each([
		['={{ 123 }}', '123'],
		['={{ 9007199254740991 }}', '9007199254740991'],
		['={{ 123456789012345678901234567890n }}', '123456789012345678901234567890'],
		['00123', '00123'],
	])('%s is sent as %s', async (taskId, text) => {
		expect(await sent('snapshot', 'describeSnapshotTask', { taskId })).toMatchObject({
			TaskID: text,
		});
	});

	test.each([['={{ NaN }}'], ['={{ Infinity }}'], ['={{ 2 ** 53 }}'], ['={{ 1e-7 }}']])(
		'is not %s',
		async (taskId) => {
			expect(await sent('snapshot', 'describeSnapshotTask', { taskId })).toMatch(
				/^'Task ID' must be text, or a number in exact digits, but item 0 has "[\d\w-]+"$/,
			);
		},
	);
});

describe('numbers in JSON', () => {
	const call = async (customParameters: string) =>
		await sent('snapshot', 'custom', { customAction: 'DescribeUserStatus', customParameters });

	test.each([
		['{"A": 9007199254740993}', 'A', '9007199254740993'],
		['{"A": {"B": [1, 12345678901234567890]}}', '1', '12345678901234567890'],
		['{"T": "9007199254740993", "A": -9007199254740993}', 'A', '-9007199254740993'],
		['{"A": 1e400}', 'A', '1e400'],
		['={{ { A: 2 ** 53 } }}', 'A', '9007199254740992'],
		['={{ JSON.parse(\'{"A":9007199254740993}\') }}', 'A', '9007199254740992'],
		['={{ { A: NaN } }}', 'A', 'NaN'],
	])('%s cannot be sent exactly', async (json, field, number) => {
		expect(await call(json)).toBe(
			`'Parameters → ${field}' must be a number up to 9007199254740991, beyond which digits are lost, but item 0 has "${number}"`,
		);
	});

	test('that are exact are sent, and text is left alone', async () => {
		const parameters = { A: 9007199254740991, B: -0.1, C: '9007199254740993', D: [1e21 / 1e21] };
		expect(await call(JSON.stringify(parameters))).toEqual(parameters);
	});
});

describe('an expression that cannot be evaluated names its parameter', () => {
	const FAILS = "={{ $('No such node').item.json.x }}";

	test.each([
		[{ taskId: FAILS }, 'Task ID'],
		[{ sdkAppId: { __rl: true, mode: 'id', value: FAILS } }, 'SDK App ID'],
		[{ waitUntilFinished: FAILS }, 'Wait Until Finished'],
		[{ downloadFiles: true, binaryPropertyName: FAILS }, 'Put Files in Field'],
		[{ options: { language: 'en-US', region: FAILS } }, 'Options → Region'],
	])('%j', async (parameters, name) => {
		const { run: result } = await run('snapshot', 'describeSnapshotTask', parameters);
		expect(result.error!.message).toMatch(
			new RegExp(`^'${name}' of item 0 cannot be read: .*[^.]$`),
		);
		expect(result.error!.description).toBe(
			`Correct the parameter '${name}', or the expression in it.`,
		);
		expect(bench.emulator.calls).toEqual([]);
	});

	test.each([
		[{ whiteboard: { values: { width: FAILS } } }, 'Whiteboard → Width (Pixels)'],
		[
			{ additionalFields: { callbackUrl: FAILS, snapshotMode: 'AllMarks' } },
			'Additional Fields → Callback URL',
		],
	])('also deep within it: %j', async (parameters, name) => {
		const { run: result } = await run('snapshot', 'createSnapshotTask', {
			roomId: 5,
			...parameters,
		});
		expect(result.error!.message).toContain(`'${name}' of item 0 cannot be read: `);
	});
});

describe('settings', () => {
	test.each(['={{ "true" }}', '={{ "TRUE " }}', '={{ true }}'])(
		'%s is a boolean everywhere',
		async (yes) => {
			const no = yes.replace(/true/i, 'false');
			const taskId = bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, snapshots: 1 });
			const { main } = await run('snapshot', 'describeSnapshotTask', {
				taskId,
				waitUntilFinished: yes,
				downloadFiles: yes,
				waitOptions: { pollInterval: '={{ "0.1" }}', timeout: '10' },
			});
			expect(main[0].json.Status).toBe('Finished');
			expect(main[0].binary).toHaveProperty('data_0');

			const transcode = bench.emulator.addTask('transcode', {
				sdkAppId: SDK_APP_ID,
				runSeconds: 0,
			});
			const raw = await run('transcode', 'describeTranscode', { taskId: transcode, simplify: no });
			expect(raw.main[0].json).toHaveProperty('ResourceListUrl');

			bench.emulator.calls.length = 0;
			await run('runningTask', 'describeRunningTasks', {
				taskType: 'OnlineRecord',
				returnAll: no,
				limit: '={{ "7" }}',
			});
			await run('usage', 'describePostpaidUsage', {
				beginTime: '2026-01-01',
				endTime: '2026-01-02',
			});
			expect(bench.emulator.calls[0].params).toMatchObject({ Limit: 7 });
			bench.emulator.calls.length = 0;
			const summary = await sent('usage', 'describeUsageSummary', {
				beginTime: '2026-01-01',
				endTime: '2026-01-02',
				subProducts: 'a',
				additionalFields: { isWeighted: yes },
			});
			expect(summary).toMatchObject({ IsWeighted: true });
		},
	);

	test.each([0, -1, 1.5, '1e2', '0x10', '={{ NaN }}', '', '={{ [5] }}', 1_000_001])(
		'Limit is not %j',
		async (limit) => {
			const { run: result } = await run('runningTask', 'describeRunningTasks', {
				taskType: 'OnlineRecord',
				limit,
			});
			expect(result.error!.message).toMatch(
				/^'Limit' must be a whole number from 1 to 1000000, but item 0 has ".*"$/,
			);
			expect(bench.emulator.calls).toEqual([]);
		},
	);

	test('the region of the options is the one that is asked', async () => {
		await run('snapshot', 'describeSnapshotTask', { options: { region: ' ap-guangzhou ' } });
		await run('snapshot', 'describeSnapshotTask', { options: {} });
		expect(bench.emulator.calls.map(({ headers }) => headers['x-tc-region'])).toEqual([
			'ap-guangzhou',
			'ap-singapore',
		]);
	});
});

describe('Simplify', () => {
	const KEYS = [
		'TaskId',
		'Status',
		'Progress',
		'Title',
		'Pages',
		'Resolution',
		'ResultUrl',
		'ThumbnailUrl',
		'CompressFileUrl',
		'RequestId',
	];
	const add = () => bench.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds: 0 });

	test('gives the same fields, however many the answer has', async () => {
		const taskId = add();
		const whole = await run('transcode', 'describeTranscode', { taskId });
		expect(Object.keys(whole.main[0].json)).toEqual(KEYS);
		bench.emulator.setFault({
			kind: 'fields',
			fields: Object.fromEntries(
				['ThumbnailResolution', 'Ext', 'CreateTime', 'AssignTime', 'FinishedTime', 'Title'].map(
					(name) => [name, undefined],
				),
			),
		});
		const less = await run('transcode', 'describeTranscode', { taskId });
		expect(Object.keys(less.main[0].json)).toEqual(KEYS.filter((name) => name !== 'Title'));
	});

	test('keeps why a task has failed', async () => {
		const taskId = bench.emulator.addTask('transcode', {
			sdkAppId: SDK_APP_ID,
			runSeconds: 0,
			outcome: { errorCode: 'FailedOperation.Transcode', errorMessage: 'page 3' },
		});
		const { main } = await run('transcode', 'describeTranscode', {
			taskId,
			waitUntilFinished: true,
			options: { onTaskFailure: 'output' },
		});
		expect(main[0].json).toMatchObject({
			TaskId: taskId,
			ErrorCode: expect.any(String),
			ErrorMessage: expect.any(String),
			RequestId: expect.any(String),
		});
	});
});
