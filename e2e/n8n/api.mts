/** What a person does in the editor, done by its API. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { WorkflowJson } from '../../engine/runner.mts';
import { readExecution } from './executions.mts';
import type { Execution, RawExecution } from './executions.mts';
import type { Line } from './lines.mts';
import { until } from './processes.mts';
import { RestError } from './rest.mts';
import type { Rest } from './rest.mts';

/** A credential's test, as n8n's dialog shows it. */
export interface TestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface SavedWorkflow extends WorkflowJson {
	/** Another one after each change. */
	versionId: string;
}

/** Of an execution. */
export interface Summary {
	id: string;
	status: string;
	startedAt: string;
}

/** What a person does in the editor of an instance, by its API. */
export interface N8nApi {
	rest: Rest;
	/** Returns the id. Workflows name a credential by this name. */
	createCredential(name: string, type: string, data: IDataObject): Promise<string>;
	/** The same, unless there is one of that name and type. */
	ensureCredential(name: string, type: string, data: IDataObject): Promise<string>;
	testCredential(name: string, type: string, data: IDataObject): Promise<TestResult>;
	/** Returns the id. */
	createWorkflow(workflow: WorkflowJson): Promise<string>;
	/** Puts another in its place. */
	replaceWorkflow(id: string, workflow: WorkflowJson): Promise<void>;
	/** What is saved under that id; undefined where there is none. */
	workflow(id: string): Promise<SavedWorkflow | undefined>;
	/** Listens for a test event, as the editor's button does. */
	listen(workflowId: string, trigger: string): Promise<void>;
	/** The button that ends that. */
	stopListening(workflowId: string): Promise<void>;
	/** Starts it as the editor does, at one of its triggers; returns the execution's id. */
	run(workflowId: string, trigger: string, items?: IDataObject[]): Promise<string>;
	execution(id: string): Promise<Execution>;
	/** Waits for an execution until it has ended, or waits itself if that is asked for. */
	ended(id: string, options?: { within?: number; orWaiting?: boolean }): Promise<Execution>;
	/** All of a workflow, the latest first. */
	executions(workflowId: string): Promise<Summary[]>;
	/** The Stop button. */
	stopExecution(id: string): Promise<void>;
	/** Publishes it: its triggers work from now on. Throws with what n8n says where they do not. */
	activate(workflowId: string): Promise<void>;
	deactivate(workflowId: string): Promise<void>;
	/** The bytes of a file that an item has. */
	file(binary: IBinaryData): Promise<Buffer>;
	/** Outside of its API: a file of types, a webhook. */
	get<Answer>(path: string): Promise<Answer>;
}

/** Milliseconds. */
const SAVING = 200;

interface Publication {
	status: string;
	triggers: Array<{ errorMessage: string | null }>;
}

interface Page {
	results: Summary[];
	/** Only n8n 2 has one. */
	nextCursor?: string | null;
}

/** The most executions that one answer lists. */
const PAGE = 100;

const ENDED = ['success', 'error', 'canceled', 'crashed'];

interface ApiOptions {
	line: Line;
	rest: Rest;
	/** What its server has written, for messages. */
	output(): string;
}

export function n8nApi({ line, rest, output }: ApiOptions): N8nApi {
	const credentialIds = new Map<string, string>();

	/** What has come of it: n8n 2 does the work after its answer. */
	async function publication(workflowId: string): Promise<Publication> {
		const ask = async () => {
			const found = await rest.call<Publication>(
				'GET',
				`workflows/${workflowId}/publication-status`,
			);
			return found.status === 'in_progress' ? undefined : found;
		};
		return await until(ask, { what: `workflow ${workflowId} is neither on nor off` });
	}

	const withCredentials = (workflow: WorkflowJson) => ({
		...workflow,
		nodes: workflow.nodes.map((node) => ({
			...node,
			credentials: Object.fromEntries(
				Object.entries(node.credentials ?? {}).map(([type, { name }]) => [
					type,
					{ id: credentialIds.get(name) ?? null, name },
				]),
			),
		})),
	});

	const api: N8nApi = {
		rest,
		createCredential: async (name, type, data) => {
			const { id } = await rest.call<{ id: string }>('POST', 'credentials', { name, type, data });
			credentialIds.set(name, id);
			return id;
		},
		ensureCredential: async (name, type, data) => {
			const all = await rest.call<Array<{ id: string; name: string; type: string }>>(
				'GET',
				'credentials',
			);
			const found = all.find((credential) => credential.name === name && credential.type === type);
			if (!found) return await api.createCredential(name, type, data);
			credentialIds.set(name, found.id);
			return found.id;
		},
		testCredential: async (name, type, data) => {
			const id = credentialIds.get(name) ?? '';
			return await rest.call('POST', 'credentials/test', { credentials: { id, name, type, data } });
		},
		createWorkflow: async (workflow) => {
			const { id } = await rest.call<{ id: string }>('POST', 'workflows', {
				...withCredentials(workflow),
				active: false,
			});
			return id;
		},
		replaceWorkflow: async (id, workflow) => {
			const { versionId } = await rest.call<SavedWorkflow>('GET', `workflows/${id}`);
			await rest.call('PATCH', `workflows/${id}`, { ...withCredentials(workflow), versionId });
		},
		workflow: async (id) =>
			await rest.call<SavedWorkflow>('GET', `workflows/${id}`).catch((error: unknown) => {
				if (error instanceof RestError && error.status === 404) return undefined;
				throw error;
			}),
		listen: async (workflowId, trigger) => {
			const workflowData = await rest.call('GET', `workflows/${workflowId}`);
			const { waitingForWebhook } = await rest.call<{ waitingForWebhook?: true }>(
				'POST',
				`workflows/${workflowId}/run`,
				{ workflowData, triggerToStartFrom: { name: trigger } },
			);
			if (!waitingForWebhook) throw new Error(`${trigger} does not listen`);
		},
		stopListening: async (workflowId) => {
			await rest.call('DELETE', `test-webhook/${workflowId}`);
		},
		run: async (workflowId, trigger, items) => {
			const workflowData = await rest.call('GET', `workflows/${workflowId}`);
			const data = items && {
				startTime: Date.now(),
				executionTime: 0,
				executionIndex: 0,
				executionStatus: 'success',
				source: [],
				data: { main: [items.map((json) => ({ json }))] },
			};
			const { executionId } = await rest.call<{ executionId: string }>(
				'POST',
				`workflows/${workflowId}/run`,
				{ workflowData, triggerToStartFrom: { name: trigger, ...(data && { data }) } },
			);
			return executionId;
		},
		execution: async (id) =>
			readExecution(line, await rest.call<RawExecution>('GET', `executions/${id}`)),
		ended: async (id, { within = 60_000, orWaiting = false } = {}) => {
			let last: Execution | undefined;
			const ask = async () => {
				last = await api.execution(id).catch((error: unknown) => {
					// Not saved yet.
					if (error instanceof RestError && error.status === 404) return undefined;
					throw error;
				});
				const isOver =
					last && (ENDED.includes(last.status) || (orWaiting && last.status === 'waiting'));
				return isOver ? last : undefined;
			};
			const what = () => `execution ${id} is ${last?.status}:\n${output().slice(-4000)}`;
			const found = await until(ask, { what, within });
			if (line === 2) return found;
			// n8n 1 with SQLite saves the status before the items.
			await sleep(SAVING);
			return await api.execution(id);
		},
		executions: async (workflowId) => {
			const found = new Map<string, Summary>();
			let cursor: string | null | undefined;
			let startedBefore: string | undefined;
			for (;;) {
				const filter = encodeURIComponent(JSON.stringify({ workflowId, startedBefore }));
				const from = cursor ? `&cursor=${cursor}` : '';
				const page = await rest.call<Page>(
					'GET',
					`executions?filter=${filter}&limit=${PAGE}${from}`,
				);
				for (const summary of page.results) found.set(summary.id, summary);
				if (page.results.length < PAGE) return [...found.values()];
				// In n8n 1 they are ordered by their starts, so its pages by ID would leave some out.
				if (line === 1) startedBefore = page.results.at(-1)?.startedAt;
				else cursor = page.nextCursor;
				if (!cursor && !startedBefore) return [...found.values()];
			}
		},
		stopExecution: async (id) => {
			await rest.call('POST', `executions/${id}/stop`);
		},
		activate: async (workflowId) => {
			const { versionId } = await rest.call<{ versionId: string }>(
				'GET',
				`workflows/${workflowId}`,
			);
			if (line === 1) {
				await rest.call('PATCH', `workflows/${workflowId}`, { versionId, active: true });
				return;
			}
			await rest.call('POST', `workflows/${workflowId}/activate`, { versionId });
			const { status, triggers } = await publication(workflowId);
			if (status === 'published') return;
			throw new Error(`${status}: ${triggers.map(({ errorMessage }) => errorMessage).join()}`);
		},
		deactivate: async (workflowId) => {
			const { versionId } = await rest.call<{ versionId: string }>(
				'GET',
				`workflows/${workflowId}`,
			);
			if (line === 1) {
				await rest.call('PATCH', `workflows/${workflowId}`, { versionId, active: false });
				return;
			}
			await rest.call('POST', `workflows/${workflowId}/deactivate`, {});
			await publication(workflowId);
		},
		file: async ({ id, data }) => {
			if (!id) return Buffer.from(data, 'base64');
			return await rest.bytes(`rest/binary-data?id=${encodeURIComponent(id)}&action=download`);
		},
		get: async <Answer,>(path: string) => JSON.parse(String(await rest.bytes(path))) as Answer,
	};
	return api;
}
