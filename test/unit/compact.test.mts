/** What is published is what was compiled, but for white space and marks. */
import { createRequire } from 'node:module';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

const { compacted } = createRequire(__filename)('../../scripts/compact.cjs') as {
	compacted(program: string): Promise<string>;
};

/** What a program exports. */
function run(program: string): unknown {
	const exports: Record<string, unknown> = {};
	// eslint-disable-next-line @typescript-eslint/no-implied-eval
	new Function('exports', program)(exports);
	return Object.fromEntries(Object.entries(exports).filter(([, value]) => value !== undefined));
}

test('takes white space and marks off', async () => {
	const program =
		'"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.a = exports.b = void 0;\n    exports.a = {\n        one: 1,\n    };\n';
	expect(await compacted(program)).toBe('"use strict"\nexports.a={one:1}\n');
});

test('takes off no statement that stands in one line with a mark', async () => {
	const program =
		'Object.defineProperty(exports, "__esModule", { value: true });\n(() => { exports.a = 1; })();';
	expect(run(await compacted(program))).toEqual({ a: 1 });
});

test.each([
	['a template', 'exports.a = `one\n    two ${1 +\n    1}\n    exports.a = void 0;\n`;'],
	['a continued string', "exports.a = 'one \\\n\t\ttwo';"],
	['a tagged template', 'exports.a = String.raw`\n    ${`\n   inner`}\n   end`;'],
	['a comment', 'exports.a = 1; /* `\n    */ exports.b = 2;'],
	['a regular expression', 'exports.a = /`/.source;\n    exports.b = `\n   x`;'],
])('leaves %s what it is', async (_, program) => {
	expect(run(await compacted(program))).toEqual(run(program));
});

test('leaves every text what it is', async () => {
	const text = fc.array(
		fc.constantFrom('\n', '    ', '\t', 'exports.a = void 0;', 'x', '\\n', "'", '"'),
	);
	await fc.assert(
		fc.asyncProperty(text, fc.boolean(), async (pieces, isTemplate) => {
			const written = isTemplate ? `\`${pieces.join('')}\`` : JSON.stringify(pieces.join(''));
			const program = `    if (true) {\n        exports.a = ${written};\n    }`;
			expect(run(await compacted(program))).toEqual(run(program));
		}),
	);
});
