/**
 * A Tencent Interactive Whiteboard service on loopback. It verifies signatures, checks parameters,
 * runs tasks by its own clock, limits the rate, serves result files, and fails on request.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { ApiError } from './api-error.mts';
import { callApi, scopeService } from './api.mts';
import type { Api } from './api.mts';
import { Applications } from './applications.mts';
import type { Application } from './applications.mts';
import { Callbacks } from './callbacks.mts';
import type { CallbackOptions } from './callbacks.mts';
import { deliver, isDoomed } from './deliver.mts';
import type { Reply } from './deliver.mts';
import type { RecordedCallback } from './deliveries.mts';
import { echoPage, withEcho } from './echo.mts';
import { findAction, MAX_CONCURRENT_TASKS, RATE_LIMIT_PER_SECOND } from './facts.mts';
import { FaultPlan, FILE_ACTION, preventsWork } from './faults.mts';
import type { Fault } from './faults.mts';
import { withFields } from './fields.mts';
import { FILES_PATH, FileStore, noSuchKey } from './files.mts';
import type { StoredFile } from './files.mts';
import { readParams } from './params.mts';
import type { Params } from './params.mts';
import { RateLimit } from './rate.mts';
import type { RateCounting } from './rate.mts';
import { Settings } from './settings.mts';
import { addSnapshotTask } from './snapshot.mts';
import type { SnapshotTask } from './snapshot.mts';
import { TaskStore } from './state.mts';
import type { Task, TaskKind } from './state.mts';
import { addTask, resultFile } from './tasks.mts';
import type { NewTasks } from './tasks.mts';
import { splitTarget } from './verify.mts';
import type { AccessKey, RawRequest } from './verify.mts';
import type { World } from './world.mts';

export type { Application } from './applications.mts';
export { CALLBACK_SETTINGS } from './callbacks.mts';
export type { CallbackOptions, CallbackShape } from './callbacks.mts';
export type { Announcement, RecordedCallback } from './deliveries.mts';
export { FILE_ACTION } from './faults.mts';
export type { Fault, FaultKind } from './faults.mts';
export type { StoredFile } from './files.mts';
export type { SnapshotTask } from './snapshot.mts';
export type { Task, TaskKind } from './state.mts';
export type { NewTasks } from './tasks.mts';
export type { AccessKey } from './verify.mts';
export type { Failure } from './world.mts';

/** Invented and public: good for nothing but this emulator. */
export const DEMO_KEYS: readonly AccessKey[] = [
	{
		secretId: 'AKIDEXAMPLE0000000000000000000000000',
		secretKey: 'ExampleSecretKey0000000000000000',
	},
];

export interface EmulatorOptions {
	/** 0: any free one. */
	port?: number;
	host?: '127.0.0.1';
	keys?: readonly AccessKey[];
	/** Per key and action; Infinity for no limit. */
	ratePerSecond?: number;
	/** So many in any one second (default), or in each full second of the clock. */
	rateWindow?: RateCounting['window'];
	/** Requests refused for their rate use up quota like the others. */
	countRefused?: boolean;
	/** How long newly created tasks run. */
	runSeconds?: number;
	/** The same for a snapshot task, by its request; Infinity for one that never ends. */
	snapshotSeconds?: (params: Params) => number;
	/** How long recordings and pushes run that nobody stops; their AutoStopTimeout where left out. */
	liveSeconds?: number;
	/** For so long after its creation a task is unknown to every query and command; default 0. */
	visibleAfterMs?: number;
	/** Queries tell of a task as it was so long ago, even when its end has been called out; default 0. */
	staleMs?: number;
	/** Tasks of one kind at the same time, for those that have such a quota. */
	maxConcurrent?: number;
	/** The emulator's clock in milliseconds: timestamps, task progress and the Date header. */
	now?: () => number;
	/** Applications of the account; any SdkAppId is fine where left out. */
	applications?: ReadonlyArray<number | Application>;
	/** How the service calls the URLs that it was given, and of what; on this machine only. */
	callbacks?: CallbackOptions;
	/** One line per request; never a secret. */
	log?: (line: string) => void;
}

export interface RecordedCall {
	/** X-TC-Action; empty where there was none. */
	action: string;
	/** The service in the credential scope; empty where there was none. */
	service: string;
	method: string;
	/** Parameters of body or query; null where they could not be read. */
	params: Params | null;
	headers: IncomingHttpHeaders;
	/** The emulator's clock at receipt, in milliseconds. */
	at: number;
	/** performance.now() at receipt: for rates, whatever the emulator's clock says. */
	receivedAt: number;
	/** The error code answered; null for success, and for faults that carry no code. */
	code: string | null;
	/** Whether the service carried the request out, even if the answer was then lost. */
	handled: boolean;
	/** The kinds of the faults that hit it, in order. */
	faults: string[];
	requestId: string;
	rawBody: Buffer;
}

export interface RecordedDownload {
	path: string;
	headers: IncomingHttpHeaders;
	at: number;
	status: number;
	faults: string[];
}

export interface Emulator {
	url: string;
	port: number;
	keys: readonly AccessKey[];
	/** Every API call received, in order. */
	calls: RecordedCall[];
	/** Every request for a result file, in order. */
	downloads: RecordedDownload[];
	/** Every callback, in the order of their first calls. */
	callbacks: readonly RecordedCallback[];
	tasks(): Task[];
	/** Returns the task's id. */
	addSnapshotTask(task: SnapshotTask): string;
	/** The same for every kind of task. */
	addTask<Kind extends TaskKind>(kind: Kind, task: NewTasks[Kind]): string;
	/** Calls the URL registered for the application's warnings. */
	warn(sdkAppId: number, data: Params): void;
	/** How callbacks are made from now on, until reset. */
	setCallbackOptions(options: CallbackOptions): void;
	/** Adds an application to those that are listed. */
	addApplication(application: Application): void;
	/** Returns the file's URL. With `{ size }` as content it is zeros, made while they are sent. */
	addFile(name: string, file: StoredFile): string;
	/** What happens to every request from now on; null ends it. */
	setFault(fault: Fault | null): void;
	/** One more that stays, until its times are used up or the faults are cleared. */
	addFault(fault: Fault): void;
	/** What happens to the next requests, in this order. */
	queueFaults(...faults: Fault[]): void;
	/** Queued faults still to happen. */
	pendingFaults(): Fault[];
	/** Ends the standing faults and forgets the queued ones. */
	clearFaults(): void;
	/** Forgets every task, setting and application that has come since the start. */
	reset(): void;
	/** Closes every connection too. */
	close(): Promise<void>;
}

interface Exchange {
	request: IncomingMessage;
	response: ServerResponse;
	receivedAt: number;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

const sumOf = (faults: readonly Fault[], value: (fault: Fault) => number) =>
	faults.reduce((sum, fault) => sum + value(fault), 0);

/** Faults that come on top of any other. */
const ON_TOP: ReadonlyArray<Fault['kind']> = ['delay', 'date', 'clock', 'apiError', 'fields'];

/** The fault that shapes the answer; of several the last. */
function shapeOf(faults: readonly Fault[], headers: IncomingHttpHeaders): Fault | undefined {
	const shape = faults.findLast(({ kind }) => !ON_TOP.includes(kind));
	if (shape?.kind !== 'echo') return shape;
	if (shape.as !== 'page') return undefined;
	return { kind: 'status', status: 502, body: echoPage(headers) };
}

/** The Date header, null for none. */
function dateOf(faults: readonly Fault[], now: number): string | null {
	const skew = sumOf(faults, (fault) =>
		fault.kind === 'date' || fault.kind === 'clock' ? (fault.skewSeconds ?? 0) : 0,
	);
	const given = faults.findLast((fault) => fault.kind === 'date' && fault.text !== undefined);
	if (given?.kind === 'date' && given.text !== undefined) return given.text;
	return new Date(now + skew * 1000).toUTCString();
}

const delayOf = (faults: readonly Fault[]) =>
	sumOf(faults, (fault) =>
		fault.kind === 'delay' ? fault.ms + Math.random() * (fault.jitterMs ?? 0) : 0,
	);

const changedBy = (faults: readonly Fault[], answer: Params, headers: IncomingHttpHeaders) =>
	faults.reduce((changed, fault) => {
		if (fault.kind === 'fields') return withFields(changed, fault.fields);
		return fault.kind === 'echo' ? withEcho(fault.as, changed, headers) : changed;
	}, answer);

function injectedError(faults: readonly Fault[]): ApiError | undefined {
	const fault = faults.findLast((candidate) => candidate.kind === 'apiError');
	return fault && new ApiError(fault.code, fault.message ?? `The service answers ${fault.code}.`);
}

const json = (value: unknown): StoredFile => ({
	contentType: 'application/json',
	content: Buffer.from(JSON.stringify(value)),
});

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const now = options.now ?? Date.now;
	const log = options.log ?? (() => undefined);
	const keys = options.keys ?? DEMO_KEYS;
	const faultPlan = new FaultPlan();
	const calls: RecordedCall[] = [];
	const downloads: RecordedDownload[] = [];
	const closing = new AbortController();

	const tasks = new TaskStore();
	const settings = new Settings();
	const callbacks = new Callbacks({ tasks, settings, now, url: () => url }, options.callbacks);
	const world: World = {
		tasks,
		files: new FileStore(),
		applications: new Applications(options.applications),
		settings,
		callbacks,
		runSeconds: options.runSeconds ?? 3,
		snapshotSeconds: options.snapshotSeconds,
		liveSeconds: options.liveSeconds,
		visibleAfterMs: options.visibleAfterMs ?? 0,
		staleMs: options.staleMs ?? 0,
		maxConcurrent: options.maxConcurrent ?? MAX_CONCURRENT_TASKS,
		url: () => url,
	};
	const api: Api = {
		world,
		keys,
		rate: new RateLimit(options.ratePerSecond ?? RATE_LIMIT_PER_SECOND, {
			window: options.rateWindow,
			countRefused: options.countRefused,
		}),
	};

	const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 });

	/** Sends a body the way the faults of this request want it. */
	async function answer(
		{ request, response }: Exchange,
		status: number,
		{ contentType, content }: StoredFile,
		faults: readonly Fault[],
	): Promise<void> {
		const date = dateOf(faults, now());
		response.sendDate = false;
		const reply: Reply = {
			status,
			headers: { 'Content-Type': contentType, ...(date !== null && { Date: date }) },
			content,
		};
		const delay = delayOf(faults);
		if (delay > 0) await sleep(delay, undefined, { signal: closing.signal });
		await deliver(request, response, reply, shapeOf(faults, request.headers));
	}

	function runCall(raw: RawRequest, call: RecordedCall, faults: readonly Fault[]): Params {
		const skew = sumOf(faults, (fault) => (fault.kind === 'clock' ? fault.skewSeconds : 0));
		// Full seconds begin with those of the wall clock, but never jump as it may.
		const receivedAt = performance.timeOrigin + call.receivedAt;
		const moment = { now: call.at + skew * 1000, receivedAt };
		const { requestId: RequestId } = call;
		try {
			const fields = callApi(api, raw, moment, injectedError(faults));
			call.handled = true;
			return { ...fields, RequestId };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			call.code = error.code;
			return { Error: { Code: error.code, Message: error.message }, RequestId };
		}
	}

	async function serveApi(exchange: Exchange, body: Buffer): Promise<void> {
		const { request, receivedAt } = exchange;
		const raw: RawRequest = {
			method: request.method ?? '',
			target: request.url ?? '',
			headers: request.headers,
			body,
		};
		const action = String(request.headers['x-tc-action'] ?? '');
		const params = readableParams(raw, action);
		const faults = faultPlan.take(action, params);
		const call: RecordedCall = {
			action,
			service: scopeService(raw) ?? '',
			method: raw.method,
			params,
			headers: request.headers,
			at: now(),
			receivedAt,
			code: null,
			handled: false,
			faults: faults.map(({ kind }) => kind),
			requestId: randomUUID(),
			rawBody: body,
		};
		calls.push(call);
		const shape = shapeOf(faults, request.headers);
		const fields =
			shape && preventsWork(shape) ? { RequestId: call.requestId } : runCall(raw, call, faults);
		log(
			[`${action || '(no action)'}:`, call.code ?? (call.handled ? 'OK' : 'not handled')]
				.concat(faults.map(({ kind }) => `[fault: ${kind}]`))
				.join(' '),
		);
		await answer(
			exchange,
			200,
			json({ Response: changedBy(faults, fields, request.headers) }),
			faults,
		);
	}

	async function serveFile(exchange: Exchange, path: string): Promise<void> {
		const { request } = exchange;
		const faults = faultPlan.take(FILE_ACTION, { path });
		const at = now();
		const file = world.files.find(path) ?? resultFile(path, world, at);
		const status = file ? 200 : 404;
		downloads.push({
			path,
			headers: request.headers,
			at,
			status,
			faults: faults.map(({ kind }) => kind),
		});
		log(`${request.method} ${path}: ${status}`);
		await answer(exchange, status, file ?? noSuchKey(path), faults);
	}

	async function serve(exchange: Exchange): Promise<void> {
		const { request } = exchange;
		const body = await readBody(request);
		const { path } = splitTarget(request.url ?? '');
		const isFetch = request.method === 'GET' || request.method === 'HEAD';
		if (isFetch && path.startsWith(FILES_PATH)) return await serveFile(exchange, path);
		if (path === '/') return await serveApi(exchange, body);
		const page = Buffer.from('<html><body><h1>404 Not Found</h1></body></html>\n');
		await answer(exchange, 404, { contentType: 'text/html', content: page }, []);
	}

	server.on('request', (request, response) => {
		if (isDoomed(request)) {
			request.socket.resetAndDestroy();
			return;
		}
		serve({ request, response, receivedAt: performance.now() }).catch((error: unknown) => {
			// A client that went away, or the emulator closing, is no fault of this program.
			if (response.destroyed || request.socket.destroyed || closing.signal.aborted) return;
			log(`internal error: ${String(error)}`);
			response.destroy();
		});
	});

	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
	});
	const { address, port } = server.address() as AddressInfo;
	const url = `http://${address}:${port}`;

	return {
		url,
		port,
		keys,
		calls,
		downloads,
		callbacks: callbacks.made,
		tasks: () => world.tasks.list(),
		addSnapshotTask: (task) => addSnapshotTask(world, now(), task),
		addTask: (kind, task) => addTask(world, now(), kind, task),
		warn: (sdkAppId, data) => callbacks.warn(sdkAppId, data),
		setCallbackOptions: (changed) => callbacks.change(changed),
		addApplication: (application) => {
			world.applications.add(application);
		},
		addFile: (name, file) => url + world.files.add(name, file),
		setFault: (fault) => faultPlan.set(fault),
		addFault: (fault) => faultPlan.add(fault),
		queueFaults: (...faults) => faultPlan.queue(faults),
		pendingFaults: () => faultPlan.pending,
		clearFaults: () => faultPlan.clear(),
		reset: () => {
			callbacks.cancel();
			world.tasks.clear();
			world.settings.reset();
			world.applications.reset();
		},
		close: async () => {
			closing.abort();
			callbacks.cancel();
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			await closed;
		},
	};
}

/** For the record of calls only: unreadable parameters are refused later, with their own code. */
function readableParams(raw: RawRequest, action: string): Params | null {
	try {
		return readParams(raw, findAction(action)?.action);
	} catch {
		return null;
	}
}

/** The application and task of Tencent's own example of DescribeSnapshotTask. */
export const DOCUMENTED_EXAMPLE = {
	sdkAppId: 1400127230,
	taskId: 'f2e1728c-6e87-4481-abe1-cde8542a5a10',
} as const;

/** A task as in Tencent's example, beginning now, that ends with three images. */
export function seedDocumentedExample(
	emulator: Emulator,
	options: { runSeconds?: number } = {},
): string {
	return emulator.addSnapshotTask({ ...DOCUMENTED_EXAMPLE, ...options, snapshots: 3 });
}
