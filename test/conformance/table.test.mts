/** The node's table says what the facts say: every action, every parameter, nothing else. */
import { describe, expect, test } from '@jest/globals';

import actionsFile from '../../emulator/facts/actions.json' with { type: 'json' };
import { ACTIONS, findType, itemType } from '../../emulator/facts.mts';
import type { ActionFact, FieldFact } from '../../emulator/facts.mts';
import { callsBack } from '../../nodes/TencentWhiteboard/description/options.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type {
	Field,
	GroupField,
	IntegerField,
	ListField,
	Operation,
	OptionsField,
	RangeField,
	Resource,
	RowsField,
	Site,
	StringField,
} from '../../nodes/TencentWhiteboard/types.ts';

/** Where the actions of a group of the API pages are found in the node. */
const RESOURCES: Record<string, string> = {
	PPTCheck: 'pptCheck',
	Recording: 'recording',
	RunningTasks: 'runningTask',
	Snapshot: 'snapshot',
	Statistics: 'usage',
	Transcoding: 'transcode',
	VideoGeneration: 'videoGeneration',
	WhiteboardPush: 'whiteboardPush',
};

/** The pages have one group for all that is left; the node does not. */
const RESOURCES_OF_OTHERS: Record<string, string> = {
	ApplyTiwTrial: 'application',
	CreateApplication: 'application',
	DescribeAPIService: 'application',
	DescribeApplicationInfos: 'application',
	DescribeApplicationUsage: 'usage',
	DescribeBoardSDKLog: 'room',
	DescribeIMApplications: 'application',
	DescribePostpaidUsage: 'usage',
	DescribeRoomList: 'room',
	DescribeUsageSummary: 'usage',
	DescribeUserList: 'room',
	DescribeUserResources: 'application',
	DescribeUserStatus: 'application',
	DescribeWhiteboardApplicationConfig: 'application',
	DescribeWhiteboardBucketConfig: 'application',
	ModifyApplication: 'application',
	ModifyAutoRenewFlag: 'application',
	ModifyWhiteboardApplicationConfig: 'application',
	ModifyWhiteboardBucketConfig: 'application',
};

function resourceOf({ name, group }: ActionFact): string | undefined {
	if (/Callback(Key)?$/.test(name)) return 'callback';
	return group === 'Other' ? RESOURCES_OF_OTHERS[name] : RESOURCES[group];
}

const removed: Partial<Record<Site, Array<{ actions: string[] }>>> = {
	china: actionsFile.removedActions.china,
};

/** The sites whose newer SDKs no longer have an action. */
const droppedBy = (action: string) =>
	(['international', 'china'] as const).filter((site) =>
		(removed[site] ?? []).some(({ actions }) => actions.includes(action)),
	);

const ACRONYMS = ['API', 'IM', 'PPT', 'SDK', 'TIW', 'URL'];

/** `DescribeTIWDailyUsage` in words; `RoomIDs` has two, not three. */
const wordsOf = (name: string): string[] =>
	name.match(/[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z]|$)|[A-Z][a-z0-9]*/g) ?? [];

const capitalized = (word: string) => word[0].toUpperCase() + word.slice(1).toLowerCase();

const lowerCamelCase = (name: string) => {
	const [first, ...rest] = wordsOf(name);
	return [first.toLowerCase(), ...rest.map(capitalized)].join('');
};

const acronym = (word: string) => ACRONYMS.find((known) => known === word.toUpperCase());

/** Title Case: small words are small in the middle. */
const titleCase = (name: string) =>
	wordsOf(name)
		.map((word) => acronym(word) ?? (word === 'By' ? 'by' : word))
		.join(' ');

const sentenceCase = (name: string) =>
	wordsOf(name)
		.map((word, index) => acronym(word) ?? (index === 0 ? word : word.toLowerCase()))
		.join(' ');

type Report = (problem: string) => void;

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Reports a difference, lists of values regardless of their order. */
function same(report: Report, what: string, actual: unknown, expected: unknown): void {
	const comparable = (value: unknown) => shown(Array.isArray(value) ? [...value].sort() : value);
	if (comparable(actual) !== comparable(expected)) {
		report(`${what} is ${shown(actual)} instead of ${shown(expected)}`);
	}
}

/** Whether a field's values are of the API's type. */
function hasType(field: Field, type: string): boolean {
	const item = itemType(type);
	const ofType = (wanted: string, { options = [] }: OptionsField | ListField) => {
		const primitive = { String: 'string', Integer: 'number' }[wanted];
		return primitive !== undefined && options.every(({ value }) => typeof value === primitive);
	};
	switch (field.kind) {
		case 'string':
			return type === 'String';
		case 'integer':
			return type === 'Integer';
		case 'boolean':
			return type === 'Boolean';
		case 'options':
			return ofType(type, field);
		case 'date':
			return type === (field.format === 'unix' ? 'Integer' : 'String');
		case 'list':
			return (
				item === (field.of === 'integer' ? 'Integer' : 'String') && ofType(item ?? type, field)
			);
		case 'range':
			return item === 'Integer' && field.ends.every(({ format }) => format === 'milliseconds');
		case 'group':
			return findType(type) !== undefined;
		case 'rows':
			return item !== undefined && findType(item) !== undefined;
		case 'json':
			return findType(item ?? type) !== undefined;
	}
}

const FORMATS: Record<string, { kind: string; format?: string; yes?: string; no?: string }> = {
	url: { kind: 'string', format: 'url' },
	'json-string': { kind: 'string', format: 'json' },
	'YYYY-MM-DD': { kind: 'date', format: 'day' },
	'YYYY-MM-DD HH:mm:ss': { kind: 'date', format: 'second' },
	WIDTHxHEIGHT: { kind: 'string', yes: '1280x720', no: '1280' },
	'#RRGGBB': { kind: 'string', yes: '#1a2B3c', no: 'red' },
};

function compareFormat(report: Report, field: Field, fact: FieldFact): void {
	const expected = FORMATS[fact.format ?? ''];
	const { format, pattern } = field as Partial<StringField>;
	if (field.kind !== 'date' || expected) same(report, 'format', format, expected?.format);
	if (expected && field.kind !== expected.kind) report(`is no ${expected.kind}`);
	if (fact.pattern !== undefined) same(report, 'pattern', pattern?.source, fact.pattern);
	if (expected?.yes !== undefined && expected.no !== undefined) {
		const matches = (text: string) => pattern && new RegExp(pattern.source).test(text);
		if (!matches(expected.yes) || matches(expected.no)) report(`is not held to ${fact.format}`);
	}
}

/**
 * What the facts leave open may only be closed for what no identifier, size or count can be. Of an
 * open interval the lower end may be let in: the pages write (1, 4294967295) for rooms, and whether
 * there is no room 1 is for the service to say.
 */
function compareLimits(report: Report, field: Field, fact: FieldFact): void {
	const { min, max } = field as Partial<IntegerField>;
	const inside = fact.exclusiveRange ? 1 : 0;
	if (fact.min === undefined) {
		if (min !== undefined && min !== 0 && min !== 1) report(`min is ${min} instead of nothing`);
		if (min === undefined && fact.unsigned && field.kind === 'integer') report('may be negative');
	} else if (min !== fact.min) {
		same(report, 'min', min, fact.min + inside);
	}
	same(report, 'max', max, fact.max === undefined ? undefined : fact.max - inside);
	const { maxLength, maxLengthUnit } = field as Partial<StringField>;
	same(report, 'maxLength', maxLength, fact.maxLength);
	same(report, 'maxLengthUnit', maxLengthUnit, fact.maxLengthUnit);
	const { minItems, maxItems }: Partial<ListField> =
		field.kind === 'range'
			? { minItems: field.ends.length, maxItems: field.ends.length }
			: (field as Partial<ListField>);
	same(report, 'minItems', minItems, fact.minItems);
	same(report, 'maxItems', maxItems, fact.maxItems);
}

/** Values that the facts have in words only: 0 is portrait, any other number landscape. */
const VALUES_IN_WORDS: Record<string, number[]> = { PaperDirection: [0, 1] };

const valuesOf = (field: Field) =>
	'options' in field ? field.options?.map(({ value }) => value) : undefined;

function compareField(report: Report, field: Field, fact: FieldFact): void {
	const { kind } = field;
	same(report, 'name', field.name, lowerCamelCase(fact.name));
	same(report, 'required', field.required ?? false, fact.required ?? false);
	if (!hasType(field, fact.type)) {
		report(`kind ${kind} does not make the type ${fact.type}`);
		return;
	}
	same(report, 'secret', (field as Partial<StringField>).secret ?? false, fact.secret ?? false);
	const values = fact.itemsEnum ?? fact.enum ?? VALUES_IN_WORDS[fact.name];
	const isOpen = (field as Partial<OptionsField>).open ?? false;
	if (isOpen && values) report('takes values that the API does not have');
	if (!isOpen) same(report, kind === 'list' ? 'entries' : 'enum', valuesOf(field), values);
	compareFormat(report, field, fact);
	compareLimits(report, field, fact);
	const { default: fallback } = field as Partial<IntegerField>;
	if (fallback !== undefined && fact.default !== undefined) {
		same(report, 'default', fallback, fact.default);
	}
	if (kind === 'group' || kind === 'rows') {
		const { fields } = findType(itemType(fact.type) ?? fact.type)!;
		compareFields(report, (field as GroupField | RowsField).fields, fields);
	}
}

/** @param extras Facts that the table may have and need not */
function compareFields(
	report: Report,
	fields: Field[],
	facts: readonly FieldFact[],
	extras: readonly FieldFact[] = [],
): void {
	const known = [...facts, ...extras];
	const seen = new Set<string>();
	for (const field of fields) {
		const fact = known.find(({ name }) => name === field.api);
		if (!fact) report(`${field.api}: the API has no such parameter`);
		else if (seen.has(field.api)) report(`${field.api}: is there twice`);
		else compareField((problem) => report(`${field.api}: ${problem}`), field, fact);
		seen.add(field.api);
	}
	for (const { name } of facts) if (!seen.has(name)) report(`${name}: is missing`);
}

const PAGING = ['Offset', 'Limit'];

const findParameter = ({ params, exampleOnlyParams = [] }: ActionFact, name: string) =>
	[...params, ...exampleOnlyParams].find((field) => field.name === name);

/** What the answer's list of entries and the request's paging are, and what Simplify picks from. */
function compareAnswer(report: Report, operation: Operation, action: ActionFact): void {
	const { list, simplify, task } = operation;
	const typeOf = (name: string) => action.response.find((field) => field.name === name)?.type;
	// Who waits for a task gets the answer that describes it.
	const described = task ? ACTIONS.find(({ name }) => name === task.describe) : action;
	if (!described) report(`task: the API has no action ${task?.describe}`);
	const all = [...action.response, ...(described?.response ?? [])].map(({ name }) => name);
	let answer = new Set(all.filter((name) => name !== 'RequestId'));
	if (list) {
		const item = itemType(typeOf(list.items) ?? '');
		if (item === undefined) report(`list: the answer has no list ${list.items}`);
		answer = new Set(findType(item ?? '')?.fields.map(({ name }) => name));
	}
	if (list?.page) {
		const { size, total } = list.page;
		if (typeOf(total) !== 'Integer') report(`list: the answer has no number ${total}`);
		const limit = findParameter(action, 'Limit');
		const documented = limit?.max ?? limit?.default;
		if (documented !== undefined) same(report, 'list: page size', size, documented);
	}
	const unknown = simplify?.filter((name) => !answer.has(name)) ?? [];
	if (unknown.length > 0) report(`simplify: the answer has no ${unknown.join(', ')}`);
	// RequestId comes with them.
	if (simplify && simplify.length > 9) report('simplify: has more than ten fields');
	if (answer.size > 10 && !simplify) report('simplify: is missing for more than ten fields');
}

const DEFAULT_REGIONS: Record<string, string> = {
	international: actionsFile.regions.international.default,
	china: actionsFile.regions.china.default,
};

/** Regions are named only where the site's own one does not serve the action. */
function regionsOf({ regions }: ActionFact): Partial<Record<Site, string>> | undefined {
	const others = Object.entries(regions).flatMap(([site, { only }]) =>
		only && !only.includes(DEFAULT_REGIONS[site]) ? [[site, only[0]]] : [],
	);
	return others.length > 0 ? Object.fromEntries(others) : undefined;
}

function compareOperation(report: Report, operation: Operation, action: ActionFact): void {
	const { fields, optional = [], list } = operation;
	same(report, 'value', operation.value, lowerCamelCase(action.name));
	same(report, 'name', operation.name, titleCase(action.name));
	same(report, 'action', operation.action, sentenceCase(action.name));
	same(report, 'readOnly', operation.readOnly, action.readOnly);
	same(report, 'sites', operation.sites, action.sites);
	same(report, 'deprecated', operation.deprecated ?? [], droppedBy(action.name));
	same(report, 'regions', operation.regions, regionsOf(action));

	if (list?.page && !PAGING.every((name) => findParameter(action, name))) {
		report('list: the action does not give pages');
	}
	const paged = (name: string) => list?.page !== undefined && PAGING.includes(name);
	compareFields(
		report,
		[...fields, ...optional],
		action.params.filter(({ name }) => !paged(name)),
		action.exampleOnlyParams?.filter(({ name }) => !paged(name)),
	);
	for (const { api, required } of optional) {
		if (required) report(`${api}: is required, but among the additional fields`);
	}
	compareAnswer(report, operation, action);
}

/** The operations that stand for one action of the API: all but the one for any action. */
const entriesOf = (table: Resource[]) =>
	table.flatMap(({ value: resource, operations }) =>
		operations
			.filter(({ value }) => value !== 'custom')
			.map((operation) => ({ resource, operation })),
	);

/** How the table differs from the facts on an action. */
function problemsOf(table: Resource[], action: ActionFact): string[] {
	const problems: string[] = [];
	const report: Report = (problem) => problems.push(`${action.name}: ${problem}`);
	const entries = entriesOf(table).filter(({ operation }) => operation.api === action.name);
	if (entries.length !== 1) report(`is in the table ${entries.length} times`);
	for (const { resource, operation } of entries) {
		same(report, 'resource', resource, resourceOf(action));
		compareOperation(report, operation, action);
	}
	return problems;
}

const invented = (table: Resource[]) =>
	entriesOf(table)
		.filter(({ operation }) => !ACTIONS.some(({ name }) => name === operation.api))
		.map(({ operation }) => `${operation.api}: the API has no such action`);

const allProblems = (table: Resource[]) => [
	...invented(table),
	...ACTIONS.flatMap((action) => problemsOf(table, action)),
];

describe('the table', () => {
	test('has the 60 actions of the API and no others', () => {
		const actions = entriesOf(resources).map(({ operation }) => operation.api);
		expect(ACTIONS).toHaveLength(60);
		expect(actions.sort()).toEqual(ACTIONS.map(({ name }) => name).sort());
	});

	test.each(ACTIONS)('says of $name what the facts say', (action) => {
		expect(problemsOf(resources, action)).toEqual([]);
	});

	test('has the resources in the order of their use', () => {
		expect(resources.map(({ name }) => name)).toEqual([
			'Snapshot',
			'Recording',
			'Transcode',
			'Video Generation',
			'Whiteboard Push',
			'PPT Check',
			'Running Task',
			'Room',
			'Usage',
			'Callback',
			'Application',
			'Custom API Call',
		]);
	});

	test('has every other list in alphabetical order, and every choice explained', () => {
		const unsorted: string[] = [];
		const check = (where: string, names: string[]) => {
			const sorted = [...names].sort((a, b) => a.localeCompare(b));
			if (names.join() !== sorted.join()) unsorted.push(`${where}: ${names.join(', ')}`);
		};
		const visit = (where: string, field: Field) => {
			const path = `${where}.${field.api}`;
			if ('options' in field && field.options) {
				check(
					path,
					field.options.map(({ name }) => name),
				);
				for (const { name, description } of field.options) {
					if (!description) unsorted.push(`${path}: ${name} is not explained`);
				}
			}
			if ('fields' in field) for (const inner of field.fields) visit(path, inner);
		};
		for (const { value, operations } of resources) {
			check(
				value,
				operations.map(({ name }) => name),
			);
			for (const { api, fields, optional = [] } of operations) {
				check(
					api,
					optional.map(({ displayName }) => displayName),
				);
				for (const field of [...fields, ...optional]) visit(api, field);
			}
		}
		expect(unsorted).toEqual([]);
	});
});

describe('the naming rule', () => {
	test.each([
		['DescribeTIWDailyUsage', 'describeTiwDailyUsage', 'Describe TIW Daily Usage'],
		['SetPPTCheckCallback', 'setPptCheckCallback', 'Set PPT Check Callback'],
		['DescribeBoardSDKLog', 'describeBoardSdkLog', 'Describe Board SDK Log'],
		['DescribeAPIService', 'describeApiService', 'Describe API Service'],
		['DescribeIMApplications', 'describeImApplications', 'Describe IM Applications'],
		['ApplyTiwTrial', 'applyTiwTrial', 'Apply TIW Trial'],
		['DescribeTranscodeByUrl', 'describeTranscodeByUrl', 'Describe Transcode by URL'],
	])('makes of %s %s and %s', (action, value, name) => {
		expect([lowerCamelCase(action), titleCase(action)]).toEqual([value, name]);
	});

	test.each([
		['RoomIDs', 'roomIds'],
		['SKey', 'sKey'],
		['SdkAppID', 'sdkAppId'],
		['CallbackURL', 'callbackUrl'],
		['COS', 'cos'],
		['X', 'x'],
		['ZOrder', 'zOrder'],
		['VideoFPS', 'videoFps'],
		['IsStaticPPT', 'isStaticPpt'],
		['TRTCRoomIdStr', 'trtcRoomIdStr'],
		['IMAuthParam', 'imAuthParam'],
	])('makes of the parameter %s %s', (parameter, name) => {
		expect(lowerCamelCase(parameter)).toBe(name);
	});
});

/** A copy whose objects are all its own, even those that the table shares; functions stay. */
function deepCopy<T>(value: T): T {
	if (Array.isArray(value)) return value.map(deepCopy) as T;
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [key, deepCopy(inner)]),
	) as T;
}

const resourceIn = (table: Resource[], name: string) =>
	table.find(({ value }) => value === name) as Resource;

const operationIn = (table: Resource[], api: string) =>
	entriesOf(table).find(({ operation }) => operation.api === api)!.operation;

/** A field by its path, e.g. `CreateSnapshotTask.COS.Bucket`. */
function fieldIn(table: Resource[], path: string): Field {
	const [action, ...apis] = path.split('.');
	const { fields, optional = [] } = operationIn(table, action);
	const root = { fields: [...fields, ...optional] } as GroupField;
	return apis.reduce<Field>(
		(parent, api) => (parent as GroupField).fields.find((field) => field.api === api) as Field,
		root,
	);
}

const changeField =
	(path: string, change: object) =>
	(table: Resource[]): void => {
		Object.assign(fieldIn(table, path), change);
	};

const changeOperation =
	(api: string, change: Partial<Operation>) =>
	(table: Resource[]): void => {
		Object.assign(operationIn(table, api), change);
	};

describe('the comparison', () => {
	// Of the table itself the tests above speak.
	const before = new Set(allProblems(resources));
	const newProblems = (table: Resource[]) =>
		allProblems(table).filter((problem) => !before.has(problem));

	test('has nothing to say of an exact copy', () => {
		expect(newProblems(deepCopy(resources))).toEqual([]);
	});

	test.each<[string, (table: Resource[]) => void, string[]]>([
		[
			'missing actions',
			(table) => {
				resourceIn(table, 'room').operations = [];
			},
			[
				'DescribeBoardSDKLog: is in the table 0 times',
				'DescribeRoomList: is in the table 0 times',
				'DescribeUserList: is in the table 0 times',
			],
		],
		[
			'an action that is there twice',
			(table) =>
				resourceIn(table, 'callback').operations.push(operationIn(table, 'SetWarningCallback')),
			['SetWarningCallback: is in the table 2 times'],
		],
		[
			'an action on the wrong resource',
			(table) => {
				const from = resourceIn(table, 'room');
				const moved = operationIn(table, 'DescribeBoardSDKLog');
				from.operations = from.operations.filter((operation) => operation !== moved);
				resourceIn(table, 'usage').operations.push(moved);
			},
			['DescribeBoardSDKLog: resource is "usage" instead of "room"'],
		],
		[
			'a misspelt action',
			changeOperation('ModifyApplication', { api: 'ModifyApplications' }),
			[
				'ModifyApplications: the API has no such action',
				'ModifyApplication: is in the table 0 times',
			],
		],
		[
			'a misspelt value, name and action line',
			changeOperation('DescribeAPIService', {
				value: 'describeAPIService',
				name: 'Describe Api Service',
				action: 'Describe an API service',
			}),
			[
				'DescribeAPIService: value is "describeAPIService" instead of "describeApiService"',
				'DescribeAPIService: name is "Describe Api Service" instead of "Describe API Service"',
				'DescribeAPIService: action is "Describe an API service" instead of "Describe API service"',
			],
		],
		[
			'a changed nature of an action',
			changeOperation('DescribeQualityMetrics', {
				readOnly: false,
				sites: ['china', 'international'],
				deprecated: undefined,
				regions: undefined,
			}),
			[
				'DescribeQualityMetrics: readOnly is false instead of true',
				'DescribeQualityMetrics: sites is ["china","international"] instead of ["international"]',
				'DescribeQualityMetrics: deprecated is [] instead of ["china"]',
				'DescribeQualityMetrics: regions is nothing instead of {"international":"ap-guangzhou"}',
			],
		],
		[
			'a missing parameter',
			(table) => operationIn(table, 'SetWarningCallback').fields.pop(),
			['SetWarningCallback: CallbackKey: is missing'],
		],
		[
			'a misspelt parameter',
			changeField('DescribeRunningTasks.SdkAppID', { api: 'SdkAppId' }),
			[
				'DescribeRunningTasks: SdkAppId: the API has no such parameter',
				'DescribeRunningTasks: SdkAppID: is missing',
			],
		],
		[
			'a parameter that is there twice',
			(table) => {
				const { fields } = operationIn(table, 'DescribeRoomList');
				fields.push(fields[0]);
			},
			['DescribeRoomList: SdkAppId: is there twice'],
		],
		[
			'a misspelt name of a parameter',
			changeField('DescribeTIWRoomDailyUsage.RoomIDs', { name: 'roomIDs' }),
			['DescribeTIWRoomDailyUsage: RoomIDs: name is "roomIDs" instead of "roomIds"'],
		],
		[
			'a parameter that became optional',
			changeField('SetWarningCallback.CallbackKey', { required: false }),
			['SetWarningCallback: CallbackKey: required is false instead of true'],
		],
		[
			'a parameter that became required',
			changeField('CreateApplication.AppName', { required: true }),
			[
				'CreateApplication: AppName: required is true instead of false',
				'CreateApplication: AppName: is required, but among the additional fields',
			],
		],
		[
			'another type',
			changeField('DescribeUserList.RoomId', { kind: 'integer' }),
			['DescribeUserList: RoomId: kind integer does not make the type String'],
		],
		[
			'another type of entries',
			changeField('DescribeUserList.TimeRange', { kind: 'list', of: 'string' }),
			['DescribeUserList: TimeRange: kind list does not make the type Array<Integer>'],
		],
		[
			'dates in another form',
			(table) => {
				(fieldIn(table, 'DescribeUserList.TimeRange') as RangeField).ends[1].format = 'unix';
			},
			['DescribeUserList: TimeRange: kind range does not make the type Array<Integer>'],
		],
		[
			'another number of entries',
			changeField('DescribeUserList.TimeRange', { ends: [] }),
			[
				'DescribeUserList: TimeRange: minItems is 0 instead of 2',
				'DescribeUserList: TimeRange: maxItems is 0 instead of 2',
			],
		],
		[
			'options of another type',
			changeField('ModifyAutoRenewFlag.AutoRenewFlag', { options: [{ name: 'One', value: '1' }] }),
			['ModifyAutoRenewFlag: AutoRenewFlag: kind options does not make the type Integer'],
		],
		[
			'another enum',
			(table) => {
				const field = fieldIn(table, 'DescribeRunningTasks.TaskType') as OptionsField;
				field.options[0].value = 'TranscodeHTML5';
			},
			[
				'DescribeRunningTasks: TaskType: enum is ' +
					'["TranscodeHTML5","OnlineRecord","TranscodeJPG","WhiteboardPush"] instead of ' +
					'["TranscodeH5","TranscodeJPG","WhiteboardPush","OnlineRecord"]',
			],
		],
		[
			'an enum that is not offered',
			changeField('DescribeQualityMetrics.Interval', { kind: 'string', options: undefined }),
			['DescribeQualityMetrics: Interval: enum is nothing instead of ["1h"]'],
		],
		[
			'a choice that is open though the API knows all values',
			changeField('DescribeTIWDailyUsage.SubProduct', { open: true }),
			['DescribeTIWDailyUsage: SubProduct: takes values that the API does not have'],
		],
		[
			'a missing choice among entries',
			(table) => {
				const path = 'DescribeWhiteboardApplicationConfig.TaskTypes';
				(fieldIn(table, path) as OptionsField).options.pop();
			},
			[
				'DescribeWhiteboardApplicationConfig: TaskTypes: entries is ["recording"] instead of ' +
					'["recording","transcode"]',
			],
		],
		[
			'other limits',
			changeField('CreateSnapshotTask.Whiteboard.Width', { min: 2, max: undefined }),
			[
				'CreateSnapshotTask: Whiteboard: Width: min is 2 instead of 0',
				'CreateSnapshotTask: Whiteboard: Width: max is nothing instead of 2560',
			],
		],
		[
			'limits that the service does not have',
			changeField('CreateSnapshotTask.COS.Uin', { min: 5, max: 9 }),
			[
				'CreateSnapshotTask: COS: Uin: min is 5 instead of nothing',
				'CreateSnapshotTask: COS: Uin: max is 9 instead of nothing',
			],
		],
		[
			'a negative number where there is none',
			changeField('CreateSnapshotTask.RoomId', { min: undefined }),
			['CreateSnapshotTask: RoomId: may be negative'],
		],
		[
			'another default',
			changeField('CreateSnapshotTask.Whiteboard.Height', { default: 960 }),
			['CreateSnapshotTask: Whiteboard: Height: default is 960 instead of 720'],
		],
		[
			'another length',
			changeField('SetTranscodeCallbackKey.CallbackKey', { maxLength: 65 }),
			['SetTranscodeCallbackKey: CallbackKey: maxLength is 65 instead of 64'],
		],
		[
			'a length in characters where bytes count',
			changeField('StartOnlineRecord.RecordUserId', { maxLengthUnit: undefined }),
			['StartOnlineRecord: RecordUserId: maxLengthUnit is nothing instead of "bytes"'],
		],
		[
			'a lost pattern',
			changeField('StartOnlineRecord.RecordUserId', { pattern: undefined }),
			[
				'StartOnlineRecord: RecordUserId: pattern is nothing instead of ' +
					'"^tic_record_user_\\\\d+_.+$"',
			],
		],
		[
			'a size that is not held to its form',
			changeField('CreateTranscode.ThumbnailResolution', { pattern: undefined }),
			['CreateTranscode: ThumbnailResolution: is not held to WIDTHxHEIGHT'],
		],
		[
			'a deeply nested difference',
			changeField('StartOnlineRecord.RecordControl.StreamControls.StreamId', { required: false }),
			[
				'StartOnlineRecord: RecordControl: StreamControls: StreamId: required is false instead of true',
			],
		],
		[
			'a secret in the open',
			changeField('ModifyWhiteboardApplicationConfig.Configs.AdminUserSig', { secret: undefined }),
			['ModifyWhiteboardApplicationConfig: Configs: AdminUserSig: secret is false instead of true'],
		],
		[
			'another format',
			changeField('SetTranscodeCallback.Callback', { format: undefined }),
			['SetTranscodeCallback: Callback: format is nothing instead of "url"'],
		],
		[
			'a day that became a moment',
			changeField('DescribeTIWDailyUsage.StartTime', { format: 'second' }),
			['DescribeTIWDailyUsage: StartTime: format is "second" instead of "day"'],
		],
		[
			'Unix seconds that became a day',
			changeField('DescribeQualityMetrics.StartTime', { format: 'day' }),
			['DescribeQualityMetrics: StartTime: kind date does not make the type Integer'],
		],
		[
			'a missing field of a row',
			(table) => (fieldIn(table, 'CreateApplication.TagList') as RowsField).fields.pop(),
			['CreateApplication: TagList: TagValue: is missing'],
		],
		[
			'a misspelt field of a group',
			changeField('CreateSnapshotTask.Whiteboard.InitParams', { api: 'InitParam' }),
			[
				'CreateSnapshotTask: Whiteboard: InitParam: the API has no such parameter',
				'CreateSnapshotTask: Whiteboard: InitParams: is missing',
			],
		],
		[
			'a list that the answer does not have',
			changeOperation('DescribeRoomList', { list: { items: 'Rooms' } }),
			['DescribeRoomList: list: the answer has no list Rooms'],
		],
		[
			'pages that the action does not give',
			changeOperation('DescribeRoomList', {
				list: { items: 'RoomList', page: { size: 20, total: 'Total' } },
			}),
			[
				'DescribeRoomList: list: the action does not give pages',
				'DescribeRoomList: list: the answer has no number Total',
			],
		],
		[
			'pages that are left out',
			changeOperation('DescribeRunningTasks', { list: { items: 'Tasks' } }),
			['DescribeRunningTasks: Offset: is missing', 'DescribeRunningTasks: Limit: is missing'],
		],
		[
			'pages of another size',
			changeOperation('DescribeRunningTasks', {
				list: { items: 'Tasks', page: { size: 501, total: 'Total' } },
			}),
			['DescribeRunningTasks: list: page size is 501 instead of 500'],
		],
		[
			'simplified fields that an entry does not have',
			changeOperation('DescribeRunningTasks', { simplify: ['TaskID', 'TaskId'] }),
			['DescribeRunningTasks: simplify: the answer has no TaskId'],
		],
	])('reports %s', (_, change, problems) => {
		const table = deepCopy(resources);
		change(table);
		expect(newProblems(table)).toEqual(problems);
	});
});

test('waiting by callback is offered for the actions that take a URL to call for each task', () => {
	const offered = resources.flatMap(({ operations }) => operations.filter(callsBack));
	const taking = ACTIONS.filter(({ params }) => params.some(({ name }) => name === 'CallbackURL'));
	expect(offered.map(({ api }) => api)).toEqual(taking.map(({ name }) => name));
	expect(offered.map(({ api }) => api)).toEqual(['CreateSnapshotTask']);
});
