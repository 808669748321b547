/** Runs properties over arbitrary cases until there have been enough of them, and tells how many. */
import { appendFileSync } from 'node:fs';

import fc from 'fast-check';

import { line } from '../lines/line.mts';
import type { Violation } from './bench.mts';

/** `npm test` runs a few cases, always the same; `npm run fuzz` more of them, others each time. */
const { FUZZ_FACTOR = '1', FUZZ_SEED = '1', FUZZ_PATH, FUZZ_REPORT } = process.env;

const shown = ({ what, where, item }: Violation) =>
	`${where}${item === undefined ? '' : ` item ${item}`}: ${what.slice(0, 2000)}`;

/** Chance that is small, so that pauses are short, and the same for the same seed. */
function smallChance(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return (state / 2 ** 32) * 0.02;
	};
}

export interface Suite<T> {
	name: string;
	/** Cases in `npm test`. */
	cases: number;
	arbitrary: fc.Arbitrary<T>;
	/** `count` is to be called for each case that the node really gets to see. */
	run: (batch: T, count: () => void) => Promise<Violation[]>;
}

/** Throws with the smallest batch that violates something, and with what it takes to see it again. */
export async function fuzz<T>(suite: Suite<T>): Promise<void> {
	const { name, arbitrary, run } = suite;
	const wanted = Math.ceil(suite.cases * Number(FUZZ_FACTOR));
	const first = Number(FUZZ_SEED);
	const started = performance.now();
	let cases = 0;
	let seed = first;
	const { random } = Math;
	try {
		for (; cases < wanted; seed += 1) {
			Math.random = smallChance(seed);
			const property = fc.asyncProperty(arbitrary, async (batch) => {
				const count = () => {
					cases += 1;
				};
				const violations = await run(batch, count);
				if (violations.length > 0) throw new Error(violations.slice(0, 10).map(shown).join('\n'));
			});
			const details = await fc.check(property, {
				seed,
				numRuns: 1,
				...(FUZZ_PATH && { path: FUZZ_PATH }),
				interruptAfterTimeLimit: 120_000,
			});
			if (!details.failed) continue;
			const { counterexample, counterexamplePath, errorInstance } = details;
			throw new Error(
				[
					(errorInstance as Error).message,
					`Again: FUZZ_SEED=${seed} FUZZ_FACTOR=0.001 [FUZZ_PATH=${counterexamplePath}], suite ${name}`,
					fc.stringify(counterexample?.[0]).slice(0, 6000),
				].join('\n'),
			);
		}
	} finally {
		Math.random = random;
		const seconds = Math.round((performance.now() - started) / 100) / 10;
		const report = { suite: name, line, cases, seeds: [first, seed - 1], seconds };
		if (FUZZ_REPORT) appendFileSync(FUZZ_REPORT, `${JSON.stringify(report)}\n`);
	}
}
