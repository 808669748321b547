/** For mutation tests: n8n loads the sources in place of the built package, and so their mutants. */
import { join } from 'node:path';
import base from '../../jest.config.mjs';
import { part } from './parts.mts';

export default {
	...base,
	rootDir: join(import.meta.dirname, '..', '..'),
	testEnvironment: '<rootDir>/test/mutation/environment.cjs',
	testMatch: part.tests.map((name) => `<rootDir>/test/${name}.test.mts`),
	setupFiles: ['<rootDir>/test/mutation/setup.cjs'],
	moduleNameMapper: { '/dist/((?:nodes|credentials)/.+)\\.js$': '<rootDir>/$1.ts' },
	reporters: [],
	forceExit: false,
};
