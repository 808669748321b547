/** Credentials the way n8n's server hands them to nodes: defaults, expressions, authentication. */
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	ICredentialsHelper,
	IExecuteData,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeParameters,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Registry } from './registry.mts';
import { NO_OP } from './stand-ins.mts';

export interface StoredCredential {
	type: string;
	data: ICredentialDataDecryptedObject;
}

/** What expressions in credential data are evaluated in when no node is at hand. */
const NOWHERE = 'Credential';

export class CredentialStore implements ICredentialsHelper {
	readonly registry: Registry;
	readonly stored: Map<string, StoredCredential>;

	constructor(registry: Registry, credentials: Record<string, StoredCredential>) {
		this.registry = registry;
		this.stored = new Map(Object.entries(structuredClone(credentials)));
		for (const [name, { type }] of this.stored) {
			if (!registry.hasCredentialType(type)) {
				throw new Error(`Credential "${name}": unknown credential type ${type}`);
			}
		}
	}

	byName(name: string): StoredCredential {
		const credential = this.stored.get(name);
		if (!credential) throw new Error(`No credential is named "${name}"`);
		return credential;
	}

	/** A workflow refers to a credential by id and name; here its name counts, and the id may be a name. */
	#find({ id, name }: INodeCredentialsDetails, type: string): StoredCredential {
		for (const key of [name, id]) {
			const credential = key ? this.stored.get(key) : undefined;
			if (credential?.type === type) return credential;
		}
		const known = [...this.stored].map(([key, credential]) => `"${key}" (${credential.type})`);
		throw new this.registry.runtime.workflow.UserError(
			`Credential "${name}" of type "${type}" does not exist. There ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}.`,
		);
	}

	getParentTypes(typeName: string): string[] {
		const { registry } = this;
		if (!registry.hasCredentialType(typeName)) return [];
		const parents = registry.credentialType(typeName).extends ?? [];
		return [...parents, ...parents.flatMap((parent) => this.getParentTypes(parent))];
	}

	isCredentialUsableByNode(credentialType: string, nodeType: string): boolean {
		const { registry } = this;
		if (!registry.hasCredentialType(credentialType)) return true;
		if (!registry.credentialType(credentialType).restrictToSupportedNodes) return true;
		return registry.supportedNodes(credentialType).includes(nodeType);
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		const { NodeHelpers } = this.registry.runtime.workflow;
		const credentialType = this.registry.credentialType(type);
		if (!credentialType.extends) return credentialType.properties;
		const properties: INodeProperties[] = [];
		for (const parent of credentialType.extends) {
			NodeHelpers.mergeNodeProperties(properties, this.getCredentialsProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(properties, credentialType.properties);
		return properties;
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		place?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const data = structuredClone(this.#find(details, type).data);
		return raw ? data : await this.resolve(additionalData, data, type, mode, executeData, place);
	}

	/** Applies the defaults of the type's fields, then resolves the expressions in them. */
	async resolve(
		additionalData: IWorkflowExecuteAdditionalData,
		data: ICredentialDataDecryptedObject,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		place?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const { core, workflow } = this.registry.runtime;
		const complete = workflow.NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			data as INodeParameters,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		// Not fields of the type, yet n8n keeps them: they limit where the credential may be sent.
		for (const name of ['allowedHttpRequestDomains', 'allowedDomains']) {
			if (data[name] !== undefined) complete[name] ??= data[name];
		}

		const keys = core.getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		if (place) {
			try {
				return place.workflow.expression.getParameterValue(
					complete as INodeParameters,
					place.runExecutionData,
					place.runIndex,
					place.itemIndex,
					place.node.name,
					place.connectionInputData,
					mode,
					keys,
					executeData,
					false,
					complete,
				) as ICredentialDataDecryptedObject;
			} catch (error) {
				if (error instanceof Error) error.message += ' [Error resolving credentials]';
				throw error;
			}
		}

		const node: INode = {
			id: NOWHERE,
			name: NOWHERE,
			type: NO_OP,
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const { expression } = new workflow.Workflow({
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: this.registry,
		});
		return expression.getComplexParameterValue(
			node,
			complete as INodeParameters,
			mode,
			keys,
			undefined,
			undefined,
			complete,
		) as ICredentialDataDecryptedObject;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.registry.credentialType(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		if (authenticate?.type !== 'generic') return options;

		if (!workflow || !node) throw new Error('Generic authentication needs a workflow and a node');
		const resolve = (value: string): string => {
			if (!value.startsWith('=')) return value;
			const resolved = workflow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return resolved ? String(resolved) : '';
		};
		const target = options as unknown as Record<string, Record<string, string> | undefined>;
		target.headers ??= {};
		for (const [part, entries] of Object.entries(authenticate.properties)) {
			const values = (target[part] ??= {});
			for (const [key, value] of Object.entries(entries as Record<string, string>)) {
				values[resolve(key)] = resolve(value);
			}
		}
		return options;
	}

	/** For types that fetch a short-lived token first and keep it in a hidden, expirable field. */
	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication, properties } = this.registry.credentialType(typeName);
		const field = properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
		)?.name;
		if (!preAuthentication || !field) return undefined;

		const isTest = node.type === NO_OP && node.parameters.temp === '';
		if (credentials[field] !== '' && !credentialsExpired && !isTest) return undefined;

		const output = (await preAuthentication.call(
			helpers,
			credentials,
		)) as ICredentialDataDecryptedObject;
		const details = node.credentials?.[typeName];
		if (output[field] === undefined || !details) return undefined;
		const stored = this.#find(details, typeName).data;
		await this.updateCredentials(details, typeName, { ...stored, ...output });
		return Object.assign(credentials, output);
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication } = this.registry.credentialType(typeName);
		const output = await preAuthentication?.call(helpers, credentials);
		return output as ICredentialDataDecryptedObject | undefined;
	}

	async updateCredentials(
		details: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.#find(details, type).data = structuredClone(data);
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('This engine keeps no encrypted credentials (OAuth is not supported)');
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error('This engine does not support OAuth');
	}
}
