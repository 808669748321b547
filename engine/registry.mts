/** The node and credential types an engine knows: packages loaded by n8n-core's own loaders, and stand-ins. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageDirectoryLoader } from 'n8n-core';
import type {
	ICredentialType,
	IDataObject,
	INodeType,
	INodeTypes,
	IVersionedNodeType,
} from 'n8n-workflow';
import type { Runtime } from './runtime.mts';
import { BASE_PACKAGE, standIns } from './stand-ins.mts';

/** n8n's own packages; it loads them node by node, from lists made when they were built. */
const LAZY_PACKAGES = new Set([BASE_PACKAGE, '@n8n/n8n-nodes-langchain']);

interface PackageFile {
	name: string;
	n8n?: { nodes?: string[]; credentials?: string[] };
}

async function loadPackage(runtime: Runtime, directory: string): Promise<PackageDirectoryLoader> {
	const { name, n8n } = JSON.parse(
		readFileSync(join(directory, 'package.json'), 'utf8'),
	) as PackageFile;
	const lazy = LAZY_PACKAGES.has(name);
	if (!n8n) throw new Error(`${directory} is not an n8n package: its package.json has no "n8n"`);
	if (!lazy) {
		for (const file of [...(n8n.credentials ?? []), ...(n8n.nodes ?? [])]) {
			if (!existsSync(join(directory, file))) {
				throw new Error(`${name}: ${file} is missing. Build the package first: npm run build`);
			}
		}
	}
	const { LazyPackageDirectoryLoader, PackageDirectoryLoader } = runtime.core;
	const loader = new (lazy ? LazyPackageDirectoryLoader : PackageDirectoryLoader)(directory);
	await loader.loadAll();
	return loader;
}

export class Registry implements INodeTypes {
	readonly runtime: Runtime;
	readonly loaders: Map<string, PackageDirectoryLoader>;
	readonly overrides: ReadonlyMap<string, INodeType>;

	constructor(
		runtime: Runtime,
		loaders: Map<string, PackageDirectoryLoader>,
		overrides: ReadonlyMap<string, INodeType> = new Map(),
	) {
		this.runtime = runtime;
		this.loaders = loaders;
		this.overrides = overrides;
	}

	static async load(
		runtime: Runtime,
		packageDirs: string[],
		overrides?: ReadonlyMap<string, INodeType>,
	): Promise<Registry> {
		const loaders = new Map<string, PackageDirectoryLoader>();
		for (const directory of packageDirs) {
			const loader = await loadPackage(runtime, directory);
			loaders.set(loader.packageName, loader);
		}
		return new Registry(runtime, loaders, overrides);
	}

	/** The same types, with some replaced. */
	with(overrides: ReadonlyMap<string, INodeType>): Registry {
		return new Registry(this.runtime, this.loaders, overrides);
	}

	/** Node types, as a real install names them: package name, dot, the node's own name. */
	has(fullName: string): boolean {
		return this.#find(fullName) !== undefined;
	}

	getByName(fullName: string): INodeType | IVersionedNodeType {
		const nodeType = this.#find(fullName);
		if (nodeType) return nodeType;
		const known = [...Object.keys(this.getKnownTypes()), ...standIns.keys()];
		throw new Error(`Unknown node type: ${fullName}. This engine has ${known.join(', ')}`);
	}

	getByNameAndVersion(fullName: string, version?: number): INodeType {
		return this.runtime.workflow.NodeHelpers.getVersionedNodeType(
			this.getByName(fullName),
			version,
		);
	}

	getKnownTypes(): IDataObject {
		const known: IDataObject = {};
		for (const [packageName, loader] of this.loaders) {
			for (const [name, { className, sourcePath }] of Object.entries(loader.known.nodes)) {
				known[`${packageName}.${name}`] = { className, sourcePath };
			}
		}
		return known;
	}

	hasCredentialType(name: string): boolean {
		return this.#credentialLoader(name) !== undefined;
	}

	credentialType(name: string): ICredentialType {
		const loader = this.#credentialLoader(name);
		if (!loader) throw new Error(`Unknown credential type: ${name}`);
		return loader.getCredential(name).type;
	}

	/** Full names of the nodes that take a credential of this type. */
	supportedNodes(credentialType: string): string[] {
		const loader = this.#credentialLoader(credentialType);
		const names = loader?.known.credentials[credentialType].supportedNodes ?? [];
		return names.map((name) => `${loader?.packageName}.${name}`);
	}

	#credentialLoader(name: string): PackageDirectoryLoader | undefined {
		return [...this.loaders.values()].find((loader) => name in loader.known.credentials);
	}

	#find(fullName: string): INodeType | IVersionedNodeType | undefined {
		const override = this.overrides.get(fullName);
		if (override) return override;
		const dot = fullName.lastIndexOf('.');
		const loader = this.loaders.get(fullName.slice(0, dot));
		const name = fullName.slice(dot + 1);
		if (loader && name in loader.known.nodes) return loader.getNode(name).type;
		return standIns.get(fullName);
	}
}
