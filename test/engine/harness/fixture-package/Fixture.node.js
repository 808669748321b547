'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { NodeOperationError } = require('n8n-workflow');

const operations = {
	async echo(context, item, index) {
		const answer = await context.helpers.httpRequestWithAuthentication.call(context, 'fixtureApi', {
			method: 'POST',
			url: `${context.getNodeParameter('url', index)}/echo`,
			body: { text: context.getNodeParameter('text', index) },
		});
		return { json: answer, pairedItem: { item: index } };
	},

	async check(context, item, index) {
		if (!item.json.bad)
			return { json: { ...item.json, checked: true }, pairedItem: { item: index } };
		const error = new NodeOperationError(context.getNode(), `Item ${index} is bad`, {
			itemIndex: index,
		});
		if (!context.continueOnFail()) throw error;
		return { json: { error: error.message }, pairedItem: { item: index } };
	},

	/** Fails as a whole until it was called often enough. */
	async flaky(context, item, index) {
		const data = context.getWorkflowStaticData('node');
		data.calls = (data.calls ?? 0) + 1;
		if (data.calls < 3) throw new NodeOperationError(context.getNode(), `Call ${data.calls}`);
		return { json: { calls: data.calls }, pairedItem: { item: index } };
	},

	async sleep(context, item, index) {
		context.logger.info('Going to sleep', { milliseconds: item.json.milliseconds });
		// The `sleep` of n8n-workflow takes no signal in n8n 1.
		const signal = context.getExecutionCancelSignal();
		await sleep(item.json.milliseconds, undefined, { signal });
		return { json: { slept: true }, pairedItem: { item: index } };
	},

	async log(context, item, index) {
		context.logger.debug('Looking');
		context.logger.warn('Careful', { item: index, file: 'lost', error: new Error('inner') });
		return { json: {}, pairedItem: { item: index } };
	},

	async binary(context, item, index) {
		const bytes = Buffer.from(context.getNodeParameter('text', index));
		const data = await context.helpers.prepareBinaryData(bytes, `${index}.txt`, 'text/plain');
		return { json: {}, binary: { data }, pairedItem: { item: index } };
	},
};

class Fixture {
	constructor() {
		this.description = {
			displayName: 'Fixture',
			name: 'fixture',
			group: ['transform'],
			version: 1,
			description: 'Does what the tests of the engine need',
			defaults: { name: 'Fixture' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [
				{
					name: 'fixtureApi',
					required: true,
					displayOptions: { show: { operation: ['echo'] } },
				},
				{ name: 'fixtureTokenApi', testedBy: 'testToken' },
			],
			properties: [
				{
					displayName: 'Operation',
					name: 'operation',
					type: 'options',
					options: Object.keys(operations).map((name) => ({ name, value: name })),
					default: 'check',
				},
				{ displayName: 'URL', name: 'url', type: 'string', default: '' },
				{ displayName: 'Text', name: 'text', type: 'string', default: 'default text' },
				{
					displayName: 'Must Be Given',
					name: 'mustBeGiven',
					type: 'string',
					required: true,
					default: 'given',
				},
			],
		};
		this.methods = {
			credentialTest: {
				async testToken(credential) {
					const { token } = credential.data;
					return token === 'good'
						? { status: 'OK', message: 'Token accepted' }
						: { status: 'Error', message: `Token of ${token.length} letters refused` };
				},
			},
		};
	}

	async execute() {
		const operation = operations[this.getNodeParameter('operation', 0)];
		const results = [];
		for (const [index, item] of this.getInputData().entries()) {
			results.push(await operation(this, item, index));
		}
		return [results];
	}
}

exports.Fixture = Fixture;
