/** The pages that list what the node offers name all of it, and nothing else. */
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import { TencentWhiteboard } from '../../nodes/TencentWhiteboard/TencentWhiteboard.node.ts';
import { operationsPage } from '../../scripts/operations.mts';

const { properties } = new TencentWhiteboard().description;

test('the page of operations is the one that npm run docs makes', () => {
	expect(readFileSync('docs/operations.md', 'utf8')).toBe(operationsPage(properties, resources));
});
