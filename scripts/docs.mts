/** Writes the pages that are made from the package as it was built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadBuilt } from './built.mts';
import { operationsPage } from './operations.mts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'operations.md');

const { TencentWhiteboard, resources } = loadBuilt();
const { properties } = new TencentWhiteboard().description;
writeFileSync(PAGE, operationsPage(properties, resources));
