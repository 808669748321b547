'use strict';
const { TestEnvironment } = require('jest-environment-node');

/** Tells Stryker's code in the sources which test runs. Once a test has failed the rest of its file is skipped. */
module.exports = class extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		// What runs outside of tests, when modules are loaded or in `beforeAll`, counts as `static`.
		this.mutation = globalThis.mutationRun.open(context.testPath);
		this.global.__stryker__ = this.mutation;
	}

	handleTestEvent({ name, test }) {
		if (name === 'test_start') {
			if (this.failed) test.mode = 'skip';
			this.mutation.currentTestId = nameOf(test);
		} else if (name === 'test_done') {
			if (test.errors.length > 0) this.failed = true;
			this.mutation.currentTestId = undefined;
		}
	}
};

/** As jest's results have it: the names of all around it, then its own. */
function nameOf({ parent, name }) {
	const names = [name];
	for (let block = parent; block.parent; block = block.parent) names.unshift(block.name);
	return names.join(' ');
}
