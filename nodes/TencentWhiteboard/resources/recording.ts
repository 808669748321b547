import { recordingTask } from '../tasks/recording';
import type { ResourceEntry, StringField } from '../types';
import { sdkAppId } from './fields/application';
import { extraData } from './fields/extraData';
import { concat, mixStream, recordControl } from './fields/recording';
import { groupId, roomId, searchedRoomId, trtcRoomId, trtcRoomIdStr } from './fields/room';
import { taskId } from './fields/task';
import { whiteboard } from './fields/whiteboard';

const simplify = [
	'TaskId',
	'Status',
	'FinishReason',
	'RoomId',
	'RecordStartTime',
	'RecordStopTime',
	'TotalTime',
	'VideoInfos',
	'ReplayUrl',
];

const recordTaskId: StringField = {
	...taskId,
	locator: 'recordings',
	description: 'The ID that Start Online Record answered with',
};

export const recording: ResourceEntry = {
	name: 'Recording',
	value: 'recording',
	description: 'Videos of the whiteboard and the people in a room',
	operations: [
		{
			name: 'Describe Online Record',
			description: 'Get the state of a recording and the links to its videos',
			api: 'DescribeOnlineRecord',
			readOnly: true,
			sites: ['international', 'china'],
			fields: [sdkAppId, recordTaskId],
			task: recordingTask,
			simplify,
		},
		{
			name: 'Describe Record Search',
			description: 'Find recordings by their room',
			api: 'DescribeRecordSearch',
			readOnly: true,
			sites: ['international'],
			deprecated: ['china'],
			fields: [],
			optional: [searchedRoomId],
			list: { items: 'RecordTaskSet', page: { size: 100, total: 'TotalCount' } },
		},
		{
			name: 'Pause Online Record',
			description: 'Interrupt a recording; it ends if it is not resumed within 90 minutes',
			api: 'PauseOnlineRecord',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [sdkAppId, recordTaskId],
		},
		{
			name: 'Resume Online Record',
			description: 'Continue a paused recording',
			api: 'ResumeOnlineRecord',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [sdkAppId, recordTaskId],
		},
		{
			name: 'Start Online Record',
			description: 'Start recording a room',
			api: 'StartOnlineRecord',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [
				sdkAppId,
				roomId,
				{
					displayName: 'Record User ID',
					name: 'recordUserId',
					api: 'RecordUserId',
					kind: 'string',
					required: true,
					maxLength: 60,
					maxLengthUnit: 'bytes',
					pattern: {
						source: '^tic_record_user_\\d+_.+$',
						means: 'tic_record_user_, the room ID, an underscore and something random',
					},
					placeholder: 'e.g. tic_record_user_12345_7f3a',
					description:
						'The user that the recorder enters the room as. Every recording needs a new one: tic_record_user_, the room ID, an underscore and something random.',
				},
				{
					displayName: 'Record User Sig',
					name: 'recordUserSig',
					api: 'RecordUserSig',
					kind: 'string',
					required: true,
					secret: true,
					description: "The signature (UserSig) for 'Record User ID', valid for an hour or more",
				},
			],
			optional: [
				{
					displayName: 'Audio File Needed',
					name: 'audioFileNeeded',
					api: 'AudioFileNeeded',
					kind: 'boolean',
					description: 'Whether to make an MP3 file of every stream as well',
				},
				{
					displayName: 'Auto Stop Timeout (Seconds)',
					name: 'autoStopTimeout',
					api: 'AutoStopTimeout',
					kind: 'integer',
					min: 300,
					max: 86400,
					default: 300,
					description: 'How long nothing may happen in the room before the recording ends',
				},
				{
					displayName: 'Chat Group ID',
					name: 'chatGroupId',
					api: 'ChatGroupId',
					kind: 'string',
					placeholder: 'e.g. chat-12345',
					description: 'The IM group whose chat is kept in Video Generation Mode',
				},
				concat,
				extraData,
				{
					displayName: 'Extras',
					name: 'extras',
					api: 'Extras',
					kind: 'list',
					of: 'string',
					description: 'Additional features to use',
					options: [
						{
							name: 'Mix Stream',
							value: 'MIX_STREAM',
							description: "Makes the settings under 'Mix Stream' take effect",
						},
					],
				},
				{
					...groupId,
					description:
						'The IM group that carries the whiteboard messages, if its name is not the room ID. It must exist already. Deprecated on the international site.',
				},
				mixStream,
				recordControl,
				{
					displayName: 'Record Mode',
					name: 'recordMode',
					api: 'RecordMode',
					kind: 'options',
					default: 'REALTIME_MODE',
					description: 'When the videos are made',
					options: [
						{
							name: 'Real-Time Mode',
							value: 'REALTIME_MODE',
							description: 'While the room is recorded',
						},
						{
							name: 'Video Generation Mode',
							value: 'VIDEO_GENERATION_MODE',
							description:
								'Afterwards, by Create Video Generation Task; only for accounts that Tencent Cloud has admitted to the test',
						},
					],
				},
				{
					...trtcRoomId,
					description: 'The number of the TRTC room, if it is not the room ID (China site only)',
				},
				{
					...trtcRoomIdStr,
					description:
						'The TRTC room, if it is named by text (China site only). It goes before the numbers.',
				},
				whiteboard,
			],
			task: recordingTask,
			simplify,
		},
		{
			name: 'Stop Online Record',
			description: 'End a recording, after which its videos are made',
			api: 'StopOnlineRecord',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [sdkAppId, recordTaskId],
			task: recordingTask,
			simplify,
		},
	],
};
