/** Lists, page by page, and what of them a choice shows. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { readList } from '../../nodes/TencentWhiteboard/execute/list.ts';
import { search } from '../../nodes/TencentWhiteboard/execute/search.ts';
import type { ListSpec, LocatorName } from '../../nodes/TencentWhiteboard/types.ts';
import { fakeConnection } from '../fake-connection.mts';
import { FakeEnv, playOut } from '../fake-env.mts';

type Params = IDataObject & { Offset: number; Limit: number };

/** Answers by what is asked for. */
type Service = (params: Params, options: IHttpRequestOptions) => object;

function helpersOf(service: Service) {
	return {
		async httpRequestWithAuthentication(_: string, options: IHttpRequestOptions) {
			const given = JSON.parse(JSON.stringify(options.body)) as Params | string;
			const params = typeof given === 'string' ? (JSON.parse(given) as Params) : given;
			const Response = { RequestId: 'r', ...service(params, options) };
			return { statusCode: 200, headers: {}, body: JSON.stringify({ Response }) };
		},
	};
}

const PAGED: ListSpec = { items: 'Items', page: { size: 10, total: 'Total' } };

/** What a service gives, and the pages that it was asked for. */
async function read(service: Service, limit = Infinity, spec = PAGED, body: IDataObject = {}) {
	const env = new FakeEnv();
	const asked: Params[] = [];
	const helpers = helpersOf((params, options) => {
		asked.push(params);
		return service(params, options);
	});
	const connection = fakeConnection(env, {
		context: { getNode: () => ({}), helpers } as unknown as IExecuteFunctions,
	});
	const apiCall = {
		action: 'DescribeThings',
		version: '2019-09-19',
		body,
		region: 'r',
		language: 'en-US',
		requestTimeout: 1000,
		readOnly: true,
	};
	const outcome = await playOut(env, readList(connection, spec, apiCall, limit));
	return {
		entries: outcome.ok ? outcome.value : outcome.fault,
		asked,
		pages: asked.map(({ Offset, Limit }) => [Offset, Limit]),
	};
}

const entriesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }));

const paged =
	(all: unknown[], rest: object = { Total: all.length }): Service =>
	({ Offset, Limit }) => ({ Items: all.slice(Offset, Offset + Limit), ...rest });

describe('a list', () => {
	test('that does not come in pages is what one answer holds', async () => {
		const spec = { items: 'Items' };
		const { entries, asked } = await read(() => ({ Items: entriesOf(3), Total: 9 }), 2, spec, {
			A: 1,
		});
		expect(entries).toEqual(entriesOf(2));
		expect(asked).toEqual([{ A: 1 }]);
		expect((await read(() => ({ Items: entriesOf(3) }), 9, spec)).entries).toEqual(entriesOf(3));
	});

	test('comes page by page until its total', async () => {
		const { entries, pages, asked } = await read(paged(entriesOf(25)), Infinity, PAGED, { A: 1 });
		expect(entries).toEqual(entriesOf(25));
		expect(pages).toEqual([
			[0, 10],
			[10, 10],
			[20, 10],
		]);
		expect(asked[2]).toEqual({ A: 1, Offset: 20, Limit: 10 });
	});

	test('ends with what is wanted, and asks for no more than that', async () => {
		const { entries, pages } = await read(paged(entriesOf(25)), 12);
		expect(entries).toEqual(entriesOf(12));
		expect(pages).toEqual([
			[0, 10],
			[10, 2],
		]);
		expect((await read(() => ({ Items: entriesOf(30) }), 12)).entries).toEqual(entriesOf(12));
	});

	test.each([
		['missing', {}, 4],
		['not a number', { Total: 'many' }, 4],
		['less than what has come', { Total: 3 }, 4],
		['text', { Total: '25' }, 3],
		['more than there are', { Total: 99 }, 4],
	])('whose total is %s ends with an empty page', async (_, total, count) => {
		const { entries, pages } = await read(paged(entriesOf(25), total));
		expect(entries).toEqual(entriesOf(25));
		expect(pages).toHaveLength(count);
	});

	test('of a service that does not know Offset has one page', async () => {
		const same = { Items: entriesOf(10) };
		const { entries, pages } = await read(() => same);
		expect(entries).toEqual(entriesOf(10));
		expect(pages).toHaveLength(2);
		expect((await read(() => ({ ...same, Total: 10 }))).pages).toHaveLength(1);
		expect((await read(() => ({ ...same, Total: 11 }))).entries).toMatchObject({
			code: 'InvalidAnswer',
			message: 'DescribeThings gave 10 of 11 entries, and then the same ones again',
			requestId: 'r',
		});
	});

	test('is whole where the total turns out to be what has come', async () => {
		const { entries, pages } = await read(({ Offset }) => ({
			Items: entriesOf(10),
			Total: Offset ? 10 : 20,
		}));
		expect(entries).toEqual(entriesOf(10));
		expect(pages).toHaveLength(2);
	});

	test('may have pages that resemble each other', async () => {
		const twice = [...entriesOf(10), ...entriesOf(10).slice(0, 9), { id: 99 }];
		expect((await read(paged(twice))).entries).toEqual(twice);
		const beginning = [...entriesOf(10), ...entriesOf(5)];
		expect((await read(paged(beginning, {}))).entries).toEqual(beginning);
		const zeros = Array.from({ length: 10 }, () => ({ id: 0 }));
		const back = [...zeros, ...entriesOf(10), ...zeros];
		expect((await read(paged(back))).entries).toEqual(back);
	});

	test('has no entries that are null, but counts them', async () => {
		const all = entriesOf(25).map((entry) => (entry.id % 5 ? entry : null));
		const { entries, pages } = await read(paged(all), 12);
		expect(entries).toEqual(all.slice(0, 12).filter(Boolean));
		expect(pages).toHaveLength(2);
	});

	test.each([[null], [undefined], [[]]])('may be %j, which is empty', async (Items) => {
		const { entries, pages } = await read(() => ({ Items, Total: 5 }));
		expect(entries).toEqual([]);
		expect(pages).toHaveLength(1);
	});

	test.each([[{}], ['text'], [7], [false], [['a']], [[[]]], [[{}, 5]]])(
		'is not %j',
		async (Items) => {
			expect((await read(() => ({ Items, Total: 1 }))).entries).toMatchObject({
				code: 'InvalidAnswer',
				message: 'The answer to DescribeThings holds no list in Items',
				hint: expect.stringContaining('RequestId'),
			});
		},
	);

	test('that has no end is given up after a million entries', async () => {
		const rest = Array.from({ length: 499_999 }, () => ({}));
		const endless: Service = ({ Offset }) => ({ Items: [{ id: Offset }, ...rest] });
		const { entries, pages } = await read(endless);
		expect(entries).toMatchObject({
			message: 'DescribeThings gave 1000000 entries and has not come to an end',
		});
		expect(pages).toHaveLength(2);
	});

	test('is no list where the call has a fault', async () => {
		const Error = { Code: 'InvalidParameter', Message: 'no' };
		expect((await read(() => ({ Error }))).entries).toMatchObject({ code: 'InvalidParameter' });
	});

	test('is whole, whatever the size of its pages', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 0, max: 60 }),
				fc.integer({ min: 1, max: 70 }),
				fc.integer({ min: 1, max: 15 }),
				fc.boolean(),
				async (count, limit, most, hasTotal) => {
					const all = entriesOf(count);
					const { entries } = await read(
						({ Offset, Limit }) => ({
							Items: all.slice(Offset, Offset + Math.min(Limit, most)),
							...(hasTotal && { Total: count }),
						}),
						limit,
					);
					expect(entries).toEqual(all.slice(0, limit));
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe('From List', () => {
	let accounts = 0;
	/** Each of its own, so that no rate of another test is in the way. */
	const credentialOf = (part: object) => {
		accounts += 1;
		return { secretId: `id-${accounts}`, secretKey: 'key', site: 'international', ...part };
	};
	const NODE = { name: 'Whiteboard', type: 'tencentWhiteboard', parameters: {} };
	let requests: Array<{ options: IHttpRequestOptions; params: Params }>;

	/** What the panel shows for what the user has typed. */
	async function find(
		name: LocatorName,
		service: Service,
		filter?: string,
		{ sdkAppId = 7 as unknown, ...account }: IDataObject & { sdkAppId?: unknown } = {},
	) {
		requests = [];
		const context = {
			getNode: () => NODE,
			getCredentials: async (type: string) => {
				expect(type).toBe('tencentCloudApi');
				if (account.fails) throw new Error('No such credential');
				return credentialOf(account);
			},
			getCurrentNodeParameter: (parameter: string, options: unknown) => {
				expect([parameter, options]).toEqual(['sdkAppId', { extractValue: true }]);
				return sdkAppId;
			},
			helpers: helpersOf((params, options) => {
				requests.push({ params, options });
				return service(params, options);
			}),
		} as unknown as ILoadOptionsFunctions;
		return (await search(context, name, filter)).results;
	}

	const rooms: Service = () => ({
		RoomList: [
			{ RoomId: 5, UserNumber: 2 },
			{ RoomId: 6 },
			{ RoomId: 7, UserNumber: 1 },
			{ RoomId: 8, UserNumber: 0 },
		],
	});

	const recordings =
		(all: object[]): Service =>
		({ Offset, Limit }) => ({
			RecordTaskSet: all.slice(Offset, Offset + Limit),
			TotalCount: all.length,
		});
	const tasks = (count: number) =>
		Array.from({ length: count }, (_, index) => ({
			TaskId: `Rec-${index}`,
			Status: index === count - 1 ? 'PAUSED' : '',
			RoomId: 3,
		}));

	test('asks the site for what it lists, and shows the ID and what tells it from others', async () => {
		const before = Date.now();
		expect(await find('rooms', rooms)).toEqual([
			{ name: '5 · 2 users', value: '5' },
			{ name: '6', value: '6' },
			{ name: '7 · 1 user', value: '7' },
			{ name: '8 · 0 users', value: '8' },
		]);
		const [{ options, params }] = requests;
		expect(options.headers).toMatchObject({
			'X-TC-Action': 'DescribeRoomList',
			'X-TC-Version': '2019-09-19',
			'X-TC-Language': 'en-US',
			'X-TC-Region': 'ap-guangzhou',
		});
		expect(options.timeout).toBe(30_000);
		expect(options.url).toBe('https://tiw.intl.tencentcloudapi.com/');
		const [from, to] = params.TimeRange as unknown as number[];
		expect(to - from).toBe(7 * 24 * 3600 * 1000);
		expect(to).toBeGreaterThanOrEqual(before);
		expect(to).toBeLessThanOrEqual(Date.now());
		expect(params).toEqual({ SdkAppId: 7, TimeRange: [from, to] });
	});

	test('asks the other site for what that lists', async () => {
		const running: Service = () => ({ Tasks: [{ TaskID: 'a', FileURL: 'f' }], Total: 1 });
		const found = await find('transcodes', running, '', { site: 'china', sdkAppId: '8' });
		expect(found).toEqual([{ name: 'a · f', value: 'a' }]);
		const [{ options, params }] = requests;
		expect(options.headers).toMatchObject({
			'X-TC-Action': 'DescribeRunningTasks',
			'X-TC-Region': 'ap-guangzhou',
		});
		expect(params).toEqual({ SdkAppID: 8, TaskType: 'TranscodeH5', Offset: 0, Limit: 500 });
	});

	test('of a custom endpoint is the first there is, in the region of the credential', async () => {
		const custom = { site: 'custom', endpoint: 'http://127.0.0.1:9', region: 'ap-x' };
		await find('recordings', () => ({ Tasks: [] }), '', custom);
		expect(requests[0].options).toMatchObject({
			url: 'http://127.0.0.1:9/',
			headers: { 'X-TC-Action': 'DescribeRunningTasks', 'X-TC-Region': 'ap-x' },
		});
	});

	test.each([
		['https://tiw.ap-guangzhou.tencentcloudapi.com', 'DescribeRunningTasks', 'ap-guangzhou'],
		['https://tiw.tencentcloudapi.com', 'DescribeRunningTasks', 'ap-guangzhou'],
		['https://tiw.ap-mumbai.intl.tencentcloudapi.com', 'DescribeRecordSearch', 'ap-mumbai'],
		['https://tiw.intl.tencentcloudapi.com', 'DescribeRecordSearch', 'ap-singapore'],
	])('of the host %s is that of its site', async (endpoint, action, region) => {
		const custom = { site: 'custom', endpoint };
		await find('recordings', () => ({ Tasks: [], RecordTaskSet: [], TotalCount: 0 }), '', custom);
		expect(requests[0].options).toMatchObject({
			url: `${endpoint}/`,
			headers: { 'X-TC-Action': action, 'X-TC-Region': region },
		});
		// Served in one region alone.
		if (region === 'ap-mumbai') {
			await find('rooms', rooms, '', custom);
			expect(requests[0].options.headers).toMatchObject({ 'X-TC-Region': 'ap-guangzhou' });
		}
	});

	test.each([[''], [0], [-1], ['x'], [null], [undefined]])(
		'needs an SDK App ID, which %j is not, where the list is one of its own',
		async (sdkAppId) => {
			await expect(find('rooms', rooms, '', { sdkAppId: sdkAppId ?? null })).rejects.toMatchObject({
				message: "The list needs an SDK App ID: enter the 'SDK App ID' first, or choose By ID",
				description: 'The entries of the list belong to one application.',
				node: NODE,
			});
			expect(requests).toEqual([]);
		},
	);

	test('asks for no SDK App ID where the list is the same for all', async () => {
		const applications: Service = () => ({ ApplicationInfos: [{ SdkAppId: 9, AppName: 'A' }] });
		expect(await find('applications', applications, '', { sdkAppId: '' })).toEqual([
			{ name: '9 · A', value: '9' },
		]);
		expect(requests[0].params).toEqual({});
	});

	test('shows 500 entries, and reads no more of them where nothing is typed', async () => {
		for (const filter of [undefined, '', ' ']) {
			const found = await find('recordings', recordings(tasks(650)), filter);
			expect(found.map(({ value }) => value)).toEqual(tasks(500).map(({ TaskId }) => TaskId));
			expect(requests).toHaveLength(5);
		}
	});

	test('finds what is typed in any entry, in any case, and shows 500 of it', async () => {
		for (const filter of ['rec-649', 'REC-649', ' paused ']) {
			expect(await find('recordings', recordings(tasks(650)), filter)).toEqual([
				{ name: 'Rec-649 · PAUSED · room 3', value: 'Rec-649' },
			]);
		}
		expect(await find('recordings', recordings(tasks(650)), 'Rec')).toHaveLength(500);
	});

	test('looks through 10,000 entries at most', async () => {
		const all: Service = ({ Offset, Limit }) => ({
			Tasks: tasks(10_002)
				.slice(Offset, Offset + Limit)
				.map(({ TaskId }) => ({ TaskID: TaskId })),
			Total: 10_002,
		});
		const china = { site: 'china' };
		expect(await find('recordings', all, 'Rec-9999', china)).toHaveLength(1);
		expect(requests).toHaveLength(20);
		expect(await find('recordings', all, 'Rec-10000', china)).toEqual([]);
	});

	test('offers no entry without an exact ID', async () => {
		const odd = [{ TaskId: null }, { Status: 'a' }, { TaskId: 2 ** 53 }, { TaskId: 7, RoomId: {} }];
		expect(await find('recordings', recordings(odd))).toEqual([{ name: '7', value: '7' }]);
	});

	test('tells a fault in words', async () => {
		const Error = { Code: 'InvalidParameter', Message: 'no' };
		await expect(find('rooms', () => ({ Error }))).rejects.toMatchObject({
			description: expect.stringContaining('Code InvalidParameter, RequestId r.'),
			node: NODE,
		});
		await expect(find('rooms', rooms, '', { fails: true })).rejects.toMatchObject({
			message: 'The Tencent Cloud credential cannot be read: No such credential',
			node: NODE,
		});
		expect(requests).toEqual([]);
	});
});
