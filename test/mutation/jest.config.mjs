/** n8n loads the sources in place of the built package, and so what has been changed in them. */
import { join } from 'node:path';
import base from '../../jest.config.mjs';

export default {
	...base,
	rootDir: join(import.meta.dirname, '..', '..'),
	moduleNameMapper: { '/dist/((?:nodes|credentials)/.+)\\.js$': '<rootDir>/$1.ts' },
	reporters: [],
	forceExit: false,
};
