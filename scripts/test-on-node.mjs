// Tests the built package on the Node.js that runs this: node scripts/test-on-node.mjs 22
// npm's scripts would run on that of the development tools. No TypeScript here: older ones cannot read it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [wanted, ...options] = process.argv.slice(2);
const { version } = process;
if (!wanted || !`${version.slice(1)}.`.startsWith(`${wanted}.`)) {
	console.error(`This is Node.js ${version}, not ${wanted ?? 'named'}`);
	process.exit(1);
}

const load = createRequire(import.meta.url);
const { n8n } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const path of [...n8n.nodes, ...n8n.credentials]) {
	const [Type] = Object.values(load(resolve(path)));
	const { description, name = description.name } = new Type();
	console.log(`Node.js ${version} loads ${name}`);
}

// Some tests start programs of the tools, which are TypeScript, and so is the reporter.
const readsTypeScript = Boolean(process.features.typescript);
const projects = readsTypeScript ? ['n8n 2', 'n8n 1'] : ['n8n 1'];
const jest = load.resolve('jest/bin/jest');
const args = [jest, '--config', 'test/lines/jest.config.mjs', '--selectProjects', ...projects];
if (!readsTypeScript) args.push('--reporters', 'default');
const { status } = spawnSync(process.execPath, [...args, ...options], { stdio: 'inherit' });
console.log(`Tested ${projects.join(' and ')} on Node.js ${version}`);
process.exit(status ?? 1);
