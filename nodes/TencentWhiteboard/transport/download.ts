import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { ResultFile } from '../types';
import type { Connection } from './connection';
import { connectionFault, failed } from './errors';
import type { Failed, Fault, HttpAnswer, Outcome, Target } from './errors';
import { retry } from './retry';
import { TimedOut, pause, watch } from './watchdog';

/** The part of Node's Readable that is needed; its module may not be imported. */
interface Stream extends AsyncIterable<Uint8Array> {
	compose(step: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>): Stream;
	on(event: 'error', listener: (error: unknown) => void): Stream;
	destroy(): void;
}

export interface FileLimits {
	/** Milliseconds without a byte. */
	requestTimeout: number;
	/** Bytes; 0 for no limit. */
	maxBytes: number;
	/** Days that Tencent's public bucket keeps the file. */
	keptDays: number;
}

/** The file's name as its URL has it. */
export function fileNameOf(url: string): string {
	const last = new URL(url).pathname.split('/').pop() ?? '';
	let name = last;
	try {
		name = decodeURIComponent(last);
	} catch {
		// A stray percent sign: the name stays as it is written.
	}
	return name.replace(/[\\/\0]/g, '_') || 'file';
}

const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const megabytes = (bytes: number) => `${Math.round(bytes / 1e4) / 100} MB`;

const fault = (
	part: Pick<Fault, 'code' | 'message' | 'hint'>,
	retryClass: Fault['retry'] = 'final',
): Failed => failed({ type: 'storage', retry: retryClass, effect: 'none', ...part });

/** The host of a file: the API's answer names it, so the credential has no part in it. */
const fileTarget = (host: string): Target => ({
	name: host,
	reach: `Check that this n8n server can reach ${host} (DNS, proxy, firewall).`,
});

function refusedStatus(url: string, status: number, { keptDays }: FileLimits): Failed {
	const { host } = new URL(url);
	const kept = `Results in the public bucket of Tencent Cloud are deleted after ${keptDays} days: create the task again, or have it write to a bucket of your own.`;
	const own = `If ${host} is a bucket of your own, allow public reading for it or set a CDN domain.`;
	return fault(
		{
			code: `HTTP ${status}`,
			message: `The file ${fileNameOf(url)} cannot be downloaded (HTTP ${status})`,
			hint:
				status === 403 || status === 404
					? `${kept}${status === 403 ? ` ${own}` : ''}`
					: `Try again later, and check whether ${url.split('?')[0]} opens in a browser.`,
		},
		status >= 500 || status === 429 ? 'transient' : 'final',
	);
}

/** What n8n should take the content for; undefined lets n8n go by the name's extension. */
function mimeTypeOf(header: unknown, fileName: string): string | undefined {
	const given = String(header ?? '')
		.split(';')[0]
		.trim()
		.toLowerCase();
	if (given && !/^(application|binary)\/octet-stream$/.test(given)) return given;
	return /\.\w+$/.test(fileName) ? undefined : 'application/octet-stream';
}

const tooLarge = (fileName: string, maxBytes: number) =>
	fault({
		code: 'FileTooLarge',
		message: `The file ${fileName} has more than ${megabytes(maxBytes)}`,
		hint: 'Raise Max File Size under Options, or set it to 0 for no limit.',
	});

const cutShort = (fileName: string, bytes: number, expected: number) =>
	fault(
		{
			code: 'FileCutShort',
			message: `The file ${fileName} was cut short after ${bytes} of ${expected} bytes`,
			hint: 'Run the node again; if it stays, check the network between n8n and the bucket.',
		},
		'transient',
	);

const webPage = (fileName: string, host: string) =>
	fault({
		code: 'NotTheFile',
		message: `${host} sent a web page in place of the file ${fileName}`,
		hint: `Check what stands between n8n and ${host}: a proxy, a firewall or a login page.`,
	});

/** What the headers tell of a file before its first byte. */
interface Announced {
	mimeType?: string;
	/** Bytes; absent where they are not announced, or change on the way. */
	length?: number;
}

function readHeaders(headers: HttpAnswer['headers'], fileName: string): Announced {
	const length = headers['content-encoding'] ? undefined : headers['content-length'];
	return {
		mimeType: mimeTypeOf(headers['content-type'], fileName),
		...(length !== undefined && { length: Number(length) }),
	};
}

/** What n8n says when it cannot store a file, and what to do. Its settings are environment variables. */
const NOT_STORED: Array<{ matches: RegExp; code: string; message: string; hint: string }> = [
	{
		matches: /\bENOSPC\b/,
		code: 'ENOSPC',
		message: 'the disk is full',
		hint: 'Free space where n8n keeps binary data (N8N_BINARY_DATA_STORAGE_PATH), or prune old executions.',
	},
	{
		matches: /\b(EACCES|EPERM|EROFS)\b/,
		code: 'NotWritable',
		message: 'n8n may not write there',
		hint: 'Give n8n the right to write where it keeps binary data (N8N_BINARY_DATA_STORAGE_PATH).',
	},
	{
		matches: /FileTooLargeError/,
		code: 'FileTooLargeError',
		message: 'n8n takes no file of this size into its database',
		hint: 'Raise N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE, or have n8n keep binary data elsewhere (N8N_DEFAULT_BINARY_DATA_MODE).',
	},
	{
		matches:
			/Cannot create a string longer|Invalid string length|ERR_STRING_TOO_LONG|Array buffer allocation/,
		code: 'OutOfMemory',
		message: 'n8n keeps binary data in memory, and this file is too large for that',
		hint: 'Set N8N_DEFAULT_BINARY_DATA_MODE to filesystem.',
	},
];

function knownStorageError(error: unknown) {
	const { name, code, message } = error as { name?: string; code?: string; message?: string };
	// Only the class tells n8n's FileTooLargeError; its `name` is that of a parent.
	const text = [(error as object).constructor?.name, name, code, message].join(' ');
	return NOT_STORED.find(({ matches }) => matches.test(text));
}

function notStored(error: unknown, fileName: string): Failed {
	const known = knownStorageError(error);
	return fault({
		code: known?.code ?? 'FileNotStored',
		message: `The file ${fileName} cannot be stored: ${known?.message ?? (error as Error).message}`,
		hint: known?.hint ?? 'Check where n8n keeps binary data, and its rights and space there.',
	});
}

/** What went wrong with a download, as its stream is told of it. */
class Refused extends Error {
	constructor(readonly failed: Failed) {
		super(failed.fault.message);
	}
}

/**
 * Streams one file into n8n's binary data, never whole in memory. A file that is too large, cut short or
 * an error page in disguise is a fault, never a broken file.
 */
async function attempt(
	{ context, env, signal }: Connection,
	{ url, fileName = fileNameOf(url) }: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { maxBytes, requestTimeout: timeout } = limits;
	// Files are fetched by executions only.
	const { helpers } = context as IExecuteFunctions;
	const { host } = new URL(url);
	let body: Stream | undefined;
	/** What ended the stream, other than n8n's storing. */
	let broken: unknown;
	const onError = (error: unknown) => {
		broken ??= error;
	};

	/** Passes the bytes on and counts them. */
	async function* measure(source: AsyncIterable<Uint8Array>, alive: () => void, length?: number) {
		let bytes = 0;
		for await (const piece of source) {
			bytes += piece.length;
			alive();
			if (maxBytes > 0 && bytes > maxBytes) throw refuse(tooLarge(fileName, maxBytes));
			yield piece;
		}
		if (length !== undefined && bytes !== length) throw refuse(cutShort(fileName, bytes, length));
	}

	/** n8n may wrap what a stream throws, so it is kept. */
	function refuse(failure: Failed): Refused {
		const refused = new Refused(failure);
		broken = refused;
		return refused;
	}

	try {
		const binary = await watch(env, { timeout, signal }, async (ending, alive) => {
			const answer = (await helpers.httpRequest({
				method: 'GET',
				url,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				timeout,
				abortSignal: ending,
			})) as HttpAnswer;
			body = (answer.body as Stream).on('error', onError);
			const { mimeType, length } = readHeaders(answer.headers, fileName);
			const { statusCode } = answer;
			if (statusCode !== 200) throw new Refused(refusedStatus(url, statusCode, limits));
			if (mimeType === 'text/html' && /\.(?!html?$)\w+$/i.test(fileName)) {
				throw new Refused(webPage(fileName, host));
			}
			if (maxBytes > 0 && (length ?? 0) > maxBytes) {
				throw new Refused(tooLarge(fileName, maxBytes));
			}
			// n8n listens to a stream only once its target is open; an error before that would be nobody's.
			const measured = body
				.compose((source) => measure(source, alive, length))
				.on('error', () => undefined);
			return await helpers.prepareBinaryData(
				measured as unknown as Parameters<typeof helpers.prepareBinaryData>[0],
				fileName,
				mimeType,
			);
		});
		return { ok: true, value: binary };
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof TimedOut) {
			return failed(connectionFault({ code: 'ETIMEDOUT' }, fileTarget(host)));
		}
		const cause = error instanceof Refused || !body ? error : broken;
		if (cause instanceof Refused) return cause.failed;
		// A stream whose target fails may be told of it as if its source had.
		if (cause === undefined || knownStorageError(error)) return notStored(error, fileName);
		return failed(connectionFault(cause, fileTarget(host)));
	} finally {
		body?.destroy();
	}
}

/** Downloads one file, again where a passing fault spoiled it. Rejects only when the execution is aborted. */
export async function download(
	connection: Connection,
	file: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { url } = file;
	const { env, downloads, signal } = connection;
	if (!isHttp(url)) {
		return fault({
			code: 'NotHttp',
			message: `"${url.slice(0, 80)}" is not an http or https link`,
			hint: 'Only files behind http and https links can be downloaded.',
		});
	}
	return await retry(
		connection,
		async (due) => {
			if (due !== undefined) await pause(env, due - env.now(), signal);
			return await downloads.run(signal, async () => await attempt(connection, file, limits));
		},
		(one: Fault) => one.retry,
	);
}
