import { sleep } from 'n8n-workflow';

import type { Env } from './env';

/** Real time and real chance. */
export const system: Env = {
	now: () => performance.now(),
	date: () => Date.now(),
	random: () => Math.random(),
	sleep: async (milliseconds, wake) =>
		await new Promise((resolve) => {
			const done = () => {
				wake?.removeEventListener('abort', done);
				resolve();
			};
			wake?.addEventListener('abort', done, { once: true });
			// n8n 2.x ends the timer with the signal; n8n 1.x ignores the signal, hence the listener.
			sleep(milliseconds, wake).then(done, done);
		}),
};
