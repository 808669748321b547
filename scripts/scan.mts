// n8n's own package scanner over the sources and over the packed tarball, comments that switch rules off ignored.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const scannerRoot = dirname(
	createRequire(import.meta.url).resolve('@n8n/scan-community-package/package.json'),
);
const load = (path) => import(pathToFileURL(path).href);
const { SOURCE_FILE_PATTERNS, analyzePackage, buildScanConfig } = await load(
	join(scannerRoot, 'scanner', 'scanner.mjs'),
);
const { ESLint } = await import('eslint');

/** The scanner's verdict is about errors only; warnings are counted here with its own configuration. */
async function countMessages(cwd, patterns) {
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
	for (const { filePath, messages } of results) {
		for (const { line, message, ruleId } of messages)
			console.log(`${filePath}:${line} ${message} (${ruleId})`);
	}
	const sum = (key) => results.reduce((total, result) => total + result[key], 0);
	return { files: files.length, errors: sum('errorCount'), warnings: sum('warningCount') };
}

async function scan(name, directory, patterns) {
	const verdict = await analyzePackage(directory, patterns);
	const { files, errors, warnings } = await countMessages(directory, patterns);
	console.log(`Scanned ${name}: ${files} files, ${errors} errors, ${warnings} warnings`);
	if (!verdict.passed) console.log(verdict.message, verdict.details ?? '');
	return verdict.passed && files > 0 && errors === 0 && warnings === 0;
}

const root = resolve('.');
const scratch = mkdtempSync(join(tmpdir(), 'scan-'));
try {
	const run = (command, args, cwd) => {
		const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
		if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
	};
	run('npm', ['pack', '--silent', '--pack-destination', scratch], root);
	const [tarball] = globSync('*.tgz', { cwd: scratch });
	run('tar', ['-xzf', tarball], scratch);
	const unpacked = join(scratch, 'package');
	// The rules resolve n8n-workflow beside the package, as in an installation.
	symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));

	const sources = await scan('sources', root, SOURCE_FILE_PATTERNS);
	const packed = await scan('tarball', unpacked, ['**/*.js', 'package.json']);
	if (!sources || !packed) process.exitCode = 1;
} finally {
	rmSync(scratch, { recursive: true });
}
