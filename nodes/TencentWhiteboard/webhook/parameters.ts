import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { integerOf, stringOf } from '../execute/values';
import { isObject, textOf } from '../text';
import type { ApiCall } from '../transport/call';
import { VERSION, regionFor } from '../transport/connection';
import type { Credential } from '../transport/connection';
import { inputFault, nodeError } from '../transport/errors';
import { families } from './events';
import type { Family } from './events';

/** n8n's context for a webhook, and for what registers it. */
export type Context = IHookFunctions | IWebhookFunctions;

/** The node's parameters. */
export interface Parameters {
	family: Family;
	sdkAppId: number;
	/** Empty: all. */
	events: string[];
	taskIds: string[];
	readTask: 'always' | 'ended' | 'never';
	ignoreRepeats: boolean;
	replaceExisting: boolean;
	replaceInTests: boolean;
	region: string;
}

/** A list, or text with commas. */
const listOf = (value: unknown): string[] =>
	[value]
		.flat()
		.flatMap((entry) => (stringOf(entry) ?? '').split(','))
		.map((entry) => entry.trim())
		.filter(Boolean);

/** @param place Where the callback is registered, if not where the parameters say */
export function readParameters(context: Context, place: IDataObject = {}): Parameters {
	const resource = place.resource ?? context.getNodeParameter('resource');
	const family = families.find(({ value }) => value === resource);
	const sdkAppId = integerOf(
		place.sdkAppId ?? context.getNodeParameter('sdkAppId', '', { extractValue: true }),
	);
	if (!family || !(sdkAppId && sdkAppId > 0)) {
		const name = family ? 'SDK App ID' : 'Resource';
		const mustBe = family ? 'a positive whole number' : 'one of those offered';
		throw nodeError(
			context.getNode(),
			inputFault(`'${name}' must be ${mustBe}`, `Correct the parameter '${name}'`),
			0,
		);
	}
	const given = context.getNodeParameter('options', {});
	const options: Record<string, unknown> = isObject(given) ? given : {};
	const readTask = options.readTask;
	return {
		family,
		sdkAppId,
		events: family.events.length > 0 ? listOf(context.getNodeParameter('events', [])) : [],
		taskIds: listOf(options.taskIds),
		readTask: readTask === 'always' || readTask === 'never' ? readTask : 'ended',
		ignoreRepeats: options.ignoreRepeats === true,
		replaceExisting: options.replaceExisting === true,
		replaceInTests: options.replaceInTests === true,
		region: textOf(options.region).trim(),
	};
}

/** A call about the application of the parameters. */
export const callWith = (
	{ family: { sites }, sdkAppId, region }: Parameters,
	credential: Credential,
	part: Pick<ApiCall, 'action' | 'readOnly' | 'requestTimeout'> & { body?: IDataObject },
): ApiCall => ({
	version: VERSION,
	region: region || regionFor(credential, { sites }),
	language: 'en-US',
	...part,
	body: { SdkAppId: sdkAppId, ...part.body },
});
