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
	const { heaps, requests } = await measure();
	const { tasks, minutes } = SETTINGS;
	const [first] = heaps;
	const last = heaps[heaps.length - 1];
	const inMegabytes = heaps.map((heap) => (heap / MB).toFixed(2)).join(', ');
	return [
		{
			what: `Heap after ${minutes.at(-1)} simulated minutes of ${tasks.toLocaleString('en')} waiting tasks, ${requests} requests`,
			ours: `${(last / MB).toFixed(2)} MB (at minutes ${minutes.join(', ')}: ${inMegabytes})`,
			comparedWith: `at minute ${minutes[0]}: ${(first / MB).toFixed(2)} MB`,
			ratio: (last / first).toFixed(3),
			goal: { text: `≤ ${GOAL}, and ${SLACK / MB} MB`, met: last <= GOAL * first + SLACK },
		},
	];
}
