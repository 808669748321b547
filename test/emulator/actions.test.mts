/** Every action of the facts is checked as the facts say. */
import { describe, expect, test } from '@jest/globals';

import {
	ACTIONS,
	findAction,
	findType,
	itemType,
	listsErrorCode,
	SERVICES,
	TIW,
} from '../../emulator/facts.mts';
import type { ActionFact, FieldFact } from '../../emulator/facts.mts';
import { ApiError } from '../../emulator/api-error.mts';
import { validateParams } from '../../emulator/validate.mts';
import { startEmulator } from '../../emulator/server.mts';
import { HANDLERS } from '../../emulator/actions.mts';
import { addTaskFor, fullParams } from './full.mts';
import { minimalParams, regionFor, wrongTypeValue } from './minimal.mts';
import { apiCall } from './raw-client.mts';
import { shared } from '../set-up.mts';

const emulator = shared(async () => await startEmulator({ ratePerSecond: Infinity }));

const ask = (action: ActionFact, body: object) =>
	apiCall(emulator.url, { action: action.name, region: regionFor(TIW, action), body });

const errorOf = async (action: ActionFact, body: object) => (await ask(action, body)).Error?.Code;

/** Written out by hand: which code a wrong type gets follows from the codes an action lists. */
function wrongTypeCode(action: ActionFact): string {
	if (listsErrorCode(action, 'InvalidParameter.BodyParameterTypeUnmatched')) {
		return 'InvalidParameter.BodyParameterTypeUnmatched';
	}
	return listsErrorCode(action, 'InvalidParameter.UnmarshalJSONBodyFail')
		? 'InvalidParameter.UnmarshalJSONBodyFail'
		: 'InvalidParameter';
}

function hasType(value: unknown, type: string): boolean {
	const item = itemType(type);
	if (item !== undefined) {
		return Array.isArray(value) && value.every((each) => hasType(each, item));
	}
	const structure = findType(type);
	if (structure) return hasFields(value, structure.fields);
	if (type === 'Integer') return Number.isInteger(value);
	return typeof value === { String: 'string', Boolean: 'boolean', Float: 'number' }[type];
}

function hasFields(value: unknown, fields: readonly FieldFact[]): boolean {
	const given = value as Record<string, unknown>;
	return (
		Object.keys(given).sort().join() ===
			fields
				.map(({ name }) => name)
				.sort()
				.join() &&
		fields.every(
			({ name, type, nullable = false }) =>
				(given[name] === null && nullable) || hasType(given[name], type),
		)
	);
}

test('all actions of the facts are known', () => {
	expect(ACTIONS).toHaveLength(60);
	expect(new Set(ACTIONS.map(({ name }) => name)).size).toBe(60);
	expect(SERVICES.map(({ name }) => name)).toEqual(['tiw', 'sts']);
	expect(findAction('GetCallerIdentity')?.service.name).toBe('sts');
});

describe.each(ACTIONS.map((action) => [action.name, action] as const))('%s', (_name, action) => {
	test('answers the smallest valid request, in the form of the facts', async () => {
		emulator.reset();
		const params = minimalParams(action);
		addTaskFor(emulator, action, params);
		const answer = await ask(action, params);
		expect(answer.Error).toBeUndefined();
		expect(hasFields(answer, action.response)).toBe(true);
	});

	if ('TaskId' in minimalParams(action) || 'TaskID' in minimalParams(action)) {
		test('knows no task yet', async () => {
			emulator.reset();
			expect(await errorOf(action, minimalParams(action))).toBe('InvalidParameter.TaskNotFound');
		});
	}

	test('takes every parameter at once', async () => {
		emulator.reset();
		const params = fullParams(action);
		addTaskFor(emulator, action, params);
		const answer = await ask(action, params);
		expect(answer.Error).toBeUndefined();
		expect(hasFields(answer, action.response)).toBe(true);
	});

	test('refuses an unknown parameter', async () => {
		const answer = await ask(action, { ...minimalParams(action), Surprise: 1 });
		expect(answer.Error?.Code).toBe('UnknownParameter');
		expect(answer.Error?.Message).toContain('Surprise');
	});

	const required = action.params.filter((field) => field.required);
	if (required.length > 0) {
		test.each(required.map((field) => [field.name]))('needs %s', async (missing) => {
			const params = minimalParams(action);
			delete params[missing];
			const answer = await ask(action, params);
			expect(answer.Error?.Code).toBe('MissingParameter');
			expect(answer.Error?.Message).toContain(missing);
		});
	}

	if (action.params.length > 0) {
		test.each(action.params.map((field) => [field.name, field] as const))(
			'refuses a wrong type for %s',
			async (wrong, field) => {
				const params = { ...minimalParams(action), [wrong]: wrongTypeValue(field) };
				const answer = await ask(action, params);
				expect(answer.Error?.Code).toBe(wrongTypeCode(action));
				expect(answer.Error?.Message).toContain(wrong);
			},
		);
	}
});

describe('values', () => {
	const refusal = (name: string, change: object): [string, string] | null => {
		const action = findAction(name)?.action as ActionFact;
		try {
			validateParams(action, { ...minimalParams(action), ...change });
			return null;
		} catch (error) {
			if (error instanceof ApiError) return [error.code, error.message];
			throw error;
		}
	};
	const code = (name: string, change: object) => refusal(name, change)?.[0] ?? null;

	test.each<[string, object, string | null]>([
		['CreateSnapshotTask', { SnapshotMode: 'AllMarks' }, null],
		['CreateSnapshotTask', { SnapshotMode: 'allmarks' }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { Whiteboard: { Width: 2560 } }, null],
		['CreateSnapshotTask', { Whiteboard: { Width: 2561 } }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { Whiteboard: { Width: -1 } }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { Whiteboard: { Width: 1.5 } }, 'InvalidParameter'],
		['CreateSnapshotTask', { Whiteboard: { InitParams: '{' } }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { COS: { Uin: 1, Region: 'r', Bucket: 'b' } }, null],
		['CreateSnapshotTask', { COS: { Uin: 1, Region: 'r' } }, 'MissingParameter'],
		['CreateSnapshotTask', { COS: { Uin: 1, Region: 'r', Bucket: 'b', X: 1 } }, 'UnknownParameter'],
		['CreateSnapshotTask', { RoomId: -1 }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { CallbackURL: 'example.com' }, 'InvalidParameterValue'],
		['CreateSnapshotTask', { CallbackURL: null }, null],
		['StartOnlineRecord', { RoomId: 1 }, 'InvalidParameterValue'],
		['StartOnlineRecord', { RoomId: 2 }, null],
		['StartOnlineRecord', { RoomId: 4294967294 }, null],
		['StartOnlineRecord', { RoomId: 4294967295 }, 'InvalidParameterValue'],
		['StartOnlineRecord', { RecordUserId: 'somebody' }, 'InvalidParameter.RecordParameter'],
		['StartOnlineRecord', { Extras: ['MIX_STREAM'] }, null],
		['StartOnlineRecord', { Extras: ['OTHER'] }, 'InvalidParameter.InvalidExtra'],
		['StartOnlineRecord', { AutoStopTimeout: 299 }, 'InvalidParameterValue'],
		[
			'SetTranscodeCallback',
			{ Callback: 'ftp://example.com' },
			'InvalidParameter.CallbackAddressFormatError',
		],
		['SetTranscodeCallback', { Callback: '' }, null],
		['SetTranscodeCallbackKey', { CallbackKey: 'k'.repeat(64) }, null],
		['SetTranscodeCallbackKey', { CallbackKey: 'k'.repeat(65) }, 'InvalidParameterValue'],
		['StartWhiteboardPush', { PushUserId: '签'.repeat(20) }, null],
		['StartWhiteboardPush', { PushUserId: '签'.repeat(21) }, 'InvalidParameterValue'],
		['CreateTranscode', { MinResolution: '960' }, 'InvalidParameterValue'],
		['CreateTranscode', { AutoHandleUnsupportedElementTypes: [13] }, null],
		['CreateTranscode', { AutoHandleUnsupportedElementTypes: [14] }, 'InvalidParameterValue'],
		['DescribeRoomList', { TimeRange: [1] }, 'InvalidParameterValue'],
		['DescribeRoomList', { TimeRange: [1, 2, 3] }, 'InvalidParameterValue'],
		['DescribePostpaidUsage', { BeginTime: '2024-02-30 00:00:00' }, 'InvalidParameter.TimeFormat'],
		['DescribePostpaidUsage', { BeginTime: '2024-02-29 23:59:59' }, null],
		['DescribeWhiteboardBucketConfig', { TaskType: 'other' }, 'InvalidParameter.InvalidTaskType'],
		['DescribeTranscodeSearch', { Offset: 0, Limit: 10, Keyword: 'x' }, null],
	])('%s with %j: %s', (name, change, expected) => {
		expect(code(name, change)).toBe(expected);
	});

	test('a problem deep inside is named by its path', () => {
		const stream = { LayoutParams: { Width: 2, Height: 1 } };
		const MixStream = {
			Enabled: true,
			Custom: { Canvas: { LayoutParams: { Width: 2, Height: 2 } }, InputStreamList: [stream] },
		};
		expect(refusal('StartOnlineRecord', { MixStream })).toEqual([
			'InvalidParameterValue',
			'The parameter MixStream.Custom.InputStreamList.0.LayoutParams.Height must be at least 2.',
		]);
	});
});

test('only actions that answer with nothing but a RequestId have no behaviour', () => {
	const idle = ACTIONS.filter(({ name }) => !HANDLERS[name]);
	expect(idle.map(({ response }) => response.map(({ name }) => name))).toEqual(
		idle.map(() => ['RequestId']),
	);
	expect(idle).toHaveLength(6);
});
