/** Faults that pass: three tries for each request, then an error that names the endpoint. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, describe, expect, test } from '@jest/globals';

import { SDK_APP_ID } from '../engine/whiteboard.mts';
import { broken, damaged, endless, foreign, pass, running } from './gateway.mts';
import type { Step } from './gateway.mts';
import {
	Benches,
	MANY,
	SideBySide,
	addTasks,
	assertClear,
	assertItems,
	countsOf,
	errorOf,
	errorOutput,
	indices,
	sum,
} from './harness.mts';

const benches = new Benches();
afterAll(async () => await benches.close());

interface TransientCase {
	step: Step;
	/** After the endpoint. */
	says: string;
	code: RegExp;
}

const cases = (steps: Step[], says: string, code: RegExp): TransientCase[] =>
	steps.map((step) => ({ step, says, code }));

const NOT_THE_SERVICE = 'in place of a Tencent Cloud answer';

const passing: TransientCase[] = [
	...cases(
		Object.values(broken),
		' closed the connection before its answer was complete',
		/ Code (ECONNRESET|ERR_BAD_RESPONSE|EPIPE)\.$/,
	),
	...cases([foreign.html502], ` answered with HTTP 502 ${NOT_THE_SERVICE}`, / Code HTTP 502\.$/),
	...cases([foreign.html503], ` answered with HTTP 503 ${NOT_THE_SERVICE}`, / Code HTTP 503\.$/),
	...cases([foreign.html504], ` answered with HTTP 504 ${NOT_THE_SERVICE}`, / Code HTTP 504\.$/),
	...cases([foreign.json500], ` answered with HTTP 500 ${NOT_THE_SERVICE}`, / Code HTTP 500\.$/),
	...cases(
		[
			foreign.html200,
			foreign.noBody,
			foreign.halfJson,
			foreign.jsonNull,
			foreign.jsonList,
			foreign.noEnvelope,
			foreign.nullEnvelope,
			foreign.textEnvelope,
			damaged.halfGzip,
		],
		' answered with something that is not a Tencent Cloud answer',
		/ Code InvalidAnswer\.$/,
	),
];

const neverEnding = cases(
	Object.values(endless),
	' did not answer in time',
	/ raise 'Request Timeout \(Seconds\)' under 'Options'\. Code (ETIMEDOUT|ECONNABORTED)\.$/,
);

/** Variants, shown with one item only. */
const variants: Step[] = [
	foreign.html503,
	foreign.html504,
	foreign.json500,
	foreign.noBody,
	foreign.jsonNull,
	foreign.jsonList,
	foreign.noEnvelope,
	foreign.nullEnvelope,
	foreign.textEnvelope,
	endless.stallInBody,
	endless.trickledHeaders,
	endless.trickledChunks,
];

/** Of ten items one is hit for good, one is hit twice and then spared. */
const scriptOf = (index: number, step: Step): Step[] => {
	if (index % 10 === 0) return [step];
	return index % 10 === 5 ? [step, step, pass] : [pass];
};

async function carryOut({ step, says, code }: TransientCase, parameters = {}) {
	const bench = await benches.behindGateway();
	const { gateway } = bench;
	const check = (headline: unknown, detail: unknown) => {
		expect(headline).toBe(gateway.url + says);
		expect(detail).toMatch(code);
		expect(detail).toContain("Check 'Site' and 'Endpoint' in the credential");
	};

	gateway.script('the-one', step);
	const ids = variants.includes(step) ? [] : addTasks(bench, MANY);
	ids.forEach((id, index) => gateway.script(id, ...scriptOf(index, step)));
	const [one, many] = await Promise.all([
		bench.describe(['the-one'], parameters),
		bench.describe(ids, parameters, errorOutput),
	]);

	const { message, description, itemIndex } = errorOf(one);
	check(message, description);
	expect(itemIndex).toBe(0);
	expect(gateway.of('the-one')).toHaveLength(3);

	assertItems(many, ids, (index) =>
		index % 10 === 0 ? { error: gateway.url + says, code: '' } : 'finished',
	);
	for (const { json } of many.errors) check(json.error, json.message);
	expect(
		countsOf(
			gateway.received.map(({ taskId }) => taskId).filter((taskId) => taskId !== 'the-one'),
			ids,
		),
	).toEqual(ids.map((_, index) => (index % 5 === 0 ? 3 : 1)));
}

const rest = new SideBySide();

/** Few at a time: here a request that has to wait for this machine counts as late. */
const timed = new SideBySide();

describe('three tries over 1 and over 50 items', () => {
	for (const one of passing) {
		test(
			one.step.name,
			rest.test(async () => await carryOut(one)),
		);
	}
});

describe('answers without an end are ended by Request Timeout, over 1 and over 50 items', () => {
	for (const one of neverEnding) {
		test(
			one.step.name,
			timed.test(async () => {
				const before = performance.now();
				await carryOut(one, { options: { requestTimeout: 3 } });
				// Three tries of three seconds each; a trickled answer alone would take far longer.
				const seconds = (performance.now() - before) / 1000;
				expect(seconds).toBeGreaterThan(9);
				expect(seconds).toBeLessThan(25);
			}),
		);
	}

	test(
		'within Request Timeout a slow answer is an answer',
		rest.test(async () => {
			const bench = await benches.plain();
			const ids = addTasks(bench, MANY);
			bench.emulator.setFault({ kind: 'delay', ms: 400 });
			assertItems(await bench.describe(ids, {}, errorOutput), ids, () => 'finished');
			expect(bench.emulator.calls).toHaveLength(MANY);
		}),
	);

	for (const step of [endless.trickledBody, endless.trickledChunks]) {
		test(
			`${step.name} leaves no connection open behind it`,
			timed.test(async () => {
				const bench = await benches.behindGateway();
				bench.gateway.script('the-one', step);
				errorOf(await bench.describe(['the-one'], { options: { requestTimeout: 3 } }));
				expect(bench.gateway.received).toHaveLength(3);
				await sleep(1000);
				expect(bench.gateway.open()).toBe(0);
			}),
		);
	}
});

describe('answers damaged on the way', () => {
	for (const step of [damaged.falseGzip, damaged.noHttp]) {
		test(
			`${step.name} is tried again, and its error names the endpoint`,
			rest.test(async () => {
				const bench = await benches.behindGateway();
				bench.gateway.script('the-one', step);
				const error = errorOf(await bench.describe(['the-one']));
				expect(error.message).toContain(bench.gateway.url);
				expect(bench.gateway.received).toHaveLength(3);
			}),
		);

		test(
			`${step.name} is an error of its own item only`,
			rest.test(async () => {
				const bench = await benches.behindGateway();
				const ids = addTasks(bench, MANY);
				ids.forEach((id, index) => bench.gateway.script(id, index % 2 ? pass : step));
				const { main, errors } = await bench.describe(ids, {}, errorOutput);
				expect(main.map(({ json }) => json.TaskID)).toEqual(ids.filter((_, index) => index % 2));
				expect(errors.map(({ json }) => json.taskId)).toEqual(
					ids.filter((_, index) => index % 2 === 0),
				);
				for (const { json } of errors) assertClear(json.error, json.message);
			}),
		);
	}

	test(
		'an https endpoint that speaks plain http is named, without the words of OpenSSL',
		rest.test(async () => {
			const { gateway } = await benches.behindGateway();
			// By name: n8n 1 gives an address as the name of a TLS server, which Node warns of.
			const endpoint = gateway.url.replace('http://127.0.0.1', 'https://localhost');
			const bench = await benches.plain({ credential: { endpoint } });
			const error = errorOf(await bench.describe(['the-one']));
			expect(error.message).toContain(endpoint);
			expect(error.message).not.toContain('SSL routines');
		}),
	);
});

describe('a service that is down', () => {
	/** Hit for good, each item retries once, and again as long as the budget of the execution lasts. */
	async function down(count: number) {
		const bench = await benches.behindGateway();
		bench.gateway.otherwise = broken.resetBeforeHeaders;
		const ids = indices(count).map((index) => `task-${index}`);
		const outcome = await bench.describe(ids, {}, errorOutput);
		assertItems(outcome, ids, () => ({
			error: `${bench.gateway.url} closed the connection before its answer was complete`,
			code: 'ECONNRESET',
		}));
		return countsOf(
			bench.gateway.received.map(({ taskId }) => taskId),
			ids,
		);
	}
	test(
		'50 items have three tries each',
		rest.test(async () => {
			expect(await down(MANY)).toEqual(indices().map(() => 3));
		}),
	);

	test(
		'beyond that an execution retries a second time 100 times, whatever the number of items',
		rest.test(async () => {
			const counts = await down(120);
			expect(sum(counts)).toBe(120 + 120 + 100);
			expect(Math.min(...counts)).toBe(2);
			expect(Math.max(...counts)).toBe(3);
		}),
	);

	test(
		'items that fail for good leave to 23 others the one retry that they need',
		rest.test(async () => {
			const bench = await benches.behindGateway();
			const ids = addTasks(bench, 83);
			const passes = (index: number) => index >= 60;
			ids.forEach((id, index) =>
				bench.gateway.script(
					id,
					broken.resetBeforeHeaders,
					passes(index) ? pass : broken.resetBeforeHeaders,
				),
			);
			assertItems(await bench.describe(ids, {}, errorOutput), ids, (index) =>
				passes(index)
					? 'finished'
					: {
							error: `${bench.gateway.url} closed the connection before its answer was complete`,
							code: 'ECONNRESET',
						},
			);
		}),
	);

	test(
		'nobody listens, over 50 items',
		rest.test(async () => {
			// A port that another server cannot be given meanwhile.
			const endpoint = 'http://127.0.0.1:1';
			const bench = await benches.plain({ credential: { endpoint } });
			const ids = indices().map((index) => `task-${index}`);
			assertItems(await bench.describe(ids, {}, errorOutput), ids, () => ({
				error: `${endpoint} refuses the connection`,
				code: 'ECONNREFUSED',
			}));
		}),
	);
});

describe('an outage while tasks are waited for', () => {
	const wait = { waitUntilFinished: true, waitOptions: { pollInterval: 0.1 } };

	test(
		'is survived up to five polls in a row that bring nothing',
		rest.test(async () => {
			const bench = await benches.behindGateway();
			const [id] = addTasks(bench, 1);
			bench.gateway.script(id, running, ...Array<Step>(15).fill(foreign.html502), pass);
			assertItems(await bench.describe([id], wait), [id], () => 'finished');
			expect(bench.gateway.received).toHaveLength(1 + 15 + 1);
		}),
	);

	test(
		'and is an error after the sixth',
		rest.test(async () => {
			const bench = await benches.behindGateway();
			bench.gateway.script('the-one', running, foreign.html502);
			const error = errorOf(await bench.describe(['the-one'], wait));
			expect(error.message).toBe(`${bench.gateway.url} answered with HTTP 502 ${NOT_THE_SERVICE}`);
			expect(bench.gateway.received).toHaveLength(1 + 6 * 3);
		}),
	);

	test(
		'a poll that stalls past the deadline leaves the last state',
		timed.test(async () => {
			const bench = await benches.behindGateway();
			bench.gateway.script('the-one', running, endless.stall);
			const before = performance.now();
			const { main } = await bench.describe(['the-one'], {
				waitUntilFinished: true,
				waitOptions: { pollInterval: 0.1, timeout: 2, onTimeout: 'lastState' },
			});
			expect(main).toMatchObject([
				{ json: { TaskID: 'the-one', Status: 'Running' }, pairedItem: { item: 0 } },
			]);
			// Request Timeout alone would be 30 seconds.
			expect(performance.now() - before).toBeLessThan(10_000);
			expect(bench.gateway.received).toHaveLength(2);
		}),
	);
});

describe('a request that changes something is not repeated where its outcome is unknown', () => {
	const create = {
		operation: 'createSnapshotTask',
		roomId: '={{ $json.roomId }}',
	};
	const rooms = indices(20).map((roomId) => ({ sdkAppId: SDK_APP_ID, roomId: roomId + 1 }));
	const roomsOf = (tasks: Array<{ params: unknown }>) =>
		tasks.map(({ params }) => (params as { RoomId: number }).RoomId).sort((a, b) => a - b);

	const unknown = [
		{ kind: 'reset', afterWork: true } as const,
		{ kind: 'reset', moment: 'midBody' } as const,
		{ kind: 'status', status: 502, afterWork: true } as const,
		{ kind: 'notJson', afterWork: true } as const,
		{ kind: 'apiError', code: 'InternalError' } as const,
	];
	for (const fault of unknown)
		test(
			`${JSON.stringify(fault)}: one request per item`,
			rest.test(async () => {
				const bench = await benches.plain();
				bench.emulator.setFault(fault);
				const { main, errors } = await bench.describe(rooms, create, errorOutput);
				expect(main).toEqual([]);
				expect(errors.map(({ json, pairedItem }) => [json.roomId, pairedItem])).toEqual(
					rooms.map(({ roomId }, item) => [roomId, { item }]),
				);
				for (const { json } of errors) {
					assertClear(json.error, json.message);
					expect(json.message).toContain('Whether the request took effect is unknown');
				}
				expect(roomsOf(bench.emulator.calls)).toEqual(rooms.map(({ roomId }) => roomId));
				expect(bench.emulator.tasks()).toHaveLength(fault.kind === 'apiError' ? 0 : rooms.length);
			}),
		);

	const untouched = [
		{ kind: 'apiError', code: 'RequestLimitExceeded', times: 20 } as const,
		{ kind: 'clock', skewSeconds: 600 } as const,
	];
	for (const fault of untouched)
		test(
			`${JSON.stringify(fault)} surely did nothing: sent again, and each task exists once`,
			rest.test(async () => {
				const bench = await benches.plain();
				bench.emulator.setFault(fault);
				const { main, errors } = await bench.describe(rooms, create, errorOutput);
				expect(errors).toEqual([]);
				expect(main.map(({ pairedItem }) => pairedItem)).toEqual(
					rooms.map((_, item) => ({ item })),
				);
				expect(new Set(main.map(({ json }) => json.TaskID)).size).toBe(rooms.length);
				expect(bench.emulator.tasks()).toHaveLength(rooms.length);
				expect(roomsOf(bench.emulator.calls.filter(({ handled }) => handled))).toEqual(
					rooms.map(({ roomId }) => roomId),
				);
				expect(bench.emulator.calls).toHaveLength(2 * rooms.length);
			}),
		);
});
