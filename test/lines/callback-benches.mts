import { afterEach, jest } from '@jest/globals';

import { openBench } from '../engine/whiteboard.mts';
import type { Bench, BenchOptions } from '../engine/whiteboard.mts';

/** Opens benches whose callbacks come soon. They are closed, and what a test has mocked is restored, after each test. */
export function useCallbackBenches(
	defaults: BenchOptions = {},
): (options?: BenchOptions) => Promise<Bench> {
	const benches: Bench[] = [];
	afterEach(async () => {
		jest.restoreAllMocks();
		await Promise.all(benches.splice(0).map(async (bench) => await bench.close()));
	});
	return async (options = {}) => {
		const bench = await openBench({
			runSeconds: 0.3,
			...defaults,
			...options,
			callbacks: { pause: 50, ...options.callbacks },
		});
		benches.push(bench);
		return bench;
	};
}
