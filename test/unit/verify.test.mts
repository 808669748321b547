/** The test of a credential: where it asks, and that it ends in a sentence whatever happens. */
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { ICredentialTestFunctions, ICredentialsDecrypted, IDataObject } from 'n8n-workflow';

import { TencentWhiteboard } from '../../nodes/TencentWhiteboard/TencentWhiteboard.node.ts';
import { CODES } from '../../nodes/TencentWhiteboard/transport/codes.ts';
import { verify } from '../../nodes/TencentWhiteboard/transport/verify.ts';
import { FakeEnv } from '../fake-env.mts';
import { help, withoutHelp } from '../help.mts';

interface Sent {
	uri: string;
	headers: Record<string, string>;
	body: Buffer;
}

const credential: IDataObject = {
	secretId: 'AKIDexample',
	secretKey: 'TheSecretKey',
	site: 'international',
};

/** An answer as the helper gives it. */
const answered = (Response: unknown, more: object = {}) => ({
	statusCode: 200,
	headers: {},
	body: JSON.stringify({ Response }),
	...more,
});

type Request = (options: Sent) => Promise<unknown>;

const contextOf = (request: Request) =>
	({ helpers: { request } }) as unknown as ICredentialTestFunctions;

/** The verdict, and what was sent for it. */
async function ask(part: IDataObject = {}, request: Request = async () => answered({})) {
	const sent: Sent[] = [];
	const context = contextOf(async (options) => {
		sent.push(options);
		return await request(options);
	});
	const env = new FakeEnv();
	const verifying = verify(context, { ...credential, ...part } as never, env);
	await env.play();
	return { ...(await verifying), sent };
}

describe('the identity is asked for', () => {
	test('once, by a signed request that is neither redirected nor changed on its way', async () => {
		const { sent } = await ask({ sessionToken: 'TheToken' });
		expect(sent).toEqual([
			{
				method: 'POST',
				uri: 'https://sts.intl.tencentcloudapi.com/',
				headers: {
					'x-tc-action': 'GetCallerIdentity',
					'x-tc-version': '2018-08-13',
					'x-tc-language': 'en-US',
					'x-tc-region': 'ap-singapore',
					'x-tc-timestamp': '1750000000',
					'x-tc-token': 'TheToken',
					'content-type': 'application/json',
					authorization: expect.stringContaining(
						'Credential=AKIDexample/2025-06-15/sts/tc3_request',
					),
				},
				body: Buffer.from('{}'),
				timeout: 30_000,
				resolveWithFullResponse: true,
				simple: false,
				json: false,
				followRedirect: false,
			},
		]);
	});

	const regional = 'ap-guangzhou';
	test.each<[IDataObject, string, string]>([
		[{}, 'https://sts.intl.tencentcloudapi.com/', 'ap-singapore'],
		[{ region: ' ap-own ' }, 'https://sts.intl.tencentcloudapi.com/', 'ap-own'],
		[{ site: 'china' }, 'https://sts.tencentcloudapi.com/', regional],
		...[
			['tiw.tencentcloudapi.com', 'sts.tencentcloudapi.com', regional],
			['tiw.ap-guangzhou.tencentcloudapi.com', 'sts.ap-guangzhou.tencentcloudapi.com', regional],
			['TIW.ap-guangzhou.TencentCloudAPI.com', 'sts.ap-guangzhou.tencentcloudapi.com', regional],
			['tiw.ap-mumbai.tencentcloudapi.com', 'sts.ap-mumbai.tencentcloudapi.com', 'ap-mumbai'],
			['tiw.intl.tencentcloudapi.com', 'sts.intl.tencentcloudapi.com', 'ap-singapore'],
			[
				'tiw.ap-mumbai.intl.tencentcloudapi.com',
				'sts.ap-mumbai.intl.tencentcloudapi.com',
				'ap-mumbai',
			],
			[
				'tiw.intl.ap-mumbai.tencentcloudapi.com',
				'sts.intl.ap-mumbai.tencentcloudapi.com',
				'ap-mumbai',
			],
			[
				'tiw.ap-guangzhou.tencentcloudapi.com:8443',
				'sts.ap-guangzhou.tencentcloudapi.com:8443',
				regional,
			],
			['gateway.example.com', 'gateway.example.com', 'ap-singapore'],
			['evil-tencentcloudapi.com', 'evil-tencentcloudapi.com', 'ap-singapore'],
		].flatMap(
			([given, host, region]): Array<[IDataObject, string, string]> => [
				[{ site: 'custom', endpoint: `https://${given}` }, `https://${host}/`, region],
				[
					{ site: 'custom', endpoint: `https://${given}/`, region: 'ap-own' },
					`https://${host}/`,
					'ap-own',
				],
			],
		),
	])('with %j at %s, in %s', async (part, uri, region) => {
		const [sent, ...more] = (await ask(part)).sent;
		expect(more).toEqual([]);
		expect(sent.uri).toBe(uri);
		expect(sent.headers['x-tc-region']).toBe(region);
		expect(sent.headers.authorization).toContain('/sts/tc3_request');
		expect(sent.headers).not.toHaveProperty('x-tc-service');
	});
});

describe('the test ends in a sentence', () => {
	test('for keys that are valid', async () => {
		const { status, message } = await ask({}, async () => answered({ AccountId: '100001' }));
		expect([status, message]).toEqual([
			'OK',
			'The keys are valid. They belong to the account 100001.',
		]);
	});

	test('after half a minute without one from the service, however busy the line', async () => {
		const context = contextOf(async () => await new Promise(() => {}));
		const env = new FakeEnv();
		const verifying = verify(context, credential as never, env);
		const ended = jest.fn();
		void verifying.then(ended);
		await env.play(29_999);
		expect(ended).not.toHaveBeenCalled();
		await env.play();
		expect(await verifying).toEqual({
			status: 'Error',
			message:
				"https://sts.intl.tencentcloudapi.com did not answer in time. Check 'Site' and 'Endpoint' in the credential, and that this n8n server can reach https://sts.intl.tencentcloudapi.com (DNS, proxy, firewall). If the network is slow, test again. Code ETIMEDOUT.",
		});
		expect(env.now()).toBe(30_000);
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a text', 'It is broken'],
		['an error without a text', new Error()],
		['no error at all', { code: Symbol('odd') }],
	])('if the helper throws %s', async (_, thrown) => {
		const { status, message } = await ask({}, async () => {
			throw thrown;
		});
		expect(status).toBe('Error');
		expect(message).toMatch(/^[A-Z].*\. .*\. Code \w+\.$/);
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['a text', 'text'],
		[
			'no headers',
			{ statusCode: 200, body: '{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire"}}}' },
		],
		['bytes', answered({}, { body: Buffer.from('{}') })],
	])('if the helper gives %s', async (_, given) => {
		const { status, message } = await ask({}, async () => given);
		expect(status).toBe('Error');
		expect(message).toMatch(/^[A-Zh].*\. .*Code [\w.]+\.$/);
	});

	test('whatever the credential holds and the helper gives', async () => {
		const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
		const field = fc.oneof(fc.string(), anything);
		await fc.assert(
			fc.asyncProperty(
				fc.record(
					{
						secretId: field,
						secretKey: field,
						sessionToken: field,
						site: fc.oneof(fc.constantFrom('international', 'china', 'custom'), anything),
						endpoint: fc.oneof(fc.webUrl(), field),
						region: field,
					},
					{ requiredKeys: [] },
				),
				fc.boolean(),
				fc.oneof(
					anything,
					anything.map((body) => ({ statusCode: 200, headers: {}, body })),
					fc.json().map((body) => ({ statusCode: 200, headers: {}, body })),
					fc.json().map((json) => answered(JSON.parse(json))),
				),
				async (odd, valid, given) => {
					const part = valid ? {} : { secretId: undefined, secretKey: undefined, ...odd };
					const { status, message } = await ask(part as IDataObject, async () => given);
					expect(status).toBe('Error');
					expect(message).toMatch(/\S.*\.$/s);
				},
			),
			{ numRuns: 500 },
		);
	});

	test.each([[undefined], [null]])('if there is no credential but %j', async (nothing) => {
		expect(
			await verify(
				contextOf(async () => answered({})),
				nothing,
			),
		).toEqual({
			status: 'Error',
			message:
				"The 'Secret ID' of the Tencent Cloud credential is empty. Enter both keys from the Tencent Cloud console, Access Management, API Keys.",
		});
	});

	test('without a secret, wherever the network or the service shows one', async () => {
		const secrets = { secretKey: 'TheSecretKey', sessionToken: 'TheSessionToken' };
		const shown = 'TheSecretKey TheSessionToken';
		const thrown = Object.assign(new Error(shown), { code: shown });
		for (const request of [
			async () => answered({ Error: { Code: `C ${shown}`, Message: shown }, RequestId: shown }),
			async () => {
				throw thrown;
			},
		]) {
			const { message } = await ask(secrets, request);
			expect(message).toContain('*** ***');
			expect(message).not.toMatch(/TheSecretKey|TheSessionToken/);
		}
	});
});

describe('what is said of a code', () => {
	const unconfirmed =
		"Tencent Cloud did not confirm these keys. Check 'Secret ID', 'Secret Key', 'Site' and 'Endpoint', and that the account may call STS GetCallerIdentity.";
	const unserved =
		"This endpoint does not serve STS GetCallerIdentity, which tests the keys. Check 'Site' and 'Endpoint'. A gateway has to pass on requests for the service sts too; without that, the keys can be saved, but not tested.";
	test.each([
		[
			'AuthFailure.SecretIdNotFound',
			"This Secret ID is unknown on the chosen site. Check it for typos, that the key is enabled, and that 'Site' matches the account.",
			'signature',
		],
		[
			'AuthFailure.InvalidSecretId',
			'This Secret ID is not an API key. Take one from Access Management, API Keys.',
			'signature',
		],
		[
			'AuthFailure.SignatureFailure',
			'The Secret Key does not belong to this Secret ID. Copy both again from the same key pair.',
			'signature',
		],
		[
			'AuthFailure.TokenFailure',
			'The Session Token has expired or belongs to other keys. Enter new temporary keys with their token, or clear it for permanent keys.',
			'signature',
		],
		[
			'UnsupportedRegion',
			"Tencent Cloud does not know this region, or serves no STS there. Clear 'Region', or enter another.",
			'site',
		],
		...['InvalidAction', 'NoSuchProduct'].map((code) => [code, unserved, 'site']),
		['NoSuchVersion', unserved],
		['UnauthorizedOperation', `Why. ${unconfirmed}`, 'permission'],
		...['InvalidParameter.AccessKeyNotSupport', 'NoAuthFailure'].map((code) => [
			code,
			`Why. ${unconfirmed}`,
		]),
		...['InternalError', 'ServiceUnavailable'].map((code) => [
			code,
			expect.stringMatching(/^[A-Z][^.]+\. Test again in a few minutes\.$/),
		]),
		[
			'RequestLimitExceeded',
			expect.stringMatching(/^Too many requests per second\. Wait/),
			'rate-limit',
		],
	])('%s', async (code, text, page: unknown = '') => {
		// The clock counts only where it is what is wrong.
		const headers = { date: new Date(0).toUTCString() };
		const { message } = await ask({}, async () =>
			answered({ Error: { Code: code, Message: 'Why.' }, RequestId: 'r' }, { headers }),
		);
		const end = ` Code ${code}, RequestId r.${page ? help(page as string) : ''}`;
		expect(message.endsWith(end)).toBe(true);
		expect(message.slice(0, -end.length)).toEqual(text);
	});

	test('if there is none, and no account', async () => {
		expect((await ask({}, async () => answered({ RequestId: 'r' }))).message).toBe(
			`${unconfirmed} Code InvalidAnswer, RequestId r.`,
		);
	});
});

describe('a clock that is off', () => {
	const refused = (headers: IDataObject) => async () =>
		answered({ Error: { Code: 'AuthFailure.SignatureExpire' }, RequestId: 'r' }, { headers });
	const now = new FakeEnv().date();
	const end = 'Set it right (NTP) and test again.';
	test.each<[string, IDataObject, string]>([
		[
			'by what the answer shows',
			{ date: new Date(now + 600_000).toUTCString() },
			`The clock of the n8n server is 10 minutes slow. ${end}`,
		],
		[
			'by more than is granted, where the answer shows nothing',
			{},
			`The clock of the n8n server is more than five minutes off. ${end}`,
		],
		[
			'by more than is granted, where the answer shows nothing of use',
			{ date: 'noon' },
			`The clock of the n8n server is more than five minutes off. ${end} The Date header of the answer, "noon", is not credible and was ignored.`,
		],
	])('is off %s', async (_, headers, text) => {
		const { message } = await ask({}, refused(headers));
		expect(message).toBe(`${text} Code AuthFailure.SignatureExpire, RequestId r.${help('clock')}`);
	});
});

describe('no hint speaks of what a credential does not have', () => {
	test.each(Object.keys(CODES))('%s', async (code) => {
		const { message } = await ask({}, async () =>
			answered({ Error: { Code: code, Message: 'Why' }, RequestId: 'r' }),
		);
		const [, what, hint, ended] = /^(.*?)\. (.*) Code (.*), RequestId r\.$/.exec(
			withoutHelp(message),
		)!;
		expect([what.length > 0, ended]).toEqual([true, code]);
		expect(hint).not.toMatch(
			/\bnode\b|under .Options|custom call|TIW|whiteboard|task|document|bucket|parameter|operation/i,
		);
	});
});

test('the node hands the credential on, and what comes of it back', async () => {
	const { tencentCloudApiTest } = new TencentWhiteboard().methods.credentialTest;
	const sent: Sent[] = [];
	const context = contextOf(async (options) => {
		sent.push(options);
		return answered({ AccountId: 7 });
	});
	const given = { data: credential } as unknown as ICredentialsDecrypted;
	const before = Math.floor(Date.now() / 1000);
	expect(await tencentCloudApiTest.call(context, given)).toEqual({
		status: 'OK',
		message: 'The keys are valid. They belong to the account 7.',
	});
	expect(Number(sent[0].headers['x-tc-timestamp'])).toBeGreaterThanOrEqual(before);
});
