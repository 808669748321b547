import { hash } from 'crypto';
import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
	UserError,
} from 'n8n-workflow';

import { readCredential } from '../../../credentials/signing/credential';
import type { TencentCloudCredential } from '../../../credentials/signing/credential';
import { endpointOf, regionOf, siteOf } from '../../../credentials/signing/sites';
import { textOf } from '../text';
import type { Operation } from '../types';
import { SkewedClocks } from './clock';
import type { Env } from './env';
import { failed, foreign, inputFault } from './errors';
import type { Fault, Outcome } from './errors';
import { Pool } from './pool';
import { RequestQueues } from './queue';
import type { RequestQueue } from './queue';
import { redactor } from './redact';
import type { Redactor } from './redact';
import { RetryBudget } from './retry';
import { system } from './system';

/** The API as Tencent Cloud knows it: its product name and the version that the table describes. */
export const SERVICE = 'tiw';
export const VERSION = '2019-09-19';

/** The rate and the clock belong to the service, so every execution in this process shares what is known of them. */
const queues = new RequestQueues(system);
const clocks = new SkewedClocks();

/** Files downloaded at the same time: enough to fill a line, few enough for small memory. */
const DOWNLOADS = 4;

/** Where the calls of one execution go, and what they share. */
export interface Connection {
	context: IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IWebhookFunctions;
	/** Base URL. */
	endpoint: string;
	/** Why nothing can be sent with the credential. */
	refusal?: Fault;
	/** Takes the secrets of the credential out of whatever comes from outside. */
	redact: Redactor;
	env: Env;
	/** Aborted when the execution ends early: nothing more is sent, and reads under way are aborted. */
	signal: AbortSignal;
	/** The queue of all that this account sends to this action, in whatever execution. */
	queueOf(action: string): RequestQueue;
	downloads: Pool;
	budget: RetryBudget;
	clocks: SkewedClocks;
}

export { siteOf };

export type Credential = TencentCloudCredential & IDataObject;

/** The credential as n8n gives it; an expression in it may fail. */
export async function credentialOf(context: Connection['context']): Promise<Outcome<Credential>> {
	try {
		return { ok: true, value: await context.getCredentials<Credential>('tencentCloudApi') };
	} catch (error) {
		return failed(
			inputFault(
				`The Tencent Cloud credential cannot be read: ${foreign((error as Error).message).replace(/\.$/, '')}`,
				'Correct the expressions in it, or choose another credential in the node',
			),
		);
	}
}

/** What the credential gives for requests to a service, or why it is of no use. */
export function access(
	credential: Outcome<Credential>,
	service: string,
): Pick<Connection, 'endpoint' | 'redact' | 'refusal'> & { secretId: string } {
	const unusable = { secretId: '', endpoint: '', redact: redactor([]) };
	if (!credential.ok) return { ...unusable, refusal: credential.fault };
	try {
		const account = readCredential(credential.value);
		const { secretId, secretKey, sessionToken } = account;
		const redact = redactor([secretKey, sessionToken]);
		return { secretId, endpoint: endpointOf(account, service), redact };
	} catch (error) {
		const { message, description } = error as UserError;
		return { ...unusable, refusal: inputFault(message, description ?? '') };
	}
}

export function connect(
	context: Connection['context'],
	credential: Outcome<Credential>,
	signal: AbortSignal,
): Connection {
	const { secretId, ...given } = access(credential, SERVICE);
	const account = hash('sha256', `${secretId} ${given.endpoint}`);
	return {
		...given,
		context,
		env: system,
		signal,
		// Asked for anew each time: a queue that nobody uses is dropped.
		queueOf: (action) => queues.of(`${account} ${action}`),
		downloads: new Pool(DOWNLOADS),
		budget: new RetryBudget(),
		clocks,
	};
}

/**
 * The region to ask: an action that one region alone serves goes there, any other where the credential
 * says. A custom endpoint that is none of Tencent Cloud's hosts is taken for the international site, unless
 * only the China site has the action.
 */
export function regionFor(
	credential: Credential,
	{ sites, regions = {} }: Pick<Operation, 'sites' | 'regions'>,
): string {
	const guessed = sites.includes('international') ? 'international' : 'china';
	const { site, endpoint, region } = credential;
	return (
		regions[siteOf(credential) ?? guessed] ??
		regionOf({ site, endpoint, region: textOf(region).trim() }, guessed)
	);
}
