/** The lives of tasks that wait in a queue and are then worked on, by a clock the test moves. */
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { zip } from '../../emulator/archive.mts';
import { ACTIONS } from '../../emulator/facts.mts';
import { pageJpeg } from '../../emulator/jpeg.mts';
import { startEmulator } from '../../emulator/server.mts';
import type { Emulator, TaskKind } from '../../emulator/server.mts';
import { apiCall, send } from './raw-client.mts';
import { shared } from '../set-up.mts';

const START = Date.UTC(2024, 0, 1);
const APP = 1400000001;
const PPT_URL = 'https://example.com/%E8%AF%BE%201.pptx?sign=a%2Fb';
let clock = START;
const emulator = shared(
	async () => await startEmulator({ now: () => clock, runSeconds: 10, ratePerSecond: Infinity }),
);

beforeEach(() => {
	clock = START;
	emulator.reset();
});

const call = (action: string, params: object = {}) =>
	apiCall(emulator.url, {
		action,
		body: { SdkAppId: APP, ...params },
		region: 'ap-guangzhou',
		timestamp: Math.floor(clock / 1000),
	});
const create = async (action: string, params: object) =>
	(await call(action, params)).TaskId as string;
const fetchFile = (url: unknown) =>
	send(emulator.url, 'GET', new URL(url as string).pathname, {}, '');
const filesOf = (id: string) => `${emulator.url}/files/${APP}/${id}`;

const NO_RESULT = {
	Pages: 0,
	Resolution: '',
	ResultUrl: '',
	Title: '',
	ThumbnailUrl: '',
	ThumbnailResolution: '',
	CompressFileUrl: '',
};

describe('a conversion', () => {
	test('is queued, worked on, finished', async () => {
		const TaskId = await create('CreateTranscode', { Url: PPT_URL });
		expect(TaskId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		const describeAt = async (seconds: number) => {
			clock = START + seconds * 1000;
			return await call('DescribeTranscode', { TaskId });
		};
		const running = {
			...NO_RESULT,
			TaskId,
			ResourceListUrl: null,
			Ext: null,
			CreateTime: START / 1000,
			FinishedTime: null,
			RequestId: expect.any(String),
		};
		expect(await describeAt(0.999)).toEqual({
			...running,
			Status: 'QUEUED',
			Progress: 0,
			AssignTime: null,
		});
		const started = { ...running, Status: 'PROCESSING', AssignTime: START / 1000 + 1 };
		expect(await describeAt(1)).toEqual({ ...started, Progress: 0 });
		expect(await describeAt(5.5)).toEqual({ ...started, Progress: 50 });
		expect(await describeAt(9.999)).toEqual({ ...started, Progress: 99 });
		expect(await describeAt(10)).toEqual({
			TaskId,
			Status: 'FINISHED',
			Progress: 100,
			Pages: 3,
			Resolution: '1280x720',
			ResultUrl: `${filesOf(TaskId)}/h5/index.html`,
			Title: '课 1.pptx',
			ThumbnailUrl: '',
			ThumbnailResolution: '',
			CompressFileUrl: '',
			ResourceListUrl: `${filesOf(TaskId)}/h5/resources.txt`,
			Ext: 'Office',
			CreateTime: START / 1000,
			AssignTime: START / 1000 + 1,
			FinishedTime: START / 1000 + 10,
			RequestId: expect.any(String),
		});
	});

	test('to HTML5 has a page, a list of resources, and thumbnails and an archive where asked for', async () => {
		const TaskId = await create('CreateTranscode', {
			Url: PPT_URL,
			ThumbnailResolution: '320x180',
			MinResolution: '640x360',
			MinScaleResolution: '1920x1080',
			CompressFileType: 'zip',
		});
		const thumbnail = `${filesOf(TaskId)}/thumbnails/3.jpg`;
		clock += 9999;
		expect((await fetchFile(thumbnail)).status).toBe(404);
		clock += 1;
		const answer = await call('DescribeTranscode', { TaskId });
		expect(answer).toMatchObject({
			Resolution: '1920x1080',
			ThumbnailResolution: '320x180',
			ThumbnailUrl: `${filesOf(TaskId)}/thumbnails/`,
			CompressFileUrl: `${filesOf(TaskId)}/archive.zip`,
		});
		const page = await fetchFile(answer.ResultUrl);
		expect(page.headers['content-type']).toBe('text/html');
		expect(page.body.toString()).toContain('<title>课 1.pptx</title>');
		const resources = await fetchFile(answer.ResourceListUrl);
		expect(resources.headers['content-type']).toBe('text/plain');
		expect(resources.body.toString()).toBe('index.html\n');

		const image = await fetchFile(thumbnail);
		expect(image.headers['content-type']).toBe('image/jpeg');
		expect(image.body.equals(pageJpeg(`thumbnails of task ${TaskId}`, 3))).toBe(true);
		expect((await fetchFile(`${filesOf(TaskId)}/thumbnails/4.jpg`)).status).toBe(404);
		expect((await fetchFile(`${filesOf(TaskId)}/pages/1.jpg`)).status).toBe(404);

		const archive = await fetchFile(answer.CompressFileUrl);
		expect(archive.headers['content-type']).toBe('application/zip');
		expect(archive.body.equals(zip([{ name: 'index.html', content: page.body }]))).toBe(true);
	});

	test.each([
		['a PowerPoint file, if asked for', { Url: PPT_URL, IsStaticPPT: true }],
		['anything else', { Url: 'https://example.com/a.pdf' }],
	])('to images: %s', async (_what, params) => {
		const TaskId = await create('CreateTranscode', {
			...params,
			ThumbnailResolution: '320x180',
			CompressFileType: 'tar.gz',
		});
		clock += 10_000;
		const answer = await call('DescribeTranscode', { TaskId });
		expect(answer).toMatchObject({
			ResultUrl: `${filesOf(TaskId)}/pages/`,
			ResourceListUrl: null,
			ThumbnailUrl: '',
			ThumbnailResolution: '',
			CompressFileUrl: `${filesOf(TaskId)}/archive.tar.gz`,
		});
		const image = await fetchFile(`${String(answer.ResultUrl)}1.jpg`);
		expect(image.headers['content-type']).toBe('image/jpeg');
		expect(image.body.equals(pageJpeg(`pages of task ${TaskId}`, 1))).toBe(true);
		expect((await fetchFile(`${String(answer.ResultUrl)}4.jpg`)).status).toBe(404);
		for (const name of ['index.html', 'resources.txt']) {
			expect((await fetchFile(`${filesOf(TaskId)}/h5/${name}`)).status).toBe(404);
		}
		const archive = await fetchFile(answer.CompressFileUrl);
		expect(archive.headers['content-type']).toBe('application/gzip');
		expect(gunzipSync(archive.body).includes('3.jpg')).toBe(true);
	});

	test('is found by its URL, the newest first', async () => {
		const byUrl = async () => await call('DescribeTranscodeByUrl', { Url: PPT_URL });
		expect((await byUrl()).Error?.Code).toBe('InvalidParameter.TaskNotFound');
		await create('CreateTranscode', { Url: PPT_URL });
		clock += 5500;
		const TaskId = await create('CreateTranscode', { Url: PPT_URL });
		await create('CreateTranscode', { Url: 'https://example.com/other.pptx' });
		const RequestId = expect.any(String);
		expect(await byUrl()).toEqual({ TaskId, Status: 'QUEUED', Progress: 0, RequestId });
		clock += 10_000;
		expect(await byUrl()).toEqual({ TaskId, Status: 'FINISHED', Progress: 100, RequestId });
		const elsewhere = await call('DescribeTranscodeByUrl', { Url: PPT_URL, SdkAppId: APP + 1 });
		expect(elsewhere.Error?.Code).toBe('InvalidParameter.TaskNotFound');
	});

	test('that failed is a status by its URL, whatever its code', async () => {
		const fail = (url: string, errorCode: string) =>
			emulator.addTask('transcode', { sdkAppId: APP, url, runSeconds: 0, outcome: { errorCode } });
		fail('https://example.com/a.pdf', 'FailedOperation.FileOpenFail');
		fail('https://example.com/b.pdf', 'FailedOperation.TranscodeServerError');
		const byUrl = async (Url: string) => await call('DescribeTranscodeByUrl', { Url });
		expect((await byUrl('https://example.com/a.pdf')).Status).toBe('EXCEPTION');
		expect((await byUrl('https://example.com/b.pdf')).Status).toBe('EXCEPTION');
	});

	test.each(['https://example.com/a', 'https://example.com/a.mp4', 'https://example.com/pdf'])(
		'of %s is refused',
		async (Url) => {
			const { Error: error } = await call('CreateTranscode', { Url });
			expect(error?.Code).toBe('InvalidParameter.FileFormatUnsupported');
		},
	);

	test.each(['ppt', 'pptx', 'doc', 'docx', 'pdf', 'xls', 'XLSX'])('of a .%s', async (extension) => {
		const Url = `https://example.com/a.${extension}?b.mp4`;
		expect((await call('CreateTranscode', { Url })).Error).toBeUndefined();
	});
});

describe('a PPT check', () => {
	test('of a file that is fine', async () => {
		const TaskId = await create('CreatePPTCheckTask', { Url: PPT_URL });
		const running = { TaskId, IsOK: false, ResultUrl: null, Slides: null, Errs: null };
		const RequestId = expect.any(String);
		expect(await call('DescribePPTCheck', { TaskId })).toEqual({
			...running,
			Status: 'QUEUED',
			Progress: 0,
			RequestId,
		});
		clock += 10_000;
		expect(await call('DescribePPTCheck', { TaskId })).toEqual({
			...running,
			Status: 'FINISHED',
			Progress: 100,
			IsOK: true,
			Slides: [],
			Errs: [],
			RequestId,
		});
	});

	test('names problems by page', async () => {
		const ink = { page: 'slide1', name: 'Ink 1', type: 0, detail: 'ink' };
		const media = { page: 'slide2', name: 'Video 1', type: 2, detail: 'damaged' };
		const problems = [ink, media, { ...ink, name: 'Ink 2' }];
		const TaskId = emulator.addTask('pptCheck', { sdkAppId: APP, runSeconds: 0, problems });
		const [first, second, third] = problems.map(({ name: Name, type: Type, detail: Detail }) => ({
			Name,
			Type,
			Detail,
		}));
		expect(await call('DescribePPTCheck', { TaskId })).toMatchObject({
			IsOK: false,
			Slides: [
				{ Page: 'slide1', Errs: [first, third] },
				{ Page: 'slide2', Errs: [second] },
			],
			Errs: [first, second, third],
		});
	});

	test('gives a repaired file where asked for', async () => {
		const TaskId = await create('CreatePPTCheckTask', {
			Url: PPT_URL,
			AutoHandleUnsupportedElement: true,
		});
		const url = `${filesOf(TaskId)}/repaired.pptx`;
		expect((await fetchFile(url)).status).toBe(404);
		clock += 10_000;
		expect((await call('DescribePPTCheck', { TaskId })).ResultUrl).toBe(url);
		const file = await fetchFile(url);
		expect(file.headers['content-type']).toBe(
			'application/vnd.openxmlformats-officedocument.presentationml.presentation',
		);
		expect(file.body.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
	});

	test('of anything but PowerPoint is refused', async () => {
		const { Error: error } = await call('CreatePPTCheckTask', { Url: 'https://example.com/a.pdf' });
		expect(error?.Code).toBe('InvalidParameter.FileFormatUnsupported');
	});
});

describe('a video generation', () => {
	test('is about its recording', async () => {
		const OnlineRecordTaskId = emulator.addTask('recording', {
			sdkAppId: APP,
			roomId: 77,
			groupId: 'g77',
			runSeconds: 0,
		});
		const TaskId = await create('CreateVideoGenerationTask', { OnlineRecordTaskId });
		const RequestId = expect.any(String);
		const disused = {
			VideoPlayTime: 0,
			VideoSize: 0,
			VideoFormat: '',
			VideoDuration: 0,
			VideoUrl: 'Disused. Use the VideoInfoList parameter.',
			VideoId: '',
			VideoType: 0,
			UserId: '',
			Width: 0,
			Height: 0,
		};
		expect(await call('DescribeVideoGenerationTask', { TaskId })).toEqual({
			TaskId,
			GroupId: 'g77',
			RoomId: 77,
			Progress: 0,
			Status: 'QUEUED',
			TotalTime: 0,
			VideoInfos: disused,
			VideoInfoList: [],
			RequestId,
		});
		const url = `${filesOf(TaskId)}/videos/1.mp4`;
		expect((await fetchFile(url)).status).toBe(404);
		clock += 10_000;
		const file = await fetchFile(url);
		const video = {
			VideoPlayTime: 0,
			VideoSize: file.body.length,
			VideoFormat: 'mp4',
			VideoDuration: 60_000,
			VideoUrl: url,
			VideoId: `${TaskId}_1`,
			VideoType: 2,
			UserId: '',
			Width: 1280,
			Height: 960,
		};
		expect(await call('DescribeVideoGenerationTask', { TaskId })).toEqual({
			TaskId,
			GroupId: 'g77',
			RoomId: 77,
			Progress: 100,
			Status: 'FINISHED',
			TotalTime: 60_000,
			VideoInfos: disused,
			VideoInfoList: [video],
			RequestId,
		});
		expect(file.headers['content-type']).toBe('video/mp4');
		expect(file.body.subarray(4, 12).toString('latin1')).toBe('ftypisom');
		expect((await fetchFile(`${filesOf(TaskId)}/videos/2.mp4`)).status).toBe(404);
		expect((await fetchFile(`${filesOf(TaskId)}/videos/1.mp3`)).status).toBe(404);
	});

	test('takes any recording', async () => {
		const TaskId = await create('CreateVideoGenerationTask', { OnlineRecordTaskId: 'unknown' });
		const answer = await call('DescribeVideoGenerationTask', { TaskId });
		expect(answer).toMatchObject({ RoomId: 12345, GroupId: '12345' });
	});
});

/** How each kind is asked for. */
const QUERIES: Array<[TaskKind, string]> = [
	['snapshot', 'DescribeSnapshotTask'],
	['transcode', 'DescribeTranscode'],
	['pptCheck', 'DescribePPTCheck'],
	['recording', 'DescribeOnlineRecord'],
	['videoGeneration', 'DescribeVideoGenerationTask'],
	['whiteboardPush', 'DescribeWhiteboardPush'],
];

describe.each(QUERIES)('a %s task put there by hand', (kind, action) => {
	const terminalErrorCodes =
		ACTIONS.find(({ name }) => name === action)?.asyncTask?.terminalErrorCodes ?? [];
	const ask = (id: string, SdkAppId = APP) =>
		call(action, { SdkAppId, [kind === 'snapshot' ? 'TaskID' : 'TaskId']: id });

	test('has the ID given and belongs to its application', async () => {
		expect(emulator.addTask(kind, { sdkAppId: APP, taskId: 'mine' })).toBe('mine');
		expect((await ask('mine')).Error).toBeUndefined();
		expect((await ask('mine', APP + 1)).Error?.Code).toBe('InvalidParameter.TaskNotFound');
		expect(() => emulator.addTask(kind, { sdkAppId: APP, taskId: 'mine' })).toThrow('mine');
		expect(emulator.tasks()).toMatchObject([{ kind, id: 'mine', sdkAppId: APP }]);
	});

	test('ends at once, or never', async () => {
		const running = ['Running', 'PROCESSING', 'RECORDING', 'PUSHING'];
		const ended = ['Finished', 'FINISHED', 'STOPPED'];
		const quick = emulator.addTask(kind, { sdkAppId: APP, runSeconds: 0 });
		const endless = emulator.addTask(kind, { sdkAppId: APP, runSeconds: Infinity });
		expect(ended).toContain((await ask(quick)).Status);
		clock += 1e9;
		expect(running).toContain((await ask(endless)).Status);
	});

	if (terminalErrorCodes.length > 0) {
		test.each(terminalErrorCodes)('fails with %s, as an error of the query', async (errorCode) => {
			const outcome = { errorCode, errorMessage: '-27: too slow' };
			const id = emulator.addTask(kind, { sdkAppId: APP, runSeconds: 10, outcome });
			clock += 9999;
			expect((await ask(id)).Error).toBeUndefined();
			clock += 1001;
			expect((await ask(id)).Error).toEqual({ Code: errorCode, Message: '-27: too slow' });
			const file = { transcode: 'h5/index.html', pptCheck: 'repaired.pptx' }[kind as string];
			expect((await fetchFile(`${filesOf(id)}/${file ?? 'videos/1.mp4'}`)).status).toBe(404);
		});
	}

	test('has other fields once it has ended, if wanted', async () => {
		const id = kind === 'snapshot' ? 'TaskID' : 'TaskId';
		const fields = { Status: 'ARCHIVED', [id]: undefined, Extra: { a: 1 }, 'Extra.b': [2] };
		const task = emulator.addTask(kind, { sdkAppId: APP, runSeconds: 10, fields });
		clock += 9999;
		const running = await ask(task);
		expect(running[id]).toBe(task);
		expect(running).not.toHaveProperty('Extra');
		clock += 1;
		const ended = await ask(task);
		expect(ended).toMatchObject({ Status: 'ARCHIVED', Extra: { a: 1, b: [2] } });
		expect(ended).not.toHaveProperty(id);
	});
});

test('the newest task for a document has other fields too', async () => {
	const fields = { Status: null };
	emulator.addTask('transcode', { sdkAppId: APP, url: PPT_URL, runSeconds: 0, fields });
	expect((await call('DescribeTranscodeByUrl', { Url: PPT_URL })).Status).toBeNull();
});

describe('a service that takes a while to know of a new task', () => {
	const MS = 1500;
	const NOT_FOUND = 'InvalidParameter.TaskNotFound';
	let slow: Emulator;

	beforeAll(async () => {
		slow = await startEmulator({ now: () => clock, visibleAfterMs: MS, ratePerSecond: Infinity });
	});

	beforeEach(() => slow.reset());

	afterAll(() => slow.close());

	const askSlow = (action: string, body: object, region = 'ap-guangzhou') =>
		apiCall(slow.url, { action, body, region, timestamp: Math.floor(clock / 1000) });

	test.each(QUERIES)('a %s task', async (kind, action) => {
		const id = slow.addTask(kind, { sdkAppId: APP, runSeconds: 1 });
		const code = async () => {
			const body = { SdkAppId: APP, [kind === 'snapshot' ? 'TaskID' : 'TaskId']: id };
			return (await askSlow(action, body)).Error?.Code;
		};
		expect(slow.tasks()).toMatchObject([{ id }]);
		expect(await code()).toBe(NOT_FOUND);
		clock += MS - 1;
		expect(await code()).toBe(NOT_FOUND);
		clock += 1;
		expect(await code()).toBeUndefined();
	});

	test('one just created, commands to it, and lists', async () => {
		const room = { SdkAppId: APP, RoomId: 7 };
		const body = { ...room, RecordUserId: 'tic_record_user_7_1', RecordUserSig: 'sig' };
		const { TaskId } = await askSlow('StartOnlineRecord', body);
		await askSlow('CreateTranscode', { SdkAppId: APP, Url: PPT_URL });
		const seen = async () => {
			const task = { SdkAppId: APP, TaskId };
			const byUrl = { SdkAppId: APP, Url: PPT_URL };
			const running = { SdkAppID: APP, TaskType: 'OnlineRecord' };
			return [
				(await askSlow('DescribeRecordSearch', {}, 'ap-singapore')).TotalCount,
				(await askSlow('DescribeRunningTasks', running)).Total,
				(await askSlow('DescribeTranscodeByUrl', byUrl)).Error?.Code,
				(await askSlow('StopOnlineRecord', task)).Error?.Code,
			];
		};
		expect(await seen()).toEqual([0, 0, NOT_FOUND, NOT_FOUND]);
		// The user is in use all the same.
		expect((await askSlow('StartOnlineRecord', body)).Error?.Code).toBe(
			'ResourceInUse.RecordUserId',
		);
		clock += MS;
		expect(await seen()).toEqual([1, 1, undefined, undefined]);
	});
});

test('no more tasks at once than the quota', async () => {
	const small = await startEmulator({ maxConcurrent: 2, runSeconds: 10, now: () => clock });
	try {
		const ask = (SdkAppId: number) =>
			apiCall(small.url, {
				action: 'CreateTranscode',
				body: { SdkAppId, Url: PPT_URL },
				timestamp: clock / 1000,
			});
		expect((await ask(1)).Error).toBeUndefined();
		expect((await ask(2)).Error).toBeUndefined();
		expect((await ask(3)).Error?.Code).toBe('LimitExceeded.TaskConcurrency');
		clock += 10_000;
		expect((await ask(3)).Error).toBeUndefined();
	} finally {
		await small.close();
	}
});
