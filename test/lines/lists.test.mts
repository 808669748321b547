/** Lists from a service that does not count as the documentation has it, and very long ones. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ILoadOptionsFunctions, INodeListSearchResult, INodeParameters } from 'n8n-workflow';

import { startServer } from '../engine/harness/server.mts';
import type { TestServer } from '../engine/harness/server.mts';
import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';

const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';

interface Asked {
	Offset: number;
	Limit: number;
}

let server: TestServer;
let bench: Bench;
beforeAll(async () => {
	server = await startServer();
	bench = await openBench({ credential: { endpoint: server.url } });
});
afterAll(async () => {
	await bench.close();
	await server.close();
});
beforeEach(() => {
	server.received.length = 0;
});

/** Lets the service answer each request by what it asks for. */
function answer(answerOf: (asked: Asked) => unknown): void {
	server.answer = ({ body }) => ({
		json: { Response: { RequestId: 'r', ...(answerOf(JSON.parse(body) as Asked) as object) } },
	});
}

const pages = () =>
	server.received.map(({ body }) => {
		const { Offset, Limit } = JSON.parse(body) as Asked;
		return [Offset, Limit];
	});

const entriesOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ TaskId: `task-${index}`, Status: 'FINISHED' }));

async function search(parameters: INodeParameters = { returnAll: true }) {
	return await bench.describe([{}], {
		resource: 'transcode',
		operation: 'describeTranscodeSearch',
		sdkAppId: SDK_APP_ID,
		taskId: '',
		...parameters,
	});
}

describe('all of 250 entries come', () => {
	const all = entriesOf(250);

	/** Only an empty page tells the end. */
	const empty = [[250, 100]];
	test.each([
		['is missing', {}, empty],
		['is null', { TotalCount: null }, empty],
		['is not a number', { TotalCount: 'many' }, empty],
		['is text', { TotalCount: '250' }, []],
		['is less than what came', { TotalCount: 7 }, empty],
		['is a fraction', { TotalCount: 1.5 }, empty],
	])('where the total %s', async (_, total, more) => {
		answer(({ Offset, Limit }) => ({
			TranscodeTaskSet: all.slice(Offset, Offset + Limit),
			...total,
		}));
		const { main } = await search();
		expect(main.map(({ json }) => json)).toEqual(all);
		expect(pages()).toEqual([[0, 100], [100, 100], [200, 100], ...more]);
	});

	test.each([{}, { TotalCount: 250 }])(
		'where pages are shorter than asked for, with the total %j',
		async (total) => {
			answer(({ Offset }) => ({ TranscodeTaskSet: all.slice(Offset, Offset + 30), ...total }));
			expect((await search()).main.map(({ json }) => json)).toEqual(all);
		},
	);

	test('where the number of pages comes out even', async () => {
		answer(({ Offset, Limit }) => ({
			TranscodeTaskSet: entriesOf(200).slice(Offset, Offset + Limit),
		}));
		expect((await search()).main).toHaveLength(200);
		expect(pages()).toHaveLength(3);
	});

	test('where the service gives all at once, whatever it is asked for', async () => {
		answer(() => ({ TranscodeTaskSet: all }));
		expect((await search()).main.map(({ json }) => json)).toEqual(all);
		expect(pages()).toHaveLength(2);
		expect((await search({ limit: 120 })).main).toHaveLength(120);
	});

	test('where the total is more than there are', async () => {
		answer(({ Offset, Limit }) => ({
			TranscodeTaskSet: all.slice(Offset, Offset + Limit),
			TotalCount: 300,
		}));
		expect((await search()).main).toHaveLength(250);
		expect(pages()).toHaveLength(4);
	});
});

describe('a service that does not know Offset', () => {
	test('gives its only page once', async () => {
		answer(() => ({ TranscodeTaskSet: entriesOf(100) }));
		expect((await search()).main).toHaveLength(100);
		expect(pages()).toHaveLength(2);
	});

	test('is a fault where it says itself that there are more', async () => {
		answer(() => ({ TranscodeTaskSet: entriesOf(100), TotalCount: 250 }));
		const { run } = await search();
		expect(run.error!.message).toBe(
			'DescribeTranscodeSearch gave 100 of 250 entries, and then the same ones again',
		);
		expect(pages()).toHaveLength(2);
	});

	test('but gives what is wanted if that is all', async () => {
		answer(() => ({ TranscodeTaskSet: entriesOf(100), TotalCount: 250 }));
		expect((await search({ limit: 100 })).main).toHaveLength(100);
		expect(pages()).toHaveLength(1);
	});
});

test('a list without end is given up', async () => {
	// Every page begins with another entry, so nothing tells that there is no end.
	const rest = entriesOf(500_000).map(() => ({}));
	answer(({ Offset }) => ({ TranscodeTaskSet: [{ TaskId: Offset }, ...rest] }));
	const { run } = await search();
	expect(run.error!.message).toBe(
		'DescribeTranscodeSearch gave 1000002 entries and has not come to an end',
	);
	expect(pages()).toHaveLength(2);
});

describe('entries of another shape', () => {
	test.each([
		['an object', { 0: {} }],
		['text', 'none'],
		['a number', 7],
		['a list of text', ['a']],
		['a list of lists', [[]]],
		['a list of numbers', [{}, 5]],
	])('%s is a fault', async (_, entries) => {
		answer(() => ({ TranscodeTaskSet: entries, TotalCount: 1 }));
		expect((await search()).run.error!.message).toBe(
			'The answer to DescribeTranscodeSearch holds no list in TranscodeTaskSet',
		);
	});

	test.each([[null], [undefined], [[]]])('%j is an empty list', async (entries) => {
		answer(() => ({ TranscodeTaskSet: entries, TotalCount: 5 }));
		const { run, main } = await search();
		expect(run.status).toBe('success');
		expect(main).toEqual([]);
	});

	test('an entry that is null is none, and counts where the next page begins', async () => {
		const all = entriesOf(150).map((entry, index) => (index % 2 ? null : entry));
		answer(({ Offset, Limit }) => ({
			TranscodeTaskSet: all.slice(Offset, Offset + Limit),
			TotalCount: 150,
		}));
		expect((await search()).main).toHaveLength(75);
		expect(pages().map(([offset]) => offset)).toEqual([0, 100]);
	});
});

describe('an answer that is very long', () => {
	test('of 200,000 entries gives 200,000 items', async () => {
		answer(() => ({ TranscodeTaskSet: entriesOf(200_000), TotalCount: 200_000 }));
		const { main } = await search();
		expect(main).toHaveLength(200_000);
		expect(main.at(-1)).toEqual({
			json: { TaskId: 'task-199999', Status: 'FINISHED' },
			pairedItem: { item: 0 },
		});
	});

	test('of 50 MB is given whole', async () => {
		const Title = 'x'.repeat(10_000);
		const entries = entriesOf(5000).map((entry) => ({ ...entry, Title }));
		answer(() => ({ TranscodeTaskSet: entries, TotalCount: entries.length }));
		const { main } = await search();
		expect(main).toHaveLength(5000);
		expect(main[4999].json).toEqual(entries[4999]);
	});

	test('is cut to the limit', async () => {
		answer(() => ({ TranscodeTaskSet: entriesOf(200_000), TotalCount: 200_000 }));
		expect((await search({ limit: 3 })).main).toHaveLength(3);
		expect(pages()).toEqual([[0, 3]]);
	});
});

describe('From List', () => {
	/** What the panel does with what the user has typed. */
	async function find(filter?: string): Promise<INodeListSearchResult['results']> {
		const node = bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1);
		const { results } = await bench.engine.runFunction('Account', async function () {
			const context = Object.create(this, {
				getCurrentNodeParameter: { value: () => String(SDK_APP_ID) },
			}) as unknown as ILoadOptionsFunctions;
			return await node.methods!.listSearch!.recordings.call(context, filter);
		});
		return results;
	}

	const give = (count: number) => {
		const all = Array.from({ length: count }, (_, index) => ({
			TaskID: `Rec-${index}`,
			Status: index % 1000 === 999 ? 'PAUSED' : 'RECORDING',
		}));
		answer(({ Offset, Limit }) => ({
			Tasks: all.slice(Offset, Offset + Limit),
			Total: all.length,
		}));
	};

	test('finds what is behind the first 500 entries, in any case', async () => {
		give(2600);
		for (const filter of ['rec-2599', 'REC-2599', ' Rec-2599 ']) {
			expect(await find(filter)).toEqual([{ name: 'Rec-2599 · RECORDING', value: 'Rec-2599' }]);
		}
		expect((await find('paused')).map(({ value }) => value)).toEqual(['Rec-999', 'Rec-1999']);
	});

	test('shows 500 at most, and reads no more than it shows where nothing is filtered', async () => {
		give(2600);
		expect(await find('rec')).toHaveLength(500);
		server.received.length = 0;
		expect(await find()).toHaveLength(500);
		expect(pages()).toEqual([[0, 500]]);
	});

	test('looks through 10,000 entries at most', async () => {
		give(12_000);
		expect(await find('Rec-9999')).toHaveLength(1);
		expect(pages()).toHaveLength(20);
		expect(await find('Rec-10001')).toEqual([]);
	});

	test('offers no entry without an ID that can be chosen', async () => {
		answer(() => ({
			Tasks: [{ TaskID: null }, { Status: 'RECORDING' }, { TaskID: 2 ** 53 }, { TaskID: 7 }],
			Total: 4,
		}));
		expect(await find()).toEqual([{ name: '7', value: '7' }]);
	});
});
