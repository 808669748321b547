/** The official SDK, unchanged, as the judge of whether the emulator speaks Tencent's language. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import {
	DEMO_KEYS,
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../../emulator/server.mts';
import type { Emulator } from '../../emulator/server.mts';
import { officialClient } from './official-sdk.mts';
import type { OfficialClientOptions } from './official-sdk.mts';

const TEMPORARY = {
	secretId: 'AKIDTEMPORARY',
	secretKey: 'temporary-key',
	token: 'a-session-token',
};
const EXPIRED = { secretId: 'AKIDEXPIRED', secretKey: 'key', token: 'old-token', expired: true };
const EXAMPLE = { TaskID: DOCUMENTED_EXAMPLE.taskId, SdkAppId: DOCUMENTED_EXAMPLE.sdkAppId };

let emulator: Emulator;

beforeAll(async () => {
	emulator = await startEmulator({ keys: [...DEMO_KEYS, TEMPORARY, EXPIRED] });
	seedDocumentedExample(emulator, { runSeconds: 0 });
});

afterAll(() => emulator.close());

function client(options: Partial<OfficialClientOptions> = {}) {
	const { secretId, secretKey } = DEMO_KEYS[0];
	return officialClient({ url: emulator.url, secretId, secretKey, ...options });
}

async function errorCode(answer: Promise<unknown>): Promise<unknown> {
	return await answer.then(
		() => null,
		(error: { code?: unknown }) => error.code,
	);
}

describe('answers', () => {
	test.each(['POST', 'GET'] as const)('DescribeSnapshotTask by %s', async (method) => {
		const answer = await client({ method }).request('DescribeSnapshotTask', EXAMPLE);
		const images = [1, 2, 3].map(
			(page) => `${emulator.url}/files/${EXAMPLE.SdkAppId}/${EXAMPLE.TaskID}/${page}.png`,
		);
		expect(answer).toEqual({
			TaskID: EXAMPLE.TaskID,
			Status: 'Finished',
			CreateTime: expect.any(Number),
			FinishTime: expect.any(Number),
			Result: { ErrorCode: 'OK', ErrorMessage: '', Total: 3, Snapshots: images },
			RequestId: emulator.calls.at(-1)?.requestId,
		});
		const call = emulator.calls.at(-1);
		expect(call).toMatchObject({
			action: 'DescribeSnapshotTask',
			service: 'tiw',
			method,
			params: EXAMPLE,
			code: null,
			handled: true,
		});
		expect(call?.headers['x-tc-requestclient']).toMatch(/^SDK_NODEJS_/);
	});

	test.each(['POST', 'GET'] as const)('CreateSnapshotTask by %s', async (method) => {
		const params = {
			SdkAppId: 1400000001,
			RoomId: 12345,
			Whiteboard: { Width: 640, Height: 360, InitParams: '{"标题":"一 & 二"}' },
		};
		const answer = await client({ method }).request('CreateSnapshotTask', params);
		expect(answer.TaskID).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(emulator.calls.at(-1)?.params).toEqual(params);
		const described = await client().request('DescribeSnapshotTask', {
			TaskID: answer.TaskID,
			SdkAppId: params.SdkAppId,
		});
		expect(described.Status).toBe('Running');
	});

	test('lists survive the way through a query', async () => {
		const params = {
			SdkAppId: 1400000001,
			SubProduct: 'sp_tiw_board',
			StartTime: '2024-01-01',
			EndTime: '2024-01-31',
			RoomIDs: Array.from({ length: 12 }, (_, index) => index),
		};
		const sdk = client({ method: 'GET', region: 'ap-guangzhou' });
		expect(await errorCode(sdk.request('DescribeTIWRoomDailyUsage', params))).toBeNull();
		expect(emulator.calls.at(-1)?.params).toEqual(params);
	});

	test('GetCallerIdentity of the service sts', async () => {
		const answer = await client({ service: 'sts' }).request('GetCallerIdentity', {});
		expect(Object.keys(answer).sort()).toEqual(
			['AccountId', 'Arn', 'PrincipalId', 'RequestId', 'Type', 'UserId'].sort(),
		);
		expect(emulator.calls.at(-1)).toMatchObject({ service: 'sts', code: null });
	});

	test('temporary keys with their token', async () => {
		const answer = client(TEMPORARY).request('DescribeSnapshotTask', EXAMPLE);
		expect(await errorCode(answer)).toBeNull();
	});
});

describe("errors carry Tencent's codes", () => {
	const describeTask = (options: Partial<OfficialClientOptions>, params: object = EXAMPLE) =>
		errorCode(client(options).request('DescribeSnapshotTask', params));

	test.each<[string, string, Partial<OfficialClientOptions>]>([
		['a wrong key', 'AuthFailure.SignatureFailure', { secretKey: 'wrong' }],
		['an unknown SecretId', 'AuthFailure.SecretIdNotFound', { secretId: 'AKIDNOBODY' }],
		['a wrong token', 'AuthFailure.TokenFailure', { ...TEMPORARY, token: 'another' }],
		['a missing token', 'AuthFailure.TokenFailure', { ...TEMPORARY, token: undefined }],
		['a token too many', 'AuthFailure.TokenFailure', { token: 'needless' }],
		['an expired key', 'AuthFailure.TokenFailure', EXPIRED],
		['a region without the action', 'UnsupportedRegion', { region: 'eu-frankfurt' }],
	])('%s: %s', async (_what, code, options) => {
		expect(await describeTask(options)).toBe(code);
		expect(emulator.calls.at(-1)?.code).toBe(code);
	});

	test.each<[string, string, object]>([
		['a wrong type', 'InvalidParameter', { ...EXAMPLE, SdkAppId: '1400127230' }],
		['an unknown parameter', 'UnknownParameter', { ...EXAMPLE, TaskId: 'x' }],
		['a missing parameter', 'MissingParameter', { TaskID: EXAMPLE.TaskID }],
		['an unknown task', 'InvalidParameter.TaskNotFound', { ...EXAMPLE, TaskID: 'nothing' }],
		['a foreign task', 'InvalidParameter.TaskNotFound', { ...EXAMPLE, SdkAppId: 1400000001 }],
	])('%s: %s', async (_what, code, params) => {
		expect(await describeTask({}, params)).toBe(code);
	});

	test('a wrong type where the action lists the finer code', async () => {
		const params = { SdkAppId: '1400000001', TaskId: 'x' };
		expect(await errorCode(client().request('DescribeTranscode', params))).toBe(
			'InvalidParameter.BodyParameterTypeUnmatched',
		);
	});

	test('an action signed for the wrong service', async () => {
		const answer = client({ service: 'sts' }).request('DescribeSnapshotTask', EXAMPLE);
		expect(await errorCode(answer)).toBe('AuthFailure.SignatureFailure');
	});

	test('an action there is not', async () => {
		expect(await errorCode(client().request('DescribeNothing', {}))).toBe('InvalidAction');
	});

	test('more than 20 requests in a second', async () => {
		const slow = await startEmulator();
		try {
			const sdk = client({ url: slow.url });
			const codes = await Promise.all(
				Array.from({ length: 25 }, () => errorCode(sdk.request('DescribeSnapshotTask', EXAMPLE))),
			);
			const count = (code: string) => codes.filter((each) => each === code).length;
			expect(count('InvalidParameter.TaskNotFound')).toBe(20);
			expect(count('RequestLimitExceeded')).toBe(5);
		} finally {
			await slow.close();
		}
	});
});
