/** What a test file leaves behind fails it: see test/environment.mjs and test/closing-line.mjs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { FormattedTestResults } from '@jest/test-result';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const jestProgram = createRequire(__filename).resolve('jest/bin/jest');

/** Test files, and what is said of each; nothing where it has to pass. */
const FILES: Record<string, { body: string; says?: RegExp }> = {
	nothing: { body: 'await new Promise((resolve) => setTimeout(resolve, 1));' },
	closed: {
		body: `const server = require('node:http').createServer();
			await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
			server.close();`,
	},
	unref: { body: 'setInterval(() => {}, 60_000).unref();' },
	server: {
		body: `const server = require('node:http').createServer();
			await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));`,
		says: /Left open: TCPServerWrap\n/,
	},
	timer: { body: 'setInterval(() => {}, 60_000);', says: /Left open: Timeout\n/ },
	listeners: {
		body: `const emitter = new (require('node:events'))();
			for (let count = 0; count < 12; count += 1) emitter.on('event', () => {});`,
		says: /Process warning: MaxListenersExceededWarning: .* 11 event listeners/,
	},
	rejection: {
		body: "void Promise.reject(new Error('nobody handles this'));",
		says: /Unhandled rejection: Error: nobody handles this\n/,
	},
	lateRejection: {
		body: "setTimeout(() => Promise.reject(new Error('too late')), 1);",
		says: /Unhandled rejection: Error: too late\n/,
	},
};

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'left-behind-'));
	for (const [name, { body }] of Object.entries(FILES)) {
		writeFileSync(
			join(folder, `${name}.test.js`),
			`test('${name}', async () => { ${body} });\ntest('another', () => {});\n`,
		);
	}
	writeFileSync(
		join(folder, 'jest.config.json'),
		JSON.stringify({
			rootDir: folder,
			testEnvironment: resolve('test/environment.mjs'),
			testEnvironmentOptions: { patience: 500 },
			reporters: [[resolve('test/closing-line.mjs'), { patience: 500 }]],
		}),
	);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...options: string[]) =>
	spawnSync(
		process.execPath,
		[jestProgram, '--config', join(folder, 'jest.config.json'), ...options],
		{
			encoding: 'utf8',
			timeout: 60_000,
		},
	);

describe('in workers', () => {
	let status: number | null;
	let stdout: string;
	let results: FormattedTestResults;
	beforeAll(() => {
		const outputFile = join(folder, 'results.json');
		({ status, stdout } = run('--maxWorkers', '2', '--json', '--outputFile', outputFile));
		results = JSON.parse(readFileSync(outputFile, 'utf8')) as FormattedTestResults;
	});

	test.each(Object.entries(FILES))('%s', (name, { says }) => {
		const file = results.testResults.find((one) => one.name.endsWith(`/${name}.test.js`))!;
		expect(file.status).toBe(says ? 'failed' : 'passed');
		expect(`${file.message}\n`).toMatch(says ?? /^\n$/);
	});

	test('each such file is one failure more', () => {
		const bad = Object.values(FILES).filter(({ says }) => says).length;
		expect(status).toBe(1);
		expect(stdout).toMatch(
			new RegExp(`^${2 * Object.keys(FILES).length} passed, ${bad} failed$`, 'm'),
		);
	});
});

test('a run in one process ends all the same, and fails', () => {
	const { status, stdout, stderr } = run('--runInBand', 'server.test');
	expect(status).toBe(1);
	expect(stderr).toMatch(/The run does not end: .*TCPServerWrap\n/);
	expect(stdout).toMatch(/^2 passed, 1 failed\n$/);
});
