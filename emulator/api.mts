/** One API call, from the raw request to the fields of its answer, in the order of the real gateway. */
import { HANDLERS } from './actions.mts';
import { ApiError } from './api-error.mts';
import { findAction, listsErrorCode, regionsOf, SERVICES } from './facts.mts';
import type { ActionFact, ServiceFact } from './facts.mts';
import { readParams } from './params.mts';
import type { Params } from './params.mts';
import type { RateLimit } from './rate.mts';
import { validateParams } from './validate.mts';
import { headerOf, parseAuthorization, verifyRequest } from './verify.mts';
import type { AccessKey, RawRequest } from './verify.mts';
import type { World } from './world.mts';

export interface Api {
	world: World;
	keys: readonly AccessKey[];
	rate: RateLimit;
}

export interface Moment {
	/** The emulator's clock, in milliseconds. */
	now: number;
	/** A clock that only goes forward, for the rate. */
	receivedAt: number;
}

/** The service named in the credential scope, as far as there is one. */
export function scopeService(request: RawRequest): string | undefined {
	return parseAuthorization(headerOf(request, 'authorization'))?.service;
}

function requireHeader(request: RawRequest, name: string): string {
	const value = headerOf(request, name.toLowerCase());
	if (!value) throw new ApiError('MissingParameter', `The header ${name} is missing.`);
	return value;
}

function checkRegion(request: RawRequest, service: ServiceFact, action: ActionFact): void {
	const regions = regionsOf(service, action);
	if (regions === null) return;
	const region = requireHeader(request, 'X-TC-Region');
	if (!regions.includes(region)) {
		throw new ApiError(
			'UnsupportedRegion',
			`${action.name} is not offered in the region ${region}, only in ${regions.join(', ')}.`,
		);
	}
}

function checkApplication(action: ActionFact, params: Params, world: World): void {
	const sdkAppId = params.SdkAppId ?? params.SdkAppID;
	if (typeof sdkAppId !== 'number' || world.applications.isKnown(sdkAppId)) return;
	if (action.name === 'CreateApplication') return;
	const code = ['UnauthorizedOperation.SdkAppId', 'InvalidParameter.SdkAppIdNotFound'].find(
		(candidate) => listsErrorCode(action, candidate),
	);
	if (code) throw new ApiError(code, `The account has no application ${sdkAppId}.`);
}

function refuseUnknown(service: string, name: string): never {
	if (!SERVICES.some((known) => known.name === service)) {
		throw new ApiError('NoSuchProduct', `There is no service ${service} here.`);
	}
	throw new ApiError('InvalidAction', `The service ${service} has no action ${name}.`);
}

/** `injected` is an error a test asked for; a wrongly signed request still gets its own. */
export function callApi(
	api: Api,
	request: RawRequest,
	moment: Moment,
	injected?: ApiError,
): Params {
	const name = headerOf(request, 'x-tc-action') ?? '';
	const found = findAction(name);
	const service = found?.service.name ?? scopeService(request) ?? 'tiw';
	const { secretId } = verifyRequest(request, {
		service,
		findKey: (secretId) => api.keys.find((key) => key.secretId === secretId),
		nowSeconds: moment.now / 1000,
	});
	if (injected) throw injected;

	requireHeader(request, 'X-TC-Action');
	if (!found) refuseUnknown(service, name);
	const version = requireHeader(request, 'X-TC-Version');
	if (version !== found.service.version) {
		throw new ApiError(
			'NoSuchVersion',
			`${service} has no version ${version}; it is ${found.service.version}.`,
		);
	}
	if (!api.rate.admits(`${secretId} ${name}`, moment.receivedAt)) {
		throw new ApiError('RequestLimitExceeded', `Too many ${name} requests in one second.`);
	}
	checkRegion(request, found.service, found.action);
	const params = readParams(request, found.action);
	validateParams(found.action, params);
	checkApplication(found.action, params, api.world);

	// Actions without a handler have nothing to answer with but a RequestId.
	return HANDLERS[name]?.({ params, now: moment.now, world: api.world }) ?? {};
}
