/** The package as it is published, and its installation. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from './processes.mts';

const ROOT = join(import.meta.dirname, '..', '..');

/** `npm pack` of the build that stands in dist/; returns the tarball's path. */
export async function packPackage(folder: string): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const { code, output } = await runProgram({
		name: 'npm pack',
		command: 'npm',
		args: ['pack', ROOT, '--ignore-scripts', '--silent', '--pack-destination', folder],
	});
	const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (code !== 0 || !name) throw new Error(`npm pack ended with status ${code}: ${output}`);
	return join(folder, name);
}

/** Installs a package where an instance keeps its community nodes, as n8n itself does. */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	mkdirSync(nodes, { recursive: true });
	const options = [
		'--ignore-scripts',
		'--omit=dev',
		'--legacy-peer-deps',
		'--no-audit',
		'--no-fund',
	];
	const { code, output } = await runProgram({
		name: 'npm install',
		command: 'npm',
		args: ['install', '--prefix', nodes, ...options, tarball],
	});
	if (code !== 0)
		throw new Error(`npm install of the package ended with status ${code}: ${output}`);
}
