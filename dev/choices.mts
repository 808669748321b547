/** What can be chosen at the start. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { LINES } from '../e2e/n8n/lines.mts';
import type { Line } from '../e2e/n8n/lines.mts';

const ROOT = join(import.meta.dirname, '..');

/** n8n lays its editor out in its folder: linters look into every one but those of this name. */
const FOLDERS = join(ROOT, '.dev', 'node_modules');

export const USAGE = `Usage: npm run dev -- [--port 5678] [--line 2] [--folder PATH] [--reset]
  --port    of n8n's editor
  --line    of n8n: 2 or 1
  --folder  where n8n keeps its data from one start to the next; .dev in the project by default
  --reset   starts afresh: what is in that folder is deleted
`;

export interface Choices {
	port: number;
	line: Line;
	folder: string;
	reset: boolean;
}

/** Undefined where only the usage is asked for; throws where a choice is none. */
export function readChoices(): Choices | undefined {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '5678' },
			line: { type: 'string', default: '2' },
			folder: { type: 'string' },
			reset: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) return undefined;
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 1 || port > 65535) {
		throw new Error(`--port must be a port, not "${values.port}"`);
	}
	const line = LINES.find((one) => String(one) === values.line);
	if (!line) throw new Error(`--line must be ${LINES.join(' or ')}, not "${values.line}"`);
	const folder = resolve(values.folder ?? join(FOLDERS, `n8n-${line}`));
	return { port, line, folder, reset: values.reset };
}
