/**
 * n8n-core, set up once per process for any number of engines.
 *
 * n8n-core keeps its services in one process-wide container. What has to differ from engine to
 * engine (where log lines go, where binary data lives) is routed by the asynchronous context a run
 * was started in; everything else is shared.
 *
 * n8n 1.122 and n8n 2 both run this way; which of them it is depends on what `n8n-core` resolves to.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinaryDataConfig, BinaryDataService } from 'n8n-core';

export type BinaryMode = 'memory' | 'filesystem';
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogListener = (
	level: LogLevel,
	message: string,
	metadata: Record<string, unknown>,
) => void;

/** What belongs to one engine and is found again through the asynchronous context of its runs. */
export interface Scope {
	binaryData: BinaryDataService;
	binaryDataConfig: BinaryDataConfig;
	onLog?: LogListener;
	onEngineLog?: LogListener;
}

export interface Runtime {
	core: typeof import('n8n-core');
	workflow: typeof import('n8n-workflow');
	/** The major version of the n8n that this n8n-core belongs to. */
	line: 1 | 2;
	/** lodash's `get`, the very one n8n reads paths with. */
	get: (value: unknown, path: string) => unknown;
	/** What n8n writes executions into its database with: JSON that keeps shared references. */
	flatted: { stringify(value: unknown): string; parse(text: string): unknown };
	/** n8n's own user folder; there while an engine is open. */
	folder: string;
	createScope(
		userFolder: string,
		binaryMode: BinaryMode,
		listeners: Pick<Scope, 'onLog' | 'onEngineLog'>,
	): Promise<Scope>;
	/** Runs `action` so that everything it starts finds `scope`. */
	within<T>(scope: Scope, action: () => T): T;
	release(scope: Scope): void;
}

/** Settings of a real n8n on the same machine must not reach the engine. */
const N8N_VARIABLE = /^(?:N8N_|EXECUTIONS_|DB_|QUEUE_)/;

const temporaryFolders = new Set<string>();

function removeTemporaryFolders(): void {
	for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
	temporaryFolders.clear();
}

function removeAtExit(folder: string): void {
	if (temporaryFolders.size === 0) process.once('exit', removeTemporaryFolders);
	temporaryFolders.add(folder);
}

/** A temporary folder that is gone when the process ends, even if nobody removes it before. */
export function createTemporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));
	removeAtExit(folder);
	return folder;
}

export function removeTemporaryFolder(folder: string): void {
	rmSync(folder, { recursive: true, force: true });
	temporaryFolders.delete(folder);
	if (temporaryFolders.size === 0) process.off('exit', removeTemporaryFolders);
}

/** n8n reads its configuration from the environment when its classes are first made. */
function withEnvironment<T>(variables: Record<string, string>, action: () => T): T {
	const before = Object.entries(process.env).filter(([name]) => N8N_VARIABLE.test(name));
	for (const [name] of before) delete process.env[name];
	Object.assign(process.env, variables);
	try {
		return action();
	} finally {
		for (const name of Object.keys(variables)) delete process.env[name];
		for (const [name, value] of before) process.env[name] = value;
	}
}

/** n8n's Logger, as far as it is used here. npm may install more than one copy of its package. */
type NodeLogger = ConstructorParameters<typeof BinaryDataService>[2];
type LoggerClass = new (
	globalConfig: unknown,
	settings: unknown,
	options?: { isRoot: boolean },
) => NodeLogger;

/** n8n's Logger writes into a winston logger; this stands in its place. */
function redirect(logger: NodeLogger, listener: () => LogListener | undefined): void {
	const sink = {
		log(level: LogLevel, message: string, metadata: Record<string, unknown>) {
			// n8n's Logger adds the place of the call to what the caller gave.
			const { file: _file, function: _function, ...given } = metadata;
			listener()?.(level, message, given);
		},
		child: () => sink,
	};
	(logger as unknown as { setInternalLogger(to: typeof sink): void }).setInternalLogger(sink);
}

let loaded: Runtime | undefined;

/** Loads n8n-core on the first call; later calls give the same runtime. */
export function openRuntime(): Runtime {
	if (loaded) {
		mkdirSync(loaded.folder, { recursive: true });
		removeAtExit(loaded.folder);
		return loaded;
	}

	const folder = createTemporaryFolder();
	const scopes = new Set<Scope>();
	const currentScope = new AsyncLocalStorage<Scope>();
	const findScope = () =>
		currentScope.getStore() ?? (scopes.size === 1 ? [...scopes][0] : undefined);

	// `require`, not `import`: n8n-workflow has an ES module build too, and n8n-core and the nodes
	// use the CommonJS one. Two copies would mean two sets of error classes.
	const requireHere = createRequire(import.meta.url);
	const requireOfCore = createRequire(requireHere.resolve('n8n-core'));
	const requireOfCommon = createRequire(requireOfCore.resolve('@n8n/backend-common'));

	loaded = withEnvironment(
		{
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64'),
			N8N_LOG_LEVEL: 'debug',
			N8N_DIAGNOSTICS_ENABLED: 'false',
		},
		() => {
			const core = requireHere('n8n-core') as typeof import('n8n-core');
			const { version } = requireHere('n8n-core/package.json') as { version: string };
			const workflow = requireOfCore('n8n-workflow') as typeof import('n8n-workflow');
			const { Container } = requireOfCore('@n8n/di') as typeof import('@n8n/di');
			const { Logger } = requireOfCore('@n8n/backend-common') as { Logger: LoggerClass };
			const { GlobalConfig, InstanceSettingsConfig } = requireOfCore(
				'@n8n/config',
			) as typeof import('@n8n/config');

			// Two loggers, so that what nodes write is not mixed with what n8n writes about itself:
			// n8n's own services are made with the first, nodes are given the second.
			const engineLogger = Container.get(Logger);
			redirect(engineLogger, () => findScope()?.onEngineLog);
			Container.get(core.InstanceSettings);
			Container.get(core.ErrorReporter);
			const nodeLogger = new Logger(
				Container.get(GlobalConfig),
				Container.get(InstanceSettingsConfig),
				{ isRoot: false },
			);
			redirect(nodeLogger, () => findScope()?.onLog);
			Container.set(Logger, nodeLogger);

			// What n8n 2 does itself: n8n 1 makes this service with the first execution, and its timer keeps the process alive.
			const { SSHClientsManager } = requireHere(
				'n8n-core/dist/execution-engine/ssh-clients-manager',
			) as { SSHClientsManager: new () => { cleanupTimer: NodeJS.Timeout } };
			Container.get(SSHClientsManager).cleanupTimer.unref();

			const { BinaryDataConfig, BinaryDataService } = core;
			const sharedConfig = Container.get(BinaryDataConfig);
			const createBinaryData = (mode: BinaryMode, storagePath: string) => {
				const config = Object.assign(Object.create(BinaryDataConfig.prototype), sharedConfig, {
					mode: mode === 'memory' ? 'default' : 'filesystem',
					localStoragePath: storagePath,
				}) as BinaryDataConfig;
				const service = new BinaryDataService(
					config,
					Container.get(core.ErrorReporter),
					engineLogger,
				);
				return { config, service };
			};

			const routed = <T extends object>(pick: (scope: Scope) => T, otherwise: T): T =>
				new Proxy(otherwise, {
					get(_target, key) {
						const scope = findScope();
						const target = scope ? pick(scope) : otherwise;
						const value: unknown = Reflect.get(target, key, target);
						return typeof value === 'function' ? value.bind(target) : value;
					},
				});
			const fallback = createBinaryData('memory', folder);
			Container.set(
				BinaryDataConfig,
				routed((scope) => scope.binaryDataConfig, fallback.config),
			);
			Container.set(
				BinaryDataService,
				routed((scope) => scope.binaryData, fallback.service),
			);

			return {
				core,
				workflow,
				line: version.startsWith('1.') ? 1 : 2,
				get: requireOfCore('lodash/get') as Runtime['get'],
				flatted: requireOfCommon('flatted') as Runtime['flatted'],
				folder,
				async createScope(userFolder, binaryMode, listeners) {
					const { config, service } = createBinaryData(
						binaryMode,
						join(userFolder, '.n8n', 'storage'),
					);
					if (binaryMode === 'filesystem') await service.init();
					const scope = { binaryData: service, binaryDataConfig: config, ...listeners };
					scopes.add(scope);
					return scope;
				},
				within: (scope, action) => currentScope.run(scope, action),
				release(scope) {
					scopes.delete(scope);
					if (scopes.size === 0) removeTemporaryFolder(folder);
				},
			} satisfies Runtime;
		},
	);
	return loaded;
}
