/**
 * Breaks that people make, where mutation tests change an operator at a time: `npm run breaks` makes each and
 * names a test that notices. Fails when nobody notices one, or when the code that one changes is gone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Break {
	what: string;
	/** In `nodes/TencentWhiteboard`, without its ending. */
	file: string;
	/** What stands there once, and what is put in its place. */
	from: string;
	to: string;
	/** Files in `test` that may notice, without their endings. */
	tests: string[];
}

const breaks: Break[] = [
	{
		what: 'The Region option is ignored',
		file: 'execute/plan',
		from: 'settings.value.region || region',
		to: 'region',
		tests: ['unit/plan', 'engine/operations'],
	},
	{
		what: 'File names are not sanitised',
		file: 'transport/files',
		from: ".replace(UNSAFE, '_')",
		to: '',
		tests: ['unit/files'],
	},
	{
		what: 'Bytes are counted as characters in a field',
		file: 'execute/request',
		from: "maxLengthUnit === 'bytes' ? Buffer.byteLength(text) : text.length",
		to: 'text.length',
		tests: ['unit/request'],
	},
	{
		what: 'Bytes are counted as characters in a file name',
		file: 'transport/files',
		from: 'Buffer.byteLength(base + extension)',
		to: '(base + extension).length',
		tests: ['unit/files'],
	},
	{
		what: 'The filter of a list minds case in what is looked for',
		file: 'execute/search',
		from: 'filter.trim().toLowerCase()',
		to: 'filter.trim()',
		tests: ['unit/lists'],
	},
	{
		what: 'The filter of a list minds case in the entries',
		file: 'execute/search',
		from: 'name.toLowerCase().includes(wanted)',
		to: 'name.includes(wanted)',
		tests: ['unit/lists'],
	},
	{
		what: 'A list is not cut to its limit',
		file: 'execute/list',
		from: 'entries.slice(0, limit)',
		to: 'entries',
		tests: ['unit/lists'],
	},
	{
		what: 'Downloads ignore the retry budget',
		file: 'transport/download',
		from: '		connection,\n		async (due)',
		to: '		{ ...connection, budget: { take: () => true, succeeded: () => {} } as never },\n		async (due)',
		tests: ['unit/download'],
	},
	{
		what: 'The connection of a file that is not read to its end stays open',
		file: 'transport/download',
		from: 'request?.destroy();',
		to: '',
		tests: ['unit/download'],
	},
	{
		what: "A recording's terminal error codes are empty",
		file: 'tasks/recording',
		from: "['FailedOperation.Record']",
		to: '[]',
		tests: ['unit/task-specs', 'lines/terminal-codes'],
	},
	{
		what: 'Words in place of a link are a file',
		file: 'tasks/links',
		from: 'isLink(link) ? [{ url: link.trim() }] : []',
		to: 'link ? [{ url: link.trim() }] : []',
		tests: ['unit/task-specs', 'engine/files'],
	},
	{
		what: 'A video generation with words in place of its video has succeeded',
		file: 'tasks/videoGeneration',
		from: 'isLink(video.VideoUrl)',
		to: "video.VideoUrl !== ''",
		tests: ['unit/task-specs', 'engine/every-task'],
	},
	{
		what: 'An empty text removes a stored callback',
		file: 'execute/request',
		from: "return within(field, { mustBe: '', advice });",
		to: "return field.removal ? { value: '' } : within(field, { mustBe: '', advice });",
		tests: ['unit/request', 'engine/every-task'],
	},
	{
		what: 'A period that ends before it begins is sent',
		file: 'execute/request',
		from: 'return end < start',
		to: 'return false',
		tests: ['unit/request'],
	},
	{
		what: 'Files count where nobody waits for the task that has them',
		file: 'description/options',
		from: 'waits === true',
		to: 'true',
		tests: ['unit/request', 'engine/operations'],
	},
	{
		what: 'The error of a failed task says nothing of its files',
		file: 'execute/task',
		from: 'countFiles(files, answer)',
		to: '0',
		tests: ['unit/task', 'lines/error-items'],
	},
	{
		what: 'Links of a task that is still running are told of as its files',
		file: 'execute/output',
		from: 'links: pending || downloadFiles ? 0 : count',
		to: 'links: downloadFiles ? 0 : count',
		tests: ['unit/output'],
	},
	{
		what: 'An execution that is cancelled before the node begins runs',
		file: 'execute/run',
		from: 'if (cancel?.aborted) onCancel();',
		to: '',
		tests: ['unit/run'],
	},
	{
		what: 'A signal that is aborted already is ignored',
		file: 'transport/signals',
		from: 'if (from?.aborted) controller.abort(from.reason);',
		to: '',
		tests: ['unit/transport-parts'],
	},
	{
		what: "The listener for the execution's cancel is never removed",
		file: 'execute/run',
		from: "cancel?.removeEventListener('abort', onCancel);",
		to: '',
		tests: ['unit/run'],
	},
	{
		what: 'The listener of a derived signal is never removed',
		file: 'transport/signals',
		from: "signal.removeEventListener('abort', onAbort);",
		to: '',
		tests: ['unit/transport-parts'],
	},
	{
		what: 'The poll after a create is treated as a change',
		file: 'execute/task',
		from: 'action: task.describe, readOnly: true, body',
		to: 'action: task.describe, body',
		tests: ['unit/run', 'lines/started-tasks'],
	},
	{
		what: 'A cancel does not abort a download',
		file: 'transport/download',
		from: 'watch(env, { timeout, signal }',
		to: 'watch(env, { timeout }',
		tests: ['unit/download'],
	},
	{
		what: 'An item that fails does not stop the others',
		file: 'execute/run',
		from: "ending.abort(new Error('Another item has failed'));",
		to: '',
		tests: ['unit/run'],
	},
	{
		what: 'Whoever knows the execution resumes it',
		file: 'webhook/resume',
		from: 'if (!isSame(textOf(query.secret), secret)) return undefined;',
		to: '',
		tests: ['unit/callbacks'],
	},
	{
		what: 'A callback is believed',
		file: 'webhook/resume',
		from: "if (state === 'pending' && one !== item) return false;",
		to: 'if (one !== item) return true;',
		tests: ['unit/callbacks'],
	},
	{
		what: 'What a parked node was given passes it by',
		file: 'execute/callbacks',
		from: 'entry.data = { main: [] };',
		to: '',
		tests: ['lines/callbacks'],
	},
	{
		what: 'With execution order v0 the time limit ends in an endless loop',
		file: 'execute/callbacks',
		from: 'entry.data = { main: [] };',
		to: 'entry.data = { main: [null] };',
		tests: ['lines/callbacks-workflow'],
	},
	{
		what: 'A callback resumes what its time limit has resumed',
		file: 'execute/callbacks',
		from: 'if (parked) isNew(roundOf(parked));',
		to: '',
		tests: ['unit/callbacks'],
	},
	{
		what: 'Always Output Data makes an item of a parked node',
		file: 'execute/callbacks',
		from: 'entry.node = { ...entry.node, alwaysOutputData: false };',
		to: '',
		tests: ['lines/callbacks'],
	},
	{
		what: 'An execution that is resumed too early gives up',
		file: 'execute/callbacks',
		from: 'step.until - now > REST',
		to: 'false',
		tests: ['lines/callbacks'],
	},
	{
		what: 'An expired callback is taken',
		file: 'webhook/verify',
		from: "return (Number(expireTime) + CLOCK_TOLERANCE) * 1000 < now ? 'it has expired' : undefined;",
		to: 'return undefined;',
		tests: ['unit/trigger-receive'],
	},
	{
		what: 'The signature of an event comes out with it',
		file: 'webhook/receive',
		from: 'delete item.Sign;',
		to: '',
		tests: ['unit/trigger-receive'],
	},
	{
		what: 'The URL does not carry what was registered before',
		file: 'webhook/lifecycle',
		from: 'return whole.length > LONGEST_URL ? url : whole;',
		to: 'return url;',
		tests: ['unit/trigger-lifecycle'],
	},
	{
		what: 'The former key is overwritten before the URL that carries it is there',
		file: 'webhook/lifecycle',
		from: "await register(place, { url: carrying(former, place), key }, 'url');",
		to: "await register(place, { url: carrying(former, place), key }, 'key');",
		tests: ['unit/trigger-lifecycle'],
	},
];

interface Results {
	success: boolean;
	testResults: Array<{
		name: string;
		message: string;
		assertionResults: Array<{ status: string; fullName: string }>;
	}>;
}

const folder = mkdtempSync(join(tmpdir(), 'breaks-'));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

function runTests(tests: string[], change?: object): Results {
	const outputFile = join(folder, 'results.json');
	spawnSync(
		process.execPath,
		[
			...[jest, '--config', 'test/mutation/jest.config.mjs', '--json', '--outputFile', outputFile],
			...['--reporters', './test/closing-line.mjs'],
			...['--silent', '--maxWorkers', '2', '--runTestsByPath'],
			...tests.map((name) => `test/${name}.test.mts`),
		],
		{ stdio: 'ignore', env: { ...process.env, ...(change && { BREAK: JSON.stringify(change) }) } },
	);
	return JSON.parse(readFileSync(outputFile, 'utf8')) as Results;
}

/** The names of the tests that failed; of a file that cannot be loaded, why. */
const failed = ({ testResults }: Results) =>
	testResults.flatMap(({ name, message, assertionResults }) =>
		assertionResults.length > 0
			? assertionResults.filter(({ status }) => status === 'failed').map((one) => one.fullName)
			: [`${name}: ${message}`],
	);

let unnoticed = 0;
try {
	const whole = failed(runTests([...new Set(breaks.flatMap(({ tests }) => tests))]));
	if (whole.length > 0) throw new Error(`Fails without a break: ${whole.join(', ')}`);
	for (const { what, file, from, to, tests } of breaks) {
		const path = `nodes/TencentWhiteboard/${file}.ts`;
		if (readFileSync(path, 'utf8').split(from).length !== 2) {
			throw new Error(`${what}: ${path} does not hold this once: ${from}`);
		}
		const [first, ...others] = failed(runTests(tests, { file: path, from, to }));
		if (!first) unnoticed += 1;
		const more = others.length > 0 ? ` and ${others.length} more` : '';
		console.log(`${what}\n  ${first ? `noticed by: ${first}${more}` : 'NOT NOTICED'}`);
	}
} finally {
	rmSync(folder, { recursive: true });
}
console.log(`\n${breaks.length} breaks, ${breaks.length - unnoticed} noticed`);
if (unnoticed > 0) process.exitCode = 1;
