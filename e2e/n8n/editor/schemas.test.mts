import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import type { WorkflowJson } from '../../../engine/runner.mts';
import { openBench } from '../bench.mts';
import type { Bench } from '../bench.mts';
import { testId } from '../browser.mts';
import type { Locator } from '../browser.mts';
import { openEditor } from '../editor.mts';
import type { Album, Editor } from '../editor.mts';
import { until } from '../processes.mts';
import { NODE, snapshotNode, withItems } from '../workflows.mts';

const NEXT = 'Next';

/** Of the answer to Describe Snapshot Task, nested ones too, as the editor names them. */
const FIELDS = [
	...['TaskID', 'Status', 'CreateTime', 'FinishTime', 'Result', 'ErrorCode', 'ErrorMessage'],
	...['Total', 'Snapshots', 'Snapshots[0]', 'RequestId'],
];

let bench: Bench;
let editor: Editor;
let keep: Album;
before(async () => {
	bench = await openBench();
	editor = await openEditor(bench.n8n);
	keep = editor.album('schemas');
});
after(async () => {
	await editor?.close();
	await bench?.close();
});
afterEach(() => assert.deepEqual(editor.problems(), []));

/** Nothing in it has run: a node, and another that follows it. */
function freshWorkflow(): WorkflowJson {
	const workflow = withItems([], snapshotNode('describeSnapshotTask', { taskId: '' }));
	const node = workflow.nodes.find(({ name }) => name === NODE)!;
	const [x, y] = node.position;
	workflow.nodes.push({ ...structuredClone(node), id: 'next', name: NEXT, position: [x + 220, y] });
	workflow.connections[NODE] = { main: [[{ node: NEXT, type: 'main', index: 0 }]] };
	return workflow;
}

async function middleOf(place: Locator): Promise<[x: number, y: number]> {
	const box = await place.boundingBox();
	if (!box) throw new Error('What is to be dragged, or its target, is not seen');
	return [box.x + box.width / 2, box.y + box.height / 2];
}

async function drag(from: Locator, to: Locator): Promise<void> {
	const { mouse } = editor.page;
	await mouse.move(...(await middleOf(from)));
	await mouse.down();
	await mouse.move(...(await middleOf(to)), { steps: 10 });
	await mouse.up();
}

test('the fields of a node that has never run are seen by the next one, to be dragged', async () => {
	await editor.openWorkflow(await bench.n8n.createWorkflow(freshWorkflow()));
	await editor.openNode(NEXT);
	const input = editor.page.locator(testId('ndv-input-panel')).first();
	const items = input.locator(`${testId('run-data-schema-item')}:visible`);
	// They come a few at a time, in no order, and those of the context with them at first.
	const wanted = [...FIELDS].sort().join(', ');
	let shown = '';
	const areThere = async () => {
		const texts = await items.allInnerTexts();
		shown = texts
			.map((text) => text.trim())
			.sort()
			.join(', ');
		return shown === wanted ? true : undefined;
	};
	await until(areThere, { what: () => `the input panel shows ${shown || 'no fields'}` });
	await keep('fields before the first run');
	await input.locator(testId('schema-preview-warning')).first().waitFor();

	const taskId = editor.page.locator(testId('parameter-input-taskId')).first();
	await drag(items.filter({ hasText: 'TaskID' }).getByText('TaskID').first(), taskId);
	const isMapped = async () =>
		(await taskId.innerText()).includes('{{ $json.TaskID }}') ? true : undefined;
	await until(isMapped, { what: 'Task ID does not have the expression for TaskID' });
	await keep('field dragged');
});
