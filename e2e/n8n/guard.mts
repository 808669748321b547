/**
 * Runs a command in a process group of its own, and ends the whole group as soon as the process that asked
 * for it is gone, however it went: fork('guard.mts', [command, …arguments]). Tells it the command's pid, and
 * ends with its status: for a signal 128 and the signal's number, as in a shell.
 */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

// It may be gone already: then 'disconnect' has come before there was a listener.
if (!process.connected) process.exit();

const [command, ...args] = process.argv.slice(2);
const isWindows = process.platform === 'win32';
const child = spawn(command, args, {
	stdio: ['ignore', 'inherit', 'inherit'],
	// There it would open a window, and npm is a script.
	detached: !isWindows,
	shell: isWindows && command === 'npm',
});

function killGroup(): void {
	if (child.pid === undefined) return;
	if (isWindows) {
		spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
		return;
	}
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// All of it has ended.
	}
}

process.on('disconnect', killGroup);
// An interrupt at the terminal goes to everybody: the one who asked decides what it means.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.send?.(child.pid ?? 0, undefined, undefined, () => {
	// Where nobody is left to be told, 'disconnect' comes.
});

child.on('error', (error) => {
	console.error(`${command}: ${error.message}`);
	process.exit(127);
});
child.on('exit', (code, signal) => {
	killGroup();
	process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));
});
