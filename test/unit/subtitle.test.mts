/** What stands below the node on the canvas, for whatever its parameters hold. */
import { describe, expect, test } from '@jest/globals';
import { Workflow } from 'n8n-workflow';
import type { INodeParameters, INodeTypes } from 'n8n-workflow';

import { subtitle } from '../../nodes/TencentWhiteboard/description/subtitle.ts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';

const operations = resources.flatMap((resource) => resource.operations);

/** As the editor evaluates it. */
function below(parameters: INodeParameters): unknown {
	const node = {
		id: 'n',
		name: 'Node',
		type: 'any',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters,
	};
	const nodeTypes = {
		getByNameAndVersion: () => ({ description: { properties: [] } }),
	} as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	workflow.nodes.Node.parameters = parameters;
	return workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {});
}

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
