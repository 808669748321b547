/** Ends a test run with one plain line that any CI can read: `N passed, N failed`. */
export default class ClosingLine {
	onRunComplete(_contexts, results) {
		// A suite that could not even start counts as a failure of its own.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : '';
		process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${skipped}\n`);
	}
}
