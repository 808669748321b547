/** Installs the whole n8n of a line (3 GB and 2 GB) when it is first needed. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { INSTALL, npm } from '../npm.mts';
import { folderOf, versionOf } from './lines.mts';
import type { Line } from './lines.mts';

/** The native modules that n8n cannot start without, and what it takes to compile them where there is no ready-made one. */
const NATIVE = ['sqlite3', 'isolated-vm'];
const COMPILERS: Record<string, string> = { python3: 'python3', make: 'make', 'g++': 'g++' };

const onPath = (name: string) =>
	(process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/**
 * Throws where a program is missing, and says what to install.
 *
 * @param programs Debian's package by the name of the program, or its path
 */
export function requirePrograms(programs: Record<string, string>, what: string): void {
	const missing = Object.entries(programs)
		.filter(([program]) => !(program.includes('/') ? existsSync(program) : onPath(program)))
		.map(([, name]) => name);
	if (missing.length === 0) return;
	throw new Error(
		`${what} needs ${missing.join(', ')}. On Debian: apt-get install --no-install-recommends ${missing.join(' ')}`,
	);
}

/** Where the headers of the Node.js are that runs this: beside its program. Without them they are downloaded. */
function headers(): string | undefined {
	const folder = join(process.execPath, '..', '..');
	const candidates = [
		folder,
		...readdirSync(folder)
			.filter((name) => name === 'node_modules')
			.flatMap((name) =>
				readdirSync(join(folder, name)).map((platform) => join(folder, name, platform)),
			),
	];
	return candidates.find((candidate) => existsSync(join(candidate, 'include', 'node')));
}

const seconds = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`;

/** A lockfile that has been installed is kept beside what it brought. */
export async function installLine(line: Line): Promise<void> {
	const cwd = folderOf(line);
	const modules = join(cwd, 'node_modules');
	const stamp = join(modules, '.installed-lock.json');
	const lock = readFileSync(join(cwd, 'package-lock.json'), 'utf8');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;

	const started = performance.now();
	console.log(`Installing n8n ${versionOf(line)} (two to five minutes, once) …`);
	await npm(INSTALL, { cwd });
	console.log(`Building ${NATIVE.join(' and ')} for it (about a minute) …`);
	const nodedir = headers();
	const env = { ...process.env, ...(nodedir && { npm_config_nodedir: nodedir }) };
	try {
		await npm(['rebuild', '--ignore-scripts=false', ...NATIVE], { cwd, env });
	} catch (error) {
		requirePrograms(COMPILERS, `Installing n8n ${line}`);
		throw error;
	}
	// What their compilation leaves behind.
	rmSync(join(modules, 'sqlite3', 'build', 'Release', 'obj.target'), {
		recursive: true,
		force: true,
	});
	writeFileSync(stamp, lock);
	console.log(`Installed n8n ${versionOf(line)} in ${seconds(started)}`);
}
