/** The pages that list what the node offers name all of it, and nothing else. */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { TencentWhiteboard } from '../../nodes/TencentWhiteboard/TencentWhiteboard.node.ts';
import { TencentWhiteboardTrigger } from '../../nodes/TencentWhiteboard/TencentWhiteboardTrigger.node.ts';
import { families } from '../../nodes/TencentWhiteboard/webhook/events.ts';
import { operationsPage, optionsIn } from '../../scripts/operations.mts';
import { sectionsOf } from '../markdown.mts';

const { properties } = new TencentWhiteboard().description;

test('the page of operations is the one that npm run docs makes', () => {
	expect(readFileSync('docs/operations.md', 'utf8')).toBe(operationsPage(properties, resources));
});

describe('the Chinese guide', () => {
	const sections = sectionsOf('docs/zh-CN.md');
	/** The rows of all tables whose first column has a title. */
	const rowsOf = (title: string) =>
		sections
			.flatMap(({ tables }) => tables)
			.filter(([titles]) => titles[0] === title)
			.flatMap(([, ...rows]) => rows);
	const SITES = { international: '国际站', china: '中国站' };

	test.each(resources)(
		'has the operations of $name, their actions and sites',
		({ name, operations }) => {
			const own = sections.filter(({ titles }) => titles.at(-1)?.split('（')[0] === name);
			expect(own).toHaveLength(1);
			expect(own[0].tables).toHaveLength(1);
			const [, ...rows] = own[0].tables[0];
			expect(rows.map(([operation, api, , site]) => [operation, api, site])).toEqual(
				operations.map(({ name: operation, api, sites }) => [
					operation,
					api && `\`${api}\``,
					sites.length === 1 ? SITES[sites[0]] : '',
				]),
			);
		},
	);

	test('has no other operation', () => {
		const all = resources.flatMap(({ operations }) => operations);
		expect(rowsOf('Operation')).toHaveLength(all.length);
		expect(rowsOf('Operation').filter(([, , text]) => !/\p{Script=Han}{4}/u.test(text))).toEqual(
			[],
		);
	});

	/** What a property has in a new node, in words of the guide. */
	function defaultOf({ type, default: value, options = [] }: INodeProperties): string {
		if (type === 'collection') return '';
		if (type === 'boolean') return value ? '开' : '关';
		const chosen = (options as INodePropertyOptions[]).find((option) => option.value === value);
		return chosen?.name ?? (String(value) || '空');
	}

	/** Holds the rows to properties: their names, their defaults, and the choices that they offer. */
	function expectRows(rows: string[][], expected: INodeProperties[]): void {
		const names = expected.map(({ displayName }) => displayName);
		expect(rows.map(([name]) => name)).toEqual([...new Set(names)]);
		for (const property of expected) {
			const row = rows.find(([name]) => name === property.displayName)!;
			const [, chinese, fallback, text] = row;
			expect(chinese).toMatch(/\p{Script=Han}/u);
			expect(text).toMatch(/\p{Script=Han}{4}/u);
			expect(fallback.split('（')[0]).toBe(defaultOf(property));
			if (property.type !== 'options') continue;
			for (const { name } of property.options as INodePropertyOptions[])
				expect(text).toContain(`_${name}_`);
		}
	}

	test('has every option of the node', () => {
		expectRows(rowsOf('Option'), optionsIn(properties, resources));
	});

	test('has every default that an option has', () => {
		const timeouts = properties
			.flatMap(({ options = [] }) => options as Array<INodeProperties | INodePropertyCollection>)
			.flatMap((option) =>
				option.name === 'timeout' && 'default' in option ? [String(option.default)] : [],
			);
		expect(new Set(timeouts).size).toBeGreaterThan(1);
		const [, , fallback] = rowsOf('Option').find(([name]) => name === 'Timeout (Seconds)')!;
		expect(fallback.match(/\d+/g)).toEqual([...new Set(timeouts)]);
	});

	test('has every option of the trigger', () => {
		const panel = new TencentWhiteboardTrigger().description.properties;
		const options = panel
			.filter(({ name }) => ['events', 'options'].includes(name))
			.flatMap((property) =>
				property.type === 'collection'
					? [property, ...(property.options as INodeProperties[])]
					: [{ ...property, type: 'string' as const, default: '' }],
			);
		expectRows(rowsOf('Trigger option'), options);
	});

	test('has every event, and the resources that have events', () => {
		expect(rowsOf('Event resource').map(([name]) => name)).toEqual(
			families.map(({ name }) => name),
		);
		expect(rowsOf('Event').map(([name, type]) => [name, type])).toEqual(
			families.flatMap(({ events }) => events).map(({ name, value }) => [name, `\`${value}\``]),
		);
	});

	test('has every field of the credential', () => {
		const fields = new TencentCloudApi().properties;
		const rows = rowsOf('Field');
		expect(rows.map(([name]) => name)).toEqual(fields.map(({ displayName }) => displayName));
		for (const { displayName, options = [] } of fields) {
			const [, , text] = rows.find(([name]) => name === displayName)!;
			for (const { name } of options as INodePropertyOptions[]) expect(text).toContain(`_${name}_`);
		}
	});
});
