/** Mutation tests of one part of the package. Run by `npm run mutation`, see test/mutation. */
import { part } from './test/mutation/parts.mts';

const report = `reports/mutation/${process.env.MUTATION_PART}`;

export default {
	plugins: ['./test/mutation/runner.mts', './test/mutation/texts.mts'],
	testRunner: 'files',
	mutate: part.mutate,
	ignorers: ['texts'],
	ignorePatterns: ['bench', 'e2e', 'coverage', 'tsconfig*.json'],
	coverageAnalysis: 'perTest',
	concurrency: 2,
	timeoutMS: 3000,
	timeoutFactor: 4,
	incremental: true,
	incrementalFile: `${report}.incremental.json`,
	reporters: ['progress-append-only', 'json'],
	jsonReporter: { fileName: `${report}.json` },
	checkers: [],
};
