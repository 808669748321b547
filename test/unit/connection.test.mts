import { describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions } from 'n8n-workflow';

import { connect, regionFor } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import type { Credential } from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';

const credential: Credential = { secretId: ' id\n', secretKey: 'key', site: 'international' };
const context = {} as IExecuteFunctions;

const connectionOf = (part: Partial<Credential> = {}) =>
	connect(context, { ok: true, value: { ...credential, ...part } }, new AbortController().signal);

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
		[{ secretKey: undefined }, 'The Secret Key of the Tencent Cloud credential is empty'],
		[{ secretId: {} }, 'The Secret ID of the Tencent Cloud credential is not a text'],
		[{ site: 'mars' }, 'The Site of the Tencent Cloud credential is not known'],
		[{ site: 'custom' }, 'The Endpoint of the Tencent Cloud credential is empty'],
	])('with %j says why nothing can be sent', (part, message) => {
		const { refusal } = connectionOf(part as Partial<Credential>);
		expect(refusal).toMatchObject({ type: 'input', message, hint: expect.stringMatching(/\w/) });
		expect(connectionOf().refusal).toBeUndefined();
	});

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
		['is that of the credential', { region: 'ap-own' }, both, 'ap-own'],
		['for a custom endpoint is the international one', { site: 'custom' }, both, 'ap-singapore'],
		[
			'for a custom endpoint and an action of China alone is the Chinese one',
			{ site: 'custom' },
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
