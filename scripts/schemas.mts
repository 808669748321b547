/**
 * Writes the schema of what each operation outputs with its default settings: n8n's editor shows its fields
 * while a node has not run yet. Made from the facts at each build, so that it cannot differ from them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { findAction, findType, itemType } from '../emulator/facts.mts';
import type { FieldFact } from '../emulator/facts.mts';
import type { Operation } from '../nodes/TencentWhiteboard/types.ts';
import { loadBuilt } from './built.mts';

/** The part of JSON Schema that n8n's own nodes use: no field is said to be required, or to be null at times. */
interface Schema {
	type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
	items?: Schema;
	properties?: Properties;
}
type Properties = Record<string, Schema>;

const { folder, TencentWhiteboard, resources, simplified } = loadBuilt(process.env.DIST);

const PLAIN: Record<string, Schema['type']> = {
	String: 'string',
	Integer: 'integer',
	Float: 'number',
	Boolean: 'boolean',
};

/** @param within The structures around it: one within itself has no end */
function schemaOf(type: string, within: readonly string[] = []): Schema {
	const item = itemType(type);
	if (item !== undefined) return { type: 'array', items: schemaOf(item, within) };
	if (type in PLAIN) return { type: PLAIN[type] };
	if (within.includes(type)) return { type: 'object' };
	const structure = findType(type);
	if (!structure) throw new Error(`The facts have no type ${type}`);
	return { type: 'object', properties: propertiesOf(structure.fields, [...within, type]) };
}

const propertiesOf = (fields: readonly FieldFact[], within?: readonly string[]): Properties =>
	Object.fromEntries(fields.map(({ name, type }) => [name, schemaOf(type, within)]));

/** The fields of an answer, or of an entry of its list, before Simplify. */
function wholeOutput({ api, list, task }: Operation): Properties {
	const action = findAction(api)?.action;
	if (!action) throw new Error(`The facts have no action ${api}`);
	const answer = propertiesOf(action.response);
	if (list) return answer[list.items]?.items?.properties ?? {};
	if (!task || api === task.describe || task.idField in answer) return answer;
	// The node adds the ID of the task that was started or ended.
	return { [task.idField]: { type: 'string' }, ...answer };
}

function outputSchema(operation: Operation): object {
	const properties = simplified(operation, { simplify: true }, wholeOutput(operation));
	return { type: 'object', properties, version: 1 };
}

/** What has not changed is not written: an n8n that watches the folder would load everything anew. */
function write(path: string, content: string): void {
	if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, content);
}

/** The form in which n8n names a version's folder: `v1.0.0`. */
const folderOf = (version: number) =>
	`v${[...String(version).split('.'), '0', '0'].slice(0, 3).join('.')}`;

for (const version of [new TencentWhiteboard().description.version].flat()) {
	for (const { value: resource, operations } of resources) {
		for (const operation of operations) {
			const { value, since = 1 } = operation;
			// Its answer is that of any action.
			if (value === 'custom' || since > version) continue;
			const path = join(folder, '__schema__', folderOf(version), resource, `${value}.json`);
			write(path, JSON.stringify(outputSchema(operation)));
		}
	}
}
