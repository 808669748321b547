/**
 * The "Test" button of n8n's credential dialog. The server sends a credential's test request
 * through a node made for the occasion; this does the same with the same parts of n8n-core.
 */
import type {
	ICredentialTestFunction,
	ICredentialTestRequestData,
	ICredentialsDecrypted,
	INode,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeType,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { CredentialStore } from './credentials.mts';
import type { Registry } from './registry.mts';
import { NO_OP } from './stand-ins.mts';

type Test = ICredentialTestRequestData | ICredentialTestFunction;

/** What of an error decides over the message shown. */
interface RequestFailure {
	message?: unknown;
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

const failed = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

/** A `test` on the type comes first, then the `testedBy` of a node that takes the type. */
function findTest(registry: Registry, credentialType: string): Test | undefined {
	const { test } = registry.credentialType(credentialType);
	if (test) return { testRequest: test };

	for (const nodeName of registry.supportedNodes(credentialType)) {
		const node = registry.getByName(nodeName);
		const versions = 'nodeVersions' in node ? Object.values(node.nodeVersions) : [node];
		for (const nodeType of versions) {
			const entry = nodeType.description.credentials?.find(({ name }) => name === credentialType);
			const testedBy = entry?.testedBy;
			if (typeof testedBy === 'object') return { nodeType, testRequest: testedBy };
			if (typeof testedBy === 'string') {
				return versions
					.toReversed()
					.map((version) => version.methods?.credentialTest?.[testedBy])
					.find((method) => method !== undefined);
			}
		}
	}
	return undefined;
}

async function sendTestRequest(
	registry: Registry,
	additionalData: IWorkflowExecuteAdditionalData,
	credentials: ICredentialsDecrypted,
	{ testRequest, nodeType: givenType }: ICredentialTestRequestData,
): Promise<INodeExecutionData[][] | undefined> {
	const { core, workflow } = registry.runtime;
	const base = givenType ?? registry.getByNameAndVersion(NO_OP);
	const nodeType: INodeType = {
		description: {
			...base.description,
			credentials: [{ name: credentials.type, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					default: '',
					routing: { request: testRequest.request },
				},
			],
		},
	};
	const type = givenType ? givenType.description.name : NO_OP;
	const { version } = base.description;
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type,
		typeVersion: Array.isArray(version) ? (version.at(-1) ?? 1) : version,
		position: [0, 0],
		parameters: {},
		credentials: { [credentials.type]: { id: credentials.id, name: credentials.name } },
	};
	const context = new core.ExecuteContext(
		new workflow.Workflow({
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: registry.with(new Map([[type, nodeType]])),
		}),
		node,
		additionalData,
		'internal',
		workflow.createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	return (await new core.RoutingNode(context, nodeType, credentials).runNode()) ?? undefined;
}

function explainFailure(
	error: unknown,
	{ testRequest: { rules = [] } }: ICredentialTestRequestData,
): INodeCredentialTestResult {
	const { cause, message } = error as RequestFailure;
	if (cause?.response) {
		const { status, statusText } = cause.response;
		const rule = rules.find(
			({ type, properties }) => type === 'responseCode' && properties.value === status,
		);
		if (rule) return failed(rule.properties.message);
		if (status < 199 || status > 299) {
			return failed(statusText || `Received HTTP status code: ${status}`);
		}
	} else if (cause?.code) {
		return failed(cause.code);
	}
	return failed(String(message));
}

export async function testCredential(
	store: CredentialStore,
	additionalData: IWorkflowExecuteAdditionalData,
	name: string,
): Promise<INodeCredentialTestResult> {
	const { registry } = store;
	const { core, get } = registry.runtime;
	const { type, data } = store.byName(name);
	const test = findTest(registry, type);
	if (!test) return failed('No testing function found for this credential.');

	const credentials: ICredentialsDecrypted = { id: name, name, type };
	try {
		credentials.data = await store.resolve(additionalData, data, type, 'internal');
	} catch (error) {
		return failed(error instanceof Error ? error.message : String(error));
	}

	if (typeof test === 'function') {
		return await test.call(new core.CredentialTestContext(additionalData), credentials);
	}

	let answer: INodeExecutionData[][] | undefined;
	try {
		answer = await sendTestRequest(registry, additionalData, credentials, test);
	} catch (error) {
		return explainFailure(error, test);
	}
	for (const rule of test.testRequest.rules ?? []) {
		if (rule.type !== 'responseSuccessBody') continue;
		const { key, value, message } = rule.properties;
		if (get(answer?.[0]?.[0]?.json, key) === value) return failed(message);
	}
	return { status: 'OK', message: 'Connection successful!' };
}
