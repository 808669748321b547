/** Executions whose items each get answers of their own, one after the other, and what follows from these. */
import { isDeepStrictEqual } from 'node:util';

import errorsFile from '../facts/errors.json' with { type: 'json' };
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { documentedAnswer, replyOf, valueOfContent } from './answers.mts';
import type { Answer } from './answers.mts';
import type { Execution, Mode, Outcome } from './checks.mts';
import { bytesOf } from './hostile.mts';
import type { Received, Reply } from './hostile.mts';
import { targetOf, validValues } from './operations.mts';

export interface Scripted {
	operation: string;
	mode: Mode;
	parameters: INodeParameters;
	options?: INodeParameters;
	items: Answer[][];
	cancelAfter?: number;
}

/** One request of an item, and what it got. */
interface Exchange {
	action: string;
	answer?: Answer;
	reply: Reply;
}

/** Codes with which the service says that it has done nothing, so that even a change may be sent again. */
const REFUSED = new Set(
	[
		...errorsFile.codes.filter(({ retryable }) => retryable === true).map(({ code }) => code),
		'AuthFailure.SignatureExpire',
	].map(String),
);

/** Whether less reaches the client than its message announces. */
function isIncomplete(reply: Reply): boolean {
	const { cut, stall, framing, encoding } = reply;
	if (stall !== undefined || framing === 'long') return true;
	if (!cut || (framing === 'close' && !encoding)) return false;
	const { length } = bytesOf(reply);
	return Math.floor(length * cut.at) < length;
}

/** An answer that comes as it is: whole, with status 200 and nothing odd about it. */
const isPlain = ({ wire }: Answer) =>
	Object.entries(wire).every(([name]) => name === 'delay') ||
	(Object.keys(wire).every((name) => ['delay', 'encoding', 'framing'].includes(name)) &&
		(wire.framing === undefined || wire.framing === 'chunked' || wire.framing === 'close'));

function jsonOf(reply: Reply): unknown {
	try {
		return JSON.parse(reply.body.toString()) as unknown;
	} catch {
		return undefined;
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	value !== null && typeof value === 'object' && !Array.isArray(value);

/** The error in an exchange that the service reports in its own words. */
function codeOf({ reply, answer }: Exchange): string | undefined {
	const response = (jsonOf(reply) as { Response?: unknown } | null | undefined)?.Response;
	const error = isObject(response) ? response.Error : undefined;
	const code = isObject(error) ? error.Code : undefined;
	return answer && isPlain(answer) && typeof code === 'string' ? code : undefined;
}

/** n8n sends items with no other properties than these to the error output by itself. */
const routedByN8n = (json: Record<string, unknown>) =>
	'error' in json &&
	Object.keys(json).every((key) => ['error', 'message', 'details'].includes(key));

export function scripted(given: Scripted, count: () => void): Execution {
	const { operation, mode, parameters, items, cancelAfter } = given;
	const { api, fields, readOnly, task, list, simplify } = targetOf(operation).operation;
	const exchanges: Exchange[][] = items.map(() => []);

	function answer(request: Received): Reply {
		const item = Number(request.region.slice('item-'.length));
		const nth = exchanges[item].length;
		const next: Answer | undefined = items[item][nth];
		if (next) count();
		const reply = next
			? replyOf(next, request)
			: { body: JSON.stringify({ Response: documentedAnswer(request.action) }) };
		exchanges[item].push({ action: request.action, answer: next, reply });
		return reply;
	}

	/** A change is sent once more only when it surely was not taken. */
	function checkChanges(violated: (what: string, item: number) => void) {
		for (const [item, list] of exchanges.entries()) {
			const changes = list.filter(({ action }) => action === api);
			for (const exchange of changes.slice(0, -1)) {
				const { status = 200 } = exchange.reply;
				const refused = status === 429 || REFUSED.has(codeOf(exchange)?.split('.')[0] ?? '');
				const known = refused || REFUSED.has(codeOf(exchange) ?? '');
				if (!known && !readOnly) violated('a change was sent again that may have been taken', item);
			}
		}
	}

	function checkItem(
		item: number,
		{ main, errors }: Outcome,
		violated: (what: string, item: number) => void,
	) {
		const last = exchanges[item].at(-1);
		if (!last?.answer) return;
		const of = (list: Outcome['main']) =>
			list.filter(({ pairedItem }) => (pairedItem as { item?: number }).item === item);
		const [good, bad] = [of(main), of(errors)];
		const failed = mode === 'continueErrorOutput' ? bad : good;
		const texts = failed
			.map(({ json }) => `${String(json?.error)} ${String(json?.message)}`)
			.join();
		if (!readOnly && last.action === api && isIncomplete(last.reply)) {
			const told = /unknown|may have taken effect|may exist all the same/.test(texts);
			if (!told) violated(`nobody is told that a change may have been taken: ${texts}`, item);
		}
		// A busy machine may be late with an answer that is there.
		if (texts.includes('did not answer in time')) return;
		const code = codeOf(last);
		if (code && !task && mode === 'continueErrorOutput' && good.length > 0) {
			violated(`${code} left where the good items do`, item);
		}
		const expected = expectedItems(last);
		if (!expected || expected.some(routedByN8n)) return;
		const came = good.map(({ json }) => json);
		if (!isDeepStrictEqual(came, expected)) {
			violated(`an answer came out as ${JSON.stringify([good, bad]).slice(0, 500)}`, item);
		}
	}

	/** The items that an answer has to give, where that is plain to say. */
	function expectedItems({ reply, answer: given }: Exchange): IDataObject[] | undefined {
		const response = (jsonOf(reply) as { Response?: unknown } | null | undefined)?.Response;
		if (!given || !isPlain(given) || !isObject(response) || response.Error) return undefined;
		// Secrets are taken out, what is nested too deeply cannot be compared.
		if (/%ECHO|%DEEP/.test(JSON.stringify(given.content))) return undefined;
		// Of what has many fields, some are left out.
		if (simplify && parameters.simplify !== false) return undefined;
		if (list) {
			const entries = response[list.items] ?? [];
			if (list.page || !Array.isArray(entries)) return undefined;
			const isList = entries.every((entry) => entry === null || isObject(entry));
			return isList ? entries.filter((entry) => entry !== null) : undefined;
		}
		// What has been started or waited for is told with more than the answer holds.
		if (task && (!readOnly || parameters.waitUntilFinished)) return undefined;
		if (task?.files && parameters.output === 'files') return undefined;
		return [response as IDataObject];
	}

	return {
		operation,
		mode,
		parameters: {
			...validValues(fields),
			...parameters,
			options: { region: '={{ "item-" + $json.item }}', ...given.options },
		},
		items: items.map(() => ({})),
		answer,
		cancelAfter,
		mayGiveNone: list !== undefined,
		spoken: (item) =>
			items[item].map((one) => JSON.stringify(valueOfContent(one.content, '')) ?? '').join(),
		check: (outcome, violated) => {
			checkChanges(violated);
			if (outcome.run.status !== 'success' || mode === 'stopWorkflow') return;
			for (const item of items.keys()) checkItem(item, outcome, violated);
		},
	};
}
