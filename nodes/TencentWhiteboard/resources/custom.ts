import type { Operation, ResourceEntry } from '../types';

/** Any action that the table does not have. */
export const custom: Operation = {
	name: 'Custom API Call',
	value: 'custom',
	action: 'Make custom API call',
	description: 'Call any action of the whiteboard API by its name',
	api: '',
	readOnly: false,
	sites: ['international', 'china'],
	fields: [
		{
			displayName: 'Action',
			name: 'customAction',
			api: 'Action',
			kind: 'string',
			required: true,
			pattern: { source: '^[A-Za-z][A-Za-z0-9]*$', means: 'the name of an action' },
			placeholder: 'e.g. DescribeTranscode',
			description: 'The name of the action as the API documentation has it',
		},
		{
			displayName: 'Parameters',
			name: 'customParameters',
			api: 'Parameters',
			kind: 'json',
			placeholder: 'e.g. {"SdkAppId": 1400127230, "TaskId": "…"}',
			description: 'The parameters of the action as a JSON object',
		},
		{
			displayName: 'Version',
			name: 'customVersion',
			api: 'Version',
			kind: 'string',
			default: '2019-09-19',
			pattern: { source: '^\\d{4}-\\d{2}-\\d{2}$', means: 'a version such as 2019-09-19' },
			description: 'The version of the API',
		},
	],
};

/**
 * Last in the list of resources and of that name, which n8n would append otherwise: its own entry only refers
 * to the HTTP Request node.
 */
export const customApiCall: ResourceEntry = {
	name: 'Custom API Call',
	value: 'custom',
	description: 'Any action of the whiteboard API by its name',
	operations: [custom],
};
