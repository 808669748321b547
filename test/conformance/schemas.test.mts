/** The schema of each operation's output, as it is built, against what the node outputs. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { loadOutputSchema, resolveOutputSchemaPath } from 'n8n-core';

import { TIW, findAction } from '../../emulator/facts.mts';
import type { ActionFact } from '../../emulator/facts.mts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { addTaskFor, fullParams } from '../emulator/full.mts';
import { regionFor } from '../emulator/minimal.mts';
import { openBench } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { nodeParameters } from './sdk-node.mts';

interface Schema {
	type: string;
	items?: Schema;
	properties?: Record<string, Schema>;
}

const nodeDir = resolve('dist/nodes/TencentWhiteboard');

/** All but the call of any action. */
const operations = resources.flatMap(({ value: resource, operations: all }) =>
	all
		.filter(({ value }) => value !== 'custom')
		.map((operation) => ({ resource, operation, value: operation.value })),
);
type Entry = (typeof operations)[number];

/** As n8n looks it up for a node of version 1. */
const refOf = ({ resource, value }: Pick<Entry, 'resource' | 'value'>) => ({
	nodeDir,
	version: 1,
	resource,
	operation: value,
});

function schemaOf(entry: Entry): Schema {
	const schema = loadOutputSchema(refOf(entry));
	if (!schema) throw new Error(`n8n finds no schema for ${entry.value}`);
	return schema as unknown as Schema;
}

const TYPES: Record<string, (value: unknown) => boolean> = {
	array: Array.isArray,
	boolean: (value) => typeof value === 'boolean',
	integer: Number.isInteger,
	number: (value) => typeof value === 'number',
	object: (value) => typeof value === 'object' && !Array.isArray(value),
	string: (value) => typeof value === 'string',
};

/** What the schema does not say, or says otherwise; null may stand anywhere. */
function problemsOf({ type, items, properties }: Schema, value: unknown, path = 'item'): string[] {
	if (value === null) return [];
	if (!TYPES[type]?.(value)) return [`${path} is ${JSON.stringify(value)} and no ${type}`];
	if (Array.isArray(value)) {
		return value.flatMap((entry, index) => {
			const at = `${path}[${index}]`;
			return items ? problemsOf(items, entry, at) : [`${at} is not described`];
		});
	}
	if (typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
		const at = `${path}.${name}`;
		const known = properties?.[name];
		return known ? problemsOf(known, inner, at) : [`${at} is not described`];
	});
}

let bench: Bench;
beforeAll(async () => {
	bench = await openBench();
});
afterAll(() => bench.close());

/** Tasks for the lists to have entries, as the request for the list wants them. */
function addEntriesFor({ name }: ActionFact, { RoomId, SdkAppID }: Record<string, unknown>): void {
	const { emulator } = bench;
	const ended = { sdkAppId: 1, runSeconds: 0, roomId: RoomId as number };
	switch (name) {
		case 'DescribeTranscodeSearch':
			emulator.addTask('transcode', { ...ended, url: 'https://example.com/Keyword é 课.pptx' });
			break;
		case 'DescribeRecordSearch':
			emulator.addTask('recording', ended);
			break;
		case 'DescribeWhiteboardPushSearch':
			emulator.addTask('whiteboardPush', ended);
			break;
		case 'DescribeRunningTasks':
			emulator.addTask('recording', { sdkAppId: SdkAppID as number, runSeconds: 3600 });
			break;
	}
}

/** The operation with everything that it takes, and otherwise its default settings. */
async function outputOf({ resource, operation }: Entry) {
	const { action } = findAction(operation.api)!;
	const params = fullParams(action);
	bench.emulator.reset();
	addTaskFor(bench.emulator, action, params);
	addEntriesFor(action, params);
	const parameters = nodeParameters(resource, operation, params, regionFor(TIW, action));
	const { run, main } = await bench.describe([{}], parameters);
	expect(run.error).toBeUndefined();
	return main.map(({ json }) => json);
}

test('each operation has one, Custom API Call has none, and there are no others', () => {
	const built = globSync('**/*.json', { cwd: `${nodeDir}/__schema__` });
	const wanted = operations.map(({ resource, value }) => `v1.0.0/${resource}/${value}.json`);
	expect(built.map((path) => path.split(sep).join('/')).sort()).toEqual(wanted.sort());
	expect(wanted).toHaveLength(60);
	expect(loadOutputSchema(refOf({ resource: 'snapshot', value: 'custom' }))).toBeUndefined();
});

describe.each(operations)('$resource: $value', (entry) => {
	test('has a schema where n8n looks for it', () => {
		expect(resolveOutputSchemaPath(refOf(entry))).toBe(
			resolve(nodeDir, '__schema__', 'v1.0.0', entry.resource, `${entry.value}.json`),
		);
		expect(schemaOf(entry)).toMatchObject({ type: 'object', version: 1 });
	});

	test('outputs the fields of its schema, and no others', async () => {
		const schema = schemaOf(entry);
		const items = await outputOf(entry);
		expect(items.length).toBeGreaterThan(0);
		expect(items.flatMap((item) => problemsOf(schema, item))).toEqual([]);
		const fields = [...new Set(items.flatMap((item) => Object.keys(item)))];
		expect(Object.keys(schema.properties!).sort()).toEqual(fields.sort());
	});
});

/** Those whose fields the node puts in order itself; elsewhere the order is the service's. */
const ordered = operations.filter(
	({ operation: { api, simplify, task } }) => simplify || (task && task.describe !== api),
);

test.each(ordered)('$value: the fields come in the order of its schema', async (entry) => {
	const [item] = await outputOf(entry);
	expect(Object.keys(schemaOf(entry).properties!)).toEqual(Object.keys(item));
});

describe('the comparison', () => {
	const schema: Schema = {
		type: 'object',
		properties: {
			Count: { type: 'integer' },
			Rows: { type: 'array', items: { type: 'object', properties: { Name: { type: 'string' } } } },
		},
	};

	test.each([
		[{ Count: 1, Rows: [{ Name: 'a' }, { Name: null }] }, []],
		[{ Count: 1.5 }, ['item.Count is 1.5 and no integer']],
		[{ Other: null }, ['item.Other is not described']],
		[
			{ Rows: [{ Name: 1, Age: 2 }] },
			['item.Rows[0].Name is 1 and no string', 'item.Rows[0].Age is not described'],
		],
		[{ Rows: {} }, ['item.Rows is {} and no array']],
		[[], ['item is [] and no object']],
	])('finds in %j %j', (value, problems) => {
		expect(problemsOf(schema, value)).toEqual(problems);
	});
});
