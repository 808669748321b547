/** Redis and PostgreSQL, for n8n's queue mode; Debian's programs, each with its data in a folder of its own. */
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { freePort, runProgram, startServer, until } from './processes.mts';
import type { Program } from './processes.mts';

const HOST = '127.0.0.1';

export interface Service {
	port: number;
	close(): Promise<void>;
}

export async function startRedis(): Promise<Service> {
	const port = await freePort();
	const options = ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no'];
	const server = await startServer({ name: 'redis', command: 'redis-server', args: options });
	const isReady = () =>
		server.output().includes('Ready to accept connections') ? true : undefined;
	await until(isReady, { what: server.output, within: 10_000 });
	return { port, close: async () => await server.kill() };
}

/** Where Debian keeps the programs of the newest PostgreSQL. */
function programs(): string {
	const versions = '/usr/lib/postgresql';
	const [newest] = existsSync(versions)
		? readdirSync(versions).sort((one, other) => Number(other) - Number(one))
		: [];
	if (!newest) throw new Error('There is no PostgreSQL in /usr/lib/postgresql');
	return join(versions, newest, 'bin');
}

/** Between columns; in no text of n8n's. */
const FIELD = '\u001f';

export interface Database extends Service {
	/** What n8n is told of it. */
	env: Record<string, string>;
	/** Rows of a query, each with its columns as text. */
	query(sql: string): Promise<string[][]>;
}

/** As root it must run as somebody else: as the user whom Debian's package makes. */
function asAnyone({ name, command, args }: Program): Program {
	if (userInfo().uid !== 0) return { name, command, args };
	return {
		name,
		command: 'setpriv',
		args: ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args],
	};
}

const idOf = async (flag: string) =>
	Number((await runProgram({ name: 'id', command: 'id', args: [flag, 'postgres'] })).output);

export async function startPostgres(): Promise<Database> {
	const folder = mkdtempSync(join(tmpdir(), 'whiteboard-postgres-'));
	const data = join(folder, 'data');
	mkdirSync(data, { mode: 0o700 });
	if (userInfo().uid === 0)
		for (const path of [folder, data]) chownSync(path, await idOf('-u'), await idOf('-g'));
	const bin = programs();
	const user = 'n8n';
	const init = asAnyone({
		name: 'initdb',
		command: join(bin, 'initdb'),
		args: ['-D', data, '-U', user, '--auth=trust', '--encoding=UTF8', '--no-sync'],
	});
	const { code, output } = await runProgram(init);
	if (code !== 0) throw new Error(`initdb ended with status ${code}: ${output}`);

	const port = await freePort();
	// The data is thrown away: nothing has to reach the disk.
	const settings = [
		'fsync=off',
		'synchronous_commit=off',
		'full_page_writes=off',
		'max_connections=200',
	];
	const server = await startServer(
		asAnyone({
			name: 'postgres',
			command: join(bin, 'postgres'),
			args: [
				'-D',
				data,
				'-p',
				String(port),
				'-h',
				HOST,
				'-k',
				folder,
				...settings.flatMap((setting) => ['-c', setting]),
			],
		}),
	);
	const isReady = () =>
		server.output().includes('database system is ready to accept connections') ? true : undefined;
	await until(isReady, { what: server.output, within: 20_000 });
	return {
		port,
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: user,
			DB_POSTGRESDB_PASSWORD: 'not needed',
		},
		query: async (sql) => {
			const args = [
				'-h',
				HOST,
				'-p',
				String(port),
				'-U',
				user,
				'-d',
				'postgres',
				'-At',
				'-F',
				FIELD,
				'-c',
				sql,
			];
			const answer = await runProgram({ name: 'psql', command: join(bin, 'psql'), args });
			if (answer.code !== 0) throw new Error(answer.output);
			const lines = answer.output.split('\n').filter(Boolean);
			return lines.map((line) => line.split(FIELD));
		},
		close: async () => {
			await server.kill();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
