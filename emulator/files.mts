/** Result files under /files/: images drawn for finished snapshot tasks, and files put there by hand. */
import { randomUUID } from 'node:crypto';

import { snapshotPng } from './png.mts';
import { hasEnded } from './state.mts';
import type { TaskStore } from './state.mts';

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

	find(path: string, tasks: TaskStore, now: number): StoredFile | undefined {
		return this.#files.get(path) ?? snapshotImage(path, tasks, now);
	}
}

export function snapshotPath(sdkAppId: number, taskId: string, index: number): string {
	return `${FILES_PATH}${sdkAppId}/${encodeURIComponent(taskId)}/${index}.png`;
}

/** Images are there once their task has ended well, not before. */
function snapshotImage(path: string, tasks: TaskStore, now: number): StoredFile | undefined {
	const parts = /^\/files\/(\d+)\/([^/]+)\/([1-9]\d*)\.png$/.exec(path);
	if (!parts) return undefined;
	let taskId: string;
	try {
		taskId = decodeURIComponent(parts[2]);
	} catch {
		return undefined;
	}
	const task = tasks.find('snapshot', Number(parts[1]), taskId);
	const index = Number(parts[3]);
	if (!task || !hasEnded(task, now) || index > task.data.images) return undefined;
	return { contentType: 'image/png', content: snapshotPng(taskId, index) };
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
