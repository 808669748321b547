import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeParameterValueType,
} from 'n8n-workflow';
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
import { buildBody } from './request';
import { readSettings } from './settings';
import type { Settings } from './settings';
import { carryOutTask } from './task';

/** The rate and the clock belong to the service, so every execution in this process shares what is known of them. */
const limiterOf = limiterFamily(system);
const clocks = new SkewedClocks();

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
	const read = (name: string, fallback?: NodeParameterValueType) =>
		context.getNodeParameter(name, itemIndex, fallback);
	const settings = readSettings(
		{
			wait: operation.task ? read('waitUntilFinished', false) : false,
			waitOptions: operation.task ? (read('waitOptions', {}) as IDataObject) : {},
			options: read('options', {}) as IDataObject,
		},
		itemIndex,
	);
	if (!settings.ok) return settings;
	const body = buildBody(operation.fields, (name) => read(name, ''), itemIndex);
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
	plan: Plan,
): Promise<Outcome<IDataObject[]>> {
	const outcome = operation.task
		? await carryOutTask(connection, operation.task, plan.call, plan.settings)
		: await call(connection, plan.call);
	return outcome.ok ? { ok: true, value: [outcome.value] } : outcome;
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
		stop,
		quota: new Quota(),
		limiterOf,
		clocks,
	};

	const perItem = await Promise.all(
		plans.map(async (plan, itemIndex): Promise<INodeExecutionData[]> => {
			const outcome = plan.ok ? await carryOut(connection, operation, plan.value) : plan;
			if (!outcome.ok && !goOn) {
				const error = nodeError(node, outcome.fault, itemIndex);
				stop.stop(error);
				throw error;
			}
			const results = outcome.ok ? outcome.value : [errorItem(outcome.fault)];
			return results.map((json) => ({ json, pairedItem: { item: itemIndex } }));
		}),
	).finally(() => signal?.removeEventListener('abort', onCancel));
	return [perItem.flat()];
}
