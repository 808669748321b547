/**
 * The panel as users' saved workflows know it: names, values and defaults that must not change unseen. Where a
 * change is meant, `npm run jest -- test/conformance/panel -u` stores the new panel, and the diff of the stored
 * file shows what users will meet. A field that comes later gets `since` in the table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { NodeHelpers } from 'n8n-workflow';
import type { INode, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { TencentCloudApi } from '../../credentials/TencentCloudApi.credentials.ts';
import { buildProperties } from '../../nodes/TencentWhiteboard/description/properties.ts';
import { TencentWhiteboard } from '../../nodes/TencentWhiteboard/TencentWhiteboard.node.ts';
import { TencentWhiteboardTrigger } from '../../nodes/TencentWhiteboard/TencentWhiteboardTrigger.node.ts';
import type { Operation, StringField } from '../../nodes/TencentWhiteboard/types.ts';

const FILE = join('test', 'conformance', '__snapshots__', 'panel.test.mts.snap');
const stored = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';

/** What is not stored, jest would store, and pass. */
function expectAsStored(value: unknown): void {
	expect(stored.includes(`exports[\`${expect.getState().currentTestName} 1\`]`)).toBe(true);
	expect(value).toMatchSnapshot();
}

describe('the stored panel', () => {
	test('is that of the node', () => {
		expectAsStored(new TencentWhiteboard().description);
	});

	test('is that of the trigger', () => {
		expectAsStored(new TencentWhiteboardTrigger().description);
	});

	test('is that of the credential', () => {
		const { properties } = new TencentCloudApi();
		expectAsStored({ properties });
	});

	test('has the test of the credential in both nodes, and no other in its place', () => {
		for (const Node of [TencentWhiteboard, TencentWhiteboardTrigger]) {
			const { description, methods } = new Node();
			const [{ testedBy }] = description.credentials!;
			expect(Object.keys(methods.credentialTest)).toEqual([testedBy]);
		}
		expect(new TencentCloudApi()).not.toHaveProperty('test');
	});
});

describe('what came with a later version of the node', () => {
	const field = (name: string, since?: number): StringField => ({
		displayName: name,
		name,
		api: name,
		kind: 'string',
		description: 'Any',
		since,
	});
	const operation = (value: string, part: Partial<Operation>): Operation => ({
		name: value,
		value,
		action: value,
		description: 'Any',
		api: value,
		readOnly: true,
		sites: ['international'],
		fields: [],
		...part,
	});
	const shared = field('shared');
	const panel = buildProperties([
		{
			name: 'Thing',
			value: 'thing',
			description: 'Any',
			operations: [
				operation('added', { since: 2, fields: [shared, field('addedToo'), field('third', 3)] }),
				operation('first', {
					fields: [shared, field('later', 2)],
					optional: [
						field('optional'),
						field('laterOptional', 2),
						{ ...field('group'), kind: 'group', fields: [field('inner'), field('laterInner', 2)] },
					] as Operation['optional'],
				}),
				operation('secondList', { since: 2, list: { items: 'a', page: { size: 1, total: 'b' } } }),
			],
		},
	]);
	const find = (name: string, among: INodeProperties[] = panel) =>
		among.find((property) => property.name === name) as INodeProperties;

	const shownIn = (typeVersion: number, values: object, what: object) =>
		NodeHelpers.displayParameter(
			{ resource: 'thing', ...values },
			what as INodeProperties,
			{ typeVersion } as INode,
			null,
		);
	/** The versions, of three, in which something is shown. */
	const versions = (what: object, values: object) =>
		[1, 2, 3].filter((version) => shownIn(version, values, what));

	test.each([
		['shared', 'first', [1, 2, 3]],
		['shared', 'added', [1, 2, 3]],
		['later', 'first', [2, 3]],
		['addedToo', 'added', [2, 3]],
		['third', 'added', [3]],
		['returnAll', 'secondList', [2, 3]],
		['options', 'first', [1, 2, 3]],
	])('the field %s of %s is shown in %j', (name, chosen, expected) => {
		// Some operations share a property, others have one of the same name.
		const shown = panel.filter(
			(property) => property.name === name && versions(property, { operation: chosen }).length > 0,
		);
		expect(shown).toHaveLength(1);
		expect(versions(shown[0], { operation: chosen })).toEqual(expected);
	});

	test('operations are offered in nodes of their version, and none of them is the first choice', () => {
		const { options, default: chosen } = find('operation');
		const offered = (options as INodePropertyOptions[]).map((option) => [
			option.value,
			versions(option, {}),
		]);
		expect(Object.fromEntries(offered)).toEqual({
			added: [2, 3],
			first: [1, 2, 3],
			secondList: [2, 3],
		});
		expect(chosen).toBe('first');
	});

	test('fields under others are shown in nodes of their version', () => {
		const additional = find('additionalFields').options as INodeProperties[];
		expect(versions(find('optional', additional), {})).toEqual([1, 2, 3]);
		expect(versions(find('laterOptional', additional), {})).toEqual([2, 3]);
		const [{ values }] = find('group', additional).options as Array<{ values: INodeProperties[] }>;
		expect(versions(find('inner', values), {})).toEqual([1, 2, 3]);
		expect(versions(find('laterInner', values), {})).toEqual([2, 3]);
	});

	test('nothing is said of versions where there is only one', () => {
		expect(JSON.stringify(new TencentWhiteboard().description)).not.toContain('@version');
	});
});
