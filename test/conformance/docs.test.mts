/** What the documents point at is there, every example is shown, and no picture is left over. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { targetsOf } from '../markdown.mts';
import type { Targets } from '../markdown.mts';

const isOutside = (target: string) => /^[a-z]+:/.test(target);

/** A path as seen from the project's folder. */
const pathFrom = (document: string, target: string) =>
	normalize(join(dirname(document), decodeURIComponent(target)));

/** What a document points at and is not there. */
function deadEnds(name: string, documents: ReadonlyMap<string, Targets>): string[] {
	const { links = [], pictures = [] } = documents.get(name) ?? {};
	const isThere = (target: string) => {
		const [file, anchor] = target.split('#');
		const path = file === '' ? name : pathFrom(name, file);
		if (file !== '' && !existsSync(path)) return false;
		return anchor === undefined || (documents.get(path)?.anchors.includes(anchor) ?? false);
	};
	return [...links, ...pictures.map(({ target }) => target)].filter(
		(target) => !isOutside(target) && !isThere(target),
	);
}

const SKIPPED = ['node_modules', 'dist', 'reports', 'coverage'];
const names = globSync('**/*.md', { exclude: (name) => SKIPPED.includes(basename(name)) });
const documents = new Map(names.map((name) => [name, targetsOf(readFileSync(name, 'utf8'))]));
const shown = [...documents].flatMap(([name, { pictures }]) =>
	pictures.map(({ target, alt }) => ({ name, alt, path: pathFrom(name, target) })),
);

test('the documents are found', () => {
	expect(names).toEqual(expect.arrayContaining(['README.md', join('docs', 'examples.md')]));
});

test.each(names)('%s: each link and each picture leads somewhere', (name) => {
	expect(deadEnds(name, documents)).toEqual([]);
});

test('a file, a heading or a picture that is not there is found', () => {
	const markdown = [
		'# Some *Words* & `code`',
		'[a](#some-words--code) [b](#other) [c](README.md#installation) [d](README.md#nothing)',
		'![e](docs/nothing.png) <img src="docs/neither.png"> <https://example.com/nothing>',
	].join('\n\n');
	const trial = new Map([...documents, ['TRIAL.md', targetsOf(markdown)]]);
	expect(deadEnds('TRIAL.md', trial)).toEqual([
		'#other',
		'README.md#nothing',
		'docs/nothing.png',
		'docs/neither.png',
	]);
});

describe('pictures', () => {
	const files = globSync('docs/images/**/*.{png,webp,gif,svg}');

	test('each is shown', () => {
		expect(files.filter((file) => !shown.some(({ path }) => path === file))).toEqual([]);
	});

	test('each says in words what it shows', () => {
		expect(shown.filter(({ alt }) => alt.trim() === '')).toEqual([]);
	});
});

describe('examples', () => {
	const index = documents.get(join('docs', 'examples.md'));
	const examples = globSync('examples/*.json');

	test.each(examples)('%s has an entry with its picture in docs/examples.md', (example) => {
		const picture = `images/examples/${basename(example, '.json')}.png`;
		expect(index?.links).toContain(relative('docs', example));
		expect(index?.pictures.map(({ target }) => target)).toContain(picture);
	});
});
