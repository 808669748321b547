/**
 * What is known about the service, as data: actions, their parameters and answers, the structures
 * they are made of. Everything else in this directory reads it from here.
 */
import actionsFile from './facts/actions.json' with { type: 'json' };
import typesFile from './facts/types.json' with { type: 'json' };

export interface FieldFact {
	name: string;
	/** `String`, `Integer`, `Float`, `Boolean`, the name of a structure, or `Array<…>` of one of them. */
	type: string;
	description?: string;
	required?: boolean;
	nullable?: boolean;
	unsigned?: boolean;
	secret?: boolean;
	/** Where the parameter is known; everywhere, if left out. */
	sites?: string[];
	enum?: Array<string | number>;
	itemsEnum?: Array<string | number>;
	min?: number;
	max?: number;
	/** The limits themselves are not allowed. */
	exclusiveRange?: boolean;
	maxLength?: number;
	maxLengthUnit?: string;
	minItems?: number;
	maxItems?: number;
	pattern?: string;
	format?: string;
	default?: string | number | boolean;
}

export interface AsyncTaskFact {
	statusField: string;
	running: string[];
	finished: string[];
	failed: string[];
	createdBy: string;
	describeAction: string;
	taskIdParam: string | null;
	taskIdResponseField: string;
	terminalErrorCodes: string[];
}

export interface ActionFact {
	name: string;
	group: string;
	sites: string[];
	readOnly: boolean;
	regions: Record<string, { only: string[] | null }>;
	params: FieldFact[];
	response: FieldFact[];
	asyncTask: AsyncTaskFact | null;
	errorCodes: Record<string, string[]>;
	/** Not in any model, but sent by the official examples: so the service must take them. */
	exampleOnlyParams?: FieldFact[];
}

export interface TypeFact {
	name: string;
	fields: FieldFact[];
}

/** One product of the cloud: the name signatures are scoped to, and one version of its actions. */
export interface ServiceFact {
	name: string;
	version: string;
	actions: readonly ActionFact[];
	/** Null: the service does not care. */
	regions: readonly string[] | null;
}

export const ACTIONS = actionsFile.actions as unknown as readonly ActionFact[];
export const TYPES = typesFile.types as unknown as readonly TypeFact[];
export const RATE_LIMIT_PER_SECOND = actionsFile.rateLimitPerSecond;
/** Quotas of the service: a hundred tasks of a kind at once, document types, longest recording. */
export const MAX_CONCURRENT_TASKS = actionsFile.limits.concurrentTranscodes;
export const TRANSCODE_LIMITS = actionsFile.limits.transcode;
export const RECORDING_LIMITS = actionsFile.limits.recordingAutoStop;

export const TIW: ServiceFact = {
	name: actionsFile.service,
	version: actionsFile.version,
	actions: ACTIONS,
	regions: [
		...new Set([...actionsFile.regions.international.values, ...actionsFile.regions.china.values]),
	],
};

const answerString = (name: string): FieldFact => ({ name, type: 'String', nullable: false });

/** The one action of another product that a key pair can be tried with, without any side effect. */
export const STS: ServiceFact = {
	name: 'sts',
	version: '2018-08-13',
	regions: null,
	actions: [
		{
			name: 'GetCallerIdentity',
			group: 'Identity',
			sites: ['international', 'china'],
			readOnly: true,
			regions: {},
			params: [],
			response: ['Arn', 'AccountId', 'UserId', 'PrincipalId', 'Type', 'RequestId'].map(
				answerString,
			),
			asyncTask: null,
			errorCodes: {},
		},
	],
};

export const SERVICES: readonly ServiceFact[] = [TIW, STS];

const actionsByName = new Map(
	SERVICES.flatMap((service) =>
		service.actions.map((action) => [action.name, { service, action }] as const),
	),
);
const typesByName = new Map(TYPES.map((type) => [type.name, type]));

export function findAction(name: string): { service: ServiceFact; action: ActionFact } | undefined {
	return actionsByName.get(name);
}

export function findType(name: string): TypeFact | undefined {
	return typesByName.get(name);
}

/** The `X` of `Array<X>`; undefined for anything that is no list. */
export function itemType(type: string): string | undefined {
	return /^Array<(.+)>$/.exec(type)?.[1];
}

/** Every parameter the action takes, those of the official examples included. */
export function parametersOf(action: ActionFact): FieldFact[] {
	return [...action.params, ...(action.exampleOnlyParams ?? [])];
}

/** The error codes that either site lists for the action. */
export function listsErrorCode(action: ActionFact, code: string): boolean {
	return Object.values(action.errorCodes).some((codes) => codes.includes(code));
}

/**
 * The regions in which either site offers the action. Where no page names one, the service's own
 * regions stand in; null means that the region is not looked at.
 */
export function regionsOf(service: ServiceFact, action: ActionFact): readonly string[] | null {
	const named = Object.values(action.regions);
	if (named.length === 0 || named.some((site) => site.only === null)) return service.regions;
	return [...new Set(named.flatMap((site) => site.only ?? []))];
}
