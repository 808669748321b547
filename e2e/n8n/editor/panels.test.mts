import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';

import type { INodeTypeDescription } from 'n8n-workflow';

import type { WorkflowJson } from '../../../engine/runner.mts';
import { WHITEBOARD } from '../../kit.mts';
import { CREDENTIAL, LINE, openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { clearPictures, openEditor } from '../editor.mts';
import type { Editor, Shot } from '../editor.mts';
import { panelsOf } from '../panels.mts';
import type { PanelSpec, ResourceSpec } from '../panels.mts';

const { TencentWhiteboard } = createRequire(import.meta.url)(
	'../../../dist/nodes/TencentWhiteboard/TencentWhiteboard.node.js',
) as { TencentWhiteboard: new () => { description: INodeTypeDescription } };
const RESOURCES = panelsOf(new TencentWhiteboard().description);

let bench: Bench;
let editor: Editor;
before(async () => {
	for (const { resource } of RESOURCES) clearPictures(LINE, resource);
	bench = await openBench();
	// So high that few panels need more.
	editor = await openEditor(bench.n8n, { viewport: { width: 1280, height: 1500 } });
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
afterEach(() => assert.deepEqual(editor.problems(), []));

/** Not in a text that a person should read: a value that is missing, a key that has no translation. */
const UNRESOLVED = /undefined|\bnull\b|\[object|NaN|^\w+(\.\w+)+$/;

for (const spec of RESOURCES) {
	test(`${spec.displayName}: the panel of each operation shows all of its parameters`, async () => {
		const id = await bench.n8n.createWorkflow(workflowOf(spec));
		await editor.openWorkflow(id);
		const shots: Shot[] = [];
		for (const each of spec.panels) {
			const panel = await editor.openNode(each.displayName);
			const png = await panel.picture();
			const labels = (await panel.labels()).map(plain);
			const shown = [await panel.value('resource'), await panel.value('operation')];
			await panel.close();

			await editor.picture(`${spec.resource}/${each.operation}`, png);
			shots.push({ title: each.displayName, png });
			assert.deepEqual(shown, [spec.displayName, each.displayName]);
			checkLabels(labels, each);
			assert.deepEqual(editor.problems(), [], each.displayName);
		}
		await editor.sheet(spec.resource, `${spec.displayName} · n8n ${LINE}`, shots);
	});
}

function checkLabels(labels: string[], { displayName, required, labels: wanted }: PanelSpec): void {
	const missing = (names: string[]) => names.filter((name) => !labels.includes(plain(name)));
	assert.deepEqual(missing(required), [], `${displayName}: required parameters that are not shown`);
	assert.deepEqual(missing(wanted), [], `${displayName}: parameters that are not shown`);
	const wrong = labels.filter((label) => label === '' || UNRESOLVED.test(label));
	assert.deepEqual(wrong, [], `${displayName}: labels that say nothing`);
}

/** Without HTML, and white space as it is seen. */
function plain(text: string): string {
	return text
		.split('\n')[0]
		.replaceAll(/<[^>]*>/g, '')
		.replaceAll(/\s+/g, ' ')
		.trim();
}

/**
 * For each operation a node whose panel is opened, and one as it is when it has just been added: such a
 * node can keep the editor from opening its workflow.
 */
function workflowOf({ resource, displayName, panels }: ResourceSpec): WorkflowJson {
	const full = panels.map(({ displayName: name, parameters }) => ({ name, parameters }));
	const fresh = panels.map(({ displayName: name, operation }) => ({
		name: `New: ${name}`,
		parameters: { resource, operation },
	}));
	const columns = Math.ceil(Math.sqrt(2 * panels.length));
	const nodes = [...full, ...fresh].map((node, index) => ({
		id: `node-${index}`,
		type: WHITEBOARD,
		typeVersion: 1,
		position: [(index % columns) * 260, Math.floor(index / columns) * 220] as [number, number],
		credentials: { tencentCloudApi: { id: null, name: CREDENTIAL } },
		...node,
	}));
	return { name: displayName, nodes, connections: {}, settings: { executionOrder: 'v1' } };
}
