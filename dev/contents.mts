/** Puts the credentials and the examples into n8n; what a person has changed there stays. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IPinData } from 'n8n-workflow';

import { openExample } from '../e2e/kit.mts';
import { openTable } from '../e2e/n8n/crash-example.mts';
import type { N8n } from '../e2e/n8n/n8n.mts';
import type { Folder, PutExample } from './folder.mts';
import type { StandIns } from './stand-ins.mts';

const EXAMPLES = join(import.meta.dirname, '..', 'examples');

/** Put there last: n8n lists the latest first. */
const TO_BEGIN_WITH = 'describe-snapshot-task';

/** What calls from outside would bring: pinned to their node, so that the button runs it. */
const SAMPLES: Record<string, IPinData> = {
	'snapshot-on-class-end': {
		'Class Ended': [
			{
				json: {
					body: { roomId: 1234, className: 'Algebra 2', teacherEmail: 'teacher@example.com' },
				},
			},
		],
	},
};

export function exampleNames(): string[] {
	const names = readdirSync(EXAMPLES).map((file) => file.replace(/\.json$/, ''));
	return [...names.filter((name) => name !== TO_BEGIN_WITH), TO_BEGIN_WITH];
}

export async function fill(n8n: N8n, { memory, save }: Folder, standIns: StandIns): Promise<void> {
	for (const [name, { type, data }] of Object.entries(standIns.credentials)) {
		await n8n.ensureCredential(name, type, data);
	}
	const { id: tableId } = await openTable(n8n);
	const { examples } = memory;
	for (const name of exampleNames()) {
		const example = openExample(name, { ...standIns, n8n, tableId });
		const workflow = { ...example.workflow, pinData: SAMPLES[name] ?? {} };
		const content = createHash('sha256').update(JSON.stringify(workflow)).digest('hex');
		const put: PutExample | undefined = examples[name];
		const saved = put && (await n8n.workflow(put.id));
		if (saved && (saved.versionId !== put.versionId || content === put.content)) continue;
		const id = saved ? put.id : await n8n.createWorkflow(workflow);
		if (saved) await n8n.replaceWorkflow(id, workflow);
		const { versionId } = (await n8n.workflow(id))!;
		examples[name] = { id, versionId, content };
		save();
	}
}
