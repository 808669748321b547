/**
 * All that `npm test` checks, with a table of it at the end. A part that fails does not keep the others from
 * running, but for those that need the build: one run tells all that is to be fixed.
 */
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';

import { runCLI } from 'jest';

import { closingLine, table, testParts, total } from './summary.mts';
import type { Part } from './summary.mts';

const parts: Part[] = [];

/** Runs one of the scripts in package.json. */
function check(script: string): boolean {
	const start = performance.now();
	const { status } = spawnSync('npm', ['run', '--silent', script], {
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	const result = status === 0 ? 'passed' : 'failed';
	parts.push({ name: script, result, milliseconds: performance.now() - start });
	return status === 0;
}

/** A failure until they have run to their end. */
let tests: Part[] = [{ name: 'tests', result: 'failed', milliseconds: 0 }];

async function test(): Promise<void> {
	const start = performance.now();
	// As Jest's own command does.
	process.env.NODE_ENV ??= 'test';
	const options = { config: 'test/lines/jest.config.mjs', reporters: ['default'] };
	const { results } = await runCLI(options as unknown as Parameters<typeof runCLI>[0], [
		process.cwd(),
	]);
	const ofTests = testParts(results.testResults, performance.now() - start);
	const isCounted = results.success || ofTests.some(({ result }) => result === 'failed');
	if (isCounted) tests = ofTests;
}

// However it ends: where there are no tests, Jest ends the process, and takes away what console.log writes.
process.once('exit', () => {
	const all = [...parts, ...tests];
	const counts = total(all);
	process.exitCode = counts.failed > 0 ? 1 : 0;
	writeSync(1, `\n${table(all)}\n\n${closingLine(counts)}\n`);
});

check('lint');
check('typecheck');
if (check('build')) {
	check('scan');
	await test().catch(console.error);
} else {
	tests = [];
	for (const name of ['scan', 'tests']) parts.push({ name, result: 'not run', milliseconds: 0 });
}
// What a test has left open does not keep it from ending.
process.exit();
