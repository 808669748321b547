/** npm, as its own program: what it says goes to the terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface NpmOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
	/** Ends it early. */
	signal?: AbortSignal;
}

export async function npm(args: string[], options: NpmOptions): Promise<void> {
	const child = spawn('npm', args, {
		...options,
		stdio: 'inherit',
		// npm is a script there.
		shell: process.platform === 'win32',
	});
	const [status] = (await once(child, 'exit')) as [number | null];
	if (status !== 0) throw new Error(`npm ${args[0]} in ${options.cwd} ended with status ${status}`);
}

/** What is not in the lockfile stays out of it. */
export const INSTALL = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
