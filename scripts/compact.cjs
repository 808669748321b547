// Makes compiled programs smaller, and leaves them what they are.
const { minify } = require('terser');
const ts = require('typescript');

/** The lines of a program that begin within a text, where white space means something. */
function linesWithinText(program) {
	const source = ts.createSourceFile('', program, ts.ScriptTarget.Latest, true);
	const lines = new Set();
	const visit = (node) => {
		if (ts.isTemplateLiteralToken(node) || ts.isStringLiteral(node)) {
			const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
			for (let line = lineOf(node.getStart()) + 1; line <= lineOf(node.end); line += 1)
				lines.add(line);
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return lines;
}

/** For importers that there are none of: a mark for other kinds of modules, and names before their values. */
const UNUSED =
	/^(Object\.defineProperty\(exports,"__esModule",\{value:true\}\)|(exports\.[\w$]+=)+void 0)$/;

/** White space goes, declarations join; names and statements stay, each on a line of its own for stack traces. */
async function compacted(program) {
	const { code } = await minify(program, {
		ecma: 2020,
		compress: { defaults: false, join_vars: true },
		mangle: false,
		format: { semicolons: false },
	});
	const withinText = linesWithinText(code);
	const isNeeded = (line, index) => withinText.has(index) || !UNUSED.test(line);
	return code.split('\n').filter(isNeeded).join('\n');
}

module.exports = { compacted };
