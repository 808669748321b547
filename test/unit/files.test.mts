import { describe, expect, test } from '@jest/globals';

import {
	encodingLeft,
	fileNameOf,
	isPage,
	mimeTypeOf,
	notStored,
	refuseLink,
	refusedStatus,
} from '../../nodes/TencentWhiteboard/transport/files.ts';

const nameOf = (path: string) => fileNameOf(`https://bucket.example.com/${path}`);

describe('a file name', () => {
	test.each([
		['a/b/1.png', '1.png'],
		['1.png?sign=a/b.jpg#c/d', '1.png'],
		['%E8%AF%BE%E4%BB%B6%20%281%29.png', '课件 (1).png'],
		['100%.png', '100%.png'],
		['a%2Fb%5Cc.png', 'a_b_c.png'],
		['..%2F..%2Fetc%2Fpasswd', '.._.._etc_passwd'],
		['a%0D%0ASet-Cookie:%20x.png', 'a__Set-Cookie: x.png'],
		['a%00b%1Fc%7Fd%C2%85.png', 'a_b_c_d_.png'],
		['a%E2%80%AEgnp.exe', 'a_gnp.exe'],
		['a%E2%80%A8b%E2%80%A9.png', 'a_b_.png'],
		['%20a.png%20', 'a.png'],
		['', 'file'],
		['folder/', 'file'],
		['%2E%2E', 'file'],
		['...', 'file'],
		['.htaccess', '.htaccess'],
	])('%s is %s', (path, name) => {
		expect(nameOf(path)).toBe(name);
	});

	test('is never longer than file systems take, and keeps its extension', () => {
		for (const letter of ['a', 'é', '课', '😀']) {
			const name = nameOf(`${encodeURIComponent(letter.repeat(2000))}.png`);
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
			expect(Buffer.byteLength(name)).toBeGreaterThan(245);
			expect(name).toMatch(/\.png$/);
			expect(name.isWellFormed()).toBe(true);
		}
		expect(nameOf('a'.repeat(255))).toBe('a'.repeat(255));
		expect(nameOf('a'.repeat(300))).toBe('a'.repeat(255));
		expect(nameOf(`v1.2-${'n'.repeat(300)}.png`)).toBe(`v1.2-${'n'.repeat(246)}.png`);
		expect(nameOf(`a.${'b'.repeat(1e6)}`)).toHaveLength(255);
	});
});

describe('a link', () => {
	test.each([
		'https://bucket.cos.ap-guangzhou.myqcloud.com/1.png?q-sign=1',
		'http://10.0.0.1/1.png',
		'http://127.0.0.1:9000/1.png',
		'http://169.253.169.254/',
		'http://1.169.254.1/',
		'http://169.254.example.com/',
		'http://169.254.0.23.example.com/',
		'http://[fec0::1]/',
		'http://[2001:db8::fe80:1]/',
		'http://[::ffff:10.0.0.1]/',
	])('%s is followed', (url) => {
		expect(refuseLink(url)).toBeUndefined();
	});

	test.each([
		'http://169.254.169.254/latest/meta-data/',
		'http://169.254.0.23/',
		'https://169.254.169.254./',
		'http://0xa9fea9fe/',
		'http://2852039166/',
		'http://0251.0376.0251.0376/',
		'http://169.254.43518/',
		'http://[fe80::1]/',
		'http://[FEBF:0:0:0:1::1]:80/',
		'http://[::ffff:169.254.169.254]/',
		'http://[64:ff9b::a9fe:a9fe]/',
		'http://[::a9fe:17]/',
		'http://user:pass@169.254.169.254/',
	])('%s is link-local', (url) => {
		const { code, message } = refuseLink(url)!.fault;
		expect(code).toBe('LinkLocal');
		expect(message).toMatch(/^The file https?:\/\/\S+ is at a link-local address$/);
		expect(message).not.toContain('pass');
	});

	test.each([
		...['', 'text', 'file:///etc/passwd', 'ftp://a/b', 'javascript:1', '//host/1.png'],
		...['x-https://a/b', 'httpx://a/b'],
	])('"%s" is none', (url) => {
		expect(refuseLink(url)!.fault).toMatchObject({
			code: 'NotHttp',
			message: `"${url}" is not an http or https link`,
			retry: 'final',
		});
	});
});

test('a status that refuses names the file, without what signs its link', () => {
	const url = 'https://user:pass@bucket.example.com/1.png?q-signature=abc';
	const limits = { requestTimeout: 1, maxBytes: 0 };
	const fault = (status: number) =>
		refusedStatus(url, '1.png', status, { ...limits, keptDays: 7 }).fault;
	expect(fault(500)).toMatchObject({
		code: 'HTTP 500',
		message: 'The file 1.png cannot be downloaded (HTTP 500)',
		hint: 'Try again later, and check whether https://bucket.example.com/1.png opens in a browser.',
		retry: 'transient',
	});
	expect([429, 503, 400, 403, 404, 204].map((status) => fault(status).retry)).toEqual([
		'transient',
		'transient',
		'final',
		'final',
		'final',
		'final',
	]);
	expect(fault(404).hint).toBe(
		'Results in the public bucket of Tencent Cloud are deleted after 7 days: create the task again, or have it write to a bucket of your own.',
	);
	expect(refusedStatus(url, '1.png', 404, limits).fault.hint).toBe(
		'Results in the public bucket of Tencent Cloud are deleted after a while: create the task again, or have it write to a bucket of your own.',
	);
	expect(fault(403).hint).toBe(
		`${fault(404).hint} If bucket.example.com is a bucket of your own, allow public reading for it or set a CDN domain.`,
	);
});

test('a content type counts where it says something', () => {
	const cases: Array<[unknown, string, string | undefined]> = [
		['image/png', 'a', 'image/png'],
		[' Image/PNG ; charset=x', 'a', 'image/png'],
		['application/vnd.ms-powerpoint', 'a.ppt', 'application/vnd.ms-powerpoint'],
		['application/octet-stream', 'a.png', undefined],
		['binary/octet-stream', 'a.png', undefined],
		['application/octet-stream', 'a', 'application/octet-stream'],
		[undefined, 'a.png', undefined],
		[undefined, 'a', 'application/octet-stream'],
		['png', 'a.png', undefined],
		['image/', 'a.png', undefined],
		['an image/png', 'a.png', undefined],
		['binary/octet-stream', 'v1.2 notes', 'application/octet-stream'],
		[['image/png', 'b'], 'a.png', undefined],
	];
	for (const [header, name, type] of cases) expect(mimeTypeOf(header, name)).toBe(type);
});

test('a page stands for a file only where its name allows it', () => {
	const pages = ['text/html', 'application/xhtml+xml', 'application/xml', 'text/xml'];
	for (const type of [...pages, 'application/json', 'application/problem+xml']) {
		for (const name of ['a.png', 'a.b.mp4', 'html.zip', '.png', 'xml.html.pdf']) {
			expect([type, name, isPage(type, name)]).toEqual([type, name, true]);
		}
		for (const name of ['a.html', 'A.HTM', 'a.xml', 'a.json', 'a.txt', 'a.svg', 'noextension']) {
			expect([type, name, isPage(type, name)]).toEqual([type, name, false]);
		}
	}
	const others = ['image/png', 'text/plain', 'image/svg+xml', 'application/pdf', undefined];
	for (const type of [...others, 'context/html', 'application/json5']) {
		expect(isPage(type, 'a.png')).toBe(false);
	}
});

test.each([
	[{}, undefined],
	[{ 'transfer-encoding': 'chunked' }, undefined],
	[{ 'content-encoding': 'Identity', 'transfer-encoding': 'Chunked' }, undefined],
	[{ 'content-encoding': '', 'transfer-encoding': 'identity, chunked' }, undefined],
	[{ 'transfer-encoding': 'gzip' }, 'gzip'],
	[{ 'transfer-encoding': 'chunked, GZip ' }, 'GZip'],
	[{ 'content-encoding': 'br-1', 'transfer-encoding': 'gzip' }, 'br-1'],
	[{ 'content-encoding': 'not-chunked' }, 'not-chunked'],
	[{ 'content-encoding': 'identity-2' }, 'identity-2'],
])('of the headers %j is left the encoding %s', (headers, left) => {
	expect(encodingLeft(headers)).toBe(left);
});

describe('an error of storing', () => {
	class FileTooLargeError extends Error {}
	test.each([
		[Object.assign(new Error('no space'), { code: 'ENOSPC' }), 'ENOSPC', 'the disk is full'],
		[new Error('EACCES: permission denied'), 'NotWritable', 'n8n may not write there'],
		[new Error('EROFS: read-only'), 'NotWritable', 'n8n may not write there'],
		[new FileTooLargeError('x'), 'FileTooLargeError', 'n8n takes no file of this size'],
		[
			Object.assign(new Error('x'), { code: 'ERR_STRING_TOO_LONG' }),
			'OutOfMemory',
			'n8n holds the whole file in memory',
		],
		[new RangeError('Array buffer allocation failed'), 'OutOfMemory', 'n8n holds'],
		[new Error('something else'), 'FileNotStored', 'something else'],
	])('%s', (error, code, text) => {
		const { fault } = notStored(error, 'a.png');
		expect(fault).toMatchObject({ code, type: 'storage', retry: 'final', effect: 'none' });
		expect(fault.message).toContain(`The file a.png cannot be stored: ${text}`);
		expect(fault.hint.length).toBeGreaterThan(20);
	});

	const FILESYSTEM =
		'set N8N_DEFAULT_BINARY_DATA_MODE to filesystem; in queue mode all processes must then share the folder N8N_BINARY_DATA_STORAGE_PATH.';

	test('says which binary data mode has which limit, who has that mode, and what to set', () => {
		expect(notStored(new FileTooLargeError('x'), 'a.png').fault.hint).toBe(
			`The binary data mode is database, which n8n 2 has in queue mode unless another is set: it holds a file in memory as a whole and takes none over N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE, 512 MiB unless set. Raise that to at most 1024, or ${FILESYSTEM} The mode s3 has no such limit, but holds files in memory too.`,
		);
		expect(notStored(new Error('Invalid string length'), 'a.png').fault.hint).toBe(
			`All binary data modes but filesystem do so: default, which n8n 1 has unless another is set, database, which n8n 2 has so in queue mode, and s3. To have files of any size, ${FILESYSTEM}`,
		);
	});
});
