/**
 * All that `npm test` checks, with a table of it at the end. A part that fails does not keep the others from
 * running, but for those that need the build: one run tells all that is to be fixed.
 */
import { spawnSync } from 'node:child_process';

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

async function test(): Promise<void> {
	const start = performance.now();
	// As Jest's own command does.
	process.env.NODE_ENV ??= 'test';
	const options = { config: 'test/lines/jest.config.mjs', reporters: ['default'] };
	const { results } = await runCLI(options as unknown as Parameters<typeof runCLI>[0], [
		process.cwd(),
	]);
	const milliseconds = performance.now() - start;
	const ofTests = testParts(results.testResults, milliseconds);
	// For instance, not one test was found.
	const isCounted = results.success || ofTests.some(({ result }) => result === 'failed');
	parts.push(
		...(isCounted ? ofTests : [{ name: 'tests', result: 'failed' as const, milliseconds }]),
	);
}

check('lint');
check('typecheck');
if (check('build')) {
	check('scan');
	await test().catch((error: unknown) => {
		console.error(error);
		parts.push({ name: 'tests', result: 'failed', milliseconds: 0 });
	});
} else {
	for (const name of ['scan', 'tests']) parts.push({ name, result: 'not run', milliseconds: 0 });
}

const { failed } = total(parts);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`\n${table(parts)}\n\n${closingLine(total(parts))}`);
