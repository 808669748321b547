import * as workflow from 'n8n-workflow';

import type { Env } from './env';

/** Ends its timer with the signal: in n8n 1.x only `sleepWithAbort` does, which n8n 2.x no longer has. */
const { sleep, sleepWithAbort = sleep } = workflow as typeof workflow & {
	sleepWithAbort?: typeof sleep;
};

/** Real time and real chance. */
export const system: Env = {
	now: () => performance.now(),
	date: () => Date.now(),
	random: () => Math.random(),
	sleep: async (milliseconds, wake) => await sleepWithAbort(milliseconds, wake).catch(() => {}),
};
