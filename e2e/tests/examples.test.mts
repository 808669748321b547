/** Every example can be imported as it is: n8n knows its nodes and parameters, and finds nothing amiss. */
import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { openRuntime } from '../../engine/runtime.mts';
import { openExample, openHouse } from '../kit.mts';
import type { House } from '../kit.mts';

const AI_PACKAGE = '@n8n/n8n-nodes-langchain.';

let house: House;
before(async () => {
	house = await openHouse();
});
after(async () => await house.close());

const names = readdirSync(new URL('../../examples/', import.meta.url))
	.filter((name) => name.endsWith('.json'))
	.map((name) => name.slice(0, -'.json'.length));

for (const name of names) {
	test(`examples/${name}.json`, () => {
		const { NodeHelpers } = openRuntime().workflow;
		const { workflow } = openExample(name);
		const { nodes, connections } = workflow;

		assert.ok(workflow.name);
		assert.ok(nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote'));
		const unique = (values: unknown[]) => assert.equal(new Set(values).size, values.length);
		unique(nodes.map(({ id }) => id));
		unique(nodes.map((node) => node.name));
		unique(nodes.map(({ position }) => position.join()));

		const known = new Set(nodes.map((node) => node.name));
		for (const [from, outputs] of Object.entries(connections)) {
			assert.ok(known.has(from), `connection from ${from}`);
			for (const { node } of Object.values(outputs)
				.flat(2)
				.filter((to) => to !== null)) {
				assert.ok(known.has(node), `connection to ${node}`);
			}
		}

		for (const node of nodes) {
			for (const [type, details] of Object.entries(node.credentials ?? {})) {
				assert.equal(house.engine.credentialType(type).name, type);
				assert.deepEqual(Object.keys(details), ['id', 'name'], node.name);
			}
			// The AI nodes are stand-ins without parameters.
			if (node.type.startsWith(AI_PACKAGE)) continue;
			const description = house.engine.describe(node.type, node.typeVersion);
			const { properties, version } = description;
			assert.ok([version].flat().includes(node.typeVersion), `${node.name}: version`);
			// What n8n does not show for these choices, or does not know, it drops.
			const kept = NodeHelpers.getNodeParameters(
				properties,
				node.parameters,
				true,
				false,
				node as Parameters<typeof NodeHelpers.getNodeParameters>[4],
				description,
			);
			for (const parameter of Object.keys(node.parameters)) {
				assert.ok(parameter in (kept ?? {}), `${node.name}: ${parameter} would be dropped`);
			}
			const issues = NodeHelpers.getNodeParametersIssues(
				properties,
				node as Parameters<typeof NodeHelpers.getNodeParametersIssues>[1],
				description,
			);
			assert.equal(issues, null, node.name);
		}
	});
}

test("n8n's nodes are the real ones, and share classes and services with the engine", () => {
	const { version } = house.engine.describe('n8n-nodes-base.scheduleTrigger');
	assert.ok(Array.isArray(version), 'a stand-in has one version');
	const nodes = createRequire(new URL('../node_modules/n8n-nodes-base/', import.meta.url));
	const core = createRequire(createRequire(import.meta.url).resolve('n8n-core'));
	for (const name of ['n8n-core', 'n8n-workflow', '@n8n/di', '@n8n/config', '@n8n/errors']) {
		assert.equal(realpathSync(nodes.resolve(name)), realpathSync(core.resolve(name)), name);
	}
});
