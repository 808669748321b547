/** Every operation of the node, and parameters with which each sends its request. */
import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';

import { resources } from '../../nodes/TencentWhiteboard/resources/index.ts';
import type { Field, Operation } from '../../nodes/TencentWhiteboard/types.ts';

export interface Target {
	resource: string;
	operation: Operation;
}

/** Each operation once, by its name; Custom API Call is the same on every resource. */
const targets = new Map<string, Target>(
	resources.flatMap(({ value, operations }) =>
		operations.map((operation) => [operation.value, { resource: value, operation }] as const),
	),
);

export const operationNames = [...targets.keys()];

export function targetOf(operationName: string): Target {
	const target = targets.get(operationName);
	if (!target) throw new Error(`There is no operation ${operationName}`);
	return target;
}

/** A value that the field takes. */
export function validValue(field: Field): NodeParameterValueType {
	switch (field.kind) {
		case 'string':
			if (field.api === 'Action') return 'DescribeUserStatus';
			if (field.api === 'RecordUserId') return 'tic_record_user_1_a';
			if (field.format === 'url') return 'https://example.com/lesson.pptx';
			return field.format === 'json' ? '{"a":1}' : (field.default ?? 'text');
		case 'integer':
			return Math.max(1, field.min ?? 1);
		case 'boolean':
			return true;
		case 'options':
			return field.options[0].value as string;
		case 'date':
			return '2026-01-31T08:00:00Z';
		case 'list':
			if (field.options) return [field.options[0].value as string];
			return Array.from({ length: field.minItems ?? 1 }, (_, index) => 1 + index).join(',');
		case 'range':
			return field.ends.map(validValue) as NodeParameterValueType;
		case 'json':
			return '{"a":1}';
		case 'group':
			return { values: validValues(field.fields) } as NodeParameterValueType;
		case 'rows':
			return { values: [validValues(field.fields)] } as NodeParameterValueType;
	}
}

/** The fields that the panel shows: a range is two dates there. */
export const shownFields = (fields: Field[]): Field[] =>
	fields.flatMap((field) => (field.kind === 'range' ? field.ends : [field]));

/** Values for the fields that must have one. */
export const validValues = (fields: Field[]): INodeParameters =>
	Object.fromEntries(
		shownFields(fields)
			.filter(({ required }) => required)
			.map((field) => [field.name, validValue(field)]),
	);
