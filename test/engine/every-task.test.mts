import { describe, expect, test } from '@jest/globals';
import type { IBinaryData, INodeParameters } from 'n8n-workflow';

import { useBench } from './use-bench.mts';
import { SDK_APP_ID } from './whiteboard.mts';
import type { Outcome } from './whiteboard.mts';

/** Short lives: tasks run for 0.4 s, recordings and pushes for 0.6 s. */
const bench = useBench({ runSeconds: 0.4, liveSeconds: 0.6 });

const waiting = { waitUntilFinished: true, waitOptions: { pollInterval: 0.2 } };
const files = { output: 'files', downloadFiles: true };
const errorOutput = { onError: 'continueErrorOutput' } as const;

const run = async (
	resource: string,
	operation: string,
	parameters: INodeParameters = {},
	node: object = {},
) =>
	await bench.describe(
		[{}],
		{ resource, operation, sdkAppId: SDK_APP_ID, taskId: '', ...parameters },
		node,
	);

/** Each file's name, and that its bytes are those which the emulator serves. */
async function namesOf({ run, main }: Outcome): Promise<string[]> {
	for (const { json, binary } of main) {
		const ours = await run.binary(binary!.data as IBinaryData);
		const theirs = Buffer.from(await (await fetch(json.Url as string)).arrayBuffer());
		expect(ours.equals(theirs)).toBe(true);
		expect(ours.length).toBeGreaterThan(10);
	}
	return main.map(({ json }) => json.FileName as string);
}

/** The API's own words, polls left out. */
const actions = () => [...new Set(bench.emulator.calls.map(({ action }) => action))];

const document = 'https://example.com/lesson.pptx';

describe('transcoding', () => {
	test('creates, waits, and gives every page, thumbnail and archive as a file', async () => {
		const outcome = await run('transcode', 'createTranscode', {
			url: document,
			additionalFields: {
				isStaticPpt: true,
				thumbnailResolution: '200x200',
				compressFileType: 'zip',
			},
			...waiting,
			...files,
		});
		const { main } = outcome;
		expect(actions()).toEqual(['CreateTranscode', 'DescribeTranscode']);
		const names = await namesOf(outcome);
		expect(names.filter((name) => name.endsWith('.zip'))).toHaveLength(1);
		expect(names.filter((name) => /^\d+\.jpg$/.test(name)).length).toBeGreaterThan(2);
		expect(main[0].json).toMatchObject({ Status: 'FINISHED', Index: 1, Total: names.length });
	});

	test('gives the web page of a dynamic conversion, its resources, thumbnails and archive', async () => {
		const outcome = await run('transcode', 'createTranscode', {
			url: document,
			additionalFields: { thumbnailResolution: '200x200', compressFileType: 'zip' },
			...waiting,
			...files,
		});
		const pages = outcome.main[0].json.Pages as number;
		expect(await namesOf(outcome)).toEqual([
			'index.html',
			'resources.txt',
			...Array.from({ length: pages }, (_, index) => `${index + 1}.jpg`),
			'archive.zip',
		]);
		const plain = await run('transcode', 'createTranscode', {
			url: document,
			...waiting,
			...files,
		});
		expect(await namesOf(plain)).toEqual(['index.html', 'resources.txt']);
	});

	test('simplifies the answer, and gives it whole on request', async () => {
		const taskId = bench.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, runSeconds: 0 });
		const simple = await run('transcode', 'describeTranscode', { taskId });
		expect(Object.keys(simple.main[0].json).length).toBeLessThanOrEqual(10);
		const { RequestId, ...fields } = simple.main[0].json;
		expect(fields).toMatchObject({ TaskId: taskId, Status: 'FINISHED' });
		expect(RequestId).toEqual(expect.any(String));
		const raw = await run('transcode', 'describeTranscode', { taskId, simplify: false });
		expect(Object.keys(raw.main[0].json).length).toBeGreaterThan(10);
		expect(raw.main[0].json).toMatchObject(fields);
	});

	test('simplifies the answer, but not what is said of files that cannot be downloaded', async () => {
		const taskId = bench.emulator.addTask('transcode', {
			sdkAppId: SDK_APP_ID,
			runSeconds: 0,
			isStatic: true,
		});
		bench.emulator.setFault({ kind: 'status', status: 404, action: 'GetFile' });
		try {
			const { main } = await run('transcode', 'describeTranscode', {
				taskId,
				downloadFiles: true,
				options: { onTaskFailure: 'output' },
			});
			expect(main[0].json).toMatchObject({ TaskId: taskId, Status: 'FINISHED' });
			expect(Object.keys(main[0].json).length).toBeLessThanOrEqual(11);
			expect((main[0].json.DownloadErrors as unknown[]).length).toBeGreaterThan(0);
			expect(main[0]).not.toHaveProperty('binary');
		} finally {
			bench.emulator.clearFaults();
		}
	});

	test.each([
		['FailedOperation.Transcode'],
		// A class of its own would have it tried again; as the task's end it is not.
		['FailedOperation.TranscodeServerError'],
	])(
		'a failed task comes as the API error %s: the task has ended, and is not asked for again',
		async (errorCode) => {
			const taskId = bench.emulator.addTask('transcode', {
				sdkAppId: SDK_APP_ID,
				runSeconds: 0,
				outcome: { errorCode, errorMessage: 'page 3 cannot be converted' },
			});
			const { errors } = await run(
				'transcode',
				'describeTranscode',
				{ taskId, ...waiting },
				errorOutput,
			);
			expect(errors).toHaveLength(1);
			expect(errors[0].json.error).toContain(`${taskId} ended with ${errorCode}`);
			expect(errors[0].json.message).toContain(`Code ${errorCode}, RequestId `);
			expect(bench.emulator.calls).toHaveLength(1);
			const { main } = await run('transcode', 'describeTranscode', {
				taskId,
				options: { onTaskFailure: 'output' },
			});
			expect(main[0].json).toMatchObject({ TaskId: taskId, ErrorCode: errorCode });
		},
	);

	test('waits for a conversion that is known by its URL', async () => {
		const url = 'https://example.com/by-url.pptx';
		bench.emulator.addTask('transcode', { sdkAppId: SDK_APP_ID, url });
		const { main } = await run('transcode', 'describeTranscodeByUrl', {
			url,
			...waiting,
			options: { region: 'ap-guangzhou' },
		});
		expect(main[0].json.Status).toBe('FINISHED');
		expect(bench.emulator.calls.length).toBeGreaterThan(1);
	});

	test('a fault of the service is not the end of one that is known by its URL', async () => {
		const [good, bad] = ['good', 'bad'].map((name) => `https://example.com/${name}.pptx`);
		const code = 'FailedOperation.TranscodeServerError';
		const task = { sdkAppId: SDK_APP_ID, runSeconds: 0 };
		bench.emulator.addTask('transcode', { ...task, url: good });
		bench.emulator.addTask('transcode', { ...task, url: bad, outcome: { errorCode: code } });
		bench.emulator.queueFaults({ kind: 'apiError', code, action: 'DescribeTranscodeByUrl' });
		const read = async (url: string) =>
			await run('transcode', 'describeTranscodeByUrl', {
				url,
				...waiting,
				options: { region: 'ap-guangzhou' },
			});
		expect((await read(good)).main[0].json.Status).toBe('FINISHED');
		expect(bench.emulator.calls.map((call) => call.code)).toEqual([code, null]);
		expect((await read(bad)).run.error!.message).toContain(
			'ended with EXCEPTION: the conversion failed',
		);
	});
});

test('PPT check: creates, waits, and gives the repaired file', async () => {
	const outcome = await run('pptCheck', 'createPptCheckTask', {
		url: document,
		additionalFields: { autoHandleUnsupportedElement: true },
		...waiting,
		...files,
	});

	expect(actions()).toEqual(['CreatePPTCheckTask', 'DescribePPTCheck']);
	expect(await namesOf(outcome)).toEqual([expect.stringMatching(/\.pptx$/)]);
});

describe('recording', () => {
	const room = {
		roomId: 4711,
		recordUserId: 'tic_record_user_4711_1',
		recordUserSig: 'a-signature',
	};

	test('starts, waits until it has ended, and gives the videos', async () => {
		const outcome = await run('recording', 'startOnlineRecord', { ...room, ...waiting, ...files });

		expect(actions()).toEqual(['StartOnlineRecord', 'DescribeOnlineRecord']);
		const names = await namesOf(outcome);
		expect(names.length).toBeGreaterThan(0);
		expect(names.every((name) => name.endsWith('.mp4'))).toBe(true);
	});

	test('for a video generation gives the link that plays it back', async () => {
		const outcome = await run('recording', 'startOnlineRecord', {
			...room,
			additionalFields: { recordMode: 'VIDEO_GENERATION_MODE' },
			...waiting,
			...files,
		});
		expect(await namesOf(outcome)).toEqual(['replay.html']);
		expect(outcome.main[0].json.Url).toBe(outcome.main[0].json.ReplayUrl);
	});

	test('is stopped, and the node waits until the videos are made', async () => {
		const taskId = bench.emulator.addTask('recording', {
			sdkAppId: SDK_APP_ID,
			runSeconds: Infinity,
		});
		const { main } = await run('recording', 'stopOnlineRecord', { taskId, ...waiting });
		expect(actions()).toEqual(['StopOnlineRecord', 'DescribeOnlineRecord']);
		expect(main[0].json).toMatchObject({ TaskId: taskId, Status: 'FINISHED' });
	});

	test('pauses and goes on, each with the answer of the service', async () => {
		const taskId = bench.emulator.addTask('recording', {
			sdkAppId: SDK_APP_ID,
			runSeconds: Infinity,
			createTime: Date.now() / 1000 - 60,
		});
		for (const operation of ['pauseOnlineRecord', 'resumeOnlineRecord']) {
			const { main, run: result } = await run('recording', operation, { taskId });
			expect(result.error).toBeUndefined();
			expect(main).toEqual([{ json: { RequestId: expect.any(String) }, pairedItem: { item: 0 } }]);
		}
		const { run: again } = await run('recording', 'resumeOnlineRecord', { taskId });
		expect(again.error!.message).toBe('The state of the task does not allow this');
	});

	test('a user ID that the service would refuse is never sent, and no signature is shown', async () => {
		const { run: wrong } = await run('recording', 'startOnlineRecord', {
			...room,
			recordUserId: 'teacher',
		});
		expect(wrong.error!.message).toMatch(/^'Record User ID' must be .* but item 0 has "teacher"$/);
		expect(bench.emulator.calls).toEqual([]);
	});
});

test('video generation: creates, waits, and gives the video', async () => {
	const onlineRecordTaskId = bench.emulator.addTask('recording', {
		sdkAppId: SDK_APP_ID,
		runSeconds: 0,
	});
	const outcome = await run('videoGeneration', 'createVideoGenerationTask', {
		onlineRecordTaskId,
		...waiting,
		...files,
	});
	const { main } = outcome;
	expect(actions()).toEqual(['CreateVideoGenerationTask', 'DescribeVideoGenerationTask']);
	expect((await namesOf(outcome)).every((name) => name.endsWith('.mp4'))).toBe(true);
	expect(main.length).toBeGreaterThan(0);
});

test('video generation: without videos it has failed, whatever stands in the disused field', async () => {
	const task = { sdkAppId: SDK_APP_ID, runSeconds: 0, videos: 0 };
	const taskId = bench.emulator.addTask('videoGeneration', task);
	const { errors } = await run(
		'videoGeneration',
		'describeVideoGenerationTask',
		{ taskId, ...waiting },
		errorOutput,
	);
	expect(errors[0].json.error).toContain('did not succeed: the answer holds no videos');
});

test('whiteboard push: starts and waits until it has ended', async () => {
	const { main } = await run('whiteboardPush', 'startWhiteboardPush', {
		roomId: 4712,
		pushUserId: 'tic_push_user_4712_1',
		pushUserSig: 'a-signature',
		...waiting,
	});
	expect(actions()).toEqual(['StartWhiteboardPush', 'DescribeWhiteboardPush']);
	expect(main[0].json).toMatchObject({ Status: 'STOPPED' });
});

test('callback settings: what is stored is removed by choice, not by an empty URL', async () => {
	const set = async (callback: string, removeCallback: string | boolean = false) =>
		await run('callback', 'setTranscodeCallback', { callback, removeCallback });
	const stored = async () =>
		(await run('callback', 'describeTranscodeCallback')).main[0].json.Callback;
	await set('https://example.com/hook');
	expect(await stored()).toBe('https://example.com/hook');
	for (const nothing of ['', '={{ "" }}']) {
		const { run: empty } = await set(nothing);
		expect(empty.error!.message).toBe("'Callback' is empty for item 0");
		expect(empty.error!.description).toContain("or switch on 'Remove Callback'");
	}
	expect(await stored()).toBe('https://example.com/hook');
	for (const chosen of [true, '={{ true }}', '={{ "true" }}']) {
		await set('https://example.com/hook');
		await set('', chosen);
		expect(await stored()).toBe('');
	}
	const { run: wrong } = await run('callback', 'setTranscodeCallback', { callback: 'example.com' });
	expect(wrong.error!.message).toContain(
		"'Callback' must be a URL that begins with http:// or https://",
	);
});

test('bucket settings: an empty prefix is the root, an empty key none', async () => {
	const settings = {
		taskType: 'recording',
		bucketName: 'lessons-1250000000',
		bucketLocation: 'ap-singapore',
		bucketPrefix: '',
		resultDomain: 'cdn.example.com',
	};
	const bucket = await run('application', 'modifyWhiteboardBucketConfig', settings);
	expect(bucket.run.error).toBeUndefined();
	const row = { ...settings, callback: '', callbackKey: '' };
	const config = await run('application', 'modifyWhiteboardApplicationConfig', {
		configs: { values: [row] },
	});
	expect(config.run.error).toBeUndefined();
	const sent = bench.emulator.calls.map(({ params }) => params);
	expect(sent).toMatchObject([
		{ BucketPrefix: '' },
		{ Configs: [{ BucketPrefix: '', Callback: '', CallbackKey: '' }] },
	]);
});
