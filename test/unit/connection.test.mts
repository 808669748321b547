import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { IExecuteFunctions } from 'n8n-workflow';

import {
	VERSION,
	connect,
	credentialOf,
	regionFor,
} from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { Credential } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { failed, inputFault } from '../../nodes/TencentWhiteboard/transport/errors.ts';
import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';

const credential: Credential = { secretId: ' id\n', secretKey: 'key', site: 'international' };
const context = {} as IExecuteFunctions;

const connectionOf = (part: Partial<Credential> = {}) =>
	connect(context, { ok: true, value: { ...credential, ...part } }, new AbortController().signal);

describe('the credential of an execution', () => {
	const given = async (getCredentials: (type: string) => Promise<unknown>) =>
		await credentialOf({ getCredentials } as unknown as IExecuteFunctions);

	test('is asked for by its type', async () => {
		const getCredentials = jest.fn(async (_: string) => credential);
		expect(await given(getCredentials)).toEqual({ ok: true, value: credential });
		expect(getCredentials).toHaveBeenCalledWith('tencentCloudApi');
	});

	test.each([
		['a.b is not defined.', 'a.b is not defined'],
		['two\nlines', 'two lines'],
	])('of which an expression fails with "%j" is an input that is wrong', async (thrown, told) => {
		const outcome = await given(async () => {
			throw new Error(thrown);
		});
		expect(outcome).toEqual(
			failed(
				inputFault(
					`The Tencent Cloud credential cannot be read: ${told}`,
					'Correct the expressions in it, or choose another credential in the node',
				),
			),
		);
	});
});

describe('a connection', () => {
	test('goes where the credential says', () => {
		const { signal } = new AbortController();
		expect(connect(context, { ok: true, value: credential }, signal)).toMatchObject({
			context,
			endpoint: 'https://tiw.intl.tencentcloudapi.com',
			env: system,
			signal,
		});
	});

	test('knows the secrets of its credential, trimmed', () => {
		const { redact } = connectionOf({ secretKey: ' TheSecretKey\n', sessionToken: ' TheToken ' });
		expect(redact.text('TheSecretKey, TheToken, id')).toBe('***, ***, id');
	});

	test.each<[Partial<Record<keyof Credential, unknown>>, string]>([
		[{ secretKey: undefined }, "The 'Secret Key' of the Tencent Cloud credential is empty"],
		[{ secretId: {} }, "The 'Secret ID' of the Tencent Cloud credential is not a text"],
		[{ site: 'mars' }, "The 'Site' of the Tencent Cloud credential is not known"],
		[{ site: 'custom' }, "The 'Endpoint' of the Tencent Cloud credential is empty"],
	])('with %j says why nothing can be sent', (part, message) => {
		const { refusal } = connectionOf(part as Partial<Credential>);
		expect(refusal).toMatchObject({ type: 'input', message, hint: expect.stringMatching(/\w/) });
		expect(connectionOf().refusal).toBeUndefined();
	});

	test('with a credential that cannot even be read says that', () => {
		const value = {
			...credential,
			get secretKey(): string {
				throw new Error('It is gone');
			},
		};
		const { refusal } = connect(context, { ok: true, value }, new AbortController().signal);
		expect(refusal).toEqual(inputFault('It is gone', ''));
	});

	test('without a credential has its fault, and no address', () => {
		const fault = inputFault('It cannot be read', 'Correct it');
		const connection = connect(context, failed(fault), new AbortController().signal);
		expect(connection).toMatchObject({ refusal: fault, endpoint: '' });
		expect(connection.redact.text('The text')).toBe('The text');
	});

	test('is to the version of the API that the table describes', () =>
		expect(VERSION).toBe('2019-09-19'));

	test('shares the rate and the clock with others of its account, and nothing else', () => {
		const one = connectionOf();
		const other = connectionOf({ secretId: 'id' });
		expect(one.queueOf('a')).toBe(other.queueOf('a'));
		expect(one.queueOf('a')).not.toBe(other.queueOf('b'));
		expect(one.queueOf('a')).not.toBe(connectionOf({ secretId: 'id2' }).queueOf('a'));
		expect(one.queueOf('a')).not.toBe(connectionOf({ site: 'china' }).queueOf('a'));
		expect(one.clocks).toBe(other.clocks);
		const own = [one, other].flatMap(({ budget, downloads }) => [budget, downloads]);
		expect(new Set(own).size).toBe(4);
	});

	test('downloads four files at a time', async () => {
		const { downloads, signal } = connectionOf();
		let active = 0;
		for (let index = 0; index < 30; index += 1) {
			void downloads.run(signal, async () => {
				active += 1;
				await new Promise(() => {});
			});
		}
		await new Promise((resolve) => setImmediate(resolve));
		expect(active).toBe(4);
	});
});

describe('the region to ask', () => {
	const both: Parameters<typeof regionFor>[1] = { sites: ['international', 'china'] };
	test.each<[string, Partial<Credential>, Parameters<typeof regionFor>[1], string]>([
		['is that of the site', {}, both, 'ap-singapore'],
		['is that of the site', { site: 'china' }, both, 'ap-guangzhou'],
		['is that of the credential', { region: ' ap-own\n' }, both, 'ap-own'],
		['is that of the site for what it does not have', {}, { sites: ['china'] }, 'ap-singapore'],
		['for a custom endpoint is the international one', { site: 'custom' }, both, 'ap-singapore'],
		[
			'for a custom endpoint and an action of China alone is the Chinese one',
			{ site: 'custom' },
			{ sites: ['china'] },
			'ap-guangzhou',
		],
		...(
			[
				['tiw.ap-mumbai.tencentcloudapi.com', both, 'ap-mumbai'],
				['tiw.tencentcloudapi.com', both, 'ap-guangzhou'],
				['tiw.intl.tencentcloudapi.com', { sites: ['china'] }, 'ap-singapore'],
				[
					'tiw.ap-mumbai.tencentcloudapi.com',
					{ ...both, regions: { international: 'ap-only', china: 'ap-other' } },
					'ap-other',
				],
				[
					'tiw.ap-mumbai.intl.tencentcloudapi.com',
					{ sites: ['china'], regions: { china: 'ap-other' } },
					'ap-mumbai',
				],
				[
					'tiw.intl.ap-mumbai.tencentcloudapi.com',
					{ ...both, regions: { international: 'ap-only' } },
					'ap-only',
				],
			] as const
		).map(([host, operation, region]): [string, Partial<Credential>, typeof both, string] => [
			`for the host ${host} is its own or that of its site`,
			{ site: 'custom', endpoint: ` https://${host}/` },
			operation as typeof both,
			region,
		]),
		[
			"is that of the credential for one of Tencent Cloud's hosts too",
			{
				site: 'custom',
				endpoint: 'https://tiw.ap-mumbai.tencentcloudapi.com',
				region: ' ap-own\n',
			},
			both,
			'ap-own',
		],
		[
			'is a guess where the credential says nothing of use',
			{ site: 'custom', endpoint: {} } as unknown as Partial<Credential>,
			{ sites: ['china'] },
			'ap-guangzhou',
		],
		[
			'is a guess where the credential says nothing of use',
			{ site: 'mars', region: 5 } as unknown as Partial<Credential>,
			both,
			'5',
		],
		[
			'is a guess where the credential says nothing of use',
			{ site: undefined, region: null } as unknown as Partial<Credential>,
			{ sites: ['china'] },
			'ap-guangzhou',
		],
		[
			'is the only one that serves the action, whatever the credential says',
			{ region: 'ap-own' },
			{ ...both, regions: { international: 'ap-only' } },
			'ap-only',
		],
		[
			'counts for its own site',
			{ site: 'china', region: 'ap-own' },
			{ ...both, regions: { international: 'ap-only' } },
			'ap-own',
		],
		[
			'for a custom endpoint is the only one as well',
			{ site: 'custom' },
			{ sites: ['china'], regions: { china: 'ap-only' } },
			'ap-only',
		],
		[
			'for a custom endpoint is the only one of the international site, where that has the action',
			{ site: 'custom' },
			{ ...both, regions: { international: 'ap-only', china: 'ap-other' } },
			'ap-only',
		],
	])('%s', (_, own, operation, expected) => {
		expect(regionFor({ ...credential, ...own }, operation)).toBe(expected);
	});
});

describe('real time and real chance', () => {
	afterEach(() => {
		jest.restoreAllMocks();
		jest.useRealTimers();
	});

	test('are those of this machine', () => {
		jest.spyOn(performance, 'now').mockReturnValue(1);
		jest.spyOn(Date, 'now').mockReturnValue(2);
		jest.spyOn(Math, 'random').mockReturnValue(0.3);
		expect([system.now(), system.date(), system.random()]).toEqual([1, 2, 0.3]);
	});

	test('pass in a sleep, which an abort ends', async () => {
		jest.useFakeTimers();
		const controller = new AbortController();
		const ended: string[] = [];
		const sleeping = [
			system.sleep(1000).then(() => ended.push('short')),
			system.sleep(5000, controller.signal).then(() => ended.push('aborted')),
			system.sleep(9000, controller.signal).then(() => ended.push('aborted')),
		];
		await jest.advanceTimersByTimeAsync(999);
		expect(ended).toEqual([]);
		await jest.advanceTimersByTimeAsync(1);
		expect(ended).toEqual(['short']);
		controller.abort();
		await Promise.all(sleeping);
		expect(ended).toEqual(['short', 'aborted', 'aborted']);
		expect(jest.getTimerCount()).toBe(0);
	});
});
