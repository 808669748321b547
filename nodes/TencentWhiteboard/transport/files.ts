import { failed, foreign } from './errors';
import type { Failed, Fault, Target } from './errors';

/** What result files are called, which links are followed, and what a fault of a file says. Pure. */

export interface FileLimits {
	/** Milliseconds without a byte. */
	requestTimeout: number;
	/** Bytes; 0 for no limit. */
	maxBytes: number;
	/** Days that Tencent's public bucket keeps the file, where that is known. */
	keptDays?: number;
}

/** Bytes that file systems take for a name. */
const LONGEST_NAME = 255;

/** What may not stand in a name: separators, control characters, what turns or breaks a line, half characters. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\\/]/gu;

function shortened(name: string): string {
	const extension = /\.\w{1,20}$/.exec(name)?.[0] ?? '';
	let base = name.slice(0, Math.min(LONGEST_NAME, name.length - extension.length));
	while (Buffer.byteLength(base + extension) > LONGEST_NAME) base = base.slice(0, -1);
	return base + extension;
}

/** The file's name as its URL has it, fit for any file system and any header. */
export function fileNameOf(url: string): string {
	const { pathname } = new URL(url);
	const last = pathname.slice(pathname.lastIndexOf('/') + 1);
	let name = last;
	try {
		name = decodeURIComponent(last);
	} catch {
		// A stray percent sign: the name stays as it is written.
	}
	const safe = shortened(name).replace(UNSAFE, '_').trim();
	return /^\.*$/.test(safe) ? 'file' : safe;
}

const fileFault = (
	part: Pick<Fault, 'code' | 'message' | 'hint' | 'page'>,
	retry: Fault['retry'] = 'final',
): Failed => failed({ type: 'storage', retry, effect: 'none', ...part });

/** The link as a text may show it: without what signs it, and without a password. */
function shownLink(url: string): string {
	const { protocol, host, pathname } = new URL(url);
	return `${protocol}//${host}${pathname}`;
}

/**
 * Link-local addresses (169.254.0.0/16, fe80::/10) as URL writes them, the IPv4 ones inside of IPv6 addresses
 * too: servers in a cloud give out their credentials there, and no file of a task ever lies there.
 */
const LINK_LOCAL = /^(169\.254\.[\d.]+|\[fe[89ab].*\]|\[[\da-f:]*:a9fe:[\da-f]{1,4}\])$/;

/** Why a link is not followed, if it is not. Whatever else is reachable, n8n's own SSRF protection decides. */
export function refuseLink(url: string): Failed | undefined {
	const target = URL.canParse(url) ? new URL(url) : undefined;
	if (!target || !['http:', 'https:'].includes(target.protocol)) {
		return fileFault({
			code: 'NotHttp',
			message: `"${foreign(url, 80)}" is not an http or https link`,
			hint: 'Only files behind http and https links can be downloaded.',
		});
	}
	if (LINK_LOCAL.test(target.hostname)) {
		return fileFault({
			code: 'LinkLocal',
			message: `The file ${shownLink(url)} is at a link-local address`,
			hint: 'Such addresses belong to the server itself, so nothing is downloaded from there: check where the link comes from.',
		});
	}
	return undefined;
}

/** The host of a file: the API's answer names it, so the credential has no part in it. */
export const fileTarget = (host: string): Target => ({
	name: host,
	reach: `Check that this n8n server can reach ${host} (DNS, proxy, firewall).`,
});

export function refusedStatus(
	url: string,
	fileName: string,
	status: number,
	{ keptDays }: FileLimits,
): Failed {
	const after = keptDays === undefined ? 'a while' : `${keptDays} days`;
	const kept = `Results in the public bucket of Tencent Cloud are deleted after ${after}: create the task again, or have it write to a bucket of your own.`;
	const own = `If ${new URL(url).host} is a bucket of your own, allow public reading for it or set a CDN domain.`;
	const isGone = status === 403 || status === 404;
	return fileFault(
		{
			code: `HTTP ${status}`,
			message: `The file ${fileName} cannot be downloaded (HTTP ${status})`,
			hint: isGone
				? `${kept}${status === 403 ? ` ${own}` : ''}`
				: `Try again later, and check whether ${shownLink(url)} opens in a browser.`,
			...(isGone && { page: 'files-gone' as const }),
		},
		status >= 500 || status === 429 ? 'transient' : 'final',
	);
}

/** Types that say no more than that there are bytes. */
const ANY_BYTES = ['application/octet-stream', 'binary/octet-stream'];

/** What n8n should take the content for; undefined lets n8n go by the name's extension. */
export function mimeTypeOf(header: unknown, fileName: string): string | undefined {
	const given = String(header).split(';')[0].trim().toLowerCase();
	const isType = /^[a-z]{1,30}\/[\w.+-]{1,100}$/.test(given);
	if (isType && !ANY_BYTES.includes(given)) return given;
	return /\.\w+$/.test(fileName) ? undefined : 'application/octet-stream';
}

/** Types of login and error pages; a bucket answers in XML. */
const PAGE = /^(text\/html|application\/json|(text|application)\/([\w.-]+\+)?xml)$/;

/** Extensions of files that may well be of such a type; without an extension anything may. */
const PAGE_NAME = /(\.(html?|xhtml|json|xml|svg|txt)|^[^.]*)$/i;

export const isPage = (mimeType: string | undefined, fileName: string): boolean =>
	mimeType !== undefined && PAGE.test(mimeType) && !PAGE_NAME.test(fileName);

export const notTheFile = (fileName: string, host: string, mimeType: string): Failed =>
	fileFault({
		code: 'NotTheFile',
		message: `${host} sent a page (${mimeType}) in place of the file ${fileName}`,
		hint: `Check what stands between n8n and ${host}: a proxy, a firewall or a login page.`,
	});

const megabytes = (bytes: number) => `${Math.round(bytes / 1e4) / 100} MB`;

export const tooLarge = (fileName: string, maxBytes: number): Failed =>
	fileFault({
		code: 'FileTooLarge',
		message: `The file ${fileName} has more than ${megabytes(maxBytes)}`,
		hint: "Raise 'Max File Size (MB)' under 'Options', or set it to 0 for no limit.",
	});

/** @param expected Bytes, where they were announced */
export const cutShort = (fileName: string, bytes: number, expected?: number): Failed =>
	fileFault(
		{
			code: 'FileCutShort',
			message: `The file ${fileName} was cut short after ${bytes}${expected === undefined ? '' : ` of ${expected}`} bytes`,
			hint: 'Run the node again; if it stays, check the network between n8n and the bucket.',
		},
		'transient',
	);

/**
 * An encoding that nobody takes off the bytes, if there is one: n8n decodes contents and removes the header
 * that said so; what is encoded for the transfer it takes as it comes.
 */
export const encodingLeft = (headers: Record<string, unknown>): string | undefined =>
	[headers['content-encoding'], headers['transfer-encoding']]
		.join()
		.split(',')
		.map((coding) => coding.trim())
		.find((coding) => !/^(identity|chunked)?$/i.test(coding));

export const undecodable = (fileName: string, encoding: string): Failed =>
	fileFault({
		code: 'UnknownEncoding',
		message: `The file ${fileName} came with the encoding ${foreign(encoding, 40)}, which n8n cannot decode`,
		hint: 'Have the server that keeps the files send them uncompressed, as it is asked to.',
	});

export const maybePart = (fileName: string): Failed =>
	fileFault(
		{
			code: 'FileCutShort',
			message: `The file ${fileName} may be cut short: it came compressed and without a length`,
			hint: 'Have the server that keeps the files send them uncompressed, as it is asked to, or with a Content-Length.',
		},
		'transient',
	);

const USE_FILESYSTEM =
	'set N8N_DEFAULT_BINARY_DATA_MODE to filesystem; in queue mode all processes must then share the folder N8N_BINARY_DATA_STORAGE_PATH.';

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
		hint: `The binary data mode is database, which n8n 2 has in queue mode unless another is set: it holds a file in memory as a whole and takes none over N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE, 512 MiB unless set. Raise that to at most 1024, or ${USE_FILESYSTEM} The mode s3 has no such limit, but holds files in memory too.`,
	},
	{
		matches:
			/Cannot create a string longer|Invalid string length|ERR_STRING_TOO_LONG|Array buffer allocation/,
		code: 'OutOfMemory',
		message: 'n8n holds the whole file in memory, and it is too large for that',
		hint: `All binary data modes but filesystem do so: default, which n8n 1 has unless another is set, database, which n8n 2 has so in queue mode, and s3. To have files of any size, ${USE_FILESYSTEM}`,
	},
];

/** What is known of an error of n8n's storing. */
export function knownStorageError(error: unknown) {
	const { name, code, message } = error as { name?: string; code?: string; message?: string };
	// Only the class tells n8n's FileTooLargeError; its `name` is that of a parent.
	const text = [(error as object).constructor.name, name, code, message].join(' ');
	return NOT_STORED.find(({ matches }) => matches.test(text));
}

export function notStored(error: unknown, fileName: string): Failed {
	const known = knownStorageError(error);
	return fileFault({
		code: known?.code ?? 'FileNotStored',
		message: `The file ${fileName} cannot be stored: ${known?.message ?? foreign((error as Error).message)}`,
		hint: known?.hint ?? 'Check where n8n keeps binary data, and its rights and space there.',
	});
}
