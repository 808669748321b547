/** The applications of the account. */
import { ApiError } from './api-error.mts';
import type { Params } from './params.mts';
import { localTime } from './times.mts';
import type { Call, Handler } from './world.mts';

export interface Application {
	sdkAppId: number;
	/** `Application 1400000001` where left out. */
	appName?: string;
	/** Unix seconds; 1 January 2024 where left out. */
	createTime?: number;
	tags?: Array<{ TagKey: string; TagValue: string }>;
}

const CREATED = Date.UTC(2024, 0, 1) / 1000;
/** The account's own number. */
const APP_ID = 1250000001;
/** There is one at least, so that a list has something to show. */
const EXAMPLE: Application = { sdkAppId: 1400127230, appName: 'Example' };

export class Applications {
	/** Any SdkAppId is fine, whether it is listed or not. */
	readonly #open: boolean;
	readonly #initial: readonly Application[];
	readonly #byId = new Map<number, Required<Application>>();
	/** Whether the service has been tried out already. */
	trial = false;

	constructor(given?: ReadonlyArray<number | Application>) {
		this.#open = given === undefined;
		this.#initial = (given ?? [EXAMPLE]).map((one) =>
			typeof one === 'number' ? { sdkAppId: one } : one,
		);
		this.reset();
	}

	/** Back to those of the beginning. */
	reset(): void {
		this.trial = false;
		this.#byId.clear();
		for (const application of this.#initial) this.add(application);
	}

	add({ sdkAppId, appName, createTime = CREATED, tags = [] }: Application): Required<Application> {
		const name = appName || `Application ${sdkAppId}`;
		const application = { sdkAppId, appName: name, createTime, tags };
		this.#byId.set(sdkAppId, application);
		return application;
	}

	isKnown(sdkAppId: number): boolean {
		return this.#open || this.#byId.has(sdkAppId);
	}

	find(sdkAppId: number): Required<Application> | undefined {
		return this.#byId.get(sdkAppId);
	}

	list(): Array<Required<Application>> {
		return [...this.#byId.values()];
	}
}

function create({ params, now, world }: Call): Params {
	const sdkAppId = params.SdkAppId as number;
	if (world.applications.find(sdkAppId)) {
		throw new ApiError(
			'InvalidParameter.ApplicationAlreadyExists',
			`There is an application ${sdkAppId} already.`,
		);
	}
	const { appName } = world.applications.add({
		sdkAppId,
		appName: params.AppName as string | undefined,
		createTime: now / 1000,
		tags: params.TagList as Application['tags'],
	});
	return { AppId: APP_ID, AppName: appName, SdkAppId: sdkAppId };
}

function modify({ params, world }: Call): Params {
	const application = world.applications.find(params.SdkAppId as number);
	const appName = params.AppName as string;
	world.applications.add({ ...application, sdkAppId: params.SdkAppId as number, appName });
	return {};
}

function describeAll({ world }: Call): Params {
	const ApplicationInfos = world.applications.list().map((application) => ({
		SdkAppId: application.sdkAppId,
		AppName: application.appName,
		CreateTime: localTime(application.createTime * 1000),
		TagList: application.tags,
	}));
	return { ApplicationInfos, AllOption: 1 };
}

function applyForTrial({ world }: Call): Params {
	if (world.applications.trial) {
		throw new ApiError('FailedOperation.AlreadyEnabled', 'The service is activated already.');
	}
	world.applications.trial = true;
	return {};
}

export const applicationHandlers: Record<string, Handler> = {
	ApplyTiwTrial: applyForTrial,
	CreateApplication: create,
	ModifyApplication: modify,
	DescribeApplicationInfos: describeAll,
	DescribeAPIService: () => ({ ResponseData: '{}' }),
	DescribeUserStatus: () => ({
		AppId: APP_ID,
		IsTiwUser: 1,
		IsSaaSUser: 0,
		IsTiwOfflineRecordUser: 0,
		IsAuthenticated: 1,
	}),
};
