/** The node sends what the typed client of Tencent's international SDK sends, for all of its actions. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ACTIONS, TIW } from '../../emulator/facts.mts';
import type { ActionFact } from '../../emulator/facts.mts';
import { fullValues } from '../emulator/full.mts';
import { regionFor } from '../emulator/minimal.mts';
import { openBench } from '../engine/whiteboard.mts';
import type { Bench } from '../engine/whiteboard.mts';
import { heard, heardFromNode, request } from './sdk-heard.mts';
import { internationalSdk } from './sdk-international.mts';
import type { InternationalSdk } from './sdk-international.mts';

let bench: Bench;
let sdk: InternationalSdk | undefined;

beforeAll(async () => {
	bench = await openBench();
	sdk = await internationalSdk(bench.emulator.url);
});

afterAll(async () => {
	sdk?.close();
	await bench.close();
});

const actions = ACTIONS.filter(({ sites }) => sites.includes('international'));

/** Parameters of the China site alone are unknown to it, and those that only examples show. */
const paramsOf = (action: ActionFact) =>
	fullValues(
		action.params.filter(({ sites = ['international'] }) => sites.includes('international')),
	);

test('it has 51 actions, the same as the facts', () => {
	expect(actions).toHaveLength(51);
	expect(sdk?.actions.sort()).toEqual(actions.map(({ name }) => name).sort());
});

test.each(actions.map((action) => [action.name, action] as const))('%s', async (name, action) => {
	const params = paramsOf(action);
	const { body, ...node } = await heardFromNode(bench, action, { Limit: 10, ...params });
	for (const field of action.exampleOnlyParams ?? []) delete body[field.name];
	const typed = await heard(
		bench.emulator,
		action,
		params,
		async () => await sdk?.request(name, params, regionFor(TIW, action)),
	);
	expect(bench.emulator.calls.at(-1)?.headers['x-tc-requestclient']).toMatch(/INTL_EN/);
	expect({ ...node, body }).toEqual(typed);
	expect(typed).toEqual(request(action, params));
});
