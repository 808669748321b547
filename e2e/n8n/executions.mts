/** Executions as n8n keeps them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';

import { folderOf } from './lines.mts';
import type { Line } from './lines.mts';

/** What a node gave in its last run. */
export interface NodeResult {
	/** Items by output. */
	outputs: INodeExecutionData[][];
	/** How often it has run. */
	runs: number;
	error?: { message: string; description?: string };
}

export interface Execution {
	id: string;
	status: string;
	/** Of the execution. */
	error?: { message: string; description?: string };
	nodes: Record<string, NodeResult>;
	startedAt: string;
	stoppedAt: string | null;
}

/** As n8n's API gives it. */
export interface RawExecution {
	id: string;
	status: string;
	startedAt: string;
	stoppedAt: string | null;
	/** Flatted JSON. */
	data: string;
}

interface RunData {
	resultData: {
		error?: NodeResult['error'];
		runData: Record<
			string,
			Array<{
				error?: NodeResult['error'];
				data?: Record<string, Array<INodeExecutionData[] | null>>;
			}>
		>;
	};
}

export function readExecution(line: Line, { data, ...execution }: RawExecution): Execution {
	const { parse } = createRequire(join(folderOf(line), 'node_modules', 'n8n', 'package.json'))(
		'flatted',
	) as { parse(text: string): RunData | undefined };
	// There is none while it runs.
	const resultData = data ? parse(data)?.resultData : undefined;
	const nodes = Object.entries(resultData?.runData ?? {}).map(([name, runs]) => {
		const last = runs.at(-1);
		const [items] = Object.values(last?.data ?? {});
		const outputs = (items ?? []).map((output) => output ?? []);
		return [name, { outputs, runs: runs.length, error: last?.error }] as const;
	});
	return {
		id: String(execution.id),
		status: execution.status,
		startedAt: execution.startedAt,
		stoppedAt: execution.stoppedAt,
		error: resultData?.error,
		nodes: Object.fromEntries(nodes),
	};
}
