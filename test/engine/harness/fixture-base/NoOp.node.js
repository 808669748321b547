'use strict';

/** In the place of n8n's own node, to show that an installed node goes before a stand-in. */
class NoOp {
	constructor() {
		this.description = {
			displayName: 'Real No Operation',
			name: 'noOp',
			group: ['input'],
			version: 1,
			description: 'As if n8n-nodes-base were installed',
			defaults: { name: 'No Operation' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		};
	}

	async execute() {
		return [this.getInputData()];
	}
}

exports.NoOp = NoOp;
