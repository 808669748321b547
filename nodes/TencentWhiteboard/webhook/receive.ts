import { hash } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isObject, parseJson, textOf } from '../text';
import { connect, credentialOf } from '../transport/connection';
import { PROBLEMS } from '../transport/codes';
import type { Env } from '../transport/env';
import { foreign } from '../transport/errors';
import { system } from '../transport/system';
import { taskIn } from './events';
import { callWith, readParameters } from './parameters';
import type { Parameters } from './parameters';
import { Repeats } from './repeats';
import { overlay, readTask, shareRead } from './reread';
import type { Read, ReadTiming } from './reread';
import { signatureFault } from './verify';

/** An event as it came; none of it is certain. */
type Event = IDataObject & { EventData?: unknown };

/** Characters. */
const MAX_LENGTH = 1_000_000;
const MAX_DEPTH = 100;

/** Milliseconds. */
interface Timing extends ReadTiming {
	/** Tencent Cloud waits ten seconds for its answer. */
	answerWithin: number;
	requestTimeout: number;
}

const TIMING: Timing = {
	answerWithin: 700,
	pauses: [0, 2000, 3000],
	timeout: 60_000,
	requestTimeout: 10_000,
};

/** What Tencent Cloud expects. */
const ACCEPTED = { error_code: 0 };

const repeats = new Repeats();

/** Never aborted. One for all events, so that a flood of them takes no more turns than one execution. */
const neverAborted = new AbortController().signal;

/** Why a body could not be saved or copied as it is; found without recursion. */
function shapeFault(root: object): string | undefined {
	let level = [root];
	for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
		// Copied by assignment, its fields would be those of the object around it.
		if (level.some((value) => Object.hasOwn(value, '__proto__'))) return 'its body has a __proto__';
		level = level
			.flatMap((value) => Object.values(value) as unknown[])
			.filter((value) => value !== null && typeof value === 'object');
		if (level.length === 0) return undefined;
	}
	return 'its body is nested too deeply';
}

/** The event of a request, whatever content type it has, or why it is none. */
function eventOf(context: IWebhookFunctions): Event | string {
	const { rawBody } = context.getRequestObject();
	const text = rawBody?.length > 0 ? rawBody.toString() : JSON.stringify(context.getBodyData());
	if (text?.length > MAX_LENGTH) return 'its body is too large';
	const body: unknown = parseJson(text?.replace(/^\ufeff/, ''));
	if (!isObject(body)) return 'its body is not a JSON object';
	return shapeFault(body) ?? (body as Event);
}

const dataOf = ({ EventData }: Event): IDataObject =>
	isObject(EventData) ? (EventData as IDataObject) : {};

/** Why nothing is to be done for an event; undefined where it may come from Tencent Cloud. */
function refusalOf(
	context: IWebhookFunctions,
	event: Event,
	{ sdkAppId }: Parameters,
	now: number,
): string | undefined {
	// Only read: what is written here could overwrite a key that was made in the meantime.
	const key = textOf(context.getWorkflowStaticData('node').key);
	if (!key) {
		return 'n8n has no key for it. Deactivate and activate the workflow, which makes a new one';
	}
	const fault = signatureFault(key, event, now);
	if (fault) return fault;
	const { SdkAppId } = event;
	if (SdkAppId === undefined || textOf(SdkAppId) === String(sdkAppId)) return undefined;
	return 'it is about another application';
}

/** Events without a task ID pass: of an old kind of failure nothing else would be heard. */
function isWanted(event: Event, { events, taskIds }: Parameters): boolean {
	const id = textOf(dataOf(event).TaskId);
	return (
		(events.length === 0 || events.includes(textOf(event.EventType))) &&
		(taskIds.length === 0 || !id || taskIds.includes(id))
	);
}

/** Whether the same event has come out before. One that was not verified hides none that is. */
function isRepeat(context: IWebhookFunctions, event: Event, verified: boolean, now: number) {
	const { TaskId, Progress, Status, Error: error } = dataOf(event);
	if (!textOf(TaskId)) return false;
	const code = isObject(error) ? error.Code : undefined;
	const identity = [
		context.getWorkflow().id,
		context.getNode().id,
		context.getMode(),
		verified,
		...[event.EventType, TaskId, Progress, Status, code].map(textOf),
	];
	return repeats.add(hash('sha256', JSON.stringify(identity)), now);
}

/** Reads the task of an event where the parameters want that; undefined where there is nothing to read. */
async function reread(
	context: IWebhookFunctions,
	event: Event,
	parameters: Parameters,
	env: Env,
	timing: Timing,
): Promise<Read | undefined> {
	const { family, readTask: when, sdkAppId } = parameters;
	const { task } = family;
	const { TaskId, Error: error } = dataOf(event);
	const id = textOf(TaskId);
	const says = taskIn(family, event.EventType);
	if (!task || when === 'never' || (when === 'ended' && says === 'running')) return undefined;
	// Failures of an old kind name none.
	if (!id && says === 'ended' && !error) return { state: 'denied', reason: 'it names no task' };
	if (!id) return undefined;
	const credential = await credentialOf(context);
	if (!credential.ok) return { state: 'unread', reason: credential.fault.message };
	const connection = { ...connect(context, credential, neverAborted), env };
	const describe = callWith(parameters, credential.value, {
		action: task.describe,
		readOnly: true,
		requestTimeout: timing.requestTimeout,
		body: { [task.idField]: id },
	});
	const hasEnded = says === 'ended';
	const { secretId } = credential.value;
	const key = [
		secretId,
		connection.endpoint,
		describe.region,
		sdkAppId,
		task.describe,
		id,
		hasEnded,
	];
	return await shareRead(JSON.stringify(key), async () =>
		readTask(connection, task, describe, hasEnded, timing),
	);
}

/** The item for an event: nothing of it is verified but what the API has confirmed. */
function itemOf(event: Event, read: Read | undefined, tell: (text: string) => void): IDataObject {
	const item: IDataObject = { ...event, EventData: (event.EventData as IDataObject) ?? null };
	// It is good for any event until it expires.
	delete item.Sign;
	if (read?.state !== 'seen') return { ...item, Task: null, verified: false };
	const { eventData, changed } = overlay(dataOf(event), read.seen);
	if (changed.length > 0) tell(`differs from its task in ${changed.join(', ')}: the task counts`);
	return { ...item, EventData: eventData, Task: read.seen.answer, verified: true };
}

/**
 * Receives a callback: whoever knows the URL can send one. Never throws, for n8n would start an execution
 * with the error.
 */
export async function receive(
	context: IWebhookFunctions,
	env: Env = system,
	timing: Timing = TIMING,
): Promise<IWebhookResponseData> {
	const log = (level: 'info' | 'warn', text: string) =>
		context.logger[level](foreign(text), { nodeName: context.getNode().name });
	const answer = (status: number, body: IDataObject): IWebhookResponseData => {
		const response = context.getResponseObject();
		if (!response.headersSent) response.status(status).json(body);
		return { noWebhookResponse: true };
	};
	const refuse = (reason: string) => {
		log('warn', `A callback was refused: ${reason}. Help: ${PROBLEMS}callback.md`);
		return answer(401, { error_code: 401, error_message: 'The callback was refused' });
	};
	try {
		const parameters = readParameters(context);
		const event = eventOf(context);
		if (typeof event === 'string') return refuse(event);
		const refusal = refusalOf(context, event, parameters, env.date());
		if (refusal) return refuse(refusal);
		if (!isWanted(event, parameters)) return { webhookResponse: ACCEPTED };

		const name = foreign(`${textOf(event.EventType)} ${textOf(dataOf(event).TaskId)}`, 200);
		const done = new AbortController();
		const reading = reread(context, event, parameters, env, timing);
		const answered = await Promise.race([
			reading.then(() => false),
			env.sleep(timing.answerWithin, done.signal).then(() => true),
		]);
		done.abort();
		// Without an answer in time Tencent Cloud would send it once more.
		if (answered) answer(200, ACCEPTED);
		const read = await reading;
		if (read?.state === 'denied') return refuse(`${read.reason} (${name})`);
		if (read?.state === 'unread') {
			log(
				'warn',
				`The event ${name} is not verified, for its task could not be read: ${read.reason}`,
			);
		}
		const response = answered ? { noWebhookResponse: true } : { webhookResponse: ACCEPTED };
		// Not before: one that is refused later would hide the genuine one.
		const verified = read?.state === 'seen';
		if (parameters.ignoreRepeats && isRepeat(context, event, verified, env.date())) return response;
		const json = itemOf(event, read, (text) => log('info', `The event ${name} ${text}`));
		return { ...response, workflowData: [[{ json }]] };
	} catch (error) {
		log('warn', `A callback could not be received: ${(error as Error).message}`);
		return answer(500, { error_code: 500 });
	}
}
