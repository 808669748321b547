import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import * as workflow from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { findOperation } from '../resources';
import { connect, credentialOf, regionFor } from '../transport/connection';
import type { Connection, Credential } from '../transport/connection';
import { detailOf, nodeError, unexpectedFault, withoutSecrets } from '../transport/errors';
import type { Fault, Outcome } from '../transport/errors';
import type { Operation, TaskSpec } from '../types';
import { isParked, park, parkedItems, pollAll, resumedFrom, withCallbacks } from './callbacks';
import type { Parked, Step } from './callbacks';
import { executionHints } from './hints';
import { acceptedText, remainsOf } from './ledger';
import type { ItemRecord, Remains } from './ledger';
import { readList } from './list';
import { produce } from './output';
import type { Produced } from './output';
import { planItem } from './plan';
import type { Plan } from './plan';
import type { Settings } from './settings';
import { simplified } from './simplify';
import { beginTask, change, runTask } from './task';
import type { Seen, Started } from './task';

/** What of a task's answer becomes items. */
async function produceTask(
	connection: Connection,
	operation: Operation & { task: TaskSpec },
	settings: Settings,
	outcome: Outcome<Seen>,
): Promise<Produced[]> {
	if (!outcome.ok) return [outcome];
	const simple = (json: IDataObject) => simplified(operation, settings, json);
	return await produce(connection, operation.task.files, settings, { ...outcome.value, simple });
}

const isAboutTask = (operation: Operation): operation is Operation & { task: TaskSpec } =>
	operation.task !== undefined;

async function execute(
	connection: Connection,
	operation: Operation,
	{ call: apiCall, settings }: Plan,
	record: ItemRecord,
): Promise<Step> {
	const { list } = operation;
	const simple = (json: IDataObject) => simplified(operation, settings, json);
	if (list) {
		const limit = list.page && !settings.returnAll ? settings.limit : Infinity;
		const outcome = await readList(connection, list, apiCall, limit);
		if (!outcome.ok) return [outcome];
		return outcome.value.map((entry) => ({ ok: true, json: simple(entry) }));
	}
	if (!isAboutTask(operation)) {
		const outcome = await change(connection, apiCall, record);
		return [outcome.ok ? { ok: true, json: simple(outcome.value) } : outcome];
	}
	const { wait } = settings;
	if (wait?.mode !== 'callback') {
		const outcome = await runTask(connection, operation, apiCall, settings, record);
		return await produceTask(connection, operation, settings, outcome);
	}
	const begun = await beginTask(connection, operation, apiCall, settings, record);
	if (!begun.ok) return [begun];
	// An operation that waits always has something to follow.
	const { describe } = begun.value as Started;
	return { describe, settings, until: connection.env.date() + wait.timeout * 1000 };
}

/**
 * Whether an item with `details` leaves where failed items do. The error output of n8n takes it since 2.36
 * (n8n-io/n8n#35939); before, such an item would leave on the output of the good ones. That release is told
 * by an export that n8n-workflow has since then, and n8n 2 by its context, since a folder of community nodes
 * can hold another n8n-workflow than n8n's own.
 */
function routesDetails(context: IExecuteFunctions): boolean {
	if (context.getNode().onError !== 'continueErrorOutput') return true;
	return 'recordConsumedAuth' in workflow && 'onExecutionFinish' in context;
}

/**
 * Whether a failed item becomes an item. As a tool of an AI agent always: what a tool throws, the agent up to
 * version 2 hides from the model, and version 3 on n8n 1 ends the workflow for it.
 */
function continuesOnFail(context: IExecuteFunctions): boolean {
	return context.continueOnFail() || context.getNode().type.endsWith('Tool');
}

/** `error` and `message` are texts; with no other keys n8n 1.x sends the item to the error output. */
function errorItem(fault: Fault, record: ItemRecord, withDetails: boolean): IDataObject {
	const { code, message, requestId } = fault;
	const { task, answer } = record;
	const text = detailOf(fault, acceptedText(record, `${message} ${fault.hint}`));
	const details = {
		Code: code,
		RequestId: requestId ?? null,
		...(task && { [task.idField]: task.id }),
		...(answer && { Task: answer }),
	};
	return { error: message, message: text, ...(withDetails && { details }) };
}

/** What ended an execution before its time. */
interface Failure {
	fault: Fault;
	itemIndex: number;
}

/** The error of an execution that has stopped: it names all that was started, for nothing else does. */
function errorOf({ fault, itemIndex }: Failure, records: ItemRecord[], context: IExecuteFunctions) {
	const remains = remainsOf(records);
	logRemains(context, remains);
	return nodeError(context.getNode(), fault, itemIndex, remains);
}

function logRemains(context: IExecuteFunctions, { log, context: metadata }: Remains): void {
	if (log) context.logger.warn(`The node ended early. ${log}`, metadata);
}

/** Plans every item before anything is sent. */
function planAll(
	context: IExecuteFunctions,
	operation: Operation,
	credential: Outcome<Credential>,
	{ endpoint }: Connection,
) {
	const region = credential.ok ? regionFor(credential.value, operation) : '';
	const plans = context
		.getInputData()
		.map((_, itemIndex) => planItem(context, operation, region, itemIndex));
	return withCallbacks(context, endpoint, plans);
}

/** The items that leave the node, with what n8n tells above them. */
function outputItems(
	context: IExecuteFunctions,
	perItem: Produced[][],
	records: ItemRecord[],
): INodeExecutionData[] {
	const notes = perItem.flat().flatMap((one) => (one.ok && one.note ? [one.note] : []));
	for (const message of executionHints(notes)) {
		context.addExecutionHints({ message, location: 'outputPane' });
	}
	const withDetails = routesDetails(context);
	return perItem.flatMap((produced, itemIndex) =>
		produced.map((one): INodeExecutionData => {
			const pairedItem = { item: itemIndex };
			if (!one.ok) {
				return { json: errorItem(one.fault, records[itemIndex], withDetails), pairedItem };
			}
			const { json, binary } = one;
			return { json, ...(binary && { binary }), pairedItem };
		}),
	);
}

/** Executes the node: all items at once, results in input order, every item paired. */
export async function run(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const operation = findOperation(
		context.getNodeParameter('resource', 0) as string,
		context.getNodeParameter('operation', 0) as string,
	);
	if (!operation) {
		throw new NodeOperationError(node, 'The chosen operation does not exist in this version', {
			description:
				"Choose the resource and the operation again, or update the node package. Any other action is called with the resource 'Custom API Call'.",
		});
	}

	const continues = continuesOnFail(context);
	const credential = await credentialOf(context);
	// Aborted: nothing more is sent, reads are aborted, changes on their way are waited for.
	const ending = new AbortController();
	const connection = connect(context, credential, ending.signal);
	const parked = resumedFrom(context);
	const { plans, secret } = parked
		? { plans: [], secret: parked.secret }
		: planAll(context, operation, credential, connection);
	if (!continues) {
		plans.forEach((plan, itemIndex) => {
			if (!plan.ok) throw nodeError(node, plan.fault, itemIndex);
		});
	}
	const records = parked?.records ?? plans.map((_, itemIndex): ItemRecord => ({ itemIndex }));
	let failure: Failure | undefined;

	const cancel = context.getExecutionCancelSignal();
	let onCancel = () => {};
	const cancelled = new Promise<never>((_, reject) => {
		onCancel = () => {
			const reason = new NodeOperationError(node, 'The execution was cancelled');
			ending.abort(reason);
			reject(reason);
		};
		if (cancel?.aborted) onCancel();
		cancel?.addEventListener('abort', onCancel);
	});

	async function takeStep(itemIndex: number, step: () => Promise<Step>): Promise<Step> {
		let done: Step;
		try {
			done = await step();
		} catch (error) {
			// Its own affair, whatever it is; once the execution has ended, nobody asks for it.
			done = [{ ok: false, fault: unexpectedFault(error) }];
		}
		if (isParked(done)) return done;
		// Answers come without secrets; what n8n or a bucket has thrown may quote some.
		const produced = done.map(
			(one): Produced =>
				one.ok ? one : { ok: false, fault: withoutSecrets(one.fault, connection.redact) },
		);
		const failed = produced.find((one) => !one.ok);
		if (failed && !continues) {
			failure ??= { fault: failed.fault, itemIndex };
			ending.abort(new Error('Another item has failed'));
		}
		return produced;
	}

	/** Who cancels does not wait; what changes on their way have started is logged when it is known. */
	async function untilCancelled<T>(work: Promise<T>): Promise<T> {
		try {
			return await Promise.race([work, cancelled]);
		} catch (reason) {
			const log = () => logRemains(context, remainsOf(records));
			void work.then(log, log);
			throw new NodeOperationError(node, reason as Error);
		}
	}

	/** The same step for all items at once. */
	async function each(step: (itemIndex: number) => Promise<Step>): Promise<Step[]> {
		const steps = await untilCancelled(
			Promise.all(
				records.map(
					async ({ itemIndex }) => await takeStep(itemIndex, async () => await step(itemIndex)),
				),
			),
		);
		if (failure) throw errorOf(failure, records, context);
		return steps;
	}

	try {
		let steps =
			parked?.steps ??
			(await each(async (itemIndex) => {
				const plan = plans[itemIndex];
				return plan.ok
					? await execute(connection, operation, plan.value, records[itemIndex])
					: [plan];
			}));
		if (isAboutTask(operation) && steps.some(isParked)) {
			const round = (parked?.round ?? 0) + 1;
			const state: Parked = { secret, round, steps, records };
			const polled = await untilCancelled(pollAll(connection, operation.task, state));
			if ('until' in polled) {
				await park(context, state, polled.until);
				return [parkedItems(steps)];
			}
			const before = steps;
			steps = await each(async (itemIndex) => {
				const step = before[itemIndex];
				return isParked(step)
					? await produceTask(connection, operation, step.settings, polled.outcomes[itemIndex]!)
					: step;
			});
		}
		// Nothing is parked any more.
		return [outputItems(context, steps as Produced[][], records)];
	} finally {
		cancel?.removeEventListener('abort', onCancel);
	}
}
