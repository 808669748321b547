/**
 * Mutation tests, part by part: `npm run mutation` for all, `npm run mutation -- queue tasks` for some.
 * Fails when fewer than 95 % of the mutants are killed, or when one survives that survivors.md does not list.
 * A part run again tests only what has changed; delete `reports` to start anew.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { parts } from './parts.mts';

const STRYKER = '@stryker-mutator/core@10.0.0';
const LEAST = 95;
const LIST = 'test/mutation/survivors.md';

interface Mutant {
	status: string;
	replacement: string;
	location: Record<'start' | 'end', { line: number; column: number }>;
}

interface Report {
	files: Record<string, { source: string; mutants: Mutant[] }>;
}

function runStryker(part: string): void {
	const { status } = spawnSync(
		'npm',
		['exec', '--yes', `--package=${STRYKER}`, '--', 'stryker', 'run'],
		{
			stdio: 'inherit',
			env: { ...process.env, MUTATION_PART: part },
			shell: process.platform === 'win32',
		},
	);
	if (status !== 0) process.exit(1);
}

const code = (text: string) => `\`${text.replace(/\s+/g, ' ').trim()}\``;

/** A mutant as the list has it: its line, the code in it, and what stands in its place. */
function nameOf(source: string, { location: { start, end }, replacement }: Mutant): string {
	const lines = source.split('\n').slice(start.line - 1, end.line);
	const [line] = lines;
	lines.push(lines.pop()!.slice(0, end.column - 1));
	lines[0] = lines[0].slice(start.column - 1);
	return `- ${code(line)}: ${code(lines.join('\n'))} → ${code(replacement)}`;
}

const score = (mutants: number, survived: number) => (100 * (mutants - survived)) / mutants;

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
	console.error(`Unknown: ${unknown.join(', ')}. The parts are ${Object.keys(parts).join(', ')}`);
	process.exit(1);
}

/** The mutants in the list, each with the file whose heading it stands under. */
const listed = new Set<string>();
let heading = '';
for (const line of readFileSync(LIST, 'utf8').split('\n')) {
	if (line.startsWith('## ')) heading = line.slice(3);
	if (line.startsWith('- ')) listed.add(`${heading}\n${line}`);
}
const unlisted: string[] = [];
const outdated: string[] = [];
const total = { mutants: 0, survived: 0 };
const rows: object[] = [];
for (const part of chosen.length > 0 ? chosen : Object.keys(parts)) {
	const started = Date.now();
	runStryker(part);
	const seconds = Math.round((Date.now() - started) / 1000);
	const { files } = JSON.parse(readFileSync(`reports/mutation/${part}.json`, 'utf8')) as Report;
	const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
		mutants.map((mutant) => ({
			status: mutant.status,
			name: `${file}\n${nameOf(source, mutant)}`,
		})),
	);
	const have = (...statuses: string[]) => all.filter(({ status }) => statuses.includes(status));
	const survivors = have('Survived', 'NoCoverage');
	const [killed, timedOut] = [have('Killed').length, have('Timeout').length];
	const survived = survivors.length;
	const mutants = killed + timedOut + survived;
	rows.push({
		part,
		mutants,
		killed,
		timedOut,
		survived,
		'%': Number(score(mutants, survived).toFixed(1)),
		seconds,
	});
	total.mutants += mutants;
	total.survived += survived;
	const names = survivors.map(({ name }) => name);
	unlisted.push(...names.filter((name) => !listed.has(name)));
	const here = [...listed].filter((name) => name.split('\n')[0] in files);
	outdated.push(...here.filter((name) => !names.includes(name)));
}
console.table(rows);
const reached = score(total.mutants, total.survived);
console.log(`${total.mutants} mutants, ${reached.toFixed(1)} % of them killed`);
if (unlisted.length > 0) console.log([`\nNot in ${LIST}:`, ...unlisted].join('\n'));
if (outdated.length > 0) console.log([`\nIn ${LIST}, and killed:`, ...outdated].join('\n'));
if (reached < LEAST || unlisted.length > 0) process.exitCode = 1;
