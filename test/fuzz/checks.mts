/** What holds whatever the service, the parameters or the network do. */
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { RunResult } from '../../engine/runner.mts';
import type { Received, Reply } from './hostile.mts';
import { FORMS, inForm } from './json.mts';

/** Tells of something that must never be, and of the item it happened to. */
export type Violated = (what: string, item?: number) => void;

export const MODES = [
	'stopWorkflow',
	'continueRegularOutput',
	'continueErrorOutput',
	'continueOnFail',
] as const;
export type Mode = (typeof MODES)[number];

export interface Outcome {
	run: RunResult;
	main: INodeExecutionData[];
	errors: INodeExecutionData[];
}

export interface Execution {
	operation: string;
	mode: Mode;
	parameters: INodeParameters;
	items: IDataObject[];
	/** What each request gets. */
	answer: (request: Received) => Reply;
	/** Milliseconds after which somebody stops it. */
	cancelAfter?: number;
	/** Whether it may give no items at all: lists may be empty. */
	mayGiveNone?: boolean;
	/** What was given to an item, and what the service said to it: words in it are not the node's. */
	spoken?: (item: number) => string;
	/** More to check, where the outputs are known. */
	check?: (outcome: Outcome, violated: Violated) => void | Promise<void>;
	/** Whose fields the items give; left out: an account that is fine. */
	credential?: 'Given';
	/** More that nobody may see. */
	secrets?: string[];
}

const NO_TEXT = /\bundefined\b|\[object \w+\]|\bNaN\b/;

/** What JavaScript and n8n say of a mistake in a program. */
const BUG =
	/Cannot (read|set|convert|destructure|access)|is not (a function|iterable|a constructor|defined)|Maximum call stack|Invalid (array|string) length|in JSON at|is not valid JSON|^The item could not be processed/;

/** Checks a headline and its detail, as people read them. */
export function checkTexts(
	texts: { message: unknown; description: unknown },
	spoken: string,
	violated: Violated,
	item?: number,
): void {
	for (const [place, text] of Object.entries(texts)) {
		if (typeof text !== 'string' || text.trim() === '') {
			violated(`an error's ${place} is ${JSON.stringify(text) ?? 'missing'}`, item);
			continue;
		}
		const [word] = NO_TEXT.exec(text) ?? [];
		if (word && !spoken.includes(word)) violated(`an error says "${word}": ${text}`, item);
		if (BUG.test(text)) violated(`an error of the node's own code: ${text}`, item);
	}
}

/** Objects of the test's own realm and of n8n's have different prototypes of the same kind. */
function isPlain(json: object): boolean {
	const prototype = Object.getPrototypeOf(json) as object | null;
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const itemOf = ({ pairedItem }: INodeExecutionData) =>
	(pairedItem as { item?: number } | undefined)?.item;

/** An execution that has ended with an error. */
function checkFailed({ run }: Outcome, execution: Execution, violated: Violated): void {
	const { mode, items, spoken = () => '', credential } = execution;
	const { message, description, name, context } = (run.error ?? {}) as Record<string, unknown>;
	const item = (context as IDataObject | undefined)?.itemIndex as number | undefined;
	const isOne = item !== undefined && item >= 0 && item < items.length;
	// What is wrong with a credential concerns no item more than another.
	if (!isOne && !credential) violated(`an error names the item ${item}: ${message}`);
	if (mode !== 'stopWorkflow') {
		violated(`ended as ${run.status} though it continues: ${message}`, item);
	}
	if (!/^Node(Api|Operation)Error$/.test(String(name))) violated(`threw a ${name}: ${message}`);
	checkTexts({ message, description }, spoken(isOne ? item : 0), violated, item);
}

/** Whether a service has answered so: n8n takes an item with hardly anything but an `error` for a failed one. */
const isAnswer = (json: IDataObject, spoken: string) =>
	json.error !== undefined &&
	['error', 'message', 'details']
		.filter((name) => json[name] !== undefined)
		.every((name) => spoken.includes(`"${name}":${JSON.stringify(json[name])}`));

/** Items in are items out, each paired, and what failed says so in words. */
export function checkOutcome(outcome: Outcome, execution: Execution, violated: Violated): void {
	const { run, main, errors } = outcome;
	const { mode, items, cancelAfter, spoken = () => '', mayGiveNone = false } = execution;
	if (cancelAfter !== undefined && run.status === 'canceled') return;
	if (run.status !== 'success') return checkFailed(outcome, execution, violated);
	const given = new Set<number>();
	for (const one of [...main, ...errors]) {
		const item = itemOf(one);
		if (item === undefined || !(item >= 0 && item < items.length)) {
			violated(`an item is paired to ${JSON.stringify(one.pairedItem)}`);
			continue;
		}
		given.add(item);
		const json: unknown = one.json;
		if (json === null || typeof json !== 'object' || Array.isArray(json)) {
			violated(`an item's json is ${JSON.stringify(json)}`, item);
		} else if (!isPlain(json)) violated('an item inherits from something else', item);
	}
	for (const item of items.keys()) {
		if (!given.has(item) && !mayGiveNone) violated('gave no item', item);
	}
	for (const one of errors) {
		const { error: message, message: description } = one.json;
		const item = itemOf(one) ?? 0;
		if (isAnswer(one.json, spoken(item))) continue;
		checkTexts({ message, description }, spoken(item), violated, item);
	}
	// Regular outputs hold failed items too.
	for (const one of mode === 'stopWorkflow' ? [] : main) {
		const { error: message, message: description, details } = one.json ?? {};
		const item = itemOf(one) ?? 0;
		if (details === undefined || typeof message !== 'string') continue;
		checkTexts({ message, description }, spoken(item), violated, item);
	}
}

/** Every text in a value, names of properties included. */
function textsIn(value: unknown): string[] {
	const texts: string[] = [];
	const seen = new Set<object>();
	// Not by recursion: it may be nested deeper than the stack.
	for (const left: unknown[] = [value]; left.length > 0; ) {
		const one = left.pop();
		if (typeof one === 'string') texts.push(one);
		if (one === null || typeof one !== 'object' || seen.has(one)) continue;
		seen.add(one);
		for (const [key, child] of Object.entries(one)) {
			// The workflow's own copy of the node is not an output, nor is what came in with an item.
			if (key === 'node' || key === 'given') continue;
			texts.push(key);
			left.push(child);
		}
	}
	return texts;
}

/** A secret in base64, at each of the three places where it may begin in what was encoded. */
const inBase64 = (plain: string) =>
	[0, 1, 2].map((before) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(plain)]);
		const whole = Math.floor((bytes.length * 8) / 6);
		return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
	});

const formsOf = (secret: string) => [
	...new Set([...FORMS.map((form) => inForm[form](secret)), ...inBase64(secret)]),
];

/** No form of a secret is anywhere in a value. */
export function checkSecrets(value: unknown, secrets: Iterable<string>, violated: Violated): void {
	const all = textsIn(value).join('\n');
	for (const secret of [...secrets].flatMap(formsOf)) {
		const at = all.indexOf(secret);
		if (at >= 0) violated(`a secret: ${all.slice(Math.max(0, at - 60), at + 20)}…`);
	}
}
