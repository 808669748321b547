/**
 * n8n's guidelines: the package keeps them, and each check notices when it does not. What n8n's scanner says is
 * left to `npm run scan`.
 */
import { describe, expect, test } from '@jest/globals';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { gatherFacts } from '../../scripts/publish/facts.mts';
import type { Facts } from '../../scripts/publish/facts.mts';
import { ROWS, judge } from '../../scripts/publish/guidelines.mts';
import { operationsOf, parametersOf } from '../../scripts/publish/panel.mts';

const scan = { files: 1, errors: 0, warnings: 0, passed: true, messages: [] };
const facts = gatherFacts([
	{ name: 'sources', ...scan },
	{ name: 'tarball', ...scan },
]);

const copy = () => structuredClone(facts);
const named = (of: Facts, name: string): INodeProperties =>
	parametersOf(of).find(({ property }) => property.name === name)!.property;
const typed = (of: Facts, type: string): INodeProperties =>
	parametersOf(of).find(({ property }) => property.type === type)!.property;
const operation = (of: Facts): INodePropertyOptions => operationsOf(of)[0];
const publishJob = (of: Facts) => of.workflows['publish.yml'].jobs.npm;
const program = (of: Facts, path: string, text: string) => {
	of.programs[`dist/nodes/TencentWhiteboard/${path}`] = text;
};

/** For each row that is measured, changes that it has to notice, each by itself. */
const BREAKS: Record<string, Array<(of: Facts) => void>> = {
	'n8n-node tool': [
		(of) => (of.manifest.devDependencies['@n8n/node-cli'] = '0.22.9'),
		(of) => delete of.manifest.devDependencies['@n8n/node-cli'],
		(of) => (of.manifest.scripts.lint = 'eslint .'),
		(of) => (of.manifest.n8n.strict = false),
	],
	'no flow control': [
		(of) => (of.nodes[0].description.outputs = ['main', 'main']),
		(of) => (of.nodes[0].description.group = ['organization']),
	],
	'one service': [
		(of) => of.nodes.push(of.nodes[0]),
		(of) => of.nodes.push(of.nodes[1]),
		(of) => of.credentials.push(of.credentials[0]),
	],
	repository: [
		(of) => (of.manifest.repository.url = 'https://gitlab.com/someone/else.git'),
		(of) => (of.manifest.homepage = 'https://github.com/someone/else'),
		(of) => (of.manifest.bugs.url = 'https://github.com/someone/else/issues'),
	],
	readme: [
		...['Installation', 'Operations', 'Credentials', 'Compatibility', 'Usage', 'Resources'].map(
			(section) => (of: Facts) => {
				of.readme = of.readme.replaceAll(new RegExp(`^(#{2,3}) .*${section}.*$`, 'gim'), '$1 Else');
			},
		),
		(of) => (of.tarball.files = of.tarball.files.filter((path) => path !== 'README.md')),
	],
	license: [
		(of) => (of.manifest.license = 'ISC'),
		(of) => (of.license = of.license.replace('MIT', 'ISC')),
		(of) => (of.tarball.files = of.tarball.files.filter((path) => path !== 'LICENSE.md')),
	],
	provenance: [
		(of) => delete of.workflows['publish.yml'],
		(of) => delete publishJob(of).permissions!['id-token'],
		(of) =>
			(publishJob(of).steps = publishJob(of).steps!.filter(({ run }) => run !== 'npm run release')),
		(of) => (of.workflows['publish.yml'].on.push = { tags: ['v*'], branches: ['main'] }),
		(of) => delete of.manifest.publishConfig,
		(of) => (of.manifest.scripts.release = 'npm publish'),
		(of) => delete of.manifest.scripts.prepublishOnly,
	],
	'no dependencies': [
		(of) => (of.manifest.dependencies = { axios: '1.0.0' }),
		(of) => (of.manifest.optionalDependencies = { axios: '1.0.0' }),
		(of) => (of.manifest.bundledDependencies = ['axios']),
		(of) => (of.manifest.peerDependencies.axios = '*'),
		(of) => program(of, 'a.js', 'const { get } = require("axios")'),
	],
	'usage instructions': [
		(of) => (of.examples = []),
		(of) => (of.readme = of.readme.replaceAll('product/1176', '')),
		(of) => (of.readme = of.readme.replaceAll('product/1137', '')),
		(of) => (of.readme = of.readme.replaceAll('examples', '')),
		(of) => (of.readme = of.readme.replaceAll('QcloudTIW', '')),
	],
	'no environment': [
		(of) => program(of, 'a.js', 'exports.a = process.env.A'),
		(of) => program(of, 'a.js', 'exports.a = globalThis["pro" + "cess"]'),
		(of) => (of.programs = {}),
	],
	'no file system': [
		(of) => program(of, 'a.js', 'require("fs")'),
		(of) => program(of, 'a.js', "require('node:child_process')"),
	],
	typescript: [(of) => of.sources.push('nodes/a.js')],
	scanner: [
		(of) => (of.scans = of.scans.slice(1)),
		(of) => (of.scans[1] = { ...of.scans[1], passed: false }),
	],
	'english panel': [
		(of) => (named(of, 'roomId').displayName = '房间 ID'),
		(of) => (named(of, 'roomId').description = 'Комната'),
		(of) => (operation(of).action = '创建'),
		(of) => (named(of, 'roomId').placeholder = 'e.g. 课'),
	],
	'english search words': [
		(of) => (of.nodes[0].codex!.categories = ['通信']),
		(of) => delete of.nodes[0].codex,
	],
	'english errors': [(of) => program(of, 'a.js', 'exports.a = "失败"')],
	'english documentation': [
		(of) => (of.readme += '中文'),
		(of) => (of.docs['docs/events.md'] += '中文'),
	],
	'package name': [(of) => (of.manifest.name = 'tencent-whiteboard')],
	keyword: [(of) => (of.manifest.keywords = ['n8n'])],
	'n8n attribute': [
		(of) => of.manifest.n8n.nodes.push('dist/nodes/Other/Other.node.js'),
		(of) => (of.tarball.files = []),
	],
	metadata: [
		(of) => (of.manifest.description = ''),
		(of) => (of.manifest.author.email = ''),
		(of) => (of.manifest.engines.node = '*'),
		(of) => (of.manifest.publishConfig = { provenance: true }),
		(of) => (of.manifest.version = '0.2.0'),
		(of) => (of.changelog = of.changelog.replace(/^## \[\d/m, '## [9')),
		(of) => (of.changelog = `# Changelog\n\n## [${of.manifest.version}]\n`),
		(of) => of.tarball.files.push('test/a.json'),
		(of) => of.tarball.files.push('dist/a.js.map'),
		(of) => (of.tarball.size = 80_001),
	],
	'password fields': [
		(of) => delete named(of, 'secretKey').typeOptions,
		(of) => (named(of, 'sessionToken').typeOptions = {}),
	],
	crud: [(of) => (operation(of).name = 'Get')],
	'resource locator': [
		(of) => (named(of, 'sdkAppId').type = 'string'),
		(of) => (named(of, 'sdkAppId').modes = []),
	],
	'from list': [
		(of) => (named(of, 'sdkAppId').default = { __rl: true, mode: 'list', value: '' }),
		(of) => (named(of, 'sdkAppId').modes = named(of, 'sdkAppId').modes!.slice(1)),
		(of) => (named(of, 'sdkAppId').modes = named(of, 'sdkAppId').modes!.slice(0, 1)),
	],
	consistency: ['returnAll', 'limit', 'simplify', 'options', 'additionalFields'].map(
		(name) => (of: Facts) => {
			named(of, name).displayName = 'Else';
		},
	),
	deleting: [(of) => (operation(of).name = 'Delete Room')],
	simplify: [
		(of) => (named(of, 'simplify').name = 'other'),
		(of) => (named(of, 'simplify').description = 'Whether to make it shorter'),
		(of) => (named(of, 'simplify').displayName = 'Simplify?'),
		(of) => (of.outputs[Object.keys(of.outputs)[0]] = 11),
		(of) => (of.outputs = {}),
	],
	'tool output': [(of) => (of.nodes[0].description.usableAsTool = undefined)],
	'title case': [
		(of) => (named(of, 'roomId').displayName = 'Room number'),
		(of) => (of.nodes[0].description.displayName = 'Tencent whiteboard'),
		(of) => (operation(of).name = 'Create snapshot'),
	],
	'sentence case': [
		(of) => (named(of, 'roomId').description = 'the room'),
		(of) => (named(of, 'roomId').description = 'The room.'),
		(of) => (named(of, 'roomId').hint = 'The room. It may be empty'),
	],
	placeholders: [
		(of) => (named(of, 'roomId').placeholder = '12345'),
		(of) => (named(of, 'options').placeholder = 'More'),
	],
	'operation names': [
		(of) => (operation(of).description = operation(of).action),
		(of) => delete operation(of).action,
	],
	'action case': [
		(of) => (operation(of).action = 'Create Snapshot Task'),
		(of) => (operation(of).action = 'create snapshot task'),
	],
	'action articles': [
		(of) => (operation(of).action = 'Create a snapshot task'),
		(of) => (operation(of).action = 'Create'),
	],
	'quoted names': [
		(of) => (named(of, 'roomId').description = 'Empty without the parameter Group ID'),
		(of) => program(of, 'a.js', 'exports.a = "Fill in “Room ID”"'),
	],
	whether: [(of) => (typed(of, 'boolean').description = 'If it waits')],
	'words of errors': [
		(of) => program(of, 'execute/a.js', 'exports.a = "There was an error in it"'),
		(of) => program(of, 'transport/a.js', 'exports.a = `The failure of ${b} is final`'),
	],
	'item index': [
		(of) => {
			for (const path of Object.keys(of.programs))
				if (path.includes('/execute/')) of.programs[path] = '';
		},
	],
	'node names': [
		(of) => (of.nodes[1].description.displayName = 'Tencent Whiteboard Events'),
		(of) => (of.nodes[0].description.displayName = 'Tencent Whiteboard Node'),
	],
	'resource first': [(of) => void of.nodes[0].description.properties.reverse()],
	'trigger on': [
		(of) => (named(of, 'events').displayName = 'Events'),
		(of) => (named(of, 'events').description = 'The events'),
		(of) => {
			for (const { property } of parametersOf(of))
				if (property.name === 'events') property.name = 'other';
		},
	],
	lists: [(of) => (named(of, 'site').default = 'moon')],
	subtitle: [(of) => delete of.nodes[0].description.subtitle],
	ids: [(of) => (named(of, 'roomId').displayName = 'Room Id')],
	dates: [
		(of) => {
			for (const { property } of parametersOf(of))
				if (property.type === 'dateTime') property.type = 'string';
		},
	],
	'binary fields': [(of) => (named(of, 'binaryPropertyName').displayName = 'Binary Property')],
	icons: [
		(of) => (of.icons = {}),
		(of) => (of.nodes[0].description.icon = 'file:tencentWhiteboard.svg'),
		(of) => {
			for (const path of Object.keys(of.icons))
				of.icons[path] = of.icons[path].replace('0 0 60 60', '0 0 60 40');
		},
	],
	'parameter names': [
		(of) => {
			const [first] = of.nodes[0].description.properties.filter(({ name }) => name === 'roomId');
			of.nodes[0].description.properties.push({ ...first, displayName: 'Number of the Room' });
		},
	],
	helpers: [
		(of) => program(of, 'a.js', 'exports.a = () => fetch("https://example.com")'),
		(of) => (of.programs = { 'dist/nodes/a.js': '' }),
	],
	'file names': [
		(of) => (of.nodes[0].path = 'dist/nodes/TencentWhiteboard/Whiteboard.node'),
		(of) => (of.credentials[0].path = 'dist/credentials/Tencent.credentials'),
	],
	modules: [
		(of) => (of.programs = { 'dist/nodes/TencentWhiteboard/TencentWhiteboard.node.js': '' }),
	],
	codex: [
		(of) => delete of.nodes[0].codex,
		(of) => (of.nodes[0].codex!.node = 'n8n-nodes-base.other'),
		(of) => (of.nodes[0].codex!.nodeVersion = '9.0'),
		(of) => (of.nodes[0].codex!.codexVersion = '0.9'),
		(of) => (of.nodes[0].codex!.categories = ['Video']),
		(of) => (of.nodes[0].codex!.categories = []),
		(of) => (of.nodes[0].codex!.resources = {}),
	],
	'credential documentation': [
		(of) => delete of.credentials[0].documentationUrl,
		(of) => (of.credentials[0].documentationUrl = 'https://example.com/#nowhere'),
	],
};

const measured = ROWS.filter((row) => 'check' in row && row.check !== undefined);

test('every row is found by its name', () => {
	expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
	expect(Object.keys(BREAKS).sort()).toEqual(measured.map(({ id }) => id).sort());
});

describe.each(measured)('$id', (row) => {
	test('is kept', () => {
		expect(judge(row, facts)).toEqual({
			mark: 'kept' in row ? 'kept on purpose' : '✓',
			text: expect.stringMatching(/\w/),
		});
	});

	test.each(BREAKS[row.id].map((spoil, index) => [index + 1, spoil] as const))(
		'is missed after change %i',
		(_, spoil) => {
			const spoilt = copy();
			spoil(spoilt);
			expect(judge(row, spoilt)).toEqual({ mark: '✗', text: expect.stringMatching(/\S/) });
		},
	);
});

test.each(ROWS.filter((row) => !measured.includes(row)))(
	'$id says why nothing is measured',
	(row) => {
		expect(['open', 'judged by people']).toContain(judge(row, facts).mark);
		expect(judge(row, facts).text.length).toBeGreaterThan(10);
	},
);
