/** Settings that are stored for an application and given back: callbacks, buckets. */
import { ACTIONS, findType } from './facts.mts';
import type { Params } from './params.mts';
import type { Call, Handler } from './world.mts';

export class Settings {
	readonly #stored = new Map<string, Params>();

	/** What is stored under a name for an application. */
	get(name: string, sdkAppId: number): Params {
		return this.#stored.get(`${sdkAppId} ${name}`) ?? {};
	}

	/** Adds to what is stored there already. */
	set(name: string, sdkAppId: number, values: Params): void {
		this.#stored.set(`${sdkAppId} ${name}`, { ...this.get(name, sdkAppId), ...values });
	}

	/** Whether anything at all is registered to be called. */
	hasCallbacks(): boolean {
		return [...this.#stored].some(([key, { Callback }]) => key.endsWith('Callback') && Callback);
	}

	reset(): void {
		this.#stored.clear();
	}
}

/** SetTranscodeCallback and SetTranscodeCallbackKey store what DescribeTranscodeCallback gives back. */
function callbackHandler(name: string): Handler | undefined {
	const [, verb, kind] = /^(Set|Describe)(\w+)Callback(?:Key)?$/.exec(name) ?? [];
	if (verb === undefined) return undefined;
	const setting = `${kind}Callback`;
	return ({ params: { SdkAppId, ...values }, world }) => {
		const sdkAppId = SdkAppId as number;
		if (verb === 'Describe') {
			return { Callback: '', CallbackKey: '', ...world.settings.get(setting, sdkAppId) };
		}
		world.callbacks.settle();
		world.settings.set(setting, sdkAppId, values);
		world.callbacks.watch();
		return {};
	};
}

const CONFIG = 'WhiteboardApplicationConfig';
const NO_CONFIG: Params = Object.fromEntries(
	(findType(CONFIG)?.fields ?? []).map(({ name }) => [name, '']),
);

const storeConfig = ({ world }: Call, sdkAppId: number, { TaskType, ...values }: Params) =>
	world.settings.set(`${CONFIG} ${String(TaskType)}`, sdkAppId, values);

/** Every setting of a task type, empty where it was never set. */
function describeConfigs({ params, world }: Call): Params {
	const own = params.SdkAppId as number;
	const applications = (params.SdkAppIds as number[] | null | undefined) ?? [own];
	const Configs = applications.flatMap((SdkAppId) =>
		(params.TaskTypes as string[]).map((TaskType) => ({
			...NO_CONFIG,
			...world.settings.get(`${CONFIG} ${TaskType}`, SdkAppId),
			TaskType,
			SdkAppId,
		})),
	);
	return { SdkAppId: own, Configs };
}

function modifyConfigs(call: Call): Params {
	const { SdkAppId, Configs } = call.params as { SdkAppId: number; Configs: Params[] };
	for (const config of Configs) {
		storeConfig(call, (config.SdkAppId as number | undefined) ?? SdkAppId, config);
	}
	return {};
}

function modifyBucket(call: Call): Params {
	const { SdkAppId, ...values } = call.params;
	storeConfig(call, SdkAppId as number, values);
	return {};
}

export const settingHandlers: Record<string, Handler> = {
	...Object.fromEntries(
		ACTIONS.flatMap(({ name }) => {
			const handler = callbackHandler(name);
			return handler ? [[name, handler]] : [];
		}),
	),
	DescribeWhiteboardApplicationConfig: describeConfigs,
	ModifyWhiteboardApplicationConfig: modifyConfigs,
	ModifyWhiteboardBucketConfig: modifyBucket,
};
