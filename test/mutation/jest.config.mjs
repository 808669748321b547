/** n8n loads the sources in place of the built package, and so what has been changed in them. */
import { join } from 'node:path';
import base from '../../jest.config.mjs';

const [[sources, [, swcOptions]]] = Object.entries(base.transform);

export default {
	...base,
	...(process.env.BREAK && {
		transform: { [sources]: ['<rootDir>/test/mutation/break.cjs', swcOptions] },
	}),
	rootDir: join(import.meta.dirname, '..', '..'),
	moduleNameMapper: { '/dist/((?:nodes|credentials)/.+)\\.js$': '<rootDir>/$1.ts' },
	reporters: [],
};
