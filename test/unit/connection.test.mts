import { describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions } from 'n8n-workflow';

import { connect, regionFor } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { Credential } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { Stop } from '../../nodes/TencentWhiteboard/transport/stop.ts';
import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';
import type { Turns } from '../../nodes/TencentWhiteboard/transport/turns.ts';

const credential: Credential = { secretId: ' id\n', secretKey: 'key', site: 'international' };
const context = {} as IExecuteFunctions;

describe('a connection', () => {
	test('goes where the credential says, with nothing started yet', () => {
		const stop = new Stop();
		expect(connect(context, credential, stop)).toMatchObject({
			context,
			endpoint: 'https://tiw.intl.tencentcloudapi.com',
			secretId: 'id',
			env: system,
			started: [],
			stop,
		});
	});

	test('shares the rate and the clock with others, and nothing else', () => {
		const one = connect(context, credential, new Stop());
		const other = connect(context, credential, new Stop());
		expect(one.limiterOf('a')).toBe(other.limiterOf('a'));
		expect(one.limiterOf('a')).not.toBe(other.limiterOf('b'));
		expect(one.clocks).toBe(other.clocks);
		const own = [one, other].flatMap(({ quota, turns, downloads }) => [quota, turns, downloads]);
		expect(new Set(own).size).toBe(6);
	});

	test('runs twenty requests and four downloads at a time, and its stop ends them all', async () => {
		const stop = new Stop();
		const { turns, downloads } = connect(context, credential, stop);
		const underWay = async (some: Turns) => {
			let count = 0;
			const never = async () => {
				count += 1;
				await new Promise(() => {});
			};
			const all = Array.from({ length: 30 }, async () => await some.take(never));
			const settled = Promise.allSettled(all);
			await new Promise((resolve) => setImmediate(resolve));
			return { count, settled };
		};
		const requests = await underWay(turns);
		const files = await underWay(downloads);
		expect([requests.count, files.count]).toEqual([20, 4]);
		stop.stop(new Error('cancelled'));
		for (const { settled } of [requests, files]) {
			expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
		}
	});
});

describe('the region to ask', () => {
	const both: Parameters<typeof regionFor>[1] = { sites: ['international', 'china'] };
	test.each<[string, Partial<Credential>, Parameters<typeof regionFor>[1], string]>([
		['is that of the site', {}, both, 'ap-singapore'],
		['is that of the site', { site: 'china' }, both, 'ap-guangzhou'],
		['is that of the credential', { region: 'ap-own' }, both, 'ap-own'],
		['for a custom endpoint is the international one', { site: 'custom' }, both, 'ap-singapore'],
		[
			'for a custom endpoint and an action of China alone is the Chinese one',
			{ site: 'custom' },
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
