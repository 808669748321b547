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

export interface Picture {
	target: string;
	/** What is read where it is not seen. */
	alt: string;
}

export interface Targets {
	/** As GitHub makes them from the headings. */
	anchors: string[];
	links: string[];
	pictures: Picture[];
}

const markdown = new MarkdownIt({ html: true });

/** The sections of a page, in its order. */
export function sectionsOf(path: string): Section[] {
	const sections: Section[] = [{ titles: [], tables: [] }];
	markdown.parse(readFileSync(path, 'utf8'), {}).forEach((token, index, tokens) => {
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

/** Without what Markdown makes of the words. */
const wordsOf = ({ children }: Token) =>
	(children ?? [])
		.filter(({ type }) => type === 'text' || type === 'code_inline')
		.map(({ content }) => content)
		.join('');

const anchorOf = (title: string) =>
	title
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.replace(/\s/g, '-');

/** Markdown cannot set the width of a picture: that takes a tag. */
const tagsIn = (html: string) => [...html.matchAll(/<(img|a|source)\b[^>]*>/g)];
const attribute = (tag: string, name: string) =>
	new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';

/** What can be pointed at in a page, and what it points at. */
export function targetsOf(source: string): Targets {
	const targets: Targets = { anchors: [], links: [], pictures: [] };
	const tokens = markdown.parse(source, {});
	tokens.forEach((token, index) => {
		if (token.type === 'heading_open') targets.anchors.push(anchorOf(wordsOf(tokens[index + 1])));
	});
	for (const token of tokens.flatMap((one) => [one, ...(one.children ?? [])])) {
		const { type, content } = token;
		if (type === 'link_open') targets.links.push(String(token.attrGet('href')));
		if (type === 'image') {
			targets.pictures.push({ target: String(token.attrGet('src')), alt: content });
		}
		if (type !== 'html_block' && type !== 'html_inline') continue;
		for (const [tag, kind] of tagsIn(content)) {
			if (kind === 'img') {
				targets.pictures.push({ target: attribute(tag, 'src'), alt: attribute(tag, 'alt') });
			} else {
				targets.links.push(attribute(tag, 'href') || attribute(tag, 'srcset'));
			}
		}
	}
	return targets;
}
