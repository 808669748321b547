import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { Connection } from '../transport/connection';
import { connectionFault } from '../transport/errors';
import type { Fault, HttpAnswer, Outcome } from '../transport/errors';
import type { ResultFile } from '../types';
import { TRIES, backoff } from '../transport/retry';

/** The part of Node's Readable that is needed; its module may not be imported. */
interface Stream extends AsyncIterable<Uint8Array> {
	compose(step: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>): Stream;
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

const broken = (
	part: Pick<Fault, 'code' | 'headline' | 'hint'>,
	kind: Fault['kind'] = 'final',
) => ({
	ok: false as const,
	fault: { kind, untouched: true, ...part },
});

function refusedStatus(url: string, status: number, { keptDays }: FileLimits): Outcome<never> {
	const { host } = new URL(url);
	const kept = `Results in the public bucket of Tencent Cloud are deleted after ${keptDays} days: create the task again, or have it write to a bucket of your own.`;
	const own = `If ${host} is a bucket of your own, allow public reading for it or set a CDN domain.`;
	return broken(
		{
			code: `HTTP ${status}`,
			headline: `The file ${fileNameOf(url)} cannot be downloaded (HTTP ${status})`,
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
	broken({
		code: 'FileTooLarge',
		headline: `The file ${fileName} has more than ${megabytes(maxBytes)}`,
		hint: 'Raise Max File Size under Options, or set it to 0 for no limit.',
	});

const cutShort = (fileName: string, bytes: number, expected: number) =>
	broken(
		{
			code: 'FileCutShort',
			headline: `The file ${fileName} was cut short after ${bytes} of ${expected} bytes`,
			hint: 'Run the node again; if it stays, check the network between n8n and the bucket.',
		},
		'transient',
	);

const webPage = (fileName: string, host: string) =>
	broken({
		code: 'NotTheFile',
		headline: `${host} sent a web page in place of the file ${fileName}`,
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

/**
 * Streams one file into n8n's binary data, never whole in memory. A file that is too large, cut short or
 * an error page in disguise is a fault, never a broken file.
 */
async function attempt(
	connection: Connection,
	{ url, fileName = fileNameOf(url) }: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { env, stop } = connection;
	const { maxBytes, requestTimeout } = limits;
	// Files are fetched by executions only.
	const { helpers } = connection.context as IExecuteFunctions;
	const { host } = new URL(url);
	const ending = new AbortController();
	const off = stop.onStop(() => ending.abort());
	let body: Stream | undefined;
	let fault: Outcome<never> | undefined;
	let lastByteAt = env.now();

	/** Ends a download that is silent for too long. One timer, however many pieces arrive. */
	async function watch(): Promise<void> {
		while (!ending.signal.aborted) {
			const silent = env.now() - lastByteAt;
			if (silent >= requestTimeout) {
				fault = connectionFault({ code: 'ETIMEDOUT' }, host);
				ending.abort();
				body?.destroy();
			} else await env.sleep(requestTimeout - silent, ending.signal);
		}
	}

	/** Passes the bytes on and counts them. */
	async function* measure(source: AsyncIterable<Uint8Array>, length?: number) {
		let bytes = 0;
		for await (const piece of source) {
			bytes += piece.length;
			lastByteAt = env.now();
			if (maxBytes > 0 && bytes > maxBytes) fault = tooLarge(fileName, maxBytes);
			if (fault) throw new Error('The download was ended');
			yield piece;
		}
		if (length === undefined || bytes === length) return;
		fault ??= cutShort(fileName, bytes, length);
		throw new Error('The download was ended');
	}

	void watch();
	try {
		const answer = (await helpers.httpRequest({
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: requestTimeout,
			abortSignal: ending.signal,
		})) as HttpAnswer;
		body = answer.body as Stream;
		const { mimeType, length } = readHeaders(answer.headers, fileName);
		if (answer.statusCode !== 200) return refusedStatus(url, answer.statusCode, limits);
		if (mimeType === 'text/html' && /\.(?!html?$)\w+$/i.test(fileName))
			return webPage(fileName, host);
		if (maxBytes > 0 && (length ?? 0) > maxBytes) return tooLarge(fileName, maxBytes);

		const measured = body.compose((source) => measure(source, length));
		const binary = await helpers.prepareBinaryData(
			measured as unknown as Parameters<typeof helpers.prepareBinaryData>[0],
			fileName,
			mimeType,
		);
		return { ok: true, value: binary };
	} catch (error) {
		return fault ?? connectionFault(error, host);
	} finally {
		off();
		ending.abort();
		body?.destroy();
	}
}

/** Downloads one file, repeating what a passing fault spoiled. Rejects only when the execution is stopped. */
export async function download(
	connection: Connection,
	file: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { url } = file;
	const { env, downloads, quota } = connection;
	if (!isHttp(url)) {
		return broken({
			code: 'NotHttp',
			headline: `"${url.slice(0, 80)}" is no http or https link`,
			hint: 'Only files behind http and https links can be downloaded.',
		});
	}
	let due: number | undefined;
	for (let tries = 1; ; tries += 1) {
		const outcome = await downloads.take(async () => await attempt(connection, file, limits), {
			due,
		});
		if (outcome.ok) return outcome;
		if (outcome.fault.kind !== 'transient' || tries >= TRIES || !quota.take()) return outcome;
		due = env.now() + backoff('transient', tries, env.random());
	}
}
