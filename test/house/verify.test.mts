/** What `npm test` says at its end, of a package whose scripts and tests are the test's own: see scripts/verify.mts. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { expect, test } from '@jest/globals';

const GREEN = "test('passes', () => {});";

function verify(files: Record<string, string>, failing?: string) {
	const folder = mkdtempSync(join(tmpdir(), 'verify-'));
	try {
		const scripts = Object.fromEntries(
			['lint', 'typecheck', 'build', 'scan'].map((name) => [
				name,
				name === failing ? 'exit 1' : 'exit 0',
			]),
		);
		writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
		mkdirSync(join(folder, 'test', 'lines'), { recursive: true });
		writeFileSync(
			join(folder, 'test', 'lines', 'jest.config.mjs'),
			`export default { rootDir: ${JSON.stringify(folder)} };`,
		);
		for (const [name, content] of Object.entries(files)) {
			writeFileSync(join(folder, `${name}.test.js`), content);
		}
		const program = resolve('scripts/verify.mts');
		const { status, stdout } = spawnSync(process.execPath, [program], {
			cwd: folder,
			encoding: 'utf8',
			timeout: 60_000,
		});
		const lines = stdout.trimEnd().split('\n');
		const rows = lines.slice(lines.lastIndexOf('', lines.length - 3) + 1, -2);
		return {
			status,
			rows: rows.map((row) => row.replace(/ +\d+ s +| {2,}/, ': ')),
			last: lines.at(-1),
		};
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const CHECKS = ['lint: passed', 'typecheck: passed', 'build: passed', 'scan: passed'];

test('all is well', () => {
	expect(verify({ one: GREEN, two: GREEN })).toEqual({
		status: 0,
		rows: [...CHECKS, 'tests: 2 passed, 0 failed'],
		last: '2 passed, 0 failed',
	});
});

test('a check that fails is a failure beside the tests', () => {
	expect(verify({ one: GREEN }, 'lint')).toEqual({
		status: 1,
		rows: ['lint: failed', ...CHECKS.slice(1), 'tests: 1 passed, 0 failed'],
		last: '1 passed, 1 failed',
	});
});

test('without a build there are no tests', () => {
	expect(verify({ one: GREEN }, 'build')).toEqual({
		status: 1,
		rows: [...CHECKS.slice(0, 2), 'build: failed', 'scan: not run', 'tests: not run'],
		last: '0 passed, 1 failed',
	});
});

test.each<[string, Record<string, string>, string]>([
	['fails', { one: GREEN, two: "test('fails', () => { throw 1; });" }, '1 passed, 1 failed'],
	['cannot be read', { one: GREEN, two: 'this is no program' }, '1 passed, 1 failed'],
	['is not there', {}, 'failed'],
	['ends the process', { one: 'process.exit(0);' }, 'failed'],
])('a test that %s is a failure', (_what, files, result) => {
	expect(verify(files)).toEqual({
		status: 1,
		rows: [...CHECKS, `tests: ${result}`],
		last: result === 'failed' ? '0 passed, 1 failed' : result,
	});
});

test('what a test leaves open does not keep it from ending', () => {
	expect(verify({ one: "test('passes', () => { setInterval(() => {}, 1000); });" }).last).toBe(
		'1 passed, 0 failed',
	);
});
