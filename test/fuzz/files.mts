/** Arbitrary result files: what their links say, and what stands behind them. */
import fc from 'fast-check';

import { wire } from './answers.mts';
import { bytesOf } from './hostile.mts';
import type { Reply, Wire } from './hostile.mts';
import { text } from './json.mts';

/** Links that must not be followed, or that lead nowhere. */
const ELSEWHERE = [
	' ',
	'no link',
	'//',
	'http://',
	'https:///a.png',
	'http://[::',
	'file:///etc/passwd',
	'FILE:///etc/passwd',
	'ftp://127.0.0.1/a.png',
	'gopher://127.0.0.1/',
	'data:image/png;base64,AAAA',
	'javascript:alert(1)',
	'blob:http://127.0.0.1/a',
	'http://169.254.169.254/latest/meta-data/iam',
	'http://169.254.0.1:80/a.png',
	'http://2852039166/a.png',
	'http://0xa9.254.169.254/a.png',
	'http://0251.0376.0251.0376/a.png',
	'http://169.254.43518/a.png',
	'http://①⑥⑨.254.169.254/a.png',
	'http://[fe80::1]/a.png',
	'http://[FE80::a%25eth0]/a.png',
	'http://[febf:1::1]/a.png',
	'http://[::ffff:169.254.169.254]/a.png',
	'http://[::ffff:a9fe:a9fe]/a.png',
	'http://[::169.254.169.254]/a.png',
	'http://[64:ff9b::a9fe:a9fe]/a.png',
	'https://user:secret@169.254.169.254/a.png',
	'http://169.254.169.254./a.png',
	'http:169.254.169.254/a.png',
	'http:\\\\169.254.169.254\\a.png',
	'\thttp://169.254.169.254/a.png',
	'http://example.invalid/a.png',
	'http://user:pass@example.invalid/%00.png',
	'http://127.0.0.1:1/a.png',
	'http://127.0.0.1:99999/a.png',
];

const NAMES = [
	'a.png',
	'a.jpg',
	'a',
	'page.html',
	'a.mp4',
	'a.xml',
	'%00.png',
	'a%0d%0aX-Injected:%201.png',
	'%2e%2e%2f%2e%2e%2fetc%2fpasswd',
	'a%5cb.png',
	'%E4%B8%AD.png',
	'%ff%fe.png',
	'a%.png',
	'CON',
	'.',
	'%E2%80%AE.gnp',
	`${'n'.repeat(3000)}.png`,
	'%F0%9F%8E%93'.repeat(300),
	'a.png?sign=q&x=%0A#f',
	'',
];

const TYPES = [
	'application/octet-stream',
	'text/html; charset=utf-8',
	'application/xml',
	'text/xml',
	'application/json',
	'',
	'image/png\u00ff',
	'x'.repeat(200),
];

const name = () =>
	fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...NAMES) },
		// A lone half of a character has no encoding.
		{ weight: 2, arbitrary: text().map((one) => encodeURIComponent(one.toWellFormed())) },
		{ weight: 1, arbitrary: text() },
	);

export interface OwnFile {
	kind: 'own';
	name: string;
	content: { size: number; fill: number };
	type: string;
	wire: Wire;
}

export type File =
	| OwnFile
	| { kind: 'elsewhere'; url: string }
	/** Leads on to the next file, or elsewhere. */
	| { kind: 'moved'; status: number; to: string | null };

const elsewhere = () =>
	fc.oneof(
		{ weight: 3, arbitrary: fc.constantFrom(...ELSEWHERE) },
		{ weight: 1, arbitrary: text().map((one) => one || 'empty') },
	);

export const file = (): fc.Arbitrary<File> =>
	fc.oneof(
		{
			weight: 10,
			arbitrary: fc.record({
				kind: fc.constant('own' as const),
				name: name(),
				content: fc.record({
					size: fc.oneof(
						{ weight: 10, arbitrary: fc.integer({ min: 0, max: 3000 }) },
						{ weight: 2, arbitrary: fc.integer({ min: 3000, max: 200_000 }) },
						{ weight: 1, arbitrary: fc.constantFrom(65536, 1_000_000, 3_000_000) },
					),
					fill: fc.nat(255),
				}),
				type: fc.oneof(
					{ weight: 4, arbitrary: fc.constant('image/png') },
					{ weight: 1, arbitrary: fc.constantFrom(...TYPES) },
				),
				wire: fc.oneof(
					{ weight: 2, arbitrary: fc.constant<Wire>({}) },
					{ weight: 3, arbitrary: wire() },
				),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), url: elsewhere() }),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('moved' as const),
				status: fc.constantFrom(301, 302, 303, 307, 308),
				to: fc.oneof(fc.constant(null), elsewhere()),
			}),
		},
	);

/** Bytes with something to compress, and something that is not. */
export function contentOf({ content: { size, fill } }: OwnFile): Buffer {
	const bytes = Buffer.alloc(size, fill);
	for (let at = 0; at < Math.min(size, 5000); at += 1) bytes[at] = (at * 31 + fill) % 251;
	return bytes;
}

export const replyOf = (one: OwnFile): Reply => ({
	...one.wire,
	headers: [['Content-Type', one.type], ...(one.wire.headers ?? [])],
	body: contentOf(one),
});

const FRAMING = ['Content-Encoding', 'Content-Length'];

/** Whether these bytes are what a client may take for the file. */
export function mayBeStored(one: OwnFile, bytes: Buffer): boolean {
	const { status = 200, headers = [], encoding, encoded, framing, cut } = one.wire;
	const content = contentOf(one);
	// What is encoded for the transfer, nobody decodes.
	if (headers.some(([header]) => header === 'Transfer-Encoding')) return false;
	// With two headers that say where it ends, or how it is encoded, every reader means something else.
	if (headers.some(([header]) => FRAMING.includes(header))) return true;
	const isPart = bytes.length <= content.length && content.subarray(0, bytes.length).equals(bytes);
	if (status !== 200 || !isPart) return false;
	const total = bytesOf(replyOf(one)).length;
	const sent = Math.floor(total * (cut?.at ?? 1));
	// Encoded in name only: these bytes mean something else, or nothing. Some begin a stream that never comes,
	// and n8n's decoders take that for an empty one.
	if (encoded === 'plain' && encoding && content.length > 0) return bytes.length === 0;
	const unannounced = framing === 'short' ? 1 : 0;
	if (sent < total - unannounced || framing === 'long') {
		// Without a length or an encoding, the end of the connection is the end of the file.
		const ends = framing === 'close' && !encoding && cut?.by === 'fin';
		return ends && bytes.length === content.length - (total - sent);
	}
	// All that was announced has come. n8n's decoders take the part of a stream for the whole, so one that was
	// encoded wrongly where it came from is not known from others.
	if (encoding && encoded === 'cut' && framing !== 'chunked' && framing !== 'close') return true;
	if (encoding && framing === 'short') return true;
	return bytes.length === content.length - unannounced;
}

/** Whether nothing at all is wrong with a file, so that it has to arrive. */
export function mustBeStored(one: OwnFile, maxBytes: number): boolean {
	const { type, content, wire: given } = one;
	const { headers, status, framing, encoding, encoded, cut } = given;
	const isOdd = Boolean(headers ?? status ?? cut ?? (encoding && encoded));
	// A compressed file is told from a part of one by its length alone.
	const framed =
		framing === undefined ||
		(!encoding && framing === 'chunked') ||
		(!encoding && framing === 'close');
	return type === 'image/png' && !isOdd && framed && (maxBytes === 0 || content.size <= maxBytes);
}
