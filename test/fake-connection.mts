import type { IExecuteFunctions } from 'n8n-workflow';

import { SkewedClocks } from '../nodes/TencentWhiteboard/transport/clock.ts';
import type { Connection } from '../nodes/TencentWhiteboard/transport/connection.ts';
import { Pool } from '../nodes/TencentWhiteboard/transport/pool.ts';
import { RequestQueues } from '../nodes/TencentWhiteboard/transport/queue.ts';
import { redactor } from '../nodes/TencentWhiteboard/transport/redact.ts';
import { RetryBudget } from '../nodes/TencentWhiteboard/transport/retry.ts';
import type { FakeEnv } from './fake-env.mts';

/** A connection that nobody has used yet, in fake time; its context is for the test to give. */
export function fakeConnection(env: FakeEnv, part: Partial<Connection> = {}): Connection {
	const queues = new RequestQueues(env);
	return {
		context: {} as IExecuteFunctions,
		endpoint: 'https://tiw.example',
		env,
		signal: new AbortController().signal,
		queueOf: (action) => queues.of(action),
		downloads: new Pool(4),
		budget: new RetryBudget(),
		clocks: new SkewedClocks(),
		redact: redactor([]),
		...part,
	};
}
