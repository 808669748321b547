/** The lives of recordings and pushes, by a clock the test moves. */
import { beforeEach, describe, expect, test } from '@jest/globals';

import { startEmulator } from '../../emulator/server.mts';
import { apiCall, send } from './raw-client.mts';
import { shared } from '../set-up.mts';

const START = Date.UTC(2024, 0, 1);
const APP = 1400000001;
const ROOM = 12358;
const USER = `tic_record_user_${ROOM}_1`;
const RequestId = expect.any(String);
let clock = START;
const emulator = shared(
	async () => await startEmulator({ now: () => clock, ratePerSecond: Infinity }),
);

beforeEach(() => {
	clock = START;
	emulator.reset();
});

const at = (seconds: number) => {
	clock = START + seconds * 1000;
};
const call = (action: string, params: object = {}) =>
	apiCall(emulator.url, {
		action,
		body: { SdkAppId: APP, ...params },
		timestamp: Math.floor(clock / 1000),
	});
const codeOf = async (action: string, params: object) =>
	(await call(action, params)).Error?.Code ?? null;
const fetchFile = (url: unknown) =>
	send(emulator.url, 'GET', new URL(url as string).pathname, {}, '');

async function startRecording(params: object = {}): Promise<string> {
	const answer = await call('StartOnlineRecord', {
		RoomId: ROOM,
		RecordUserId: USER,
		RecordUserSig: 'sig',
		...params,
	});
	expect(answer.Error).toBeUndefined();
	return answer.TaskId as string;
}

async function startPush(params: object = {}): Promise<Record<string, unknown>> {
	return await call('StartWhiteboardPush', {
		RoomId: ROOM,
		PushUserId: 'push_1',
		PushUserSig: 'sig',
		...params,
	});
}

describe('a recording', () => {
	test('is prepared, paused, resumed, stopped and finished', async () => {
		const TaskId = await startRecording({ GroupId: 'g1' });
		const state = async () => await call('DescribeOnlineRecord', { TaskId });
		const running = {
			TaskId,
			FinishReason: '',
			RoomId: ROOM,
			GroupId: 'g1',
			RecordUserId: USER,
			RecordStartTime: START / 1000 + 2,
			RecordStopTime: 0,
			TotalTime: 0,
			ExceptionCnt: 0,
			OmittedDurations: [],
			VideoInfos: [],
			ReplayUrl: null,
			Interrupts: [],
			RequestId,
		};
		at(1.999);
		expect(await state()).toEqual({ ...running, Status: 'PREPARED', RecordStartTime: 0 });
		at(2);
		expect(await state()).toEqual({ ...running, Status: 'RECORDING' });
		at(12);
		expect(await codeOf('PauseOnlineRecord', { TaskId })).toBeNull();
		expect(await state()).toEqual({ ...running, Status: 'PAUSED' });
		at(17);
		expect(await codeOf('ResumeOnlineRecord', { TaskId })).toBeNull();
		expect(await state()).toEqual({ ...running, Status: 'RECORDING' });
		at(37);
		expect(await codeOf('StopOnlineRecord', { TaskId })).toBeNull();
		const stopped = {
			...running,
			Status: 'STOPPED',
			FinishReason: 'USER_CALL',
			RecordStopTime: START / 1000 + 37,
		};
		at(37.999);
		expect(await state()).toEqual(stopped);
		const url = `${emulator.url}/files/${APP}/${TaskId}/videos`;
		expect((await fetchFile(`${url}/1.mp4`)).status).toBe(404);
		at(38);
		const files = await Promise.all(['1.mp4', '2.mp4'].map((name) => fetchFile(`${url}/${name}`)));
		const video = (index: number, VideoType: number, UserId: string) => ({
			VideoPlayTime: 0,
			VideoSize: files[index].body.length,
			VideoFormat: 'mp4',
			VideoDuration: 30_000,
			VideoUrl: `${url}/${index + 1}.mp4`,
			VideoId: `${TaskId}_${index + 1}`,
			VideoType,
			UserId,
			Width: 1280,
			Height: 960,
		});
		expect(await state()).toEqual({
			...stopped,
			Status: 'FINISHED',
			TotalTime: 30_000,
			OmittedDurations: [
				{ VideoTime: 10_000, PauseTime: START + 12_000, ResumeTime: START + 17_000 },
			],
			VideoInfos: [video(0, 2, ''), video(1, 0, 'user_1')],
		});
		expect(files.map(({ status, headers }) => [status, headers['content-type']])).toEqual([
			[200, 'video/mp4'],
			[200, 'video/mp4'],
		]);
		expect(files[0].body.equals(files[1].body)).toBe(false);
	});

	test('refuses what its state does not allow', async () => {
		const TaskId = await startRecording();
		const command = (name: string) => codeOf(`${name}OnlineRecord`, { TaskId });
		expect(await command('Pause')).toBe('UnsupportedOperation.InvalidTaskStatus');
		at(2);
		expect(await command('Resume')).toBe('UnsupportedOperation.InvalidTaskStatus');
		expect(await command('Pause')).toBeNull();
		expect(await command('Pause')).toBe('UnsupportedOperation.InvalidTaskStatus');
		expect(await command('Stop')).toBeNull();
		for (const name of ['Pause', 'Resume', 'Stop']) {
			expect(await command(name)).toBe('UnsupportedOperation.TaskHasAlreadyStopped');
		}
		expect(await codeOf('StopOnlineRecord', { TaskId: 'nothing' })).toBe(
			'InvalidParameter.TaskNotFound',
		);
	});

	test('that is stopped before it began has recorded nothing', async () => {
		const TaskId = await startRecording();
		at(1);
		await call('StopOnlineRecord', { TaskId });
		at(60);
		expect(await call('DescribeOnlineRecord', { TaskId })).toMatchObject({
			Status: 'FINISHED',
			RecordStartTime: 0,
			RecordStopTime: START / 1000 + 1,
			TotalTime: 0,
		});
	});

	test.each([
		['300 seconds', {}, 300],
		['what is asked for', { AutoStopTimeout: 900 }, 900],
	])('ends by itself after %s', async (_what, params, seconds) => {
		const TaskId = await startRecording(params);
		at(seconds - 0.001);
		expect((await call('DescribeOnlineRecord', { TaskId })).Status).toBe('RECORDING');
		at(seconds);
		expect(await call('DescribeOnlineRecord', { TaskId })).toMatchObject({
			Status: 'STOPPED',
			FinishReason: 'AUTO',
		});
		expect(await codeOf('StopOnlineRecord', { TaskId })).toBe(
			'UnsupportedOperation.TaskHasAlreadyStopped',
		);
	});

	test('is over after a pause of 90 minutes, and after a day', async () => {
		const paused = await startRecording();
		at(10);
		await call('PauseOnlineRecord', { TaskId: paused });
		at(10 + 90 * 60 - 1);
		expect((await call('DescribeOnlineRecord', { TaskId: paused })).Status).toBe('PAUSED');
		at(10 + 90 * 60 + 1);
		expect(await call('DescribeOnlineRecord', { TaskId: paused })).toMatchObject({
			Status: 'FINISHED',
			FinishReason: 'FORCE_STOP',
			TotalTime: 8000,
		});
		at(0);
		const long = emulator.addTask('recording', { sdkAppId: APP, runSeconds: 86_000 });
		at(10);
		await call('PauseOnlineRecord', { TaskId: long });
		at(3610);
		await call('ResumeOnlineRecord', { TaskId: long });
		at(2 + 86_400 + 1);
		expect(await call('DescribeOnlineRecord', { TaskId: long })).toMatchObject({
			Status: 'FINISHED',
			FinishReason: 'FORCE_STOP',
			RecordStopTime: START / 1000 + 2 + 86_400,
		});
	});

	test('shifts its end by the time it was paused', async () => {
		const TaskId = await startRecording();
		at(100);
		await call('PauseOnlineRecord', { TaskId });
		at(150);
		await call('ResumeOnlineRecord', { TaskId });
		at(349.999);
		expect((await call('DescribeOnlineRecord', { TaskId })).Status).toBe('RECORDING');
		at(351);
		expect(await call('DescribeOnlineRecord', { TaskId })).toMatchObject({
			Status: 'FINISHED',
			FinishReason: 'AUTO',
			TotalTime: 298_000,
		});
	});

	test('has a mixed video and a sound file, if asked for', async () => {
		const TaskId = await startRecording({
			MixStream: { Enabled: true, ModelId: 1 },
			AudioFileNeeded: true,
		});
		at(10);
		await call('StopOnlineRecord', { TaskId });
		at(11);
		const answer = await call('DescribeOnlineRecord', { TaskId });
		const videos = answer.VideoInfos as Array<Record<string, unknown>>;
		expect(
			videos.map(({ VideoType, UserId, VideoFormat }) => [VideoType, UserId, VideoFormat]),
		).toEqual([
			[2, '', 'mp4'],
			[0, 'user_1', 'mp4'],
			[3, `tic_mixstream_${ROOM}_1`, 'mp4'],
			[4, 'user_1', 'mp3'],
		]);
		expect(videos[3]).toMatchObject({ Width: 0, Height: 0 });
		const sound = await fetchFile(videos[3].VideoUrl);
		expect(sound.headers['content-type']).toBe('audio/mpeg');
		expect(sound.body.subarray(0, 3).toString('latin1')).toBe('ID3');
		expect(answer.ReplayUrl).toBeNull();
	});

	test('for a video generation has a link to play it back in place of videos', async () => {
		const TaskId = await startRecording({
			MixStream: { Enabled: true, ModelId: 1 },
			AudioFileNeeded: true,
			RecordMode: 'VIDEO_GENERATION_MODE',
		});
		at(10);
		await call('StopOnlineRecord', { TaskId });
		expect((await call('DescribeOnlineRecord', { TaskId })).ReplayUrl).toBeNull();
		at(11);
		const answer = await call('DescribeOnlineRecord', { TaskId });
		expect(answer.VideoInfos).toEqual([]);
		expect((await fetchFile(answer.ReplayUrl)).headers['content-type']).toBe('text/html');
		const video = `${emulator.url}/files/${APP}/${TaskId}/videos/1.mp4`;
		expect((await fetchFile(video)).status).toBe(404);
	});

	test('put there by hand can have both', async () => {
		const given = { sdkAppId: APP, runSeconds: 0, forGeneration: true } as const;
		const videosOf = async (videos?: number) => {
			const TaskId = emulator.addTask('recording', { ...given, videos });
			const answer = await call('DescribeOnlineRecord', { TaskId });
			expect(answer.ReplayUrl).toEqual(expect.any(String));
			return (answer.VideoInfos as unknown[]).length;
		};
		expect(await videosOf()).toBe(0);
		expect(await videosOf(2)).toBe(2);
	});

	test('needs a user of its own for as long as it runs', async () => {
		const TaskId = await startRecording();
		const again = { RoomId: ROOM, RecordUserId: USER, RecordUserSig: 'sig' };
		expect(await codeOf('StartOnlineRecord', again)).toBe('ResourceInUse.RecordUserId');
		expect(await codeOf('StartOnlineRecord', { ...again, SdkAppId: APP + 1 })).toBeNull();
		expect((await startPush({ PushUserId: USER })).Error).toMatchObject({
			Code: 'ResourceInUse.RecordUserId',
		});
		await call('StopOnlineRecord', { TaskId });
		expect(await codeOf('StartOnlineRecord', again)).toBeNull();
	});

	test('put there by hand can end in a fault, be paused, or have other videos', async () => {
		const broken = emulator.addTask('recording', {
			sdkAppId: APP,
			runSeconds: 0,
			finishReason: 'EXCEPTION',
			videos: 0,
		});
		expect(await call('DescribeOnlineRecord', { TaskId: broken })).toMatchObject({
			Status: 'FINISHED',
			FinishReason: 'EXCEPTION',
			ExceptionCnt: 1,
			VideoInfos: [],
		});
		const partial = emulator.addTask('recording', {
			sdkAppId: APP,
			runSeconds: 0,
			finishReason: 'EXCEPTION',
			videos: [
				{ type: 'whiteboard', userId: '' },
				{ type: 'camera', userId: 'user_1', lost: true },
			],
		});
		const url = `${emulator.url}/files/${APP}/${partial}/videos`;
		expect(await call('DescribeOnlineRecord', { TaskId: partial })).toMatchObject({
			Status: 'FINISHED',
			VideoInfos: [
				{ VideoType: 2, VideoUrl: `${url}/1.mp4` },
				{ VideoType: 0, VideoUrl: '', VideoSize: 0, VideoDuration: 0 },
			],
		});
		expect((await fetchFile(`${url}/1.mp4`)).status).toBe(200);
		expect((await fetchFile(`${url}/2.mp4`)).status).toBe(404);
		const paused = emulator.addTask('recording', { sdkAppId: APP, runSeconds: 60, paused: true });
		at(3600);
		expect((await call('DescribeOnlineRecord', { TaskId: paused })).Status).toBe('PAUSED');
		const slow = emulator.addTask('recording', {
			sdkAppId: APP,
			runSeconds: 0,
			processSeconds: 5,
			videos: [{ type: 'screen', userId: 'teacher' }],
		});
		expect((await call('DescribeOnlineRecord', { TaskId: slow })).Status).toBe('STOPPED');
		at(3605);
		expect(await call('DescribeOnlineRecord', { TaskId: slow })).toMatchObject({
			Status: 'FINISHED',
			VideoInfos: [{ VideoType: 1, UserId: 'teacher' }],
		});
	});

	test('runs as long as the emulator is told to', async () => {
		const quick = await startEmulator({ liveSeconds: 4, now: () => clock });
		try {
			const ask = (action: string, params: object) =>
				apiCall(quick.url, {
					action,
					body: { SdkAppId: APP, ...params },
					timestamp: Math.floor(clock / 1000),
				});
			const { TaskId } = await ask('StartOnlineRecord', {
				RoomId: ROOM,
				RecordUserId: USER,
				RecordUserSig: 'sig',
			});
			at(0.4);
			expect((await ask('DescribeOnlineRecord', { TaskId })).Status).toBe('RECORDING');
			at(5);
			expect((await ask('DescribeOnlineRecord', { TaskId })).Status).toBe('FINISHED');
		} finally {
			await quick.close();
		}
	});
});

describe('a push', () => {
	test('is prepared, pushing and stopped', async () => {
		const { TaskId, ...rest } = await startPush();
		expect(rest).toEqual({ Backup: '', RequestId });
		const state = async () => await call('DescribeWhiteboardPush', { TaskId });
		const running = {
			TaskId,
			FinishReason: '',
			RoomId: ROOM,
			GroupId: String(ROOM),
			PushUserId: 'push_1',
			PushStartTime: START / 1000 + 2,
			PushStopTime: 0,
			ExceptionCnt: 0,
			IMSyncTime: START / 1000 + 2,
			Backup: '',
			RequestId,
		};
		expect(await state()).toEqual({
			...running,
			Status: 'PREPARED',
			PushStartTime: 0,
			IMSyncTime: 0,
		});
		at(2);
		expect(await state()).toEqual({ ...running, Status: 'PUSHING' });
		at(30);
		expect(await call('StopWhiteboardPush', { TaskId })).toEqual({ Backup: '', RequestId });
		expect(await state()).toEqual({
			...running,
			Status: 'STOPPED',
			FinishReason: 'USER_CALL',
			PushStopTime: START / 1000 + 30,
		});
		expect(await codeOf('StopWhiteboardPush', { TaskId })).toBe(
			'UnsupportedOperation.TaskHasAlreadyStopped',
		);
	});

	test('ends by itself after half an hour', async () => {
		const { TaskId } = await startPush();
		at(1799.999);
		expect((await call('DescribeWhiteboardPush', { TaskId })).Status).toBe('PUSHING');
		at(1800);
		expect(await call('DescribeWhiteboardPush', { TaskId })).toMatchObject({
			Status: 'STOPPED',
			FinishReason: 'AUTO',
		});
	});

	test.each([true, false])('has a second stream; ended with it: %s', async (AutoManageBackup) => {
		const Backup = { PushUserId: 'push_2', PushUserSig: 'sig' };
		const started = await startPush({ Backup, AutoManageBackup });
		const { TaskId: second } = JSON.parse(started.Backup as string) as { TaskId: string };
		const { TaskId } = started;
		const stopped = await call('StopWhiteboardPush', { TaskId });
		expect(stopped.Backup).toMatch(AutoManageBackup ? /^{"RequestId":"[0-9a-f-]{36}"}$/ : /^$/);
		const described = await call('DescribeWhiteboardPush', { TaskId });
		expect(JSON.parse(described.Backup as string)).toMatchObject({
			TaskId: second,
			PushUserId: 'push_2',
			Status: AutoManageBackup ? 'STOPPED' : 'PREPARED',
		});
	});

	test('needs users of its own', async () => {
		await startPush();
		const backup = { Backup: { PushUserId: 'push_1', PushUserSig: 'sig' }, PushUserId: 'push_3' };
		expect((await startPush(backup)).Error).toMatchObject({ Code: 'ResourceInUse.RecordUserId' });
	});
});
