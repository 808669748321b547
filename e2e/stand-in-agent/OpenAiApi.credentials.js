'use strict';

class OpenAiApi {
	constructor() {
		this.name = 'openAiApi';
		this.displayName = 'OpenAI';
		this.properties = [{ displayName: 'API Key', name: 'apiKey', type: 'string', default: '' }];
	}
}

exports.OpenAiApi = OpenAiApi;
