import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

/**
 * The table's vocabulary. A resource file is data in these shapes, written with n8n's own keys, so that
 * n8n's linter reads it; panel, validation, requests and waiting all follow from it.
 */

interface FieldBase {
	displayName: string;
	/** The node's parameter: the API field in lowerCamelCase. */
	name: string;
	/** The API's field, spelled as the API spells it. */
	api: string;
	description: string;
	required?: boolean;
	placeholder?: string;
	hint?: string;
}

export interface StringField extends FieldBase {
	kind: 'string';
	default?: string;
	maxLength?: number;
}

export interface IntegerField extends FieldBase {
	kind: 'integer';
	default?: number;
	min?: number;
	max?: number;
	/** Shown as a resource locator instead of a number field. */
	locator?: true;
}

export interface BooleanField extends FieldBase {
	kind: 'boolean';
	default?: boolean;
}

export interface OptionsField extends FieldBase {
	kind: 'options';
	options: INodePropertyOptions[];
	default?: string | number;
}

export type Field = StringField | IntegerField | BooleanField | OptionsField;

/** What the task behind an answer has come to. */
export type TaskState = 'pending' | 'succeeded' | 'failed';

export interface TaskSpec {
	/** In words, for messages, e.g. `snapshot task`. */
	label: string;
	/** The action that reads the task. */
	describe: string;
	/** The task ID's field in requests and answers. */
	idField: string;
	/** The task's own status word, for progress and messages. */
	status(answer: IDataObject): string;
	/** An unknown status is pending, never success. */
	classify(answer: IDataObject): TaskState;
	/** Why a failed task failed; empty strings where the API is silent. */
	failure(answer: IDataObject): { code: string; message: string };
	/** API codes of the describing action that are the task's end, not the query's. */
	terminalErrorCodes: string[];
}

export interface Operation {
	name: string;
	value: string;
	action: string;
	description: string;
	/** The API's action name. */
	api: string;
	/** False for whatever changes something: it is never sent twice on an unknown outcome. */
	readOnly: boolean;
	fields: Field[];
	task?: TaskSpec;
}

export interface Resource {
	name: string;
	value: string;
	description: string;
	operations: Operation[];
}
