import type { IDataObject } from 'n8n-workflow';

import { call } from '../transport/call';
import type { ApiCall } from '../transport/call';
import type { Connection } from '../transport/connection';
import type { Outcome } from '../transport/errors';
import type { ListSpec } from '../types';

/**
 * Reads a list's entries, page by page where the action gives pages, until there are as many as wanted.
 *
 * @param limit Entries wanted; Infinity for all
 */
export async function readList(
	connection: Connection,
	{ items, page }: ListSpec,
	apiCall: ApiCall,
	limit: number,
): Promise<Outcome<IDataObject[]>> {
	const entries: IDataObject[] = [];
	for (;;) {
		const { body } = apiCall;
		const wanted = page && {
			Offset: entries.length,
			Limit: Math.min(page.size, limit - entries.length),
		};
		const outcome = await call(connection, { ...apiCall, body: { ...body, ...wanted } });
		if (!outcome.ok) return outcome;
		const answer = outcome.value;
		const some = (answer[items] ?? []) as IDataObject[];
		entries.push(...some);
		// A page without entries ends the list too: a total that shrinks meanwhile must not keep us here.
		const all = Number(page ? answer[page.total] : 0) || 0;
		if (some.length === 0 || entries.length >= Math.min(all, limit)) {
			return { ok: true, value: entries.slice(0, limit) };
		}
	}
}
