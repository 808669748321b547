/** What a run of checks comes to: the table at its end, and the line that CI reads. */
import type { TestResult } from '@jest/test-result';

export interface Counts {
	passed: number;
	failed: number;
	skipped?: number;
}

export interface Part {
	name: string;
	result: 'passed' | 'failed' | 'not run';
	milliseconds: number;
	/** Of a part that counts its tests. */
	counts?: Counts;
}

function sum<T>(all: T[], of: (one: T) => number): number {
	return all.reduce((before, one) => before + of(one), 0);
}

/** A part for each project of Jest. They run side by side: each is given its share of the time. */
export function testParts(files: TestResult[], milliseconds: number): Part[] {
	const runtime = (some: TestResult[]) => sum(some, ({ perfStats }) => perfStats.runtime);
	const projects = Map.groupBy(files, ({ displayName }) => displayName?.name);
	return [...projects].map(([project, own]) => {
		const counts = {
			passed: sum(own, ({ numPassingTests }) => numPassingTests),
			// What goes wrong outside of its tests is a failure of the file.
			failed: sum(own, (file) => file.numFailingTests + (file.testExecError ? 1 : 0)),
			skipped: sum(own, ({ numPendingTests }) => numPendingTests),
		};
		return {
			name: project ? `tests on ${project}` : 'tests',
			result: counts.failed > 0 ? 'failed' : 'passed',
			milliseconds: (milliseconds * runtime(own)) / (runtime(files) || 1),
			counts,
		};
	});
}

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;

/** The last line of every run. */
export const closingLine = ({ passed, failed, skipped }: Counts) =>
	`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/** A line for each part, with how long it took. */
export function table(parts: Part[]): string {
	const rows = parts.map(({ name, result, milliseconds, counts }) => [
		name,
		result === 'not run' ? '' : seconds(milliseconds),
		counts ? closingLine(counts) : result,
	]);
	const [names, times] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
	return rows
		.map(([name, time, result]) => `${name.padEnd(names)}  ${time.padStart(times)}  ${result}`)
		.join('\n');
}

/** All tests. A part that failed is one failure at the least, whatever it counted. */
export const total = (parts: Part[]): Counts => ({
	passed: sum(parts, ({ counts }) => counts?.passed ?? 0),
	failed: sum(parts, ({ result, counts }) =>
		result === 'failed' ? Math.max(1, counts?.failed ?? 0) : 0,
	),
	skipped: sum(parts, ({ counts }) => counts?.skipped ?? 0),
});
