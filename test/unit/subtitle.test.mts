/** What stands below the node on the canvas, for whatever its parameters hold. */
import { describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';

import { subtitle } from '../../nodes/TencentWhiteboard/description/subtitle.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { subtitleOf } from '../subtitle-of.mts';

const operations = resources.flatMap((resource) => resource.operations);

const below = (parameters: INodeParameters) => subtitleOf(subtitle, parameters);

describe('the subtitle', () => {
	test.each(operations.filter(({ value }) => value !== 'custom'))(
		'of $value is its name',
		({ value, name }) => {
			expect(below({ operation: value })).toBe(name);
		},
	);

	test.each([
		[{ operation: 'custom', customAction: 'DescribeSnapshot' }, 'DescribeSnapshot'],
		[{ operation: 'custom', customAction: '' }, 'Custom API Call'],
		[{ operation: 'custom' }, 'Custom API Call'],
		[{ operation: '__CUSTOM_API_CALL__' }, ''],
		[{ operation: 5 }, ''],
	])('of %j is %j', (parameters, expected) => {
		expect(below(parameters)).toBe(expected);
	});
});
