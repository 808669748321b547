/** The pages about common problems: errors lead to them, and they know the errors. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { CODES, PROBLEMS } from '../../nodes/TencentWhiteboard/transport/codes.ts';
import type { Page } from '../../nodes/TencentWhiteboard/transport/codes.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { sectionsOf } from '../markdown.mts';

const FOLDER = join('docs', 'problems');
const INDEX = join(FOLDER, 'README.md');

/** All of them: the compiler sees to that. */
const PAGES: Record<Page, true> = {
	callback: true,
	clock: true,
	'files-gone': true,
	permission: true,
	'rate-limit': true,
	signature: true,
	site: true,
};

const read = (path: string) => readFileSync(path, 'utf8').replace(/\s+/g, ' ');

test('the pages that errors name are those that there are, in the repository of the package', () => {
	const files = readdirSync(FOLDER).filter((file) => file !== 'README.md');
	expect(files.sort()).toEqual(Object.keys(PAGES).map((page) => `${page}.md`));
	expect(PROBLEMS).toBe(`${packageFile.homepage}/blob/main/docs/problems/`);
});

test.each(Object.keys(PAGES))(
	'%s is in the index, and tells what, why, how and whether',
	(page) => {
		expect(read(INDEX)).toContain(`](${page}.md)`);
		const titles = sectionsOf(join(FOLDER, `${page}.md`)).flatMap(
			(section) => section.titles[1] ?? [],
		);
		expect(titles.slice(0, 2)).toEqual(['What you see', expect.stringMatching(/^Why/)]);
		expect(titles).toContainEqual(expect.stringMatching(/^What to do/));
		expect(titles.at(-1)).toBe('How to check');
	},
);

test.each(
	Object.entries(CODES).flatMap(([code, { page, message }]) =>
		page ? [[code, page, message]] : [],
	),
)('%s is on the page %s and in the index', (code, page, message) => {
	for (const text of [read(join(FOLDER, `${page}.md`)), read(INDEX)]) {
		expect(text).toContain(`\`${code}\``);
		expect(text).toContain(message ?? "Tencent's own words");
	}
});
