/** Who may know whom: the rooms of the package, and no circle among its modules. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, test } from '@jest/globals';

interface Module {
	name: string;
	text: string;
	/** Modules of the package, by name. */
	own: string[];
	/** Anything else. */
	foreign: string[];
}

/** `import … from`, `export … from`, `import '…'`, `import('…')` and `require('…')`. */
const IMPORT = /\b(?:from|import|import\(|require\()\s*'([^']+)'/g;

function modulesIn(folder: string): Module[] {
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	return files
		.filter((file) => file.endsWith('.ts'))
		.map((file): Module => {
			const path = join(folder, file);
			const text = readFileSync(path, 'utf8');
			const targets = [...text.matchAll(IMPORT)].map(([, to]) => to);
			const own = targets
				.filter((to) => to.startsWith('.'))
				.map((to) => {
					const target = relative('.', join(path, '..', to));
					return nameOf(target);
				});
			const foreign = targets.filter((to) => !to.startsWith('.'));
			return { name: path.replace(/\.ts$/, ''), text, own, foreign };
		});
}

/** A folder stands for its index. */
const nameOf = (target: string) => (target.endsWith('/resources') ? `${target}/index` : target);

const modules = [...modulesIn('nodes'), ...modulesIn('credentials')];
const names = new Set(modules.map(({ name }) => name));
const NODE = 'nodes/TencentWhiteboard';
const inRoom = (room: string) => modules.filter(({ name }) => name.startsWith(`${NODE}/${room}/`));

test('every import is found, and comes from the package, n8n-workflow or crypto', () => {
	expect(modules.length).toBeGreaterThan(50);
	expect(modules.flatMap(({ own }) => own).filter((name) => !names.has(name))).toEqual([]);
	expect(new Set(modules.flatMap(({ foreign }) => foreign))).toEqual(
		new Set(['n8n-workflow', 'crypto']),
	);
});

test('no import circle', () => {
	const circles: string[] = [];
	const done = new Set<string>();
	const imports = new Map(modules.map(({ name, own }) => [name, own]));
	function walk(name: string, path: string[]): void {
		if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' -> '));
		else if (!done.has(name))
			for (const next of imports.get(name) ?? []) walk(next, [...path, name]);
		done.add(name);
	}
	for (const name of names) walk(name, []);
	expect(circles).toEqual([]);
});

describe('rooms know only those below them', () => {
	const below: Record<string, RegExp> = {
		tasks: /\/(tasks\/\w+|text|types)$/,
		resources: /\/(resources\/.+|tasks\/\w+|types)$/,
		description: /\/(description\/\w+|types)$/,
		transport: /\/(transport\/\w+|text|types|signing\/(credential|request|sites))$/,
		webhook:
			/\/(webhook\/\w+|execute\/(callbacks|task|values)|description\/\w+|resources\/(index|fields\/application)|tasks\/\w+|transport\/\w+|text|types)$/,
		execute: /\/(execute\/\w+|transport\/\w+|description\/options|resources\/\w+|text|types)$/,
	};
	test.each(Object.entries(below))('%s', (room, allowed) => {
		const found = inRoom(room);
		expect(found.length).toBeGreaterThan(1);
		const forbidden = found.flatMap(({ name, own }) =>
			own.filter((to) => !allowed.test(to)).map((to) => `${name} -> ${to}`),
		);
		expect(forbidden).toEqual([]);
	});

	test('the credential knows nothing of the node', () => {
		const own = modulesIn('credentials').flatMap((module) => module.own);
		expect(own.filter((to) => !to.startsWith('credentials/'))).toEqual([]);
	});
});

test.each([
	...[
		'clock',
		'env',
		'pool',
		'public',
		'queue',
		'rate',
		'redact',
		'retry',
		'signals',
		'watchdog',
	].map((name) => `${NODE}/transport/${name}`),
	`${NODE}/execute/hints`,
	`${NODE}/execute/values`,
	`${NODE}/execute/wait`,
	...['events', 'repeats', 'seal', 'verify'].map((name) => `${NODE}/webhook/${name}`),
	'credentials/signing/tc3',
])('%s knows nothing of n8n', (name) => {
	const module = modules.find((one) => one.name === name);
	expect(module?.foreign.filter((from) => from !== 'crypto')).toEqual([]);
});

test('only calls, downloads and the test of the credential use the helpers of n8n', () => {
	const users = modules.filter(({ text }) => /\bhelpers\b/.test(text)).map(({ name }) => name);
	const [call, download, verify] = ['call', 'download', 'verify'].map(
		(name) => `${NODE}/transport/${name}`,
	);
	expect(users.sort()).toEqual([call, download, verify]);
});

test('only the credential and its test sign', () => {
	const users = modules.filter(({ own }) => own.includes('credentials/signing/request'));
	expect(users.map(({ name }) => name).sort()).toEqual([
		'credentials/TencentCloudApi.credentials',
		`${NODE}/transport/verify`,
	]);
});

test('resources hold literals only', () => {
	const literals = inRoom('resources').filter(({ name }) => !name.endsWith('/index'));
	const functions = literals.filter(({ text }) => /=>|\bfunction\b/.test(text));
	expect(functions.map(({ name }) => name)).toEqual([]);
	// What n8n gives them is types, which leave no trace in the package.
	const values = literals.filter(({ text }) => /^import (?!type).*'n8n-workflow'/m.test(text));
	expect(values.map(({ name }) => name)).toEqual([]);
});
