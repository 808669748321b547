/**
 * A test runner for Stryker. Each mutant meets only the tests that reach it, file by file in the order of the
 * part's `tests`, until one fails: most die in a unit test and never see n8n. What runs when a file's modules
 * are loaded counts as reached by all tests of the file.
 */
import { relative } from 'node:path';

import type { TestResult } from '@jest/test-result';
import { runCLI } from 'jest';

import { part } from './parts.mts';

type Counts = Record<string, number>;

/** What Stryker's code in the sources reads and writes, per test file. */
interface Context {
	activeMutant?: string;
	hitLimit?: number;
	hitCount?: number;
	currentTestId?: string;
	mutantCoverage: { static: Counts; perTest: Record<string, Counts> };
}

/** The environment of each test file opens its context here. */
interface MutationRun {
	open(testPath: string): Context;
}

declare global {
	var mutationRun: MutationRun;
}

interface MutantRunOptions {
	activeMutant: { id: string };
	/** IDs of tests; left out: all. */
	testFilter?: string[];
	hitLimit?: number;
}

const SEPARATOR = ' › ';
const fileOf = (path: string) => relative('test', path).replace(/\.test\.mts$/, '');
const idOf = (path: string, name: string) => fileOf(path) + SEPARATOR + name;

/** Tests without n8n's engine play time, or take none: a test that does not end is soon known. */
const testTimeoutOf = (files: string[]) =>
	files.some((file) => /^(engine|lines)\//.test(file)) ? 20_000 : 5000;

async function runJest(files: string[], testNamePattern?: string): Promise<TestResult[]> {
	const { results } = await runCLI(
		{
			$0: 'stryker',
			_: files.map((name) => `test/${name}.test.mts`),
			config: 'test/mutation/jest.config.mjs',
			runTestsByPath: true,
			runInBand: true,
			silent: true,
			testLocationInResults: true,
			testNamePattern,
			testTimeout: testTimeoutOf(files),
			testEnvironment: './test/mutation/environment.cjs',
			setupFiles: ['./test/mutation/setup.cjs'],
		} as unknown as Parameters<typeof runCLI>[0],
		[process.cwd()],
	);
	return results.testResults;
}

const rankOf = ({ testFilePath }: TestResult) => part.tests.indexOf(fileOf(testFilePath));

/** The message of the first failure; a file that cannot even be loaded has noticed the mutant, too. */
function failureIn({ testExecError, testResults }: TestResult) {
	const failed = testResults.find(({ status }) => status === 'failed');
	if (failed) return { name: failed.fullName, message: failed.failureMessages.join('\n') };
	return testExecError && { name: undefined, message: String(testExecError.message) };
}

class FileRunner {
	capabilities() {
		return { reloadEnvironment: true };
	}

	async dryRun() {
		const contexts = new Map<string, Context>();
		globalThis.mutationRun = {
			open(testPath) {
				const context = { mutantCoverage: { static: {}, perTest: {} } };
				contexts.set(testPath, context);
				return context;
			},
		};
		const files = await runJest(part.tests);
		files.sort((a, b) => rankOf(a) - rankOf(b));
		for (const file of files) {
			const failure = failureIn(file);
			if (failure) {
				const errorMessage = `${file.testFilePath}: ${failure.name}: ${failure.message}`;
				return { status: 'error', errorMessage };
			}
		}
		const perTest: Record<string, Counts> = {};
		const tests = files.flatMap(({ testFilePath, testResults }) => {
			const coverage = contexts.get(testFilePath)!.mutantCoverage;
			return testResults
				.filter(({ status }) => status === 'passed')
				.map(({ fullName, duration, location }) => {
					const id = idOf(testFilePath, fullName);
					perTest[id] = { ...coverage.static, ...coverage.perTest[fullName] };
					return {
						status: 0,
						id,
						name: fullName,
						timeSpentMs: duration ?? 0,
						fileName: testFilePath,
						startPosition: location && { line: location.line - 1, column: location.column },
					};
				});
		});
		return { status: 'complete', tests, mutantCoverage: { static: {}, perTest } };
	}

	async mutantRun({ activeMutant, testFilter = [], hitLimit = 0 }: MutantRunOptions) {
		const namesOf = new Map<string, string[]>();
		for (const id of testFilter) {
			const at = id.indexOf(SEPARATOR);
			const file = id.slice(0, at);
			namesOf.set(file, [...(namesOf.get(file) ?? []), id.slice(at + SEPARATOR.length)]);
		}
		// Stryker allows a hundred times the hits of the dry run: of a loop in a property, that takes minutes.
		const limit = Math.max(5000, hitLimit / 20);
		let nrOfTests = 0;
		for (const file of namesOf.keys()) {
			const context: Context = {
				activeMutant: activeMutant.id,
				hitLimit: limit,
				hitCount: 0,
				mutantCoverage: { static: {}, perTest: {} },
			};
			globalThis.mutationRun = { open: () => context };
			const names = namesOf.get(file)!.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
			const pattern = `^(${names.join('|')})$`;
			// One too large for a regular expression would keep the file from loading, which is no kill.
			new RegExp(pattern, 'i').test('');
			const [result] = await runJest([file], pattern);
			const failure = failureIn(result);
			if (context.hitCount! > limit) return { status: 'timeout', reason: `Reached ${limit} times` };
			nrOfTests += names.length;
			if (failure) {
				const killedBy = failure.name
					? [idOf(result.testFilePath, failure.name)]
					: testFilter.slice(0, 1);
				return { status: 'killed', killedBy, failureMessage: failure.message, nrOfTests };
			}
		}
		return { status: 'survived', nrOfTests };
	}
}

const factory = Object.assign(() => new FileRunner(), { inject: [] });
export const strykerPlugins = [{ kind: 'TestRunner', name: 'files', factory }];
