import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { ResultFile } from '../types';
import type { Connection } from './connection';
import { connectionFault, failed } from './errors';
import type { Failed, Fault, HttpAnswer, Outcome } from './errors';
import {
	cutShort,
	encodingLeft,
	fileNameOf,
	fileTarget,
	isPage,
	knownStorageError,
	maybePart,
	mimeTypeOf,
	notStored,
	notTheFile,
	refuseLink,
	refusedStatus,
	tooLarge,
	undecodable,
} from './files';
import type { FileLimits } from './files';
import { retry } from './retry';
import { TimedOut, pause, watch } from './watchdog';

/** The part of Node's Readable that is needed; its module may not be imported. */
interface Stream {
	map(step: (piece: Uint8Array) => Uint8Array): Stream;
	on(event: 'error', listener: (error: unknown) => void): Stream;
	read(size: 0): unknown;
	destroy(): void;
}

interface FileAnswer extends HttpAnswer {
	body: Stream;
	/** The body's bytes are decoded on the way: they are others than those that were announced. */
	decoded: boolean;
	/** Under n8n 2. */
	request?: { destroy(): void };
}

/**
 * Closes the connection. Under n8n 2, the body alone cannot: axios hands on what it reads from the answer, and ends
 * reading only when the next bytes have come.
 */
function close({ body, request }: FileAnswer): void {
	body.destroy();
	request?.destroy();
}

/** Names and values in turn, as Node gives the headers that arrived. */
const isEncoded = (rawHeaders: string[] = []) =>
	rawHeaders.some((name, index) => index % 2 === 0 && /^content-encoding$/i.test(name));

/** An answer as axios gives it with an error. */
interface RawResponse {
	status: number;
	headers: FileAnswer['headers'];
	data: Stream;
	request?: FileAnswer['request'] & { res?: { rawHeaders?: string[] } };
}

/** Statuses of links that lead on. */
const MOVED = [301, 302, 303, 307, 308];

/** Statuses that n8n 2 is to report as errors: nothing else brings the request along. */
const AS_ERRORS = [200, ...MOVED];

/** How often a link may lead on to another one. */
const REDIRECTS = 5;

/** What went wrong with a download, as its stream is told of it. */
class Refused extends Error {
	constructor(readonly failed: Failed) {
		super(failed.fault.message);
	}
}

/**
 * n8n decodes compressed answers and removes the header that tells. What had arrived, n8n 2 tells only with an
 * error, so what is read is made one; n8n 1 knows no such choice, and gives the decoder itself.
 */
async function answerInError(error: { response?: RawResponse }): Promise<FileAnswer> {
	const { response } = error;
	if (!response || !AS_ERRORS.includes(response.status))
		return await Promise.reject(error as Error);
	const { status: statusCode, headers, data: body, request } = response;
	const decoded = headers['content-encoding'] === undefined && isEncoded(request?.res?.rawHeaders);
	return { statusCode, headers, body, decoded, request };
}

type Request = Pick<
	Parameters<IExecuteFunctions['helpers']['httpRequest']>[0],
	'timeout' | 'abortSignal'
>;

/** Asks for a file, at the place where redirects lead to. */
async function open(
	{ helpers }: IExecuteFunctions,
	link: string,
	request: Request,
): Promise<FileAnswer> {
	const get = async (at: string): Promise<FileAnswer> =>
		await (
			helpers.httpRequest({
				...request,
				method: 'GET',
				url: at,
				headers: { 'Accept-Encoding': 'identity' },
				encoding: 'stream',
				returnFullResponse: true,
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: { ignore: true, except: AS_ERRORS },
			}) as Promise<HttpAnswer & { body: Stream }>
		).then((answer) => ({ ...answer, decoded: 'bytesWritten' in answer.body }), answerInError);

	let url = link;
	for (let hops = 0; ; hops += 1) {
		const refused = refuseLink(url);
		if (refused) throw new Refused(refused);
		const answer = await get(url);
		const { location } = answer.headers;
		const moved = MOVED.includes(answer.statusCode) && hops < REDIRECTS;
		if (!moved || typeof location !== 'string') return answer;
		answer.body.on('error', () => undefined);
		close(answer);
		url = URL.canParse(location, url) ? new URL(location, url).href : location;
	}
}

/** Codes of streams that ended too soon. */
const CUT = ['ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE'];

/**
 * Streams one file into n8n's binary data. Here it is never whole in memory; n8n itself holds it so in every binary
 * data mode but filesystem. A file that is too large, cut short or an error page in disguise is a fault, never a
 * broken file.
 */
async function attempt(
	{ context, env, signal }: Connection,
	{ url, fileName = fileNameOf(url), isPage: mayBePage }: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { maxBytes, requestTimeout: timeout } = limits;
	const { host } = new URL(url);
	let answer: FileAnswer | undefined;
	/** What ended the stream, other than n8n's storing. */
	let broken: unknown;
	const onError = (error: unknown) => {
		broken ??= error;
	};
	let bytes = 0;
	/** Bytes that were announced, where these are the ones that are counted. */
	let length: number | undefined;

	/** Passes the bytes on and counts them. */
	function measure(piece: Uint8Array, alive: () => void): Uint8Array {
		bytes += piece.length;
		alive();
		if (maxBytes > 0 && bytes > maxBytes) {
			// n8n may wrap what a stream throws, so it is kept.
			broken = new Refused(tooLarge(fileName, maxBytes));
			throw broken;
		}
		return piece;
	}

	try {
		const binary = await watch(env, { timeout, signal }, async (abortSignal, alive) => {
			// Files are fetched by executions only.
			const execution = context as IExecuteFunctions;
			answer = await open(execution, url, { timeout, abortSignal });
			const { statusCode, headers, body, decoded } = answer;
			body.on('error', onError);
			if (statusCode !== 200) {
				throw new Refused(refusedStatus(url, fileName, statusCode, limits));
			}
			const encoding = encodingLeft(headers);
			if (encoding !== undefined) throw new Refused(undecodable(fileName, encoding));
			const announced = headers['content-length'];
			// n8n's decoder takes a part for the whole; only a length vouches for what it was given.
			if (decoded && announced === undefined) throw new Refused(maybePart(fileName));
			if (!decoded && announced !== undefined) length = Number(announced);
			const mimeType = mimeTypeOf(headers['content-type'], fileName);
			if (!mayBePage && isPage(mimeType, fileName)) {
				throw new Refused(notTheFile(fileName, host, mimeType!));
			}
			if (maxBytes > 0 && (length ?? 0) > maxBytes) {
				throw new Refused(tooLarge(fileName, maxBytes));
			}
			// Not `compose`: in Node.js 22 it does not hear of an error of its source.
			// n8n listens to a stream only once its target is open; an error before that would be nobody's.
			const measured = body.map((piece) => measure(piece, alive)).on('error', () => undefined);
			// Begins at once: what has arrived is counted before the source can break off.
			measured.read(0);
			return await execution.helpers.prepareBinaryData(
				measured as unknown as Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
				fileName,
				mimeType,
			);
		});
		return { ok: true, value: binary };
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof Refused) return error.failed;
		if (broken instanceof Refused) return broken.failed;
		const target = fileTarget(host);
		if (error instanceof TimedOut) return failed(connectionFault({ code: 'ETIMEDOUT' }, target));
		if (!answer) return failed(connectionFault(error, target));
		// A stream whose target fails may be told of it as if its source had.
		if (broken === undefined || knownStorageError(error)) return notStored(error, fileName);
		return CUT.includes(String((broken as { code?: unknown }).code))
			? cutShort(fileName, bytes, length)
			: failed(connectionFault(broken, target));
	} finally {
		if (answer) close(answer);
	}
}

/** Downloads one file, again where a passing fault spoiled it. Rejects only when the execution is aborted. */
export async function download(
	connection: Connection,
	file: ResultFile,
	limits: FileLimits,
): Promise<Outcome<IBinaryData>> {
	const { env, downloads, signal } = connection;
	const refused = refuseLink(file.url);
	if (refused) return refused;
	return await retry(
		connection,
		async (due) => {
			if (due !== undefined) await pause(env, due - env.now(), signal);
			return await downloads.run(signal, async () => await attempt(connection, file, limits));
		},
		(one: Fault) => one.retry,
	);
}
