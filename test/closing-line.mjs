import { writeSync } from 'node:fs';

import { closingLine, testParts, total } from '../scripts/summary.mts';

/** Ends a test run with one plain line that any CI can read: `N passed, N failed`. */
export default class ClosingLine {
	constructor(_globalConfig, { patience = 10_000 } = {}) {
		this.patience = patience;
	}

	onRunComplete(_contexts, { testResults }) {
		const counts = total(testParts(testResults, 0));
		// Jest's own summary comes after the reporters; the line is to be the last.
		process.once('exit', (code) => {
			if (code !== 0) counts.failed ||= 1;
			writeSync(1, `${closingLine(counts)}\n`);
		});
		// What keeps a run in one process from ending fails it. Workers are ended by jest.
		setTimeout(() => {
			console.error(`The run does not end: ${process.getActiveResourcesInfo().join(', ')}`);
			process.exit(1);
		}, this.patience).unref();
	}
}
