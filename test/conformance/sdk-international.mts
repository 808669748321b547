/**
 * The typed client of Tencent's international Node.js SDK, unchanged, talking to a server on loopback.
 * Its requests are objects of its own classes, one for each action and structure: what a class does not
 * know is not sent.
 *
 * As with the China site's SDK (../emulator/official-sdk.mts) the endpoint is a name under localhost; this
 * SDK takes no agent, so for its time the process's own one looks that name up.
 */
import http from 'node:http';
import type { LookupFunction } from 'node:net';

import { DEMO_KEYS } from '../../emulator/server.mts';

type Params = Record<string, unknown>;
type Done = (error: Error | null, answer: object) => void;

interface TypedRequest {
	from_json_string(text: string): void;
}

interface TypedClient {
	[action: string]: (request: TypedRequest, done: Done) => void;
}

/** As far as it is used; the package has no types. */
interface Sdk {
	tiw: {
		v20190919: {
			Client: new (credential: object, region: string, profile: object) => TypedClient;
			Models: Record<string, new () => TypedRequest>;
		};
	};
	common: {
		Credential: new (secretId: string, secretKey: string) => object;
		ClientProfile: new (signMethod: string, httpProfile: object) => object;
		HttpProfile: new (protocol: string, endpoint: string) => object;
	};
}

const PACKAGE: string = 'tencentcloud-sdk-nodejs-intl-en/tencentcloud';

export interface InternationalSdk {
	/** The actions that the client has methods for. */
	actions: string[];
	request(action: string, params: Params, region: string): Promise<object>;
	close(): void;
}

export async function internationalSdk(url: string): Promise<InternationalSdk> {
	const module = (await import(`${PACKAGE}/tiw/v20190919/index.js`)) as Sdk['tiw']['v20190919'];
	const load = async (path: string) =>
		((await import(`${PACKAGE}/common/${path}.js`)) as { default: unknown }).default;
	const Credential = (await load('credential')) as Sdk['common']['Credential'];
	const ClientProfile = (await load('profile/client_profile')) as Sdk['common']['ClientProfile'];
	const HttpProfile = (await load('profile/http_profile')) as Sdk['common']['HttpProfile'];

	const { hostname, port } = new URL(url);
	const [{ secretId, secretKey }] = DEMO_KEYS;
	const lookup: LookupFunction = (_name, { all }, done) => {
		if (all) done(null, [{ address: hostname, family: 4 }]);
		else done(null, hostname, 4);
	};
	const { globalAgent } = http;
	const { http_proxy: proxy } = process.env;
	http.globalAgent = new http.Agent({ lookup } as http.AgentOptions);
	delete process.env.http_proxy;

	const { Client, Models } = module;
	return {
		actions: Object.getOwnPropertyNames(Client.prototype).filter((name) => /^[A-Z]/.test(name)),
		request: (action, params, region) => {
			const profile = new ClientProfile(
				'TC3-HMAC-SHA256',
				new HttpProfile('http://', `tiw.localhost:${port}`),
			);
			const client = new Client(new Credential(secretId, secretKey), region, profile);
			const request = new Models[`${action}Request`]();
			request.from_json_string(JSON.stringify(params));
			return new Promise((resolve, reject) => {
				client[action](request, (error, answer) => {
					if (error) reject(error);
					else resolve(answer);
				});
			});
		},
		close: () => {
			http.globalAgent.destroy();
			http.globalAgent = globalAgent;
			if (proxy !== undefined) process.env.http_proxy = proxy;
		},
	};
}
