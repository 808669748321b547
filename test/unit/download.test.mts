/** Downloads in played time, of files as both n8n lines hand them over. */
import { Readable, Transform, pipeline } from 'node:stream';

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Connection } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { download } from '../../nodes/TencentWhiteboard/transport/download.ts';
import type { FileLimits } from '../../nodes/TencentWhiteboard/transport/files.ts';
import { Pool } from '../../nodes/TencentWhiteboard/transport/pool.ts';
import { RetryBudget } from '../../nodes/TencentWhiteboard/transport/retry.ts';
import { FakeEnv, playOut } from '../fake-env.mts';

const URL_OF_FILE = 'https://files.example/a/1.png?sign=x';

/** Pieces come one after the other; an error breaks the body off, a number is a pause in milliseconds. */
type Piece = string | Error | number;

interface Answer {
	status?: number;
	headers?: Record<string, unknown>;
	/** As they arrived, names and values in turn. */
	rawHeaders?: string[];
	/** In place of the request that they are with. */
	request?: object | null;
	body?: Piece[];
	/** n8n 1 gives a decoder of what is compressed. */
	decoder?: boolean;
}

interface Asked {
	at: number;
	options: IHttpRequestOptions;
	body?: Readable;
	/** What brings the body. */
	connection?: Readable;
}

interface Stored {
	text: string;
	fileName?: string;
	mimeType?: string;
}

let env: FakeEnv;
let asked: Asked[];
let stored: Stored[];
/** What n8n does before it reads a stream, and with each piece. */
let beforeStoring: (stream: Readable) => Promise<void>;
let onPiece: (piece: Buffer) => void;
let ending: AbortController;
let connection: Connection;
let line: 1 | 2;

const errorWith = (code: string) => Object.assign(new Error(code.toLowerCase()), { code });

/** Turns in which streams get on. */
async function turns(count = 20): Promise<void> {
	for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
}

async function* piecesOf(pieces: Piece[]) {
	for (const piece of pieces) {
		if (typeof piece === 'number') await env.sleep(piece);
		else if (typeof piece === 'string') yield Buffer.from(piece);
		else throw piece;
	}
}

/** As axios of n8n 2 gives what a connection brings: it knows of the connection once it is read from. */
async function* limited(source: Readable) {
	for await (const piece of source) yield piece as Buffer;
}

function bodyFrom(source: Readable, { decoder }: Answer): Readable {
	if (line === 2) return Readable.from(limited(source), { objectMode: false });
	if (!decoder) return source;
	const decoded = Object.assign(
		new Transform({ transform: (piece, _, done) => done(null, piece) }),
		{ bytesWritten: 0 },
	);
	return pipeline(source, decoded, () => {});
}

/**
 * Answers as n8n's request helper gives them: n8n 2 makes an error of a status that it is told to, and of such an
 * answer it no longer hears of an abort.
 */
function answered(
	answer: Answer,
	{ body, connection: source, options }: Required<Asked>,
): { statusCode: number; headers: Record<string, unknown>; body: Readable } {
	const { status = 200, headers = { 'content-type': 'image/png' }, rawHeaders } = answer;
	const { ignoreHttpStatusErrors, abortSignal } = options;
	expect(ignoreHttpStatusErrors).toEqual({
		ignore: true,
		except: [200, 301, 302, 303, 307, 308],
	});
	const { except } = ignoreHttpStatusErrors as { except: number[] };
	if (line === 1 || !except.includes(status)) {
		(abortSignal as AbortSignal).addEventListener('abort', () => {
			source.destroy();
			body.destroy();
		});
		return { statusCode: status, headers, body };
	}
	const own = {
		// Node tells of an answer that breaks off only who listens.
		destroy: () => source.on('error', () => {}).destroy(errorWith('ECONNRESET')),
		res: { rawHeaders },
	};
	const { request = own } = answer;
	const response = { status, headers, data: body, ...(request && { request }) };
	throw Object.assign(new Error(`Request failed with status code ${status}`), { response });
}

/** A server that gives these answers one after the other, the last one for ever. */
function serve(...answers: Array<Answer | Error | 'stall'>): void {
	connection.context = {
		helpers: {
			async httpRequest(options: IHttpRequestOptions) {
				const answer = answers[Math.min(asked.length, answers.length - 1)];
				const request: Asked = { at: env.now(), options };
				asked.push(request);
				if (answer === 'stall') return await new Promise(() => {});
				if (answer instanceof Error) throw answer;
				request.connection = Readable.from(piecesOf(answer.body ?? ['abc']), {
					objectMode: false,
				});
				request.body = bodyFrom(request.connection, answer);
				return answered(answer, request as Required<Asked>);
			},
			async prepareBinaryData(stream: Readable, fileName?: string, mimeType?: string) {
				await beforeStoring(stream);
				let text = '';
				for await (const piece of stream) {
					onPiece(piece as Buffer);
					text += String(piece);
				}
				const binary = { text, fileName, mimeType };
				stored.push(binary);
				return binary;
			},
		},
	} as unknown as IExecuteFunctions;
}

beforeEach(() => {
	env = new FakeEnv(() => 1);
	asked = [];
	stored = [];
	beforeStoring = async () => {};
	onPiece = () => {};
	ending = new AbortController();
	line = 2;
	connection = {
		context: {},
		env,
		signal: ending.signal,
		downloads: new Pool(4),
		budget: new RetryBudget(),
	} as unknown as Connection;
});

const start = async (limits: Partial<FileLimits> = {}, url = URL_OF_FILE, fileName?: string) =>
	await download(
		connection,
		{ url, ...(fileName !== undefined && { fileName }) },
		{ requestTimeout: 1000, maxBytes: 0, keptDays: 3, ...limits },
	);

const get = async (...given: Parameters<typeof start>) => await playOut(env, start(...given));

/** What is wrong with a download. */
async function faultOf(...given: Parameters<typeof start>) {
	const outcome = await get(...given);
	if (outcome.ok) throw new Error('It was downloaded');
	return outcome.fault;
}

const times = () => asked.map(({ at }) => at);
const closed = () => asked.map(({ connection: one }) => one?.destroyed);

describe.each([2, 1] as const)('on n8n %d', (n8n) => {
	beforeEach(() => {
		line = n8n;
	});

	test('a file comes with its name and type, and its connection is closed', async () => {
		serve({ body: ['ab', 'c'] });
		const value = { text: 'abc', fileName: '1.png', mimeType: 'image/png' };
		expect(await get()).toEqual({ ok: true, value });
		expect(asked).toMatchObject([
			{
				options: {
					method: 'GET',
					url: URL_OF_FILE,
					timeout: 1000,
					headers: { 'Accept-Encoding': 'identity' },
					encoding: 'stream',
					returnFullResponse: true,
					disableFollowRedirect: true,
				},
			},
		]);
		expect(closed()).toEqual([true]);
		expect(env.pendingTimers).toBe(0);
	});

	test.each([
		['https://files.example/a%2Fb%0D%0A.png', undefined, 'a_b__.png'],
		[URL_OF_FILE, 'lesson.zip', 'lesson.zip'],
	])('%s, called %s, is stored as %s', async (url, given, fileName) => {
		serve({});
		await get({}, url, given);
		expect(stored).toMatchObject([{ fileName }]);
	});

	test.each([
		['text/html', 'html', 'NotTheFile', 'files.example sent a page (text/html)'],
		['application/xml', '', 'NotTheFile', 'files.example sent a page (application/xml)'],
	])('%s is not the file', async (type, text, code, message) => {
		serve({ headers: { 'content-type': type }, body: [text] });
		expect(await faultOf()).toMatchObject({
			code,
			message: `${message} in place of the file 1.png`,
			retry: 'final',
		});
		expect(closed()).toEqual([true]);
		expect(stored).toEqual([]);
	});

	test('a page is the file where the link leads to one', async () => {
		serve({ headers: { 'content-type': 'text/html' }, body: ['<html>'] });
		const file = { url: 'https://files.example/play.php', isPage: true as const };
		const limits = { requestTimeout: 1000, maxBytes: 0, keptDays: 3 };
		const outcome = await playOut(env, download(connection, file, limits));
		expect(outcome.ok).toBe(true);
		expect(stored).toMatchObject([{ fileName: 'play.php', mimeType: 'text/html' }]);
	});

	describe('Max File Size', () => {
		const length = (bytes: unknown) => ({ 'content-length': bytes });

		test('counts the bytes that come', async () => {
			serve({ headers: {}, body: ['abc', 'de'] });
			expect(await get({ maxBytes: 5 })).toMatchObject({ ok: true });
			expect(await faultOf({ maxBytes: 4 })).toMatchObject({
				code: 'FileTooLarge',
				message: 'The file 1.png has more than 0 MB',
				retry: 'final',
			});
			expect(closed()).toEqual([true, true]);
			expect(stored).toHaveLength(1);
		});

		test('is what a download ended by, however n8n wraps that', async () => {
			serve({ headers: {} });
			const { helpers } = connection.context as IExecuteFunctions;
			const store = helpers.prepareBinaryData.bind(helpers);
			helpers.prepareBinaryData = async (...given) =>
				await store(...given).catch(async () => await Promise.reject(new Error('wrapped')));
			expect(await faultOf({ maxBytes: 2 })).toMatchObject({ code: 'FileTooLarge' });
		});

		test('holds for what is announced, before anything is stored', async () => {
			beforeStoring = async () => {
				throw new Error('stored');
			};
			serve({ headers: length('5') });
			expect(await faultOf({ maxBytes: 4 })).toMatchObject({ code: 'FileTooLarge' });
			expect(await faultOf({ maxBytes: 5 })).toMatchObject({ code: 'FileNotStored' });
			expect(await faultOf({ maxBytes: 0 })).toMatchObject({ code: 'FileNotStored' });
		});

		test('is not the length of what is compressed', async () => {
			const rawHeaders = ['Content-Length', '5', 'Content-Encoding', 'gzip'];
			serve({ headers: length('5'), rawHeaders, decoder: true, body: ['abc'] });
			expect(await get({ maxBytes: 4 })).toMatchObject({ ok: true });
		});
	});

	describe('a compressed file', () => {
		const rawHeaders = ['Server', 'content-encoding', 'CONTENT-ENCODING', 'gzip'];

		test('needs a length, which n8n has checked', async () => {
			serve({ rawHeaders, decoder: true });
			expect(await faultOf()).toMatchObject({ code: 'FileCutShort', retry: 'transient' });
			expect(times()).toEqual([0, 100, 300]);
			expect(closed()).toEqual([true, true, true]);
			serve({ headers: { 'content-length': '1' }, rawHeaders, decoder: true });
			expect(await get()).toMatchObject({ ok: true, value: { text: 'abc' } });
		});

		test('that is cut is not compared with its length', async () => {
			const headers = { 'content-length': '9' };
			serve({ headers, rawHeaders, decoder: true, body: ['abc', 1, errorWith('ECONNRESET')] });
			expect((await faultOf()).message).toBe('The file 1.png was cut short after 3 bytes');
		});

		test('that n8n cannot decode is refused', async () => {
			serve({ headers: { 'content-encoding': 'zstd' }, rawHeaders });
			expect(await faultOf()).toMatchObject({
				code: 'UnknownEncoding',
				message: expect.stringContaining('with the encoding zstd,'),
			});
			expect(asked).toHaveLength(1);
		});

		test('is one only where a header says so, and "identity" does not', async () => {
			serve({
				headers: { 'content-encoding': 'identity' },
				rawHeaders: ['content-encoding', 'identity'],
			});
			expect(await get()).toMatchObject({ ok: true });
			serve({ headers: {}, rawHeaders: ['x-content-encoding', 'content-encoding'] });
			expect(await get()).toMatchObject({ ok: true });
			serve({ headers: {}, rawHeaders: ['content-encoding-x', 'gzip'] });
			expect(await get()).toMatchObject({ ok: true });
			for (const request of [undefined, { destroy() {} }, null]) {
				serve({ headers: {}, request });
				expect(await get()).toMatchObject({ ok: true });
			}
		});
	});

	test.each(['ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE'])(
		'a body that ends with %s was cut short, and is asked for again',
		async (code) => {
			const headers = { 'content-length': '9' };
			serve({ headers, body: ['abc', 'd', errorWith(code)] });
			expect(await faultOf()).toMatchObject({
				code: 'FileCutShort',
				message: 'The file 1.png was cut short after 4 of 9 bytes',
			});
			expect(times()).toEqual([0, 100, 300]);
			serve({ body: [errorWith(code)] });
			expect((await faultOf()).message).toBe('The file 1.png was cut short after 0 bytes');
		},
	);

	test('a body that ends with another error says which', async () => {
		serve({ body: ['abc', errorWith('HPE_INVALID_CHUNK_SIZE')] });
		expect(await faultOf()).toMatchObject({
			code: 'HPE_INVALID_CHUNK_SIZE',
			message: 'files.example sent an answer that cannot be parsed',
			hint: expect.stringContaining('can reach files.example (DNS, proxy, firewall).'),
		});
	});

	test('a body that breaks before n8n reads it is a fault like any other', async () => {
		beforeStoring = async () => await env.sleep(500);
		serve({ body: [errorWith('ECONNRESET')] });
		expect(await faultOf()).toMatchObject({ code: 'FileCutShort' });
		beforeStoring = async () => {
			await env.sleep(500);
			throw errorWith('EACCES');
		};
		expect(await faultOf()).toMatchObject({ code: 'NotWritable' });
	});
});

describe('a status', () => {
	test.each([
		[404, 'final', [0]],
		[403, 'final', [0]],
		[304, 'final', [0]],
		[206, 'final', [0]],
		[503, 'transient', [0, 100, 300]],
		[429, 'transient', [0, 100, 300]],
	])('%d is a fault', async (status, retry, at) => {
		serve({ status });
		expect(await faultOf({ keptDays: 7 })).toMatchObject({
			code: `HTTP ${status}`,
			message: `The file 1.png cannot be downloaded (HTTP ${status})`,
			retry,
		});
		expect(times()).toEqual(at);
		expect(closed()).toEqual(at.map(() => true));
		expect(stored).toEqual([]);
	});

	test('of another error is none that is known', async () => {
		const response = { status: 407, headers: {}, data: Readable.from([]) };
		serve(Object.assign(errorWith('ECONNREFUSED'), { response }));
		expect(await faultOf()).toMatchObject({
			code: 'ECONNREFUSED',
			message: 'files.example refuses the connection',
		});
		serve(errorWith('ENOTFOUND'));
		expect((await faultOf()).message).toBe('files.example cannot be found');
	});
});

describe('a link that leads on', () => {
	const moved = (location: unknown, status = 302): Answer => ({ status, headers: { location } });
	const urls = () => asked.map(({ options }) => options.url);

	test.each([301, 302, 303, 307, 308])('with HTTP %d is followed', async (status) => {
		serve(moved('/b/2.png', status), moved('http://other.example:81/3', status), {});
		expect(await get()).toMatchObject({ ok: true, value: { fileName: '1.png' } });
		expect(urls()).toEqual([
			URL_OF_FILE,
			'https://files.example/b/2.png',
			'http://other.example:81/3',
		]);
		expect(closed()).toEqual([true, true, true]);
	});

	test.each([
		[300, '/2.png'],
		[304, '/2.png'],
		[404, '/2.png'],
		[302, undefined],
		[302, ['/2.png']],
	])('with HTTP %d to %j is not', async (status, location) => {
		serve(moved(location, status));
		expect((await faultOf()).code).toBe(`HTTP ${status}`);
		expect(asked).toHaveLength(1);
	});

	test('goes no further than five times', async () => {
		serve(...Array.from({ length: 5 }, () => moved('/2.png')), {});
		expect(await get()).toMatchObject({ ok: true });
		asked.length = 0;
		serve(moved('/2.png'));
		expect((await faultOf()).code).toBe('HTTP 302');
		expect(asked).toHaveLength(6);
	});

	test.each([
		['http://169.254.169.254/', 'LinkLocal'],
		['file:///etc/passwd', 'NotHttp'],
		['http://[', 'NotHttp'],
	])('to %s is refused', async (location, code) => {
		serve(moved(location));
		expect(await faultOf()).toMatchObject({ code });
		expect(asked).toHaveLength(1);
		asked.length = 0;
		expect(await faultOf({}, location)).toMatchObject({ code });
		expect(asked).toEqual([]);
	});

	test('may break off its own body: nobody reads that', async () => {
		serve({ ...moved('/2.png'), body: [errorWith('ECONNRESET')] }, {});
		expect(await get()).toMatchObject({ ok: true });
		asked[0].connection!.destroy(errorWith('ECONNRESET'));
		asked[0].body!.emit('error', errorWith('ECONNRESET'));
		await turns();
	});
});

describe('a file that cannot be stored', () => {
	test('is a fault of n8n, not of the connection, and is not asked for again', async () => {
		onPiece = () => {
			throw errorWith('ENOSPC');
		};
		serve({});
		expect(await faultOf()).toMatchObject({
			type: 'storage',
			code: 'ENOSPC',
			message: 'The file 1.png cannot be stored: the disk is full',
		});
		onPiece = () => {
			throw new Error('no such place');
		};
		expect(await faultOf()).toMatchObject({
			code: 'FileNotStored',
			message: 'The file 1.png cannot be stored: no such place',
		});
		expect(asked).toHaveLength(2);
		expect(closed()).toEqual([true, true]);
	});

	test('is one even where the source is told of it as well', async () => {
		beforeStoring = async () => {
			asked.at(-1)!.connection!.destroy(errorWith('EPIPE'));
			await env.sleep(500);
			throw errorWith('EROFS');
		};
		serve({});
		expect(await faultOf()).toMatchObject({ code: 'NotWritable', retry: 'final' });
	});
});

describe('time', () => {
	const TIMED_OUT = 'files.example did not answer in time';

	test('runs out for an answer that does not come', async () => {
		serve('stall');
		expect(await faultOf()).toMatchObject({ code: 'ETIMEDOUT', message: TIMED_OUT });
		expect(times()).toEqual([0, 1100, 2300]);
		expect(asked.map(({ options }) => (options.abortSignal as AbortSignal).aborted)).toEqual([
			true,
			true,
			true,
		]);
	});

	test('runs out for a body that falls silent, which is closed', async () => {
		serve({ body: ['abc', 5000] });
		expect(await faultOf()).toMatchObject({ code: 'ETIMEDOUT', message: TIMED_OUT });
		expect(times()).toEqual([0, 1100, 2300]);
	});

	test('begins anew with each piece', async () => {
		serve({ body: ['a', 900, 'b', 900, 'c', 900] });
		expect(await get()).toMatchObject({ ok: true, value: { text: 'abc' } });
		expect(env.now()).toBe(2700);
		expect(asked).toHaveLength(1);
	});
});

describe('the budget of second retries', () => {
	test('is the one of the execution', async () => {
		connection.budget = new RetryBudget(4);
		serve({ status: 503 });
		expect((await faultOf()).code).toBe('HTTP 503');
		expect(times()).toEqual([0, 100]);
	});

	test('grows with every file', async () => {
		connection.budget = new RetryBudget(5);
		expect(connection.budget.take()).toBe(true);
		serve({});
		for (let file = 0; file < 5; file += 1) await get();
		expect(connection.budget.take()).toBe(true);
	});
});

describe('the end of the execution', () => {
	const reason = new Error('cancelled');

	async function endAt(at: number) {
		const running = start();
		running.catch(() => {});
		await env.play(at);
		ending.abort(reason);
		await expect(playOut(env, running)).rejects.toBe(reason);
	}

	test('ends a request at once', async () => {
		serve('stall');
		await endAt(500);
		expect(env.now()).toBe(500);
		expect(asked).toHaveLength(1);
		expect((asked[0].options.abortSignal as AbortSignal).reason).toBe(reason);
	});

	test('ends a body at once', async () => {
		serve({ body: ['abc', 900, 'def', 900, 'ghi'] });
		await endAt(1000);
		expect(asked).toHaveLength(1);
		expect(stored).toEqual([]);
		expect(closed()).toEqual([true]);
	});

	test('ends the pause before another try', async () => {
		serve({ status: 503 });
		await endAt(50);
		expect(env.now()).toBe(50);
		expect(asked).toHaveLength(1);
	});

	test('leaves nothing to begin', async () => {
		serve({});
		ending.abort(reason);
		await expect(get()).rejects.toBe(reason);
		expect(asked).toEqual([]);
	});
});

test('four files come at a time, the others follow', async () => {
	serve({ body: [900, 'abc'] });
	const running = Promise.all(Array.from({ length: 6 }, async () => await start()));
	expect((await playOut(env, running)).every(({ ok }) => ok)).toBe(true);
	expect(times()).toEqual([0, 0, 0, 0, 900, 900]);
});
