/** What comes out of a task's answer: itself, or its files. */
import { Readable } from 'node:stream';

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { produce } from '../../nodes/TencentWhiteboard/execute/output.ts';
import { readSettings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import type { Settings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import { UnexpectedShape } from '../../nodes/TencentWhiteboard/text.ts';
import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { Pool } from '../../nodes/TencentWhiteboard/transport/pool.ts';
import { RetryBudget } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import type { FileSpec, ResultFile } from '../../nodes/TencentWhiteboard/types.ts';
import { FakeEnv, playOut } from '../fake-env.mts';
import { help } from '../help.mts';

const A = 'https://e.com/a.png';
const B = 'https://e.com/b.png';
/** A link that leads to nothing. */
const GONE = 'https://e.com/gone.png';

const defaults = (readSettings({}, () => undefined, 0) as { value: Settings }).value;

const answer = {
	TaskID: 't',
	Status: 'Finished',
	Empty: null,
	Result: { Snapshots: [] },
	List: [1],
	RequestId: 'r',
};
/** What its files have in common. */
const common = { TaskID: 't', Status: 'Finished', Empty: null, RequestId: 'r' };

let env: FakeEnv;
let asked: string[];
/** Requests under way, and the most that there were at a time. */
let active: number;
let most: number;
let timeouts: unknown[];

beforeEach(() => {
	env = new FakeEnv();
	asked = [];
	timeouts = [];
	active = 0;
	most = 0;
});

const connection = () =>
	({
		env,
		signal: new AbortController().signal,
		downloads: new Pool(4),
		budget: new RetryBudget(),
		context: {
			helpers: {
				async httpRequest({ url, timeout }: { url: string; timeout: number }) {
					asked.push(url);
					timeouts.push(timeout);
					active += 1;
					most = Math.max(most, active);
					await env.sleep(10);
					active -= 1;
					const statusCode = url === GONE ? 404 : 200;
					return { statusCode, headers: {}, body: Readable.from([Buffer.alloc(3)]) };
				},
				async prepareBinaryData(stream: Readable, fileName: string) {
					for await (const piece of stream) expect(piece).toHaveLength(3);
					return { fileName };
				},
			},
		},
	}) as unknown as Connection;

type List = FileSpec['list'] | ResultFile[] | undefined;

async function produced(list: List, settings: Partial<Settings>, pending = false) {
	const spec = list && { list: Array.isArray(list) ? () => list : list, keptDays: 7 };
	const simple = ({ TaskID }: IDataObject) => ({ TaskID });
	const shown = { answer, simple, pending };
	return await playOut(env, produce(connection(), spec, { ...defaults, ...settings }, shown));
}

/** What comes out, without the note about the task. */
const outputOf = async (list: List, settings: Partial<Settings>, pending = false) =>
	(await produced(list, settings, pending)).map((one) => {
		if (!one.ok) return one;
		const { note: _, ...rest } = one;
		return rest;
	});

const files = (...urls: string[]) => urls.map((url) => ({ url }));
const gone = expect.objectContaining({
	code: 'HTTP 404',
	hint: expect.stringContaining('are deleted after 7 days'),
});
const GONE_TEXT =
	'The file gone.png cannot be downloaded (HTTP 404). Results in the public bucket of Tencent Cloud are deleted after 7 days: create the task again, or have it write to a bucket of your own. Code HTTP 404.' +
	help('files-gone');

test('the answer comes as it is shown where nobody wants files, or there can be none', async () => {
	const unread = () => {
		throw new Error('read');
	};
	for (const settings of [{}, { output: 'files', downloadFiles: true }] as const) {
		expect(await outputOf(undefined, settings)).toEqual([{ ok: true, json: { TaskID: 't' } }]);
	}
	expect(await outputOf(unread, {})).toEqual([{ ok: true, json: { TaskID: 't' } }]);
});

describe('one item per file', () => {
	const output = 'files' as const;

	test('has what is common to all, the link, and its name', async () => {
		const named = { url: 'https://e.com/results/', fileName: 'lesson.zip' };
		expect(await outputOf([{ url: A }, named, { url: 'no link' }], { output })).toEqual(
			[
				{ Url: A, FileName: 'a.png' },
				{ Url: named.url, FileName: 'lesson.zip' },
				{ Url: 'no link', FileName: null },
			].map((file, index) => ({
				ok: true,
				json: { ...common, Index: index + 1, Total: 3, ...file },
			})),
		);
		expect(asked).toEqual([]);
	});

	test('has its file, one after the other', async () => {
		const settings = { output, downloadFiles: true, binaryPropertyName: 'image' };
		expect(await outputOf(files(A, B), settings)).toMatchObject([
			{ ok: true, json: { Url: A }, binary: { image: { fileName: 'a.png' } } },
			{ ok: true, json: { Url: B }, binary: { image: { fileName: 'b.png' } } },
		]);
		expect(asked).toEqual([A, B]);
		expect(most).toBe(1);
	});

	test('or a fault in place of it', async () => {
		const settings = { output, downloadFiles: true } as const;
		const [whole, fault] = await outputOf(files(A, GONE), settings);
		expect(whole.ok).toBe(true);
		expect(fault).toEqual({ ok: false, fault: gone });
		const tolerant = await outputOf(files(GONE), { ...settings, onTaskFailure: 'output' });
		expect(tolerant).toEqual([
			{
				ok: true,
				json: {
					...{ ...common, Index: 1, Total: 1, Url: GONE, FileName: 'gone.png' },
					DownloadError: GONE_TEXT,
				},
			},
		]);
	});
});

describe('one item per task', () => {
	const settings = { downloadFiles: true } as const;

	test('has all files, and beside it what could not be downloaded', async () => {
		expect(await outputOf(files(A, GONE, B, GONE), settings)).toEqual([
			{
				ok: true,
				json: { TaskID: 't' },
				binary: { data_0: { fileName: 'a.png' }, data_2: { fileName: 'b.png' } },
			},
			{ ok: false, fault: gone },
			{ ok: false, fault: gone },
		]);
	});

	test('or within it', async () => {
		const tolerant = { ...settings, onTaskFailure: 'output' } as const;
		const DownloadErrors = [{ Url: GONE, DownloadError: GONE_TEXT }];
		expect(await outputOf(files(GONE), tolerant)).toEqual([
			{ ok: true, json: { TaskID: 't', DownloadErrors } },
		]);
		expect(await outputOf(files(A), tolerant)).toEqual([
			{ ok: true, json: { TaskID: 't' }, binary: { data_0: { fileName: 'a.png' } } },
		]);
	});
});

test('Max File Size is in megabytes, Request Timeout in seconds', async () => {
	const settings = { downloadFiles: true, requestTimeout: 5 };
	const [, fault] = await outputOf(files(A), { ...settings, maxFileSize: 2.9e-6 });
	expect(fault).toMatchObject({ ok: false, fault: { code: 'FileTooLarge' } });
	expect(await outputOf(files(A), { ...settings, maxFileSize: 3e-6 })).toHaveLength(1);
	expect(timeouts).toEqual([5000, 5000]);
});

describe('without files', () => {
	const none = { Index: null, Total: 0, Url: null, FileName: null };
	const wait = { mode: 'polling', pollInterval: 1, timeout: 1, onTimeout: 'lastState' } as const;

	test.each([
		[false, {}],
		[true, {}],
		[true, { wait }],
	])('there is one item: pending %s, %j', async (pending, part) => {
		expect(await outputOf([], { output: 'files', ...part }, pending)).toEqual([
			{ ok: true, json: { ...common, ...none } },
		]);
		expect(await outputOf([], { downloadFiles: true, ...part }, pending)).toEqual([
			{ ok: true, json: { TaskID: 't' } },
		]);
	});
});

describe('the note about a task', () => {
	const wait = { mode: 'polling', pollInterval: 1, timeout: 1, onTimeout: 'lastState' } as const;
	const two = files(A, B);
	const odd = () => {
		throw new UnexpectedShape('A is not a list');
	};
	const output = 'files' as const;
	const downloadFiles = true;
	const timedOut = { running: 'timedOut' };
	const notAwaited = { running: 'notAwaited' };

	test.each<[string, List, Partial<Settings>, boolean, object]>([
		['its answer has links to files', two, {}, false, { links: 2 }],
		['as it does after a wait', two, { wait }, false, { links: 2 }],
		['as it does one item per file', two, { output }, false, { links: 2 }],
		['they are downloaded', two, { downloadFiles }, false, {}],
		['one of them cannot be', files(GONE, A), { output, downloadFiles }, false, {}],
		['it is running', two, {}, true, {}],
		['it is running still after a wait', two, { wait }, true, timedOut],
		['it is running, and its files are wanted', two, { output }, true, notAwaited],
		['or their contents', [], { downloadFiles }, true, notAwaited],
		['or both after a wait', [], { wait, output, downloadFiles }, true, timedOut],
		['it has no files', [], {}, false, {}],
		['and these are wanted', [], { output }, false, { withoutFiles: true }],
		['or their contents', [], { downloadFiles }, false, { withoutFiles: true }],
		['its files cannot be read, and nobody wants them', odd, {}, false, {}],
		['there can be none', undefined, {}, false, { keptDays: undefined }],
		[
			'there can be none, and it runs',
			undefined,
			{ wait },
			true,
			{ ...timedOut, keptDays: undefined },
		],
	])('%s', async (_, list, settings, pending, expected) => {
		const notes = (await produced(list, settings, pending)).flatMap((one) =>
			one.ok && one.note ? [one.note] : [],
		);
		expect(notes).toStrictEqual([{ withoutFiles: false, links: 0, keptDays: 7, ...expected }]);
	});
});

test('files that are not where they should be are a fault of the answer, anything else is unexpected', async () => {
	const failing = (error: Error) => () => {
		throw error;
	};
	expect(
		await outputOf(failing(new UnexpectedShape('A is not a list')), { output: 'files' }),
	).toEqual([
		{
			ok: false,
			fault: expect.objectContaining({
				code: 'InvalidAnswer',
				message: 'The result files cannot be read: A is not a list',
				hint: expect.stringContaining('with the RequestId'),
				requestId: 'r',
			}),
		},
	]);
	expect(await outputOf(failing(new TypeError('oh')), { output: 'files' })).toMatchObject([
		{ ok: false, fault: { type: 'unexpected', message: expect.stringContaining('oh') } },
	]);
});
