/** The closing table: every check on every line. */
import type { Line } from './lines.mts';
import { versionOf } from './lines.mts';

export interface Result {
	line: Line;
	part: string;
	name: string;
	status: 'pass' | 'fail' | 'skip' | 'expected';
	milliseconds: number;
}

export const duration = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

const SHOWN: Record<Result['status'], (result: Result) => string> = {
	pass: ({ milliseconds }) => duration(milliseconds),
	fail: ({ milliseconds }) => `**failed**, ${duration(milliseconds)}`,
	skip: () => 'not there',
	/** What belongs to another issue: it passes by failing. */
	expected: () => 'fails, as expected',
};

export function resultTable(lines: readonly Line[], results: readonly Result[]): string {
	const checks = new Map<string, Result[]>();
	for (const result of results) {
		const key = `${result.part}: ${result.name}`;
		checks.set(key, [...(checks.get(key) ?? []), result]);
	}
	const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
	return [
		row(['Check', ...lines.map((line) => `n8n ${versionOf(line)}`)]),
		row(['---', ...lines.map(() => '---')]),
		...[...checks].map(([key, found]) =>
			row([
				key,
				...lines.map((line) => {
					const result = found.find((candidate) => candidate.line === line);
					return result ? SHOWN[result.status](result) : '–';
				}),
			]),
		),
	].join('\n');
}
