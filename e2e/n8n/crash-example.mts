/** examples/snapshots-that-survive-a-crash.json with what it needs in place. */
import type { WorkflowJson } from '../../engine/runner.mts';
import { openExample } from '../kit.mts';
import type { Store } from '../servers.mts';
import type { N8nApi } from './api.mts';

export const CRASH_EXAMPLE = 'snapshots-that-survive-a-crash';

const TABLE = 'snapshot_tasks';

const COLUMNS = {
	taskId: 'string',
	sdkAppId: 'string',
	roomId: 'string',
	dueAt: 'date',
	state: 'string',
};

/** A row of its data table. */
export type TaskRow = Record<keyof typeof COLUMNS, string | null> & { taskId: string };

/** n8n 1 gives no more at once. */
const PAGE = 50;

export interface CrashExample {
	workflow: WorkflowJson;
	/** What its data table holds. */
	rows(): Promise<TaskRow[]>;
}

interface Surroundings {
	/** Rooms to make snapshots of, as JSON or an expression. */
	rooms: string;
	/** Where its webhook is called. */
	url: string;
	store: Store;
	/** Between two searches for tasks to store, and from one try at a task to the next. */
	seconds: { search: number; retry: number };
}

/** Its data table, in the owner's own project; a new one where there is none yet. */
export async function openTable({ rest }: N8nApi): Promise<{ id: string; path: string }> {
	const project = await rest.call<{ id: string }>('GET', 'projects/personal');
	const path = `projects/${project.id}/data-tables`;
	const { data } = await rest.call<{ data: Array<{ id: string; name: string }> }>('GET', path);
	const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
	const { id } =
		data.find(({ name }) => name === TABLE) ??
		(await rest.call<{ id: string }>('POST', path, { name: TABLE, columns }));
	return { id, path: `${path}/${id}` };
}

export async function prepareCrashExample(
	api: N8nApi,
	{ rooms, url, store, seconds }: Surroundings,
): Promise<CrashExample> {
	const { id, path } = await openTable(api);
	const { workflow, set } = openExample(CRASH_EXAMPLE, { store, n8n: { url }, tableId: id });
	const { assignments } = set('Rooms').assignments as { assignments: Array<{ value: string }> };
	assignments[0].value = rooms;
	set('Every Minute', {
		rule: { interval: [{ field: 'seconds', secondsInterval: seconds.search }] },
	});
	for (const { parameters } of workflow.nodes) {
		const { value } = (parameters.columns ?? {}) as { value?: Record<string, string> };
		if (value?.dueAt) value.dueAt = value.dueAt.replace('minutes: 10', `seconds: ${seconds.retry}`);
	}
	return {
		workflow,
		rows: async () => {
			const rows: TaskRow[] = [];
			for (;;) {
				const { count, data } = await api.rest.call<{ count: number; data: TaskRow[] }>(
					'GET',
					`${path}/rows?sortBy=taskId:asc&skip=${rows.length}&take=${PAGE}`,
				);
				rows.push(...data);
				if (data.length === 0 || rows.length >= count) return rows;
			}
		},
	};
}
