/** What the service tells of tasks while they run, by a clock the test moves. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { EVENT_DATA_SHAPES } from '../../emulator/events.mts';
import { signOf } from '../../emulator/forgeries.mts';
import { startEmulator } from '../../emulator/server.mts';
import type { Emulator, EmulatorOptions, TaskKind } from '../../emulator/server.mts';
import { apiCall } from './raw-client.mts';
import { never, openReceiver, withStatus } from './receiver.mts';
import type { Answerer } from './receiver.mts';

const START = Date.UTC(2024, 0, 1);
const APP = 1400000001;
const KEY = 'Xz4ZgayTr7rMgWQrH';
const USER = 'tic_record_user_12358_1';
const FAILURE = { errorCode: 'FailedOperation.Any', errorMessage: '-27: it failed' };
let clock = START;
let emulator: Emulator;
const closers: Array<() => Promise<unknown>> = [];

beforeEach(() => {
	clock = START;
});
afterEach(async () => {
	await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(options: EmulatorOptions = {}): Promise<void> {
	emulator = await startEmulator({ now: () => clock, ratePerSecond: Infinity, ...options });
	closers.push(() => emulator.close());
}

async function receiver(...answers: Answerer[]) {
	const opened = await openReceiver(...(answers.length > 0 ? answers : [withStatus(200)]));
	closers.push(opened.close);
	return opened;
}

const at = (seconds: number) => {
	clock = START + seconds * 1000;
};

async function ask(action: string, params: object = {}) {
	return await apiCall(emulator.url, {
		action,
		body: { SdkAppId: APP, ...params },
		region: /PPT|Warning|VideoGeneration|ByUrl/.test(action) ? 'ap-guangzhou' : undefined,
		timestamp: Math.floor(clock / 1000),
	});
}

async function call(action: string, params: object = {}) {
	const { Error, ...answer } = await ask(action, params);
	expect(Error).toBeUndefined();
	return answer;
}

async function register(family: string, Callback: string, CallbackKey?: string): Promise<void> {
	await call(`Set${family}Callback`, { Callback });
	if (CallbackKey !== undefined) await call(`Set${family}CallbackKey`, { CallbackKey });
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until so many callbacks have been made, and long enough after that for one too many. */
async function delivered(count: number): Promise<void> {
	const isDone = () => {
		const answered = emulator.callbacks.filter(({ statuses }) => statuses.length > 0);
		return answered.length >= count;
	};
	const end = Date.now() + 10_000;
	while (!isDone() && Date.now() < end) await pass(5);
	await pass(30);
	expect(emulator.callbacks.map(({ eventType }) => eventType)).toHaveLength(count);
}

const typesOf = (bodies: Array<{ EventType: string }>) => bodies.map(({ EventType }) => EventType);

/** The documented contents. */
const NAMES: Record<string, string> = {
	TranscodeProgressChanged: 'TaskId Progress Resolution Title Pages',
	TranscodeFinished:
		'TaskId Resolution Title Pages ResultUrl ThumbnailUrl ThumbnailResolution CompressFileUrl',
	OnlineRecordStarted: 'TaskId RoomId RecordUserId',
	OnlineRecordStopped: 'TaskId RoomId RecordUserId',
	OnlineRecordFinished:
		'TaskId RoomId GroupId RecordUserId FinishReason RecordStartTime RecordStopTime TotalTime ' +
		'ExceptionCnt OmittedDurations VideoInfos',
	OnlineRecordLongPauseWarning: 'TaskId RoomId RecordUserId PauseTime EstimateStopTime',
	OnlineRecordLongPauseForceStopped: 'TaskId RoomId RecordUserId PauseTime StopTime',
	WhiteboardPushStarted: 'TaskId RoomId PushUserId PushStartTime',
	WhiteboardPushStopped:
		'TaskId RoomId GroupId PushUserId FinishReason PushStartTime PushStopTime IMSyncTime ExceptionCnt',
};

interface Family {
	family: string;
	kind: TaskKind;
	query: string;
	given?: object;
	/** The seconds at which something happens to a task of ten. */
	steps: Array<[number, string]>;
}

const transcode: Family = {
	family: 'Transcode',
	kind: 'transcode',
	query: 'DescribeTranscode',
	given: { thumbnailResolution: '320x180', compressFileType: 'zip' },
	steps: [
		[3.25, 'TranscodeProgressChanged'],
		[5.5, 'TranscodeProgressChanged'],
		[7.75, 'TranscodeProgressChanged'],
		[10, 'TranscodeFinished'],
	],
};
const recording: Family = {
	family: 'OnlineRecord',
	kind: 'recording',
	query: 'DescribeOnlineRecord',
	steps: [
		[1, 'OnlineRecordStarted'],
		[10, 'OnlineRecordStopped'],
		[11, 'OnlineRecordFinished'],
	],
};
const push: Family = {
	family: 'WhiteboardPush',
	kind: 'whiteboardPush',
	query: 'DescribeWhiteboardPush',
	steps: [
		[1, 'WhiteboardPushStarted'],
		[10, 'WhiteboardPushStopped'],
	],
};
const pptCheck: Family = {
	family: 'PPTCheck',
	kind: 'pptCheck',
	query: 'DescribePPTCheck',
	given: { repair: true, problems: [{ page: 'slide1', name: 'a', type: 1, detail: 'b' }] },
	steps: [
		[3.25, 'PPTCheckProgressChanged'],
		[5.5, 'PPTCheckProgressChanged'],
		[7.75, 'PPTCheckProgressChanged'],
		[10, 'PPTCheckFinished'],
	],
};
const generation: Family = {
	family: 'VideoGenerationTask',
	kind: 'videoGeneration',
	query: 'DescribeVideoGenerationTask',
	steps: [[10, 'VideoGenerationFinished']],
};
const DOCUMENTED = [transcode, recording, push];
const ALL = [...DOCUMENTED, pptCheck, generation];

const addTask = ({ kind, given }: Family, more: object = {}) =>
	emulator.addTask(kind, { sdkAppId: APP, runSeconds: 10, ...given, ...more });

describe.each(ALL)('$kind', (row) => {
	const { family, query, steps } = row;

	test('tells what its query answers at that moment, in order and on time', async () => {
		await start();
		const { url, bodies } = await receiver();
		await register(family, url);
		const TaskId = addTask(row);
		for (const [index, [seconds, eventType]] of steps.entries()) {
			at(seconds - 0.001);
			await pass(45);
			expect(bodies).toHaveLength(index);
			at(seconds);
			const { VideoInfoList, ...answer } = await call(query, { TaskId });
			await delivered(index + 1);
			const { EventData, ...envelope } = bodies[index];
			expect(envelope).toEqual({
				Timestamp: Math.floor(clock / 1000),
				SdkAppId: APP,
				EventType: eventType,
			});
			expect(EventData.TaskId).toBe(TaskId);
			if (row === generation) {
				expect(EventData).toEqual({
					TaskId,
					RoomId: answer.RoomId,
					GroupId: answer.GroupId,
					TotalTime: answer.TotalTime,
					VideoInfos: VideoInfoList,
					ReplayUrl: '',
					RecordStartTime: expect.any(Number),
					RecordStopTime: expect.any(Number),
				});
			} else expect(answer).toMatchObject(EventData);
			if (DOCUMENTED.includes(row)) {
				expect(Object.keys(EventData).sort()).toEqual(NAMES[eventType].split(' ').sort());
			}
		}
		at(3600);
		await delivered(steps.length);
		expect(emulator.callbacks.map(({ taskId, eventType }) => [taskId, eventType])).toEqual(
			steps.map(([, eventType]) => [TaskId, eventType]),
		);
	});

	test('tells of a failure at its end only, as its query does', async () => {
		await start();
		const { url, bodies } = await receiver();
		await register(family, url);
		const TaskId = addTask(row, { outcome: FAILURE });
		at(60);
		await delivered(steps.length);
		const { Error } = await ask(query, { TaskId });
		expect(Error).toEqual({ Code: FAILURE.errorCode, Message: FAILURE.errorMessage });
		expect(typesOf(bodies)).toEqual(steps.map(([, eventType]) => eventType));
		expect(bodies.map(({ EventData }) => EventData.Error)).toEqual([
			...Array.from({ length: steps.length - 1 }, () => undefined),
			Error,
		]);
		const { EventData } = bodies.at(-1);
		expect(EventData.TaskId).toBe(TaskId);
		if (row === transcode) {
			expect(EventData).toMatchObject({ Resolution: '', Title: '', Pages: 0, ResultUrl: '' });
		}
		if (row === generation) expect(EventData).toMatchObject({ TotalTime: 0, VideoInfos: [] });
		if (row === pptCheck) expect(EventData).toMatchObject({ IsOK: false, ResultUrl: null });
		if (row === recording) {
			expect(EventData).toMatchObject({ FinishReason: 'EXCEPTION', TotalTime: 0, VideoInfos: [] });
		}
	});

	test('is nobody’s business but that of its own application and family', async () => {
		await start();
		const { url } = await receiver();
		for (const { family: other } of ALL) if (other !== family) await register(other, url);
		await call(`Set${family}Callback`, { SdkAppId: APP + 1, Callback: url });
		addTask(row);
		at(60);
		await delivered(0);
	});
});

test('fields that are other than they would be are so in events too', async () => {
	await start();
	const { url, bodies } = await receiver();
	await register('Transcode', url);
	addTask(transcode, { runSeconds: 0, fields: { ResultUrl: 'https://example.com/other' } });
	await delivered(1);
	expect(bodies[0].EventData.ResultUrl).toBe('https://example.com/other');
});

test('tasks that are over at once have no progress', async () => {
	await start();
	const { url, bodies } = await receiver();
	await register('Transcode', url);
	addTask(transcode, { runSeconds: 0 });
	await delivered(1);
	expect(typesOf(bodies)).toEqual(['TranscodeFinished']);
});

test('what happens to several tasks is told in the order of time', async () => {
	await start();
	const { url } = await receiver();
	await register(generation.family, url);
	const [long, short] = [30, 20].map((runSeconds) => addTask(generation, { runSeconds }));
	at(40);
	await delivered(2);
	expect(emulator.callbacks.map(({ taskId }) => taskId)).toEqual([short, long]);
});

describe('who is told', () => {
	test('is looked up for each event: URL, key, a new key, none, another URL', async () => {
		await start();
		const [one, other] = [await receiver(), await receiver()];
		await register('Transcode', one.url);
		const TaskId = addTask(transcode);
		const seen: Array<string | undefined> = [];
		const next = async (seconds: number, count: number) => {
			at(seconds);
			await delivered(count);
			const { body } = emulator.callbacks.at(-1)!;
			seen.push(body.Sign as string | undefined);
			return body;
		};
		expect(await next(4, 1)).not.toHaveProperty('ExpireTime');
		await register('Transcode', one.url, KEY);
		expect((await next(6, 2)).ExpireTime).toBe(START / 1000 + 606);
		await register('Transcode', one.url, 'k');
		await next(8, 3);
		await register('Transcode', other.url, '');
		expect(await next(10, 4)).not.toHaveProperty('ExpireTime');
		expect(seen).toEqual([
			undefined,
			signOf(KEY, START / 1000 + 606),
			signOf('k', START / 1000 + 608),
			undefined,
		]);
		expect(one.bodies).toHaveLength(3);
		expect(other.bodies).toMatchObject([{ EventData: { TaskId } }]);
	});

	test('misses what happened before it was registered, and while it was not', async () => {
		await start();
		const { url, bodies } = await receiver();
		addTask(transcode);
		at(4);
		await register('Transcode', url);
		at(6);
		await delivered(1);
		await register('Transcode', '');
		at(8);
		await pass(50);
		await register('Transcode', url);
		at(10);
		await delivered(2);
		expect(bodies.map(({ EventData }) => EventData.Progress)).toEqual([50, undefined]);
		expect(emulator.callbacks.at(-1)?.eventType).toBe('TranscodeFinished');
	});

	test('what was due under the old key is signed with it', async () => {
		await start({ callbacks: { delayMs: () => 0 } });
		const { url, bodies } = await receiver();
		await register('Transcode', url, KEY);
		addTask(transcode, { runSeconds: 0 });
		await register('Transcode', url);
		await delivered(1);
		expect(bodies[0].Sign).toBe(signOf(KEY, bodies[0].ExpireTime));
	});

	test('nothing leaves this machine', async () => {
		await start();
		await register('Transcode', 'https://example.com/hook');
		addTask(transcode, { runSeconds: 0 });
		await delivered(0);
	});

	test('nobody watches the clock while nobody listens, or after a reset or the end', async () => {
		const set = jest.spyOn(globalThis, 'setInterval');
		const clear = jest.spyOn(globalThis, 'clearInterval');
		const ours = () =>
			set.mock.calls.flatMap(([, ms], index) => (ms === 20 ? [set.mock.results[index].value] : []));
		const running = () => {
			const cleared = clear.mock.calls.map(([timer]) => timer as unknown);
			return ours().filter((timer) => !cleared.includes(timer)).length;
		};
		try {
			await start();
			addTask(transcode);
			expect(running()).toBe(0);
			const { url } = await receiver();
			await register('Transcode', url);
			await register('OnlineRecord', url);
			expect(running()).toBe(1);
			expect((ours()[0] as NodeJS.Timeout).hasRef()).toBe(false);
			await register('Transcode', '');
			expect(running()).toBe(1);
			const bucket = {
				BucketName: 'b',
				BucketLocation: 'l',
				BucketPrefix: 'p',
				ResultDomain: 'd',
				CallbackKey: '',
				AdminUserId: 'a',
				AdminUserSig: 's',
			};
			const Configs = [{ TaskType: 'recording', Callback: url, ...bucket }];
			await call('ModifyWhiteboardApplicationConfig', { Configs });
			await register('OnlineRecord', '');
			expect(running()).toBe(0);
			await register('Transcode', url);
			emulator.reset();
			expect(running()).toBe(0);
			addTask(transcode, { runSeconds: 0 });
			await delivered(0);
			const TaskID = emulator.addTask('snapshot', {
				sdkAppId: APP,
				runSeconds: 1,
				callbackUrl: url,
			});
			expect(running()).toBe(1);
			at(60);
			await delivered(1);
			expect(emulator.callbacks[0]).toMatchObject({ taskId: TaskID, url });
			expect(running()).toBe(0);
			await register('Transcode', url);
			await emulator.close();
			expect(running()).toBe(0);
		} finally {
			set.mockRestore();
			clear.mockRestore();
		}
	});
});

describe('a recording', () => {
	const started = async () => {
		const answer = await call('StartOnlineRecord', {
			RoomId: 12358,
			RecordUserId: USER,
			RecordUserSig: 'sig',
		});
		return answer.TaskId as string;
	};

	test('that is paused and stopped tells when, and what was left out', async () => {
		await start();
		const { url, bodies } = await receiver();
		await register('OnlineRecord', url);
		const TaskId = await started();
		at(12);
		await call('PauseOnlineRecord', { TaskId });
		at(17);
		await call('ResumeOnlineRecord', { TaskId });
		at(37);
		await delivered(1);
		await call('StopOnlineRecord', { TaskId });
		await delivered(2);
		at(38);
		await delivered(3);
		expect(typesOf(bodies)).toEqual([
			'OnlineRecordStarted',
			'OnlineRecordStopped',
			'OnlineRecordFinished',
		]);
		expect(bodies[2].EventData).toMatchObject({
			FinishReason: 'USER_CALL',
			RecordStopTime: START / 1000 + 37,
			TotalTime: 30_000,
			OmittedDurations: [{ VideoTime: 10_000 }],
		});
		expect(await call('DescribeOnlineRecord', { TaskId })).toMatchObject(bodies[2].EventData);
	});

	test('that is stopped before it began never began', async () => {
		await start();
		const { url, bodies } = await receiver();
		await register('OnlineRecord', url);
		const TaskId = await started();
		at(1);
		await call('StopOnlineRecord', { TaskId });
		at(60);
		await delivered(2);
		expect(typesOf(bodies)).toEqual(['OnlineRecordStopped', 'OnlineRecordFinished']);
		expect(bodies[1].EventData.RecordStartTime).toBe(0);
	});

	test('that is paused for long is warned, and then ended', async () => {
		await start();
		const { url, bodies } = await receiver();
		await register('OnlineRecord', url);
		const TaskId = await started();
		at(10);
		await call('PauseOnlineRecord', { TaskId });
		await delivered(1);
		at(10 + 20 * 60 - 1);
		await delivered(1);
		at(10 + 20 * 60);
		await delivered(2);
		at(10 + 90 * 60 - 1);
		await delivered(2);
		at(10 + 90 * 60 + 1);
		await delivered(5);
		const [, warning, forced, stopped, finished] = bodies;
		const PauseTime = START / 1000 + 10;
		const whose = { TaskId, RoomId: 12358, RecordUserId: USER };
		expect([warning.EventType, warning.EventData]).toEqual([
			'OnlineRecordLongPauseWarning',
			{ ...whose, PauseTime, EstimateStopTime: PauseTime + 5400 },
		]);
		expect([forced.EventType, forced.EventData]).toEqual([
			'OnlineRecordLongPauseForceStopped',
			{ ...whose, PauseTime, StopTime: PauseTime + 5400 },
		]);
		for (const { EventType, EventData } of [warning, forced]) {
			expect(Object.keys(EventData).sort()).toEqual(NAMES[EventType].split(' ').sort());
		}
		expect(typesOf([stopped, finished])).toEqual(['OnlineRecordStopped', 'OnlineRecordFinished']);
		expect(finished.EventData.FinishReason).toBe('FORCE_STOP');
	});

	test.each([
		['Resume', 20 * 60 - 1, []],
		['Resume', 20 * 60, ['OnlineRecordLongPauseWarning']],
		['Stop', 20 * 60 - 1, []],
		['Stop', 21 * 60, ['OnlineRecordLongPauseWarning']],
	])('paused until %s after %d s is not ended for that', async (command, seconds, warning) => {
		await start();
		const { url, bodies } = await receiver();
		await register('OnlineRecord', url);
		const TaskId = await started();
		at(10);
		await call('PauseOnlineRecord', { TaskId });
		at(10 + seconds + 0.5);
		await delivered(1 + warning.length);
		await call(`${command}OnlineRecord`, { TaskId });
		at(3 * 3600);
		await delivered(3 + warning.length);
		expect(typesOf(bodies)).toEqual([
			'OnlineRecordStarted',
			...warning,
			'OnlineRecordStopped',
			'OnlineRecordFinished',
		]);
	});

	test('that failed was once told of without a word whose it was', async () => {
		await start({ callbacks: { bareFailures: ['recording'] } });
		const { url, bodies } = await receiver();
		await register('OnlineRecord', url, KEY);
		await register('Transcode', url);
		addTask(recording, { outcome: FAILURE });
		at(60);
		await delivered(3);
		addTask(transcode, { outcome: FAILURE, runSeconds: 0 });
		await delivered(4);
		const Error = { Code: FAILURE.errorCode, Message: FAILURE.errorMessage };
		const [, , finished, other] = bodies;
		expect(finished).toEqual({
			Timestamp: START / 1000 + 60,
			EventType: 'OnlineRecordFinished',
			EventData: { Error },
			ExpireTime: START / 1000 + 660,
			Sign: expect.any(String),
		});
		expect(other).toMatchObject({
			SdkAppId: APP,
			EventData: { TaskId: expect.any(String), Error },
		});
	});
});

test('a push that is stopped tells so; its second stream is a task of its own', async () => {
	await start();
	const { url, bodies } = await receiver();
	await register('WhiteboardPush', url);
	const { TaskId } = await call('StartWhiteboardPush', {
		RoomId: 12358,
		PushUserId: 'one',
		PushUserSig: 'sig',
		Backup: { PushUserId: 'two', PushUserSig: 'sig' },
	});
	at(2);
	await delivered(2);
	at(5);
	await call('StopWhiteboardPush', { TaskId });
	await delivered(3);
	expect(
		bodies
			.slice(0, 2)
			.map(({ EventData }) => EventData.PushUserId)
			.sort(),
	).toEqual(['one', 'two']);
	expect(bodies[2]).toMatchObject({
		EventType: 'WhiteboardPushStopped',
		EventData: { TaskId, FinishReason: 'USER_CALL', PushStopTime: START / 1000 + 5 },
	});
});

describe('what is not documented', () => {
	test.each(EVENT_DATA_SHAPES)('can have the shape %s and any name', async (shape) => {
		const video = { finished: 'MadeAVideo', shape };
		const check = { progress: 'Checking', finished: 'Checked', shape };
		await start({ callbacks: { videoGeneration: video, pptCheck: check } });
		const { url, bodies } = await receiver();
		await register('VideoGenerationTask', url);
		await register('PPTCheck', url);
		const ids = [addTask(generation), addTask(pptCheck)];
		at(20);
		await delivered(5);
		expect(typesOf(bodies).sort()).toEqual([
			'Checked',
			'Checking',
			'Checking',
			'Checking',
			'MadeAVideo',
		]);
		for (const { EventType, EventData } of bodies) {
			const isVideo = EventType === 'MadeAVideo';
			const id = ids[isVideo ? 0 : 1];
			const bare: Record<string, object> = { TaskId: { TaskId: id }, TaskID: { TaskID: id } };
			if (shape in bare) expect(EventData).toEqual(bare[shape]);
			else {
				expect(EventData.TaskId).toBe(id);
				expect('GroupId' in EventData).toBe(isVideo);
				expect('Status' in EventData).toBe(shape === 'answer');
			}
		}
	});

	test('warnings are sent when asked for', async () => {
		await start();
		const { url, bodies } = await receiver();
		emulator.warn(APP, { TaskId: 'before' });
		await call('SetWarningCallback', { Callback: url, CallbackKey: KEY });
		emulator.warn(APP, { TaskId: 'a', Level: 1 });
		emulator.warn(APP + 1, { TaskId: 'other' });
		await delivered(1);
		emulator.setCallbackOptions({ warning: { eventType: 'TaskWarning' } });
		emulator.warn(APP, {});
		await delivered(2);
		const envelope = {
			Timestamp: START / 1000,
			SdkAppId: APP,
			ExpireTime: START / 1000 + 600,
			Sign: signOf(KEY, START / 1000 + 600),
		};
		expect(bodies).toEqual([
			{ ...envelope, EventType: 'Warning', EventData: { TaskId: 'a', Level: 1 } },
			{ ...envelope, EventType: 'TaskWarning', EventData: {} },
		]);
	});

	test('the order of fields, the header and the time to live are a choice', async () => {
		const fieldOrder = ['Sign', 'EventData', 'ExpireTime'];
		await start({ callbacks: { fieldOrder, expireSeconds: 5, contentType: null } });
		const { url, requests, bodies } = await receiver();
		await register('Transcode', url, KEY);
		addTask(transcode, { runSeconds: 0 });
		await delivered(1);
		expect(Object.keys(bodies[0])).toEqual([...fieldOrder, 'Timestamp', 'SdkAppId', 'EventType']);
		expect(bodies[0].ExpireTime).toBe(START / 1000 + 5);
		expect(requests[0].method).toBe('POST');
		expect(requests[0].headers).not.toHaveProperty('content-type');
		emulator.setCallbackOptions({ contentType: 'text/plain', fieldOrder: [] });
		addTask(transcode, { runSeconds: 0 });
		await delivered(2);
		expect(requests[1].headers['content-type']).toBe('text/plain');
		expect(Object.keys(bodies[1])[0]).toBe('Timestamp');
	});
});

describe('delivery', () => {
	const finish = async (options: EmulatorOptions['callbacks'], ...answers: Answerer[]) => {
		await start({ callbacks: { pause: 1, ...options } });
		const opened = await receiver(...answers);
		await register('OnlineRecord', opened.url, KEY);
		return { ...opened, id: addTask(recording) };
	};

	test('is repeated until 200, and its times are kept', async () => {
		const { bodies } = await finish(
			{ timeout: 300 },
			withStatus(500),
			never,
			withStatus(200, 40),
			withStatus(200),
		);
		at(1);
		while (emulator.callbacks[0]?.statuses.length !== 3) await pass(5);
		const [{ body, statuses, milliseconds }] = emulator.callbacks;
		expect(bodies).toEqual([body, body, body]);
		expect(statuses).toEqual([500, null, 200]);
		expect(milliseconds).toHaveLength(3);
		expect(milliseconds[1]).toBeGreaterThan(290);
		expect(milliseconds[2]).toBeGreaterThan(35);
	});

	test('gives up in the end', async () => {
		const { bodies } = await finish({ repeats: 2 }, withStatus(503));
		at(1);
		while (emulator.callbacks[0]?.statuses.length !== 3) await pass(5);
		await pass(30);
		expect(bodies).toHaveLength(3);
	});

	test('keeps the order of a task even when the answer takes a while', async () => {
		const { bodies } = await finish({}, withStatus(200, 300), withStatus(200));
		at(20);
		while (bodies.length === 0) await pass(5);
		await pass(50);
		expect(bodies).toHaveLength(1);
		while (bodies.length < 3) await pass(5);
		await delivered(3);
		expect(typesOf(bodies)).toEqual(recording.steps.map(([, eventType]) => eventType));
	});

	test('loses, copies, delays as asked for', async () => {
		const { bodies, id } = await finish({
			loses: ({ eventType }) => eventType === 'OnlineRecordStarted',
			copies: ({ eventType, kind }) =>
				eventType === 'OnlineRecordFinished' && kind === 'recording' ? 1 : 0,
			delayMs: (about) => (about.eventType === 'OnlineRecordStopped' && about.id === id ? 400 : 0),
		});
		at(20);
		await delivered(2);
		while (bodies.length < 3) await pass(5);
		await delivered(3);
		expect(typesOf(bodies)).toEqual([
			'OnlineRecordFinished',
			'OnlineRecordFinished',
			'OnlineRecordStopped',
		]);
		expect(bodies[1]).toEqual(bodies[0]);
		expect(bodies[0].Sign).toBe(signOf(KEY, bodies[0].ExpireTime));
	});

	test('turns round what comes close together', async () => {
		const { bodies } = await finish({ reorderMs: 100 });
		at(20);
		await delivered(3);
		expect(typesOf(bodies)).toEqual(recording.steps.map(([, eventType]) => eventType).reverse());
		const more = () => addTask(recording, { createTime: START / 1000 });
		more();
		await delivered(6);
		expect(typesOf(bodies.slice(3))).toEqual(typesOf(bodies.slice(0, 3)));
		emulator.setCallbackOptions({ reorderMs: 0 });
		more();
		await delivered(9);
		expect(typesOf(bodies.slice(6))).toEqual(recording.steps.map(([, eventType]) => eventType));
	});

	test.each([
		['late', { delayMs: () => 300 }, 20, 0],
		['held back', { reorderMs: 300 }, 20, 0],
		['behind another', {}, 20, 1],
		['to be repeated', { pause: 300 }, 1, 1],
	])('ends with a reset where it is %s', async (where, options, seconds, begun) => {
		const first = where === 'to be repeated' ? withStatus(500) : withStatus(200, 300);
		const { url, bodies } = await finish({}, first, withStatus(200));
		emulator.setCallbackOptions(options);
		at(seconds);
		while (bodies.length < begun) await pass(5);
		await pass(50);
		emulator.reset();
		await register('OnlineRecord', url);
		await pass(400);
		expect(bodies).toHaveLength(begun);
		expect(emulator.callbacks).toHaveLength(begun);
		emulator.setCallbackOptions(options);
		addTask(recording, { runSeconds: 0, processSeconds: 0 });
		while (bodies.length < begun + 3) await pass(5);
		await pass(50);
		expect(typesOf(bodies)).toHaveLength(begun + 3);
	});

	test('ends with the emulator', async () => {
		const { bodies } = await finish({}, withStatus(200, 300));
		at(20);
		while (bodies.length === 0) await pass(5);
		await emulator.close();
		await pass(50);
		expect(bodies).toHaveLength(1);
		expect(emulator.callbacks).toHaveLength(1);
	});

	test('is made by the options of the start again after a reset', async () => {
		const { url, bodies } = await finish({ expireSeconds: 5 });
		emulator.setCallbackOptions({ expireSeconds: 7, loses: () => true });
		emulator.reset();
		await register('OnlineRecord', url, KEY);
		addTask(recording, { runSeconds: 0, processSeconds: 0 });
		await delivered(3);
		expect(bodies[0].ExpireTime - bodies[0].Timestamp).toBe(5);
	});
});

test.each(ALL)('$kind: queries may lag behind the callback', async (row) => {
	await start({ staleMs: 5000, visibleAfterMs: 100 });
	const { url } = await receiver();
	await register(row.family, url);
	const TaskId = addTask(row);
	expect((await ask(row.query, { TaskId })).Error?.Code).toBe('InvalidParameter.TaskNotFound');
	const [end] = row.steps.at(-1)!;
	at(0.1);
	await call(row.query, { TaskId });
	const isOver = async () =>
		['FINISHED', row === push && 'STOPPED'].includes(
			(await call(row.query, { TaskId })).Status as string,
		);
	at(end);
	await delivered(row.steps.length);
	expect(await isOver()).toBe(false);
	at(end + 4.999);
	expect(await isOver()).toBe(false);
	at(end + 5);
	expect(await isOver()).toBe(true);
});

test('the query by URL and that of a snapshot lag behind too', async () => {
	await start({ staleMs: 5000 });
	const Url = 'https://example.com/a.pptx';
	addTask(transcode, { url: Url });
	const TaskID = emulator.addTask('snapshot', { sdkAppId: APP, runSeconds: 10 });
	const states = async () => [
		(await call('DescribeTranscodeByUrl', { Url })).Status,
		(await call('DescribeSnapshotTask', { TaskID })).Status,
	];
	at(14);
	expect(await states()).toEqual(['PROCESSING', 'Running']);
	at(15);
	expect(await states()).toEqual(['FINISHED', 'Finished']);
});
