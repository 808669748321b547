/**
 * Tencent's own Node.js SDK, unchanged, talking to a server on loopback.
 *
 * The SDK signs for the first label of its endpoint, so with `127.0.0.1:8080` it would sign for a
 * service "127". It is given `tiw.localhost:8080` instead, and an agent whose name lookup always
 * answers with loopback: names under localhost do not resolve everywhere. An agent of its own also
 * keeps the SDK away from a proxy named in the environment.
 */
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';

import { CommonClient } from 'tencentcloud-sdk-nodejs-common';

export interface OfficialClientOptions {
	/** Base URL of the server, e.g. `http://127.0.0.1:8080`. */
	url: string;
	secretId: string;
	secretKey: string;
	token?: string;
	/** `ap-singapore` where left out. */
	region?: string;
	/** `tiw` where left out; `sts` has GetCallerIdentity. */
	service?: 'tiw' | 'sts';
	method?: 'POST' | 'GET';
	/** Seconds. */
	timeout?: number;
}

const VERSIONS = { tiw: '2019-09-19', sts: '2018-08-13' };

export function officialClient(options: OfficialClientOptions): CommonClient {
	const { hostname, port, protocol } = new URL(options.url);
	const service = options.service ?? 'tiw';
	const lookup: LookupFunction = (_name, wanted, done) => {
		if (wanted.all) done(null, [{ address: hostname, family: 4 }]);
		else done(null, hostname, 4);
	};
	return new CommonClient(`${service}.localhost:${port}`, VERSIONS[service], {
		credential: {
			secretId: options.secretId,
			secretKey: options.secretKey,
			...(options.token === undefined ? {} : { token: options.token }),
		},
		region: options.region ?? 'ap-singapore',
		profile: {
			language: 'en-US',
			httpProfile: {
				protocol: `${protocol}//`,
				reqMethod: options.method ?? 'POST',
				reqTimeout: options.timeout ?? 10,
				// Typed for agents in general; lookup is an option of net.connect, which it passes on.
				agent: new Agent({ lookup } as ConstructorParameters<typeof Agent>[0]),
			},
		},
	});
}
