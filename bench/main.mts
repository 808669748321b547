/**
 * Measures the built package and writes bench/RESULTS.md. Everything stays on loopback. With `--quick`
 * the waiting is scaled down, with `--only` just the parts run whose names hold that text; with either
 * nothing is written.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { benchFiles } from './files.mts';
import { benchLoad, benchSize } from './load.mts';
import { describeMachine, loadNow } from './machine.mts';
import { benchMemory } from './memory.mts';
import { benchOverhead } from './overhead.mts';
import { benchSigning } from './signing.mts';
import { benchProcesses, benchSlow, benchSmall } from './sharing.mts';
import { table } from './table.mts';
import type { Row } from './table.mts';
import { benchFew, benchMany, FULL, QUICK } from './waiting.mts';

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const { values } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const scale = values.quick ? QUICK : FULL;

const allParts: Array<[string, () => Row[] | Promise<Row[]>]> = [
	['signing', benchSigning],
	['loading', () => [benchLoad()]],
	['size', benchSize],
	['CPU time per item', benchOverhead],
	[`a file of ${scale.fileBytes / 1e6} MB`, async () => await benchFiles(scale.fileBytes)],
	[`waiting for ${scale.few} tasks`, async () => await benchFew(scale)],
	[`waiting for ${scale.many} tasks`, async () => await benchMany(scale)],
	['processes on one account', async () => await benchProcesses(scale)],
	['a small execution beside large ones', async () => await benchSmall(scale)],
	['a slow service', benchSlow],
	['heap', benchMemory],
];
const parts = allParts.filter(([name]) => name.toLowerCase().includes(values.only.toLowerCase()));
if (parts.length === 0) {
	throw new Error(
		`No part is called "${values.only}": ${allParts.map(([name]) => name).join(', ')}`,
	);
}

const started = Date.now();
const loadBefore = loadNow();
const rows: Row[] = [];
for (const [name, measure] of parts) {
	process.stderr.write(`${name} …`);
	const from = Date.now();
	rows.push(...(await measure()));
	process.stderr.write(` ${((Date.now() - from) / 1000).toFixed(0)} s\n`);
}

const minutes = ((Date.now() - started) / 60_000).toFixed(1);
const notes = [
	`${new Date(started).toISOString().slice(0, 10)}, one run of ${minutes} minutes`,
	...describeMachine(),
	`Load average before: ${loadBefore}; after: ${loadNow()}. Other programs may have kept the machine busy; what is compared was measured in turns or at the same time, so the ratios say more than the times.`,
];
const missed = rows.filter(({ goal }) => goal?.met === false).length;
const text = `# Benchmark

Written by \`npm run bench\`. Figures are medians with their quartiles, \`median [25 % – 75 %]\`, where something
was measured many times. The ratio is ours divided by the other: below 1 is less time, less work or less data.

${notes.map((note) => `- ${note}`).join('\n')}

${table(rows)}

${missed === 0 ? 'Every goal is met.' : `Goals missed: ${missed}.`}
`;

console.log(`\n${notes.join('\n')}\n\n${table(rows)}\n`);
if (values.quick) {
	console.log(
		`--quick: e.g. ${scale.many} tasks of at most ${scale.manyLongest} s instead of ${FULL.many} of ${FULL.manyLongest} s.`,
	);
}
if (values.quick || values.only) console.log('bench/RESULTS.md stays as it is.');
else {
	writeFileSync(
		RESULTS,
		await format(text, { ...(await resolveConfig(RESULTS)), filepath: RESULTS }),
	);
	console.log(`Written to ${RESULTS}`);
}
