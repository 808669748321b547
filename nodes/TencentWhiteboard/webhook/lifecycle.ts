import { randomBytes } from 'crypto';
import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { textOf } from '../text';
import { call } from '../transport/call';
import { connect, credentialOf } from '../transport/connection';
import { foreign, inputFault, nodeError } from '../transport/errors';
import { callWith, readParameters } from './parameters';
import type { Parameters } from './parameters';
import { isLocal } from '../transport/public';
import { seal, unseal } from './seal';
import type { Registration } from './seal';

/** The last part of the node's URL, as n8n's own nodes have it. */
const PATH = 'webhook';

/** The parameter of the URL that carries what was registered before. */
const FORMER = 'former';

/** A URL that others take over again and again grows each time; longer ones go without what was before. */
const LONGEST_URL = 1000;

/** Others in a chain of URLs that carry one another. */
const MOST_FORMER = 20;

/** Milliseconds. */
const REQUEST_TIMEOUT = 30_000;

const NOTHING: Registration = { url: '', key: '' };

/** What n8n keeps for the node between its activation and its deactivation. */
interface Kept extends IDataObject {
	/** What Tencent Cloud signs with. */
	key?: string;
	/** What was registered before. */
	former?: Registration & IDataObject;
	/** Where: the parameters may have changed since. */
	resource?: string;
	sdkAppId?: number;
	/** It listens for a test. */
	test?: boolean;
}

/** One application's callback of one family, and the node's own URL for it. */
interface Place extends Parameters {
	context: IHookFunctions;
	endpoint: string;
	secret: string;
	/** The node's URL, without what it carries. */
	url: string;
	kept: Kept;
	send(action: string, body?: IDataObject): Promise<IDataObject>;
}

function keptOf(context: IHookFunctions): Kept {
	const kept = context.getWorkflowStaticData('node') as Kept;
	// Not known otherwise when the test ends.
	if (context.getActivationMode() === 'manual') kept.test = true;
	return kept;
}

async function open(context: IHookFunctions, parameters: Parameters): Promise<Place> {
	const credential = await credentialOf(context);
	if (!credential.ok) throw nodeError(context.getNode(), credential.fault, 0);
	const connection = connect(context, credential, new AbortController().signal);
	return {
		...parameters,
		context,
		endpoint: connection.endpoint,
		secret: textOf(credential.value.secretKey).trim(),
		url: context.getNodeWebhookUrl('default') ?? '',
		kept: keptOf(context),
		async send(action, body) {
			const outcome = await call(
				connection,
				callWith(parameters, credential.value, {
					action,
					readOnly: !body,
					requestTimeout: REQUEST_TIMEOUT,
					body,
				}),
			);
			if (!outcome.ok) throw nodeError(context.getNode(), outcome.fault, 0);
			return outcome.value;
		},
	};
}

async function read({ send, family }: Place): Promise<Registration> {
	const { Callback, CallbackKey } = await send(`Describe${family.callback}`);
	return { url: textOf(Callback), key: textOf(CallbackKey) };
}

/** Two calls, of which either may be the last that is sent: their order matters. */
async function register(
	{ send, family: { callback, setsBoth } }: Place,
	{ url, key }: Registration,
	first: 'url' | 'key',
): Promise<void> {
	const setUrl = async (more = {}) => await send(`Set${callback}`, { Callback: url, ...more });
	const setKey = async () => await send(`Set${callback}Key`, { CallbackKey: key });
	if (setsBoth) await setUrl({ CallbackKey: key });
	else if (first === 'url') {
		await setUrl();
		await setKey();
	} else {
		await setKey();
		await setUrl();
	}
}

/** Host and path up to the node's own part, e.g. `n8n.example.com/webhook-test`; undefined for a foreign URL. */
function baseOf(url: string, context: IHookFunctions): string | undefined {
	if (!URL.canParse(url)) return undefined;
	const { host, pathname } = new URL(url);
	const own = NodeHelpers.getNodeWebhookPath(
		context.getWorkflow().id ?? '',
		context.getNode(),
		PATH,
	);
	return pathname.endsWith(`/${own}`) ? host + pathname.slice(0, -own.length - 1) : undefined;
}

/** Without its last folder. */
const n8nOf = (base = '') => base.slice(0, base.lastIndexOf('/'));

/**
 * Whether what is registered is the node's own. Another n8n may have the same workflow, so a URL at another
 * place is its own by the key alone. For a test the production URL is another's, which comes back when the test
 * has ended; once the workflow is activated no test counts.
 */
function isOwn({ url, key }: Registration, { context, kept, url: current }: Place): boolean {
	const base = baseOf(url, context);
	if (base === undefined) return false;
	const own = baseOf(current, context);
	if (kept.test) return base === own;
	return n8nOf(base) === n8nOf(own) || (key !== '' && key === kept.key);
}

/** What was there before the node: the URL in place tells, even where n8n lost what it had to keep. */
function beneath(inPlace: Registration, place: Place): Registration {
	const { kept, secret, context } = place;
	let found = inPlace;
	for (let count = 0; isOwn(found, place) && count < MOST_FORMER; count += 1) {
		const sealed = new URL(found.url).searchParams.get(FORMER);
		const former = (sealed && unseal(sealed, secret)) || kept.former;
		if (sealed && !former) {
			context.logger.warn(
				'The callback that was registered before this workflow is not known any more: the Secret Key has changed since',
				{ nodeName: context.getNode().name },
			);
		}
		found = former || NOTHING;
	}
	return isOwn(found, place) ? NOTHING : { url: found.url, key: found.key };
}

/** The URL to register. It carries what was before: n8n keeps nothing of an activation that does not end. */
function carrying(former: Registration, { url, secret }: Place): string {
	if (!former.url && !former.key) return url;
	const whole = `${url}?${FORMER}=${seal(former, secret)}`;
	return whole.length > LONGEST_URL ? url : whole;
}

/** Where n8n shows why an activation or a test has failed, it shows the message alone. */
function refuse({ context }: Place, message: string, hint: string): never {
	throw nodeError(context.getNode(), inputFault(message, hint), 0);
}

/** Whether the callback is registered where the parameters say. */
const isAt = ({ resource, sdkAppId }: Kept, parameters: Parameters) =>
	resource === parameters.family.value && sdkAppId === parameters.sdkAppId;

export async function checkExists(context: IHookFunctions): Promise<boolean> {
	const parameters = readParameters(context);
	const kept = keptOf(context);
	if (!kept.key || !isAt(kept, parameters)) return false;
	const place = await open(context, parameters);
	const inPlace = await read(place);
	return inPlace.url.split('?')[0] === place.url && inPlace.key === kept.key;
}

export async function create(context: IHookFunctions): Promise<boolean> {
	const parameters = readParameters(context);
	// One that could not be removed when it was time.
	const left = keptOf(context);
	if (left.key && !isAt(left, parameters)) await remove(context);
	const place = await open(context, parameters);
	const { family, sdkAppId, kept, url, endpoint, replaceExisting, replaceInTests } = place;
	if (isLocal(url) && !isLocal(endpoint)) {
		refuse(
			place,
			`Tencent Cloud cannot reach the webhook URL ${foreign(url)}: set WEBHOOK_URL to the public address of this n8n`,
			'Set that environment variable, and start n8n again',
		);
	}
	const inPlace = await read(place);
	const mayReplace = kept.test ? replaceInTests : replaceExisting;
	if (inPlace.url && !isOwn(inPlace, place) && !mayReplace) {
		const taken = `Tencent Cloud keeps one URL for the ${family.name} events of the application ${sdkAppId}, and another is in place: ${foreign(inPlace.url)}`;
		if (kept.test) {
			refuse(
				place,
				`${taken}. Switch on 'Replace in Tests' to replace it for as long as the test listens`,
				'It is put back when the test ends; the events until then do not reach it',
			);
		}
		refuse(
			place,
			`${taken}. Switch on 'Replace Existing Callback' to take its place, or remove it`,
			'It is put back when the workflow is deactivated',
		);
	}
	const former = beneath(inPlace, place);
	const key = randomBytes(32).toString('hex');
	Object.assign(kept, { key, former, resource: family.value, sdkAppId });
	// The URL first, for it carries the former key as well: with the key first, a crash in between would lose
	// that one, and its owner would meanwhile refuse events. What comes to this URL before the key is
	// there is refused, and sent again by Tencent Cloud.
	await register(place, { url: carrying(former, place), key }, 'url');
	return true;
}

/** n8n ignores what it returns, and would leave other triggers registered if it threw: the log has to tell. */
export async function remove(context: IHookFunctions): Promise<boolean> {
	const nodeName = context.getNode().name;
	try {
		const kept = keptOf(context);
		const place = await open(context, readParameters(context, kept));
		const { family, sdkAppId } = place;
		const inPlace = await read(place);
		if (isOwn(inPlace, place)) {
			// The key first: as long as the URL is in place, it carries what there is left to do.
			await register(place, beneath(inPlace, place), 'key');
		} else if (kept.key) {
			context.logger.warn(
				`The callback of the ${family.name} events of the application ${sdkAppId} is left as it is: the URL is no longer that of this workflow`,
				{ nodeName },
			);
		}
		for (const name of ['key', 'former', 'resource', 'sdkAppId']) delete kept[name];
		return true;
	} catch (error) {
		const { message, description } = error as Error & { description?: string };
		context.logger.error(
			`The callback could not be removed: ${message}. ${description ?? ''} Activate and deactivate the workflow again, or set the callback with the Tencent Whiteboard node.`,
			{ nodeName },
		);
		return false;
	}
}
