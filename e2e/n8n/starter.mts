/**
 * For the test of the kit: starts a server that starts another, tells their pids, and stays. With `by another`
 * it has another process do so, as a run has its tests.
 */
import { fork } from 'node:child_process';

import { startServer, until } from './processes.mts';

if (process.argv.includes('by another')) {
	fork(import.meta.filename, { execArgv: [] }).on('message', (pids) => process.send?.(pids));
} else {
	const server = await startServer({
		name: 'a shell and what it has started',
		command: 'sh',
		args: ['-c', 'sleep 600 & echo "pid $!"; wait'],
	});
	const pidOf = () => /pid (\d+)/.exec(server.output())?.[1];
	process.send?.([server.pid, Number(await until(pidOf, { what: server.output }))]);
}
setInterval(() => {}, 1000);
