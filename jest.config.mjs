/** Tests are .mts files; swc turns them and the package's own .ts into CommonJS. */
export default {
	testEnvironment: '<rootDir>/test/environment.mjs',
	// The n8n that the tests run on; see test/lines.
	globals: { n8nLine: 2 },
	// Not the whole n8n that e2e/ may have installed: Jest would read the names of all its files first.
	roots: ['test', 'nodes', 'credentials', 'emulator', 'engine'].map(
		(folder) => `<rootDir>/${folder}`,
	),
	testMatch: ['<rootDir>/test/**/*.test.mts'],
	moduleFileExtensions: ['mts', 'ts', 'mjs', 'js', 'json', 'node'],
	transform: {
		'\\.(mts|ts)$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
				sourceMaps: 'inline',
			},
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	reporters: ['default', '<rootDir>/test/closing-line.mjs'],
	// Ends a test that hangs; one on a busy machine is to go on.
	testTimeout: 120_000,
};
