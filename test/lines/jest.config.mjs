/**
 * Runs all tests on n8n 2, and those of this folder and of the engine on n8n 1 too. The configuration
 * in the root is n8n 2 alone: mutation tests add options to it that jest would not pass on to projects.
 */
import { join } from 'node:path';
import base from '../../jest.config.mjs';

// Jest takes these from the whole run, not from a project.
const { reporters, testTimeout, ...shared } = base;
const rootDir = join(import.meta.dirname, '..', '..');

export default {
	rootDir,
	reporters,
	testTimeout,
	// More than two cores: the tests wait half of their time.
	maxWorkers: 3,
	// A busy machine may need more than the half second that jest gives a worker to end.
	workerGracefulExitTimeout: 10_000,
	projects: [
		{ ...shared, rootDir, displayName: 'n8n 2' },
		{
			...shared,
			rootDir,
			displayName: 'n8n 1',
			globals: { n8nLine: 1 },
			resolver: '<rootDir>/test/lines/resolve-n8n-1.cjs',
			testMatch: ['lines', 'engine', 'faults', 'fuzz'].map(
				(folder) => `<rootDir>/test/${folder}/**/*.test.mts`,
			),
		},
	],
};
