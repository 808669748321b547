/** Servers end with the process that started them, whatever becomes of it; how a program ended is told. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { runProgram, runThroughCrash, until } from '../processes.mts';

const GUARD = join(import.meta.dirname, '..', 'guard.mts');

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

/** As on a busy machine, where a starter may be gone before its guard has begun. */
const SLOW = ['--import', 'data:text/javascript,await new Promise((go) => setTimeout(go, 300))'];

for (const [start, execArgv] of [
	['at once', []],
	['late', SLOW],
] as const) {
	test(`a server ends with its starter, however soon that ends: its guard begins ${start}`, async () => {
		for (let milliseconds = 0; milliseconds <= 200; milliseconds += 20) {
			const args = [process.execPath, '-e', 'setTimeout(() => {}, 60_000)'];
			const guard = fork(GUARD, args, { execArgv: [...execArgv], silent: true });
			// Its output ends once nobody can write to it any more, not even a command without a guard.
			const left = `left behind after ${milliseconds} ms`;
			const signal = AbortSignal.timeout(milliseconds + 5000);
			const ended = once(guard.stdout!.resume(), 'end', { signal }).catch(() => assert.fail(left));
			await sleep(milliseconds);
			guard.disconnect();
			await ended;
		}
	});
}

/** A program that writes its turn, and ends as it is told for that turn: by a signal, or with a status. */
function programOf(...ends: Array<NodeJS.Signals | number>) {
	const folder = mkdtempSync(join(tmpdir(), 'whiteboard-kit-'));
	const script = `
		const { appendFileSync, readFileSync } = require('node:fs');
		appendFileSync('turns', '.');
		const turn = readFileSync('turns', 'utf8').length;
		console.log('turn ' + turn);
		const end = ${JSON.stringify(ends)}[turn - 1];
		if (typeof end === 'number') process.exit(end);
		process.kill(process.pid, end);
		setInterval(() => {}, 1000);
	`;
	return {
		program: { name: 'This', command: process.execPath, args: ['-e', script], cwd: folder },
		[Symbol.dispose]: () => rmSync(folder, { recursive: true }),
	};
}

test('the status of a program says which signal ended it', async () => {
	for (const [end, status] of [
		['SIGSEGV', 139],
		['SIGABRT', 134],
		['SIGKILL', 137],
		[0, 0],
		[3, 3],
	] as const) {
		using it = programOf(end);
		assert.equal((await runProgram(it.program)).code, status);
	}
});

test('a program that crashes is run once more; one that fails is not', async () => {
	for (const [ends, status, turn] of [
		[['SIGSEGV', 1], 1, 2],
		[['SIGSEGV', 'SIGABRT', 0], 134, 2],
		[[1, 0], 1, 1],
		[[255, 0], 255, 1],
	] as const) {
		using it = programOf(...ends);
		const { code, output } = await runThroughCrash(it.program);
		assert.deepEqual([code, output.trim()], [status, `turn ${turn}`]);
	}
});
