// n8n's own package scanner over the sources and over the packed tarball, comments that switch rules off ignored.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ESLint } from 'eslint';
import type { Linter } from 'eslint';

const scannerRoot = dirname(
	createRequire(import.meta.url).resolve('@n8n/scan-community-package/package.json'),
);
const { SOURCE_FILE_PATTERNS, analyzePackage, buildScanConfig } = (await import(
	pathToFileURL(join(scannerRoot, 'scanner', 'scanner.mjs')).href
)) as {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		directory: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
	buildScanConfig(): Promise<Linter.Config[]>;
};

export interface Scan {
	name: string;
	files: number;
	errors: number;
	warnings: number;
	passed: boolean;
	messages: string[];
}

/** The scanner's verdict is about errors only; warnings are counted here with its own configuration. */
async function lint(cwd: string, patterns: string[]) {
	const eslint = new ESLint({
		cwd,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await buildScanConfig(),
	});
	const files = globSync(patterns, { cwd, exclude: ['node_modules'] }).map((file) =>
		join(cwd, file),
	);
	const results = await eslint.lintFiles(files);
	const messages = results.flatMap(({ filePath, messages }) =>
		messages.map(({ line, message, ruleId }) => `${filePath}:${line} ${message} (${ruleId})`),
	);
	const sum = (key: 'errorCount' | 'warningCount') =>
		results.reduce((total, result) => total + result[key], 0);
	return {
		files: files.length,
		errors: sum('errorCount'),
		warnings: sum('warningCount'),
		messages,
	};
}

async function scanFolder(name: string, directory: string, patterns: string[]): Promise<Scan> {
	const { passed, message, details } = await analyzePackage(directory, patterns);
	const counts = await lint(directory, patterns);
	if (!passed) counts.messages.push(...[message, details].filter((text) => text !== undefined));
	const { files, errors, warnings } = counts;
	return { name, ...counts, passed: passed && files > 0 && errors === 0 && warnings === 0 };
}

/** What the scanner says of the sources, and of the package as it is packed. */
export async function scanPackage(): Promise<Scan[]> {
	const root = resolve('.');
	const scratch = mkdtempSync(join(tmpdir(), 'scan-'));
	try {
		const run = (command: string, args: string[], cwd: string) => {
			const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
			if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
		};
		run('npm', ['pack', '--silent', '--pack-destination', scratch], root);
		const [tarball] = globSync('*.tgz', { cwd: scratch });
		run('tar', ['-xzf', tarball], scratch);
		const unpacked = join(scratch, 'package');
		// The rules resolve n8n-workflow beside the package, as in an installation.
		symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));
		return [
			await scanFolder('sources', root, SOURCE_FILE_PATTERNS),
			await scanFolder('tarball', unpacked, ['**/*.js', 'package.json']),
		];
	} finally {
		rmSync(scratch, { recursive: true });
	}
}
