import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { custom } from '../resources/custom';
import type { ApiCall } from '../transport/call';
import { VERSION } from '../transport/connection';
import type { Outcome } from '../transport/errors';
import type { Operation } from '../types';
import { buildBody, refuse } from './request';
import { readSettings } from './settings';
import type { Settings } from './settings';

/** What one item asks for. */
export interface Plan {
	call: ApiCall;
	settings: Settings;
}

/** A call that the user has written: its parameters are checked by the service alone. */
function customCall(body: IDataObject): Pick<ApiCall, 'action' | 'version' | 'body' | 'readOnly'> {
	const action = body.Action as string;
	return {
		action,
		version: (body.Version as string) ?? VERSION,
		body: (body.Parameters as IDataObject) ?? {},
		// Tencent's naming: these only read.
		readOnly: /^(Describe|Get|List|Query)/.test(action),
	};
}

/** Reads one item's parameters. Nothing has been sent yet, so a bad item costs nothing. */
function read(
	context: IExecuteFunctions,
	operation: Operation,
	region: string,
	itemIndex: number,
): Outcome<Plan> {
	// Without a fallback n8n would throw for a parameter that the panel does not show.
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex, null);
	const settings = readSettings(operation, parameter, itemIndex);
	if (!settings.ok) return settings;
	const { fields, optional = [] } = operation;
	const additional = (
		optional.length > 0 ? parameter('additionalFields') : null
	) as IDataObject | null;
	const isOptional = new Set(optional.map(({ name }) => name));
	const body = buildBody(
		[...fields, ...optional],
		(name) => (isOptional.has(name) ? additional?.[name] : parameter(name)),
		itemIndex,
	);
	if (!body.ok) return body;
	const { language, requestTimeout } = settings.value;
	const { api: action, readOnly } = operation;
	return {
		ok: true,
		value: {
			settings: settings.value,
			call: {
				...(operation === custom
					? customCall(body.value)
					: { action, version: VERSION, body: body.value, readOnly }),
				region: settings.value.region || region,
				language,
				requestTimeout: requestTimeout * 1000,
			},
		},
	};
}

/** Plans one item. An expression that cannot be evaluated is a bad input of its item, not the end of all others. */
export function planItem(...parameters: Parameters<typeof read>): Outcome<Plan> {
	try {
		return read(...parameters);
	} catch (error) {
		const [, , , itemIndex] = parameters;
		return refuse(
			`A parameter of item ${itemIndex} cannot be read: ${(error as Error).message}`,
			'Correct the expression in the parameter',
		);
	}
}
