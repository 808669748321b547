const { rmSync } = require('node:fs');
const { Transform } = require('node:stream');

const { dest, series, src } = require('gulp');
const ts = require('typescript');

/** TypeScript does not copy icons and codex files: they go beside the compiled nodes and credentials. */
function assets() {
	return src(['nodes/**/*.{svg,png,json}', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

/** The lines of a program that begin within a text, where white space means something. */
function linesWithinText(program) {
	const source = ts.createSourceFile('', program, ts.ScriptTarget.Latest, true);
	const lines = new Set();
	const visit = (node) => {
		if (ts.isTemplateLiteralToken(node)) {
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
	/^(Object\.defineProperty\(exports, "__esModule".*|exports\.[\w.= exports]* = void 0;)$/;

/** A tenth of the package is indentation and the like. What is left stays on lines of its own, for stack traces. */
function compacted(program) {
	const withinText = linesWithinText(program);
	return program
		.split('\n')
		.map((line, index) => (withinText.has(index) ? line : line.trimStart()))
		.filter((line) => !UNUSED.test(line))
		.join('\n');
}

function compact() {
	const transform = new Transform({
		objectMode: true,
		transform(file, _, done) {
			const program = compacted(String(file.contents));
			file.contents = Buffer.from(program);
			// Of types alone nothing is left.
			const isEmpty = program.trim() === '"use strict";';
			if (isEmpty) rmSync(file.path);
			done(null, isEmpty ? undefined : file);
		},
	});
	return src('dist/**/*.js', { base: '.' }).pipe(transform).pipe(dest('.'));
}

exports.assets = assets;
exports.compact = compact;
exports.default = series(assets, compact);
