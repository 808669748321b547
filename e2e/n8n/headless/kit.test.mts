/** Servers end with the process that started them, whatever becomes of it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { until } from '../processes.mts';

for (const [who, signal, args] of [
	['a test', 'SIGKILL', []],
	['a test', 'SIGTERM', []],
	['the run of a test', 'SIGKILL', ['by another']],
] as const) {
	test(`a server and what it has started end with ${who} that gets ${signal}`, async () => {
		const starter = fork(join(import.meta.dirname, '..', 'starter.mts'), args, { execArgv: [] });
		const [pids] = (await once(starter, 'message')) as [number[]];
		assert.equal(pids.length, 2);
		const alive = () => pids.filter((pid) => existsSync(`/proc/${pid}`));
		assert.deepEqual(alive(), pids);
		starter.kill(signal);
		await once(starter, 'exit');
		const areGone = () => (alive().length === 0 ? true : undefined);
		await until(areGone, { what: () => `still there: ${alive().join()}`, within: 5000 });
	});
}
