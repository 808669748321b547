/** Any mixture of faults: what comes out of each item, and with how many requests, is what its own script says. */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { apiError, broken, foreign, pass, reply, running } from './gateway.mts';
import type { Gateway, Step } from './gateway.mts';
import {
	Benches,
	MANY,
	SideBySide,
	addTasks,
	assertClear,
	assertItems,
	countsOf,
	errorOutput,
	indices,
	sum,
} from './harness.mts';
import type { Expected, GatewayBench } from './harness.mts';

const benches = new Benches();
afterAll(async () => await benches.close());

const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };

type Kind = 'running' | 'throttled' | 'transient' | 'final';

/** What may happen to a request, and the error where that is the end of its item. */
interface Happening {
	kind: Kind;
	step: Step;
	says: string;
	code: string;
}

const of = (kind: Kind, step: Step, says = '', code = ''): Happening => ({
	kind,
	step,
	says,
	code,
});

const HAPPENINGS: Record<string, Happening> = {
	running: of('running', running),
	throttled: of('throttled', apiError('RequestLimitExceeded')),
	http429: of('throttled', reply('HTTP 429', 'slow down', { status: 429 })),
	reset: of(
		'transient',
		broken.resetBeforeHeaders,
		'ENDPOINT closed the connection before its answer was complete',
		'ECONNRESET.',
	),
	halfBody: of(
		'transient',
		broken.halfBody,
		'ENDPOINT closed the connection before its answer was complete',
		'ERR_BAD_RESPONSE.',
	),
	html502: of(
		'transient',
		foreign.html502,
		'ENDPOINT answered with HTTP 502 in place of a Tencent Cloud answer',
		'HTTP 502.',
	),
	halfJson: of(
		'transient',
		foreign.halfJson,
		'ENDPOINT answered with something that is not a Tencent Cloud answer',
		'InvalidAnswer.',
	),
	internalError: of(
		'transient',
		apiError('InternalError', '内部错误 😀'),
		'Tencent Cloud has a fault of its own',
		'InternalError, RequestId ',
	),
	refused: of(
		'final',
		apiError('InvalidParameterValue', '参数错误 EEXIST'),
		'参数错误 EEXIST',
		'InvalidParameterValue, RequestId ',
	),
	forbidden: of(
		'final',
		reply('HTTP 403', '<html></html>', { status: 403 }),
		'ENDPOINT answered with HTTP 403 in place of a Tencent Cloud answer',
		'HTTP 403.',
	),
};

/** How the emulator answers in the end. */
type End = 'finished' | 'failed' | 'unknown';

interface Plan {
	happenings: Happening[];
	end: End;
}

interface Prediction {
	expected: Expected;
	requests: number;
	/** What it takes from the budget for repeating. */
	repeats: number;
}

/** What the node is to make of a script: three tries per poll, six polls in a row without an answer. */
function predict({ happenings, end }: Plan, id: string, endpoint: string): Prediction {
	const steps = [...happenings];
	let requests = 0;
	let repeats = 0;
	let seen = false;
	let missed = 0;
	let tries = 0;
	const result = (expected: Expected) => ({ expected, requests, repeats });
	const fault = ({ says, code }: Happening) =>
		result({ error: says.replace('ENDPOINT', endpoint), code });

	for (;;) {
		const happening = steps.shift();
		requests += 1;
		if (!happening) {
			if (end === 'finished') return result('finished');
			if (end === 'failed') {
				return result({
					error: `The snapshot task ${id} ended with SnapshotFail: 页面不存在 🎨`,
					code: 'SnapshotFail, RequestId ',
				});
			}
			return result({
				error: 'Tencent Cloud does not know this task',
				code: 'InvalidParameter.TaskNotFound, RequestId ',
			});
		}
		switch (happening.kind) {
			case 'throttled':
				break;
			case 'final':
				return fault(happening);
			case 'running':
				seen = true;
				missed = 0;
				tries = 0;
				break;
			case 'transient':
				tries += 1;
				if (tries < 3) {
					repeats += 1;
					break;
				}
				tries = 0;
				missed += 1;
				if (!seen || missed > 5) return fault(happening);
		}
	}
}

/** Puts the plans in place; returns the items' task IDs and what is to become of them. */
function prepare(bench: GatewayBench, plans: Plan[]) {
	const ids = addTasks(bench, plans.length, (index) => ({
		taskId: `任务-${index}-😀`,
		...(plans[index].end === 'failed' && {
			errorCode: 'SnapshotFail',
			errorMessage: '页面不存在 🎨',
		}),
	}));
	plans.forEach(({ end }, index) => {
		if (end === 'unknown') ids[index] = `没有-${index}-👻`;
	});
	const predictions = plans.map((plan, index) => predict(plan, ids[index], bench.gateway.url));
	plans.forEach(({ happenings }, index) =>
		bench.gateway.script(ids[index], ...happenings.map(({ step }) => step), pass),
	);
	return { ids, predictions };
}

const requestsOf = (gateway: Gateway, ids: string[]) =>
	countsOf(
		gateway.received.map(({ taskId }) => taskId),
		ids,
	);

/** A small generator of numbers in [0, 1): the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Half of what happens is that the task is still running; refusals for good are rare. */
const WEIGHTED = [
	...Array<string>(9).fill('running'),
	...Object.keys(HAPPENINGS),
	...['reset', 'html502', 'halfBody', 'halfJson', 'internalError'],
];
const ENDS: End[] = ['finished', 'finished', 'finished', 'finished', 'failed', 'unknown'];

const group = new SideBySide();

describe('a storm over 50 waiting items', () => {
	for (const seed of [1, 2026]) {
		test(
			`seed ${seed}: each item comes to its own end, in its place`,
			group.test(async () => {
				const random = seeded(seed);
				const pick = <T,>(list: T[]) => list[Math.floor(random() * list.length)];
				const plans = indices(MANY).map((): Plan => {
					const length = Math.floor(random() * 5);
					const happenings = indices(length).map(() => HAPPENINGS[pick(WEIGHTED)]);
					return { happenings, end: pick(ENDS) };
				});
				const bench = await benches.behindGateway();
				const { ids, predictions } = prepare(bench, plans);
				// The storm must be one, and within the budget that an execution has for repeating.
				const finished = predictions.filter(({ expected }) => expected === 'finished').length;
				expect(finished).toBeGreaterThan(15);
				expect(finished).toBeLessThan(45);
				const repeats = sum(predictions.map((prediction) => prediction.repeats));
				expect(repeats).toBeGreaterThan(15);
				expect(repeats).toBeLessThan(100);

				assertItems(
					await bench.describe(ids, wait, errorOutput),
					ids,
					(index) => predictions[index].expected,
				);
				expect(requestsOf(bench.gateway, ids)).toEqual(predictions.map(({ requests }) => requests));
			}),
		);
	}
});

test(
	'any mixture of outcomes over m items gives m results in order',
	group.test(async () => {
		const plan = fc.record({
			happenings: fc
				.array(fc.constantFrom(...WEIGHTED), { maxLength: 4 })
				.map((names) => names.map((name) => HAPPENINGS[name])),
			end: fc.constantFrom(...ENDS),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(plan, { minLength: 1, maxLength: 5 }),
				fc.boolean(),
				async (...given) => {
					const [plans, onErrorOutput] = given;
					const bench = await benches.behindGateway();
					const { ids, predictions } = prepare(bench, plans);
					const expected = (index: number) => predictions[index].expected;
					if (onErrorOutput) {
						assertItems(await bench.describe(ids, wait, errorOutput), ids, expected);
					} else {
						const { main } = await bench.describe(ids, wait, { onError: 'continueRegularOutput' });
						expect(main.map(({ pairedItem }) => pairedItem)).toEqual(
							ids.map((_, item) => ({ item })),
						);
						main.forEach(({ json }, index) => {
							const outcome = expected(index);
							if (outcome === 'finished') {
								expect(json).toMatchObject({ TaskID: ids[index], Status: 'Finished' });
								return;
							}
							assertClear(json.error, json.message);
							expect(json.error).toBe(outcome.error);
							expect(json.message).toContain(` Code ${outcome.code}`);
						});
					}
					expect(requestsOf(bench.gateway, ids)).toEqual(
						predictions.map(({ requests }) => requests),
					);
				},
			),
			{ numRuns: 12, interruptAfterTimeLimit: 20_000 },
		);
	}),
);
