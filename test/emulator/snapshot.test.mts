/** The life of a snapshot task, by a clock the test moves. */
import { beforeEach, describe, expect, test } from '@jest/globals';

import {
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../../emulator/server.mts';
import { apiCall, send } from './raw-client.mts';
import { shared } from '../set-up.mts';

const START = Date.UTC(2024, 0, 1);
const APP = 1400000001;
let clock = START;
const emulator = shared(
	async () => await startEmulator({ now: () => clock, runSeconds: 60, ratePerSecond: Infinity }),
);

beforeEach(() => {
	clock = START;
});

const timestamp = () => Math.floor(clock / 1000);
const describeTask = (TaskID: string, SdkAppId = APP) =>
	apiCall(emulator.url, { body: { TaskID, SdkAppId }, timestamp: timestamp() });
const fetchFile = (url: string, method = 'GET') =>
	send(emulator.url, method, new URL(url).pathname, {}, '');

test('runs, then finishes, and has its images from then on', async () => {
	const created = await apiCall(emulator.url, {
		action: 'CreateSnapshotTask',
		body: { SdkAppId: APP, RoomId: 12345, Whiteboard: {} },
		timestamp: timestamp(),
	});
	const TaskID = created.TaskID as string;
	const image = `${emulator.url}/files/${APP}/${TaskID}/1.png`;

	clock = START + 59_999;
	expect(await describeTask(TaskID)).toEqual({
		TaskID,
		Status: 'Running',
		CreateTime: START / 1000,
		FinishTime: null,
		Result: null,
		RequestId: expect.any(String),
	});
	expect((await fetchFile(image)).status).toBe(404);

	clock = START + 60_000;
	const finished = await describeTask(TaskID);
	expect(finished).toEqual({
		TaskID,
		Status: 'Finished',
		CreateTime: START / 1000,
		FinishTime: START / 1000 + 60,
		Result: {
			ErrorCode: 'OK',
			ErrorMessage: '',
			Total: 3,
			Snapshots: [1, 2, 3].map((page) => `${emulator.url}/files/${APP}/${TaskID}/${page}.png`),
		},
		RequestId: expect.any(String),
	});
	expect((await fetchFile(image)).status).toBe(200);

	clock = START + 3_600_000;
	expect((await describeTask(TaskID)).FinishTime).toBe(START / 1000 + 60);
});

test('runs for as long as its request is told to', async () => {
	const other = await startEmulator({
		now: () => clock,
		snapshotSeconds: ({ RoomId }) => (RoomId === 7 ? Infinity : (RoomId as number)),
	});
	try {
		for (const RoomId of [1, 7, 2]) {
			await apiCall(other.url, {
				action: 'CreateSnapshotTask',
				body: { SdkAppId: APP, RoomId, Whiteboard: {} },
				timestamp: timestamp(),
			});
		}
		expect(other.tasks().map(({ endsAt }) => endsAt)).toEqual([START + 1000, null, START + 2000]);
	} finally {
		await other.close();
	}
});

test('belongs to its application', async () => {
	const id = emulator.addSnapshotTask({ sdkAppId: APP });
	expect((await describeTask(id, APP + 1)).Error?.Code).toBe('InvalidParameter.TaskNotFound');
	expect((await describeTask(id)).Error).toBeUndefined();
	expect(() => emulator.addSnapshotTask({ sdkAppId: APP, taskId: id })).toThrow(id);
});

describe('tasks put there by hand', () => {
	test('with own links', async () => {
		const snapshots = ['https://example.com/a.png', 'https://example.com/b.png'];
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, snapshots });
		expect((await describeTask(id)).Result).toMatchObject({ Total: 2, Snapshots: snapshots });
	});

	test('without any image', async () => {
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, snapshots: 0 });
		expect((await describeTask(id)).Result).toMatchObject({ Total: 0, Snapshots: [] });
	});

	test('created in the past', async () => {
		const createTime = START / 1000 - 1000;
		const id = emulator.addSnapshotTask({ sdkAppId: APP, createTime, runSeconds: 10 });
		expect(await describeTask(id)).toMatchObject({
			CreateTime: createTime,
			FinishTime: createTime + 10,
		});
	});

	test('that fail', async () => {
		const id = emulator.addSnapshotTask({
			sdkAppId: APP,
			runSeconds: 0,
			errorCode: 'NoMarks',
			errorMessage: 'The room has no marks.',
		});
		expect((await describeTask(id)).Result).toEqual({
			ErrorCode: 'NoMarks',
			ErrorMessage: 'The room has no marks.',
			Total: 0,
			Snapshots: [],
		});
	});

	test('that fail as an error of the query', async () => {
		const failure = {
			errorCode: 'FailedOperation.Record',
			errorMessage: 'No.',
			failAsApiError: true,
		};
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 5, ...failure });
		expect((await describeTask(id)).Status).toBe('Running');
		clock += 5000;
		expect((await describeTask(id)).Error).toEqual({
			Code: 'FailedOperation.Record',
			Message: 'No.',
		});
	});

	test('that never end', async () => {
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: Infinity });
		clock += 1e9;
		expect((await describeTask(id)).Status).toBe('Running');
	});

	test('with nulls and words nobody knows', async () => {
		const some = emulator.addSnapshotTask({
			sdkAppId: APP,
			runSeconds: 0,
			nulls: ['CreateTime', 'Result.Snapshots'],
			finishedStatus: 'Archived',
		});
		expect(await describeTask(some)).toMatchObject({
			TaskID: some,
			Status: 'Archived',
			CreateTime: null,
			Result: { ErrorCode: 'OK', Total: 3, Snapshots: null },
		});
		const nulls = ['TaskID', 'CreateTime', 'FinishTime', 'Result'];
		const bare = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, nulls });
		expect(await describeTask(bare)).toEqual({
			TaskID: null,
			Status: 'Finished',
			CreateTime: null,
			FinishTime: null,
			Result: null,
			RequestId: expect.any(String),
		});
		const all = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, nulls: true });
		expect(await describeTask(all)).toEqual({
			TaskID: null,
			Status: null,
			CreateTime: null,
			FinishTime: null,
			Result: null,
			RequestId: expect.any(String),
		});
	});
});

test('the documented example', async () => {
	expect(seedDocumentedExample(emulator, { runSeconds: 1 })).toBe(
		'f2e1728c-6e87-4481-abe1-cde8542a5a10',
	);
	expect(DOCUMENTED_EXAMPLE.sdkAppId).toBe(1400127230);
	clock += 1000;
	const { Result } = await describeTask(DOCUMENTED_EXAMPLE.taskId, DOCUMENTED_EXAMPLE.sdkAppId);
	expect(Result).toMatchObject({ ErrorCode: 'OK', Total: 3 });
	expect(emulator.tasks().at(-1)).toMatchObject({ kind: 'snapshot', sdkAppId: 1400127230 });
});

describe('files', () => {
	test('come with type and length; HEAD has no body', async () => {
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, snapshots: 2 });
		const image = `${emulator.url}/files/${APP}/${id}/2.png`;
		const got = await fetchFile(image);
		expect(got.headers).toMatchObject({
			'content-type': 'image/png',
			'content-length': String(got.body.length),
			date: 'Mon, 01 Jan 2024 00:00:00 GMT',
		});
		const head = await fetchFile(image, 'HEAD');
		expect(head.headers['content-length']).toBe(String(got.body.length));
		expect(head.body).toHaveLength(0);
		expect(emulator.downloads.at(-1)).toMatchObject({ path: new URL(image).pathname, status: 200 });
	});

	test.each(['0.png', '3.png', '1.jpg', '%E0%A4%A.png'])('none at %s', async (name) => {
		const id = emulator.addSnapshotTask({ sdkAppId: APP, runSeconds: 0, snapshots: 2 });
		const got = await send(emulator.url, 'GET', `/files/${APP}/${id}/${name}`, {}, '');
		expect(got.status).toBe(404);
		expect(got.headers['content-type']).toBe('application/xml');
		expect(got.body.toString()).toContain('<Code>NoSuchKey</Code>');
	});

	test('put there by hand, whole or as a size', async () => {
		const text = emulator.addFile('课 1/notes.txt', {
			contentType: 'text/plain',
			content: Buffer.from('hello'),
		});
		expect((await fetchFile(text)).body.toString()).toBe('hello');
		const size = 300_000;
		const zeros = emulator.addFile('big.bin', { contentType: 'a/b', content: { size } });
		const got = await fetchFile(zeros);
		expect(got.headers['content-length']).toBe(String(size));
		expect(got.body.equals(Buffer.alloc(size))).toBe(true);
	});
});
