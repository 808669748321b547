/** What the guidelines of n8n are held against: the package as it is built, packed and published. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import type {
	ICredentialType,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { parse } from 'yaml';

import type { Scan } from './scanner.mts';

export interface Codex {
	node: string;
	nodeVersion: string;
	codexVersion: string;
	categories: string[];
	resources: Record<string, Array<{ url: string }>>;
}

export interface NodeFacts {
	/** Its path in the package, without the ending. */
	path: string;
	description: INodeTypeDescription;
	/** What it can do: `execute`, `webhook`, … */
	abilities: string[];
	codex?: Codex;
}

export interface CredentialFacts {
	path: string;
	name: string;
	displayName: string;
	documentationUrl?: string;
	properties: INodeProperties[];
}

export interface Step {
	name?: string;
	uses?: string;
	run?: string;
	with?: Record<string, unknown>;
	env?: Record<string, string>;
	if?: string;
}

export interface Job {
	'runs-on'?: string;
	uses?: string;
	needs?: string | string[];
	'timeout-minutes'?: number;
	permissions?: Record<string, string>;
	strategy?: { matrix?: Record<string, unknown[]> };
	steps?: Step[];
}

export interface Workflow {
	name: string;
	on: Record<string, { tags?: string[]; branches?: string[] } | null>;
	permissions?: Record<string, string>;
	concurrency?: unknown;
	jobs: Record<string, Job>;
}

export interface Manifest {
	name: string;
	version: string;
	description: string;
	license: string;
	homepage: string;
	keywords: string[];
	author: { name: string; email: string };
	repository: { type: string; url: string };
	bugs: { url: string };
	files: string[];
	engines: { node: string };
	publishConfig?: { access?: string; provenance?: boolean };
	scripts: Record<string, string>;
	dependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
	bundledDependencies?: string[];
	peerDependencies: Record<string, string>;
	devDependencies: Record<string, string>;
	n8n: { n8nNodesApiVersion: number; strict?: boolean; nodes: string[]; credentials: string[] };
}

export interface Facts {
	manifest: Manifest;
	tarball: { files: string[]; size: number };
	/** Everything that the package runs, by its path. */
	programs: Record<string, string>;
	/** Files that the programs are compiled from. */
	sources: string[];
	/** How many fields an operation's output has as a rule, by the path of its schema. */
	outputs: Record<string, number>;
	/** Pictures that nodes and credentials name, by their path. */
	icons: Record<string, string>;
	nodes: NodeFacts[];
	credentials: CredentialFacts[];
	readme: string;
	license: string;
	changelog: string;
	/** Guides, by their path, but for the Chinese one, which is not in the tarball. */
	docs: Record<string, string>;
	examples: string[];
	workflows: Record<string, Workflow>;
	scans: Scan[];
}

const read = (path: string) => readFileSync(path, 'utf8');
const readAll = (pattern: string) =>
	Object.fromEntries(globSync(pattern).map((path) => [path.replaceAll('\\', '/'), read(path)]));

export function readWorkflows(): Facts['workflows'] {
	return Object.fromEntries(
		Object.entries(readAll('.github/workflows/*.yml')).map(([path, text]) => [
			path.split('/').at(-1)!,
			parse(text) as Workflow,
		]),
	);
}

const load = createRequire(import.meta.url);

/** The class that a compiled file is named after, as n8n loads it. */
function loadClass<Type>(path: string): Type {
	const [name] = path.split('/').at(-1)!.split('.');
	const exported = load(resolve(path)) as Record<string, new () => Type>;
	return new exported[name]();
}

function nodeFacts(path: string): NodeFacts {
	const node = loadClass<INodeType>(path);
	const codex = path.replace(/\.js$/, '.json');
	return {
		path: path.replace(/\.js$/, ''),
		description: node.description,
		abilities: ['execute', 'webhook', 'poll', 'trigger'].filter((ability) => ability in node),
		codex: existsSync(codex) ? (JSON.parse(read(codex)) as Codex) : undefined,
	};
}

function credentialFacts(path: string): CredentialFacts {
	const { name, displayName, documentationUrl, properties } = loadClass<ICredentialType>(path);
	return { path: path.replace(/\.js$/, ''), name, displayName, documentationUrl, properties };
}

/** The icons of a node or credential, by their names in `icon` and by their paths. */
export function iconPaths(path: string, icon: unknown): Record<string, string> {
	const named = typeof icon === 'object' && icon !== null ? icon : { only: icon };
	return Object.fromEntries(
		Object.entries(named as Record<string, unknown>).map(([theme, file]) => [
			theme,
			join(dirname(path), String(file).replace(/^file:/, '')).replaceAll('\\', '/'),
		]),
	);
}

function packed(): Facts['tarball'] {
	const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
		shell: process.platform === 'win32',
	});
	const [{ files, size }] = JSON.parse(answer) as [
		{ files: Array<{ path: string }>; size: number },
	];
	return { files: files.map(({ path }) => path), size };
}

/** @param scans What n8n's scanner says, which takes the longest */
export function gatherFacts(scans: Scan[]): Facts {
	const manifest = JSON.parse(read('package.json')) as Manifest;
	const nodes = manifest.n8n.nodes.map(nodeFacts);
	return {
		manifest,
		tarball: packed(),
		programs: readAll('dist/**/*.js'),
		sources: globSync('{nodes,credentials}/**/*').filter((path) => /\.\w+$/.test(path)),
		outputs: Object.fromEntries(
			Object.entries(readAll('dist/**/__schema__/**/*.json')).map(([path, text]) => {
				const { properties } = JSON.parse(text) as { properties: object };
				return [path, Object.keys(properties).length];
			}),
		),
		icons: Object.fromEntries(
			nodes
				.flatMap(({ path, description }) => Object.values(iconPaths(path, description.icon)))
				.filter((path) => existsSync(path))
				.map((path) => [path, read(path)]),
		),
		nodes,
		credentials: manifest.n8n.credentials.map(credentialFacts),
		readme: read('README.md'),
		license: read('LICENSE.md'),
		changelog: read('CHANGELOG.md'),
		docs: readAll('{docs/!(zh-CN),docs/problems/*,CONTRIBUTING,SECURITY,CHANGELOG}.md'),
		examples: globSync('examples/*.json'),
		workflows: readWorkflows(),
		scans,
	};
}
