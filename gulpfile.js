const { rmSync } = require('node:fs');
const { Transform } = require('node:stream');

const { dest, series, src } = require('gulp');

const { compacted } = require('./scripts/compact.cjs');

/** TypeScript does not copy icons and codex files: they go beside the compiled nodes and credentials. */
function assets() {
	return src(['nodes/**/*.{svg,png,json}', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

function compact() {
	const transform = new Transform({
		objectMode: true,
		async transform(file, _, done) {
			const program = await compacted(String(file.contents));
			file.contents = Buffer.from(program);
			// Of types alone nothing is left.
			const isEmpty = program.trim() === '"use strict"';
			if (isEmpty) rmSync(file.path);
			done(null, isEmpty ? undefined : file);
		},
	});
	return src('dist/**/*.js', { base: '.' }).pipe(transform).pipe(dest('.'));
}

exports.assets = assets;
exports.compact = compact;
exports.default = series(assets, compact);
