'use strict';

/** Gives the items a run starts with: the chat's messages. */
class ChatTrigger {
	constructor() {
		this.description = {
			displayName: 'Chat Trigger',
			name: 'chatTrigger',
			group: ['trigger'],
			version: [1, 1.1, 1.2, 1.3, 1.4],
			description: 'Stand-in',
			defaults: { name: 'When chat message received' },
			inputs: [],
			outputs: ['main'],
			properties: [],
		};
	}

	async trigger() {
		return {};
	}
}

exports.ChatTrigger = ChatTrigger;
