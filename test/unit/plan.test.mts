/** One item's parameters, as n8n gives them, become the call that is sent. */
import { describe, expect, test } from '@jest/globals';
import type { IExecuteFunctions } from 'n8n-workflow';

import { planItem } from '../../nodes/TencentWhiteboard/execute/plan.ts';
import { simplified } from '../../nodes/TencentWhiteboard/execute/simplify.ts';
import { custom } from '../../nodes/TencentWhiteboard/resources/custom.ts';
import { findOperation } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { Field, Operation } from '../../nodes/TencentWhiteboard/types.ts';

const describeTask = findOperation('snapshot', 'describeSnapshotTask')!;
const createTask = findOperation('snapshot', 'createSnapshotTask')!;

/** An expression that cannot be evaluated. */
const FAILS = Symbol('fails');

const holdsFailing = (value: unknown): boolean =>
	value === FAILS ||
	(typeof value === 'object' && value !== null && Object.values(value).some(holdsFailing));

/** What n8n's context does: it evaluates a parameter, or what is at a path within it, as a whole. */
function contextOf(parameters: Record<string, unknown>, reason = 'No such node.') {
	const asked: unknown[][] = [];
	const context = {
		getNode: () => ({ parameters }),
		getTimezone: () => 'Asia/Shanghai',
		getNodeParameter(path: string, itemIndex: number, fallback: unknown) {
			asked.push([path, itemIndex, fallback]);
			let value: unknown = parameters;
			for (const name of path.split('.')) value = (value as Record<string, unknown>)?.[name];
			if (holdsFailing(value)) throw new Error(reason);
			return value ?? fallback;
		},
	} as unknown as IExecuteFunctions;
	return { context, asked };
}

const plan = (operation: Operation, parameters: Record<string, unknown>, region = 'ap-singapore') =>
	planItem(contextOf(parameters).context, operation, region, 3);

const ids = { sdkAppId: 7, taskId: 't' };

describe('the call', () => {
	const call = (operation: Operation, parameters: Record<string, unknown>) => {
		const outcome = plan(operation, parameters);
		return outcome.ok ? outcome.value.call : outcome.fault.message;
	};

	test('is the action of the operation, with what the item gives', () => {
		expect(call(describeTask, ids)).toEqual({
			action: 'DescribeSnapshotTask',
			version: '2019-09-19',
			body: { SdkAppId: 7, TaskID: 't' },
			readOnly: true,
			region: 'ap-singapore',
			language: 'en-US',
			requestTimeout: 30_000,
		});
		expect(call(createTask, { sdkAppId: 7, roomId: 5 })).toMatchObject({ readOnly: false });
	});

	test('goes where the options say, and has their settings', () => {
		const options = { region: 'ap-guangzhou', language: 'zh-CN', requestTimeout: 1.5 };
		expect(call(describeTask, { ...ids, options })).toMatchObject({
			region: 'ap-guangzhou',
			language: 'zh-CN',
			requestTimeout: 1500,
		});
	});

	test('takes optional fields from Additional Fields alone, where there are any', () => {
		const parameters = { sdkAppId: 7, roomId: 5, callbackUrl: 'https://a/', snapshotMode: 'x' };
		const additionalFields = { callbackUrl: 'https://b/', sdkAppId: 8 };
		expect(call(createTask, { ...parameters, additionalFields })).toMatchObject({
			body: { SdkAppId: 7, CallbackURL: 'https://b/' },
		});
		expect(call(createTask, { ...parameters, additionalFields: 5 })).toBe(
			`'Additional Fields' must be a group of fields, but item 3 has "5"`,
		);
		expect(call(describeTask, { ...ids, additionalFields: 5 })).toMatchObject({ readOnly: true });
	});

	test('reads each parameter for its own item, with nothing where the panel does not show it', () => {
		const { context, asked } = contextOf(ids);
		planItem(context, describeTask, 'r', 3);
		expect(asked).toContainEqual(['taskId', 3, null]);
		for (const [, ...rest] of asked) expect(rest).toEqual([3, null]);
	});

	test('has its dates in the time zone of the workflow', () => {
		const field = { displayName: 'On', name: 'on', api: 'On', description: '' };
		const dated = { ...describeTask, fields: [{ ...field, kind: 'date', format: 'day' } as Field] };
		expect(call(dated, { on: '2026-01-31T20:00:00Z' })).toMatchObject({
			body: { On: '2026-02-01' },
		});
	});

	test('is not made with a wrong setting or a wrong parameter', () => {
		expect(call(describeTask, { ...ids, options: { language: 'de' } })).toContain(
			"'Language' must",
		);
		expect(call(describeTask, { ...ids, sdkAppId: 'x' })).toContain("'SDK App ID' must be");
	});

	describe('of a Custom API Call', () => {
		test('is what was written', () => {
			const customParameters = { SdkAppId: 5 };
			expect(
				call(custom, { customAction: 'StartX', customParameters, customVersion: '2020-01-01' }),
			).toMatchObject({
				action: 'StartX',
				version: '2020-01-01',
				body: { SdkAppId: 5 },
				readOnly: false,
			});
			expect(call(custom, { customAction: 'GetX' })).toMatchObject({
				action: 'GetX',
				version: '2019-09-19',
				body: {},
			});
		});

		test.each([
			['DescribeX', true],
			['GetX', true],
			['ListX', true],
			['QueryX', true],
			['CreateX', false],
			['SetX', false],
			['ReDescribeX', false],
			['describeX', false],
		])('%s only reads: %s', (customAction, readOnly) => {
			expect(call(custom, { customAction })).toMatchObject({ readOnly });
		});
	});
});

describe('an expression that cannot be evaluated is named', () => {
	const inner = (part: object) =>
		({ displayName: 'Inner', name: 'inner', api: 'Inner', description: '', ...part }) as Field;
	const rows = inner({ kind: 'rows', name: 'rows', displayName: 'My Rows', fields: [] });
	const user = inner({ kind: 'string', name: 'uid', displayName: 'User ID' });
	const deep = {
		...createTask,
		fields: [
			rows,
			inner({ kind: 'group', name: 'outer', displayName: 'My Group', fields: [rows, user] }),
		],
	};
	const twelve = Array.from({ length: 12 }, (_, index) => ({ inner: index < 11 ? 1 : FAILS }));

	test.each<[Operation, Record<string, unknown>, string]>([
		[describeTask, { ...ids, taskId: FAILS }, 'Task ID'],
		[describeTask, { ...ids, sdkAppId: { __rl: true, value: FAILS } }, 'SDK App ID'],
		[describeTask, { ...ids, options: FAILS }, 'Options'],
		[describeTask, { ...ids, options: { language: 'en-US', region: FAILS } }, 'Options → Region'],
		[
			describeTask,
			{ ...ids, waitUntilFinished: true, waitOptions: { pollInterval: FAILS } },
			'Wait Options → Poll Interval (Seconds)',
		],
		[
			createTask,
			{ sdkAppId: 5, roomId: 5, additionalFields: { callbackUrl: FAILS } },
			'Additional Fields → Callback URL',
		],
		[
			createTask,
			{ sdkAppId: 5, roomId: 5, whiteboard: { values: { width: 1, height: FAILS } } },
			'Whiteboard → Height (Pixels)',
		],
		[
			deep,
			{ rows: { values: [{ inner: 1 }, { other: null, theOtherURL: FAILS }] } },
			'My Rows → row 2 → The Other U R L',
		],
		[deep, { rows: { values: twelve } }, 'My Rows → row 12 → Inner'],
		[deep, { outer: { values: { rows: FAILS } } }, 'My Group → My Rows'],
		[deep, { outer: { values: { uid: FAILS } } }, 'My Group → User ID'],
		[deep, { outer: { values: { page2: FAILS } } }, 'My Group → Page2'],
		[deep, { outer: { values: { '2ndPage': FAILS } } }, 'My Group → 2nd Page'],
		[custom, { customAction: FAILS }, 'Action'],
	])('%#: %j', (operation, parameters, name) => {
		expect(plan(operation, parameters)).toMatchObject({
			ok: false,
			fault: {
				type: 'input',
				message: `'${name}' of item 3 cannot be read: No such node`,
				hint: `Correct the parameter '${name}', or the expression in it`,
			},
		});
	});

	test('with the reason as n8n gives it, without its period', () => {
		const { context } = contextOf({ ...ids, taskId: FAILS }, 'a. b');
		expect(planItem(context, describeTask, 'r', 0)).toMatchObject({
			fault: { message: "'Task ID' of item 0 cannot be read: a. b" },
		});
	});

	test.each([[null], ['={{ $("No such node") }}'], [5]])(
		'as a whole where %j is all there is, which nobody takes apart',
		(taskId) => {
			const { context } = contextOf({ ...ids, taskId });
			const paths: string[] = [];
			context.getNodeParameter = ((path: string) => {
				paths.push(path);
				if (path.startsWith('taskId')) throw new Error('no');
				return path === 'sdkAppId' ? 7 : null;
			}) as typeof context.getNodeParameter;
			expect(planItem(context, describeTask, 'r', 0)).toMatchObject({
				fault: { message: "'Task ID' of item 0 cannot be read: no" },
			});
			expect(paths.filter((path) => path.startsWith('taskId'))).toEqual(['taskId']);
		},
	);

	test('as a whole where n8n evaluates all that is in it', () => {
		const { context } = contextOf({ ...ids, options: { region: 'r', language: 'en-US' } });
		const evaluate = context.getNodeParameter.bind(context);
		context.getNodeParameter = ((name: string, ...rest: [number, null]) => {
			if (name === 'options') throw new Error('no');
			return evaluate(name, ...rest) as unknown;
		}) as typeof evaluate;
		expect(planItem(context, describeTask, 'r', 0)).toMatchObject({
			fault: { message: "'Options' of item 0 cannot be read: no" },
		});
	});
});

describe('Simplify', () => {
	const simplify = ['A', 'B', 'C'];
	const answer = { X: 1, C: null, A: 2, RequestId: 'r', ErrorCode: 'e', ErrorMessage: 'm' };

	test('keeps the fields of the table that are there, in its order, and why a task failed', () => {
		const simple = simplified({ simplify }, { simplify: true }, answer);
		expect(Object.entries(simple)).toEqual([
			['A', 2],
			['C', null],
			['ErrorCode', 'e'],
			['ErrorMessage', 'm'],
			['RequestId', 'r'],
		]);
	});

	test('is off, or does not concern the operation: the answer as it is', () => {
		expect(simplified({ simplify }, { simplify: false }, answer)).toBe(answer);
		expect(simplified({}, { simplify: true }, answer)).toBe(answer);
	});
});
