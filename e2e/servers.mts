/** What the examples talk to besides the whiteboard service: a store, a mail server, a chat webhook, a language model. All on loopback. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

const HOST = '127.0.0.1';
const requireHere = createRequire(import.meta.url);

async function listen(server: Server | NetServer, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, HOST, resolve);
	});
	return (server.address() as AddressInfo).port;
}

/** On any free port where none is given; each tells of what comes in. */
interface ServerOptions<Incoming> {
	port?: number;
	onIncoming?: (incoming: Incoming) => void;
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

export interface StoredObject {
	key: string;
	/** Bytes. */
	size: number;
}

/** The part of s3rver used here. Types of its own would need its package installed to check this file. */
type S3rver = new (options: object) => {
	configureBuckets(): Promise<unknown>;
	callback(): (request: unknown, response: unknown) => void;
	on(event: 'event', listener: (event: StoreEvent) => void): void;
};

/** As Amazon S3 tells of it. */
interface StoreEvent {
	Records: Array<{ eventName: string; s3: { object: StoredObject } }>;
}

const OBJECT = '._S3rver_object';
const METADATA = '._S3rver_metadata.json';

export async function startStore({
	port = 0,
	onIncoming,
}: ServerOptions<StoredObject> = {}): Promise<Store> {
	const bucket = 'whiteboards';
	const S3rver = requireHere('s3rver') as S3rver;
	const directory = mkdtempSync(join(tmpdir(), 'whiteboard-store-'));
	const store = new S3rver({
		directory,
		silent: true,
		vhostBuckets: false,
		configureBuckets: [{ name: bucket, configs: [] }],
	});
	await store.configureBuckets();
	store.on('event', ({ Records }) => {
		for (const { eventName, s3 } of Records) {
			if (eventName.startsWith('ObjectCreated')) onIncoming?.(s3.object);
		}
	});
	const server = createServer(store.callback());
	const url = `http://${HOST}:${await listen(server, port)}`;
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

export async function startMailbox({
	port: wanted = 0,
	onIncoming,
}: ServerOptions<Mail> = {}): Promise<Mailbox> {
	const { SMTPServer } = requireHere('smtp-server') as SmtpServerClass;
	const { simpleParser } = requireHere('mailparser') as MailParser;
	const mails: Mail[] = [];
	const [user, password] = ['school', 'example password'];

	async function take(stream: Readable): Promise<void> {
		const { from, to, subject, text, attachments } = await simpleParser(await buffer(stream));
		const mail: Mail = {
			from: from.text,
			to: to.text,
			subject,
			text,
			attachments: attachments.map(({ filename, contentType, content }) => ({
				fileName: filename,
				contentType,
				content,
			})),
		};
		mails.push(mail);
		onIncoming?.(mail);
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
	const port = await listen(smtp.server, wanted);
	return {
		credential: { user, password, host: HOST, port, secure: false, disableStartTls: true },
		mails,
		close: async () => await new Promise<void>((resolve) => smtp.close(resolve)),
	};
}

/** A chat group's webhook: it keeps what is posted to it and answers as WeCom does. */
export interface Receiver {
	url: string;
	posts: Post[];
	close(): Promise<void>;
}

export interface Post {
	path: string;
	headers: IncomingHttpHeaders;
	body: unknown;
}

/** A server that answers with JSON; what it cannot read is refused. */
function answering(answer: (request: IncomingMessage, body: Buffer) => object): Server {
	return createServer((request, response) => {
		response.setHeader('Content-Type', 'application/json');
		buffer(request)
			.then((body) => response.end(JSON.stringify(answer(request, body))))
			.catch((error: unknown) => {
				response.statusCode = 400;
				response.end(JSON.stringify({ error: { message: String(error) } }));
			});
	});
}

export async function startReceiver({
	port = 0,
	onIncoming,
}: ServerOptions<Post> = {}): Promise<Receiver> {
	const posts: Post[] = [];
	const server = answering(({ url: path = '', headers }, body) => {
		const post = { path, headers, body: JSON.parse(body.toString()) as unknown };
		posts.push(post);
		onIncoming?.(post);
		return { errcode: 0, errmsg: 'ok' };
	});
	return {
		url: `http://${HOST}:${await listen(server, port)}`,
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

const MODEL = 'gpt-4.1-mini';

/** A language model with OpenAI's API: it calls the tool that it is told to, and then repeats what the tool said. */
export interface Model {
	/** What n8n's credential of the type `openAiApi` holds. */
	credential: Record<string, string>;
	requests: ModelRequest[];
	/** What it calls the first tool with, or how it makes that of the last message. */
	toolInput: ToolInput | ((message: string) => ToolInput);
	close(): Promise<void>;
}

type ToolInput = Record<string, string>;

export async function startModel({
	port = 0,
	onIncoming,
}: ServerOptions<ModelRequest> = {}): Promise<Model> {
	const requests: ModelRequest[] = [];
	const model: Pick<Model, 'toolInput'> = { toolInput: {} };

	function reply({ messages, tools }: ModelRequest): object {
		const last = messages.at(-1);
		if (last?.role === 'tool') return { role: 'assistant', content: last.content };
		const { toolInput } = model;
		const input = typeof toolInput === 'function' ? toolInput(last?.content ?? '') : toolInput;
		const call = { name: tools[0].function.name, arguments: JSON.stringify(input) };
		return {
			role: 'assistant',
			content: null,
			tool_calls: [{ id: 'call_1', type: 'function', function: call }],
		};
	}

	const server = answering(({ method }, body) => {
		// The list of models, by which n8n tests its credential.
		if (method === 'GET') return { object: 'list', data: [{ id: MODEL, object: 'model' }] };
		const asked = JSON.parse(body.toString()) as ModelRequest;
		requests.push(asked);
		onIncoming?.(asked);
		const message = reply(asked);
		const finish_reason = 'tool_calls' in message ? 'tool_calls' : 'stop';
		return {
			id: 'chatcmpl-1',
			object: 'chat.completion',
			created: 0,
			model: MODEL,
			choices: [{ index: 0, message, finish_reason }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	});
	const url = `http://${HOST}:${await listen(server, port)}/v1`;
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
