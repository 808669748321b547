'use strict';

/**
 * Calls tools as n8n's own agent does, but does what the chat message says in place of a model:
 * `{"tool": "Node_Name", "input": {…}}`. With `"by": "engine"` it asks the engine to run the tool's
 * node (agent version 3); otherwise it invokes the tool itself (earlier versions).
 */
class Agent {
	constructor() {
		this.description = {
			displayName: 'AI Agent',
			name: 'agent',
			group: ['transform'],
			version: [1, 1.9, 2, 2.2, 3, 3.1],
			description: 'Stand-in',
			defaults: { name: 'AI Agent' },
			inputs: [
				'main',
				{ type: 'ai_languageModel', displayName: 'Chat Model', required: true, maxConnections: 1 },
				{ type: 'ai_tool', displayName: 'Tool' },
			],
			outputs: ['main'],
			properties: [],
		};
	}

	async execute(response) {
		if (response?.actionResponses?.length > 0) {
			return [response.actionResponses.map(({ data }) => ({ json: { answers: data.data } }))];
		}
		const results = [];
		for (const [index, { json }] of this.getInputData().entries()) {
			await this.getInputConnectionData('ai_languageModel', index);
			const tools = await this.getInputConnectionData('ai_tool', index);
			const wish = JSON.parse(json.chatInput);
			const tool = tools.find(({ name }) => name === wish.tool);
			if (!tool) throw new Error(`No tool is named ${wish.tool}`);
			if (wish.by === 'engine') {
				return {
					actions: [
						{
							actionType: 'ExecutionNodeAction',
							// n8n 1 does not say which node it is.
							nodeName: tool.metadata?.sourceNodeName ?? tool.name,
							input: wish.input,
							type: 'ai_tool',
							id: 'call-1',
							metadata: { itemIndex: index },
						},
					],
					metadata: {},
				};
			}
			const { name, description, schema } = tool;
			// As with n8n's agent, the model hears nothing of what a tool throws.
			const output = await tool.invoke(wish.input).catch(() => '');
			results.push({
				json: { tool: { name, description, fields: Object.keys(schema.shape) }, output },
				pairedItem: { item: index },
			});
		}
		return [results];
	}
}

exports.Agent = Agent;
