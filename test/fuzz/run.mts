/**
 * The fuzz suites with many cases, by hand: `npm run fuzz -- [factor] [seed]`.
 *
 * The factor multiplies the cases of `npm test`; the seed is another one each time unless it is given. Fails
 * when something was violated or when there were fewer cases than were asked for.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
	suite: string;
	line: number;
	cases: number;
	seeds: [number, number];
	seconds: number;
}

const DEFAULT_FACTOR = 26;

const [factor = String(DEFAULT_FACTOR), seed = String(Date.now() % 1e9)] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const report = join(folder, 'report.jsonl');
const started = Date.now();
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
	process.execPath,
	[
		jest,
		'--config',
		'test/lines/jest.config.mjs',
		'--maxWorkers',
		'2',
		'--testPathPatterns',
		'test/fuzz/',
	],
	{
		stdio: 'inherit',
		env: { ...process.env, FUZZ_FACTOR: factor, FUZZ_SEED: seed, FUZZ_REPORT: report },
	},
);

const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
rmSync(folder, { recursive: true });
const reports = text
	.split('\n')
	.filter(Boolean)
	.map((one) => JSON.parse(one) as Report);
for (const { suite, line, cases, seeds, seconds } of reports) {
	console.log(`n8n ${line} ${suite}: ${cases} cases, seeds ${seeds.join(' to ')}, ${seconds} s`);
}
const totals = new Map<string, number>();
for (const { suite, cases } of reports) totals.set(suite, (totals.get(suite) ?? 0) + cases);
const sums = [...totals].map(([suite, cases]) => `${suite} ${cases}`).join(', ');
console.log(`In all: ${sums}; ${Math.round((Date.now() - started) / 1000)} s, seed ${seed}`);
process.exitCode = status ?? 1;
