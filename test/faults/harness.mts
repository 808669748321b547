/** What all fault tests share: benches behind a gateway, runs side by side, and the checks that hold for every run. */
import { expect } from '@jest/globals';

import { SDK_APP_ID, openBench } from '../engine/whiteboard.mts';
import type { Bench, BenchOptions, Outcome } from '../engine/whiteboard.mts';
import { startGateway } from './gateway.mts';
import type { Gateway } from './gateway.mts';
import { withoutHelp } from '../help.mts';
import { detailsOnErrorOutput } from '../lines/line.mts';

export const MANY = 50;
export const errorOutput = { onError: 'continueErrorOutput' } as const;

/** 0, 1, 2, … */
export const indices = (count: number = MANY) => Array.from({ length: count }, (_, index) => index);

/** The tasks of a bench, finished unless told otherwise. */
export const addTasks = (
	bench: Bench,
	count: number,
	task: (index: number) => object = () => ({}),
) =>
	indices(count).map((index) =>
		bench.emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, runSeconds: 0, ...task(index) }),
	);

export interface GatewayBench extends Bench {
	gateway: Gateway;
}

/** Opens and closes benches; each has a port, and hence a rate limiter, of its own. */
export class Benches {
	readonly #open: Array<{ close(): Promise<void> }> = [];

	async plain(options?: BenchOptions): Promise<Bench> {
		const bench = await openBench(options);
		this.#open.push(bench);
		return bench;
	}

	async behindGateway(options: BenchOptions = {}): Promise<GatewayBench> {
		const gateway = await startGateway();
		this.#open.push(gateway);
		const bench = await this.plain({ credential: { endpoint: gateway.url }, ...options });
		gateway.target = bench.emulator.url;
		return { ...bench, gateway };
	}

	async close(): Promise<void> {
		await Promise.all(this.#open.splice(0).map(async (one) => await one.close()));
	}
}

/**
 * Tests that run side by side, since each waits mostly for the rate of its own service: the first one
 * that is its turn starts them all.
 */
export class SideBySide {
	readonly #bodies: Array<() => Promise<void>> = [];

	#running: Array<Promise<void>> | undefined;

	/** For `test(name, group.test(body))`. */
	test(body: () => Promise<void>): () => Promise<void> {
		const index = this.#bodies.push(body) - 1;
		return async () => {
			this.#running ??= this.#bodies.map((start) => {
				const run = start();
				// Told to the test that it belongs to.
				run.catch(() => undefined);
				return run;
			});
			await this.#running[index];
		};
	}
}

/** n8n's own texts, which say nothing of this service; none may take the place of the node's. */
const GENERIC =
	/please check your parameters|failed to process your request|was not able to process your request|perhaps it is offline|perhaps the server is offline|closed unexpectedly|perhaps check your credentials|Bad gateway - |try again later or consider|Gateway timed out - |could not be found|invalid or could not be processed|receiving too many requests from you|file or directory|Operation not permitted|Forbidden by access|'Retry on Fail'|UNKNOWN ERROR|undefined|\[object /i;

export function assertClear(headline: unknown, detail: unknown): void {
	for (const text of [headline, detail]) {
		expect(text).toEqual(expect.any(String));
		expect((text as string).length).toBeGreaterThan(5);
		expect(text).not.toMatch(GENERIC);
		expect(text).not.toMatch(/TC3-HMAC|Signature=/);
	}
	expect(headline).not.toMatch(/\.$/);
	expect(withoutHelp(String(detail))).toMatch(/\.$/);
}

/** The error that ended a workflow. */
export function errorOf({ run }: Outcome) {
	expect(run.status).toBe('error');
	const { message, description, context } = run.error!;
	assertClear(message, description);
	return { message, description, itemIndex: (context as { itemIndex?: number }).itemIndex };
}

export type Expected = 'finished' | { error: string; code: string };

/**
 * Every item came back: once, in its place, paired to its input, with its own task; or left on the error
 * output with the error expected.
 */
export function assertItems(
	{ run, main, errors }: Outcome,
	ids: string[],
	expected: (index: number) => Expected,
): void {
	expect(run.status).toBe('success');
	const good = indices(ids.length).filter((index) => expected(index) === 'finished');
	const bad = indices(ids.length).filter((index) => expected(index) !== 'finished');
	expect(main.map(({ json, pairedItem }) => [pairedItem, json.TaskID, json.Status])).toEqual(
		good.map((item) => [{ item }, ids[item], 'Finished']),
	);
	expect(errors.map(({ pairedItem }) => pairedItem)).toEqual(bad.map((item) => ({ item })));
	errors.forEach(({ json }, at) => {
		const index = bad[at];
		const { error, code } = expected(index) as Exclude<Expected, string>;
		assertClear(json.error, json.message);
		expect(json).toEqual({
			// n8n itself adds the fields of the input item.
			sdkAppId: SDK_APP_ID,
			taskId: ids[index],
			error,
			message: expect.stringContaining(` Code ${code}`),
			...detailsOnErrorOutput({
				Code: code === '' ? expect.any(String) : code.replace(/(, RequestId .*|\.)$/, ''),
				TaskID: ids[index],
			}),
		});
	});
}

/** Requests for each task, in the tasks' order. */
export function countsOf(taskIds: Array<string | undefined>, ids: string[]): number[] {
	const counts = new Map(ids.map((id) => [id, 0]));
	for (const id of taskIds) counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
	expect(counts.size).toBe(ids.length);
	return [...counts.values()];
}

export const requestsPerTask = ({ emulator }: Bench, ids: string[]) =>
	countsOf(
		emulator.calls.map(({ params }) => params?.TaskID as string),
		ids,
	);

export const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
