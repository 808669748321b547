import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { custom } from '../resources/custom';
import type { ApiCall } from '../transport/call';
import { VERSION } from '../transport/connection';
import type { Outcome } from '../transport/errors';
import type { Field, Operation } from '../types';
import { buildBody, refuse } from './request';
import { readCollection, readSettings, settingProperties } from './settings';
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

type GetParameter = (name: string) => unknown;

/** Reads one item's parameters. Nothing has been sent yet, so a bad item costs nothing. */
function read(
	context: IExecuteFunctions,
	operation: Operation,
	region: string,
	itemIndex: number,
	parameter: GetParameter,
): Outcome<Plan> {
	const settings = readSettings(operation, parameter, itemIndex);
	if (!settings.ok) return settings;
	const { fields, optional = [] } = operation;
	const additional = readCollection(
		'Additional Fields',
		optional.length > 0 ? parameter('additionalFields') : null,
		itemIndex,
	);
	if (!additional.ok) return additional;
	const isOptional = new Set(optional.map(({ name }) => name));
	const body = buildBody(
		[...fields, ...optional],
		(name) => (isOptional.has(name) ? additional.value(name) : parameter(name)),
		itemIndex,
		() => context.getTimezone(),
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

/** The names of all fields, also of those within others. */
function namesOf(fields: Field[]): Array<[string, string]> {
	return fields.flatMap((field) => [
		[field.name, field.displayName] as [string, string],
		...('fields' in field ? namesOf(field.fields) : []),
	]);
}

/** What the panel calls the parameter at a path such as `additionalFields.whiteboard.values.width`. */
function displayNameOf({ fields, optional = [] }: Operation, path: string): string {
	const names = new Map([
		...settingProperties.map(({ name, displayName }): [string, string] => [name, displayName]),
		...namesOf([...fields, ...optional]),
	]);
	const words = (name: string) =>
		name
			.replace(/./, (first) => first.toUpperCase())
			.replace(/[A-Z]/g, ' $&')
			.trim();
	return path
		.split('.')
		.filter((name) => !['value', 'values'].includes(name))
		.map(
			(name) => names.get(name) ?? (/^\d+$/.test(name) ? `row ${Number(name) + 1}` : words(name)),
		)
		.join(' → ');
}

/** Where within a parameter the expression is that cannot be evaluated: n8n names the whole alone. */
function failingPath(path: string, raw: unknown, fails: (path: string) => boolean): string {
	if (raw === null || typeof raw !== 'object') return path;
	for (const [name, inner] of Object.entries(raw)) {
		const within = `${path}.${name}`;
		if (fails(within)) return failingPath(within, inner, fails);
	}
	return path;
}

/**
 * Plans one item. An expression that cannot be evaluated is a bad input of its item, not the end of all
 * others.
 *
 * @param region Where to ask, unless the item says so itself
 */
export function planItem(
	context: IExecuteFunctions,
	operation: Operation,
	region: string,
	itemIndex: number,
): Outcome<Plan> {
	let reading = '';
	// Without a fallback n8n would throw for a parameter that the panel does not show.
	const parameter: GetParameter = (name) => {
		reading = name;
		return context.getNodeParameter(name, itemIndex, null);
	};
	try {
		return read(context, operation, region, itemIndex, parameter);
	} catch (error) {
		const raw: unknown = context.getNode().parameters[reading];
		const fails = (path: string) => {
			try {
				parameter(path);
				return false;
			} catch {
				return true;
			}
		};
		const name = displayNameOf(operation, failingPath(reading, raw, fails));
		const reason = (error as Error).message.replace(/\.$/, '');
		return refuse(
			`'${name}' of item ${itemIndex} cannot be read: ${reason}`,
			`Correct the parameter '${name}', or the expression in it`,
		);
	}
}
