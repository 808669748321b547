/** Watches what no test may do: reach another host than the test's own server, or leave an exception to nobody. */
import { Socket } from 'node:net';
import { runInThisContext } from 'node:vm';

/** jest gives tests a copy of `process` on which nothing ever happens; this is the real one. */
const realProcess = runInThisContext('process') as NodeJS.Process;

/**
 * Keeps every connection of this process at 127.0.0.1 and one port. Others fail as those to an unknown host
 * do, before a name is looked up or a packet leaves, and are noted.
 */
export class OwnServerOnly {
	/** Hosts that somebody tried to reach. */
	readonly #tried: string[] = [];

	readonly #connect = Socket.prototype.connect;

	constructor(port: number) {
		const tried = this.#tried;
		const connect = this.#connect;
		Socket.prototype.connect = function (this: Socket, ...all: unknown[]) {
			const [options] = all.flat() as [
				{ host?: string; port?: number | string; path?: string | null },
			];
			const { host = 'localhost', path } = options;
			if (!path && host === '127.0.0.1' && Number(options.port) === port) {
				return connect.apply(this, all as Parameters<Socket['connect']>);
			}
			tried.push(path || host);
			const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
				code: 'ENOTFOUND',
				syscall: 'getaddrinfo',
				hostname: host,
			});
			process.nextTick(() => this.destroy(error));
			return this;
		} as Socket['connect'];
	}

	/** What has been tried since the last call. */
	take(): string[] {
		return this.#tried.splice(0);
	}

	end(): void {
		Socket.prototype.connect = this.#connect;
	}
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = (...all: unknown[]) => void;

/** Notes exceptions and rejections that nobody handled, in place of whoever would have handled them here. */
export class Unhandled {
	readonly #seen: string[] = [];

	readonly #restore: Array<() => void> = [];

	constructor() {
		for (const event of EVENTS) {
			const name = event as 'uncaughtException';
			const before = realProcess.listeners(name) as Listener[];
			const listener: Listener = (reason) => {
				const { stack } = (reason ?? {}) as Error;
				this.#seen.push(`${event}: ${stack ?? String(reason)}`);
			};
			realProcess.removeAllListeners(name).on(name, listener);
			this.#restore.push(() => {
				realProcess.off(name, listener);
				for (const one of before) realProcess.on(name, one);
			});
		}
	}

	/** What has been noted since the last call. */
	take(): string[] {
		return this.#seen.splice(0);
	}

	end(): void {
		for (const restore of this.#restore) restore();
	}
}
