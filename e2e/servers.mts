/** What the examples talk to besides the whiteboard service: a store, a mail server, a chat webhook, a language model. All on loopback. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

const HOST = '127.0.0.1';
const requireHere = createRequire(import.meta.url);

async function listen(server: Server | NetServer): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, HOST, resolve);
	});
	return (server.address() as AddressInfo).port;
}

/** An S3-compatible store; its files live in a temporary folder until it is closed. */
export interface Store {
	url: string;
	bucket: string;
	/** What n8n's credential of the type `s3` holds. */
	credential: Record<string, string | boolean>;
	/** Every stored object, by key. */
	objects(): Map<string, Buffer>;
	contentType(key: string): string;
	close(): Promise<void>;
}

/** The part of s3rver used here. Types of its own would need its package installed to check this file. */
type S3rver = new (options: object) => {
	configureBuckets(): Promise<unknown>;
	callback(): (request: unknown, response: unknown) => void;
};

const OBJECT = '._S3rver_object';
const METADATA = '._S3rver_metadata.json';

export async function startStore(bucket = 'whiteboards'): Promise<Store> {
	const S3rver = requireHere('s3rver') as S3rver;
	const directory = mkdtempSync(join(tmpdir(), 'whiteboard-store-'));
	const store = new S3rver({
		directory,
		silent: true,
		vhostBuckets: false,
		configureBuckets: [{ name: bucket, configs: [] }],
	});
	await store.configureBuckets();
	const server = createServer(store.callback());
	const url = `http://${HOST}:${await listen(server)}`;
	const root = join(directory, bucket);
	return {
		url,
		bucket,
		credential: {
			endpoint: url,
			region: 'us-east-1',
			accessKeyId: 'S3RVER',
			secretAccessKey: 'S3RVER',
			forcePathStyle: true,
			ignoreSSLIssues: false,
		},
		objects: () =>
			new Map(
				readdirSync(root, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.name.endsWith(OBJECT))
					.map(({ parentPath, name }): [string, Buffer] => {
						const path = join(parentPath, name);
						const key = relative(root, path).slice(0, -OBJECT.length).split(sep).join('/');
						return [key, readFileSync(path)];
					})
					.sort(([first], [second]) => (first < second ? -1 : 1)),
			),
		contentType(key) {
			const metadata = JSON.parse(readFileSync(join(root, key + METADATA), 'utf8')) as object;
			return (metadata as Record<string, string>)['content-type'];
		},
		close: async () => {
			await closeServer(server);
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

export interface Mail {
	from: string;
	to: string;
	subject: string;
	text: string;
	attachments: Array<{ fileName: string; contentType: string; content: Buffer }>;
}

/** A mail server that takes every letter, and gives it back read. */
export interface Mailbox {
	/** What n8n's credential of the type `smtp` holds. */
	credential: Record<string, string | number | boolean>;
	mails: Mail[];
	close(): Promise<void>;
}

interface ParsedMail {
	from: { text: string };
	to: { text: string };
	subject: string;
	text: string;
	attachments: Array<{ filename: string; contentType: string; content: Buffer }>;
}

interface Login {
	username: string;
	password: string;
}

/** The parts of smtp-server and mailparser used here. */
interface SmtpServerClass {
	SMTPServer: new (options: {
		authMethods: string[];
		allowInsecureAuth: boolean;
		disabledCommands: string[];
		onAuth(
			login: Login,
			session: unknown,
			done: (error: Error | null, answer?: object) => void,
		): void;
		onData(stream: Readable, session: unknown, done: (error?: Error) => void): void;
	}) => { server: NetServer; close(done: () => void): void };
}
interface MailParser {
	simpleParser(source: Buffer): Promise<ParsedMail>;
}

export async function startMailbox(): Promise<Mailbox> {
	const { SMTPServer } = requireHere('smtp-server') as SmtpServerClass;
	const { simpleParser } = requireHere('mailparser') as MailParser;
	const mails: Mail[] = [];
	const [user, password] = ['school', 'example password'];

	async function take(stream: Readable): Promise<void> {
		const { from, to, subject, text, attachments } = await simpleParser(await buffer(stream));
		mails.push({
			from: from.text,
			to: to.text,
			subject,
			text,
			attachments: attachments.map(({ filename, contentType, content }) => ({
				fileName: filename,
				contentType,
				content,
			})),
		});
	}

	const smtp = new SMTPServer({
		authMethods: ['PLAIN', 'LOGIN'],
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		onAuth: (login, _session, done) =>
			login.username === user && login.password === password
				? done(null, { user })
				: done(new Error('Wrong user or password')),
		onData: (stream, _session, done) => void take(stream).then(() => done(), done),
	});
	const port = await listen(smtp.server);
	return {
		credential: { user, password, host: HOST, port, secure: false, disableStartTls: true },
		mails,
		close: async () => await new Promise<void>((resolve) => smtp.close(resolve)),
	};
}

/** A chat group's webhook: it keeps what is posted to it and answers as WeCom does. */
export interface Receiver {
	url: string;
	posts: Array<{ path: string; headers: IncomingHttpHeaders; body: unknown }>;
	close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
	const posts: Receiver['posts'] = [];
	const server = createServer((request, response) => {
		void buffer(request).then((body) => {
			const { url: path = '', headers } = request;
			posts.push({ path, headers, body: JSON.parse(body.toString()) as unknown });
			response.setHeader('Content-Type', 'application/json');
			response.end(JSON.stringify({ errcode: 0, errmsg: 'ok' }));
		});
	});
	return {
		url: `http://${HOST}:${await listen(server)}`,
		posts,
		close: async () => await closeServer(server),
	};
}

/** What a language model is asked, in OpenAI's form. */
export interface ModelRequest {
	messages: Array<{ role: string; content: string }>;
	tools: Array<{
		function: {
			name: string;
			description: string;
			parameters: { properties: Record<string, { description: string }> };
		};
	}>;
}

/** A language model with OpenAI's API: it calls the tool that it is told to, and then repeats what the tool said. */
export interface Model {
	/** What n8n's credential of the type `openAiApi` holds. */
	credential: Record<string, string>;
	requests: ModelRequest[];
	/** What it calls the first tool with. */
	toolInput: Record<string, string>;
	close(): Promise<void>;
}

export async function startModel(): Promise<Model> {
	const requests: ModelRequest[] = [];
	const model: Pick<Model, 'toolInput'> = { toolInput: {} };

	function reply({ messages, tools }: ModelRequest): object {
		const last = messages.at(-1);
		if (last?.role === 'tool') return { role: 'assistant', content: last.content };
		const call = { name: tools[0].function.name, arguments: JSON.stringify(model.toolInput) };
		return {
			role: 'assistant',
			content: null,
			tool_calls: [{ id: 'call_1', type: 'function', function: call }],
		};
	}

	const server = createServer((request, response) => {
		void buffer(request).then((body) => {
			const asked = JSON.parse(body.toString()) as ModelRequest;
			requests.push(asked);
			const message = reply(asked);
			response.setHeader('Content-Type', 'application/json');
			response.end(
				JSON.stringify({
					id: 'chatcmpl-1',
					object: 'chat.completion',
					created: 0,
					model: 'example',
					choices: [
						{ index: 0, message, finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop' },
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	const url = `http://${HOST}:${await listen(server)}/v1`;
	return Object.assign(model, {
		credential: { apiKey: 'an example key', url },
		requests,
		close: async () => await closeServer(server),
	});
}

async function closeServer(server: Server): Promise<void> {
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	server.closeAllConnections();
	await closed;
}
