const { rmSync } = require('node:fs');
const { Transform } = require('node:stream');

const { dest, lastRun, series, src, watch } = require('gulp');

const { compacted } = require('./scripts/compact.cjs');

const DIST = process.env.DIST ?? 'dist';

const ASSETS = ['nodes/**/*.{svg,png,json}', 'credentials/**/*.{svg,png}'];

/** TypeScript does not copy icons and codex files: they go beside the compiled nodes and credentials. */
function assets() {
	return src(ASSETS, { base: '.', encoding: false, since: lastRun(assets) }).pipe(dest(DIST));
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
	return src(`${DIST}/**/*.js`, { base: '.' }).pipe(transform).pipe(dest('.'));
}

exports.assets = assets;
exports.compact = compact;
exports.watch = () => watch(ASSETS, assets);
exports.default = series(assets, compact);
