/** Lists, stored settings, applications and figures. */
import { beforeEach, describe, expect, test } from '@jest/globals';

import { startEmulator } from '../../emulator/server.mts';
import { apiCall } from './raw-client.mts';
import { shared } from '../set-up.mts';

const START = Date.UTC(2024, 0, 1);
const APP = 1400000001;
const RequestId = expect.any(String);
let clock = START;
const emulator = shared(
	async () => await startEmulator({ now: () => clock, ratePerSecond: Infinity }),
);

beforeEach(() => {
	clock = START;
	emulator.reset();
});

const call = (action: string, body: object = {}, region = 'ap-guangzhou') =>
	apiCall(emulator.url, { action, body, region, timestamp: Math.floor(clock / 1000) });
const international = (action: string, body: object = {}) => call(action, body, 'ap-singapore');

describe('running tasks', () => {
	const list = async (TaskType: string, params: object = {}) =>
		await call('DescribeRunningTasks', { SdkAppID: APP, TaskType, ...params });

	test('are listed by their kind until they end', async () => {
		const given = { sdkAppId: APP, runSeconds: 100 };
		const url = 'https://example.com/a.pptx';
		const h5 = emulator.addTask('transcode', { ...given, url });
		const images = emulator.addTask('transcode', { ...given, url, isStatic: true });
		const recording = emulator.addTask('recording', { ...given, roomId: 7 });
		const push = emulator.addTask('whiteboardPush', { ...given, roomId: 8 });
		emulator.addTask('recording', { ...given, sdkAppId: APP + 1 });
		emulator.addTask('snapshot', given);
		clock += 51_000;
		const entry = (TaskID: string, TaskType: string, FileURL: string, RoomID: number) => ({
			SdkAppID: APP,
			TaskID,
			TaskType,
			CreateTime: '2024-01-01 08:00:00',
			CancelTime: '',
			Status: 'PROCESSING',
			Progress: 50,
			FileURL,
			RoomID,
		});
		for (const [type, id, file, room] of [
			['TranscodeH5', h5, url, 0],
			['TranscodeJPG', images, url, 0],
			['OnlineRecord', recording, '', 7],
			['WhiteboardPush', push, '', 8],
		] as const) {
			expect(await list(type)).toEqual({
				Total: 1,
				Tasks: [entry(id, type, file, room)],
				RequestId,
			});
		}
		clock += 49_000;
		expect(await list('OnlineRecord')).toEqual({ Total: 0, Tasks: [], RequestId });
	});

	test('come in pages, oldest first', async () => {
		const ids = Array.from({ length: 130 }, (_, index) =>
			emulator.addTask('recording', { sdkAppId: APP, taskId: `task-${index}` }),
		);
		const page = async (params: object) => {
			const { Total, Tasks } = await list('OnlineRecord', params);
			expect(Total).toBe(130);
			return (Tasks as Array<{ TaskID: string }>).map(({ TaskID }) => TaskID);
		};
		expect(await page({})).toEqual(ids.slice(0, 100));
		expect(await page({ Offset: 100 })).toEqual(ids.slice(100));
		expect(await page({ Offset: 10, Limit: 3 })).toEqual(ids.slice(10, 13));
		expect(await page({ Offset: 130 })).toEqual([]);
		expect((await list('OnlineRecord', { Limit: 501 })).Error?.Code).toBe('InvalidParameterValue');
	});
});

describe('searches', () => {
	test('for conversions', async () => {
		const url = 'https://example.com/%E8%AF%BE-Algebra.pptx';
		const first = emulator.addTask('transcode', { sdkAppId: APP, url, runSeconds: 0 });
		const outcome = { errorCode: 'FailedOperation.FileOpenFail', errorMessage: '-5: encrypted' };
		clock += 1000;
		const second = emulator.addTask('transcode', {
			sdkAppId: APP + 1,
			url: 'https://example.com/algebra.pdf',
			runSeconds: 0,
			outcome,
		});
		emulator.addTask('transcode', { sdkAppId: APP, url: 'https://example.com/biology.pdf' });
		const answer = await international('DescribeTranscodeSearch', { Keyword: 'ALGEBRA' });
		const result = {
			Resolution: '1280x720',
			Title: '课-Algebra.pptx',
			Pages: 3,
			ResultUrl: `${emulator.url}/files/${APP}/${first}/h5/index.html`,
			ThumbnailUrl: '',
			ThumbnailResolution: '',
			CompressFileUrl: '',
			ErrorCode: 0,
			ErrorMsg: '',
		};
		expect(answer).toEqual({
			TotalCount: 2,
			TranscodeTaskSet: [
				{
					CreateTime: '2024-01-01T08:00:01+08:00',
					TaskId: second,
					Status: 'FINISHED',
					OriginalFilename: 'algebra.pdf',
					SdkAppId: APP + 1,
					Result: {
						...result,
						Resolution: '',
						Title: '',
						Pages: 0,
						ResultUrl: '',
						ErrorCode: -5,
						ErrorMsg: '-5: encrypted',
					},
					IsStatic: true,
				},
				{
					CreateTime: '2024-01-01T08:00:00+08:00',
					TaskId: first,
					Status: 'FINISHED',
					OriginalFilename: '课-Algebra.pptx',
					SdkAppId: APP,
					Result: result,
					IsStatic: false,
				},
			],
			RequestId,
		});
		const page = await international('DescribeTranscodeSearch', { Offset: 2, Limit: 5 });
		expect(page).toMatchObject({ TotalCount: 3, TranscodeTaskSet: [{ TaskId: first }] });
	});

	test('for recordings', async () => {
		const outcome = { errorCode: 'FailedOperation.Record' };
		const add = (roomId: number) =>
			emulator.addTask('recording', { sdkAppId: APP, roomId, runSeconds: 0, videos: 1, outcome });
		const ids = [add(7), add(8), add(7)];
		const answer = await international('DescribeRecordSearch', { RoomId: 7, Limit: 1 });
		expect(answer).toEqual({
			TotalCount: 2,
			RecordTaskSet: [
				{
					TaskId: ids[2],
					Status: 'FINISHED',
					RoomId: 7,
					CreateTime: '2024-01-01T08:00:00+08:00',
					SdkAppId: APP,
					Result: {
						FinishReason: 'AUTO',
						ExceptionCnt: 0,
						RoomId: 7,
						GroupId: '7',
						RecordStartTime: START / 1000,
						RecordStopTime: START / 1000,
						TotalTime: 0,
						VideoInfos: [],
						OmittedDurations: [],
						Details: '',
						ErrorCode: 1,
						ErrorMsg: 'FailedOperation.Record',
					},
				},
			],
			RequestId,
		});
		expect((await international('DescribeRecordSearch')).TotalCount).toBe(3);
	});

	test('for pushes', async () => {
		const add = (roomId: number) =>
			emulator.addTask('whiteboardPush', { sdkAppId: APP, roomId, runSeconds: 0 });
		const ids = [add(7), add(8), add(7)];
		const answer = await international('DescribeWhiteboardPushSearch', { RoomId: 7, Offset: 1 });
		expect(answer).toEqual({
			TotalCount: 2,
			WhiteboardPushTaskSet: [
				{
					TaskId: ids[0],
					Status: 'STOPPED',
					RoomId: 7,
					CreateTime: '2024-01-01T08:00:00+08:00',
					SdkAppId: APP,
					Result: {
						FinishReason: 'AUTO',
						ExceptionCnt: 0,
						RoomId: 7,
						GroupId: '7',
						PushStartTime: START / 1000,
						PushStopTime: START / 1000,
						IMSyncTime: START / 1000,
						ErrorCode: 0,
						ErrorMsg: '',
					},
					PushUserId: 'tic_push_user_7_1',
				},
			],
			RequestId,
		});
	});
});

describe('settings', () => {
	test.each(['Transcode', 'PPTCheck', 'OnlineRecord', 'VideoGenerationTask', 'WhiteboardPush'])(
		'%s callback: stored for each application, and taken away again',
		async (kind) => {
			const read = async (SdkAppId = APP) => await call(`Describe${kind}Callback`, { SdkAppId });
			expect(await read()).toEqual({ Callback: '', CallbackKey: '', RequestId });
			const Callback = 'https://example.com/hook';
			expect(await call(`Set${kind}Callback`, { SdkAppId: APP, Callback })).toEqual({ RequestId });
			await call(`Set${kind}CallbackKey`, { SdkAppId: APP, CallbackKey: 'k' });
			expect(await read()).toEqual({ Callback, CallbackKey: 'k', RequestId });
			expect(await read(APP + 1)).toEqual({ Callback: '', CallbackKey: '', RequestId });
			await call(`Set${kind}Callback`, { SdkAppId: APP, Callback: '' });
			expect(await read()).toEqual({ Callback: '', CallbackKey: 'k', RequestId });
		},
	);

	test('the warning callback has URL and key in one', async () => {
		const values = { Callback: 'https://example.com/hook', CallbackKey: 'k' };
		await call('SetWarningCallback', { SdkAppId: APP, ...values });
		const answer = await call('DescribeWarningCallback', { SdkAppId: APP });
		expect(answer).toEqual({ ...values, RequestId });
		const other = await call('DescribeTranscodeCallback', { SdkAppId: APP });
		expect(other.Callback).toBe('');
	});

	test('of buckets and applications', async () => {
		const read = async () =>
			await international('DescribeWhiteboardApplicationConfig', {
				SdkAppId: APP,
				TaskTypes: ['recording', 'transcode'],
			});
		const empty = {
			BucketName: '',
			BucketLocation: '',
			BucketPrefix: '',
			ResultDomain: '',
			Callback: '',
			CallbackKey: '',
			SdkAppId: APP,
			AdminUserId: '',
			AdminUserSig: '',
		};
		const recording = { ...empty, TaskType: 'recording' };
		const transcode = { ...empty, TaskType: 'transcode' };
		expect(await read()).toEqual({ SdkAppId: APP, Configs: [recording, transcode], RequestId });
		const bucket = {
			TaskType: 'recording',
			BucketName: 'b-1',
			BucketLocation: 'ap-guangzhou',
			BucketPrefix: 'p',
			ResultDomain: 'https://example.com',
		};
		await international('ModifyWhiteboardBucketConfig', { SdkAppId: APP, ...bucket });
		const config = { ...transcode, Callback: 'https://example.com/hook' };
		await international('ModifyWhiteboardApplicationConfig', { SdkAppId: APP, Configs: [config] });
		expect((await read()).Configs).toEqual([{ ...recording, ...bucket }, config]);
	});
});

describe('applications', () => {
	const example = {
		SdkAppId: 1400127230,
		AppName: 'Example',
		CreateTime: '2024-01-01 08:00:00',
		TagList: [],
	};
	const list = async () => (await international('DescribeApplicationInfos')).ApplicationInfos;

	test('are listed, made and renamed', async () => {
		expect(await international('DescribeApplicationInfos')).toEqual({
			ApplicationInfos: [example],
			AllOption: 1,
			RequestId,
		});
		clock += 3600_000;
		const TagList = [{ TagKey: 'k', TagValue: 'v' }];
		const created = { SdkAppId: APP, AppName: 'Mine', TagList };
		expect(await international('CreateApplication', created)).toEqual({
			AppId: 1250000001,
			AppName: 'Mine',
			SdkAppId: APP,
			RequestId,
		});
		expect(await list()).toEqual([example, { ...created, CreateTime: '2024-01-01 09:00:00' }]);
		expect((await international('CreateApplication', created)).Error?.Code).toBe(
			'InvalidParameter.ApplicationAlreadyExists',
		);
		await international('ModifyApplication', { SdkAppId: APP, AppName: 'Yours' });
		emulator.addApplication({ sdkAppId: 5 });
		expect(await list()).toMatchObject([
			example,
			{ SdkAppId: APP, AppName: 'Yours', TagList },
			{ SdkAppId: 5, AppName: 'Application 5' },
		]);
		emulator.reset();
		expect(await list()).toEqual([example]);
	});

	test('of an account that has just these', async () => {
		const account = await startEmulator({ applications: [1, { sdkAppId: 2, appName: 'Two' }] });
		try {
			const ask = (action: string, body: object) =>
				apiCall(account.url, { action, body, region: 'ap-singapore' });
			const running = (SdkAppId: number) =>
				ask('DescribeTranscodeCallback', { SdkAppId }).then(({ Error: error }) => error?.Code);
			expect((await ask('DescribeApplicationInfos', {})).ApplicationInfos).toMatchObject([
				{ SdkAppId: 1, AppName: 'Application 1' },
				{ SdkAppId: 2, AppName: 'Two' },
			]);
			expect(await running(2)).toBeUndefined();
			expect(await running(3)).toBe('UnauthorizedOperation.SdkAppId');
			await ask('CreateApplication', { SdkAppId: 3 });
			expect(await running(3)).toBeUndefined();
		} finally {
			await account.close();
		}
	});

	test('a trial begins once', async () => {
		expect((await international('ApplyTiwTrial')).Error).toBeUndefined();
		const { Error: error } = await international('ApplyTiwTrial');
		expect(error?.Code).toBe('FailedOperation.AlreadyEnabled');
	});
});

describe('figures', () => {
	const count = (value: unknown, field: string) =>
		(value as Array<Record<string, unknown>>).map((point) => point[field]);

	test('of quality, by the hour', async () => {
		const params = { SdkAppId: APP, Metric: 'verify_sdk_cost_avg', StartTime: 0, EndTime: 7200 };
		const answer = await call('DescribeQualityMetrics', params);
		expect(answer.Metric).toBe('verify_sdk_cost_avg');
		expect(count(answer.Content, 'Time')).toEqual([0, 3600, 7200]);
		expect(count(answer.Content, 'Value')).toEqual([
			expect.any(Number),
			expect.any(Number),
			expect.any(Number),
		]);
		const { Content } = await call('DescribeQualityMetrics', params);
		expect(Content).toEqual(answer.Content);
		const week = await call('DescribeQualityMetrics', { ...params, EndTime: 1e9 });
		expect(week.Content).toHaveLength(168);
	});

	const PERIOD = { SdkAppId: APP, StartTime: '2024-02-28', EndTime: '2024-03-01' };

	test('of use, by the day', async () => {
		const SubProduct = 'sp_tiw_dt';
		const { Usages } = await call('DescribeTIWDailyUsage', { ...PERIOD, SubProduct });
		expect(Usages).toEqual(
			['2024-02-28', '2024-02-29', '2024-03-01'].map((Time) => ({
				Time,
				SdkAppId: APP,
				SubProduct,
				Value: expect.any(Number),
			})),
		);
	});

	test('of rooms, in pages', async () => {
		const ask = async (params: object) =>
			await call('DescribeTIWRoomDailyUsage', {
				...PERIOD,
				SubProduct: 'sp_tiw_board',
				...params,
			});
		const all = await ask({});
		expect(all.Total).toBe(6);
		expect(count(all.Usages, 'RoomID')).toEqual([12345, 12346, 12345, 12346, 12345, 12346]);
		const page = await ask({ Offset: 1, Limit: 2 });
		expect(page).toMatchObject({ Total: 6, Usages: (all.Usages as object[]).slice(1, 3) });
		const many = await ask({ RoomIDs: Array.from({ length: 30 }, (_, index) => index) });
		expect([many.Total, (many.Usages as object[]).length]).toEqual([90, 20]);
	});

	test.each([
		['MONTHLY', '2024-03-01 00:00:01', ['2024-02', '2024-03']],
		['MONTHLY', '2024-03-01 00:00:00', ['2024-02']],
		['DAILY', '2024-03-01 00:00:00', ['2024-02-28', '2024-02-29']],
		['MINUTELY', '2024-02-28 00:02:00', ['2024-02-28 00:00:00', '2024-02-28 00:01:00']],
	])('of an application, %s until %s', async (TimeLevel, EndTime, times) => {
		const BeginTime = '2024-02-28 00:00:00';
		const ask = async (IsWeighted: boolean) => {
			const { Data } = await international('DescribeApplicationUsage', {
				BeginTime,
				EndTime,
				SubProduct: 'sp_tiw_ric',
				TimeLevel,
				IsWeighted,
			});
			return Data as Array<{ Time: string; Value: number; Details: Array<{ Value: number }> }>;
		};
		const plain = await ask(false);
		expect(count(plain, 'Time')).toEqual(times);
		const [{ Value: raw }] = plain[0].Details;
		expect(plain[0].Value).toBe(Math.round(raw));
		const [weighted] = await ask(true);
		expect(weighted.Value).toBe(Math.round(raw * 1.5));
		expect(weighted.Details).toEqual([{ TagName: 'sp_tiw_ric', Weight: 1.5, Value: raw }]);
	});

	test('of rooms, users and logs', async () => {
		const params = { SdkAppId: APP, TimeRange: [1000, 2000] };
		const span = { StartTime: 1000, EndTime: 2000 };
		expect((await call('DescribeRoomList', params)).RoomList).toEqual([
			{ RoomId: '12345', ...span, UserNumber: 3 },
			{ RoomId: '12346', ...span, UserNumber: 3 },
		]);
		expect((await call('DescribeRoomList', { ...params, MaxSize: 1 })).RoomList).toHaveLength(1);
		const room = { ...params, RoomId: '12345' };
		expect((await call('DescribeUserList', room)).UserList).toEqual(
			['student_1', 'student_2', 'teacher'].map((UserId) => ({ UserId, ...span })),
		);
		const log = { ...room, UserId: 'teacher', AggregationInterval: '1h' };
		const answer = await call('DescribeBoardSDKLog', log);
		expect(answer).toMatchObject({ Total: 3, Context: 'end' });
		expect((answer.Sources as string[]).map((line) => JSON.parse(line).time)).toEqual([
			3000, 2000, 1000,
		]);
		const upwards = await call('DescribeBoardSDKLog', { ...log, Ascending: true });
		expect(upwards.Sources).toEqual([...(answer.Sources as string[])].reverse());
		expect(await call('DescribeBoardSDKLog', { ...log, Context: 'end' })).toMatchObject({
			Sources: [],
			Context: '',
		});
	});
});
