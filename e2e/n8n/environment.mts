/** What n8n's processes are told. */
import type { Line } from './lines.mts';

export const HOST = '127.0.0.1';

/** One for all: a folder made by one instance is read by others. */
const ENCRYPTION_KEY = 'an example key for tests only';

/** Nothing here asks any other machine for anything. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

/** A module that n8n 1 does not know refuses to start. */
const QUIET_BY_LINE: Record<Line, Env> = {
	2: { N8N_DISABLED_MODULES: 'mcp-registry,instance-ai' },
	1: {},
};

export type Env = Record<string, string>;

/** What programs cannot do without; the last ones on Windows. */
const SYSTEM = ['PATH', 'SystemRoot', 'TEMP'];

/** What every n8n process gets. */
export function environment(line: Line, userFolder: string, env: Env = {}): NodeJS.ProcessEnv {
	return {
		...Object.fromEntries(SYSTEM.map((name) => [name, process.env[name]])),
		HOME: userFolder,
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
		N8N_LISTEN_ADDRESS: HOST,
		N8N_SECURE_COOKIE: 'false',
		...QUIET,
		...QUIET_BY_LINE[line],
		...env,
	};
}
