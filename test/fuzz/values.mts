/** Arbitrary values of parameters, each item its own, and the expressions through which n8n gets to them. */
import fc from 'fast-check';
import type { IDataObject, INodeParameters, NodeParameterValueType } from 'n8n-workflow';

import {
	callOptions,
	fileOptions,
	listOptions,
	simplifyOption,
	downloadOptions,
	taskOptions,
	waitOptions,
} from '../../nodes/TencentWhiteboard/description/options.ts';
import type { Field } from '../../nodes/TencentWhiteboard/types.ts';
import { json } from './json.mts';
import type { Json } from './json.mts';
import { shownFields, validValue } from './operations.mts';
import type { Target } from './operations.mts';

/** What an expression gives. JSON cannot hold all of it, so an item's data says what to make. */
export type Given =
	| { t: 'valid' }
	| { t: 'nothing' }
	| { t: 'json'; v: Json }
	| { t: 'date'; v: number | null }
	| { t: 'dateTime'; v: number | null }
	| { t: 'notANumber' }
	| { t: 'infinite' }
	| { t: 'function' }
	| { t: 'throws' };

/** The expression that makes what the item's data at `place` says. */
export const expression = (place: string) =>
	`={{ (one => one.t === 'date' ? new Date(one.v ?? NaN) : one.t === 'dateTime' ? DateTime.fromMillis(one.v ?? NaN) : one.t === 'notANumber' ? NaN : one.t === 'infinite' ? Infinity : one.t === 'function' ? (() => 1) : one.t === 'throws' ? one.nothing.at.all : one.t === 'nothing' ? undefined : one.v)($json.given[${JSON.stringify(place)}]) }}`;

const moments = () =>
	fc.oneof(
		fc.constant(null),
		fc.integer({ min: 0, max: 4e12 }),
		fc.constantFrom(0, -1, 8.64e15, -62135596800001),
	);

/** Values that fit many fields, or nearly. */
const likely: Json[] = [
	0,
	1,
	-1,
	1.5,
	12345,
	4294967295,
	1e16,
	'1',
	'00123',
	'0x10',
	'1e3',
	' 7 ',
	'１２',
	'true',
	'True',
	'2026-02-30',
	'2026-01-31T08:00:00+08:00',
	'2026-01-31 8:00',
	'https://example.com/a.pptx',
	'http://',
	'1,2,,3',
	'[1,2]',
	'["a"]',
	'{"a":1}',
	'{',
	[1, 2],
	['a', 'b'],
	[[]],
	[null],
	{ values: {} },
	{ values: [] },
	{ values: null },
	{ values: [null, 1] },
	{ __rl: true, mode: 'id', value: '1' },
	{ __rl: true, mode: 'list', value: null },
	{ __rl: true, mode: 'id', value: { __rl: true, value: 5 } },
	{ __rl: true },
];

export const given = (): fc.Arbitrary<Given> =>
	fc.oneof(
		{ weight: 3, arbitrary: fc.constant({ t: 'valid' as const }) },
		{ weight: 1, arbitrary: fc.constant({ t: 'nothing' as const }) },
		{ weight: 5, arbitrary: fc.constantFrom(...likely).map((v) => ({ t: 'json' as const, v })) },
		{ weight: 5, arbitrary: json().map((v) => ({ t: 'json' as const, v })) },
		{ weight: 1, arbitrary: moments().map((v) => ({ t: 'date' as const, v })) },
		{ weight: 1, arbitrary: moments().map((v) => ({ t: 'dateTime' as const, v })) },
		{
			weight: 1,
			arbitrary: fc.constantFrom(
				{ t: 'notANumber' as const },
				{ t: 'infinite' as const },
				{ t: 'function' as const },
				{ t: 'throws' as const },
			),
		},
	);

/** Where a value is read from, and what would be fine there. */
interface Place {
	name: string;
	valid: NodeParameterValueType | undefined;
	/** Left out unless something is given. */
	optional: boolean;
}

/** An operation's parameters as expressions, one for each place in which an item may have a value of its own. */
export interface Form {
	parameters: INodeParameters;
	places: Place[];
}

/** @param deep Whether groups and collections are expressions in every field, or one as a whole */
export function formOf({ operation }: Target, deep: boolean): Form {
	const places: Place[] = [];
	const leaf = (name: string, valid: Place['valid'], optional: boolean): string => {
		places.push({ name, valid, optional });
		return expression(name);
	};
	function parameterOf(field: Field, path: string): NodeParameterValueType {
		const optional = !field.required;
		if (deep && (field.kind === 'group' || field.kind === 'rows')) {
			const inner = Object.fromEntries(
				field.fields.map((one) => [one.name, parameterOf(one, `${path}.${one.name}`)]),
			) as INodeParameters;
			return { values: field.kind === 'rows' ? [inner] : inner } as NodeParameterValueType;
		}
		const value = leaf(path, validValue(field), optional);
		return deep && field.locator ? { __rl: true, mode: 'id', value } : value;
	}
	const settings = (names: Array<{ name: string; default?: unknown }>, path = '') =>
		Object.fromEntries(
			names.map(({ name, default: fine }) => [
				name,
				leaf(path + name, fine as Place['valid'], true),
			]),
		) as INodeParameters;
	const { fields, optional = [], task, list, simplify } = operation;
	const options = [
		...callOptions,
		...(task ? taskOptions : []),
		...(task?.files ? downloadOptions : []),
	];
	const collection = (name: string, inner: () => INodeParameters) =>
		deep ? inner() : leaf(name, {}, true);
	const parameters: INodeParameters = {
		...Object.fromEntries(
			shownFields(fields).map((field) => [field.name, parameterOf(field, field.name)]),
		),
		...(optional.length > 0 && {
			additionalFields: collection('additionalFields', () =>
				Object.fromEntries(
					optional.map((one) => [one.name, parameterOf(one, `additionalFields.${one.name}`)]),
				),
			),
		}),
		...(task && settings([{ name: 'waitUntilFinished', default: true }])),
		...(task && {
			waitOptions: collection('waitOptions', () => settings(waitOptions(task), 'waitOptions.')),
		}),
		...(task?.files && settings(fileOptions)),
		...(list?.page && settings(listOptions)),
		...(simplify && settings([simplifyOption])),
		options: collection('options', () => settings(options, 'options.')),
	};
	return { parameters, places };
}

/** One item's values: all that is not said otherwise is fine. */
export function itemOf({ places }: Form, changes: Array<{ place: number; value: Given }>) {
	const values: Record<string, Given> = Object.fromEntries(
		places.map(({ name, valid, optional }) => [
			name,
			optional || valid === undefined ? { t: 'nothing' } : { t: 'json', v: valid as Json },
		]),
	);
	for (const { place, value } of changes) {
		const { name, valid } = places[place % places.length];
		values[name] = value.t === 'valid' ? { t: 'json', v: valid as Json } : value;
	}
	return { given: values } as unknown as IDataObject;
}
