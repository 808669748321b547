'use strict';

/** There is no model: the chat message says which tool to call and how. */
class LmChatOpenAi {
	constructor() {
		this.description = {
			displayName: 'OpenAI Chat Model',
			name: 'lmChatOpenAi',
			group: ['transform'],
			version: [1, 1.1, 1.2, 1.3],
			description: 'Stand-in',
			defaults: { name: 'OpenAI Chat Model' },
			inputs: [],
			outputs: ['ai_languageModel'],
			credentials: [{ name: 'openAiApi', required: true }],
			properties: [],
		};
	}

	async supplyData() {
		return { response: {} };
	}
}

exports.LmChatOpenAi = LmChatOpenAi;
