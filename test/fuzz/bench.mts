/** The built node in n8n's own engine, before the hostile service. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type {
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
} from 'n8n-workflow';

import { createEngine } from '../../engine/runner.mts';
import type { RunResult } from '../../engine/runner.mts';
import { checkOutcome, checkSecrets, checkTexts } from './checks.mts';
import type { Execution, Violated } from './checks.mts';
import { OwnServerOnly, Unhandled } from './guard.mts';
import { startHostileServer } from './hostile.mts';
import type { Received, Reply } from './hostile.mts';
import { targetOf } from './operations.mts';
import { expression } from './values.mts';

const NODE = 'Tencent Whiteboard';
const TYPE = 'n8n-nodes-tencent-whiteboard.tencentWhiteboard';

/** Nobody may see these; both have characters that look different in other forms. */
const SECRETS = {
	secretKey: 'Sk3cr/t+Key=That"Nobody\\May&See',
	sessionToken: 'T0k3n/Of+Keys=That?Nobody%May&See==',
};

const CREDENTIAL_FIELDS = ['secretId', 'secretKey', 'sessionToken', 'site', 'endpoint', 'region'];

/** Milliseconds in which everything has to end, and in which a cancel has to be felt. */
const BOUND = 30_000;
const CANCEL_BOUND = 3000;

/** Something that must never be. */
export interface Violation {
	what: string;
	/** The operation; empty where nobody knows. */
	where: string;
	item?: number;
}

/** A choice from a list, as the panel offers it. */
export interface Search {
	method: string;
	filter: string | undefined;
	/** The panel's SDK App ID. */
	sdkAppId: unknown;
	answer: (request: Received) => Reply;
	spoken: string;
}

/** Something that the node does, for an account of its own, hence with a rate of its own. */
interface Job<T> {
	where: string;
	answer: (request: Received) => Reply;
	secrets?: string[];
	/** The user names the endpoint, so it may be anywhere. */
	endpointGiven?: boolean;
	cancelAfter?: number;
	start: (account: string) => { result: Promise<T>; cancel?: () => void };
	/** Gives everything that anybody gets to see of it. */
	check: (result: T, violated: Violated) => unknown;
}

/** A job that is running or has been. */
interface Account {
	where: string;
	answer: (request: Received) => Reply;
	secrets: Set<string>;
	endedAt?: number;
}

/** Whom a request belongs to may be told by its signature, its region or a file's address. */
const traces = (authorization: unknown, region: unknown, path: string) =>
	[
		/Credential=([^/]*)\//.exec(String(authorization))?.[1],
		region,
		/^\/files\/([^/]+)\//.exec(path)?.[1],
	].map(String);

/** Own properties of what every object inherits. */
const inherited = () =>
	[Object.prototype, Array.prototype, Function.prototype, String.prototype]
		.map((prototype) => Reflect.ownKeys(prototype).length)
		.join();

/** Addresses of this network alone: 169.254.0.0/16, also as IPv6, and fe80::/10. */
const LINK_LOCAL = /^(169\.254\.|[\da-f:]*:a9fe:|fe[89ab][\da-f]:)/i;

export interface Bench {
	url: string;
	/** Runs executions side by side; gives everything that must never be. */
	run(executions: Execution[]): Promise<Violation[]>;
	search(searches: Search[]): Promise<Violation[]>;
	close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
	const server = await startHostileServer();
	const { url } = server;
	const loopback = new OwnServerOnly(Number(new URL(url).port));
	const unhandled = new Unhandled();
	const logs: unknown[] = [];
	const onLog = (...all: unknown[]) => logs.push(all);
	const engine = await createEngine({
		packageDirs: ['.'],
		credentials: {
			Account: {
				type: 'tencentCloudApi',
				data: { secretId: '={{ $json.account }}', site: 'custom', endpoint: url, ...SECRETS },
			},
			// All its fields come from the item.
			Given: {
				type: 'tencentCloudApi',
				data: Object.fromEntries(CREDENTIAL_FIELDS.map((name) => [name, expression(name)])),
			},
		},
		onLog,
		onEngineLog: onLog,
		binaryMode: 'filesystem',
	});

	/** All that ever were, so that whatever one sends too late is noticed. */
	const accounts = new Map<string, Account>();
	const find = (names: string[]) => names.map((name) => accounts.get(name)).find(Boolean);
	const late: Violation[] = [];

	server.answer = (request) => {
		const { authorization, 'x-tc-region': region } = request.headers;
		const account = find(traces(authorization, region, request.path));
		const [, signature] = /Signature=(\w+)/.exec(String(authorization)) ?? [];
		if (signature) account?.secrets.add(signature);
		return account?.answer(request) ?? { status: 410, body: 'Nobody asks for this' };
	};

	/** Told of every request at the moment it leaves. */
	const onRequest = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		const [authorization, region] = ['authorization', 'x-tc-region'].map((name) =>
			request.getHeader(name),
		);
		const account = find(traces(authorization, region, request.path));
		if (account?.endedAt === undefined) return;
		const after = Math.round(performance.now() - account.endedAt);
		late.push({ what: `sent ${after} ms after the end`, where: account.where });
	};
	subscribe('http.client.request.start', onRequest);

	async function perform<T>(job: Job<T>, active: Account[]): Promise<Violation[]> {
		const { where, answer, secrets = [], cancelAfter, start, check } = job;
		const violations: Violation[] = [];
		const violated: Violated = (what, item) => violations.push({ what, where, item });
		const name = `account-${accounts.size}`;
		const account: Account = {
			where,
			answer,
			secrets: new Set([...secrets, ...Object.values(SECRETS)]),
		};
		accounts.set(name, account);
		active.push(account);
		const { result, cancel = () => {} } = start(name);
		const timers = new AbortController();
		const after = async <R,>(milliseconds: number, value: R) =>
			await sleep(milliseconds, value, { signal: timers.signal });
		const LATE = Symbol('late');
		const stopped = after(cancelAfter ?? BOUND, LATE).then(async () => {
			cancel();
			return await after(cancelAfter === undefined ? 0 : CANCEL_BOUND, LATE);
		});
		const ended = await Promise.race([result, stopped]);
		timers.abort();
		stopped.catch(() => {});
		if (ended === LATE) {
			violated(cancelAfter === undefined ? 'does not end' : 'does not end when it is cancelled');
			await Promise.race([result, sleep(1000)]);
			return violations;
		}
		account.endedAt = performance.now();
		checkSecrets(await check(ended as T, violated), account.secrets, violated);
		return violations;
	}

	async function performAll(jobs: Array<Job<unknown>>): Promise<Violation[]> {
		const before = inherited();
		logs.length = 0;
		const active: Account[] = [];
		const all = jobs.map(async (job) => await perform(job, active));
		const violations = (await Promise.all(all)).flat();
		// What is nobody's comes after a tick, and what comes too late within a few.
		await sleep(20);
		const violated: Violated = (what) => violations.push({ what, where: '' });
		const secrets = new Set(active.flatMap((account) => [...account.secrets]));
		checkSecrets(logs, secrets, violated);
		for (const seen of unhandled.take()) violated(seen);
		const tried = loopback.take();
		if (!jobs.some(({ endpointGiven }) => endpointGiven)) {
			for (const host of tried) if (LINK_LOCAL.test(host)) violated(`connects to ${host}`);
		}
		if (inherited() !== before) violated('something has been added to all objects');
		return [...violations, ...late.splice(0)];
	}

	function jobOf(execution: Execution): Job<RunResult> {
		const { operation, mode, parameters, items, credential = 'Account' } = execution;
		const { answer, secrets, cancelAfter } = execution;
		const start = (account: string) =>
			engine.run(
				{
					nodes: [
						{
							name: 'Start',
							type: 'n8n-nodes-base.manualTrigger',
							typeVersion: 1,
							position: [0, 0],
							parameters: {},
						},
						{
							name: NODE,
							type: TYPE,
							typeVersion: 1,
							position: [200, 0],
							parameters: { resource: targetOf(operation).resource, operation, ...parameters },
							credentials: { tencentCloudApi: { id: '1', name: credential } },
							...(mode === 'continueOnFail' ? { continueOnFail: true } : { onError: mode }),
						},
					],
					connections: { Start: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
				},
				{ input: items.map((json, item) => ({ json: { account, item, ...json } })) },
			);
		return {
			where: operation,
			answer,
			secrets,
			endpointGiven: credential === 'Given',
			cancelAfter,
			start,
			check: async (run, violated) => {
				const [main = [], errors = []] = run.nodes[NODE]?.outputs ?? [];
				checkOutcome({ run, main, errors }, execution, violated);
				await execution.check?.({ run, main, errors }, violated);
				return run.raw.data.resultData;
			},
		};
	}

	function jobOfSearch({ method, filter, sdkAppId, answer, spoken }: Search): Job<unknown> {
		const search = async (account: string): Promise<unknown> =>
			await engine
				.runFunction(
					'Account',
					async function (this: IExecuteFunctions) {
						const context = Object.create(this, {
							getCurrentNodeParameter: { value: () => sdkAppId },
						}) as unknown as ILoadOptionsFunctions;
						const node = engine.nodeTypes.getByNameAndVersion(TYPE, 1);
						return await node.methods!.listSearch![method].call(context, filter);
					},
					{ items: [{ json: { account } }] },
				)
				.catch((error: unknown) => ({ error }));
		return {
			where: method,
			answer,
			start: (account) => ({ result: search(account) }),
			check: (given, violated) => {
				const { error, results } = given as INodeListSearchResult & { error?: Error };
				if (error) {
					const { name, message, description } = error as Error & { description?: string };
					checkTexts({ message, description }, spoken, violated);
					if (!/^Node(Api|Operation)Error$/.test(name)) violated(`threw a ${name}: ${message}`);
				} else {
					for (const one of results) {
						const { name, value } = one as unknown as IDataObject;
						const fine = [name, value].every((text) => typeof text === 'string' && text !== '');
						if (!fine) violated(`offers ${JSON.stringify(one)}`);
					}
				}
				const { message, description, context } = (error ?? {}) as unknown as IDataObject;
				return { results, message, description, context };
			},
		};
	}

	return {
		url,
		run: async (executions) => await performAll(executions.map(jobOf) as Array<Job<unknown>>),
		search: async (searches) => await performAll(searches.map(jobOfSearch)),
		async close() {
			unsubscribe('http.client.request.start', onRequest);
			await engine.close();
			await server.close();
			unhandled.end();
			loopback.end();
		},
	};
}
