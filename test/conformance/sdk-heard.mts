/** What the emulator hears from the node and from an SDK, in a form that can be compared. */
import { expect } from '@jest/globals';

import { TIW } from '../../emulator/facts.mts';
import type { ActionFact } from '../../emulator/facts.mts';
import type { Emulator } from '../../emulator/server.mts';
import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { Operation } from '../../nodes/TencentWhiteboard/types.ts';
import { addTaskFor } from '../emulator/full.mts';
import { regionFor } from '../emulator/minimal.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { nodeParameters } from './sdk-node.mts';

export type Params = Record<string, unknown>;

/** The node's operations by the names of their actions. */
export const operations = new Map<string, { resource: string; operation: Operation }>(
	resources.flatMap(({ value: resource, operations: all }) =>
		all.map((operation) => [operation.api, { resource, operation }] as const),
	),
);

/** One call, as far as it tells the service what is asked; the body as it came over the wire. */
export interface Heard {
	action: string;
	service: string;
	method: string;
	version: unknown;
	region: unknown;
	body: Params;
	/** The error code answered; null for success. */
	code: string | null;
}

/** Lets somebody make one call to a service that knows nothing but the task that the call is about. */
export async function heard(
	emulator: Emulator,
	action: ActionFact,
	params: Params,
	send: () => Promise<unknown>,
): Promise<Heard> {
	emulator.reset();
	addTaskFor(emulator, action, params);
	const before = emulator.calls.length;
	await send();
	expect(emulator.calls).toHaveLength(before + 1);
	const { action: name, service, method, headers, rawBody, code } = emulator.calls[before];
	return {
		action: name,
		service,
		method,
		version: headers['x-tc-version'],
		region: headers['x-tc-region'],
		body: JSON.parse(rawBody.toString('utf8')) as Params,
		code,
	};
}

/** What must be heard. */
export const request = (action: ActionFact, body: Params): Heard => ({
	action: action.name,
	service: 'tiw',
	method: 'POST',
	version: '2019-09-19',
	region: regionFor(TIW, action),
	body,
	code: null,
});

export async function heardFromNode(
	bench: Bench,
	action: ActionFact,
	params: Params,
): Promise<Heard> {
	const found = operations.get(action.name);
	if (!found) throw new Error(`The node has no operation for ${action.name}.`);
	const { resource, operation } = found;
	const parameters = nodeParameters(resource, operation, params, regionFor(TIW, action));
	return await heard(bench.emulator, action, params, async () => {
		const { run } = await bench.describe([{}], parameters);
		expect(run.error).toBeUndefined();
	});
}
