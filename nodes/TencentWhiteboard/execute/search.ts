import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { locators } from '../resources/locators';
import { textOf } from '../text';
import { VERSION, connect, credentialOf, regionFor, siteOf } from '../transport/connection';
import { nodeError } from '../transport/errors';
import { system } from '../transport/system';
import type { LabelPart, LocatorName } from '../types';
import { readList } from './list';
import { refuse } from './request';
import { integerOf, stringOf } from './values';

/** Milliseconds. */
const DAY = 86_400_000;

/** Entries that a list shows at most; the filter finds the others. */
const SHOWN = 500;

/** Entries that a filter looks through at most: enough for any account, and read in some seconds. */
const FILTERED = 10_000;

/** A detail of an entry in words; empty where the entry does not have it. */
function labelOf({ field, text = '$', one }: LabelPart, entry: IDataObject): string {
	const value = textOf(entry[field]);
	if (one && value === '1') return one;
	return value && text.replace('$', () => value);
}

/** Finds the entries of a "From List" choice. A fault is shown in the list, and "By ID" stays usable. */
export async function search(
	context: ILoadOptionsFunctions,
	name: LocatorName,
	filter = '',
): Promise<INodeListSearchResult> {
	const credential = await credentialOf(context);
	const [first] = locators[name];
	if (!credential.ok) throw nodeError(context.getNode(), credential.fault, 0);
	const own = siteOf(credential.value);
	const locator = locators[name].find(({ site }) => site === own) ?? first;
	const application = locator.application
		? integerOf(context.getCurrentNodeParameter('sdkAppId', { extractValue: true }))
		: undefined;
	if (locator.application && !(application && application > 0)) {
		const { fault } = refuse(
			// n8n shows nothing but this sentence.
			"The list needs an SDK App ID: enter the 'SDK App ID' first, or choose By ID",
			'The entries of the list belong to one application.',
		);
		throw nodeError(context.getNode(), fault, 0);
	}
	const now = system.date();
	const body: IDataObject = {
		...locator.body,
		...(locator.daysBack && { TimeRange: [now - locator.daysBack * DAY, now] }),
		...(locator.application && { [locator.application]: application }),
	};
	const apiCall = {
		action: locator.action,
		version: VERSION,
		body,
		region: regionFor(credential.value, {
			sites: [locator.site],
			regions: { [locator.site]: locator.region },
		}),
		language: 'en-US',
		requestTimeout: 30_000,
		readOnly: true,
	};
	const connection = connect(context, credential, new AbortController().signal);
	const wanted = filter.trim().toLowerCase();
	const outcome = await readList(connection, locator.list, apiCall, wanted ? FILTERED : SHOWN);
	if (!outcome.ok) throw nodeError(context.getNode(), outcome.fault, 0);

	const results = outcome.value
		.map((entry) => {
			const value = stringOf(entry[locator.id]) ?? '';
			const details = locator.label.map((part) => labelOf(part, entry)).filter(Boolean);
			return { name: [value, ...details].join(' · '), value };
		})
		// Without an exact ID there is nothing to choose.
		.filter(({ name, value }) => value && name.toLowerCase().includes(wanted));
	return { results: results.slice(0, SHOWN) };
}
