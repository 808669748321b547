/** What a server keeps in memory: its heap without garbage. */
import type { Server } from './processes.mts';
import { until } from './processes.mts';

/** For the environment of a server whose heap is measured: any free port for its inspector. */
export const INSPECTED = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

interface Reply {
	id: number;
	result: { usedSize: number };
}

/** Bytes in use after a garbage collection. */
export async function usedHeap(server: Server): Promise<number> {
	const urlOf = () => /Debugger listening on (ws:\S+)/.exec(server.output())?.[1];
	// Node.js opens its inspector on this signal.
	if (!urlOf()) server.signal('SIGUSR1');
	const socket = new WebSocket(await until(urlOf, { what: server.output }));
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	const requests = ['HeapProfiler.collectGarbage', 'Runtime.getHeapUsage'];
	socket.addEventListener('open', () => {
		requests.forEach((method, id) => socket.send(JSON.stringify({ id, method })));
	});
	socket.addEventListener('message', ({ data }) => {
		const { id, result } = JSON.parse(String(data)) as Reply;
		if (id === requests.length - 1) resolve(result.usedSize);
	});
	socket.addEventListener('error', () => reject(new Error('The inspector does not answer')));
	try {
		return await promise;
	} finally {
		socket.close();
	}
}
