import type { IDataObject, IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { endpointOf, regionOf } from '../../../credentials/signing/sites';
import type { TencentCloudCredential } from '../../../credentials/signing/sites';
import type { Operation } from '../types';
import { SkewedClocks } from './clock';
import { limiterFamily } from './limiter';
import type { Limiter } from './limiter';
import { Quota } from './retry';
import type { Env } from './env';
import type { Stop } from './stop';
import { system } from './system';
import { Turns } from './turns';

/** The API as Tencent Cloud knows it: its product name and the version that the table describes. */
export const SERVICE = 'tiw';
export const VERSION = '2019-09-19';

/** The rate and the clock belong to the service, so every execution in this process shares what is known of them. */
const limiterOf = limiterFamily(system);
const clocks = new SkewedClocks();

/** Files downloaded at the same time: enough to fill a line, few enough for small memory. */
const DOWNLOADS = 4;

/** Where the calls of one execution go, and what they share. */
export interface Connection {
	context: IExecuteFunctions | ILoadOptionsFunctions;
	/** Base URL. */
	endpoint: string;
	secretId: string;
	env: Env;
	turns: Turns;
	/** Downloads take turns of their own, so that they never keep a look at a task waiting. */
	downloads: Turns;
	/** IDs of the tasks that this execution has started. */
	started: string[];
	stop: Stop;
	quota: Quota;
	limiterOf(key: string): Limiter;
	clocks: SkewedClocks;
}

export type Credential = TencentCloudCredential & IDataObject;

export function connect(
	context: Connection['context'],
	credential: Credential,
	stop: Stop,
): Connection {
	return {
		context,
		endpoint: endpointOf(credential, SERVICE),
		secretId: credential.secretId.trim(),
		env: system,
		turns: new Turns(system, stop),
		downloads: new Turns(system, stop, DOWNLOADS),
		started: [],
		stop,
		quota: new Quota(),
		limiterOf,
		clocks,
	};
}

/**
 * The region to ask: an action that one region alone serves goes there, any other where the credential
 * says. A custom endpoint is taken for the international site, unless only the China site has the action.
 */
export function regionFor(
	credential: Credential,
	{ sites, regions = {} }: Pick<Operation, 'sites' | 'regions'>,
): string {
	const guessed = sites.includes('international') ? 'international' : 'china';
	const site = credential.site === 'custom' ? guessed : credential.site;
	return regions[site] ?? regionOf({ ...credential, site });
}
