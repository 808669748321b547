/**
 * n8n's guidelines for nodes that it is to verify, a row for each of them, in few words of our own; and what
 * this package has to show. The pages are n8n's documentation: "Verification guidelines", "UX guidelines",
 * "Submit community nodes", "Node UI design", "Code standards" and "Node file structure".
 */
import { sectionsOf } from './changelog.mts';
import { iconPaths } from './facts.mts';
import type { Facts } from './facts.mts';
import {
	actionsOf,
	choicesOf,
	operationsOf,
	parametersOf,
	placeholdersOf,
	sentencesOf,
	textsOf,
	titlesOf,
} from './panel.mts';
import {
	isActionCase,
	isLatin,
	isSentenceCase,
	isTitleCase,
	literalsIn,
	namesIn,
	requiredBy,
} from './texts.mts';

export interface Finding {
	/** What was looked at, and found right. */
	seen: string;
	/** What is not as it should be. */
	wrong: string[];
}

interface Guideline {
	id: string;
	page: 'Verification' | 'UX' | 'Submission' | 'UI design' | 'Code' | 'Files';
	guideline: string;
}

/** A row is measured, or it says why it cannot be, or why the package does otherwise. */
export type Row = Guideline &
	(
		| { check: (facts: Facts) => Finding }
		| { kept: string; check?: (facts: Facts) => Finding }
		| { judged: string }
		| { open: string }
	);

/** Each thing that is not as it should be. */
function each<Thing>(
	things: readonly Thing[],
	isRight: (thing: Thing) => boolean,
	what: string,
	show: (thing: Thing) => string = String,
): Finding {
	const wrong = things.filter((thing) => !isRight(thing)).map(show);
	// What is not there cannot be right.
	return { seen: `${things.length} ${what}`, wrong: things.length === 0 ? [`no ${what}`] : wrong };
}

/** Conditions, each with what it means that it does not hold. */
const all = (seen: string, conditions: Record<string, boolean>): Finding => ({
	seen,
	wrong: Object.entries(conditions)
		.filter(([, holds]) => !holds)
		.map(([what]) => what),
});

const headingsOf = (markdown: string): string[] =>
	[...markdown.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading]) => heading);

const hasHeading = (markdown: string, pattern: RegExp) =>
	headingsOf(markdown).some((heading) => pattern.test(heading));

const nameOf = ({
	property: { displayName },
	name,
}: {
	name: string;
	property: { displayName: string };
}) => `${name} '${displayName}'`;

/** `github.com/owner/name` of any form of a repository's address. */
const addressOf = (url: string) => /github\.com\/[\w.-]+\/[\w.-]+?(?=\.git$|[#/]|$)/.exec(url)?.[0];

const ownPrograms = ({ programs }: Facts): Array<[string, string]> => Object.entries(programs);

const locatorsOf = (facts: Facts) =>
	parametersOf(facts).filter(({ property }) => property.type === 'resourceLocator');

const publishing = ({ workflows }: Facts) => workflows['publish.yml'];
const publishJobOf = (facts: Facts) =>
	Object.values(publishing(facts)?.jobs ?? {}).find(({ steps = [] }) =>
		steps.some(({ run = '' }) => /npm (run release|publish)/.test(run)),
	);

const ENVIRONMENT = ['process', 'globalThis', 'global'];
const FILE_SYSTEM =
	/^(node:)?(fs|fs\/promises|child_process|os|path|net|http|https|worker_threads)$/;

/** Ways of saying that something is wrong that n8n does not want in errors. */
const WORDS_OF_BLAME = /\b(errors?|problems?|failures?|mistakes?)\b/i;
/** Names of pages and parameters, which are called what they are called. */
const NAMES_WITH_THEM = /Error Codes|'On (Task Failure|Error)'|On (Task Failure|Error): /g;

const CATEGORIES = [
	'Data & Storage',
	'Finance & Accounting',
	'Marketing & Content',
	'Productivity',
	'Miscellaneous',
	'Sales',
	'Development',
	'Analytics',
	'Communication',
	'Utility',
];

export const ROWS: Row[] = [
	{
		id: 'n8n-node tool',
		page: 'Verification',
		guideline: 'Checked with the n8n-node tool, 0.23.0 or newer',
		check: ({ manifest: { devDependencies, scripts, n8n } }) => {
			const version = devDependencies['@n8n/node-cli'] ?? '0.0.0';
			const [major, minor] = version.replace(/^\D+/, '').split('.').map(Number);
			return all(`@n8n/node-cli ${version}, n8n-node lint in strict mode`, {
				'@n8n/node-cli is too old': major > 0 || minor >= 23,
				'npm run lint does not run n8n-node lint': /\bn8n-node lint\b/.test(scripts.lint),
				'strict mode is off': n8n.strict === true,
			});
		},
	},
	{
		id: 'no existing node',
		page: 'Verification',
		guideline: 'Not a node that exists already',
		judged: 'n8n has nodes for Tencent Cloud neither among its own nor among the verified ones',
	},
	{
		id: 'no flow control',
		page: 'Verification',
		guideline: 'No logic or flow control node',
		check: ({ nodes }) =>
			each(
				nodes,
				({ description: { group, outputs } }) =>
					group.every((name) => name === 'transform' || name === 'trigger') &&
					Array.isArray(outputs) &&
					outputs.length === 1,
				'nodes with one output',
				({ description }) => description.name,
			),
	},
	{
		id: 'one service',
		page: 'Verification',
		guideline: 'One service in a package, its trigger beside it',
		check: ({ nodes, credentials }) => {
			const triggers = nodes.filter(({ description }) => description.group.includes('trigger'));
			return all(
				`${nodes.length} nodes, ${triggers.length} of them a trigger, ${credentials.length} credential`,
				{
					'more than a node and its trigger': nodes.length - triggers.length === 1,
					'more than one trigger': triggers.length <= 1,
					'more than one credential': credentials.length === 1,
				},
			);
		},
	},
	{
		id: 'repository',
		page: 'Verification',
		guideline: 'The repository of the package is the one on GitHub',
		check: ({ manifest: { repository, homepage, bugs } }) => {
			const address = addressOf(repository.url);
			return all(String(address), {
				'repository is not on GitHub': address !== undefined,
				'homepage is another': addressOf(homepage) === address,
				'bugs go elsewhere': addressOf(bugs.url) === address,
			});
		},
	},
	{
		id: 'author',
		page: 'Verification',
		guideline: 'Author and maintainer are the same on npm and GitHub',
		open: 'the npm account and the GitHub account; package.json names the author',
	},
	{
		id: 'public repository',
		page: 'Verification',
		guideline: "npm's link leads to a public repository",
		open: 'the repository on GitHub',
	},
	{
		id: 'readme',
		page: 'Verification',
		guideline: 'Documentation with installation, operations, credentials and use',
		check: ({ readme, tarball }) =>
			all(`README.md with ${headingsOf(readme).length} sections`, {
				'no section on installation': hasHeading(readme, /^install/i),
				'no section on operations': hasHeading(readme, /operations/i),
				'no section on credentials': hasHeading(readme, /credentials/i),
				'no section on compatibility': hasHeading(readme, /compatib/i),
				'no section on use': hasHeading(readme, /^(usage|use|how to)/i),
				'no section on resources': hasHeading(readme, /resources/i),
				'is not in the package': tarball.files.includes('README.md'),
			}),
	},
	{
		id: 'license',
		page: 'Verification',
		guideline: 'MIT licence',
		check: ({ license, manifest, tarball }) =>
			all(`${manifest.license}, LICENSE.md`, {
				'package.json has another': manifest.license === 'MIT',
				'LICENSE.md has another': /^MIT License\n/.test(license),
				'is not in the package': tarball.files.includes('LICENSE.md'),
			}),
	},
	{
		id: 'provenance',
		page: 'Verification',
		guideline: 'Published by a GitHub workflow, with provenance',
		check: (facts) => {
			const { publishConfig, scripts } = facts.manifest;
			const job = publishJobOf(facts);
			const pushed = publishing(facts)?.on.push;
			return all('publish.yml: id-token: write, npm run release, publishConfig.provenance', {
				'no workflow publishes': job !== undefined,
				'not started by tags alone': Boolean(pushed?.tags?.length) && !pushed?.branches,
				'may not sign (id-token: write)': job?.permissions?.['id-token'] === 'write',
				'package.json does not ask for provenance': publishConfig?.provenance === true,
				'is not released by n8n-node': scripts.release === 'n8n-node release',
				'npm publish by hand is not refused': scripts.prepublishOnly === 'n8n-node prerelease',
			});
		},
	},
	{
		id: 'no dependencies',
		page: 'Verification',
		guideline: 'No dependencies at run time',
		check: ({ manifest, programs }) => {
			const { dependencies, optionalDependencies, bundledDependencies, peerDependencies } =
				manifest;
			const foreign = Object.values(programs)
				.flatMap(requiredBy)
				.filter((name) => !name.startsWith('.'));
			return all(`peer n8n-workflow; programs require ${[...new Set(foreign)].sort().join(', ')}`, {
				dependencies: Object.keys(dependencies ?? {}).length === 0,
				optionalDependencies: Object.keys(optionalDependencies ?? {}).length === 0,
				bundledDependencies: (bundledDependencies ?? []).length === 0,
				'other peers than n8n-workflow': Object.keys(peerDependencies).join() === 'n8n-workflow',
				'programs require others': foreign.every((name) =>
					['n8n-workflow', 'crypto'].includes(name),
				),
			});
		},
	},
	{
		id: 'usage instructions',
		page: 'Verification',
		guideline: 'Links to the API, example workflows, how to authenticate',
		check: ({ readme, examples }) =>
			all(`${examples.length} example workflows, links to both sites' API pages`, {
				'no link to the API of the international site':
					/https:\/\/www\.tencentcloud\.com\/document\/product\/1176/.test(readme),
				'no link to the API of the China site':
					/https:\/\/cloud\.tencent\.com\/document\/product\/1137/.test(readme),
				'no example workflows': examples.length > 0,
				'README.md does not lead to them': /\]\((docs\/examples\.md|examples\/)/.test(readme),
				'README.md names no policy for the key': /QcloudTIW\w+/.test(readme),
			}),
	},
	{
		id: 'no environment',
		page: 'Verification',
		guideline: 'No access to environment variables',
		check: (facts) =>
			each(
				ownPrograms(facts),
				([, program]) => {
					const names = namesIn(program);
					return ENVIRONMENT.every((name) => !names.has(name));
				},
				'programs',
				([path]) => path,
			),
	},
	{
		id: 'no file system',
		page: 'Verification',
		guideline: 'No access to files, programs or sockets',
		check: (facts) =>
			each(
				ownPrograms(facts),
				([, program]) => !requiredBy(program).some((name) => FILE_SYSTEM.test(name)),
				'programs',
				([path]) => path,
			),
	},
	{
		id: 'typescript',
		page: 'Verification',
		guideline: 'Written in TypeScript',
		check: ({ sources }) =>
			each(
				sources.filter((path) => /\.[cm]?[jt]s$/.test(path)),
				(path) => path.endsWith('.ts'),
				'sources',
			),
	},
	{
		id: 'scanner',
		page: 'Verification',
		guideline: "n8n's package scanner passes",
		check: ({ scans }) => ({
			seen: scans
				.map(
					({ name, files, errors, warnings }) =>
						`${name}: ${files} files, ${errors} errors, ${warnings} warnings`,
				)
				.join('; '),
			wrong: [
				...['sources', 'tarball'].filter((wanted) => !scans.some(({ name }) => name === wanted)),
				...scans.filter(({ passed }) => !passed).map(({ name }) => name),
			],
		}),
	},
	{
		id: 'english panel',
		page: 'Verification',
		guideline: 'English only: the panel',
		check: (facts) => each(textsOf(facts), isLatin, 'texts in the panel'),
	},
	{
		id: 'english search words',
		page: 'Verification',
		guideline: 'English only: codex files',
		kept: "Tencent's Chinese names are among the words to search by, which no panel shows: users of the China site type them",
		check: ({ nodes }) =>
			each(
				nodes,
				({ codex }) => codex !== undefined && isLatin(JSON.stringify({ ...codex, alias: [] })),
				'codex files, English but for these',
				({ description }) => description.name,
			),
	},
	{
		id: 'english errors',
		page: 'Verification',
		guideline: 'English only: errors and other texts of the programs',
		check: ({ programs }) =>
			each(Object.values(programs).flatMap(literalsIn), isLatin, 'texts in programs'),
	},
	{
		id: 'english documentation',
		page: 'Verification',
		guideline: 'English only: README and guides',
		check: ({ readme, docs }) =>
			each(
				[['README.md', readme], ...Object.entries(docs)],
				([, text]) => isLatin(text),
				'documents',
				([path]) => path,
			),
	},
	{
		id: 'package name',
		page: 'Submission',
		guideline: 'Package name begins with n8n-nodes-',
		check: ({ manifest: { name } }) =>
			all(name, { 'has another name': /^(@[\w.-]+\/)?n8n-nodes-[\w.-]+$/.test(name) }),
	},
	{
		id: 'keyword',
		page: 'Submission',
		guideline: 'Keyword n8n-community-node-package',
		check: ({ manifest: { keywords } }) =>
			all(`${keywords.length} keywords`, {
				'is missing': keywords.includes('n8n-community-node-package'),
			}),
	},
	{
		id: 'n8n attribute',
		page: 'Submission',
		guideline: 'Nodes and credentials named in package.json, and packed',
		check: ({ manifest: { n8n }, tarball }) =>
			each([...n8n.nodes, ...n8n.credentials], (path) => tarball.files.includes(path), 'files'),
	},
	{
		id: 'metadata',
		page: 'Submission',
		guideline: 'package.json complete; version and CHANGELOG.md in step',
		check: ({ manifest, changelog, tarball }) => {
			const [newest] = sectionsOf(changelog);
			return all(`${manifest.version}, ${Math.round(tarball.size / 100) / 10} kB packed`, {
				'no description': manifest.description.length > 20,
				'no author': Boolean(manifest.author.name && manifest.author.email),
				'no engines': /\d/.test(manifest.engines.node),
				'is not public': manifest.publishConfig?.access === 'public',
				'version is none': /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(manifest.version),
				'CHANGELOG.md has another version': newest?.version === manifest.version,
				'CHANGELOG.md says nothing of it': Boolean(newest?.text),
				'more than dist, README and licence is packed': tarball.files.every((path) =>
					/^(dist\/|(index\.js|package\.json|README\.md|LICENSE\.md)$)/.test(path),
				),
				'sources or maps are packed': !tarball.files.some((path) => /\.(map|ts)$/.test(path)),
				'more than 80 kB': tarball.size <= 80_000,
			});
		},
	},
	{
		id: 'trusted publishing',
		page: 'Submission',
		guideline: "npm trusts the repository's workflow",
		open: 'the npm account: a placeholder for the name, then the Trusted Publisher, workflow publish.yml',
	},
	{
		id: 'npm',
		page: 'Submission',
		guideline: 'Published on npm',
		open: 'push a tag, see CONTRIBUTING.md',
	},
	{
		id: 'portal',
		page: 'Submission',
		guideline: "Submitted in n8n's Creator Portal",
		open: 'an account there; what it asks beyond the guidelines, a video for one, is seen there',
	},
	{
		id: 'paid features',
		page: 'Submission',
		guideline: 'Competes with no paid feature of n8n',
		judged: 'an interface to one service',
	},
	{
		id: 'password fields',
		page: 'UX',
		guideline: 'Keys and secrets are password fields',
		check: (facts) =>
			each(
				parametersOf(facts).filter(({ property: { name } }) =>
					/(secretKey|token|password|callbackKey|privateKey|signature|userSig)$/i.test(name),
				),
				({ property }) => property.type !== 'string' || property.typeOptions?.password === true,
				'secrets',
				nameOf,
			),
	},
	{
		id: 'oauth',
		page: 'UX',
		guideline: 'OAuth where the service has it',
		judged: "Tencent Cloud's API has none: it takes signed requests only",
	},
	{
		id: 'crud',
		page: 'UX',
		guideline: 'CRUD operations, in their vocabulary',
		kept: "every action of the API is there, called as in Tencent's pages (Describe …): users look for these names",
		check: (facts) =>
			each(
				operationsOf(facts).filter(({ value }) => value !== 'custom'),
				({ name }) => /^(Apply|Create|Describe|Modify|Pause|Resume|Set|Start|Stop) /.test(name),
				'operations with a verb of the API',
				({ name }) => name,
			),
	},
	{
		id: 'resource locator',
		page: 'UX',
		guideline: 'Resource locator where one thing is chosen',
		check: (facts) =>
			each(
				// Those of other accounts, within collections, cannot be listed.
				facts.nodes
					.flatMap(({ description }) => description.properties)
					.filter(({ name }) => name === 'sdkAppId'),
				({ type, modes = [] }) =>
					type === 'resourceLocator' && modes.some(({ type: mode }) => mode === 'list'),
				'applications to choose',
				({ displayName }) => displayName,
			),
	},
	{
		id: 'from list',
		page: 'UX',
		guideline: 'Resource locators begin with From List',
		kept: 'begin with By ID: the China site has no listing, and an ID works on both',
		check: (facts) =>
			each(
				locatorsOf(facts),
				({ property: { modes = [], default: value } }) =>
					(value as { mode?: string }).mode === 'id' &&
					modes.some(({ type }) => type === 'list') &&
					modes.some(({ name }) => name === 'id'),
				'locators with ID and list',
				nameOf,
			),
	},
	{
		id: 'consistency',
		page: 'UX',
		guideline: 'Like other nodes',
		check: (facts) => {
			const names = new Map<string, Set<string>>();
			for (const { property } of parametersOf(facts))
				names.set(property.name, (names.get(property.name) ?? new Set()).add(property.displayName));
			const titled = (name: string, title: string) => [...(names.get(name) ?? [])].join() === title;
			return all("n8n's own names for lists, simplification and options", {
				"no 'Return All'": titled('returnAll', 'Return All'),
				"no 'Limit'": titled('limit', 'Limit'),
				"no 'Simplify'": titled('simplify', 'Simplify'),
				"no 'Options'": titled('options', 'Options'),
				"no 'Additional Fields'": titled('additionalFields', 'Additional Fields'),
			});
		},
	},
	{
		id: 'sorting',
		page: 'UX',
		guideline: 'Sorting of lists may be offered',
		judged: 'the API sorts in one list only (Oldest First of the board log), which is offered',
	},
	{
		id: 'deleting',
		page: 'UX',
		guideline: 'Delete operations output {"deleted": true}',
		check: (facts) => ({
			seen: `none of ${operationsOf(facts).length} operations deletes`,
			wrong: operationsOf(facts)
				.filter(({ name, value }) => /^(delete|remove)/i.test(`${value}`) || /delete/i.test(name))
				.map(({ name }) => name),
		}),
	},
	{
		id: 'simplify',
		page: 'UX',
		guideline: 'Simplify where there are more than ten fields, with its wording',
		check: (facts) => {
			const switches = parametersOf(facts).filter(({ property }) => property.name === 'simplify');
			const schemas = Object.entries(facts.outputs);
			return all(`${schemas.length} outputs of ten fields at most`, {
				'is missing': switches.length > 0,
				'is called or described otherwise': switches.every(
					({ property: { type, displayName, description } }) =>
						type === 'boolean' &&
						displayName === 'Simplify' &&
						description ===
							'Whether to return a simplified version of the response instead of the raw data',
				),
				'no outputs': schemas.length > 0,
				...Object.fromEntries(
					schemas.map(([path, fields]) => [`${path} has ${fields} fields`, fields <= 10]),
				),
			});
		},
	},
	{
		id: 'tool output',
		page: 'UX',
		guideline: 'AI tool nodes let the fields of the output be chosen',
		kept: "n8n makes the tool out of the node, so it has the node's Simplify; there is no tool node of its own",
		check: ({ nodes }) =>
			each(
				nodes.filter(({ abilities }) => abilities.includes('execute')),
				({ description }) => description.usableAsTool === true,
				'nodes usable as tools',
				({ description }) => description.name,
			),
	},
	{
		id: 'title case',
		page: 'UX',
		guideline: 'Title Case: nodes, parameters, choices',
		check: (facts) => each(titlesOf(facts), isTitleCase, 'titles'),
	},
	{
		id: 'sentence case',
		page: 'UX',
		guideline: 'Sentence case: descriptions, tooltips, hints',
		check: (facts) => each(sentencesOf(facts), isSentenceCase, 'texts'),
	},
	{
		id: 'terminology',
		page: 'UX',
		guideline: "The service's own words, no jargon, one word for one thing",
		judged: "names of actions and parameters are those of Tencent's pages, which a test compares",
	},
	{
		id: 'placeholders',
		page: 'UX',
		guideline: "Placeholders begin with 'e.g.', buttons with Add",
		check: (facts) =>
			each(
				placeholdersOf(facts),
				({ type, placeholder }) =>
					(type === 'collection' || type === 'fixedCollection' ? /^Add [A-Z]/ : /^e\.g\. \S/).test(
						placeholder,
					),
				'placeholders',
				({ placeholder }) => placeholder,
			),
	},
	{
		id: 'operation names',
		page: 'UX',
		guideline: 'Operations: a name, an action and a description, none of them the same',
		check: (facts) =>
			each(
				operationsOf(facts),
				({ name, action, description }) =>
					Boolean(name && action && description) && description !== action && description !== name,
				'operations',
				({ name }) => name,
			),
	},
	{
		id: 'action case',
		page: 'UX',
		guideline: 'Actions in sentence case',
		check: (facts) => each(actionsOf(facts), isActionCase, 'actions'),
	},
	{
		id: 'action articles',
		page: 'UX',
		guideline: 'Actions without articles, with what they act on',
		check: (facts) =>
			each(
				actionsOf(facts),
				(action) => !/\b(a|an|the)\b/.test(action) && action.split(' ').length > 1,
				'actions',
			),
	},
	{
		id: 'quoted names',
		page: 'UX',
		guideline: 'Names of parameters in single quotes',
		check: (facts) => {
			const texts = [...sentencesOf(facts), ...Object.values(facts.programs).flatMap(literalsIn)];
			return each(
				texts,
				(text) =>
					!/\bthe (parameter|field|option|switch) [A-Z"“`]/.test(text) && !/[“”]/.test(text),
				'texts',
			);
		},
	},
	{
		id: 'whether',
		page: 'UX',
		guideline: "Descriptions of switches begin with 'Whether'",
		check: (facts) =>
			each(
				parametersOf(facts).filter(({ property }) => property.type === 'boolean'),
				({ property: { description = '' } }) => /^Whether /.test(description),
				'switches',
				nameOf,
			),
	},
	{
		id: 'errors',
		page: 'UX',
		guideline: 'Errors say what happened and how to go on',
		judged: 'tests hold every kind of error to what happened, how to fix it, code and RequestId',
	},
	{
		id: 'words of errors',
		page: 'UX',
		guideline: "Errors do without 'error', 'problem', 'failure', 'mistake'",
		check: ({ programs }) =>
			each(
				Object.entries(programs)
					.filter(([path]) => /\/(execute|transport|webhook|tasks|signing)\//.test(path))
					.flatMap(([, program]) => literalsIn(program))
					.filter((text) => text.trim().split(/\s+/).length > 2),
				(text) => !WORDS_OF_BLAME.test(text.replace(NAMES_WITH_THEM, '')),
				'sentences in programs',
			),
	},
	{
		id: 'item index',
		page: 'UX',
		guideline: 'Errors name their item',
		check: ({ programs }) =>
			all('errors carry their itemIndex', {
				'none does': Object.entries(programs).some(
					([path, program]) => path.includes('/execute/') && /\bitemIndex\b/.test(program),
				),
			}),
	},
	{
		id: 'node names',
		page: 'UI design',
		guideline: "A trigger's name ends in Trigger; no name has Node in it",
		check: ({ nodes }) =>
			each(
				nodes,
				({ description: { displayName, group } }) =>
					/ Trigger$/.test(displayName) === group.includes('trigger') &&
					!/\bnode\b/i.test(displayName),
				'nodes',
				({ description }) => description.displayName,
			),
	},
	{
		id: 'resource first',
		page: 'UI design',
		guideline: 'Resource first, then Operation',
		check: ({ nodes }) =>
			each(
				nodes.filter(({ abilities }) => abilities.includes('execute')),
				({ description: { properties } }) => {
					const names = properties.map(({ name }) => name);
					return names[0] === 'resource' && names[1] === 'operation';
				},
				'nodes',
				({ description }) => description.name,
			),
	},
	{
		id: 'trigger on',
		page: 'UI design',
		guideline: "A trigger's events are chosen in 'Trigger On', without a tooltip",
		check: ({ nodes }) =>
			each(
				nodes
					.filter(({ description }) => description.group.includes('trigger'))
					.flatMap(({ description }) => description.properties)
					.filter(({ name }) => name === 'events'),
				({ displayName, description }) => displayName === 'Trigger On' && description === undefined,
				'choices of events',
				({ displayName }) => displayName,
			),
	},
	{
		id: 'lists',
		page: 'UI design',
		guideline: 'Choices have a default',
		check: (facts) =>
			each(
				parametersOf(facts).filter(
					({ property }) => property.type === 'options' && !property.typeOptions?.loadOptionsMethod,
				),
				({ property }) =>
					property.default === '' ||
					choicesOf(property).some(({ value }) => value === property.default),
				'lists',
				nameOf,
			),
	},
	{
		id: 'subtitle',
		page: 'UI design',
		guideline: 'A subtitle of the main parameters',
		check: ({ nodes }) =>
			each(
				nodes,
				({ description: { subtitle = '' } }) => /^=\{\{.*\$parameter\[/.test(subtitle),
				'subtitles',
				({ description }) => description.name,
			),
	},
	{
		id: 'ids',
		page: 'UI design',
		guideline: "'ID' and 'URL' in capitals",
		check: (facts) =>
			each(titlesOf(facts), (title) => !/\b(Ids?|id|Urls?|url)\b/.test(title), 'titles'),
	},
	{
		id: 'dates',
		page: 'UI design',
		guideline: 'Dates are picked as dates, in any form of ISO 8601',
		check: (facts) =>
			each(
				parametersOf(facts).filter(({ property: { name } }) =>
					/(Time|Date|startDay|endDay)$/.test(name),
				),
				({ property }) =>
					property.type === 'dateTime' ||
					property.type === 'number' ||
					property.type === 'collection' ||
					property.type === 'fixedCollection',
				'dates and times',
				nameOf,
			),
	},
	{
		id: 'binary fields',
		page: 'UI design',
		guideline: "Files go into an 'Output … Field', not into binary data or a property",
		check: (facts) =>
			each(
				parametersOf(facts).filter(({ property: { name } }) => /binary/i.test(name)),
				({ property: { displayName } }) =>
					/Field/.test(displayName) && !/binary|property/i.test(displayName),
				'fields for files',
				nameOf,
			),
	},
	{
		id: 'icons',
		page: 'UI design',
		guideline: 'Icons: square SVG, for light and dark',
		check: ({ nodes, icons, tarball }) =>
			each(
				nodes.flatMap(({ path, description }) => {
					const { light = '', dark = '' } = iconPaths(path, description.icon);
					return [light, dark];
				}),
				(path) => {
					const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(icons[path] ?? '') ?? [];
					return (
						path.endsWith('.svg') &&
						width !== undefined &&
						width === height &&
						tarball.files.includes(path)
					);
				},
				'icons',
				(path) => path || 'an icon is missing',
			),
	},
	{
		id: 'parameter names',
		page: 'Code',
		guideline: 'The same field has the same name in all operations',
		check: (facts) => {
			const types = new Map<string, Set<string>>();
			for (const { property } of facts.nodes.flatMap(({ description }) =>
				description.properties.map((property) => ({ property })),
			))
				types.set(property.name, (types.get(property.name) ?? new Set()).add(property.displayName));
			return each(
				[...types],
				([, titles]) => titles.size === 1,
				'parameters',
				([name, titles]) => `${name}: ${[...titles].join(', ')}`,
			);
		},
	},
	{
		id: 'helpers',
		page: 'Code',
		guideline: "Requests by n8n's helpers",
		check: ({ programs }) =>
			all('httpRequest and httpRequestWithAuthentication', {
				'does not use httpRequestWithAuthentication': Object.values(programs).some((program) =>
					program.includes('httpRequestWithAuthentication'),
				),
				'fetches by itself': Object.values(programs).every((program) => {
					const names = namesIn(program);
					return !names.has('fetch') && !names.has('XMLHttpRequest') && !names.has('WebSocket');
				}),
			}),
	},
	{
		id: 'incoming data',
		page: 'Code',
		guideline: 'Incoming data is not changed',
		judged: 'tests run nodes that share their input',
	},
	{
		id: 'file names',
		page: 'Files',
		guideline: 'Files named after node and credential',
		check: ({ nodes, credentials }) =>
			each(
				[
					...nodes.map(({ path, description }) => [path, `${description.name}.node`]),
					...credentials.map(({ path, name }) => [path, `${name}.credentials`]),
				],
				([path, name]) => path.split('/').at(-1)?.toLowerCase() === name.toLowerCase(),
				'files',
				([path]) => path,
			),
	},
	{
		id: 'modules',
		page: 'Files',
		guideline: 'Split into modules by what they do',
		check: ({ programs }) => {
			const rooms = ['description', 'execute', 'transport'];
			return {
				seen: `${Object.keys(programs).length} modules; ${rooms.join(', ')} and others`,
				wrong: rooms.filter(
					(room) => !Object.keys(programs).some((path) => path.includes(`/${room}/`)),
				),
			};
		},
	},
	{
		id: 'codex',
		page: 'Files',
		guideline: "Codex file: name, versions, n8n's categories, links to the documentation",
		check: ({ nodes, manifest }) =>
			each(
				nodes,
				({ codex, description: { name, version } }) =>
					codex !== undefined &&
					codex.node === `${manifest.name}.${name}` &&
					Number(codex.nodeVersion) === [version].flat().at(-1) &&
					codex.codexVersion === '1.0' &&
					codex.categories.length > 0 &&
					codex.categories.every((category) => CATEGORIES.includes(category)) &&
					['primaryDocumentation', 'credentialDocumentation'].every((link) =>
						codex.resources[link]?.some(({ url }) => url.startsWith('https://')),
					),
				'codex files',
				({ description }) => description.name,
			),
	},
	{
		id: 'credential documentation',
		page: 'Files',
		guideline: 'Credentials link to their documentation',
		check: ({ credentials, readme }) =>
			each(
				credentials,
				({ documentationUrl = '' }) =>
					/^https:\/\//.test(documentationUrl) &&
					headingsOf(readme).some(
						(heading) =>
							heading.toLowerCase().replace(/\W+/g, '-') === documentationUrl.split('#')[1],
					),
				'credentials',
				({ name }) => name,
			),
	},
];

export type Verdict =
	| { mark: '✓'; text: string }
	| { mark: '✗'; text: string }
	| { mark: 'kept on purpose'; text: string }
	| { mark: 'judged by people'; text: string }
	| { mark: 'open'; text: string };

const MOST = 5;

/** What a row says of the package. */
export function judge(row: Row, facts: Facts): Verdict {
	if ('open' in row) return { mark: 'open', text: `needs ${row.open}` };
	if ('judged' in row) return { mark: 'judged by people', text: row.judged };
	const found = row.check?.(facts);
	if (found && found.wrong.length > 0) {
		const more = found.wrong.length > MOST ? ` and ${found.wrong.length - MOST} more` : '';
		return { mark: '✗', text: found.wrong.slice(0, MOST).join('; ') + more };
	}
	if ('kept' in row)
		return { mark: 'kept on purpose', text: found ? `${row.kept} (${found.seen})` : row.kept };
	return { mark: '✓', text: found?.seen ?? '' };
}
