/** Writes the pages that are made from the package as it was built. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { operationsPage } from './operations.mts';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist', 'nodes', 'TencentWhiteboard');
const load = createRequire(import.meta.url);
const { TencentWhiteboard } = load(
	join(BUILT, 'TencentWhiteboard.node.js'),
) as typeof import('../nodes/TencentWhiteboard/TencentWhiteboard.node.ts');
const { resources } = load(
	join(BUILT, 'resources', 'index.js'),
) as typeof import('../nodes/TencentWhiteboard/resources/index.ts');

const { properties } = new TencentWhiteboard().description;
writeFileSync(join(ROOT, 'docs', 'operations.md'), operationsPage(properties, resources));
