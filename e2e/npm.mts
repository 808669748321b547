/** npm, as its own program: what it says goes to the terminal, and it ends with whoever has called it. */
import { runProgram } from './n8n/processes.mts';

/** Where it runs, and with what environment. */
export interface NpmOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
}

export async function npm(args: string[], options: NpmOptions): Promise<void> {
	const onOutput = (text: string) => process.stdout.write(text);
	const { code } = await runProgram({ name: 'npm', command: 'npm', args, onOutput, ...options });
	if (code !== 0) throw new Error(`npm ${args[0]} in ${options.cwd} ended with status ${code}`);
}

/** What is not in the lockfile stays out of it. */
export const INSTALL = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
