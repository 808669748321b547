/** Whatever stands behind the links in an answer: a file is stored as it was meant, or there is a fault. */
import { test } from '@jest/globals';
import fc from 'fast-check';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

import { documentedAnswer } from './answers.mts';
import { openBench } from './bench.mts';
import { MODES } from './checks.mts';
import type { Execution, Violated } from './checks.mts';
import { file, mayBeStored, mustBeStored, replyOf } from './files.mts';
import type { File, OwnFile } from './files.mts';
import { fuzz } from './fuzz.mts';
import type { Received, Reply } from './hostile.mts';
import { shared } from '../set-up.mts';

const bench = shared(openBench);

const execution = fc.record({
	mode: fc.constantFrom(...MODES),
	output: fc.constantFrom('task', 'files'),
	onTaskFailure: fc.constantFrom('error', 'output'),
	/** Megabytes. */
	maxFileSize: fc.constantFrom(0, 0, 0.002, 0.05),
	items: fc.array(fc.array(file(), { minLength: 1, maxLength: 3, size: 'max' }), {
		minLength: 1,
		maxLength: 12,
		size: 'max',
	}),
});

type Given = Parameters<Parameters<typeof execution.map>[0]>[0];

/** The binary data of a file, by its place among those of its item. */
const binaryOf = (given: INodeExecutionData[], index: number, output: string) =>
	output === 'task'
		? given.map(({ binary }) => binary?.[`data_${index}`]).find(Boolean)
		: given.find(({ json }) => json.Index === index + 1)?.binary?.data;

function checkNames({ fileName = '', mimeType }: IBinaryData, violated: (what: string) => void) {
	const fits = fileName !== '' && Buffer.byteLength(fileName) <= 255;
	if (!fits || /[\p{Cc}\p{Bidi_Control}\\/]/u.test(fileName)) {
		violated(`a file is called ${JSON.stringify(fileName)}`);
	}
	if (!/^[\w.+-]+\/[\w.+-]+$/.test(mimeType)) {
		violated(`a file's type is ${JSON.stringify(mimeType)}`);
	}
}

function toExecution(given: Given, count: () => void): Execution {
	const { mode, output, onTaskFailure, maxFileSize, items } = given;
	const maxBytes = maxFileSize * 1e6;
	const problems: string[] = [];
	const delivered = new Set<File>();

	const linkOf = (account: string, item: number, index: number) => {
		const one = items[item][index];
		if (one.kind === 'elsewhere') return one.url;
		const name = one.kind === 'own' ? one.name : 'moved.png';
		return `${bench.url}/files/${account}/${item}/${index}/${name}`;
	};

	/** A link's place among those that are files. */
	function placeOf(item: number, index: number): number {
		const links = items[item].map((_, at) => linkOf('a', item, at));
		const isFile = (link: string) => /^https?:\/\//i.test(link);
		return isFile(links[index]) ? links.slice(0, index).filter(isFile).length : NaN;
	}

	/** The file that a link leads to in the end, if it is one of the test's own. */
	function behind(item: number, index: number): OwnFile | undefined {
		const one = items[item][index];
		if (one?.kind === 'moved') return one.to === null ? behind(item, index + 1) : undefined;
		if (one?.kind !== 'own') return undefined;
		// A name may lead out of where the files are.
		const link = linkOf('a', item, index);
		const served =
			URL.canParse(link) && new URL(link).pathname.startsWith(`/files/a/${item}/${index}/`);
		return served ? one : undefined;
	}

	function describeTask({ account, body }: Received): Reply {
		const item = Number((JSON.parse(body) as { TaskID: string }).TaskID.slice('task-'.length));
		const answer = documentedAnswer('DescribeSnapshotTask');
		const Snapshots = items[item].map((_, index) => linkOf(account, item, index));
		return {
			body: JSON.stringify({ Response: { ...answer, Result: { ErrorCode: 'OK', Snapshots } } }),
		};
	}

	function getFile({ path, headers }: Received): Reply {
		const signed = ['authorization', 'x-tc-token'].filter((header) => header in headers);
		if (signed.length > 0) problems.push(`a file is asked for with ${signed.join()}`);
		const [, , account, item, index] = path.split('/');
		const one = items[Number(item)]?.[Number(index)];
		if (!one || one.kind === 'elsewhere') return { status: 404, body: 'no such file' };
		if (!delivered.has(one)) count();
		delivered.add(one);
		if (one.kind === 'own') return replyOf(one);
		const next = items[Number(item)][Number(index) + 1];
		const to = one.to ?? (next ? linkOf(account, Number(item), Number(index) + 1) : '/none');
		// What no header can hold would not be sent.
		const location = Buffer.from(to)
			.toString('latin1')
			.replace(/[\r\n\0]/g, '');
		return { status: one.status, headers: [['Location', location]], body: 'moved' };
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
		answer: (request) => (request.account ? describeTask(request) : getFile(request)),
		spoken: (item) => JSON.stringify(items[item]),
		check: async ({ run, main, errors }, violated: Violated) => {
			for (const problem of problems) violated(problem);
			for (const [item, files] of items.entries()) {
				const of = (list: INodeExecutionData[]) =>
					list.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item);
				for (const index of files.keys()) {
					const binary = binaryOf(of(main), placeOf(item, index), output);
					const own = behind(item, index);
					if (binary) {
						const bytes = await run.binary(binary);
						if (!own || !mayBeStored(own, bytes)) {
							violated(`${bytes.length} bytes are stored of ${JSON.stringify(own)}`, item);
						}
						if (maxBytes > 0 && bytes.length > maxBytes) violated('a file is too large', item);
						checkNames(binary, (what) => violated(what, item));
					} else if (run.status === 'success' && own && mustBeStored(own, maxBytes)) {
						const told = [...of(main), ...of(errors)].map(
							({ json }) => json.error ?? json.DownloadError,
						);
						violated(`a good file is missing: ${JSON.stringify([own, told])}`, item);
					}
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
			cases: 100,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 8, size: 'max' }),
			run: async (batch, count) => await bench.run(batch.map((one) => toExecution(one, count))),
		}),
	600_000,
);
