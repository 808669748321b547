/** Files under /files/: the results of tasks have paths of their own, others are put there by hand. */
import { randomUUID } from 'node:crypto';

import type { Task } from './state.mts';

/** Either the bytes, or only how many: then zeros are made while they are sent, for huge files. */
export type FileContent = Buffer | { size: number };

export interface StoredFile {
	contentType: string;
	content: FileContent;
}

export const FILES_PATH = '/files/';

export function contentLength(content: FileContent): number {
	return Buffer.isBuffer(content) ? content.length : content.size;
}

export class FileStore {
	readonly #files = new Map<string, StoredFile>();

	/** Returns the path at which the file is served. */
	add(name: string, file: StoredFile): string {
		const path = FILES_PATH + name.split('/').map(encodeURIComponent).join('/');
		this.#files.set(path, file);
		return path;
	}

	find(path: string): StoredFile | undefined {
		return this.#files.get(path);
	}
}

/** Where a result file of a task is served: `/files/1400127230/<task>/1.png`. */
export function taskPath({ sdkAppId, id }: Task, name: string): string {
	return `${FILES_PATH}${sdkAppId}/${encodeURIComponent(id)}/${name}`;
}

/** The application, task and file that a path names. */
export function splitTaskPath(
	path: string,
): { sdkAppId: number; taskId: string; name: string } | undefined {
	const [, sdkAppId, taskId, name] = /^\/files\/(\d+)\/([^/]+)\/(.+)$/.exec(path) ?? [];
	if (sdkAppId === undefined) return undefined;
	try {
		return { sdkAppId: Number(sdkAppId), taskId: decodeURIComponent(taskId), name };
	} catch {
		return undefined;
	}
}

const escapeXml = (text: string) =>
	text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The way Tencent's object storage says that there is nothing at this path. */
export function noSuchKey(path: string): StoredFile {
	const lines = [
		'<?xml version="1.0" encoding="utf-8" ?>',
		'<Error>',
		'\t<Code>NoSuchKey</Code>',
		'\t<Message>There is no object with this key.</Message>',
		`\t<Resource>${escapeXml(path)}</Resource>`,
		`\t<RequestId>${randomUUID()}</RequestId>`,
		'</Error>',
		'',
	];
	return { contentType: 'application/xml', content: Buffer.from(lines.join('\n')) };
}
