/** What n8n would keep in its database: executions and the workflows' static data, all as text. */
import type {
	ExecutionStatus,
	IDataObject,
	IRunExecutionData,
	IWorkflowBase,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Runtime } from './runtime.mts';

interface ExecutionRow {
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	/** What a callback to it has to show; n8n 1 has none. */
	resumeToken?: string;
	/** Only while it is needed to run on. */
	saved?: { workflow: string; data: string; until?: string };
}

/** All of it, to go on with in another engine. */
export interface DatabaseState {
	executions: Array<[id: string, row: ExecutionRow]>;
	staticData: Array<[workflowId: string, text: string]>;
}

/** An execution that was read back from its text: nobody else has these objects. */
export interface SavedExecution {
	id: string;
	mode: WorkflowExecuteMode;
	workflowData: IWorkflowBase;
	data: IRunExecutionData;
}

export class Database {
	readonly runtime: Runtime;
	readonly executions: Map<string, ExecutionRow>;
	readonly staticData: Map<string, string>;

	constructor(runtime: Runtime, state: DatabaseState = { executions: [], staticData: [] }) {
		this.runtime = runtime;
		const { executions, staticData } = structuredClone(state);
		this.executions = new Map(executions);
		this.staticData = new Map(staticData);
		// Who ran when the other engine ended is not there any more.
		for (const [id, { status }] of this.executions) {
			if (status === 'running') this.finish(id, 'crashed');
		}
	}

	state(): DatabaseState {
		return structuredClone({
			executions: [...this.executions],
			staticData: [...this.staticData],
		});
	}

	/** A new execution, running; gives its id. */
	create(mode: WorkflowExecuteMode, { resumeToken }: Partial<IRunExecutionData>): string {
		const id = String(this.executions.size + 1);
		this.executions.set(id, { status: 'running', mode, ...(resumeToken && { resumeToken }) });
		return id;
	}

	row(id: string): ExecutionRow {
		const row = this.executions.get(id);
		if (!row) throw new Error(`There is no execution ${id}`);
		return row;
	}

	/** The text is made at once; the execution is waiting when the returned function is called. */
	park(id: string, workflowData: IWorkflowBase, data: IRunExecutionData): () => void {
		const saved = {
			workflow: JSON.stringify(workflowData),
			data: this.runtime.flatted.stringify(data),
			until: new Date(data.waitTill!).toISOString(),
		};
		return () => Object.assign(this.row(id), { status: 'waiting', saved });
	}

	finish(id: string, status: ExecutionStatus): void {
		const row = this.row(id);
		row.status = status;
		delete row.saved;
	}

	read(id: string): SavedExecution | undefined {
		const { mode, saved } = this.row(id);
		return (
			saved && {
				id,
				mode,
				workflowData: JSON.parse(saved.workflow) as IWorkflowBase,
				data: this.runtime.flatted.parse(saved.data) as IRunExecutionData,
			}
		);
	}

	/**
	 * A saved execution runs again. n8n 2 lets only one caller do that; n8n 1 does not check, so that
	 * two calls at the same time both run it on.
	 */
	resume({ id, data, workflowData }: SavedExecution): void {
		const row = this.row(id);
		if (this.runtime.line === 2 && row.status !== 'waiting') {
			throw new Error(`The execution ${id} is being resumed already`);
		}
		row.status = 'running';
		row.saved = {
			workflow: JSON.stringify(workflowData),
			data: this.runtime.flatted.stringify(data),
		};
	}

	readStaticData(workflowId: string): IDataObject {
		return JSON.parse(this.staticData.get(workflowId) ?? '{}') as IDataObject;
	}

	writeStaticData(workflowId: string, data: IDataObject): void {
		this.staticData.set(workflowId, JSON.stringify(data));
	}
}
