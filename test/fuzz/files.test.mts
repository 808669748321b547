/** Whatever stands behind the links in an answer: a file is stored as it was meant, or there is a fault. */
import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

import { documentedAnswer, wire } from './answers.mts';
import { openBench } from './bench.mts';
import type { Bench } from './bench.mts';
import { MODES } from './checks.mts';
import type { Execution } from './checks.mts';
import { fuzz } from './fuzz.mts';
import { bytesOf } from './hostile.mts';
import type { Reply, Wire } from './hostile.mts';
import { text } from './json.mts';

let bench: Bench;
beforeAll(async () => {
	bench = await openBench();
});
afterAll(async () => await bench.close());

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
	'http://[fe80::1]/a.png',
	'http://[FE80::a%25eth0]/a.png',
	'http://[febf:1::1]/a.png',
	'http://[::ffff:169.254.169.254]/a.png',
	'http://[::ffff:a9fe:a9fe]/a.png',
	'https://user:secret@169.254.169.254/a.png',
	'http://169.254.169.254.:80/a.png',
	'http://example.invalid/a.png',
	'http://user:pass@example.invalid/%00.png',
	'http://127.0.0.1:1/a.png',
	'http://127.0.0.1:99999/a.png',
];

/** Bytes that look like nothing that can be compressed away, or like nothing at all. */
function contentOf({ size, fill }: { size: number; fill: number }): Buffer {
	const bytes = Buffer.alloc(size, fill);
	for (let at = 0; at < Math.min(size, 5000); at += 1) bytes[at] = (at * 31 + fill) % 251;
	return bytes;
}

const name = () =>
	fc.oneof(
		{ weight: 3, arbitrary: fc.constantFrom('a.png', 'a.jpg', 'a', 'page.html', 'a.mp4', 'a.xml') },
		{ weight: 3, arbitrary: text().map(encodeURIComponentSafely) },
		{ weight: 2, arbitrary: text() },
		{
			weight: 2,
			arbitrary: fc.constantFrom(
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
			),
		},
	);

function encodeURIComponentSafely(one: string): string {
	// A lone half of a character has no encoding.
	return encodeURIComponent(one.toWellFormed());
}

const file = () =>
	fc.oneof(
		{
			weight: 8,
			arbitrary: fc.record({
				kind: fc.constant('own' as const),
				name: name(),
				content: fc.record({
					size: fc.oneof(
						{ weight: 8, arbitrary: fc.integer({ min: 0, max: 3000 }) },
						{ weight: 3, arbitrary: fc.integer({ min: 3000, max: 200_000 }) },
						{ weight: 1, arbitrary: fc.constantFrom(65536, 1_000_000, 3_000_000) },
					),
					fill: fc.nat(255),
				}),
				type: fc.oneof(
					{ weight: 4, arbitrary: fc.constant('image/png') },
					{
						weight: 1,
						arbitrary: fc.constantFrom(
							'application/octet-stream',
							'text/html; charset=utf-8',
							'application/xml',
							'text/xml',
							'application/json',
							'',
							'image/png\u00ff',
							'x'.repeat(200),
						),
					},
				),
				wire: fc.oneof(
					{ weight: 2, arbitrary: fc.constant<Wire>({}) },
					{ weight: 3, arbitrary: wire() },
				),
			}),
		},
		{
			weight: 3,
			arbitrary: fc.record({
				kind: fc.constant('elsewhere' as const),
				url: fc.oneof(
					fc.constantFrom(...ELSEWHERE),
					text().map((one) => one || 'empty'),
				),
			}),
		},
	);

type File = ReturnType<typeof file> extends fc.Arbitrary<infer T> ? T : never;
type OwnFile = Extract<File, { kind: 'own' }>;

const execution = fc.record({
	mode: fc.constantFrom(...MODES),
	output: fc.constantFrom('task', 'files'),
	onTaskFailure: fc.constantFrom('error', 'output'),
	maxFileSize: fc.constantFrom(0, 0, 0.002, 0.05),
	items: fc.array(fc.array(file(), { minLength: 1, maxLength: 3, size: 'max' }), {
		minLength: 1,
		maxLength: 12,
		size: 'max',
	}),
});

type Given = Parameters<Parameters<typeof execution.map>[0]>[0];

const replyOf = ({ content, type, wire: { headers = [], ...rest } }: OwnFile): Reply => ({
	...rest,
	headers: [['Content-Type', type], ...headers],
	body: contentOf(content),
});

/** What a client that reads the answer to its end has: a file, or nothing that could be taken for one. */
function meant(one: OwnFile): Buffer | undefined {
	const { status = 200, encoding, encoded, framing, cut } = one.wire;
	const body = contentOf(one.content);
	if (status !== 200 || framing === 'long') return undefined;
	const reply = replyOf(one);
	const total = bytesOf(reply).length;
	if (cut && Math.floor(total * cut.at) < total) {
		// Without a length or an encoding, the end of the connection is the end of the file.
		const head = total - body.length;
		const got = Math.floor(total * cut.at) - head;
		const ends = framing === 'close' && !encoding && cut.by === 'fin' && got >= 0;
		return ends ? body.subarray(0, got) : undefined;
	}
	if (encoding && (encoded || framing === 'short')) return undefined;
	return framing === 'short' ? body.subarray(0, -1) : body;
}

/** Whether nothing at all is wrong with a file, so that it has to arrive. */
const isFine = ({ type, wire: { headers, framing, status, cut } }: OwnFile) =>
	type === 'image/png' && !headers && !status && !cut && framing !== 'short';

function toExecution(
	{ mode, output, onTaskFailure, maxFileSize, items }: Given,
	count: () => void,
): Execution {
	const problems: string[] = [];
	const linkOf = (account: string, item: number, index: number) => {
		const one = items[item][index];
		return one.kind === 'own'
			? `${bench.url}/files/${account}/${item}/${index}/${one.name}`
			: one.url;
	};

	/** A name may lead out of where the files are. */
	const isServed = (link: string) =>
		URL.canParse(link) && /^\/files\/[^/]+\/\d+\/\d+\//.test(new URL(link).pathname);

	async function checkFile(
		binary: IBinaryData | undefined,
		one: File,
		read: (data: IBinaryData) => Promise<Buffer>,
		violated: (what: string) => void,
		told: string,
	): Promise<void> {
		if (one.kind === 'elsewhere') {
			if (binary) violated(`a file came from ${one.url}`);
			return;
		}
		const expected = meant(one);
		if (!binary) {
			const small = maxFileSize === 0 || (expected?.length ?? 0) <= maxFileSize * 1e6;
			const served = isServed(`${bench.url}/files/a/0/0/${one.name}`);
			const wrong = expected && isFine(one) && small && served;
			if (wrong) violated(`a good file is missing: ${JSON.stringify(one)} ${told}`);
			return;
		}
		const bytes = await read(binary);
		if (!expected?.equals(bytes)) {
			const of = expected ? expected.length : 'no';
			violated(`${bytes.length} of ${of} bytes are stored: ${JSON.stringify(one)}`);
		}
		if (maxFileSize > 0 && bytes.length > maxFileSize * 1e6) violated('a file is too large');
		const { fileName = '', mimeType } = binary;
		// eslint-disable-next-line no-control-regex
		if (/[\u0000-\u001f\u007f\\/]/.test(fileName) || fileName === '' || fileName.length > 255) {
			violated(`a file is called ${JSON.stringify(fileName)}`);
		}
		if (!/^[\w.+-]+\/[\w.+-]+$/.test(mimeType)) {
			violated(`a file's type is ${JSON.stringify(mimeType)}`);
		}
	}

	return {
		operation: 'describeSnapshotTask',
		mode,
		parameters: {
			sdkAppId: 1,
			taskId: '={{ "task-" + $json.item }}',
			output,
			downloadFiles: true,
			options: { onTaskFailure, maxFileSize },
		},
		items: items.map(() => ({})),
		answer: (request) => {
			if (request.account) {
				const { TaskID } = JSON.parse(request.body) as { TaskID: string };
				const item = Number(TaskID.slice('task-'.length));
				const answer = documentedAnswer('DescribeSnapshotTask') as {
					Result: { Snapshots: string[] };
				};
				answer.Result.Snapshots = items[item].map((_, index) =>
					linkOf(request.account, item, index),
				);
				return { body: JSON.stringify({ Response: answer }) };
			}
			const signed = ['authorization', 'x-tc-token'].filter((header) => header in request.headers);
			if (signed.length > 0) problems.push(`a file is asked for with ${signed.join()}`);
			const [, , , item, index] = request.path.split('/');
			const one = items[Number(item)]?.[Number(index)];
			if (one?.kind !== 'own') return { status: 404, body: 'no such file' };
			return replyOf(one);
		},
		spoken: (item) => JSON.stringify(items[item]),
		check: async ({ run, main, errors }, violated) => {
			items.flat().forEach(count);
			for (const problem of problems) violated(problem);
			const byItem = new Map<number, INodeExecutionData[]>();
			for (const one of main) {
				const { item } = one.pairedItem as { item: number };
				byItem.set(item, [...(byItem.get(item) ?? []), one]);
			}
			const read = async (data: IBinaryData) => await run.binary(data);
			for (const [item, files] of items.entries()) {
				const given = byItem.get(item) ?? [];
				for (const [index, one] of files.entries()) {
					const binary =
						output === 'task'
							? given.find(({ binary: some }) => some?.[`data_${index}`])?.binary?.[`data_${index}`]
							: given.find(({ json }) => json.Index === index + 1)?.binary?.data;
					// Of an execution that has stopped, nothing is known.
					if (run.status !== 'success' && !binary) continue;
					const told = JSON.stringify(
						[...given, ...errors].map(({ json }) => json.error ?? json.DownloadError),
					);
					await checkFile(binary, one, read, (what) => violated(what, item), told);
				}
			}
		},
	};
}

test(
	'arbitrary files',
	async () =>
		await fuzz({
			name: 'files',
			cases: 300,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 8, size: 'max' }),
			run: async (batch, count) => await bench.run(batch.map((one) => toExecution(one, count))),
		}),
	600_000,
);
