import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

/**
 * The table's vocabulary. A resource file is data in these shapes, written with n8n's own keys, so that
 * n8n's linter reads it; panel, validation, requests, waiting and files all follow from it.
 */

export type LocatorName = 'applications' | 'pushes' | 'recordings' | 'rooms' | 'transcodes';

interface FieldBase {
	displayName: string;
	/** The node's parameter: the API field in lowerCamelCase. */
	name: string;
	/** The API's field, spelled as the API spells it. */
	api: string;
	description: string;
	required?: boolean;
	placeholder?: string;
	/** Shown as a resource locator: by ID, or from this list. */
	locator?: LocatorName;
	/** An empty text removes what is stored. A switch of its own asks for that, so that nobody does it unawares. */
	removal?: Removal;
	/** The version of the node that it came with; left out: 1. */
	since?: number;
}

/** The node's parameter that removes a stored value; it is none of the API's. */
export interface Removal {
	displayName: string;
	name: string;
	description: string;
}

export interface StringField extends FieldBase {
	kind: 'string';
	default?: string;
	/** In characters, unless the API counts bytes. */
	maxLength?: number;
	maxLengthUnit?: 'bytes';
	/** `url`: http or https. `json`: JSON that the API wants as text; an object is taken too. */
	format?: 'url' | 'json';
	/** A regular expression's source, and what it asks for in words: `a user ID that begins with …`. */
	pattern?: { source: string; means: string };
	/** Shown as a password. */
	secret?: true;
	/** Required, but sent even when empty: the API means something by it. */
	mayBeEmpty?: true;
}

export interface IntegerField extends FieldBase {
	kind: 'integer';
	default?: number;
	min?: number;
	max?: number;
}

export interface BooleanField extends FieldBase {
	kind: 'boolean';
	default?: boolean;
}

export interface OptionsField extends FieldBase {
	kind: 'options';
	options: INodePropertyOptions[];
	default?: string | number;
	/** The API documents some of the values only: an expression may give others. */
	open?: true;
}

/**
 * A day or a moment, in the form that the action wants: `2026-01-31`, `2026-01-31 08:00:00`, Unix seconds or
 * Unix milliseconds.
 */
export interface DateField extends FieldBase {
	kind: 'date';
	format: 'day' | 'second' | 'unix' | 'milliseconds';
}

/** A list of plain values, given as a list or as text with commas. */
export interface ListField extends FieldBase {
	kind: 'list';
	of: 'string' | 'integer';
	/** The values allowed, offered for choosing. */
	options?: INodePropertyOptions[];
	/** The API documents some of the values only: an expression may give others. */
	open?: true;
	minItems?: number;
	maxItems?: number;
}

/** A list of two moments, shown as two dates. A list under the field's own name is taken as well. */
export interface RangeField extends FieldBase {
	kind: 'range';
	/** Parameters of the node, not fields of the API. */
	ends: [DateField, DateField];
}

/** A nested object that a person fills in field by field. */
export interface GroupField extends FieldBase {
	kind: 'group';
	fields: Field[];
}

/** A list of objects that a person fills in row by row. */
export interface RowsField extends FieldBase {
	kind: 'rows';
	/** What one row is, in Title Case. */
	row: string;
	fields: Field[];
}

/** An object too deep for a form: JSON. */
export interface JsonField extends FieldBase {
	kind: 'json';
}

export type Field =
	| StringField
	| IntegerField
	| BooleanField
	| OptionsField
	| DateField
	| ListField
	| RangeField
	| GroupField
	| RowsField
	| JsonField;

/** What the task behind an answer has come to. */
export type TaskState = 'pending' | 'succeeded' | 'failed';

/** Why a task has failed; empty strings where the API is silent. */
export interface FailureReason {
	code: string;
	message: string;
}

export interface TaskSpec {
	/** In words, for messages, e.g. `snapshot task`. */
	label: string;
	/** The action that reads the task. */
	describe: string;
	/** What names the task in requests and answers: its ID's field. */
	idField: string;
	/** The task's own status word, for progress and messages. */
	status(answer: IDataObject): string;
	/** An unknown status is pending, never success. */
	classify(answer: IDataObject): TaskState;
	failure(answer: IDataObject): FailureReason;
	/** API codes of the describing action that are the task's end, not the query's. */
	terminalErrorCodes: string[];
	files?: FileSpec;
	/** Seconds to wait for it by default, where half an hour is too short. */
	timeout?: number;
	/** What to know before waiting for it. */
	waitHint?: string;
}

export interface ResultFile {
	url: string;
	/** Where the URL's own last part would not do. */
	fileName?: string;
	/** It may be a web page; elsewhere a page is what a proxy or a login sends in place of the file. */
	isPage?: true;
}

export interface FileSpec {
	/** The result files in an answer; empty as long as there are none. */
	list(answer: IDataObject): ResultFile[];
	/** Days that Tencent's public bucket keeps them, where a page says so. */
	keptDays?: number;
}

export type Site = 'international' | 'china';

/** An answer that is a list of entries: each becomes an item. */
export interface ListSpec {
	/** The answer's field that holds the entries. */
	items: string;
	/**
	 * Set where the action gives a page at a time, by the request fields Offset and Limit: how many entries
	 * a page may have, and the answer's field with the number of all entries. Neither is a field of the
	 * operation: the panel offers Return All and Limit.
	 */
	page?: { size: number; total: string };
}

/** A listing action behind a resource locator. */
export interface Locator {
	/** The site that offers it. */
	site: Site;
	action: string;
	/** Where it is served, if not in the site's own default region. */
	region?: string;
	/** The request field that takes the node's SDK App ID, where there is one. */
	application?: string;
	/** Other parameters. */
	body?: IDataObject;
	/** The last days that its TimeRange asks for. */
	daysBack?: number;
	list: ListSpec;
	/** The entry's field that is the value, and those that tell it from others. */
	id: string;
	label: LabelPart[];
}

/** One detail of an entry, in words. */
export interface LabelPart {
	/** The entry's field. */
	field: string;
	/** Where the value alone says nothing: the text, with `$` for the value. */
	text?: string;
	/** The same for one. */
	one?: string;
}

export interface Operation {
	/** The API's action in words; value and action follow from it. */
	name: string;
	value: string;
	action: string;
	description: string;
	/** The API's action name. */
	api: string;
	/** False for whatever changes something: it is never sent twice on an unknown outcome. */
	readOnly: boolean;
	/** The sites that offer the action: their newest official SDKs and pages have it. */
	sites: Site[];
	/** The sites whose newer official SDKs have dropped it: it may end there at any time. */
	deprecated?: Site[];
	/** Where the action is served, if not in the site's own default region. */
	regions?: Partial<Record<Site, string>>;
	/** Shown at once. */
	fields: Field[];
	/** Under Additional Fields. */
	optional?: Field[];
	/** The task that the action reads, or the one that it starts or ends. */
	task?: TaskSpec;
	list?: ListSpec;
	/**
	 * Where an answer (or a list's entry) has more than ten fields: the at most nine that Simplify keeps,
	 * beside RequestId. Nothing is renamed.
	 */
	simplify?: string[];
	/** The version of the node that it came with; left out: 1. */
	since?: number;
}

/** An operation as the table has it. */
export type OperationEntry = Omit<Operation, 'value' | 'action'> &
	Partial<Pick<Operation, 'value' | 'action'>>;

/** A resource as the table has it. */
export type ResourceEntry = Omit<Resource, 'operations'> & { operations: OperationEntry[] };

export interface Resource {
	name: string;
	/** Chosen in a new node. */
	default?: true;
	value: string;
	description: string;
	operations: Operation[];
}
