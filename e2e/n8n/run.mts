/**
 * Tries the package in the whole n8n: npm run e2e:n8n [-- 2|1] [-- headless|editor|queue|load] [-- part of a test file's name]
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import type { EventData } from 'node:test';
import { spec } from 'node:test/reporters';

import { installOnce } from '../install.mts';
import { PARTS, programsOf } from './parts.mts';
import type { Part } from './parts.mts';
import { installLine, requirePrograms } from './install.mts';
import { LINES, versionOf } from './lines.mts';
import type { Line } from './lines.mts';
import { makeTemplate } from './n8n.mts';
import { packPackage } from './package.mts';
import { duration, resultTable } from './results.mts';
import type { Result } from './results.mts';

const words = process.argv.slice(2);
const take = <Choice extends string | number>(choices: readonly Choice[]): Choice[] => {
	const chosen = choices.filter((choice) => words.includes(String(choice)));
	return chosen.length > 0 ? chosen : [...choices];
};
const lines = take(LINES);
const parts = take(PARTS);
const [wanted = ''] = words.filter((word) => ![...LINES.map(String), ...PARTS].includes(word));

const results: Result[] = [];

/** Of a test that has ended; `expectFailure` is not yet in its types. */
type Event = (EventData.TestPass | EventData.TestFail) & { expectFailure?: unknown };

/** The files of a part, each in a process of its own; n8n takes a core by itself, so few at a time. */
async function runTests(line: Line, part: Part, template: string): Promise<void> {
	const folder = join(import.meta.dirname, part);
	const files = readdirSync(folder)
		.filter((name) => name.endsWith('.test.mts') && name.includes(wanted))
		.map((name) => join(folder, name));
	if (files.length === 0) return;
	console.log(`\nn8n ${versionOf(line)}, ${part}`);
	process.env.N8N_LINE = String(line);
	process.env.N8N_TEMPLATE = template;
	const stream = run({ files, concurrency: part === 'headless' ? 2 : 1, timeout: 30 * 60_000 });
	for (const outcome of ['pass', 'fail'] as const) {
		stream.on(`test:${outcome}`, ({ name, details, skip, expectFailure }: Event) => {
			// A file is counted by its tests, unless it fell before them.
			const isFile = details.type === 'suite' || files.includes(name);
			if (isFile && outcome === 'pass') return;
			if (details.type === 'suite') return;
			const isSkipped = skip !== undefined && skip !== false;
			const passed = expectFailure ? 'expected' : 'pass';
			const status = isSkipped ? 'skip' : outcome === 'pass' ? passed : 'fail';
			results.push({ line, part, name, status, milliseconds: details.duration_ms });
		});
	}
	const output = stream.compose(new spec());
	for await (const text of output) process.stdout.write(text as string);
}

requirePrograms(programsOf(parts), 'npm run e2e:n8n');
await installOnce();
const folder = mkdtempSync(join(tmpdir(), 'whiteboard-e2e-'));
try {
	const tarball = await packPackage(folder);
	for (const line of lines) {
		await installLine(line);
		const template = join(folder, `n8n-${line}`);
		const started = performance.now();
		await makeTemplate(line, template, tarball);
		console.log(
			`n8n ${versionOf(line)} with the package is ready to be copied: ${duration(performance.now() - started)}`,
		);
		for (const part of parts) await runTests(line, part, template);
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}

const count = (status: Result['status']) =>
	results.filter((result) => result.status === status).length;
const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')];
console.log(`\n${resultTable(lines, results)}\n`);
if (count('expected') > 0) console.log(`${count('expected')} failed as expected`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
