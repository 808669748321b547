/** Mutation tests of what signs, sends, limits and waits, with the tests that play time. Run by `npm run mutation`. */
export default {
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner'],
	jest: {
		projectType: 'custom',
		configFile: 'jest.config.mjs',
		enableFindRelatedTests: true,
		config: {
			testMatch: [
				'<rootDir>/test/vectors/*.test.mts',
				'<rootDir>/test/unit/*.test.mts',
				'<rootDir>/test/properties/*.test.mts',
			],
			reporters: [],
			testTimeout: 4000,
		},
	},
	mutate: [
		'credentials/signing/*.ts',
		'nodes/TencentWhiteboard/transport/*.ts',
		'nodes/TencentWhiteboard/execute/wait.ts',
		// Texts and the retry class of each code: data, compared with the documentation by the tests.
		'!nodes/TencentWhiteboard/transport/codes.ts',
		// Real time and real chance.
		'!nodes/TencentWhiteboard/transport/system.ts',
	],
	ignorePatterns: ['dist', 'emulator', 'engine', 'bench', 'e2e', 'coverage', 'reports'],
	coverageAnalysis: 'perTest',
	ignoreStatic: false,
	concurrency: 2,
	timeoutMS: 5000,
	timeoutFactor: 1.5,
	reporters: ['progress-append-only', 'clear-text', 'json'],
	clearTextReporter: { reportTests: false, allowColor: false },
	jsonReporter: { fileName: 'reports/mutation.json' },
	tempDirName: '.stryker-tmp',
	checkers: [],
	allowEmpty: false,
};
