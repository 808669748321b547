import { randomBytes } from 'crypto';
import type { IExecuteData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { CallTiming } from '../transport/call';
import type { Connection } from '../transport/connection';
import { foreign } from '../transport/errors';
import type { Fault, Outcome } from '../transport/errors';
import type { TaskSpec } from '../types';
import { isLocal } from '../transport/public';
import type { ItemRecord } from './ledger';
import type { Produced } from './output';
import type { Plan } from './plan';
import { refuse, refuseValue } from './request';
import type { Settings } from './settings';
import { conclude, judgeFor, pollOnce, withId } from './task';
import type { Seen, Started } from './task';
import type { Poll, Waited } from './wait';

/** A task that the saved execution waits for. */
export interface ParkedTask extends Started {
	settings: Settings;
	/** The end of its time, in milliseconds since the epoch. */
	until: number;
}

/** What one item has come to: its results, or a task to wait for. */
export type Step = Produced[] | ParkedTask;

export const isParked = (step: Step): step is ParkedTask => !Array.isArray(step);

/** What an execution knows while it waits. It is saved as JSON. */
export interface Parked {
	/** In the URLs that were given away: n8n 1 has none of its own. */
	secret: string;
	/** How often it has been parked, this time included. */
	round: number;
	/** By item. */
	steps: Step[];
	records: ItemRecord[];
}

/** An entry of n8n's execution stack, which is saved while an execution waits. */
type Entry = IExecuteData & { tencentWhiteboard?: Parked };

/** What n8n-core's contexts have on both lines, beside what n8n-workflow tells of them. */
interface Inner {
	runExecutionData?: { executionData?: { nodeExecutionStack?: Entry[] } } | null;
}

const stackOf = (context: unknown) =>
	(context as Inner).runExecutionData?.executionData?.nodeExecutionStack;

/**
 * What this process knows: tasks that have ended, and what has been resumed, as n8n 1 resumes an execution
 * once for each of two callbacks at the same moment, and of a callback and the time limit.
 */
export const known = new Set<string>();
const REMEMBERED = 10_000;

export function isNew(key: string): boolean {
	if (known.has(key)) return false;
	known.add(key);
	const [oldest] = known;
	if (known.size > REMEMBERED) known.delete(oldest);
	return true;
}

/** What is resumed once. */
export const roundOf = ({ secret, round }: Parked) => `${secret} ${round}`;

/** What was parked, as the execution that has been resumed finds it; a tool has no entry of its own. */
export function resumedFrom(context: IExecuteFunctions): Parked | undefined {
	const parked = (context.getExecuteData() as Entry | undefined)?.tencentWhiteboard;
	if (parked) isNew(roundOf(parked));
	return parked;
}

/** The same, for the webhook of an execution that waits. */
export const waitingIn = (context: unknown): Parked | undefined =>
	stackOf(context)?.[1]?.tencentWhiteboard;

/**
 * Parks the execution until somebody calls, or the time is up. n8n resumes after the node that has parked
 * it: it takes the node for disabled and hands its input on. So the input is taken away, and one more entry of
 * the stack executes the node again, with what it knows.
 */
export async function park(
	context: IExecuteFunctions,
	parked: Parked,
	until: number,
): Promise<void> {
	const entry: Entry = context.getExecuteData();
	stackOf(context)!.unshift({ ...entry, tencentWhiteboard: parked });
	entry.data = { main: [] };
	entry.node = { ...entry.node, alwaysOutputData: false };
	delete entry.tencentWhiteboard;
	await context.putExecutionToWait(new Date(until));
}

/** Tasks of one execution: a callback is answered within 10 s, and all of them may be read before. */
const MOST = 100;

/** n8n asks its database once a minute for executions whose time is up. Seconds. */
const SHORTEST = 60;

const POLL = "set 'Wait Mode' to 'By Polling'";

/** Why the execution cannot wait for callbacks. */
function obstacle(
	context: IExecuteFunctions,
	endpoint: string,
	url: string,
	count: number,
): Outcome<never> | undefined {
	if (context.getNode().type.endsWith('Tool')) {
		return refuse(
			'A tool of an AI agent cannot wait by callback: the agent would wait for ever',
			`In tools, ${POLL}`,
		);
	}
	if (!stackOf(context)) {
		return refuse(
			'This version of n8n does not let the node wait by callback',
			`Report it, and ${POLL}`,
		);
	}
	if (count > MOST) {
		return refuse(
			`One execution waits by callback for at most ${MOST} tasks, and there are ${count}`,
			`Batch the items with 'Loop Over Items', or ${POLL}`,
		);
	}
	if (!isLocal(url) || isLocal(endpoint)) return undefined;
	return refuse(
		`Tencent Cloud cannot reach this n8n for its callback: ${foreign(url.split('?')[0])} is a local address`,
		`Set WEBHOOK_URL of n8n to its public URL, or ${POLL}`,
		'callback',
	);
}

/** Gives the plans of tasks that are waited for by callback the URL to call, or the reason why not. */
export function withCallbacks(
	context: IExecuteFunctions,
	endpoint: string,
	plans: Array<Outcome<Plan>>,
): { plans: Array<Outcome<Plan>>; secret: string } {
	const waits = (plan: Outcome<Plan>) => plan.ok && plan.value.settings.wait?.mode === 'callback';
	const count = plans.filter(waits).length;
	const secret = randomBytes(16).toString('hex');
	if (count === 0) return { plans, secret };
	const resumeUrl = String(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	const refusal = obstacle(context, endpoint, resumeUrl, count);
	const withUrl = (plan: Outcome<Plan>, itemIndex: number): Outcome<Plan> => {
		if (!plan.ok || !waits(plan)) return plan;
		if (refusal) return refusal;
		const { call, settings } = plan.value;
		if (call.body.CallbackURL !== undefined) {
			return refuse(
				`'Callback URL' of item ${itemIndex} is not needed: to wait by callback, the node sets it itself`,
				`Remove it, or ${POLL}`,
			);
		}
		if (settings.wait!.timeout < SHORTEST) {
			return refuseValue(
				'Timeout (Seconds)',
				`at least ${SHORTEST} to wait by callback`,
				itemIndex,
				String(settings.wait!.timeout),
				`, or ${POLL}`,
			);
		}
		const url = new URL(resumeUrl);
		url.searchParams.set('item', String(itemIndex));
		url.searchParams.set('secret', secret);
		const body = { ...call.body, CallbackURL: url.href };
		return { ok: true, value: { settings, call: { ...call, body } } };
	};
	return { plans: plans.map(withUrl), secret };
}

/** After a callback that the state of the tasks does not bear out they are polled again, in milliseconds. */
const NEXT_POLL = 60_000;

/** So much of a task's time is not worth another wait. Milliseconds. */
const REST = 1000;

/** Until when to wait on, or what each task has come to. */
type Polled = { until: number } | { outcomes: Array<Outcome<Seen> | undefined> };

/** Polls the task of an item that is parked; undefined for others. */
export async function pollParked(
	connection: Connection,
	task: TaskSpec,
	{ steps, records }: Parked,
	item: number,
	timing: CallTiming = {},
): Promise<Poll<Seen, Fault> | undefined> {
	const step = steps[item];
	if (!isParked(step)) return undefined;
	const judge = judgeFor(task, step.settings);
	return await pollOnce(connection, task, step.describe, records[item], judge, timing);
}

/** Polls the tasks that an execution waits for, or is about to. */
export async function pollAll(
	connection: Connection,
	task: TaskSpec,
	parked: Parked,
): Promise<Polled> {
	const { steps, records, round } = parked;
	const isOpen = (polled?: Poll<Seen, Fault>) =>
		polled?.state === 'pending' || polled?.state === 'failed';
	const ends = (among: Step[]) => Math.max(...among.filter(isParked).map(({ until }) => until));
	if (round === 1) {
		// The first task that runs is reason enough to wait.
		for (const item of steps.keys()) {
			if (isOpen(await pollParked(connection, task, parked, item))) return { until: ends(steps) };
		}
	}
	const polls = await Promise.all(
		steps.map(async (_, item) => await pollParked(connection, task, parked, item)),
	);
	const now = connection.env.date();
	const open = steps.filter(
		(step, item) => isParked(step) && isOpen(polls[item]) && step.until - now > REST,
	);
	if (open.length > 0) return { until: Math.min(ends(open), now + NEXT_POLL) };
	return {
		outcomes: steps.map((step, item) =>
			isParked(step)
				? conclude(task, step, step.settings, endOf(polls[item]!, records[item]))
				: undefined,
		),
	};
}

/** A last poll as the end of the wait; without a deadline it is never late. */
function endOf(polled: Poll<Seen, Fault>, record: ItemRecord): Waited<Seen, Fault> {
	switch (polled.state) {
		case 'ended':
		case 'fault':
			return polled;
		case 'pending':
			return { state: 'timeout', value: polled.value };
		case 'failed':
			// As with polling, what was seen of the task before is its last state.
			return record.answer
				? { state: 'timeout', value: { answer: withId(record.answer, record), pending: true } }
				: { ...polled, state: 'fault' };
		case 'late':
			throw new RangeError('A poll without a deadline cannot be late');
	}
}

/** What the editor shows while the execution waits. */
export const parkedItems = (steps: Step[]): INodeExecutionData[] =>
	steps.flatMap((step, item) =>
		isParked(step) ? [{ json: { ...step.describe.body }, pairedItem: { item } }] : [],
	);
