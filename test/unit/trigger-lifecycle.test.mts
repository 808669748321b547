/** The trigger's callback is registered and removed, and what others had registered is never lost. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { checkExists, create, remove } from '../../nodes/TencentWhiteboard/webhook/lifecycle.ts';
import { unseal } from '../../nodes/TencentWhiteboard/webhook/seal.ts';
import { APP, NODE, PRODUCTION, SECRET_KEY, Service, TEST, hooks } from './trigger-service.mts';
import type { Log } from './trigger-service.mts';

const FOREIGN = { Callback: 'https://other.example.com/hook?token=geheim', CallbackKey: 'theirs' };
const NOTHING = { Callback: '', CallbackKey: '' };
const KEY = /^[0-9a-f]{64}$/;

let service: Service;
let logs: Log[];
beforeEach(() => {
	service = new Service();
	logs = [];
});

const put = ({ Callback, CallbackKey }: typeof FOREIGN) => service.set(Callback, CallbackKey);
const take = { options: { replaceExisting: true } };
const inTests = { options: { replaceInTests: true } };

/** Production: what n8n keeps is saved only when all has gone well. */
const production = (staticData: IDataObject, parameters = {}) =>
	hooks(service, { staticData, logs, parameters });
const testing = (staticData: IDataObject, parameters = {}) =>
	hooks(service, { staticData, logs, parameters, url: TEST, activation: 'manual' });
/** A test ends: n8n says nothing but that. */
const testEnds = (staticData: IDataObject) =>
	remove(hooks(service, { staticData, logs, url: TEST, activation: 'update' }));

/** The first part of a URL, and what it carries. */
function parts(url: string, secret = SECRET_KEY) {
	const [base, query = ''] = url.split('?');
	const sealed = new URLSearchParams(query).get('former');
	return { base, former: sealed === null ? undefined : unseal(sealed, secret) };
}

describe('an activation', () => {
	test('registers its URL where there is none, with a new key each time', async () => {
		const kept: IDataObject = {};
		expect(await checkExists(production(kept))).toBe(false);
		expect(await create(production(kept))).toBe(true);
		expect(service.place).toEqual({
			Callback: PRODUCTION,
			CallbackKey: expect.stringMatching(KEY),
		});
		expect(kept.key).toBe(service.place.CallbackKey);
		expect(await checkExists(production(kept))).toBe(true);
		expect(service.calls.every(({ body }) => body.SdkAppId === APP)).toBe(true);

		const again: IDataObject = {};
		await create(production(again));
		expect(again.key).not.toBe(kept.key);
		expect(await remove(production(again))).toBe(true);
		expect(service.place).toEqual(NOTHING);
		expect(again).toEqual({});
		expect(logs).toEqual([]);
	});

	test.each([
		['another URL', { Callback: 'https://other.example.com/a' }],
		['another host', { Callback: PRODUCTION.replace('n8n.', 'old.') }],
		['the URL of a test', { Callback: TEST }],
		['no URL', { Callback: '' }],
		['another key', { CallbackKey: 'k' }],
	])('is not there any more with %s in place', async (_, change) => {
		const kept: IDataObject = {};
		await create(production(kept));
		Object.assign(service.place, change);
		expect(await checkExists(production(kept))).toBe(false);
	});

	test('is not there where the parameters say now', async () => {
		const kept: IDataObject = {};
		await create(production(kept));
		expect(await checkExists(production(kept, { sdkAppId: APP + 1 }))).toBe(false);
		expect(await checkExists(production(kept, { resource: 'transcode' }))).toBe(false);
	});

	test('leaves a foreign URL in place, and says what to do', async () => {
		put(FOREIGN);
		const kept: IDataObject = {};
		await expect(create(production(kept))).rejects.toMatchObject({
			message: `Tencent Cloud keeps one URL for the Recording events of the application ${APP}, and another is in place: https://other.example.com/hook?…. Switch on 'Replace Existing Callback' to take its place, or remove it`,
			description: expect.stringContaining('is put back'),
			node: NODE,
		});
		// n8n removes what it could not create.
		expect(await remove(production({}))).toBe(true);
		expect(service.actions.filter((action) => action.startsWith('Set'))).toEqual([]);
		expect(service.place).toEqual(FOREIGN);
		expect(logs).toEqual([]);
	});

	test('takes its place where that is wanted, and puts it back', async () => {
		put(FOREIGN);
		const kept: IDataObject = {};
		await create(production(kept, take));
		const { base, former } = parts(service.place.Callback);
		expect(base).toBe(PRODUCTION);
		expect(former).toEqual({ url: FOREIGN.Callback, key: FOREIGN.CallbackKey });
		expect(service.place.Callback).not.toContain('theirs');
		expect(await checkExists(production(kept))).toBe(true);
		await remove(production(kept));
		expect(service.place).toEqual(FOREIGN);
	});

	test('keeps a key that has no URL yet', async () => {
		put({ Callback: '', CallbackKey: 'theirs' });
		await create(production({}));
		await remove(production({}));
		expect(service.place).toEqual({ Callback: '', CallbackKey: 'theirs' });
	});

	test('knows its own URL from elsewhere by its key, and what that has replaced', async () => {
		put(FOREIGN);
		const old = 'https://old.example.org/n8n/webhook/5a0e/webhook';
		const kept: IDataObject = {};
		await create(hooks(service, { parameters: take, url: old, staticData: kept }));
		await create(production(kept));
		expect(parts(service.place.Callback)).toEqual({
			base: PRODUCTION,
			former: { url: FOREIGN.Callback, key: FOREIGN.CallbackKey },
		});
		await remove(hooks(service, { url: old, staticData: kept }));
		expect(service.place).toEqual(FOREIGN);
		await create(production(kept, take));
		const other = { webhookId: '5a0f' };
		await expect(create(hooks(service, { node: other }))).rejects.toThrow('another is in place');
	});

	test('leaves the URL of another n8n with the same workflow', async () => {
		const theirs: IDataObject = {};
		await create(production(theirs));
		const inPlace = { ...service.place };
		const url = PRODUCTION.replace('n8n.', 'staging.');
		for (const staticData of [{}, { key: 'of its own' }]) {
			await expect(create(hooks(service, { url, staticData }))).rejects.toThrow('is in place');
			await remove(hooks(service, { url, staticData, logs }));
			expect(service.place).toEqual(inPlace);
		}
		const staticData: IDataObject = {};
		await create(hooks(service, { url, staticData, parameters: take }));
		await remove(hooks(service, { url, staticData }));
		expect(service.place).toEqual(inPlace);
		expect(await checkExists(production(theirs))).toBe(true);
	});

	test('moves with its parameters', async () => {
		put(FOREIGN);
		const kept: IDataObject = {};
		await create(production(kept, take));
		await create(production(kept, { resource: 'transcode' }));
		expect(service.place).toEqual(FOREIGN);
		expect(service.stored.TranscodeCallback.Callback).toBe(PRODUCTION);
		// n8n may ask with the parameters of the next version.
		await remove(production(kept, { resource: 'whiteboardPush', sdkAppId: 1 }));
		expect(service.stored.TranscodeCallback).toEqual(NOTHING);
	});

	test('leaves a URL that others have set since, and logs it', async () => {
		const kept: IDataObject = {};
		await create(production(kept));
		put(FOREIGN);
		expect(await remove(production(kept))).toBe(true);
		expect(service.place).toEqual(FOREIGN);
		expect(logs).toEqual([{ level: 'warn', message: expect.stringContaining('left as it is') }]);
	});

	test('takes one call for URL and key of warnings', async () => {
		service = new Service('WarningCallback');
		put(FOREIGN);
		const parameters = { resource: 'warning', ...take };
		const kept: IDataObject = {};
		await create(production(kept, parameters));
		await remove(production(kept, parameters));
		expect(service.actions).toEqual([
			'DescribeWarningCallback',
			'SetWarningCallback',
			'DescribeWarningCallback',
			'SetWarningCallback',
		]);
		expect(service.calls[1].body).toEqual({
			SdkAppId: APP,
			Callback: expect.stringContaining(PRODUCTION),
			CallbackKey: kept.key ?? expect.stringMatching(KEY),
		});
		expect(service.place).toEqual(FOREIGN);
		expect(service.calls[0].region).toBe('ap-singapore');
	});

	test('asks the region of the options', async () => {
		await create(production({}, { options: { region: 'ap-guangzhou' } }));
		expect(new Set(service.calls.map(({ region }) => region))).toEqual(new Set(['ap-guangzhou']));
	});

	test.each([
		['sdkAppId', '', 'SDK App ID'],
		['sdkAppId', 0, 'SDK App ID'],
		['sdkAppId', 'x', 'SDK App ID'],
		['resource', 'snapshot', 'Resource'],
	])('refuses %s %j', async (name, value, shown) => {
		await expect(create(production({}, { [name]: value }))).rejects.toThrow(`'${shown}' must be`);
		expect(service.calls).toEqual([]);
	});

	test('says when Tencent Cloud cannot reach this n8n', async () => {
		const url = 'http://localhost:5678/webhook/5a0e/webhook';
		await expect(create(hooks(service, { url }))).rejects.toMatchObject({
			message: `Tencent Cloud cannot reach the webhook URL ${url}: set WEBHOOK_URL to the public address of this n8n`,
			description: expect.stringContaining('start n8n again'),
		});
		expect(service.calls).toEqual([]);
		// An emulator on the same machine can.
		const credential = { site: 'custom', endpoint: 'http://127.0.0.1:1' };
		await create(hooks(service, { url, credential }));
		expect(service.place.Callback).toBe(url);
	});

	test('tells faults of the API and of the credential', async () => {
		const credential = new Error('No such credential');
		await expect(create(hooks(service, { credential }))).rejects.toThrow('No such credential');
		const staticData = { key: 'k' };
		expect(await remove(hooks(service, { credential, staticData, logs }))).toBe(false);
		expect(logs).toEqual([{ level: 'error', message: expect.stringContaining('No such cred') }]);
		// What is still to be done is still known.
		expect(staticData).toEqual({ key: 'k' });
	});
});

describe('URLs that carry one another', () => {
	const nodes = (count: number) =>
		Array.from({ length: count }, (_, index) => ({
			node: { webhookId: `n${index}` },
			url: `https://n8n.example.com/webhook/n${index}/webhook`,
		}));

	test('stay short', async () => {
		put(FOREIGN);
		const all = nodes(8).map((one) => ({
			...one,
			parameters: take,
			staticData: {} as IDataObject,
		}));
		const lengths: number[] = [];
		for (const one of all) {
			await create(hooks(service, one));
			lengths.push(service.place.Callback.length);
		}
		expect(Math.max(...lengths)).toBeLessThanOrEqual(1000);
		expect(lengths[2]).toBeGreaterThan(lengths[1]);
		// One has left it out: what n8n keeps for it does.
		for (const one of all.reverse()) await remove(hooks(service, one));
		expect(service.place).toEqual(FOREIGN);
	});
});

describe('a secret key that has changed', () => {
	const credential = { secretKey: 'AnotherSecretKey0000000000000000' };

	test('does not matter where n8n keeps what was registered', async () => {
		put(FOREIGN);
		const kept: IDataObject = {};
		await create(production(kept, take));
		await remove(hooks(service, { staticData: kept, credential, logs }));
		expect(service.place).toEqual(FOREIGN);
		expect(logs).toEqual([]);
	});

	test('is logged where nothing else tells, and the own URL removed', async () => {
		put(FOREIGN);
		await create(production({}, take));
		await remove(hooks(service, { credential, logs }));
		expect(service.place).toEqual(NOTHING);
		expect(logs).toEqual([{ level: 'warn', message: expect.stringContaining('Secret Key') }]);
	});
});

describe('a test', () => {
	test('registers its URL where there is none, and takes it away', async () => {
		const kept: IDataObject = {};
		await create(testing(kept));
		expect(service.place.Callback).toBe(TEST);
		await testEnds(kept);
		expect(service.place).toEqual(NOTHING);
	});

	test.each([
		['a foreign URL', FOREIGN],
		['the own URL of production', { Callback: PRODUCTION, CallbackKey: 'k' }],
	])('does not touch %s', async (_, inPlace) => {
		put(inPlace);
		const kept: IDataObject = {};
		await expect(create(testing(kept, take))).rejects.toMatchObject({
			message: expect.stringContaining("'Replace in Tests'"),
		});
		await testEnds(kept);
		expect(service.place).toEqual(inPlace);
		expect(service.actions.filter((action) => action.startsWith('Set'))).toEqual([]);
	});

	test('replaces what is there where that is wanted, and puts it back', async () => {
		put(FOREIGN);
		const kept: IDataObject = {};
		await create(testing(kept, inTests));
		expect(parts(service.place.Callback).base).toBe(TEST);
		await testEnds(kept);
		expect(service.place).toEqual(FOREIGN);
	});

	test('puts back the URL of production, with what that has replaced', async () => {
		put(FOREIGN);
		const active: IDataObject = {};
		await create(production(active, take));
		const before = { ...service.place };
		const kept: IDataObject = {};
		await create(testing(kept, inTests));
		expect(await checkExists(production(active))).toBe(false);
		await testEnds(kept);
		expect(service.place).toEqual(before);
		expect(await checkExists(production(active))).toBe(true);
		// n8n may end it twice.
		await testEnds(kept);
		expect(service.place).toEqual(before);
		await remove(production(active));
		expect(service.place).toEqual(FOREIGN);
	});

	test('that has left its URL is followed by the next', async () => {
		put(FOREIGN);
		await create(testing({}, inTests));
		const kept: IDataObject = {};
		await create(testing(kept));
		await testEnds(kept);
		expect(service.place).toEqual(FOREIGN);
	});

	test('that still listens does not matter to an activation', async () => {
		put(FOREIGN);
		const active: IDataObject = {};
		await create(production(active, take));
		const kept: IDataObject = {};
		await create(testing(kept, inTests));
		await create(production(active));
		expect(parts(service.place.Callback)).toEqual({
			base: PRODUCTION,
			former: { url: FOREIGN.Callback, key: FOREIGN.CallbackKey },
		});
		await testEnds(kept);
		await remove(production(active));
		expect(service.place).toEqual(FOREIGN);
	});
});

describe('a process that ends between two calls', () => {
	/** As the database has it: nothing of a create or remove that did not return. */
	const saved = (data: IDataObject) => JSON.parse(JSON.stringify(data)) as IDataObject;

	const CASES = [
		FOREIGN,
		{ ...FOREIGN, CallbackKey: '' },
		{ Callback: '', CallbackKey: 'k' },
		NOTHING,
	];
	const crashes = CASES.flatMap((inPlace) =>
		[1, 2, 3].flatMap((at) => [true, false].map((before) => ({ inPlace, at, before }))),
	);
	const afterwards: Array<[string, (data: IDataObject) => Promise<unknown>]> = [
		['a deactivation', async (data) => await remove(production(data, take))],
		[
			'an activation and a deactivation',
			async (data) => {
				const kept = saved(data);
				if (!(await checkExists(production(kept, take)))) await create(production(kept, take));
				expect(service.place.CallbackKey).toBe(kept.key);
				expect(parts(service.place.Callback).base).toBe(PRODUCTION);
				await remove(production(kept, take));
			},
		],
	];

	describe.each(afterwards)('loses nothing after %s', (_, restart) => {
		test.each(crashes)('in create: $inPlace, call $at, lost on its way: $before', async (crash) => {
			put(crash.inPlace);
			service.crashAt(crash.at, crash.before);
			await create(production({}, take)).catch(() => {});
			service.restart();
			await restart({});
			expect(service.place).toEqual(crash.inPlace);
		});

		test.each(crashes)('in a second create: $inPlace, call $at, $before', async (crash) => {
			put(crash.inPlace);
			const kept: IDataObject = {};
			await create(production(kept, take));
			const data = saved(kept);
			service.place.CallbackKey = 'lost';
			service.crashAt(crash.at, crash.before);
			await create(production(saved(data), take)).catch(() => {});
			service.restart();
			await restart(data);
			expect(service.place).toEqual(crash.inPlace);
		});

		test.each(crashes)('in remove: $inPlace, call $at, $before', async (crash) => {
			for (const lost of [true, false]) {
				put(crash.inPlace);
				const kept: IDataObject = {};
				await create(production(kept, take));
				const data = lost ? {} : saved(kept);
				service.crashAt(crash.at, crash.before);
				const removed = await remove(production(saved(data), take));
				service.restart();
				// The last call may have had its effect.
				expect(removed).toBe(false);
				await restart(data);
				expect(service.place).toEqual(crash.inPlace);
			}
		});

		test.each(crashes)('in a test: $inPlace, call $at, $before', async (crash) => {
			put(crash.inPlace);
			const active: IDataObject = {};
			await create(production(active, take));
			const kept: IDataObject = {};
			service.crashAt(crash.at, crash.before);
			await create(testing(kept, inTests)).catch(() => {});
			service.restart();
			await restart(saved(active));
			expect(service.place).toEqual(crash.inPlace);
		});
	});

	test('in create, where n8n removes at once what it could not create', async () => {
		for (const at of [2, 3]) {
			put(FOREIGN);
			service.crashAt(at);
			await expect(create(production({}, take))).rejects.toThrow();
			service.restart();
			await remove(production({}));
			expect(service.place).toEqual(FOREIGN);
		}
	});

	test('never leaves its URL to a key of others, nor theirs to its own', async () => {
		put(FOREIGN);
		const seen: Array<[own: boolean, key: string]> = [];
		const { request } = service;
		Object.assign(service, {
			request: async (...args: Parameters<typeof request>) => {
				const answer = await request(...args);
				const { Callback, CallbackKey } = service.place;
				seen.push([Callback.startsWith(PRODUCTION), CallbackKey]);
				return answer;
			},
		});
		const kept: IDataObject = {};
		await create(production(kept, take));
		await remove(production(kept));
		expect(seen.filter(([own]) => !own).map(([, key]) => key)).toEqual(['theirs', 'theirs']);
	});
});
