import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { useBench } from './use-bench.mts';
import { SDK_APP_ID, openBench } from './whiteboard.mts';
import type { Outcome } from './whiteboard.mts';
import { listen } from '../listen.mts';

const files = { output: 'files' };
const download = { downloadFiles: true };
const errorOutput = { onError: 'continueErrorOutput' } as const;
const tolerant = { options: { onTaskFailure: 'output' } };

const bench = useBench({ runSeconds: 0 });
let server: Server;
let base: string;

/** Files that the emulator would not serve. */
const odd: Record<
	string,
	(send: (status: number, headers: object, body?: string | Buffer) => void, socket: Socket) => void
> = {
	'/cut.png': (send, socket) => {
		send(200, { 'content-type': 'image/png', 'content-length': 1000 }, undefined);
		setTimeout(() => socket.destroy(), 50);
	},
	'/page.png': (send) =>
		send(200, { 'content-type': 'text/html; charset=utf-8' }, '<html>login</html>'),
	'/page.html': (send) => send(200, { 'content-type': 'text/html' }, '<html>result</html>'),
	'/none': (send) => send(200, {}, 'bytes'),
	'/octets.png': (send) => send(200, { 'content-type': 'application/octet-stream' }, 'bytes'),
	'/chunked.png': (send) =>
		send(200, { 'content-type': 'image/png', 'transfer-encoding': 'chunked' }, Buffer.alloc(3000)),
	'/gone.png': (send) =>
		send(404, { 'content-type': 'application/xml' }, '<Error><Code>NoSuchKey</Code></Error>'),
	'/private.png': (send) => send(403, { 'content-type': 'application/xml' }, '<Error/>'),
	'/busy.png': (send) => send(503, {}, 'later'),
	'/moved.png': (send) => send(302, { location: '/octets.png' }, ''),
	'/%E8%AF%BE%E4%BB%B6%20%281%29.png': (send) =>
		send(200, { 'content-type': 'image/png' }, 'named'),
};
const silent: (typeof odd)[string] = (send) =>
	send(200, { 'content-type': 'image/png', 'content-length': 1000 });
const asked: string[] = [];

beforeAll(async () => {
	server = createServer(({ url, socket }, response) => {
		asked.push(url!);
		odd[url!.split('?')[0]]((status, headers, body) => {
			response.writeHead(status, headers as Record<string, string>);
			if (body === undefined) response.flushHeaders();
			else response.end(body);
		}, socket);
	});
	base = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(async () => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => {
	asked.length = 0;
});

const add = (task: object = {}) =>
	bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task });

/** A task whose result is these files of the odd server. */
const addOdd = (...paths: string[]) => add({ snapshots: paths.map((path) => base + path) });

/** Answers so at this path; gives the ends of the connections that have come there. */
function endsOf(path: string, answer: (typeof odd)[string]): Array<Promise<unknown>> {
	const ends: Array<Promise<unknown>> = [];
	odd[path] = (send, socket) => {
		ends.push(new Promise((resolve) => socket.once('close', resolve)));
		answer(send, socket);
	};
	return ends;
}

const bytesOf = async ({ run }: Outcome, { binary }: INodeExecutionData, name: string) =>
	await run.binary(binary![name] as IBinaryData);

async function emulatorBytes(url: string): Promise<Buffer> {
	return Buffer.from(await (await fetch(url)).arrayBuffer());
}

describe('one item per file', () => {
	test('with the fields that all files of a task share', async () => {
		const ids = [add({ snapshots: 2 }), add({ snapshots: 1 })];
		const { main } = await bench.describe(ids, files);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 0 },
			{ item: 1 },
		]);
		expect(main[1]).toEqual({
			json: {
				TaskID: ids[0],
				Status: 'Finished',
				CreateTime: expect.any(Number),
				FinishTime: expect.any(Number),
				RequestId: expect.any(String),
				Index: 2,
				Total: 2,
				Url: `${bench.emulator.url}/files/${SDK_APP_ID}/${ids[0]}/2.png`,
				FileName: '2.png',
			},
			pairedItem: { item: 0 },
		});
	});

	test('of a task that is still running there is one, with its state', async () => {
		const { main } = await bench.describe([add({ runSeconds: Infinity })], files);
		expect(main).toHaveLength(1);
		expect(main[0].json).toMatchObject({
			Status: 'Running',
			Index: null,
			Total: 0,
			Url: null,
			FileName: null,
		});
	});
});

describe('downloads', () => {
	test('are the very bytes, with name, extension and type', async () => {
		const outcome = await bench.describe([add({ snapshots: 2 })], { ...files, ...download });
		for (const [index, item] of outcome.main.entries()) {
			expect(item.binary!.data).toMatchObject({
				fileName: `${index + 1}.png`,
				fileExtension: 'png',
				mimeType: 'image/png',
				fileType: 'image',
			});
			const bytes = await bytesOf(outcome, item, 'data');
			expect(bytes.length).toBeGreaterThan(60);
			expect(bytes).toEqual(await emulatorBytes(item.json.Url as string));
		}
	});

	test('are numbered where one item is one task, and the links stay', async () => {
		const id = add({ snapshots: 3 });
		const outcome = await bench.describe([id], { ...download, binaryPropertyName: 'image' });
		const { main } = outcome;
		expect(main).toHaveLength(1);
		expect(Object.keys(main[0].binary!)).toEqual(['image_0', 'image_1', 'image_2']);
		const { Snapshots } = main[0].json.Result as { Snapshots: string[] };
		expect(Snapshots).toHaveLength(3);
		expect(await bytesOf(outcome, main[0], 'image_2')).toEqual(await emulatorBytes(Snapshots[2]));
	});

	test('of many items keep their order and their pairs', async () => {
		const ids = Array.from({ length: 12 }, () => add({ snapshots: 2 }));
		const { main } = await bench.describe(ids, { ...files, ...download });
		expect(main.map(({ json, pairedItem }) => [json.TaskID, json.Index, pairedItem])).toEqual(
			ids.flatMap((id, item) => [1, 2].map((index) => [id, index, { item }])),
		);
		expect(main.every(({ binary }) => binary?.data)).toBe(true);
	});

	test.each([
		['/page.html', { mimeType: 'text/html', fileName: 'page.html' }],
		['/none', { mimeType: 'application/octet-stream', fileName: 'none' }],
		['/octets.png', { mimeType: 'image/png', fileName: 'octets.png' }],
		['/moved.png', { mimeType: 'image/png', fileName: 'moved.png', fileSize: '5 B' }],
		['/%E8%AF%BE%E4%BB%B6%20%281%29.png', { mimeType: 'image/png', fileName: '课件 (1).png' }],
	])('%s', async (path, binary) => {
		const { main } = await bench.describe([addOdd(path)], { ...files, ...download });
		expect(main[0].binary!.data).toMatchObject(binary);
		expect(main[0].json.FileName).toBe(binary.fileName);
	});
});

/** What cannot be downloaded: path, options, the text, and how often it is tried. */
const bad: Array<[string, INodeParameters, string, string, number]> = [
	['/cut.png', {}, 'The file cut.png was cut short after 0 of 1000 bytes', 'Run the node again', 3],
	['/gone.png', {}, 'The file gone.png cannot be downloaded (HTTP 404)', 'deleted after 3 days', 1],
	[
		'/private.png',
		{},
		'The file private.png cannot be downloaded (HTTP 403)',
		'allow public reading',
		1,
	],
	['/busy.png', {}, 'The file busy.png cannot be downloaded (HTTP 503)', 'Try again later', 3],
	['/page.png', {}, 'sent a page (text/html) in place of the file page.png', 'login page', 1],
	[
		'/chunked.png',
		{ maxFileSize: 0.001 },
		'The file chunked.png has more than 0 MB',
		"Raise 'Max File Size (MB)' under 'Options', or set it to 0 for no limit.",
		1,
	],
];

describe.each(bad)('a file that cannot be had: %s', (path, options, headline, hint, tries) => {
	const good = '/octets.png';

	test('ends the run with a clear text', async () => {
		const { run } = await bench.describe([addOdd(path)], { ...files, ...download, options });
		expect(run.error!.message).toContain(headline);
		expect(run.error!.description).toContain(hint);
		expect(asked).toHaveLength(tries);
	});

	test('leaves the other files alone, one item per file', async () => {
		const { main, errors } = await bench.describe(
			[addOdd(good, path, good), add()],
			{ ...files, ...download, options },
			errorOutput,
		);
		expect(main.map(({ json, pairedItem }) => [json.Index, pairedItem])).toEqual([
			[1, { item: 0 }],
			[3, { item: 0 }],
			...[1, 2, 3].map((index) => [index, { item: 1 }]),
		]);
		expect(main.every(({ binary }) => binary?.data)).toBe(true);
		expect(errors.map(({ json }) => json.error)).toEqual([expect.stringContaining(headline)]);
		expect(errors[0].pairedItem).toEqual({ item: 0 });
	});

	test('leaves the other files alone, one item per task', async () => {
		const { main, errors } = await bench.describe(
			[addOdd(good, path, good)],
			{ ...download, options },
			errorOutput,
		);
		expect(main.map(({ binary }) => Object.keys(binary!))).toEqual([['data_0', 'data_2']]);
		expect(errors.map(({ json }) => json.error)).toEqual([expect.stringContaining(headline)]);
	});

	test('is told of in its item when asked for', async () => {
		const settings = { options: { ...options, ...tolerant.options } };
		const perFile = await bench.describe([addOdd(good, path)], {
			...files,
			...download,
			...settings,
		});
		expect(perFile.main.map(({ binary }) => binary !== undefined)).toEqual([true, false]);
		expect(perFile.main[1].json).toMatchObject({
			Url: base + path,
			DownloadError: expect.stringContaining(headline),
		});
		const perTask = await bench.describe([addOdd(good, path)], { ...download, ...settings });
		expect(perTask.main).toHaveLength(1);
		expect(Object.keys(perTask.main[0].binary!)).toEqual(['data_0']);
		expect(perTask.main[0].json.DownloadErrors).toEqual([
			{ Url: base + path, DownloadError: expect.stringContaining(headline) },
		]);
	});
});

test('a download that falls silent is given up, and a passing fault is repeated', async () => {
	bench.emulator.queueFaults({ kind: 'reset', moment: 'midBody', action: 'GetFile', times: 2 });
	const id = add({ snapshots: 1 });
	expect((await bench.describe([id], { ...files, ...download })).main[0].binary).toBeDefined();
	bench.emulator.setFault({ kind: 'stall', action: 'GetFile' });
	const { run } = await bench.describe([id], {
		...files,
		...download,
		options: { requestTimeout: 1 },
	});
	expect(run.error!.message).toMatch(/^127\.0\.0\.1:\d+ did not answer in time$/);
});

test('a download that falls silent in the middle is given up', async () => {
	const ends = endsOf('/silent.png', silent);
	const id = addOdd('/silent.png');
	const { run } = await bench.describe([id], {
		...files,
		...download,
		options: { requestTimeout: 1 },
	});
	expect(run.error!.message).toMatch(/^127\.0\.0\.1:\d+ did not answer in time$/);
	expect(asked).toHaveLength(3);
	expect(ends).toHaveLength(3);
	await Promise.all(ends);
});

/** More than a socket takes before somebody reads it. */
const LARGE = Buffer.alloc(4_000_000);

describe.each([
	['of which little has been read', LARGE],
	['of which nothing has come', undefined],
])('the connection of an answer %s is closed', (_what, body) => {
	const headersOf = (others: object) => ({
		connection: 'close',
		'content-length': LARGE.length,
		...others,
	});

	test.each([
		['an error', 404, {}],
		['of another type', 200, { 'content-type': 'text/html' }],
		['too large', 200, { 'content-type': 'image/png' }],
	])('when it is %s', async (_why, status, headers) => {
		const ends = endsOf('/odd.png', (send) => send(status, headersOf(headers), body));
		const parameters = { ...files, ...download, options: { maxFileSize: 1 } };
		await bench.describe([addOdd('/odd.png')], parameters, errorOutput);
		expect(ends).toHaveLength(1);
		await Promise.all(ends);
	});

	test('before that is fetched where it leads to', async () => {
		const headers = headersOf({ location: '/then.png' });
		const ends = endsOf('/odd.png', (send) => send(302, headers, body));
		odd['/then.png'] = (send) =>
			void Promise.all(ends).then(() => send(200, { 'content-type': 'image/png' }, 'bytes'));
		const parameters = { ...files, ...download, options: { requestTimeout: 2 } };
		const { main } = await bench.describe([addOdd('/odd.png')], parameters);
		expect(main[0].binary).toBeDefined();
	});
});

test('files that are not where the API documents them are a fault of the answer', async () => {
	const id = bench.emulator.addSnapshotTask({
		sdkAppId: SDK_APP_ID,
		runSeconds: 0,
		snapshots: [7] as unknown as string[],
	});
	const { errors } = await bench.describe([id], files, errorOutput);
	expect(errors[0].json).toMatchObject({
		error: 'The result files cannot be read: An entry of Snapshots is not a link',
		message: expect.stringMatching(/ with the RequestId\. Code InvalidAnswer, RequestId \S+\.$/),
	});
});

test('only http and https links are files', async () => {
	const none = ['file:///etc/passwd', 'not a link'];
	const { main } = await bench.describe([add({ snapshots: [...none, `${base}/none`] })], {
		...files,
		...download,
	});
	expect(main.map(({ json }) => [json.Url, json.Total])).toEqual([[`${base}/none`, 1]]);
	const malformed = add({ snapshots: ['http://[::'] });
	expect((await bench.describe([malformed], files)).main[0].json).toMatchObject({
		Url: 'http://[::',
		FileName: null,
	});
	const { run } = await bench.describe([malformed], { ...files, ...download });
	expect(run.error!.message).toBe('"http://[::" is not an http or https link');
});

test('stopping the execution ends a download at once', async () => {
	bench.emulator.setFault({ kind: 'stall', action: 'GetFile' });
	const run = bench.start([{ sdkAppId: SDK_APP_ID, taskId: add() }], { ...files, ...download });
	while (bench.emulator.downloads.every(({ faults }) => faults.length === 0)) {
		await new Promise((done) => setTimeout(done, 10));
	}
	const stopped = performance.now();
	run.cancel();
	expect((await run.result).status).toBe('canceled');
	expect(performance.now() - stopped).toBeLessThan(5000);
});

test('stopping the execution closes the connection of a file whose answer has begun', async () => {
	const ends = endsOf('/begun.png', silent);
	const items = [{ sdkAppId: SDK_APP_ID, taskId: addOdd('/begun.png') }];
	const run = bench.start(items, { ...files, ...download });
	while (asked.length === 0) await new Promise((done) => setTimeout(done, 10));
	// Its headers arrive.
	await new Promise((done) => setTimeout(done, 200));
	run.cancel();
	expect((await run.result).status).toBe('canceled');
	expect(ends).toHaveLength(1);
	await Promise.all(ends);
});

describe('Create Snapshot Task', () => {
	const create = {
		operation: 'createSnapshotTask',
		sdkAppId: SDK_APP_ID,
		roomId: '={{ $json.roomId }}',
	};

	test('gives the new task and sends the whiteboard even where nothing is set', async () => {
		const { main } = await bench.describe([{ roomId: 12345 }], create);
		expect(main).toEqual([
			{
				json: { TaskID: expect.any(String), RequestId: expect.any(String) },
				pairedItem: { item: 0 },
			},
		]);
		expect(bench.emulator.calls.map(({ action, params }) => [action, params])).toEqual([
			['CreateSnapshotTask', { SdkAppId: SDK_APP_ID, RoomId: 12345, Whiteboard: {} }],
		]);
	});

	test('sends everything that can be set', async () => {
		await bench.describe([{ roomId: 12345 }], {
			...create,
			whiteboard: { values: { width: 800, height: 600, initParams: '{"ratio":"16:9"}' } },
			additionalFields: {
				callbackUrl: 'https://example.com/hook',
				snapshotMode: 'LatestMarksOnly',
				cos: {
					values: {
						uin: 100000000001,
						region: 'ap-guangzhou',
						bucket: 'b-1',
						targetDir: 'a/b',
						domain: '',
					},
				},
			},
		});
		expect(bench.emulator.calls[0]).toMatchObject({
			code: null,
			params: {
				SdkAppId: SDK_APP_ID,
				RoomId: 12345,
				Whiteboard: { Width: 800, Height: 600, InitParams: '{"ratio":"16:9"}' },
				CallbackURL: 'https://example.com/hook',
				SnapshotMode: 'LatestMarksOnly',
				COS: { Uin: 100000000001, Region: 'ap-guangzhou', Bucket: 'b-1', TargetDir: 'a/b' },
			},
		});
		expect(bench.emulator.calls[0].params!.COS).not.toHaveProperty('Domain');
	});

	test('creates, waits, gives the files and their content in one node', async () => {
		const outcome = await bench.describe([{ roomId: 1 }, { roomId: 2 }], {
			...create,
			...files,
			...download,
			waitUntilFinished: true,
			waitOptions: { pollInterval: 0.2 },
		});
		const { main } = outcome;
		expect(main).toHaveLength(6);
		expect(main[5]).toMatchObject({
			json: { Status: 'Finished', Index: 3 },
			pairedItem: { item: 1 },
		});
		expect(await bytesOf(outcome, main[5], 'data')).toEqual(
			await emulatorBytes(main[5].json.Url as string),
		);
		const created = bench.emulator.calls.filter(({ action }) => action === 'CreateSnapshotTask');
		expect(created).toHaveLength(2);
	});

	test.each([
		[{ kind: 'reset', moment: 'afterHeaders', afterWork: true } as const, 'closed the connection'],
		[{ kind: 'stall', afterWork: true } as const, 'did not answer in time'],
		[{ kind: 'status', status: 502, afterWork: true } as const, 'HTTP 502'],
		[
			{ kind: 'apiError', code: 'InternalError', afterWork: true } as const,
			'Tencent Cloud has a fault of its own',
		],
	])('is never sent again when its outcome is unknown: %j', async (fault, message) => {
		bench.emulator.queueFaults({ ...fault, action: 'CreateSnapshotTask' });
		const { run } = await bench.describe([{ roomId: 1 }], {
			...create,
			options: { requestTimeout: 1 },
		});
		expect(run.error!.message).toContain(message);
		expect(run.error!.description).toContain(
			'Whether the request took effect is unknown, so it was not sent again',
		);
		expect(bench.emulator.calls).toHaveLength(1);
	});

	test('is sent again when it was refused for its rate', async () => {
		bench.emulator.queueFaults({ kind: 'apiError', code: 'RequestLimitExceeded', times: 2 });
		const { main } = await bench.describe([{ roomId: 1 }], create);
		expect(main[0].json.TaskID).toEqual(expect.any(String));
		expect(bench.emulator.calls.map(({ code }) => code)).toEqual([
			'RequestLimitExceeded',
			'RequestLimitExceeded',
			null,
		]);
	});

	test('an error names the tasks that have been started, for they go on', async () => {
		const other = await openBench({ runSeconds: Infinity });
		try {
			const { run } = await other.describe([{ roomId: 1 }, { roomId: 2 }], {
				...create,
				waitUntilFinished: true,
				waitOptions: { pollInterval: 0.1, timeout: 0.3 },
			});
			expect(run.error!.message).toMatch(/^The snapshot task .* is still Running after 0\.3 s$/);
			const ids = other.emulator.tasks().map(({ id }) => id);
			expect(ids).toHaveLength(2);
			for (const id of ids)
				expect(run.error!.description).toMatch(new RegExp(`Tasks already started: .*${id}`));
		} finally {
			await other.close();
		}
	});
});
