'use strict';
// Makes one change in one source file while jest loads it: `BREAK` says which, see breaks.mts.
const { relative } = require('node:path');
const swc = require('@swc/jest');

const { file, from, to } = JSON.parse(process.env.BREAK);

const broken = (source, path, { config: { rootDir } }) =>
	relative(rootDir, path) === file ? source.replace(from, () => to) : source;

module.exports.createTransformer = (options) => {
	const inner = swc.createTransformer(options);
	return {
		...inner,
		process: (source, path, about) => inner.process(broken(source, path, about), path, about),
		getCacheKey: (source, path, about) =>
			inner.getCacheKey(broken(source, path, about), path, about),
	};
};
