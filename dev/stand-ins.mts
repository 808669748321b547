/** Everything that the examples talk to, on this machine; it says what comes in. */
import {
	CALLBACK_SETTINGS,
	DEMO_KEYS,
	DOCUMENTED_EXAMPLE,
	seedDocumentedExample,
	startEmulator,
} from '../emulator/server.mts';
import type { Emulator, RecordedCall } from '../emulator/server.mts';
import type { StoredCredential } from '../engine/runner.mts';
import { startMailbox, startModel, startReceiver, startStore } from '../e2e/servers.mts';
import type { Post, Receiver, Store } from '../e2e/servers.mts';
import type { Ports } from './folder.mts';

/** Long enough to be seen waiting. */
const RUN_SECONDS = 3;

/** The second task of the nightly example: one that has failed. */
const FAILED_TASK = '0e5ff6b4-3d1c-4c8a-9a9e-7c1b0e5a2f33';

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

export interface StandIns {
	emulator: Emulator;
	store: Store;
	chat: Receiver;
	/** By the names under which the examples have them. */
	credentials: Record<string, StoredCredential>;
	close(): Promise<void>;
}

/** Says who was sent what. */
export type Tell = (who: string, what: string) => void;

/** The kinds of tasks that an application can be called about, by the action that registers its URL. */
const KINDS = new Map(
	Object.entries(CALLBACK_SETTINGS).map(([kind, setting]) => [`Set${setting}`, kind]),
);

/** Whoever listens is to hear something: a task of that kind begins, and ends soon. */
function giveSomethingToHear(emulator: Emulator, { action, params, code }: RecordedCall): void {
	const kind = KINDS.get(action);
	if (code !== null || !params?.Callback || kind === undefined || kind === 'warning') return;
	const task = { sdkAppId: Number(params.SdkAppId), runSeconds: RUN_SECONDS };
	emulator.addTask(kind as Exclude<keyof typeof CALLBACK_SETTINGS, 'warning'>, task);
}

async function startTencentCloud(port: number, tell: Tell): Promise<Emulator> {
	const emulator = await startEmulator({
		port,
		runSeconds: RUN_SECONDS,
		log: (line) => {
			tell('Emulator', line);
			const call = emulator.calls.at(-1);
			if (call) giveSomethingToHear(emulator, call);
			// Nobody asks for them here, and a day's would be many.
			emulator.calls.length = 0;
			emulator.downloads.length = 0;
		},
	});
	seedDocumentedExample(emulator, { runSeconds: RUN_SECONDS });
	emulator.addSnapshotTask({
		sdkAppId: DOCUMENTED_EXAMPLE.sdkAppId,
		taskId: FAILED_TASK,
		runSeconds: 0,
		errorCode: 'InternalError',
		errorMessage: 'The room does not exist any more',
	});
	return emulator;
}

interface ChatMessage {
	markdown?: { content: string };
	text?: { content: string };
}

function messageOf({ body }: Post): string {
	const { markdown, text } = body as ChatMessage;
	return (markdown ?? text)?.content ?? JSON.stringify(body);
}

export async function startStandIns(ports: Ports, tell: Tell): Promise<StandIns> {
	const [emulator, store, chat, mailbox, model] = await Promise.all([
		startTencentCloud(ports.emulator, tell),
		startStore({
			port: ports.store,
			onIncoming: ({ key, size }) => tell('Store', `${key}, ${size} bytes`),
		}),
		startReceiver({
			port: ports.chat,
			onIncoming: (post) => tell('Chat', messageOf(post)),
		}),
		startMailbox({
			port: ports.mailbox,
			onIncoming: ({ to, subject, attachments }) =>
				tell('Mail', `to ${to}: ${subject} (${attachments.length} attached)`),
		}),
		startModel({
			port: ports.model,
			onIncoming: ({ messages }) =>
				tell('Model', `told by the ${messages.at(-1)?.role}: ${messages.at(-1)?.content}`),
		}),
	]);
	model.toolInput = (message) => ({
		Task_ID: UUID.exec(message)?.[0] ?? DOCUMENTED_EXAMPLE.taskId,
	});
	const [{ secretId, secretKey }] = DEMO_KEYS;
	return {
		emulator,
		store,
		chat,
		credentials: {
			'Tencent Cloud account': {
				type: 'tencentCloudApi',
				data: { secretId, secretKey, site: 'custom', endpoint: emulator.url },
			},
			'S3 account': { type: 's3', data: store.credential },
			'SMTP account': { type: 'smtp', data: mailbox.credential },
			'OpenAI account': { type: 'openAiApi', data: model.credential },
		},
		close: async () => {
			const servers = [emulator, store, chat, mailbox, model];
			await Promise.all(servers.map(async (server) => await server.close()));
		},
	};
}
