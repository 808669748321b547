const { src, dest } = require('gulp');

/** TypeScript does not copy icons and codex files: they go beside the compiled nodes and credentials. */
function assets() {
	return src(['nodes/**/*.{svg,png,json}', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

exports.assets = assets;
exports.default = assets;
