import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { endpointOf, regionOf } from '../../../credentials/signing/sites';
import type { TencentCloudCredential } from '../../../credentials/signing/sites';
import { findOperation } from '../resources';
import { call } from '../transport/call';
import type { ApiCall, Connection } from '../transport/call';
import { SkewedClocks } from '../transport/clock';
import { detailOf, nodeError } from '../transport/errors';
import type { Fault, Outcome } from '../transport/errors';
import { limiterFamily } from '../transport/limiter';
import { Quota } from '../transport/retry';
import { Stop } from '../transport/stop';
import { system } from '../transport/system';
import { Turns } from '../transport/turns';
import type { Operation } from '../types';
import { produce } from './output';
import type { Produced } from './output';
import { buildBody } from './request';
import { readSettings } from './settings';
import type { Settings } from './settings';
import { carryOutTask } from './task';

/** The rate and the clock belong to the service, so every execution in this process shares what is known of them. */
const limiterOf = limiterFamily(system);
const clocks = new SkewedClocks();

/** Files downloaded at the same time: enough to fill a line, few enough for small memory. */
const DOWNLOADS = 4;

interface Plan {
	call: ApiCall;
	settings: Settings;
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
	return {
		ok: true,
		value: {
			settings: settings.value,
			call: {
				action: operation.api,
				body: body.value,
				region: settings.value.region || region,
				language,
				requestTimeout: requestTimeout * 1000,
				readOnly: operation.readOnly,
			},
		},
	};
}

async function carryOut(
	connection: Connection,
	operation: Operation,
	{ call: apiCall, settings }: Plan,
): Promise<Produced[]> {
	const { task } = operation;
	if (!task) {
		const outcome = await call(connection, apiCall);
		return [outcome.ok ? { ok: true, json: outcome.value } : outcome];
	}
	const outcome = await carryOutTask(connection, { ...operation, task }, apiCall, settings);
	if (!outcome.ok) return [outcome];
	const { answer, pending } = outcome.value;
	return await produce(connection, task.files, settings, answer, pending);
}

/** Names the tasks that other items have started, so that an error loses none of them. */
function withStarted(fault: Fault, started: string[]): Fault {
	if (started.length === 0) return fault;
	const hint = /[.!?]$/.test(fault.hint) ? fault.hint : `${fault.hint}.`;
	return { ...fault, hint: `${hint} Tasks already started: ${started.join(', ')}.` };
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
	const credential = await context.getCredentials<TencentCloudCredential & IDataObject>(
		'tencentCloudApi',
	);
	const region = regionOf(credential);
	const plans = context
		.getInputData()
		.map((_, itemIndex) => planItem(context, operation, region, itemIndex));
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

	const connection: Connection = {
		context,
		endpoint: endpointOf(credential, 'tiw'),
		secretId: credential.secretId.trim(),
		env: system,
		turns: new Turns(system, stop),
		downloads: new Turns(system, stop, DOWNLOADS),
		started: [],
		stop,
		quota: new Quota(),
		limiterOf,
		clocks,
	};

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
