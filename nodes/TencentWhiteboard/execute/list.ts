import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../text';
import { call } from '../transport/call';
import type { ApiCall } from '../transport/call';
import type { Connection } from '../transport/connection';
import { ASK_SUPPORT, failed, invalidAnswer } from '../transport/errors';
import type { Outcome } from '../transport/errors';
import type { ListSpec } from '../types';
import { integerOf } from './values';

/** Entries after which a list is given up that has no end. */
const MAX_ENTRIES = 1e6;

/** One page: its entries as they came, null where there is none. */
type Page = Array<IDataObject | null>;

const isPage = (items: unknown): items is Page =>
	Array.isArray(items) && items.every((entry) => entry === null || isObject(entry));

/** Told by the first entry that differs, so it costs nothing where pages are not the same. */
const isSame = (page: Page, other: Page | undefined) =>
	page.length === other?.length &&
	page.every((entry, index) => JSON.stringify(entry) === JSON.stringify(other[index]));

/**
 * Reads a list's entries, page by page where the action gives pages, until there are as many as wanted.
 *
 * The total that an answer names ends the list. Where it is missing, or is less than what has come, only an
 * empty page does: the service may give fewer entries at a time than it is asked for. An empty page always does,
 * for a total may shrink meanwhile. A page that comes a second time in a row is not taken again: the service
 * does not know Offset, so it has no more to give.
 *
 * @param limit Entries wanted; Infinity for all
 */
export async function readList(
	connection: Connection,
	{ items, page }: ListSpec,
	apiCall: ApiCall,
	limit: number,
): Promise<Outcome<IDataObject[]>> {
	const { action } = apiCall;
	const entries: Page = [];
	let last: Page | undefined;
	for (;;) {
		const size = page && Math.min(page.size, limit - entries.length);
		const paging = page && { Offset: entries.length, Limit: size };
		const outcome = await call(connection, { ...apiCall, body: { ...apiCall.body, ...paging } });
		if (!outcome.ok) return outcome;
		const { value: answer } = outcome;
		const refused = (message: string) => failed(invalidAnswer(message, ASK_SUPPORT, answer));
		const came: unknown = answer[items] ?? [];
		if (!isPage(came)) return refused(`The answer to ${action} holds no list in ${items}`);
		const total = page && integerOf(answer[page.total]);
		const again = isSame(came, last);
		last = came;
		if (!again) for (const entry of came) entries.push(entry);

		if (again && (total ?? 0) > entries.length) {
			return refused(
				`${action} gave ${entries.length} of ${total} entries, and then the same ones again`,
			);
		}
		const ended = !page || total === entries.length;
		if (ended || again || came.length === 0 || entries.length >= limit) {
			const wanted = entries.slice(0, limit).filter((entry) => entry !== null);
			return { ok: true, value: wanted };
		}
		if (entries.length >= MAX_ENTRIES) {
			return refused(`${action} gave ${entries.length} entries and has not come to an end`);
		}
	}
}
