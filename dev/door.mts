/** A page that signs its visitor in to n8n: a cookie of one port of a machine is a cookie of all. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { HOST } from '../e2e/n8n/environment.mts';
import type { Owner } from '../e2e/n8n/rest.mts';

export interface Door {
	/** Nobody else knows it. */
	url: string;
	close(): Promise<void>;
}

/** Without the ID of a browser the session is bound to none. */
async function sessionOf(n8nUrl: string, { email, password }: Owner): Promise<string[]> {
	const response = await fetch(`${n8nUrl}/rest/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email, emailOrLdapLoginId: email, password }),
	});
	if (!response.ok) throw new Error(`n8n does not sign in ${email}: ${await response.text()}`);
	return response.headers.getSetCookie();
}

export async function openDoor(n8nUrl: string, owner: Owner): Promise<Door> {
	const path = `/${randomBytes(16).toString('hex')}`;
	const server = createServer((request, response) => {
		if (request.url !== path) {
			response.writeHead(404).end();
			return;
		}
		sessionOf(n8nUrl, owner).then(
			(cookies) =>
				response
					.writeHead(302, { 'set-cookie': cookies, location: `${n8nUrl}/home/workflows` })
					.end(),
			(error: Error) =>
				response.writeHead(502, { 'content-type': 'text/plain' }).end(error.message),
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, HOST, resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://${HOST}:${port}${path}`,
		close: async () => {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			await closed;
		},
	};
}
