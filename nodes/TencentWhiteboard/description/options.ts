import type { INodeProperties } from 'n8n-workflow';

import type { Operation, TaskSpec } from '../types';

/** The settings beside the API's own fields. Their defaults and limits hold for the run as well. */

/** For operations that are about a task. */
export const waitOption = (task?: TaskSpec): INodeProperties => ({
	displayName: 'Wait Until Finished',
	name: 'waitUntilFinished',
	type: 'boolean',
	default: false,
	description: 'Whether to wait until the task has ended',
	...(task?.waitHint && { hint: task.waitHint }),
	builderHint: {
		propertyHint:
			'Switch on where the next node needs the finished task or its files, in place of a loop of Wait and If nodes',
	},
});

/** How to learn that a task has ended, for actions that take a URL to call for each task. */
export const waitModeOption: INodeProperties = {
	displayName: 'Wait Mode',
	name: 'waitMode',
	type: 'options',
	noDataExpression: true,
	default: 'polling',
	description: 'How the node learns that a task has ended',
	options: [
		{
			name: 'By Callback',
			value: 'callback',
			description:
				'Tencent Cloud calls when it has ended. Until then the execution is saved, takes no worker and survives a restart. Needs an n8n that is reached from outside.',
		},
		{
			name: 'By Polling',
			value: 'polling',
			description: 'The running execution asks again and again',
		},
	],
	builderHint: {
		propertyHint: "Use 'callback' for long waits in production, 'polling' in tools of an AI agent",
	},
};

/** Whether the URL to call can be set for each task. */
export const callsBack = ({ optional = [] }: Pick<Operation, 'optional'>): boolean =>
	optional.some(({ api }) => api === 'CallbackURL');

/** Half an hour: a snapshot task in the example of Tencent's page took 17 minutes. */
const TIMEOUT = 1800;

export const waitOptions = ({
	timeout = TIMEOUT,
}: Pick<TaskSpec, 'timeout'> = {}): INodeProperties[] => [
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
		displayName: 'Poll Interval (Seconds)',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 0.1 },
		default: 2,
		description:
			'How long to pause between two polls of a task. Long tasks are polled less often: every tenth of the time waited so far, up to 15 seconds.',
		displayOptions: { hide: { '/waitMode': ['callback'] } },
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: timeout,
		description: 'How long to wait for each task at most, counted from its first answer',
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
		builderHint: {
			propertyHint:
				"Use 'files' where each file goes on by itself, e.g. into a storage node or a message",
		},
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
		builderHint: {
			propertyHint: 'Switch on where a later node stores, sends or reads the files themselves',
		},
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

/** For operations whose files can be downloaded. */
export const downloadOptions: INodeProperties[] = [
	{
		displayName: 'Max File Size (MB)',
		name: 'maxFileSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How large a downloaded file may be at most. 0 sets no limit.',
	},
];

export const taskOptions: INodeProperties[] = [
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
		displayName: 'Request Timeout (Seconds)',
		name: 'requestTimeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'How long one request may take',
	},
];

/** Whether an operation gives the result files of its task: what starts or ends one has to wait for them. */
export const givesFiles = (
	{ api, task }: Partial<Pick<Operation, 'api' | 'task'>>,
	waits: unknown,
): boolean =>
	task?.files !== undefined && ((api ?? task.describe) === task.describe || waits === true);
