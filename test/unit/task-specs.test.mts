import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import actionsFile from '../../emulator/facts/actions.json' with { type: 'json' };
import { buildBody } from '../../nodes/TencentWhiteboard/execute/request.ts';
import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { pptCheck } from '../../nodes/TencentWhiteboard/resources/pptCheck.ts';
import { recording } from '../../nodes/TencentWhiteboard/resources/recording.ts';
import { transcode } from '../../nodes/TencentWhiteboard/resources/transcode.ts';
import { videoGeneration } from '../../nodes/TencentWhiteboard/resources/videoGeneration.ts';
import { whiteboardPush } from '../../nodes/TencentWhiteboard/resources/whiteboardPush.ts';
import { UnexpectedShape } from '../../nodes/TencentWhiteboard/text.ts';
import { pptCheckTask } from '../../nodes/TencentWhiteboard/tasks/pptCheck.ts';
import { recordingTask } from '../../nodes/TencentWhiteboard/tasks/recording.ts';
import { snapshotTask } from '../../nodes/TencentWhiteboard/tasks/snapshot.ts';
import {
	transcodeTask,
	transcodeTaskByUrl,
} from '../../nodes/TencentWhiteboard/tasks/transcode.ts';
import { videoGenerationTask } from '../../nodes/TencentWhiteboard/tasks/videoGeneration.ts';
import { whiteboardPushTask } from '../../nodes/TencentWhiteboard/tasks/whiteboardPush.ts';
import type { OperationEntry, TaskSpec } from '../../nodes/TencentWhiteboard/types.ts';
import { TERMINAL_CODES } from '../terminal-codes.mts';

const { limits } = actionsFile;

const operations = [transcode, recording, videoGeneration, pptCheck, whiteboardPush].flatMap(
	(resource) => resource.operations,
);

function operationOf(api: string): OperationEntry {
	const found = operations.find((operation) => operation.api === api);
	if (!found) throw new Error(`No operation for ${api}`);
	return found;
}

/** The task of the operation that reads it. */
function taskOf(api: string): TaskSpec {
	const { task } = operationOf(api);
	if (!task) throw new Error(`No task for ${api}`);
	return task;
}

const VIDEO = {
	VideoPlayTime: 0,
	VideoSize: 1024,
	VideoFormat: 'mp4',
	VideoDuration: 4000,
	VideoUrl: 'https://recording.example.com/r1/board.mp4',
	VideoId: 'v1',
	VideoType: 2,
	UserId: '',
	Width: 1280,
	Height: 960,
};

/** What stands in place of the link of old. */
const DISUSED = 'Disused. Use the VideoInfoList parameter.';

/** An answer of every action as it comes when all is well. */
const FINISHED: Record<string, IDataObject> = {
	DescribeTranscode: {
		Pages: 3,
		Progress: 100,
		Resolution: '1280x720',
		ResultUrl: 'https://transcode.example.com/t1/',
		Status: 'FINISHED',
		TaskId: 't1',
		Title: 'Lesson.pdf',
		ThumbnailUrl: '',
		ThumbnailResolution: '',
		CompressFileUrl: '',
		ResourceListUrl: null,
		Ext: null,
		CreateTime: 1735700000,
		AssignTime: 1735700001,
		FinishedTime: 1735700009,
		RequestId: 'r',
	},
	DescribeTranscodeByUrl: { Progress: 100, Status: 'FINISHED', TaskId: 't1', RequestId: 'r' },
	DescribePPTCheck: {
		TaskId: 'p1',
		IsOK: true,
		ResultUrl: null,
		Slides: null,
		Status: 'FINISHED',
		Progress: 100,
		Errs: null,
		RequestId: 'r',
	},
	DescribeOnlineRecord: {
		FinishReason: 'USER_CALL',
		TaskId: 'r1',
		Status: 'FINISHED',
		RoomId: 12345,
		GroupId: '12345',
		RecordUserId: 'tic_record_user_12345_1',
		RecordStartTime: 1735700000,
		RecordStopTime: 1735700004,
		TotalTime: 4000,
		ExceptionCnt: 0,
		OmittedDurations: [],
		VideoInfos: [VIDEO],
		ReplayUrl: null,
		Interrupts: null,
		RequestId: 'r',
	},
	DescribeVideoGenerationTask: {
		GroupId: '12345',
		RoomId: 12345,
		TaskId: 'v1',
		Progress: 0,
		Status: 'FINISHED',
		TotalTime: 4000,
		VideoInfos: { ...VIDEO, VideoUrl: DISUSED },
		VideoInfoList: [VIDEO],
		RequestId: 'r',
	},
	DescribeWhiteboardPush: {
		FinishReason: 'USER_CALL',
		TaskId: 'w1',
		Status: 'STOPPED',
		RoomId: 12345,
		GroupId: '12345',
		PushUserId: 'push',
		PushStartTime: 1735700000,
		PushStopTime: 1735700004,
		ExceptionCnt: 0,
		IMSyncTime: 1735700000,
		Backup: '',
		RequestId: 'r',
	},
};

const APIS = Object.keys(FINISHED);

describe('the state of a task', () => {
	test.each([
		['DescribeTranscode', 'QUEUED', 'pending'],
		['DescribeTranscode', 'PROCESSING', 'pending'],
		['DescribeTranscode', 'FINISHED', 'succeeded'],
		// Not a status of this action: only the action by URL has it.
		['DescribeTranscode', 'EXCEPTION', 'pending'],
		['DescribeTranscodeByUrl', 'QUEUED', 'pending'],
		['DescribeTranscodeByUrl', 'PROCESSING', 'pending'],
		['DescribeTranscodeByUrl', 'FINISHED', 'succeeded'],
		['DescribeTranscodeByUrl', 'EXCEPTION', 'failed'],
		['DescribePPTCheck', 'QUEUED', 'pending'],
		['DescribePPTCheck', 'PROCESSING', 'pending'],
		['DescribePPTCheck', 'FINISHED', 'succeeded'],
		['DescribeOnlineRecord', 'PREPARED', 'pending'],
		['DescribeOnlineRecord', 'RECORDING', 'pending'],
		['DescribeOnlineRecord', 'PAUSED', 'pending'],
		['DescribeOnlineRecord', 'STOPPED', 'pending'],
		['DescribeOnlineRecord', 'FINISHED', 'succeeded'],
		['DescribeVideoGenerationTask', 'QUEUED', 'pending'],
		['DescribeVideoGenerationTask', 'PROCESSING', 'pending'],
		['DescribeVideoGenerationTask', 'FINISHED', 'succeeded'],
		['DescribeWhiteboardPush', 'PREPARED', 'pending'],
		['DescribeWhiteboardPush', 'PUSHING', 'pending'],
		['DescribeWhiteboardPush', 'STOPPED', 'succeeded'],
	])('%s: %s is %s', (api, Status, state) => {
		const answer = { ...FINISHED[api], Status };
		expect(taskOf(api).classify(answer)).toBe(state);
		expect(taskOf(api).status(answer)).toBe(Status);
	});

	test.each(APIS)('%s: what is unknown or missing is pending', (api) => {
		for (const Status of [undefined, null, '', 'finished', 'CANCELLED', 1, {}, ['FINISHED']]) {
			const answer = { ...FINISHED[api], Status } as IDataObject;
			expect(taskOf(api).classify(answer)).toBe('pending');
		}
		expect(taskOf(api).status({})).toBe('without a status');
		expect(taskOf(api).status({ Status: null })).toBe('without a status');
	});

	test.each(APIS)('%s: an error code of its own makes an ended task a failed one', (api) => {
		const task = taskOf(api);
		for (const ErrorCode of [undefined, null, '', 0, '0', 'OK']) {
			expect(task.classify({ ...FINISHED[api], ErrorCode } as IDataObject)).toBe('succeeded');
		}
		const failed = { ...FINISHED[api], ErrorCode: 'Internal', ErrorMessage: 'disk full' };
		expect(task.classify(failed)).toBe('failed');
		expect(task.failure(failed)).toEqual({ code: 'Internal', message: 'disk full' });
		expect(task.failure({ ...FINISHED[api], ErrorCode: -14, ErrorMsg: 'page 3' })).toEqual({
			code: '-14',
			message: 'page 3',
		});
		expect(task.classify({ ...failed, Status: 'PROCESSING' })).toBe('pending');
	});

	test.each(['AUTO', 'USER_CALL', 'FORCE_STOP', '', null])(
		'a recording or push that ended by %p succeeded',
		(FinishReason) => {
			for (const api of ['DescribeOnlineRecord', 'DescribeWhiteboardPush']) {
				expect(taskOf(api).classify({ ...FINISHED[api], FinishReason })).toBe('succeeded');
			}
		},
	);

	test.each(['DescribeOnlineRecord', 'DescribeWhiteboardPush'])(
		'%s: one that an exception ended failed, once it has ended',
		(api) => {
			const answer = { ...FINISHED[api], FinishReason: 'EXCEPTION' };
			expect(taskOf(api).classify(answer)).toBe('failed');
			expect(taskOf(api).failure(answer)).toEqual({
				code: 'EXCEPTION',
				message: 'a fault in the service ended it',
			});
			expect(taskOf(api).classify({ ...answer, Status: 'PREPARED' })).toBe('pending');
		},
	);

	test('a recording that stopped by a fault is pending as long as its files are made', () => {
		const answer = { Status: 'STOPPED', FinishReason: 'EXCEPTION', VideoInfos: [] };
		expect(taskOf('DescribeOnlineRecord').classify(answer)).toBe('pending');
	});

	test('a recording without videos of its own succeeded', () => {
		const answer = {
			...FINISHED.DescribeOnlineRecord,
			VideoInfos: [],
			ReplayUrl: 'https://e.com/',
		};
		expect(taskOf('DescribeOnlineRecord').classify(answer)).toBe('succeeded');
	});

	test('problems found in a file are a result, not a failure', () => {
		const answer = {
			...FINISHED.DescribePPTCheck,
			IsOK: false,
			Errs: [{ Name: 'Ink 1', Type: 0, Detail: 'ink' }],
		};
		expect(taskOf('DescribePPTCheck').classify(answer)).toBe('succeeded');
	});

	test('a failed conversion found by its URL says so', () => {
		expect(taskOf('DescribeTranscodeByUrl').failure({ Status: 'EXCEPTION' })).toEqual({
			code: 'EXCEPTION',
			message: 'the conversion failed',
		});
	});

	test.each([
		['DescribeTranscode', { ResultUrl: null }, 'the answer holds no result'],
		['DescribeTranscode', { ResultUrl: '' }, 'the answer holds no result'],
		[
			'DescribeVideoGenerationTask',
			{ VideoInfoList: null, VideoInfos: null },
			'the answer holds no videos',
		],
		[
			'DescribeVideoGenerationTask',
			{ VideoInfoList: [], VideoInfos: { VideoUrl: '' } },
			'the answer holds no videos',
		],
		[
			'DescribeVideoGenerationTask',
			{ VideoInfoList: [], VideoInfos: { ...VIDEO, VideoUrl: DISUSED } },
			'the answer holds no videos',
		],
		[
			'DescribeVideoGenerationTask',
			{ VideoInfoList: [{ VideoUrl: DISUSED }], VideoInfos: null },
			'the answer holds no videos',
		],
	])('%s: ended with %j failed', (api, part, message) => {
		const answer = { ...FINISHED[api], ...part } as IDataObject;
		expect(taskOf(api).classify(answer)).toBe('failed');
		expect(taskOf(api).failure(answer)).toEqual({ code: '', message });
	});

	test.each([
		['DescribeTranscode', 'the answer holds no result'],
		['DescribeTranscodeByUrl', ''],
		['DescribePPTCheck', ''],
		['DescribeOnlineRecord', ''],
		['DescribeVideoGenerationTask', 'the answer holds no videos'],
		['DescribeWhiteboardPush', ''],
	])('%s: an answer without fields says of a failure: %j', (api, message) => {
		expect(taskOf(api).failure({})).toEqual({ code: '', message });
	});

	test.each<[unknown, unknown, string]>([
		['Running', null, 'pending'],
		['finished', { ErrorCode: 'OK' }, 'pending'],
		['Finished', { ErrorCode: 'OK' }, 'succeeded'],
		['Finished', { ErrorCode: '' }, 'succeeded'],
		['Finished', {}, 'succeeded'],
		['Finished', { ErrorCode: 'Render' }, 'failed'],
		['Finished', null, 'failed'],
	])('a snapshot task that is %s with the result %j: %s', (Status, Result, state) => {
		const answer = { Status, Result } as IDataObject;
		expect(snapshotTask.classify(answer)).toBe(state);
		expect(snapshotTask.status(answer)).toBe(Status);
	});

	test('a snapshot task without a status, or a result, says so', () => {
		expect(snapshotTask.status({})).toBe('without a status');
		expect(snapshotTask.failure({})).toEqual({ code: '', message: 'the answer holds no result' });
		const Result = { ErrorCode: 'Render', ErrorMessage: 'page 3' };
		expect(snapshotTask.failure({ Result })).toEqual({ code: 'Render', message: 'page 3' });
	});

	test.each(TERMINAL_CODES)(
		'%s, %s: the error codes that end a task are those of its page',
		(resource, name, codes) => {
			const { task } = findOperation(resource, name)!;
			expect(task!.terminalErrorCodes.toSorted()).toEqual(codes.toSorted());
		},
	);

	test.each(APIS)('%s: no single null changes what the others say, but for the result', (api) => {
		const task = taskOf(api);
		const decisive = ['Status', ...(api === 'DescribeTranscode' ? ['ResultUrl'] : [])];
		if (api === 'DescribeVideoGenerationTask') decisive.push('VideoInfoList');
		for (const name of Object.keys(FINISHED[api]).filter((key) => !decisive.includes(key))) {
			expect(task.classify({ ...FINISHED[api], [name]: null })).toBe('succeeded');
		}
	});
});

describe('result files', () => {
	const listed = (api: string, part: object) =>
		taskOf(api).files?.list({ ...FINISHED[api], ...part } as IDataObject) ?? [];
	const filesOf = (api: string, part: object) =>
		listed(api, part).map(({ isPage: _, ...file }) => file);
	const urls = (...list: string[]) => list.map((url) => ({ url }));

	test('that are web pages are marked, whatever they are called; no others are', () => {
		const pages = (api: string, part: object) => listed(api, part).map(({ isPage }) => isPage);
		const ResultUrl = 'https://transcode.example.com/t1/play.php?id=1';
		const ResourceListUrl = 'https://transcode.example.com/t1/resources.txt';
		expect(pages('DescribeTranscode', { ResultUrl, ResourceListUrl })).toEqual([true, undefined]);
		expect(pages('DescribeTranscode', { Pages: 2 })).toEqual([undefined, undefined]);
		const ReplayUrl = 'https://replay.example.com/player?id=1';
		expect(pages('DescribeOnlineRecord', { ReplayUrl })).toEqual([undefined, true]);
	});

	test.each(['processing', '//host/index.html', ' ', 'index.html'])(
		'of a conversion that has "%s" in place of its result are none, and it has failed',
		(ResultUrl) => {
			expect(listed('DescribeTranscode', { ResultUrl })).toEqual([]);
			const answer = { ...FINISHED.DescribeTranscode, ResultUrl };
			expect(taskOf('DescribeTranscode').classify(answer as IDataObject)).toBe('failed');
		},
	);

	test('have links without the white space around them', () => {
		const ResultUrl = ' https://transcode.example.com/t1/index.html\n';
		expect(filesOf('DescribeTranscode', { ResultUrl })).toEqual(urls(ResultUrl.trim()));
	});

	test('of a static conversion are its pages, counted from 1', () => {
		expect(filesOf('DescribeTranscode', {})).toEqual(
			urls(
				'https://transcode.example.com/t1/1.jpg',
				'https://transcode.example.com/t1/2.jpg',
				'https://transcode.example.com/t1/3.jpg',
			),
		);
	});

	test.each([
		['https://e.com/t1/page_', 'https://e.com/t1/page_1.jpg'],
		['https://e.com/t1/?sign=a/b.c?d', 'https://e.com/t1/1.jpg?sign=a/b.c?d'],
	])('are found under the prefix %s', (ResultUrl, first) => {
		expect(filesOf('DescribeTranscode', { ResultUrl, Pages: 1 })).toEqual(urls(first));
	});

	test('of a dynamic conversion are the web page, its resources, thumbnails and the archive', () => {
		const ResultUrl = 'https://transcode.example.com/t1/index.html';
		const ResourceListUrl = 'https://transcode.example.com/t1/resources.txt';
		const part = {
			Pages: 2,
			ResultUrl,
			ResourceListUrl,
			ThumbnailUrl: 'https://transcode.example.com/t1/thumb/',
			CompressFileUrl: 'https://transcode.example.com/t1/t1.tar.gz',
		};
		const thumbnails = ['1.jpg', '2.jpg'].map((name) => part.ThumbnailUrl + name);
		const files = [ResultUrl, ResourceListUrl, ...thumbnails, part.CompressFileUrl];
		expect(filesOf('DescribeTranscode', part)).toEqual(urls(...files));
		const signed = `${ResultUrl}?from=/a`;
		expect(filesOf('DescribeTranscode', { ...part, ResultUrl: signed })).toEqual(
			urls(signed, ...files.slice(1)),
		);
		const alone = { ResultUrl, ResourceListUrl: null, ThumbnailUrl: '', CompressFileUrl: null };
		expect(filesOf('DescribeTranscode', alone)).toEqual(urls(ResultUrl));
		// Only pages are made up, and have to wait.
		expect(filesOf('DescribeTranscode', { ...part, Status: 'PROCESSING' })).toEqual(
			urls(ResultUrl, ResourceListUrl, part.CompressFileUrl),
		);
	});

	test.each([0, -1, null, undefined, Number.NaN, '3'])('are none for %p pages', (Pages) => {
		expect(filesOf('DescribeTranscode', { Pages })).toEqual([]);
	});

	test('are not more pages than a document can have', () => {
		expect(filesOf('DescribeTranscode', { Pages: 1e12 })).toHaveLength(5000);
	});

	test('are none as long as the conversion is under way', () => {
		expect(filesOf('DescribeTranscode', { Status: 'PROCESSING' })).toEqual([]);
	});

	test('of a recording are its videos and sound files', () => {
		const VideoInfos = [
			VIDEO,
			{ ...VIDEO, VideoType: 4, VideoUrl: 'https://recording.example.com/r1/lin.mp3' },
			{ ...VIDEO, VideoUrl: '' },
			{ ...VIDEO, VideoUrl: null },
			null,
		];
		expect(filesOf('DescribeOnlineRecord', { VideoInfos })).toEqual(
			urls(VIDEO.VideoUrl, 'https://recording.example.com/r1/lin.mp3'),
		);
	});

	test('of a recording for a video generation is the link that plays it back, after any videos', () => {
		const ReplayUrl = 'https://recording.example.com/r1/replay.html?id=r1';
		expect(filesOf('DescribeOnlineRecord', { VideoInfos: [], ReplayUrl })).toEqual(urls(ReplayUrl));
		expect(filesOf('DescribeOnlineRecord', { ReplayUrl })).toEqual(urls(VIDEO.VideoUrl, ReplayUrl));
	});

	test.each([null, undefined, []])('of a recording with %p are none', (VideoInfos) => {
		expect(filesOf('DescribeOnlineRecord', { VideoInfos })).toEqual([]);
	});

	test('of a video generation are those of the list, else the single one of old', () => {
		const api = 'DescribeVideoGenerationTask';
		const old = { ...VIDEO, VideoUrl: 'https://recording.example.com/r1/old.mp4' };
		expect(filesOf(api, {})).toEqual(urls(VIDEO.VideoUrl));
		expect(filesOf(api, { VideoInfoList: [] })).toEqual([]);
		expect(filesOf(api, { VideoInfos: old })).toEqual(urls(VIDEO.VideoUrl));
		for (const VideoInfoList of [null, []]) {
			expect(filesOf(api, { VideoInfoList, VideoInfos: old })).toEqual(urls(old.VideoUrl));
		}
		expect(filesOf(api, { VideoInfoList: null, VideoInfos: null })).toEqual([]);
	});

	test('of a check is the repaired file', () => {
		const ResultUrl = 'https://transcode.example.com/p1/repaired.pptx';
		expect(filesOf('DescribePPTCheck', { ResultUrl })).toEqual(urls(ResultUrl));
		expect(filesOf('DescribePPTCheck', {})).toEqual([]);
	});

	test.each(APIS)('%s: an answer without fields has none', (api) => {
		expect(taskOf(api).files?.list({}) ?? []).toEqual([]);
		expect(taskOf(api).classify({})).toBe('pending');
	});

	test('are kept as long as a page says that the public bucket keeps them', () => {
		const { recording: videos, transcode: pages } = limits.publicBucketRetentionDays;
		const kept = APIS.map((api) => [api, taskOf(api).files?.keptDays]);
		expect(Object.fromEntries(kept)).toEqual({
			DescribeTranscode: pages,
			DescribeTranscodeByUrl: undefined,
			DescribePPTCheck: undefined,
			DescribeOnlineRecord: videos,
			// Of the videos that are made of a recording no page speaks.
			DescribeVideoGenerationTask: undefined,
			DescribeWhiteboardPush: undefined,
		});
	});
});

describe('the operations', () => {
	test.each([
		['CreateTranscode', 'DescribeTranscode'],
		['CreatePPTCheckTask', 'DescribePPTCheck'],
		['StartOnlineRecord', 'DescribeOnlineRecord'],
		['StopOnlineRecord', 'DescribeOnlineRecord'],
		['CreateVideoGenerationTask', 'DescribeVideoGenerationTask'],
		['StartWhiteboardPush', 'DescribeWhiteboardPush'],
		['StopWhiteboardPush', 'DescribeWhiteboardPush'],
	])('%s waits with %s and changes something', (api, describing) => {
		expect(operationOf(api).task).toBe(taskOf(describing));
		expect(operationOf(api).readOnly).toBe(false);
	});

	test.each(['PauseOnlineRecord', 'ResumeOnlineRecord'])('%s has nothing to wait for', (api) => {
		expect(operationOf(api).task).toBeUndefined();
		expect(operationOf(api).readOnly).toBe(false);
	});

	test.each(APIS)('%s: the field that names its task is one it asks for', (api) => {
		const { task, fields, readOnly } = operationOf(api);
		expect(readOnly).toBe(true);
		expect(task?.describe).toBe(api);
		expect(fields.map((field) => field.api)).toEqual(['SdkAppId', task?.idField]);
	});

	test('are sorted, and so are their optional fields', () => {
		const sorted = (names: string[]) => [...names].sort((a, b) => a.localeCompare(b));
		for (const resource of [transcode, recording, videoGeneration, pptCheck, whiteboardPush]) {
			const names = resource.operations.map(({ name }) => name);
			expect(names).toEqual(sorted(names));
			for (const { optional = [] } of resource.operations) {
				const optionals = optional.map(({ displayName }) => displayName);
				expect(optionals).toEqual(sorted(optionals));
			}
		}
	});

	test('keep ten fields at most, all of them in the answer', () => {
		for (const { simplify, task } of operations) {
			if (!simplify) continue;
			expect(simplify.length).toBeLessThanOrEqual(10);
			expect(Object.keys(FINISHED[task?.describe ?? ''])).toEqual(expect.arrayContaining(simplify));
		}
	});

	test('make the nested structures of the API', () => {
		const { fields, optional = [] } = operationOf('StartOnlineRecord');
		const values: Record<string, unknown> = {
			sdkAppId: 1400127230,
			roomId: 4294967294,
			recordUserId: 'tic_record_user_12345_1',
			recordUserSig: 's',
			concat: { values: { enabled: true, image: '' } },
			extras: ['MIX_STREAM'],
			mixStream: {
				values: {
					custom: '{"Canvas":{"LayoutParams":{"Width":2,"Height":2}},"InputStreamList":[]}',
					disableAudio: false,
					enabled: true,
					modelId: '',
					teacherId: '',
				},
			},
			recordControl: {
				values: {
					enabled: true,
					streamControls: { values: [{ streamId: 'tic_substream', disableAudio: true }] },
				},
			},
			whiteboard: { values: { width: 1280, height: 960, initParam: '{"a":1}' } },
		};
		const read = (name: string) => values[name] ?? '';
		expect(buildBody([...fields, ...optional], read, 0, () => 'UTC')).toEqual({
			ok: true,
			value: {
				SdkAppId: 1400127230,
				RoomId: 4294967294,
				RecordUserId: 'tic_record_user_12345_1',
				RecordUserSig: 's',
				Concat: { Enabled: true },
				Extras: ['MIX_STREAM'],
				MixStream: {
					Custom: { Canvas: { LayoutParams: { Width: 2, Height: 2 } }, InputStreamList: [] },
					DisableAudio: false,
					Enabled: true,
				},
				RecordControl: {
					Enabled: true,
					StreamControls: [{ StreamId: 'tic_substream', DisableAudio: true }],
				},
				Whiteboard: { Width: 1280, Height: 960, InitParam: '{"a":1}' },
			},
		});
	});
});

describe('answers of any shape', () => {
	const specs = [
		snapshotTask,
		transcodeTask,
		transcodeTaskByUrl,
		pptCheckTask,
		recordingTask,
		videoGenerationTask,
		whiteboardPushTask,
	];
	const FIELDS = [
		...['TaskID', 'TaskId', 'Status', 'Result', 'ErrorCode', 'ErrorMessage', 'ErrorMsg'],
		...['FinishReason', 'ResultUrl', 'ThumbnailUrl', 'CompressFileUrl', 'Pages'],
		...['ResourceListUrl', 'ReplayUrl'],
		...['VideoInfos', 'VideoInfoList', 'Snapshots'],
	];
	const value = fc.oneof(
		fc.jsonValue(),
		fc.constantFrom<unknown>(
			'Finished',
			'FINISHED',
			'STOPPED',
			'EXCEPTION',
			'OK',
			{},
			[{}],
			[null],
			'https://e.com/a',
			['https://e.com/a'],
			{ VideoUrl: 'https://e.com/a' },
			[{ VideoUrl: 'https://e.com/a' }],
		),
		fc.record({ Snapshots: fc.jsonValue(), ErrorCode: fc.jsonValue() }),
	);
	const answer = fc.dictionary(fc.constantFrom(...FIELDS), value) as fc.Arbitrary<IDataObject>;

	test('are judged without a throw', () => {
		fc.assert(
			fc.property(answer, fc.constantFrom(...specs), (given, spec) => {
				const state = spec.classify(given);
				expect(['pending', 'succeeded', 'failed']).toContain(state);
				expect(spec.status(given)).toEqual(expect.any(String));
				const { code, message } = spec.failure(given);
				expect([typeof code, typeof message]).toEqual(['string', 'string']);
				if (state === 'failed') expect(code + message).not.toBe('');
			}),
			{ numRuns: 2000 },
		);
	});

	test('list files, or say what is not as expected', () => {
		fc.assert(
			fc.property(answer, fc.constantFrom(...specs), (given, spec) => {
				try {
					for (const { url } of spec.files?.list(given) ?? []) {
						expect(url).toMatch(/^https?:\/\//);
					}
				} catch (error) {
					expect(error).toBeInstanceOf(UnexpectedShape);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	test.each([
		[snapshotTask, { Result: { Snapshots: {} } }, 'Snapshots is not a list'],
		[snapshotTask, { Result: { Snapshots: 'text' } }, 'Snapshots is not a list'],
		[snapshotTask, { Result: { Snapshots: [7] } }, 'An entry of Snapshots is not a link'],
		[snapshotTask, { Result: { Snapshots: [{}] } }, 'An entry of Snapshots is not a link'],
		[recordingTask, { VideoInfos: 'text' }, 'VideoInfos is not a list'],
		[recordingTask, { VideoInfos: {} }, 'VideoInfos is not a list'],
		[recordingTask, { VideoInfos: VIDEO }, 'VideoInfos is not a list'],
		[recordingTask, { VideoInfos: ['text'] }, 'An entry of VideoInfos is not an object'],
		[recordingTask, { VideoInfos: [{ VideoUrl: 7 }] }, 'VideoUrl in VideoInfos is not a link'],
		[videoGenerationTask, { VideoInfoList: VIDEO }, 'VideoInfoList is not a list'],
		[videoGenerationTask, { VideoInfos: 'text' }, 'VideoInfos is not a list'],
		[pptCheckTask, { ResultUrl: {} }, 'ResultUrl is not a link'],
		[transcodeTask, { Status: 'FINISHED', ResultUrl: 7 }, 'ResultUrl is not a link'],
		[transcodeTask, { Status: 'FINISHED', ThumbnailUrl: [] }, 'ThumbnailUrl is not a link'],
		[transcodeTask, { Status: 'FINISHED', CompressFileUrl: {} }, 'CompressFileUrl is not a link'],
		[transcodeTask, { ResourceListUrl: 7 }, 'ResourceListUrl is not a link'],
		[recordingTask, { ReplayUrl: {} }, 'ReplayUrl is not a link'],
	])('%#: %j', (spec, given, message) => {
		const list = () => spec.files?.list(given as IDataObject);
		expect(list).toThrow(UnexpectedShape);
		expect(list).toThrow(new Error(message));
	});

	test('leave out what is not an http or https link', () => {
		const none = [null, '', DISUSED, 'e.com/1.png', '//e.com/1.png', 'file:///1.png', 'xhttps://e'];
		const links = ['https://e.com/1.png', 'HTTP://e.com/2.png', 'http://[::'];
		const given = { Result: { Snapshots: [...links, ...none] } } as unknown as IDataObject;
		expect(snapshotTask.files?.list(given)).toEqual(links.map((url) => ({ url })));
		for (const VideoUrl of none) {
			const VideoInfos = [{ VideoUrl }];
			expect(recordingTask.files?.list({ VideoInfos } as IDataObject)).toEqual([]);
		}
	});

	test('a result that is not an object is none', () => {
		for (const Result of ['text', 5, [], null, undefined] as unknown[]) {
			const given = { Status: 'Finished', Result } as IDataObject;
			expect(snapshotTask.classify(given)).toBe('failed');
			expect(snapshotTask.files?.list(given)).toEqual([]);
		}
	});
});
