import { videoGenerationTask } from '../tasks/videoGeneration';
import type { ResourceEntry } from '../types';
import { sdkAppId } from './fields/application';
import { extraData } from './fields/extraData';
import { concat, mixStream, recordControl } from './fields/recording';
import { taskId } from './fields/task';
import { whiteboard } from './fields/whiteboard';

export const videoGeneration: ResourceEntry = {
	name: 'Video Generation',
	value: 'videoGeneration',
	description: 'Videos made from a recording that has ended',
	operations: [
		{
			name: 'Create Video Generation Task',
			description: 'Start making videos from a recording that has ended',
			api: 'CreateVideoGenerationTask',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [
				sdkAppId,
				{
					displayName: 'Online Record Task ID',
					name: 'onlineRecordTaskId',
					api: 'OnlineRecordTaskId',
					kind: 'string',
					required: true,
					placeholder: 'e.g. g4v20j0a15hud8rrs4jc',
					description: 'The recording: the ID that Start Online Record answered with',
				},
			],
			optional: [concat, extraData, mixStream, recordControl, whiteboard],
			task: videoGenerationTask,
		},
		{
			name: 'Describe Video Generation Task',
			description: 'Get the state of a video generation task and the links to its videos',
			api: 'DescribeVideoGenerationTask',
			readOnly: true,
			sites: ['international', 'china'],
			fields: [
				sdkAppId,
				{ ...taskId, description: 'The ID that Create Video Generation Task answered with' },
			],
			task: videoGenerationTask,
		},
	],
};
