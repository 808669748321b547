/** Servers end with the process that started them, whatever becomes of it; how a program ended is told. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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

/** The processes that have a word in their command lines. */
const processesWith = (word: string) =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
			} catch {
				return false;
			}
		});

test('a server ends with its starter, however soon that ends', async () => {
	const word = `soon-${process.pid}`;
	for (let milliseconds = 0; milliseconds <= 200; milliseconds += 10) {
		const args = [process.execPath, '-e', 'setInterval(() => {}, 1000)', word];
		const guard = fork(GUARD, args, { execArgv: [], silent: true });
		const ended = once(guard, 'exit');
		await sleep(milliseconds);
		guard.disconnect();
		await ended;
		const areGone = () => (processesWith(word).length === 0 ? true : undefined);
		const what = () => `left after ${milliseconds} ms: ${processesWith(word).join()}`;
		await until(areGone, { what, within: 2000 });
	}
});

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
