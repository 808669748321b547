/**
 * An answer for actions that have no behaviour of their own here: every field of the answer with a
 * value of its type, the same for the same request.
 */
import { createHash } from 'node:crypto';

import { findType, itemType } from './facts.mts';
import type { ActionFact, FieldFact } from './facts.mts';
import type { Params } from './params.mts';

interface Context {
	action: ActionFact;
	params: Params;
	nowSeconds: number;
}

function uuidFrom(seed: string): string {
	const hex = createHash('sha256').update(seed).digest('hex');
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`4${hex.slice(13, 16)}`,
		`8${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join('-');
}

const FORMATS: Record<string, (date: Date) => string> = {
	'json-string': () => '{}',
	'YYYY-MM-DD': (date) => date.toISOString().slice(0, 10),
	'YYYY-MM-DD HH:mm:ss': (date) => date.toISOString().slice(0, 19).replace('T', ' '),
	'ISO 8601 with offset': (date) => date.toISOString().replace('Z', '+00:00'),
	'YYYY-MM | YYYY-MM-DD | YYYY-MM-DD HH:mm:ss': (date) => date.toISOString().slice(0, 7),
};

function text(field: FieldFact, { action, params, nowSeconds }: Context): string {
	const format = field.format === undefined ? undefined : FORMATS[field.format];
	if (format) return format(new Date(nowSeconds * 1000));
	if (/^task_?id$/i.test(field.name)) return uuidFrom(`${action.name}${JSON.stringify(params)}`);
	if (/url$/i.test(field.name)) return `https://example.com/${field.name}`;
	// A stored setting that was never set is empty.
	if (/^callback(key)?$/i.test(field.name)) return '';
	return field.name;
}

function integer(field: FieldFact, { nowSeconds }: Context): number {
	if (/time$/i.test(field.name) && field.name !== 'TotalTime') return nowSeconds;
	return field.max ?? field.min ?? 1;
}

function value(field: FieldFact, type: string, context: Context): unknown {
	const item = itemType(type);
	if (item !== undefined) return [value(field, item, context)];
	const structure = findType(type);
	if (structure) return fieldsOf(structure.fields, context);

	// A task that is only answered for is one that has ended.
	const { asyncTask } = context.action;
	if (asyncTask && field.name === asyncTask.statusField) return asyncTask.finished[0];
	if (field.enum) return field.enum[0];
	if (type === 'Boolean') return true;
	if (type === 'Float') return 1.5;
	return type === 'Integer' ? integer(field, context) : text(field, context);
}

function fieldsOf(fields: readonly FieldFact[], context: Context): Params {
	return Object.fromEntries(fields.map((field) => [field.name, value(field, field.type, context)]));
}

export function genericAnswer(action: ActionFact, params: Params, nowSeconds: number): Params {
	const fields = action.response.filter(({ name }) => name !== 'RequestId');
	const answer = fieldsOf(fields, { action, params, nowSeconds });
	for (const { name, type } of fields) {
		// What the caller named (a task, an application) comes back as it was named.
		const asked = action.params.find((param) => param.name === name && param.type === type);
		if (asked && params[name] !== undefined && params[name] !== null) answer[name] = params[name];
	}
	return answer;
}
