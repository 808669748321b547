/** The two lines of n8n that the package runs on, each installed in a folder of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LINES = [2, 1] as const;
export type Line = (typeof LINES)[number];

export const folderOf = (line: Line) => join(import.meta.dirname, `v${line}`);

/** The version of n8n that its lockfile pins. */
export function versionOf(line: Line): string {
	const { devDependencies } = JSON.parse(
		readFileSync(join(folderOf(line), 'package.json'), 'utf8'),
	) as { devDependencies: { n8n: string } };
	return devDependencies.n8n;
}

/** n8n's command; to be run by Node 24, which npm's scripts have first on their path. */
export const n8nOf = (line: Line) => join(folderOf(line), 'node_modules', 'n8n', 'bin', 'n8n');
