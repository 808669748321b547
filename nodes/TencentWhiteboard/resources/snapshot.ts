import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../text';
import type { Resource, TaskSpec } from '../types';
import { sdkAppId } from './common';

const resultOf = (answer: IDataObject) => answer.Result as IDataObject | null | undefined;

/**
 * There is no failed status: a finished task succeeded only when its result's own code is empty or
 * "OK" (DescribeSnapshotTask, page 1176/55152). A finished task without a result has nothing to show.
 */
const snapshotTask: TaskSpec = {
	label: 'snapshot task',
	describe: 'DescribeSnapshotTask',
	idField: 'TaskID',
	status: (answer) => textOf(answer.Status) || 'without a status',
	classify: (answer) => {
		if (answer.Status !== 'Finished') return 'pending';
		const result = resultOf(answer);
		return result && ['', 'OK'].includes(textOf(result.ErrorCode)) ? 'succeeded' : 'failed';
	},
	failure: (answer) => {
		const result = resultOf(answer);
		return result
			? { code: textOf(result.ErrorCode), message: textOf(result.ErrorMessage) }
			: { code: '', message: 'the answer holds no result' };
	},
	terminalErrorCodes: [],
	files: {
		list: (answer) =>
			((resultOf(answer)?.Snapshots ?? []) as unknown[]).filter(Boolean).map((url) => ({
				url: String(url),
			})),
		keptDays: 3,
	},
};

export const snapshot: Resource = {
	name: 'Snapshot',
	default: true,
	value: 'snapshot',
	description: 'Images of whiteboard pages',
	operations: [
		{
			name: 'Create Snapshot Task',
			value: 'createSnapshotTask',
			action: 'Create snapshot task',
			description: 'Start making images of the marked whiteboard pages of a room',
			api: 'CreateSnapshotTask',
			readOnly: false,
			sites: ['international', 'china'],
			availability: 'current',
			fields: [
				sdkAppId,
				{
					displayName: 'Room ID',
					name: 'roomId',
					api: 'RoomId',
					kind: 'integer',
					required: true,
					min: 0,
					locator: 'rooms',
					placeholder: 'e.g. 12345',
					description: 'The room whose whiteboard is wanted',
				},
				{
					displayName: 'Whiteboard',
					name: 'whiteboard',
					api: 'Whiteboard',
					kind: 'group',
					required: true,
					description: 'Size and settings of the whiteboard; leave empty for 1280 by 720 pixels',
					fields: [
						{
							displayName: 'Width',
							name: 'width',
							api: 'Width',
							kind: 'integer',
							min: 0,
							max: 2560,
							default: 1280,
							description: 'Width in pixels',
						},
						{
							displayName: 'Height',
							name: 'height',
							api: 'Height',
							kind: 'integer',
							min: 0,
							max: 2560,
							default: 720,
							description: 'Height in pixels',
						},
						{
							displayName: 'Init Params',
							name: 'initParams',
							api: 'InitParams',
							kind: 'string',
							format: 'json',
							placeholder: 'e.g. {"globalBackgroundColor":"#ffffff"}',
							description: 'Settings for the whiteboard SDK as JSON, handed on unchanged',
						},
					],
				},
			],
			optional: [
				{
					displayName: 'Callback URL',
					name: 'callbackUrl',
					api: 'CallbackURL',
					kind: 'string',
					format: 'url',
					placeholder: 'e.g. https://example.com/webhook',
					description: 'A URL that Tencent Cloud calls once when the task has ended',
				},
				{
					displayName: 'COS',
					name: 'cos',
					api: 'COS',
					kind: 'group',
					description:
						'The bucket of your own that takes the images. Left out, a public bucket keeps them for three days.',
					fields: [
						{
							displayName: 'Bucket',
							name: 'bucket',
							api: 'Bucket',
							kind: 'string',
							required: true,
							placeholder: 'e.g. lessons-1250000000',
							description: 'Name of the bucket',
						},
						{
							displayName: 'Domain',
							name: 'domain',
							api: 'Domain',
							kind: 'string',
							placeholder: 'e.g. https://cdn.example.com',
							description: 'CDN domain to use in the links',
						},
						{
							displayName: 'Region',
							name: 'region',
							api: 'Region',
							kind: 'string',
							required: true,
							placeholder: 'e.g. ap-guangzhou',
							description: 'Region of the bucket',
						},
						{
							displayName: 'Target Directory',
							name: 'targetDir',
							api: 'TargetDir',
							kind: 'string',
							placeholder: 'e.g. snapshots/2026',
							description: 'Folder in the bucket',
						},
						{
							displayName: 'UIN',
							name: 'uin',
							api: 'Uin',
							kind: 'integer',
							required: true,
							min: 1,
							placeholder: 'e.g. 100000000001',
							description: 'Number of the Tencent Cloud account that owns the bucket',
						},
					],
				},
				{
					displayName: 'Snapshot Mode',
					name: 'snapshotMode',
					api: 'SnapshotMode',
					kind: 'options',
					default: 'AllMarks',
					description: 'Which of the marks that the client placed become images',
					options: [
						{
							name: 'All Marks',
							value: 'AllMarks',
							description: 'One image for every mark',
						},
						{
							name: 'Latest Marks Only',
							value: 'LatestMarksOnly',
							description: 'One image for the newest mark of each page; needs client SDK 2.6.8',
						},
					],
				},
			],
			task: snapshotTask,
		},
		{
			name: 'Describe Snapshot Task',
			value: 'describeSnapshotTask',
			action: 'Describe snapshot task',
			description: 'Get the state of a snapshot task and the links to its images',
			api: 'DescribeSnapshotTask',
			readOnly: true,
			sites: ['international', 'china'],
			availability: 'current',
			fields: [
				sdkAppId,
				{
					displayName: 'Task ID',
					name: 'taskId',
					api: 'TaskID',
					kind: 'string',
					required: true,
					placeholder: 'e.g. f2e1728c-6e87-4481-abe1-cde8542a5a10',
					description: 'The ID that Create Snapshot Task answered with',
				},
			],
			task: snapshotTask,
		},
	],
};
