// Runs the example workflows with n8n's own nodes: npm run e2e [-- part of a test file's name]
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

import { installOnce } from './install.mts';

await installOnce();

const folder = join(import.meta.dirname, 'tests');
const [wanted = ''] = process.argv.slice(2);
const files = readdirSync(folder)
	.filter((name) => name.endsWith('.test.mts') && name.includes(wanted))
	.map((name) => join(folder, name));

let passed = 0;
let failed = 0;
const isTest = ({ details }: { details: { type?: string } }) => details.type !== 'suite';

run({ files, concurrency: 2 })
	.on('test:pass', (event) => (passed += Number(isTest(event))))
	.on('test:fail', (event) => (failed += Number(isTest(event))))
	.on('end', () => {
		process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
		process.once('exit', () => console.log(`${passed} passed, ${failed} failed`));
	})
	.compose(new spec())
	.pipe(process.stdout);
