/** Whether waiting for long takes more and more memory. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Heaps, MemorySettings } from './memory-process.mts';
import type { Row } from './table.mts';

const MB = 1e6;
const GOAL = 1.05;
/** What V8 may take for itself meanwhile. */
const SLACK = MB;
const SETTINGS: MemorySettings = { tasks: 1000, minutes: [5, 10, 15, 20, 25, 30] };

/** In a process of its own: only there is the heap nothing but the waiting. */
async function measure(): Promise<Heaps> {
	const script = join(import.meta.dirname, 'memory-process.mts');
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--expose-gc',
		// The tests' fake time has syntax that Node.js does not take away by itself.
		'--experimental-transform-types',
		script,
		JSON.stringify(SETTINGS),
	]);
	return JSON.parse(stdout) as Heaps;
}

export async function benchMemory(): Promise<Row[]> {
	const { before, heaps, requests } = await measure();
	const { tasks, minutes } = SETTINGS;
	// What is loaded would hide what grows.
	const taken = heaps.map((heap) => heap - before);
	const [first] = taken;
	const last = taken[taken.length - 1];
	const inMegabytes = (bytes: number) => (bytes / MB).toFixed(2);
	return [
		{
			what: `Heap that ${tasks.toLocaleString('en')} waiting tasks take after ${minutes.at(-1)} simulated minutes, ${requests.toLocaleString('en')} requests`,
			ours: `${inMegabytes(last)} MB (at minutes ${minutes.join(', ')}: ${taken.map(inMegabytes).join(', ')})`,
			comparedWith: `at minute ${minutes[0]}: ${inMegabytes(first)} MB; before: ${inMegabytes(before)} MB`,
			ratio: (last / first).toFixed(3),
			goal: { text: `≤ ${GOAL} plus ${SLACK / MB} MB`, met: last <= GOAL * first + SLACK },
		},
	];
}
