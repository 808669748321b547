import type { INodeProperties } from 'n8n-workflow';

/** The settings beside the API's own fields. Their defaults and limits hold for the run as well. */

/** For operations that are about a task. */
export const waitOption: INodeProperties = {
	displayName: 'Wait Until Finished',
	name: 'waitUntilFinished',
	type: 'boolean',
	default: false,
	description: 'Whether to poll the task until it has ended',
};

export const waitOptions: INodeProperties[] = [
	{
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		default: 'error',
		description: 'What to do with a task that is still running when the time is up',
		options: [
			{
				name: 'Output the Last State',
				value: 'lastState',
				description: 'Give the task as it was last seen, to read again later',
			},
			{
				name: 'Stop With an Error',
				value: 'error',
				description: "Follow the 'On Error' setting of the node",
			},
		],
	},
	{
		displayName: 'Poll Interval',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 0.1 },
		default: 2,
		description:
			'Seconds between two polls of a task. Long tasks are polled less often: every tenth of the time waited so far, up to 15 seconds.',
	},
	{
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1800,
		description: 'Seconds to wait for each task at most, counted from its first answer',
	},
];

/** How many entries, for lists that come in pages. */
export const listOptions: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** For answers with more than ten fields. */
export const simplifyOption: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** What comes out, for operations whose task has result files. */
export const fileOptions: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'task',
		description: 'What one item is',
		options: [
			{
				name: 'One Item per File',
				value: 'files',
				description: 'Each result file with its link, name and number',
			},
			{
				name: 'One Item per Task',
				value: 'task',
				description: 'The fields of the API as they are',
			},
		],
	},
	{
		displayName: 'Download Files',
		name: 'downloadFiles',
		type: 'boolean',
		default: false,
		description: 'Whether to download the result files into binary data',
	},
	{
		displayName: 'Put Files in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		hint: 'The name of the binary field. With one item per task a number is added: data_0, data_1, …',
		description: 'The binary field that takes the file',
		displayOptions: { show: { downloadFiles: [true] } },
	},
];

export const taskOptions: INodeProperties[] = [
	{
		displayName: 'Max File Size',
		name: 'maxFileSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Megabytes that a downloaded file may have at most. 0 sets no limit.',
	},
	{
		displayName: 'On Task Failure',
		name: 'onTaskFailure',
		type: 'options',
		default: 'error',
		description: 'What to do with a task that failed, or a file that cannot be downloaded',
		options: [
			{
				name: 'Output the Task',
				value: 'output',
				description:
					'Give the task with its error code like any other, and files without their data',
			},
			{
				name: 'Stop With an Error',
				value: 'error',
				description: "Follow the 'On Error' setting of the node",
			},
		],
	},
];

export const callOptions: INodeProperties[] = [
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		default: 'en-US',
		description: 'The language of the messages from Tencent Cloud',
		options: [
			{ name: 'Chinese', value: 'zh-CN' },
			{ name: 'English', value: 'en-US' },
		],
	},
	{
		displayName: 'Region',
		name: 'region',
		type: 'string',
		default: '',
		placeholder: 'e.g. ap-singapore',
		description: 'The region to ask. Leave empty for the region of the credential.',
	},
	{
		displayName: 'Request Timeout',
		name: 'requestTimeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'Seconds that one request may take',
	},
];
