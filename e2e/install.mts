// Installs n8n's own nodes (about 850 MB) when they are first needed; a fresh clone does without them.
import {
	existsSync,
	lstatSync,
	readFileSync,
	readdirSync,
	rmSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { INSTALL, npm } from './npm.mts';

const here = import.meta.dirname;
const modules = join(here, 'node_modules');
const stamp = join(modules, '.installed-lock.json');

/** Where n8n-core finds a package, or undefined where it has none of that name. */
function folderSeenByCore(name: string): string | undefined {
	const requireOfCore = createRequire(createRequire(import.meta.url).resolve('n8n-core'));
	return (requireOfCore.resolve.paths(name) ?? [])
		.map((folder) => join(folder, name))
		.find((folder) => existsSync(join(folder, 'package.json')));
}

/** The installed packages that n8n's engine may have as well. */
function sharedPackages(): string[] {
	const scope = join(modules, '@n8n');
	const scoped = existsSync(scope) ? readdirSync(scope).map((name) => `@n8n/${name}`) : [];
	return ['n8n-workflow', ...scoped].filter((name) =>
		lstatSync(join(modules, name), { throwIfNoEntry: false }),
	);
}

/** n8n's nodes and its engine must share error classes and services: one copy of each package. */
function shareWithCore(): void {
	for (const name of sharedPackages()) {
		const own = join(modules, name);
		const shared = folderSeenByCore(name);
		if (!shared) continue;
		rmSync(own, { recursive: true });
		symlinkSync(relative(dirname(own), shared), own, 'junction');
	}
}

/** npm must not follow them into the engine's own packages. */
function removeLinks(): void {
	for (const name of sharedPackages()) {
		const own = join(modules, name);
		if (lstatSync(own).isSymbolicLink()) unlinkSync(own);
	}
}

export async function installOnce(): Promise<void> {
	const locks = [here, join(here, '..')].map((folder) =>
		readFileSync(join(folder, 'package-lock.json'), 'utf8'),
	);
	const wanted = locks.join('');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

	console.log("Installing n8n's own nodes (one to three minutes, once) …");
	removeLinks();
	await npm(INSTALL, { cwd: here });
	shareWithCore();
	writeFileSync(stamp, wanted);
}
