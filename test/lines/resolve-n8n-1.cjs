'use strict';
const { dirname } = require('node:path');

/** Gives n8n 1 to whoever asks for n8n: the engine, the tests and the built node package alike. */
module.exports = (request, options) => {
	const { defaultResolver } = options;
	const [name, ...rest] = request.split('/');
	if (name === 'n8n-core') return defaultResolver(['n8n-core-1', ...rest].join('/'), options);
	if (name === 'n8n-workflow') {
		// The copy beside n8n-core: an error class of another copy would not be known to it.
		const basedir = dirname(defaultResolver('n8n-core-1', options));
		return defaultResolver(request, { ...options, basedir });
	}
	return defaultResolver(request, options);
};
