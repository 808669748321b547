/** A service that stores callbacks and knows tasks, and n8n's contexts of the trigger on top of it. */
import type {
	IDataObject,
	IHookFunctions,
	IHttpRequestOptions,
	INode,
	INodeParameters,
	IWebhookFunctions,
} from 'n8n-workflow';

export const APP = 1400000001;
export const SECRET_KEY = 'ExampleSecretKey0000000000000000';
export const NODE = {
	id: 'n1',
	name: 'Trigger',
	type: 'n8n-nodes-tencent-whiteboard.tencentWhiteboardTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	webhookId: '5a0e',
} as INode;

export const PRODUCTION = 'https://n8n.example.com/webhook/5a0e/webhook';
export const TEST = 'https://n8n.example.com/webhook-test/5a0e/webhook';

/** A process that ends: nothing that it does later happens. */
export class Crash extends Error {}

export type Answer = IDataObject | ((body: IDataObject) => IDataObject | Promise<IDataObject>);

let accounts = 0;

export class Service {
	/** Each has its own: an account has a limited rate. */
	readonly secretId = `AKIDEXAMPLE${String((accounts += 1)).padStart(25, '0')}`;

	stored: Record<string, { Callback: string; CallbackKey: string }> = {};
	calls: Array<{ action: string; body: IDataObject; region: unknown }> = [];
	/** Answers of actions that are about no callback. */
	answers: Record<string, Answer> = {};
	/** What happens after so many calls from now on. */
	private ending: { left: number; before: boolean } | undefined;

	constructor(readonly callback = 'OnlineRecordCallback') {}

	get place() {
		return (this.stored[this.callback] ??= { Callback: '', CallbackKey: '' });
	}

	set(Callback: string, CallbackKey: string): void {
		this.stored[this.callback] = { Callback, CallbackKey };
	}

	/** @param before The last call does not reach the service; otherwise its answer is lost */
	crashAt(call: number, before = false): void {
		this.ending = { left: call, before };
	}

	restart(): void {
		this.ending = undefined;
	}

	get actions() {
		return this.calls.map(({ action }) => action);
	}

	/** n8n's helper for signed requests. */
	readonly request = async (_: string, { headers, body }: IHttpRequestOptions) => {
		const action = String(headers!['X-TC-Action']);
		if (this.ending) {
			if (this.ending.left <= 0) throw new Crash();
			this.ending.left -= 1;
			if (this.ending.left === 0 && this.ending.before) throw new Crash();
		}
		const given = JSON.parse(JSON.stringify(body)) as IDataObject;
		this.calls.push({ action, body: given, region: headers!['X-TC-Region'] });
		const Response = { RequestId: 'r', ...(await this.answer(action, given)) };
		if (this.ending?.left === 0) throw new Crash();
		return { statusCode: 200, headers: {}, body: JSON.stringify({ Response }) };
	};

	private async answer(action: string, { SdkAppId: _, ...values }: IDataObject) {
		const [, verb, callback] = /^(Set|Describe)(\w+Callback)(?:Key)?$/.exec(action) ?? [];
		if (verb) {
			const stored = (this.stored[callback] ??= { Callback: '', CallbackKey: '' });
			if (verb === 'Set') Object.assign(stored, values);
			return verb === 'Set' ? {} : { ...stored };
		}
		const answer = this.answers[action];
		if (!answer) return { Error: { Code: 'InvalidAction', Message: action } };
		return typeof answer === 'function' ? await answer(values) : answer;
	}
}

export interface Log {
	level: string;
	message: string;
}

interface Options {
	parameters?: INodeParameters;
	staticData?: IDataObject;
	url?: string;
	activation?: string;
	credential?: IDataObject | Error;
	logs?: Log[];
	node?: Partial<INode>;
}

const baseOf = (service: Service, options: Options) => {
	const { parameters = {}, staticData = {}, credential = {}, logs = [], node } = options;
	const given: INodeParameters = { resource: 'recording', sdkAppId: APP, ...parameters };
	const log = (level: string) => (message: string) => void logs.push({ level, message });
	return {
		getNode: () => ({ ...NODE, ...node }),
		getWorkflow: () => ({ id: 'w1', name: 'W', active: true }),
		getMode: () => 'webhook',
		getNodeParameter: (name: string, fallback?: unknown) => given[name] ?? fallback,
		getWorkflowStaticData: () => staticData,
		getCredentials: async () => {
			if (credential instanceof Error) throw credential;
			return {
				secretId: service.secretId,
				secretKey: SECRET_KEY,
				site: 'international',
				...credential,
			};
		},
		logger: { info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug') },
		helpers: { httpRequestWithAuthentication: service.request },
	};
};

export function hooks(service: Service, options: Options = {}): IHookFunctions {
	const { url = PRODUCTION, activation = 'activate' } = options;
	return {
		...baseOf(service, options),
		getNodeWebhookUrl: () => url,
		getActivationMode: () => activation,
	} as unknown as IHookFunctions;
}

export interface Reply {
	status?: number;
	body?: unknown;
	/** In milliseconds since the context was made. */
	after?: number;
}

/** @param body Bytes of the request, or what is made JSON */
export function webhooks(
	service: Service,
	body: unknown,
	options: Options & { parsed?: unknown } = {},
): { context: IWebhookFunctions; reply: Reply } {
	const reply: Reply = {};
	const from = performance.now();
	const response = {
		headersSent: false,
		status(status: number) {
			reply.status = status;
			return response;
		},
		json(answer: unknown) {
			response.headersSent = true;
			Object.assign(reply, { body: answer, after: performance.now() - from });
		},
	};
	const text = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
	const rawBody = options.parsed === undefined ? Buffer.from(text as string) : undefined;
	const context = {
		...baseOf(service, options),
		getRequestObject: () => ({ rawBody }),
		getBodyData: () => options.parsed,
		getResponseObject: () => response,
	} as unknown as IWebhookFunctions;
	return { context, reply };
}
