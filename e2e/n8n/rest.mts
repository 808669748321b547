/** The API of n8n's own editor. */
import { randomUUID } from 'node:crypto';

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

/** The person who owns every instance here. */
export const OWNER: Owner = {
	email: 'owner@example.com',
	firstName: 'Ada',
	lastName: 'Owner',
	password: 'Example-Password-1',
};

/** An answer of n8n's own API other than 2xx. */
export class RestError extends Error {
	readonly status: number;

	constructor(status: number, answer: string, request: string) {
		super(`${request} was answered with ${status}: ${answer}`);
		this.status = status;
	}
}

/** The API that n8n's editor uses, as a person who has logged in. */
export class Rest {
	#cookie = '';

	/** n8n binds a session to the browser that it was opened in. */
	readonly #browserId = randomUUID();

	readonly #url: string;

	readonly #owner: Owner;

	constructor(url: string, owner = OWNER) {
		this.#url = url;
		this.#owner = owner;
	}

	async call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${this.#url}/rest/${path}`, {
			method,
			headers: {
				'browser-id': this.#browserId,
				...(this.#cookie && { cookie: this.#cookie }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new RestError(response.status, text, `${method} /rest/${path}`);
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (cookies.length > 0) this.#cookie = cookies.join('; ');
		const answer = (text === '' ? undefined : JSON.parse(text)) as { data: Answer };
		return answer?.data;
	}

	/** Of any path of the server. */
	async bytes(path: string): Promise<Buffer> {
		const headers = { 'browser-id': this.#browserId, cookie: this.#cookie };
		const response = await fetch(`${this.#url}/${path}`, { headers });
		const bytes = Buffer.from(await response.arrayBuffer());
		if (!response.ok) throw new RestError(response.status, bytes.toString(), `GET /${path}`);
		return bytes;
	}

	/** By a page that gives a session and sends on; returns where to. */
	async enter(link: string): Promise<string> {
		const { headers } = await fetch(link, { redirect: 'manual' });
		this.#cookie = headers
			.getSetCookie()
			.map((cookie) => cookie.split(';')[0])
			.join('; ');
		return headers.get('location') ?? '';
	}

	/** As the owner, who is set up where there is none yet. */
	async logIn(): Promise<void> {
		const { userManagement } = await this.call<{
			userManagement: { showSetupOnFirstLoad: boolean };
		}>('GET', 'settings');
		if (userManagement.showSetupOnFirstLoad) {
			await this.call('POST', 'owner/setup', this.#owner);
			return;
		}
		const { email, password } = this.#owner;
		await this.call('POST', 'login', { email, emailOrLdapLoginId: email, password });
	}
}
