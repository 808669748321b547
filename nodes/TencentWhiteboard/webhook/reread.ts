import type { IDataObject } from 'n8n-workflow';

import { judgeOf, pollOnce } from '../execute/task';
import type { Seen } from '../execute/task';
import { isObject } from '../text';
import type { ApiCall } from '../transport/call';
import type { Connection } from '../transport/connection';
import { unexpectedFault } from '../transport/errors';
import type { TaskSpec } from '../types';

/** What the API says of an event's task. */
export type Read =
	| { state: 'seen'; seen: Seen }
	/** Something else than the event. */
	| { state: 'denied'; reason: string }
	/** It could not be asked. */
	| { state: 'unread'; reason: string };

/** Milliseconds. */
export interface ReadTiming {
	/** Before each poll: what answers a query may know less than what sends the callbacks. */
	pauses: number[];
	/** For one poll, with the time that it waits for its turn. */
	timeout: number;
}

/** Codes that speak of the task ID: nothing else is in the request but the application. */
const UNKNOWN_TASK = /^(InvalidParameter(?!\.SdkAppId)|ResourceNotFound)/;

/** @param hasEnded The event says so: polled until the API says so as well */
export async function readTask(
	connection: Connection,
	task: TaskSpec,
	describe: ApiCall,
	hasEnded: boolean,
	{ pauses, timeout }: ReadTiming,
): Promise<Read> {
	const { env } = connection;
	const handle = {
		action: task.describe,
		idField: task.idField,
		id: String(describe.body[task.idField]),
	};
	let read: Read = { state: 'unread', reason: '' };
	for (const pause of pauses) {
		if (pause > 0) await env.sleep(pause);
		const deadline = env.now() + timeout;
		const record = { itemIndex: 0, handle };
		// A flood of events that the API denies does not hold up others.
		const urgentAt = pause > 0 ? undefined : 0;
		const poll = await pollOnce(connection, task, describe, record, judgeOf(task), {
			urgentAt,
			deadline,
		});
		if (poll.state === 'ended' || poll.state === 'pending') {
			if (poll.state === 'ended' || !hasEnded) return { state: 'seen', seen: poll.value };
			read = { state: 'denied', reason: 'its task has not ended' };
		} else if (poll.state !== 'late' && UNKNOWN_TASK.test(poll.fault.code)) {
			read = { state: 'denied', reason: 'the API does not know its task' };
		} else {
			// What the API has said before still counts.
			if (read.state === 'unread') {
				read.reason = poll.state === 'late' ? 'the time was up' : poll.fault.message;
			}
			// The next poll would bring the same.
			if (poll.state === 'fault') return read;
		}
	}
	return read;
}

const reads = new Map<string, Promise<Read>>();

/** Events of one task that come at the same time share what is read, if all share the `key`. */
export async function shareRead(key: string, start: () => Promise<Read>): Promise<Read> {
	const earlier = await reads.get(key);
	// What was read for another event, before this one came, cannot deny it.
	if (earlier && earlier.state !== 'denied') return earlier;
	let read = reads.get(key);
	if (!read) {
		read = start()
			.catch((error): Read => ({ state: 'unread', reason: unexpectedFault(error).message }))
			.finally(() => reads.delete(key));
		reads.set(key, read);
	}
	return await read;
}

/** With or without a scheme, as lax as programs read them. */
const LINK = /https?:|\/\//i;

/** As text, whatever the order of its keys. */
const canonical = (value: unknown) =>
	JSON.stringify(value, (_, inner: unknown) =>
		isObject(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner,
	);

/**
 * An event's data as far as the task confirms it: where both have a field, the task's value counts, and
 * links come from the task alone.
 *
 * @returns with the fields that had another value
 */
export function overlay(
	eventData: IDataObject,
	{ answer, failure }: Seen,
): { eventData: IDataObject; changed: string[] } {
	const { Error: told, ...fields } = eventData;
	const error = failure && { Code: failure.code, Message: failure.message };
	const shared = Object.keys(fields).filter((name) => Object.hasOwn(answer, name));
	const changed = shared.filter((name) => canonical(answer[name]) !== canonical(fields[name]));
	// A link that only the event has could lead anywhere.
	const links = Object.keys(fields).filter(
		(name) => !Object.hasOwn(answer, name) && LINK.test(canonical(fields[name])),
	);
	changed.push(...links);
	if (!told !== !error) changed.push('Error');
	return {
		eventData: {
			...Object.fromEntries(Object.entries(fields).filter(([name]) => !links.includes(name))),
			...Object.fromEntries(shared.map((name) => [name, answer[name]])),
			...(error && { Error: error }),
		},
		changed,
	};
}
