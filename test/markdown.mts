/** The Markdown of the project's own pages, as far as tests ask for it. */
import { readFileSync } from 'node:fs';

import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';

export interface Section {
	/** The titles of the headings that it is under, outermost first. */
	titles: string[];
	/** The first row of each has the titles of its columns; cells are their source. */
	tables: string[][][];
}

const markdown = new MarkdownIt();

export const tokensOf = (path: string): Token[] => markdown.parse(readFileSync(path, 'utf8'), {});

/** The sections of a page, in its order. */
export function sectionsOf(path: string): Section[] {
	const sections: Section[] = [{ titles: [], tables: [] }];
	tokensOf(path).forEach((token, index, tokens) => {
		const section = sections.at(-1)!;
		const { content } = tokens[index + 1] ?? {};
		if (token.type === 'heading_open') {
			const depth = Number(token.tag.slice(1));
			sections.push({ titles: [...section.titles.slice(0, depth - 1), content], tables: [] });
		}
		if (token.type === 'table_open') section.tables.push([]);
		if (token.type === 'tr_open') section.tables.at(-1)!.push([]);
		if (token.type === 'td_open' || token.type === 'th_open') {
			section.tables.at(-1)!.at(-1)!.push(content);
		}
	});
	return sections;
}
