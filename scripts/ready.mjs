// Installs what is missing, so that `npm start` and `npm test` work right after `git clone`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const stamp = 'node_modules/.installed-lock.json';
const lock = readFileSync('package-lock.json', 'utf8');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
	console.log('Installing the development tools (a minute or two, once) …');
	// Not `npm ci`: it refuses a lock file that lacks another platform's optional binaries.
	const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
	const { status } = spawnSync('npm', ['install', ...options], {
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	if (status !== 0) process.exit(status ?? 1);
	writeFileSync(stamp, lock);
}
