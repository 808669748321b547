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

/** Indentation is a twentieth of the package. Lines stay as they are, so that stack traces fit the sources' order. */
function withoutIndentation(program) {
	const kept = linesWithinText(program);
	return program
		.split('\n')
		.map((line, index) => (kept.has(index) ? line : line.trimStart()))
		.join('\n');
}

function compact() {
	const transform = new Transform({
		objectMode: true,
		transform(file, _, done) {
			file.contents = Buffer.from(withoutIndentation(String(file.contents)));
			done(null, file);
		},
	});
	return src('dist/**/*.js', { base: '.' }).pipe(transform).pipe(dest('.'));
}

exports.assets = assets;
exports.compact = compact;
exports.default = series(assets, compact);
