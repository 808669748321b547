import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { buildBody } from '../../nodes/TencentWhiteboard/execute/request.ts';
import { readSettings } from '../../nodes/TencentWhiteboard/execute/settings.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { Field } from '../../nodes/TencentWhiteboard/types.ts';

const [{ fields }] = resources[0].operations;

const build = (values: Record<string, unknown>, itemIndex = 0, list: Field[] = fields) =>
	buildBody(list, (name) => values[name] ?? '', itemIndex);

const headline = (outcome: ReturnType<typeof buildBody>) =>
	outcome.ok ? 'accepted' : outcome.fault.headline;

const field = (rest: Partial<Field>) =>
	({ displayName: 'Thing', name: 'thing', api: 'Thing', description: '', ...rest }) as Field;

describe('the request body', () => {
	test.each([
		['a number', 1400127230],
		['text', '1400127230'],
		['text with blanks', ' 1400127230 '],
		['a resource locator', { __rl: true, mode: 'id', value: '1400127230' }],
		['a resource locator with a number', { __rl: true, mode: 'list', value: 1400127230 }],
	])('takes the SDK App ID as %s', (_, sdkAppId) => {
		expect(build({ sdkAppId, taskId: ' t ' })).toEqual({
			ok: true,
			value: { SdkAppId: 1400127230, TaskID: 't' },
		});
	});

	test.each([
		['0', 'SDK App ID must be a positive whole number, but item 4 has "0"'],
		[-1, 'SDK App ID must be a positive whole number, but item 4 has "-1"'],
		['abc', 'SDK App ID must be a positive whole number, but item 4 has "abc"'],
		[1.5, 'SDK App ID must be a positive whole number, but item 4 has "1.5"'],
		[
			'9007199254740993',
			'SDK App ID must be a positive whole number, but item 4 has "9007199254740993"',
		],
		[true, 'SDK App ID must be a positive whole number, but item 4 has "true"'],
		[{ a: 1 }, 'SDK App ID must be a positive whole number, but item 4 has "{"a":1}"'],
		['', 'SDK App ID is empty for item 4'],
		['  ', 'SDK App ID is empty for item 4'],
		[{ __rl: true, mode: 'id', value: '' }, 'SDK App ID is empty for item 4'],
	])('refuses the SDK App ID %j', (sdkAppId, message) => {
		expect(headline(build({ sdkAppId, taskId: 't' }, 4))).toBe(message);
	});

	test('names the empty task ID and how to mend it', () => {
		expect(build({ sdkAppId: 1, taskId: ' ' }, 7)).toMatchObject({
			ok: false,
			fault: {
				code: '',
				headline: 'Task ID is empty for item 7',
				hint: 'Fill in the parameter Task ID (TaskID)',
			},
		});
	});

	test('leaves out what is empty and not required', () => {
		expect(build({}, 0, [field({ kind: 'string' })])).toEqual({ ok: true, value: {} });
		expect(build({ thing: {} }, 0, [field({ kind: 'string' })])).toEqual({ ok: true, value: {} });
	});

	test('keeps zero and false, which are not empty', () => {
		expect(build({ thing: 0 }, 0, [field({ kind: 'integer', min: 0, max: 9 })])).toEqual({
			ok: true,
			value: { Thing: 0 },
		});
		expect(build({ thing: false }, 0, [field({ kind: 'boolean' })])).toEqual({
			ok: true,
			value: { Thing: false },
		});
	});

	test.each([
		[field({ kind: 'integer', min: 0, max: 2560 }), 2561, 'a whole number from 0 to 2560'],
		[field({ kind: 'integer', min: 2 }), 1, 'a whole number of at least 2'],
		[field({ kind: 'integer' }), 'x', 'a whole number'],
		[field({ kind: 'boolean' }), 'yes', 'true or false'],
		[field({ kind: 'string' }), [1], 'text'],
		[field({ kind: 'string', maxLength: 3 }), 'four', 'at most 3 characters long'],
		[
			field({
				kind: 'options',
				options: [
					{ name: 'A', value: 'a' },
					{ name: 'B', value: 'b' },
				],
			}),
			'c',
			'one of a, b',
		],
	])('checks %#', (one, thing, mustBe) => {
		expect(headline(build({ thing }, 1, [one]))).toContain(
			`Thing must be ${mustBe}, but item 1 has `,
		);
	});

	test('a very long value is cut in the message', () => {
		const message = headline(build({ thing: 'x'.repeat(5000) }, 0, [field({ kind: 'integer' })]));
		expect(message.length).toBeLessThan(150);
	});

	test('never throws, and what it accepts is what the API wants', () => {
		fc.assert(
			fc.property(fc.anything(), fc.anything(), (sdkAppId, taskId) => {
				const outcome = build({ sdkAppId, taskId });
				if (outcome.ok) {
					expect(Number.isSafeInteger(outcome.value.SdkAppId)).toBe(true);
					expect(outcome.value.SdkAppId).toBeGreaterThan(0);
					expect(outcome.value.TaskID).toMatch(/\S/);
				} else expect(outcome.fault.headline).toMatch(/SDK App ID|Task ID/);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('settings', () => {
	const read = (
		waitOptions: Record<string, unknown>,
		options: Record<string, unknown> = {},
		wait: unknown = true,
	) => readSettings({ wait, waitOptions, options } as Parameters<typeof readSettings>[0], 5);

	test('have their defaults', () => {
		expect(read({})).toEqual({
			ok: true,
			value: {
				wait: { pollInterval: 2, timeout: 1800, onTimeout: 'error' },
				onTaskFailure: 'error',
				region: '',
				language: 'en-US',
				requestTimeout: 30,
			},
		});
		expect(read({}, {}, false)).toMatchObject({ value: { language: 'en-US' } });
		expect(read({}, {}, false)).not.toHaveProperty('value.wait');
	});

	test('are taken as given', () => {
		expect(
			read(
				{ pollInterval: '3', timeout: 0, onTimeout: 'lastState' },
				{ region: ' ap-guangzhou ', language: 'zh-CN', requestTimeout: 5, onTaskFailure: 'output' },
			),
		).toEqual({
			ok: true,
			value: {
				wait: { pollInterval: 3, timeout: 0, onTimeout: 'lastState' },
				onTaskFailure: 'output',
				region: 'ap-guangzhou',
				language: 'zh-CN',
				requestTimeout: 5,
			},
		});
	});

	test.each([
		[
			{ timeout: -1 },
			{},
			true,
			'Timeout must be a number of seconds, at least 0, but item 5 has "-1"',
		],
		[
			{ timeout: 'soon' },
			{},
			true,
			'Timeout must be a number of seconds, at least 0, but item 5 has "soon"',
		],
		[
			{ timeout: '' },
			{},
			true,
			'Timeout must be a number of seconds, at least 0, but item 5 has ""',
		],
		[
			{ timeout: 1e9 },
			{},
			true,
			'Timeout must be a number of seconds, at least 0, but item 5 has "1000000000"',
		],
		[
			{ pollInterval: 0 },
			{},
			true,
			'Poll Interval must be a number of seconds, at least 0.1, but item 5 has "0"',
		],
		[
			{ onTimeout: 'x' },
			{},
			true,
			'On Timeout must be one of lastState, error, but item 5 has "x"',
		],
		[
			{},
			{ requestTimeout: 0 },
			true,
			'Request Timeout must be a number of seconds, at least 1, but item 5 has "0"',
		],
		[{}, { language: 'de' }, true, 'Language must be one of zh-CN, en-US, but item 5 has "de"'],
		[
			{},
			{ onTaskFailure: 1 },
			true,
			'On Task Failure must be one of output, error, but item 5 has "1"',
		],
		[{}, { region: 7 }, true, 'Region must be text, but item 5 has "7"'],
		[{}, {}, 'maybe', 'Wait Until Finished must be true or false, but item 5 has "maybe"'],
	])('refuses %j %j %j', (waitOptions, options, wait, message) => {
		const outcome = read(waitOptions, options, wait);
		expect(outcome.ok ? 'accepted' : outcome.fault.headline).toBe(message);
	});

	test('of a wait that is off are not read', () => {
		expect(read({ timeout: -1 }, {}, false).ok).toBe(true);
	});
});
