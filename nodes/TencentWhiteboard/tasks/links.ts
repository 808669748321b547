import { UnexpectedShape, isObject } from '../text';
import type { ResultFile } from '../types';

/** The entries of a list that may be missing or null. */
function entriesOf(list: unknown, field: string): unknown[] {
	if (list === undefined || list === null) return [];
	if (!Array.isArray(list)) throw new UnexpectedShape(`${field} is not a list`);
	return list.filter((entry) => entry !== null);
}

/** Where links belong there can be words: "Disused. Use the VideoInfoList parameter." */
export const isLink = (value: unknown): value is string =>
	typeof value === 'string' && /^\s*https?:\/\//i.test(value);

/** The file behind a link that may be missing. */
export function linkFiles(link: unknown, field: string): ResultFile[] {
	if (link === undefined || link === null) return [];
	if (typeof link !== 'string') throw new UnexpectedShape(`${field} is not a link`);
	return isLink(link) ? [{ url: link.trim() }] : [];
}

/** A link to a web page, whatever it is called. */
export const pageAt = (file: ResultFile): ResultFile => ({ ...file, isPage: true });

/** The files behind a list of links. */
export const listedFiles = (links: unknown, field: string): ResultFile[] =>
	entriesOf(links, field).flatMap((link) => linkFiles(link, `An entry of ${field}`));

/** The files behind a list of media: each entry has its link in VideoUrl. */
export const videoFiles = (videos: unknown, field: string): ResultFile[] =>
	entriesOf(videos, field).flatMap((video) => {
		if (!isObject(video)) throw new UnexpectedShape(`An entry of ${field} is not an object`);
		return linkFiles(video.VideoUrl, `VideoUrl in ${field}`);
	});
