/** For the test of the kit: starts a server that starts another, tells their pids, and stays. */
import { startServer, until } from './processes.mts';

const server = await startServer({
	name: 'a shell and what it has started',
	command: 'sh',
	args: ['-c', 'sleep 600 & echo "pid $!"; wait'],
});
const pidOf = () => /pid (\d+)/.exec(server.output())?.[1];
process.send?.([server.pid, Number(await until(pidOf, { what: server.output }))]);
setInterval(() => {}, 1000);
