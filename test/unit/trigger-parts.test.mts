/** What the trigger is made of, each on its own: signatures, seals, public URLs, repeats. */
import { describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';

import { families, taskIn } from '../../nodes/TencentWhiteboard/webhook/events.ts';
import { isLocal } from '../../nodes/TencentWhiteboard/transport/public.ts';
import { triggerSubtitle } from '../../nodes/TencentWhiteboard/webhook/panel.ts';
import { Repeats } from '../../nodes/TencentWhiteboard/webhook/repeats.ts';
import { seal, unseal } from '../../nodes/TencentWhiteboard/webhook/seal.ts';
import { signatureFault, signatureOf } from '../../nodes/TencentWhiteboard/webhook/verify.ts';
import { subtitleOf } from '../subtitle-of.mts';

describe('the signature of a callback', () => {
	/** The first is from Tencent's page; all are md5(key + ExpireTime). */
	const VECTORS: Array<[key: string, expireTime: number, sign: string]> = [
		['Xz4ZgayTr7rMgWQrH', 1588040109, 'a2dabb362a9b811c0e26953a6276a41c'],
		['k', 1, 'b637b17af08aced8850c18cccde915da'],
		['ExampleCallbackKey2024', 1735700737, '5878a77eb7b929fbaf6df5bcb489da12'],
		['密钥-🔑', 1735700737, '7bcc280743cc69a797532bcf66d718b9'],
		['x'.repeat(64), 4102444800, 'e543c24157e964643fe8f290d006352d'],
	];

	test.each(VECTORS)('of %s and %d is %s', (key, ExpireTime, Sign) => {
		expect(signatureOf(key, String(ExpireTime))).toBe(Sign);
		const now = ExpireTime * 1000;
		expect(signatureFault(key, { Sign, ExpireTime }, now)).toBeUndefined();
		expect(signatureFault(key, { Sign, ExpireTime: String(ExpireTime) }, now)).toBeUndefined();
		expect(signatureFault(key, { Sign: Sign.toUpperCase(), ExpireTime }, now)).toBeUndefined();
		expect(signatureFault(`${key}a`, { Sign, ExpireTime }, now)).toContain('Sign');
		expect(signatureFault(key, { Sign, ExpireTime: ExpireTime + 1 }, now)).toContain('Sign');
	});

	const [[key, ExpireTime, Sign]] = VECTORS;

	test('is good for a minute after its time, for clocks differ', () => {
		const at = (seconds: number) =>
			signatureFault(key, { Sign, ExpireTime }, (ExpireTime + seconds) * 1000);
		expect(at(60)).toBeUndefined();
		expect(at(60.001)).toBe('it has expired');
		expect(at(-1e6)).toBeUndefined();
	});

	test.each([
		[{}, 'it is not signed'],
		[{ Sign }, 'it is not signed'],
		[{ ExpireTime }, 'it is not signed'],
		[{ Sign: '', ExpireTime }, 'Sign'],
		[{ Sign: null, ExpireTime }, 'it is not signed'],
		[{ Sign: [Sign], ExpireTime }, 'it is not signed'],
		[{ Sign, ExpireTime: null }, 'it is not signed'],
		[{ Sign, ExpireTime: [ExpireTime] }, 'it is not signed'],
		[{ Sign: signatureOf(key, '1e99'), ExpireTime: '1e99' }, 'Unix seconds'],
		[{ Sign: signatureOf(key, '1e+99'), ExpireTime: 1e99 }, 'Unix seconds'],
		[{ Sign: signatureOf(key, '-1'), ExpireTime: -1 }, 'Unix seconds'],
		[{ Sign: signatureOf(key, '1.5'), ExpireTime: 1.5 }, 'Unix seconds'],
		[{ Sign: signatureOf(key, ''), ExpireTime: '' }, 'it is not signed'],
		[{ Sign: signatureOf(key, ' 9999999999'), ExpireTime: ' 9999999999' }, 'Unix seconds'],
		[{ Sign: Sign.slice(1), ExpireTime }, 'Sign'],
		[{ Sign: `${Sign}0`, ExpireTime }, 'Sign'],
		[{ Sign: 'é'.repeat(16), ExpireTime }, 'Sign'],
	])('%j is refused', (envelope, reason) => {
		expect(signatureFault(key, envelope, 0)).toContain(reason);
	});
});

describe('a seal', () => {
	const registration = { url: 'https://a.example/hook?x=1', key: '密钥' };

	test('is read with its secret, and each time another', () => {
		const texts = [seal(registration, 'secret'), seal(registration, 'secret')];
		expect(texts.map((text) => unseal(text, 'secret'))).toEqual([registration, registration]);
		expect(texts[0]).not.toBe(texts[1]);
		expect(texts[0]).toMatch(/^[\w-]+$/);
		expect(Buffer.from(texts[0], 'base64url').toString('latin1')).not.toContain('example');
	});

	test('that was made with another secret, changed or cut is not read', () => {
		const text = seal(registration, 'secret');
		expect(unseal(text, 'Secret')).toBeUndefined();
		const bytes = Buffer.from(text, 'base64url');
		for (let index = 0; index < bytes.length; index += 1) {
			const changed = Buffer.from(bytes);
			changed[index] ^= 1;
			expect(unseal(changed.toString('base64url'), 'secret')).toBeUndefined();
			expect(unseal(bytes.subarray(0, index).toString('base64url'), 'secret')).toBeUndefined();
		}
		expect(unseal('?', 'secret')).toBeUndefined();
	});
});

describe('a URL', () => {
	test.each([
		'http://localhost:5678/webhook/a',
		'http://LOCALHOST./a',
		'https://n8n/webhook',
		'http://a.localhost/',
		'http://n8n.local/',
		'http://n8n.internal:80/',
		'http://127.0.0.1/',
		'http://127.1.2.3/',
		'http://0x7f.1/',
		'http://2130706433/',
		'http://0.0.0.0/',
		'http://10.1.2.3/',
		'http://172.16.0.1/',
		'http://172.31.255.1/',
		'http://192.168.1.1/',
		'http://169.254.1.1/',
		'http://100.64.0.1/',
		'http://100.127.0.1/',
		'http://[::1]:5678/',
		'http://[::]/',
		'http://[::ffff:127.0.0.1]/',
		'http://[fc00::1]/',
		'http://[fd12:3456::1]/',
		'http://[fe80::1]/',
		'',
		'webhook',
	])('%s is local', (url) => {
		expect(isLocal(url)).toBe(true);
	});

	test.each([
		'https://n8n.example.com/webhook',
		'https://tiw.intl.tencentcloudapi.com',
		'http://11.0.0.1/',
		'http://172.15.0.1/',
		'http://172.32.0.1/',
		'http://192.169.0.1/',
		'http://100.63.0.1/',
		'http://100.128.0.1/',
		'http://8.8.8.8/',
		'http://[2001:db8::1]/',
		'http://10.example.com/',
		'http://localhost.example.com/',
		'http://fd.example.com/',
	])('%s is not', (url) => {
		expect(isLocal(url)).toBe(false);
	});
});

describe('repeats', () => {
	const HOUR = 3_600_000;

	test('are known for an hour from the first', () => {
		const repeats = new Repeats();
		expect(repeats.add('a', 0)).toBe(false);
		expect(repeats.add('a', HOUR - 1)).toBe(true);
		expect(repeats.add('b', HOUR - 1)).toBe(false);
		expect(repeats.add('a', HOUR)).toBe(false);
		expect(repeats.add('b', HOUR)).toBe(true);
	});

	test('of 10,000 events are known, the oldest are forgotten first', () => {
		const repeats = new Repeats();
		for (let index = 0; index < 10_001; index += 1) repeats.add(String(index), 0);
		expect(repeats.add('1', 0)).toBe(false);
		expect(repeats.add('10000', 0)).toBe(true);
		expect(Reflect.get(repeats, 'seen').size).toBeLessThanOrEqual(10_000);
	});
});

test('the end of a task is told by the events that are documented to', () => {
	const ended = families.flatMap(({ events }) =>
		events.filter((event) => event.ended).map(({ value }) => value),
	);
	expect(ended).toEqual(['OnlineRecordFinished', 'TranscodeFinished', 'WhiteboardPushStopped']);
	const recording = families.find(({ value }) => value === 'recording')!;
	expect(taskIn(recording, 'OnlineRecordFinished')).toBe('ended');
	expect(taskIn(recording, 'OnlineRecordStopped')).toBe('running');
	for (const other of ['TranscodeFinished', 'New', undefined, null]) {
		expect(taskIn(recording, other)).toBe('unknown');
	}
});

describe('the subtitle', () => {
	const below = (parameters: INodeParameters) => subtitleOf(triggerSubtitle, parameters);

	const chosen = families.map((family): [INodeParameters, string] => [
		{ resource: family.value, events: family.events.map(({ value }) => value) },
		// The family is named once.
		[family.name, family.events.map(({ name }) => name.replace(/^\w+ /, '')).join(', ')]
			.filter(Boolean)
			.join(': '),
	]);

	test.each([
		...chosen,
		[{ resource: 'recording', events: [] }, 'Recording'],
		[{ resource: 'warning' }, 'Warning'],
		[{ resource: 'recording', events: 'OnlineRecordStopped' }, 'Recording: Stopped'],
	] as Array<[INodeParameters, string]>)('for %j is %s', (parameters, words) => {
		expect(below(parameters)).toBe(words);
	});
});
