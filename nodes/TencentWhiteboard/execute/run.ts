import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { findOperation } from '../resources';
import { custom } from '../resources/custom';
import { sentence } from '../text';
import { call } from '../transport/call';
import type { ApiCall } from '../transport/call';
import { VERSION, connect, regionFor } from '../transport/connection';
import type { Connection, Credential } from '../transport/connection';
import { detailOf, nodeError } from '../transport/errors';
import type { Fault, Outcome } from '../transport/errors';
import { Stop } from '../transport/stop';
import type { Operation } from '../types';
import { readList } from './list';
import { produce } from './output';
import type { Produced } from './output';
import { buildBody, refuse } from './request';
import { readSettings } from './settings';
import type { Settings } from './settings';
import { carryOutTask } from './task';

/** n8n's panels show at most so many fields of an answer by default. */
const SIMPLE = 10;

interface Plan {
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
function planItem(
	context: IExecuteFunctions,
	operation: Operation,
	region: string,
	itemIndex: number,
): Outcome<Plan> {
	// Without a fallback n8n would throw for a parameter that the panel does not show.
	const read = (name: string): unknown => context.getNodeParameter(name, itemIndex, null);
	const settings = readSettings(operation, read, itemIndex);
	if (!settings.ok) return settings;
	const { fields, optional = [] } = operation;
	const additional = (optional.length > 0 ? read('additionalFields') : null) as IDataObject | null;
	const isOptional = new Set(optional.map(({ name }) => name));
	const body = buildBody(
		[...fields, ...optional],
		(name) => (isOptional.has(name) ? additional?.[name] : read(name)),
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

/** An expression that cannot be evaluated is a bad input of its item, not the end of all others. */
function tryToPlan(...parameters: Parameters<typeof planItem>): Outcome<Plan> {
	try {
		return planItem(...parameters);
	} catch (error) {
		const [, , , itemIndex] = parameters;
		return refuse(
			`A parameter of item ${itemIndex} cannot be read: ${(error as Error).message}`,
			'Correct the expression in the parameter',
		);
	}
}

/** Keeps the most useful fields of an answer that has many. */
function simplified({ simplify }: Operation, settings: Settings, json: IDataObject): IDataObject {
	if (!simplify || !settings.simplify || Object.keys(json).length <= SIMPLE) return json;
	const kept = simplify.filter((name) => name in json);
	return Object.fromEntries(kept.map((name) => [name, json[name]]));
}

async function carryOut(
	connection: Connection,
	operation: Operation,
	{ call: apiCall, settings }: Plan,
): Promise<Produced[]> {
	const { task, list } = operation;
	const simple = (json: IDataObject) => simplified(operation, settings, json);
	if (list) {
		const limit = list.page && !settings.returnAll ? settings.limit : Infinity;
		const outcome = await readList(connection, list, apiCall, limit);
		if (!outcome.ok) return [outcome];
		return outcome.value.map((entry) => ({ ok: true, json: simple(entry) }));
	}
	if (!task) {
		const outcome = await call(connection, apiCall);
		return [outcome.ok ? { ok: true, json: simple(outcome.value) } : outcome];
	}
	const outcome = await carryOutTask(connection, { ...operation, task }, apiCall, settings);
	if (!outcome.ok) return [outcome];
	return await produce(connection, task.files, settings, { ...outcome.value, simple });
}

/** Names the tasks that other items have started, so that an error loses none of them. */
function withStarted(fault: Fault, started: string[]): Fault {
	if (started.length === 0) return fault;
	return {
		...fault,
		hint: `${sentence(fault.hint)} Tasks already started: ${started.join(', ')}.`,
	};
}

/** With exactly these two keys n8n 1.x and 2.x both send the item to the error output. */
const errorItem = (fault: Fault): IDataObject => ({
	error: fault.headline,
	message: detailOf(fault),
});

/** Carries out the node: all items at once, results in input order, every item paired. */
export async function run(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const operation = findOperation(
		context.getNodeParameter('resource', 0) as string,
		context.getNodeParameter('operation', 0) as string,
	);
	if (!operation) {
		throw new NodeOperationError(node, 'The chosen operation does not exist in this version', {
			description: 'Choose the resource and the operation again, or update the node package',
		});
	}

	const goOn = context.continueOnFail();
	const credential = await context.getCredentials<Credential>('tencentCloudApi');
	const region = regionFor(credential, operation);
	const plans = context
		.getInputData()
		.map((_, itemIndex) => tryToPlan(context, operation, region, itemIndex));
	if (!goOn) {
		plans.forEach((plan, itemIndex) => {
			if (!plan.ok) throw nodeError(node, plan.fault, itemIndex);
		});
	}

	const stop = new Stop();
	const signal = context.getExecutionCancelSignal();
	const onCancel = () => stop.stop(new NodeOperationError(node, 'The execution was cancelled'));
	if (signal?.aborted) onCancel();
	signal?.addEventListener('abort', onCancel, { once: true });

	const connection = connect(context, credential, stop);
	const perItem = await Promise.all(
		plans.map(async (plan, itemIndex): Promise<INodeExecutionData[]> => {
			const produced = plan.ok ? await carryOut(connection, operation, plan.value) : [plan];
			return produced.map((one) => {
				const pairedItem = { item: itemIndex };
				if (one.ok) {
					const { json, binary } = one;
					return { json, ...(binary && { binary }), pairedItem };
				}
				if (goOn) return { json: errorItem(one.fault), pairedItem };
				const error = nodeError(node, withStarted(one.fault, connection.started), itemIndex);
				stop.stop(error);
				throw error;
			});
		}),
	).finally(() => signal?.removeEventListener('abort', onCancel));
	return [perItem.flat()];
}
