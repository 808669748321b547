/** Installs the whole n8n of a line (3 GB and 2 GB) when it is first needed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { folderOf, versionOf } from './lines.mts';
import type { Line } from './lines.mts';

/** The native modules that n8n cannot start without, and what compiling them takes. */
const NATIVE = ['sqlite3', 'isolated-vm'];
const COMPILERS: Record<string, string> = { python3: 'python3', make: 'make', 'g++': 'g++' };

const onPath = (name: string) =>
	(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));

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

/** Where the headers of the Node.js are that runs this: beside its program. */
function headers(): string {
	const folder = join(process.execPath, '..', '..');
	const candidates = [
		folder,
		...readdirSync(folder)
			.filter((name) => name === 'node_modules')
			.flatMap((name) =>
				readdirSync(join(folder, name)).map((platform) => join(folder, name, platform)),
			),
	];
	const found = candidates.find((candidate) => existsSync(join(candidate, 'include', 'node')));
	if (!found) throw new Error(`There are no headers of Node.js near ${process.execPath}`);
	return found;
}

function npm(line: Line, args: string[], env: NodeJS.ProcessEnv = process.env): void {
	const { status } = spawnSync('npm', args, { cwd: folderOf(line), stdio: 'inherit', env });
	if (status !== 0) throw new Error(`npm ${args[0]} for n8n ${line} ended with status ${status}`);
}

const seconds = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`;

/** A lockfile that has been installed is kept beside what it brought. */
export function installLine(line: Line): void {
	const folder = folderOf(line);
	const modules = join(folder, 'node_modules');
	const stamp = join(modules, '.installed-lock.json');
	const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;

	requirePrograms(COMPILERS, `Installing n8n ${line}`);
	const started = performance.now();
	console.log(`Installing n8n ${versionOf(line)} (two to five minutes, once) …`);
	npm(line, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
	console.log(`Building ${NATIVE.join(' and ')} for it (about a minute) …`);
	npm(line, ['rebuild', '--ignore-scripts=false', ...NATIVE], {
		...process.env,
		npm_config_nodedir: headers(),
	});
	// What their compilation leaves behind.
	rmSync(join(modules, 'sqlite3', 'build', 'Release', 'obj.target'), {
		recursive: true,
		force: true,
	});
	writeFileSync(stamp, lock);
	console.log(`Installed n8n ${versionOf(line)} in ${seconds(started)}`);
}
