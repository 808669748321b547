/** What the package costs before it does anything: time to load, size to download. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { folderOf, readPackage, ROOT } from './machine.mts';
import { median, ratios, rotated, spread } from './stats.mts';
import type { Row } from './table.mts';

const LOADS = 15;
const LOAD_GOAL = 10;
const SIZE_GOAL = 80;
const SDK = 'tencentcloud-sdk-nodejs-common';

/**
 * Loads files in a fresh process that has n8n-workflow already, as n8n has. With `create` their classes
 * are made too, as n8n does to read the descriptions. Milliseconds.
 */
function loadTime(files: readonly string[], create: boolean): number {
	const script = `
		require('n8n-workflow');
		const started = performance.now();
		for (const file of ${JSON.stringify(files)}) {
			const loaded = require(file);
			if (${create}) for (const Type of Object.values(loaded)) new Type();
		}
		console.log(performance.now() - started);`;
	return Number(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

function tarballSize(folder: string): number {
	// The folder as an argument: from within node_modules npm would go up to the project.
	const listed = execFileSync('npm', ['pack', folder, '--dry-run', '--json', '--ignore-scripts'], {
		cwd: ROOT,
		encoding: 'utf8',
		shell: process.platform === 'win32',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	// npm 11 gives a list, npm 12 an object by package name.
	const [{ size }] = Object.values(JSON.parse(listed) as Record<string, { size: number }>);
	return size / 1000;
}

export function benchLoad(): Row {
	const { n8n } = readPackage(ROOT);
	const entries = [...(n8n?.nodes ?? []), ...(n8n?.credentials ?? [])];
	const files = entries.map((entry) => join(ROOT, entry));
	const ours: number[] = [];
	const theirs: number[] = [];
	const ways = [
		() => ours.push(loadTime(files, true)),
		() => theirs.push(loadTime([folderOf(SDK)], false)),
	];
	for (let round = 0; round < LOADS; round += 1) for (const way of rotated(ways, round)) way();
	return {
		what: `Loading the package in a fresh process (${entries.length} entry files, classes made)`,
		ours: `${spread(ours, 1)} ms`,
		comparedWith: `loading ${SDK}: ${spread(theirs, 1)} ms`,
		ratio: spread(ratios(ours, theirs)),
		goal: { text: `ours ≤ ${LOAD_GOAL} ms`, met: median(ours) <= LOAD_GOAL },
	};
}

export function benchSize(): Row[] {
	const dependencies = (folder: string) => Object.keys(readPackage(folder).dependencies ?? {});
	const size = tarballSize(ROOT);
	const sdkFolder = folderOf(SDK);
	const sdkSize = tarballSize(sdkFolder);
	const count = dependencies(ROOT).length;
	const sdkCount = dependencies(sdkFolder).length;
	return [
		{
			what: 'Size of the tarball (npm pack)',
			ours: `${size.toFixed(1)} kB`,
			comparedWith: `${SDK}: ${sdkSize.toFixed(1)} kB`,
			ratio: (size / sdkSize).toFixed(2),
			goal: { text: `ours ≤ ${SIZE_GOAL} kB`, met: size <= SIZE_GOAL },
		},
		{
			what: 'Dependencies at run time',
			ours: String(count),
			comparedWith: `${SDK}: ${sdkCount}`,
			ratio: (count / sdkCount).toFixed(2),
			goal: { text: '0', met: count === 0 },
		},
	];
}
