/** Where and with what the figures were taken. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

export interface PackageJson {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	n8n?: { nodes: string[]; credentials: string[] };
}

export const readPackage = (folder: string) =>
	JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

/** The folder of an installed package; some do not export their package.json. */
export function folderOf(name: string): string {
	const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
	for (const path of paths) {
		try {
			readPackage(join(path, name));
			return join(path, name);
		} catch {
			// Not here; perhaps one folder up.
		}
	}
	throw new Error(`The package ${name} is not installed`);
}

const nameAndVersion = (folder: string) => {
	const { name, version } = readPackage(folder);
	return `${name} ${version}`;
};

export const loadNow = () =>
	loadavg()
		.map((value) => value.toFixed(2))
		.join(', ');

export function describeMachine(): string[] {
	const [{ model }] = cpus();
	const memory = (totalmem() / 2 ** 30).toFixed(1);
	return [
		`Machine: ${model.trim()}, ${cpus().length} cores, ${memory} GiB memory, ${platform()} ${release()}`,
		`Versions: ${[
			nameAndVersion(ROOT),
			`Node.js ${process.versions.node}`,
			...['n8n-core', 'tencentcloud-sdk-nodejs-common'].map((name) =>
				nameAndVersion(folderOf(name)),
			),
		].join(', ')}`,
	];
}
