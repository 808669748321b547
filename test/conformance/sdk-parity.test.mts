/**
 * The node sends what Tencent's own SDK sends, for every action with everything it takes. The SDK's client
 * for any action is used: the methods of the China site's typed client only hand their argument on to it,
 * and know no more than 35 actions.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ACTIONS, parametersOf, TIW } from '../../emulator/facts.mts';
import { fullParams } from '../emulator/full.mts';
import { regionFor } from '../emulator/minimal.mts';
import { officialClient } from '../emulator/official-sdk.mts';
import { openBench } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { heard, heardFromNode, operations, request } from './sdk-heard.mts';

let bench: Bench;

beforeAll(async () => {
	bench = await openBench();
});

afterAll(() => bench.close());

test('the node has all 60 actions', () => {
	expect(ACTIONS).toHaveLength(60);
	expect(ACTIONS.filter(({ name }) => operations.has(name))).toHaveLength(60);
});

describe.each(ACTIONS.map((action) => [action.name, action] as const))('%s', (name, action) => {
	const params = fullParams(action);

	test('is asked with everything there is', () => {
		expect(Object.keys(params)).toEqual(parametersOf(action).map((field) => field.name));
	});

	test('is the same from the node and from the SDK', async () => {
		const node = await heardFromNode(bench, action, params);
		const { url, keys, calls } = bench.emulator;
		const sdk = await heard(bench.emulator, action, params, () =>
			officialClient({ ...keys[0], url, region: regionFor(TIW, action) }).request(name, params),
		);
		expect(calls.at(-1)?.headers['x-tc-requestclient']).toMatch(/^SDK_NODEJS_/);
		expect(node).toEqual(sdk);
		expect(node).toEqual(request(action, params));
	});
});
