/** One line of the result: what was measured, against what, and whether the goal is met. */
export interface Row {
	what: string;
	ours: string;
	comparedWith: string;
	/** Ours divided by theirs. */
	ratio: string;
	/** Left out where the row is for information. */
	goal?: { text: string; met: boolean };
}

const HEAD = ['What', 'Ours', 'Compared with', 'Ratio', 'Goal', 'Met'];

const cellsOf = ({ what, ours, comparedWith, ratio, goal }: Row) => [
	what,
	ours,
	comparedWith,
	ratio,
	goal?.text ?? '–',
	goal ? (goal.met ? 'yes' : '**NO**') : '–',
];

/** A Markdown table that also reads well in a terminal. */
export function table(rows: readonly Row[]): string {
	const lines = [HEAD, ...rows.map(cellsOf)];
	const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	const rule = line(widths.map((width) => '-'.repeat(width)));
	const [head, ...body] = lines.map(line);
	return [head, rule, ...body].join('\n');
}
