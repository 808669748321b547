/**
 * The built node in n8n's own engine before the hostile service, and the checks that hold whatever that
 * service, the parameters or the network do.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { createEngine } from '../../engine/runner.mts';
import type { BinaryMode, Engine, RunError, RunResult } from '../../engine/runner.mts';
import { OwnServerOnly, Unhandled } from './guard.mts';
import { startHostileServer } from './hostile.mts';
import type { HostileServer, Received, Reply } from './hostile.mts';
import { FORMS, inForm } from './json.mts';
import { targetOf } from './operations.mts';
import { expression } from './values.mts';

const NODE = 'Tencent Whiteboard';

/** Nobody may see these; both have characters that look different in other forms. */
export const SECRET_KEY = 'Sk3cr/t+Key=That"Nobody\\May&See';
export const SESSION_TOKEN = 'T0k3n/Of+Keys=That?Nobody%May&See==';

const CREDENTIAL_FIELDS = ['secretId', 'secretKey', 'sessionToken', 'site', 'endpoint', 'region'];

export const MODES = [
	'stopWorkflow',
	'continueRegularOutput',
	'continueErrorOutput',
	'continueOnFail',
] as const;
export type Mode = (typeof MODES)[number];

export interface Execution {
	operation: string;
	mode: Mode;
	parameters: INodeParameters;
	items: IDataObject[];
	/** What each request gets. */
	answer: (request: Received) => Reply;
	/** Milliseconds after which somebody stops it. */
	cancelAfter?: number;
	/** Milliseconds in which it has to end. */
	bound?: number;
	/** The input items that may give no item: lists may be empty. */
	mayGiveNone?: (item: number) => boolean;
	/** What was given to an item, and what the service said to it: words in it are not the node's. */
	spoken?: (item: number) => string;
	/** More to check, where the outputs are known. */
	check?: (outcome: Outcome, violated: Violated) => void | Promise<void>;
	/** Whose fields the items give; left out: an account that is fine. */
	credential?: 'Given';
	/** More that nobody may see. */
	secrets?: string[];
	/** Changes to the node. */
	node?: Partial<INode>;
}

export interface Outcome {
	run: RunResult;
	main: INodeExecutionData[];
	errors: INodeExecutionData[];
}

/** Something that must never be, and the item it happened to. */
export interface Violation {
	what: string;
	/** The operation; empty where nobody knows. */
	where: string;
	item?: number;
}

type Violated = (what: string, item?: number) => void;

const NO_TEXT = /\bundefined\b|\[object \w+\]|\bNaN\b/;

const BUG =
	/Cannot (read|set|convert|destructure|access)|is not (a function|iterable|a constructor|defined)|Maximum call stack|Invalid (array|string) length|in JSON at|is not valid JSON|^The item could not be processed/;

const BOUND = 20_000;

/** Every text in a value, names of properties included. */
function textsIn(value: unknown): string[] {
	const texts: string[] = [];
	const seen = new Set<object>();
	// Not by recursion: it may be nested deeper than the stack.
	for (const left: unknown[] = [value]; left.length > 0; ) {
		const one = left.pop();
		if (typeof one === 'string') texts.push(one);
		if (one === null || typeof one !== 'object' || seen.has(one)) continue;
		seen.add(one);
		for (const [key, child] of Object.entries(one)) {
			// The workflow's own copy of the node is not an output, nor is what came in with an item.
			if (key === 'node' || key === 'given') continue;
			texts.push(key);
			left.push(child);
		}
	}
	return texts;
}

/** A secret in base64, at each of the three places where it may begin in what was encoded. */
const inBase64 = (plain: string) =>
	[0, 1, 2].map((before) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(plain)]);
		const whole = Math.floor((bytes.length * 8) / 6);
		return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
	});

const formsOf = (secret: string) => [
	...new Set([...FORMS.map((form) => inForm[form](secret)), ...inBase64(secret)]),
];

const secretsOf = ({ signatures, execution: { secrets = [] } }: Account) => [
	...signatures,
	...secrets,
];

const KNOWN_SECRETS = [SECRET_KEY, SESSION_TOKEN].flatMap(formsOf);

/** Own properties of what every object inherits. */
const inherited = () =>
	[Object.prototype, Array.prototype, Function.prototype]
		.map((prototype) => Reflect.ownKeys(prototype).length)
		.join();

export interface Bench {
	engine: Engine;
	url: string;
	/** Runs executions side by side; gives everything that must never be. */
	run(executions: Execution[]): Promise<Violation[]>;
	close(): Promise<void>;
}

/** One execution that is running or has been. */
interface Account {
	execution: Execution;
	signatures: Set<string>;
	endedAt?: number;
	violated: Violated;
}

/** Whom a request belongs to may be told by its signature, its region or a file's address. */
const traces = (authorization: unknown, region: unknown, path: string) =>
	[
		/Credential=([^/]*)\//.exec(String(authorization))?.[1],
		region,
		/^\/files\/([^/]+)\//.exec(path)?.[1],
	].map(String);

export async function openBench(options: { binaryMode?: BinaryMode } = {}): Promise<Bench> {
	const server: HostileServer = await startHostileServer();
	const { url } = server;
	const { port } = new URL(url);
	const loopback = new OwnServerOnly(Number(port));
	const unhandled = new Unhandled();
	const logs: Array<{ message: string; metadata: unknown }> = [];
	const onLog = (_level: string, message: string, metadata: unknown) =>
		logs.push({ message, metadata });
	const engine = await createEngine({
		packageDirs: ['.'],
		credentials: {
			// Each execution is an account of its own, with a rate of its own.
			Account: {
				type: 'tencentCloudApi',
				data: {
					secretId: '={{ $json.account }}',
					secretKey: SECRET_KEY,
					sessionToken: SESSION_TOKEN,
					site: 'custom',
					endpoint: url,
				},
			},
			// All its fields come from the item.
			Given: {
				type: 'tencentCloudApi',
				data: Object.fromEntries(CREDENTIAL_FIELDS.map((name) => [name, expression(name)])),
			},
		},
		onLog,
		onEngineLog: onLog,
		binaryMode: options.binaryMode,
	});

	/** All that ever were, so that whatever one sends too late is noticed. */
	const accounts = new Map<string, Account>();
	const find = (names: string[]) => names.map((name) => accounts.get(name)).find(Boolean);
	const late: Violation[] = [];
	let count = 0;
	server.answer = (request) => {
		const { authorization, 'x-tc-region': region } = request.headers;
		const account = find(traces(authorization, region, request.path));
		const [, signature] = /Signature=(\w+)/.exec(String(authorization)) ?? [];
		if (signature) account?.signatures.add(signature);
		return account?.execution.answer(request) ?? { status: 410, body: 'Nobody asks for this' };
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
		late.push({ what: `sent ${after} ms after the end`, where: account.execution.operation });
	};
	subscribe('http.client.request.start', onRequest);

	function start(execution: Execution, account: string) {
		const { operation, mode, parameters, items, node, credential = 'Account' } = execution;
		return engine.run(
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
						type: 'n8n-nodes-tencent-whiteboard.tencentWhiteboard',
						typeVersion: 1,
						position: [200, 0],
						parameters: {
							resource: targetOf(operation).resource,
							operation,
							...parameters,
						},
						credentials: { tencentCloudApi: { id: '1', name: credential } },
						...(mode === 'continueOnFail' ? { continueOnFail: true } : { onError: mode }),
						...node,
					},
				],
				connections: { Start: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
			},
			{ input: items.map((json, item) => ({ json: { account, item, ...json } })) },
		);
	}

	/** A headline and its detail, as people read them. */
	function checkTexts(
		texts: [unknown, unknown],
		spoken: string,
		violated: Violated,
		item?: number,
	) {
		for (const [place, text] of Object.entries({ message: texts[0], description: texts[1] })) {
			if (typeof text !== 'string' || text.trim() === '') {
				violated(`an error's ${place} is ${JSON.stringify(text) ?? 'missing'}`, item);
				continue;
			}
			const [word] = NO_TEXT.exec(text) ?? [];
			if (word && !spoken.includes(word)) violated(`an error says "${word}": ${text}`, item);
			if (BUG.test(text)) violated(`an error of the node's own code: ${text}`, item);
		}
	}

	function checkOutcome({ run, main, errors }: Outcome, { execution, violated }: Account) {
		const { mode, items, spoken = () => '', mayGiveNone = () => false } = execution;
		const stops = mode === 'stopWorkflow';
		if (execution.cancelAfter !== undefined && run.status === 'canceled') return;
		if (run.status !== 'success') {
			const { message, description, name, context } = run.error ?? ({} as RunError);
			const item = (context as IDataObject | undefined)?.itemIndex as number | undefined;
			if (!stops) violated(`ended as ${run.status} though it continues: ${message}`, item);
			if (!/^Node(Api|Operation)Error$/.test(String(name))) violated(`threw a ${name}: ${message}`);
			if (item === undefined || !(item >= 0 && item < items.length)) {
				violated(`an error names the item ${item}: ${message}`);
			}
			checkTexts([message, description], item === undefined ? '' : spoken(item), violated, item);
			return;
		}
		const given = new Set<number>();
		for (const { json, pairedItem } of [...main, ...errors]) {
			const item = (pairedItem as { item?: number } | undefined)?.item;
			if (item === undefined || !(item >= 0 && item < items.length)) {
				violated(`an item is paired to ${JSON.stringify(pairedItem)}`);
				continue;
			}
			given.add(item);
			if (json === null || typeof json !== 'object' || Array.isArray(json)) {
				violated(`an item's json is ${JSON.stringify(json)}`, item);
			} else if (![Object.prototype, null].includes(prototypeOf(json))) {
				violated('an item inherits from something else than an object', item);
			}
		}
		for (const item of items.keys()) {
			if (!given.has(item) && !mayGiveNone(item)) violated('gave no item', item);
		}
		for (const { json, pairedItem } of errors) {
			const { item } = pairedItem as { item: number };
			checkTexts([json.error, json.message], spoken(item), violated, item);
		}
		// Regular outputs hold failed items too.
		for (const { json, pairedItem } of stops ? [] : main) {
			const { error, message, details } = json ?? {};
			const { item } = pairedItem as { item: number };
			if (details === undefined || typeof error !== 'string') continue;
			checkTexts([error, message], spoken(item), violated, item);
		}
	}

	/** Objects of the test's own realm and of n8n's have different prototypes of the same kind. */
	const prototypeOf = (json: object) => {
		const prototype = Object.getPrototypeOf(json) as object | null;
		return prototype && Object.getPrototypeOf(prototype) === null ? Object.prototype : prototype;
	};

	function checkSecrets(value: unknown, more: Iterable<string>, violated: Violated) {
		const all = textsIn(value).join('\n');
		const secrets = [...KNOWN_SECRETS, ...[...more].flatMap(formsOf)];
		for (const secret of secrets) {
			const at = all.indexOf(secret);
			if (at >= 0) violated(`a secret: ${all.slice(Math.max(0, at - 60), at + 20)}…`);
		}
	}

	async function execute(execution: Execution, active: Account[]): Promise<Violation[]> {
		const violations: Violation[] = [];
		const violated: Violated = (what, item) =>
			violations.push({ what, where: execution.operation, item });
		count += 1;
		const name = `account-${count}`;
		const account: Account = { execution, signatures: new Set(), violated };
		accounts.set(name, account);
		active.push(account);
		const { cancelAfter, bound = BOUND } = execution;
		const run = start(execution, name);
		const timers = new AbortController();
		const timer = async (milliseconds: number) =>
			await sleep(milliseconds, undefined, { signal: timers.signal }).then(
				() => true,
				() => false,
			);
		if (cancelAfter !== undefined) void timer(cancelAfter).then((due) => due && run.cancel());
		const result = await Promise.race([run.result, timer(bound)]);
		timers.abort();
		if (typeof result === 'boolean') {
			violated(`has not ended after ${bound} ms`);
			run.cancel();
			await Promise.race([run.result, sleep(1000)]);
			return violations;
		}
		account.endedAt = performance.now();
		const [main = [], errors = []] = result.nodes[NODE]?.outputs ?? [];
		const outcome = { run: result, main, errors };
		checkOutcome(outcome, account);
		checkSecrets(result.raw.data.resultData, secretsOf(account), violated);
		await execution.check?.(outcome, violated);
		return violations;
	}

	return {
		engine,
		url,
		async run(executions) {
			const before = inherited();
			logs.length = 0;
			const active: Account[] = [];
			const all = executions.map(async (execution) => await execute(execution, active));
			const violations = (await Promise.all(all)).flat();
			// What is nobody's comes after a tick, and what comes too late within a few.
			await sleep(20);
			const general: Violated = (what) => violations.push({ what, where: '' });
			checkSecrets(logs, active.flatMap(secretsOf), general);
			violations.push(...late.splice(0));
			for (const seen of unhandled.take()) general(seen);
			for (const host of loopback.take()) {
				if (/^(169\.254\.|fe80:)/i.test(host)) general(`connects to ${host}`);
			}
			if (inherited() !== before) general('something has been added to all objects');
			return violations;
		},
		async close() {
			unsubscribe('http.client.request.start', onRequest);
			await engine.close();
			await server.close();
			unhandled.end();
			loopback.end();
		},
	};
}
