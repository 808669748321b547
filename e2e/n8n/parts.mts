/** What is tried in the whole n8n, and the programs that it takes beside Node.js and npm. */
export const PARTS = ['headless', 'editor', 'queue', 'load'] as const;
export type Part = (typeof PARTS)[number];

/** Debian's packages by their programs. */
const PROGRAMS: Record<Part, Record<string, string>> = {
	headless: {},
	editor: { chromium: 'chromium' },
	load: {},
	queue: { 'redis-server': 'redis-server', psql: 'postgresql' },
};

export const programsOf = (parts: readonly Part[]): Record<string, string> =>
	Object.assign({}, ...parts.map((part) => PROGRAMS[part])) as Record<string, string>;
