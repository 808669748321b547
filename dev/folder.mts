/** What one start leaves to the next, beside n8n's own data. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../e2e/n8n/processes.mts';

/** Workflows name the stand-ins by their ports, so each keeps its own. */
export const STAND_INS = ['emulator', 'store', 'chat', 'mailbox', 'model'] as const;
export type Ports = Record<(typeof STAND_INS)[number], number>;

/** An example as it was put into n8n: with another version a person has changed it. */
export interface PutExample {
	id: string;
	versionId: string;
	content: string;
}

export interface Memory {
	/** Of n8n's owner. n8n runs programs, so it is not the same on every machine. */
	password: string;
	/** Of n8n's credentials. */
	encryptionKey: string;
	ports: Ports;
	/** By the file's name. */
	examples: Record<string, PutExample>;
}

export interface Folder {
	path: string;
	memory: Memory;
	save(): void;
}

async function begin(): Promise<Memory> {
	const ports: Partial<Ports> = {};
	for (const name of STAND_INS) ports[name] = await freePort();
	return {
		// n8n wants a capital and a number.
		password: `N8n-${randomBytes(9).toString('base64url')}`,
		encryptionKey: randomBytes(24).toString('base64url'),
		ports: ports as Ports,
		examples: {},
	};
}

const FILE = 'dev.json';

/** Deletes nothing that has not been made here. */
export function clearFolder(path: string): void {
	if (!existsSync(path) || readdirSync(path).length === 0) return;
	if (!existsSync(join(path, FILE))) throw new Error(`${path} holds something else: it stays`);
	rmSync(path, { recursive: true });
}

export async function openFolder(path: string): Promise<Folder> {
	const file = join(path, FILE);
	mkdirSync(path, { recursive: true });
	const memory = existsSync(file)
		? (JSON.parse(readFileSync(file, 'utf8')) as Memory)
		: await begin();
	const save = () => writeFileSync(file, JSON.stringify(memory, null, '\t'), { mode: 0o600 });
	save();
	return { path, memory, save };
}
