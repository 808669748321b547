import { setTimeout as sleep } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** What keeps the process alive, and did not before: servers, sockets, timers. */
function leftOpen(before) {
	const open = process.getActiveResourcesInfo();
	for (const kind of before) {
		const at = open.indexOf(kind);
		if (at >= 0) open.splice(at, 1);
	}
	return open;
}

/**
 * Fails a test file that leaves something open, that the process warns of (too many listeners, say), or
 * whose rejections nobody handles. Tests have a copy of `process` on which nothing happens; this is the real one.
 */
export default class extends TestEnvironment {
	#patience;

	#before;

	#problems = new Set();

	#listeners = {
		warning: ({ name, message }) => this.#problems.add(`Process warning: ${name}: ${message}`),
		unhandledRejection: (reason) =>
			this.#problems.add(`Unhandled rejection: ${reason?.stack ?? String(reason)}`),
	};

	constructor(config, context) {
		super(config, context);
		// How long what a test has closed may take to be gone, on a busy machine.
		({ patience: this.#patience = 5000 } = config.projectConfig.testEnvironmentOptions);
	}

	async handleTestEvent({ name }, { unhandledErrors }) {
		// Not in `setup`: jest takes away what listens for rejections before it starts.
		if (name === 'run_start') {
			this.#before = process.getActiveResourcesInfo();
			for (const [event, listener] of Object.entries(this.#listeners)) process.on(event, listener);
		} else if (name === 'run_finish') {
			await this.#end();
			for (const problem of this.#problems) {
				// Without a stack of its own: it would show this file, not the test's.
				unhandledErrors.push(Object.assign(new Error(problem), { stack: problem }));
			}
		}
	}

	async #end() {
		const last = performance.now() + this.#patience;
		let open;
		do {
			// Warnings and rejections are told of after the tick they happened in.
			await sleep(10);
			open = leftOpen(this.#before);
		} while (open.length > 0 && performance.now() < last);
		if (open.length > 0) this.#problems.add(`Left open: ${open.join(', ')}`);
		for (const [event, listener] of Object.entries(this.#listeners)) process.off(event, listener);
	}
}
