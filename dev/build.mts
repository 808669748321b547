/** Keeps the package built where n8n has its community nodes: a changed source is compiled at once. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { folderOf } from '../e2e/n8n/lines.mts';
import type { Line } from '../e2e/n8n/lines.mts';
import { runProgram, startServer } from '../e2e/n8n/processes.mts';
import type { Server } from '../e2e/n8n/processes.mts';

const ROOT = join(import.meta.dirname, '..');
const { resolve } = createRequire(import.meta.url);

const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string };

/** What the compiler says when it is done. */
const VERDICT = /Found (\d+) errors?\. Watching for file changes\./;
/** What else it says of its own work; the rest is about errors. */
const PROGRESS = /Starting compilation|File change detected|^\s*$/;

/** An installed package, without its programs. Its n8n-workflow is n8n's own: both must know the same errors. */
function layOut(line: Line, userFolder: string): string {
	const modules = join(userFolder, '.n8n', 'nodes', 'node_modules');
	const folder = join(modules, name);
	mkdirSync(folder, { recursive: true });
	for (const file of ['package.json', 'index.js']) cpSync(join(ROOT, file), join(folder, file));
	const link = join(modules, 'n8n-workflow');
	rmSync(link, { recursive: true, force: true });
	symlinkSync(join(folderOf(line), 'node_modules', 'n8n-workflow'), link, 'junction');
	return join(folder, 'dist');
}

export interface Build {
	/** Resolves once there is something to load. */
	ready: Promise<void>;
	close(): Promise<void>;
}

/**
 * @param say Told of errors: what has been built before them stays
 */
export async function keepBuilt(
	line: Line,
	userFolder: string,
	say: (text: string) => void,
): Promise<Build> {
	const dist = layOut(line, userFolder);
	const env = { ...process.env, DIST: dist };
	const node = (label: string, ...args: string[]) => ({
		name: label,
		command: process.execPath,
		args,
		env,
	});
	const gulp = join(resolve('gulp'), '..', 'bin', 'gulp.js');

	async function run(label: string, ...args: string[]): Promise<void> {
		const { code, output } = await runProgram(node(label, ...args));
		if (code !== 0) say(`${label} ended with status ${code}:\n${output}`);
	}

	const servers: Server[] = [];
	const ready = Promise.withResolvers<void>();
	/** Of the compiler's output. */
	let rest = '';

	/** One after the other. */
	let schemas = Promise.resolve();

	function compiled(errors: number): void {
		if (errors > 0) {
			say('Nothing is built until that is fixed.');
			return;
		}
		schemas = schemas.then(async () => {
			await run('The schemas', join(ROOT, 'scripts', 'schemas.mts'));
			ready.resolve();
		});
	}

	function onOutput(text: string): void {
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		for (const said of lines) {
			const [, errors] = VERDICT.exec(said) ?? [];
			if (errors !== undefined) compiled(Number(errors));
			else if (!PROGRESS.test(said)) say(said);
		}
	}

	await run('The assets', gulp, '--silent', 'assets');
	const compiler = node(
		'The compiler',
		join(resolve('typescript'), '..', '..', 'bin', 'tsc'),
		...['--watch', '--preserveWatchOutput', '--noEmitOnError', '--outDir', dist],
	);
	servers.push(await startServer({ ...compiler, onOutput }));
	servers.push(await startServer(node('The assets', gulp, '--silent', 'watch')));
	return {
		ready: ready.promise,
		close: async () => {
			await Promise.all(servers.map(async (server) => await server.kill()));
		},
	};
}
