/** Executions that wait: what is known of them, and the callbacks to them. */
import { timingSafeEqual } from 'node:crypto';
import { HttpError, type WebRequest, type WebResponse } from './http.mts';
import type { Run, RunResult } from './runner.mts';
import { callWebhook, webhooksOf, type WebhookHost } from './webhooks.mts';

/** An execution that waits, for a callback or for its time limit. */
export interface Waiting {
	executionId: string;
	/** The time limit. Nothing happens by itself then: call `wake()`. */
	until: Date;
	/** Where the callback goes, as the node saw it: `$execution.resumeUrl`. */
	resumeUrl: string;
	/** The runs that took the execution on since: one, but for a race on n8n 1. */
	runs: Run[];
	/** What becomes of the execution when a callback or `wake()` has run it on. */
	resumed: Promise<RunResult>;
	/** What n8n does at the time limit. */
	wake(): Run;
	/** What n8n does on "Stop". */
	stop(): void;
}

const TOKEN = 'signature';

export class WaitingExecutions {
	readonly host: WebhookHost;
	readonly #waiting = new Map<string, Waiting & { onRun(run: Run): void }>();

	constructor(host: WebhookHost) {
		this.host = host;
		for (const [id, { status }] of host.database.executions) {
			if (status === 'waiting') this.add(id);
		}
	}

	list(): Waiting[] {
		return [...this.#waiting.values()].filter(
			({ executionId }) => this.host.database.row(executionId).status === 'waiting',
		);
	}

	/** An execution that is waiting from now on. */
	add(executionId: string): Waiting {
		const { host } = this;
		const row = host.database.row(executionId);
		// Promise.withResolvers() is not yet in Node.js 20, on which the tests run as well.
		let resolve!: (result: RunResult | PromiseLike<RunResult>) => void;
		const promise = new Promise<RunResult>((settle) => (resolve = settle));
		const runs: Run[] = [];
		const url = new URL(`${host.createAdditionalData().webhookWaitingBaseUrl}/${executionId}`);
		if (row.resumeToken) url.searchParams.set(TOKEN, row.resumeToken);
		const waiting = {
			executionId,
			until: new Date(row.saved!.until!),
			resumeUrl: url.href,
			runs,
			resumed: promise,
			onRun: (run: Run) => {
				runs.push(run);
				resolve(run.result);
			},
			wake: () => {
				const execution = host.database.read(executionId);
				if (!execution) throw new Error(`The execution ${executionId} does not wait any more`);
				const run = host.resume(execution);
				waiting.onRun(run);
				return run;
			},
			stop: () => host.database.finish(executionId, 'canceled'),
		};
		this.#waiting.set(executionId, waiting);
		return waiting;
	}

	async handle(request: WebRequest, response: WebResponse): Promise<void> {
		const { host } = this;
		const [, , id, suffixInPath = ''] = request.path.split('/').map(decodeURIComponent);
		const row = host.database.executions.get(id);
		// n8n 2 takes a suffix behind the token, too: nodes append it to the URL as a whole.
		const [token, ...suffixInToken] = String(request.query[TOKEN] ?? '').split('/');
		if (row?.resumeToken && !isSame(token, row.resumeToken)) {
			response.status(401).json({ error: 'Invalid token' });
			return;
		}
		const suffix = suffixInPath || (row?.resumeToken ? suffixInToken.join('/') : '');
		if (!row) throw new HttpError(404, `There is no execution "${id}"`);
		if (row.status === 'running') throw new HttpError(409, `The execution "${id}" is running`);
		const execution = host.database.read(id);
		if (!execution) throw new HttpError(409, `The execution "${id}" has ended: ${row.status}`);

		const { data, workflowData, mode } = execution;
		const nodeName = data.resultData.lastNodeExecuted!;
		data.executionData!.nodeExecutionStack[0].node.disabled = true;
		data.waitTill = undefined;
		data.resultData.runData[nodeName].pop();
		const workflow = host.openWorkflow(workflowData, workflowData.staticData ?? {});
		const webhook = webhooksOf(
			host,
			workflow,
			workflow.getNode(nodeName)!,
			host.createAdditionalData(),
		).find(
			({ httpMethod, path, webhookDescription }) =>
				httpMethod === request.method && path === suffix && webhookDescription.restartWebhook,
		);
		if (!webhook) {
			throw new HttpError(404, `"${nodeName}" waits for no ${request.method} at "${suffix}"`);
		}
		await callWebhook(host, {
			workflow,
			webhook,
			mode,
			waiting: execution,
			request,
			response,
			begin: () => {
				workflowData.staticData = host.database.readStaticData(workflowData.id);
				this.#waiting.get(id)!.onRun(host.resume(execution));
			},
		});
	}
}

function isSame(given: string, expected: string): boolean {
	const [first, second] = [Buffer.from(given), Buffer.from(expected)];
	return first.length === second.length && timingSafeEqual(first, second);
}
