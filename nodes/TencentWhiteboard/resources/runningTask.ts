import type { ResourceEntry } from '../types';
import { sdkAppId } from './fields/application';

export const runningTask: ResourceEntry = {
	name: 'Running Task',
	value: 'runningTask',
	description: 'What is being converted, recorded or pushed at the moment',
	operations: [
		{
			name: 'Describe Running Tasks',
			description: 'List the unfinished tasks of one kind that began in the last three days',
			api: 'DescribeRunningTasks',
			readOnly: true,
			sites: ['china'],
			fields: [
				{ ...sdkAppId, api: 'SdkAppID' },
				{
					displayName: 'Task Type',
					name: 'taskType',
					api: 'TaskType',
					kind: 'options',
					required: true,
					description: 'The kind of task to list',
					options: [
						{
							name: 'Dynamic Conversion',
							value: 'TranscodeH5',
							description: 'Presentations that become HTML5 pages',
						},
						{
							name: 'Real-Time Recording',
							value: 'OnlineRecord',
							description: 'Rooms that are being recorded',
						},
						{
							name: 'Static Conversion',
							value: 'TranscodeJPG',
							description: 'Documents that become images',
						},
						{
							name: 'Whiteboard Push',
							value: 'WhiteboardPush',
							description: 'Whiteboards that are sent out as video',
						},
					],
				},
			],
			list: { items: 'Tasks', page: { size: 500, total: 'Total' } },
		},
	],
};
