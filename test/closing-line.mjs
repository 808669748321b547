import { writeSync } from 'node:fs';

/** Ends a test run with one plain line that any CI can read: `N passed, N failed`. */
export default class ClosingLine {
	onRunComplete(_contexts, results) {
		// A suite that could not even start counts as a failure of its own.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : '';
		const line = `${results.numPassedTests} passed, ${failed} failed${skipped}`;
		// Jest's own summary comes after the reporters; the line is to be the last.
		process.once('exit', () => writeSync(1, `${line}\n`));
	}
}
