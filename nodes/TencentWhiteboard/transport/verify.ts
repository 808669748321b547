import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	IDataObject,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { signRequest } from '../../../credentials/signing/request';
import { sentence, textOf } from '../text';
import { withSkew } from './call';
import { SkewedClocks } from './clock';
import { access } from './connection';
import type { Credential } from './connection';
import type { Env } from './env';
import {
	apiTarget,
	connectionFault,
	detailOf,
	failed,
	invalidAnswer,
	readAnswer,
	withoutSecrets,
} from './errors';
import type { Fault, HttpAnswer, Outcome } from './errors';
import { system } from './system';
import { TimedOut, watch } from './watchdog';

/** The service that tells whose keys they are, permanent or temporary ones. */
const SERVICE = 'sts';

/** Milliseconds. */
const TIMEOUT = 30_000;

const UNCONFIRMED = {
	message: 'Tencent Cloud did not confirm these keys',
	hint: "Check 'Secret ID', 'Secret Key', 'Site' and 'Endpoint', and that the account may call STS GetCallerIdentity.",
};
const unconfirmed = { hint: `${UNCONFIRMED.message}. ${UNCONFIRMED.hint}` };

const unserved = {
	message: 'This endpoint does not serve STS GetCallerIdentity, which tests the keys',
	hint: "Check 'Site' and 'Endpoint'. A gateway has to pass on requests for the service sts too; without that, the keys can be saved, but not tested.",
};

/** What codes mean where nothing but the credential can be wrong. */
const VERDICTS: Record<string, Partial<Pick<Fault, 'message' | 'hint'>>> = {
	'AuthFailure.InvalidSecretId': {
		message: 'This Secret ID is not an API key',
		hint: 'Take one from Access Management, API Keys.',
	},
	'AuthFailure.SecretIdNotFound': {
		message: 'This Secret ID is unknown on the chosen site',
		hint: "Check it for typos, that the key is enabled, and that 'Site' matches the account.",
	},
	'AuthFailure.SignatureExpire': {
		message: 'The clock of the n8n server is more than five minutes off',
		hint: 'Set it right (NTP) and test again.',
	},
	'AuthFailure.SignatureFailure': {
		message: 'The Secret Key does not belong to this Secret ID',
		hint: 'Copy both again from the same key pair.',
	},
	'AuthFailure.TokenFailure': {
		message: 'The Session Token has expired or belongs to other keys',
		hint: 'Enter new temporary keys with their token, or clear it for permanent keys.',
	},
	'AuthFailure.UnauthorizedOperation': unconfirmed,
	InvalidAction: unserved,
	NoSuchProduct: unserved,
	NoSuchVersion: unserved,
	UnsupportedRegion: {
		message: 'Tencent Cloud does not know this region, or serves no STS there',
		hint: "Clear 'Region', or enter another.",
	},
};

/** Codes whose usual hint speaks of the account and the connection, not of an operation. */
const USUAL = /^(AuthFailure|Ip(In|Not)|RequestLimitExceeded|UnsupportedProtocol)/;

function verdictOn(fault: Fault): Fault {
	const { type, code, retry } = fault;
	if (type !== 'api') return fault;
	if (Object.hasOwn(VERDICTS, code)) return { ...fault, ...VERDICTS[code] };
	if (USUAL.test(code)) return fault;
	return {
		...fault,
		...(retry === 'transient' ? { hint: 'Test again in a few minutes.' } : unconfirmed),
	};
}

/** The test of a credential has no other request helper than this one of old, which does not sign. */
async function send(
	{ helpers }: ICredentialTestFunctions,
	credential: Credential,
	endpoint: string,
	env: Env,
): Promise<HttpAnswer> {
	const { request } = helpers;
	const { url, method, headers, body } = signRequest(
		credential,
		{
			method: 'POST',
			url: `${endpoint}/`,
			headers: {
				'X-TC-Service': SERVICE,
				'X-TC-Action': 'GetCallerIdentity',
				'X-TC-Version': '2018-08-13',
				'X-TC-Language': 'en-US',
			},
		},
		env.date(),
	);
	return (await request({
		method,
		uri: url,
		headers,
		body,
		timeout: TIMEOUT,
		resolveWithFullResponse: true,
		// Whatever its status: the answer is explained here.
		simple: false,
		// The answer as text; n8n reads `json: false` as "leave the body as it is".
		json: false,
		// A redirect would hand the session token on to another host.
		followRedirect: false,
	})) as HttpAnswer;
}

/** Asks whose keys they are. */
async function identify(
	context: ICredentialTestFunctions,
	credential: Credential,
	env: Env,
): Promise<Outcome<IDataObject>> {
	const { endpoint, redact, refusal } = access({ ok: true, value: credential }, SERVICE);
	if (refusal) return failed(refusal);
	const faultOf = (fault: Fault) => failed(withoutSecrets(fault, redact));
	try {
		// The helper's own timeout starts anew with every byte.
		const answer = await watch(
			env,
			{ timeout: TIMEOUT },
			async () => await send(context, credential, endpoint, env),
		);
		const outcome = readAnswer({ ...answer, body: redact.json(answer.body) }, endpoint);
		if (outcome.ok) {
			if (textOf(outcome.value.AccountId)) return outcome;
			const { message, hint } = UNCONFIRMED;
			return faultOf(invalidAnswer(message, hint, outcome.value));
		}
		const fault = verdictOn(outcome.fault);
		if (fault.retry !== 'skewed') return faultOf(fault);
		const { date } = answer.headers;
		const offset = new SkewedClocks().learn(endpoint, date, env.date());
		return faultOf(withSkew(fault, { date, offset }));
	} catch (error) {
		const cause = error instanceof TimedOut ? { code: 'ETIMEDOUT' } : error;
		return faultOf(
			connectionFault(cause, {
				...apiTarget(endpoint),
				slow: 'If the network is slow, test again.',
			}),
		);
	}
}

/**
 * The test of a credential, as n8n's button asks for it: whether Tencent Cloud confirms the keys, and if not,
 * why, and what to do. What the keys may do, it does not tell.
 */
export async function verify(
	context: ICredentialTestFunctions,
	credential: ICredentialDataDecryptedObject | null | undefined,
	env: Env = system,
): Promise<INodeCredentialTestResult> {
	const outcome = await identify(context, (credential ?? {}) as Credential, env);
	if (outcome.ok) {
		return {
			status: 'OK',
			message: `The keys are valid. They belong to the account ${textOf(outcome.value.AccountId)}.`,
		};
	}
	const { fault } = outcome;
	return { status: 'Error', message: `${sentence(fault.message)} ${detailOf(fault)}` };
}
