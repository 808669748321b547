/** The service's side of the trigger, and workflows that it starts. */
import { randomUUID } from 'node:crypto';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Emulator } from '../../emulator/server.mts';
import type { WorkflowJson } from '../../engine/runner.mts';
import { apiCall } from '../../test/emulator/raw-client.mts';
import { WHITEBOARD, jsonOf } from '../kit.mts';
import { CREDENTIAL } from './bench.mts';
import type { N8n } from './n8n.mts';
import { until } from './processes.mts';

export const TRIGGER = 'Tencent Whiteboard Trigger';

/** Its resources here, by the actions that set and describe their callbacks. */
const CALLBACKS = { recording: 'OnlineRecordCallback', transcode: 'TranscodeCallback' } as const;
export type Resource = keyof typeof CALLBACKS;

export const actionsOf = (resource: Resource) => ({
	setUrl: `Set${CALLBACKS[resource]}`,
	setKey: `Set${CALLBACKS[resource]}Key`,
});

/** What is registered for an application and a resource; both empty for nothing. */
export interface Registration {
	url: string;
	key: string;
}

export const NOTHING: Registration = { url: '', key: '' };

export async function registered(
	{ url }: Emulator,
	sdkAppId: number,
	resource: Resource,
): Promise<Registration> {
	const action = `Describe${CALLBACKS[resource]}`;
	const answer = await apiCall(url, { action, body: { SdkAppId: sdkAppId } });
	return { url: String(answer.Callback), key: String(answer.CallbackKey) };
}

export async function register(
	emulator: Emulator,
	sdkAppId: number,
	resource: Resource,
	{ url, key }: Registration,
): Promise<void> {
	const { setUrl, setKey } = actionsOf(resource);
	for (const [action, values] of [
		[setUrl, { Callback: url }],
		[setKey, { CallbackKey: key }],
	] as const) {
		await apiCall(emulator.url, { action, body: { SdkAppId: sdkAppId, ...values } });
	}
}

/** What was registered after each of the calls that the service has carried out, from what was there before. */
export function history(
	{ calls }: Emulator,
	sdkAppId: number,
	resource: Resource,
	before: Registration,
): Registration[] {
	const { setUrl, setKey } = actionsOf(resource);
	let now = before;
	return calls
		.filter(({ params, handled }) => handled && params?.SdkAppId === sdkAppId)
		.flatMap(({ action, params }) => {
			if (action === setUrl) now = { ...now, url: String(params?.Callback) };
			else if (action === setKey) now = { ...now, key: String(params?.CallbackKey) };
			else return [];
			return [now];
		});
}

interface Started {
	workflow: WorkflowJson;
	/** Of its URL, behind n8n's own. */
	path: string;
}

/** The trigger, and a node that does nothing. */
export function startedByEvents(
	sdkAppId: number,
	resource: Resource,
	parameters: INodeParameters = {},
): Started {
	const webhookId = randomUUID();
	const node = (name: string, type: string, column: number) => ({
		id: randomUUID(),
		name,
		type,
		typeVersion: 1,
		position: [column * 220, 0] as [number, number],
		parameters: {},
	});
	const trigger = {
		...node(TRIGGER, `${WHITEBOARD}Trigger`, 0),
		webhookId,
		parameters: {
			resource,
			sdkAppId: { __rl: true as const, mode: 'id', value: String(sdkAppId) },
			...parameters,
		},
		credentials: { tencentCloudApi: { id: null, name: CREDENTIAL } },
	};
	return {
		workflow: {
			name: `Events of ${sdkAppId}`,
			nodes: [trigger, node('Done', 'n8n-nodes-base.noOp', 1)],
			connections: { [TRIGGER]: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		},
		path: `${webhookId}/webhook`,
	};
}

/** The items with which a workflow was started, as soon as there are so many, the latest last. */
export async function itemsOf(
	n8n: N8n,
	workflowId: string,
	count: number,
	within = 60_000,
): Promise<IDataObject[]> {
	let last: string[] = [];
	const ask = async () => {
		last = (await n8n.executions(workflowId)).map(({ status }) => status);
		const ended = last.filter((status) => status === 'success').length;
		return ended >= count && ended === last.length ? true : undefined;
	};
	const what = () =>
		`${last.length} executions of ${count}: ${[...new Set(last)].join(', ')}\n${n8n.output().slice(-2000)}`;
	await until(ask, { what, within, every: 500 });
	const found: IDataObject[] = [];
	for (const execution of (await n8n.executions(workflowId)).reverse()) {
		const { nodes } = await n8n.execution(execution.id);
		found.push(...jsonOf(nodes[TRIGGER].outputs[0]));
	}
	return found;
}
