import { beforeEach } from '@jest/globals';

import { shared } from '../set-up.mts';
import { openBench } from './whiteboard.mts';
import type { Bench, BenchOptions } from './whiteboard.mts';

/** A bench for all tests of a file, or of a `describe`; each begins without faults, and with nothing recorded. */
export function useBench(options: BenchOptions = {}): Bench {
	const bench = shared(async () => await openBench(options));
	beforeEach(() => {
		bench.emulator.clearFaults();
		bench.emulator.calls.length = 0;
		bench.logs.length = 0;
	});
	return bench;
}
