/** The smallest request an action takes, made from the facts: required parameters and nothing else. */
import { findType, itemType, regionsOf } from '../../emulator/facts.mts';
import type { ActionFact, FieldFact, ServiceFact } from '../../emulator/facts.mts';

const TEXTS: Record<string, string> = {
	url: 'https://example.com/lesson.pptx',
	'json-string': '{}',
	WIDTHxHEIGHT: '1280x720',
	'#RRGGBB': '#102030',
	'YYYY-MM-DD': '2024-01-31',
	'YYYY-MM-DD HH:mm:ss': '2024-01-31 18:30:00',
};

function text(field: FieldFact): string {
	// The two patterns of the facts: a recording user of a room, and short identifiers.
	if (field.pattern?.startsWith('^tic_record_user_')) return 'tic_record_user_12358_1';
	// A period ends after it began.
	if (field.name === 'EndTime')
		return `2024-02-02${field.format === 'YYYY-MM-DD' ? '' : ' 18:30:00'}`;
	return (field.format === undefined ? undefined : TEXTS[field.format]) ?? 'example';
}

/** A value that is right for the field, with the required members of a structure. */
export function validValue(field: FieldFact, type = field.type): unknown {
	const item = itemType(type);
	if (item !== undefined) {
		const entry = validValue({ ...field, enum: field.itemsEnum }, item);
		return Array.from({ length: field.minItems ?? 1 }, () => entry);
	}
	const structure = findType(type);
	if (structure) return minimalValues(structure.fields);
	if (field.enum) return field.enum[0];
	if (type === 'Boolean') return true;
	if (type === 'Float') return 0.5;
	return type === 'Integer' ? (field.min ?? 1) + (field.exclusiveRange ? 1 : 0) : text(field);
}

/** A value of another type than the field's. */
export function wrongTypeValue(field: FieldFact): unknown {
	if (field.type === 'String') return 7;
	if (itemType(field.type) !== undefined) return 'not a list';
	return findType(field.type) ? 'not an object' : 'not a number';
}

export function minimalValues(fields: readonly FieldFact[]): Record<string, unknown> {
	return Object.fromEntries(
		fields.filter(({ required }) => required).map((field) => [field.name, validValue(field)]),
	);
}

export function minimalParams(action: ActionFact): Record<string, unknown> {
	return minimalValues(action.params);
}

/** A region in which the action is offered. */
export function regionFor(service: ServiceFact, action: ActionFact): string {
	return regionsOf(service, action)?.[0] ?? 'ap-singapore';
}
