import { whiteboardPushTask } from '../tasks/whiteboardPush';
import type { Field, ResourceEntry, StringField } from '../types';
import { sdkAppId } from './fields/application';
import { extraData } from './fields/extraData';
import { groupId, roomId, searchedRoomId, trtcRoomId, trtcRoomIdStr } from './fields/room';
import { taskId } from './fields/task';
import { whiteboard } from './fields/whiteboard';

const simplify = [
	'TaskId',
	'Status',
	'FinishReason',
	'RoomId',
	'PushUserId',
	'PushStartTime',
	'PushStopTime',
	'ExceptionCnt',
	'Backup',
];

const pushTaskId: StringField = {
	...taskId,
	locator: 'pushes',
	description: 'The ID that Start Whiteboard Push answered with',
};

const pushUserId: StringField = {
	displayName: 'Push User ID',
	name: 'pushUserId',
	api: 'PushUserId',
	kind: 'string',
	required: true,
	placeholder: 'e.g. whiteboard-push-12345',
	description: 'The user that sends the stream. It must not be logged in anywhere else.',
};

const pushUserSig: StringField = {
	displayName: 'Push User Sig',
	name: 'pushUserSig',
	api: 'PushUserSig',
	kind: 'string',
	required: true,
	secret: true,
	description: "The signature (UserSig) for 'Push User ID'",
};

const authParam: Field[] = [
	{
		displayName: 'SDK App ID',
		name: 'sdkAppId',
		api: 'SdkAppId',
		kind: 'integer',
		required: true,
		min: 1,
		placeholder: 'e.g. 1400127230',
		description: 'The other application',
	},
	{
		displayName: 'User ID',
		name: 'userId',
		api: 'UserId',
		kind: 'string',
		required: true,
		placeholder: 'e.g. whiteboard-push-12345',
		description: 'The user to log in',
	},
	{
		displayName: 'User Sig',
		name: 'userSig',
		api: 'UserSig',
		kind: 'string',
		required: true,
		secret: true,
		description: "The signature (UserSig) for 'User ID'",
	},
];

const ownId = {
	source: '^[A-Za-z0-9_-]{1,64}$',
	means: 'at most 64 letters, digits, hyphens or underscores',
};

export const whiteboardPush: ResourceEntry = {
	name: 'Whiteboard Push',
	value: 'whiteboardPush',
	description: 'The whiteboard as a live video stream in a TRTC room',
	operations: [
		{
			name: 'Describe Whiteboard Push',
			description: 'Get the state of a whiteboard push',
			api: 'DescribeWhiteboardPush',
			readOnly: true,
			sites: ['international', 'china'],
			fields: [sdkAppId, pushTaskId],
			task: whiteboardPushTask,
			simplify,
		},
		{
			name: 'Describe Whiteboard Push Search',
			description: 'Find whiteboard pushes by their room',
			api: 'DescribeWhiteboardPushSearch',
			readOnly: true,
			sites: ['international'],
			deprecated: ['china'],
			fields: [],
			optional: [searchedRoomId],
			list: { items: 'WhiteboardPushTaskSet', page: { size: 100, total: 'TotalCount' } },
		},
		{
			name: 'Start Whiteboard Push',
			description: 'Start sending a whiteboard into a TRTC room as a video stream',
			api: 'StartWhiteboardPush',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [
				sdkAppId,
				roomId,
				{ ...pushUserId, maxLength: 60, maxLengthUnit: 'bytes' },
				pushUserSig,
			],
			optional: [
				{
					displayName: 'Auto Manage Backup',
					name: 'autoManageBackup',
					api: 'AutoManageBackup',
					kind: 'boolean',
					description: 'Whether what is done to the push is done to its backup as well',
				},
				{
					displayName: 'Auto Publish',
					name: 'autoPublish',
					api: 'AutoPublish',
					kind: 'boolean',
					default: false,
					description:
						'Whether TRTC relays the stream to the CDN, if it is set up to relay chosen users only',
				},
				{
					displayName: 'Auto Record',
					name: 'autoRecord',
					api: 'AutoRecord',
					kind: 'boolean',
					default: false,
					description:
						'Whether TRTC records the stream, if it is set up to record chosen users only',
				},
				{
					displayName: 'Auto Stop Timeout (Seconds)',
					name: 'autoStopTimeout',
					api: 'AutoStopTimeout',
					kind: 'integer',
					min: 300,
					max: 259200,
					default: 1800,
					description: 'How long nothing may be drawn before the push ends',
				},
				{
					displayName: 'Backup',
					name: 'backup',
					api: 'Backup',
					kind: 'group',
					description: 'A second stream of the whiteboard into the same room, by another user',
					fields: [pushUserId, pushUserSig],
				},
				extraData,
				{
					...groupId,
					description:
						'The IM group that carries the whiteboard messages, if its name is not the room ID (China site only). It must exist already.',
				},
				{
					displayName: 'IM Auth Param',
					name: 'imAuthParam',
					api: 'IMAuthParam',
					kind: 'group',
					description: 'Login for whiteboard messages that go through another IM application',
					fields: authParam,
				},
				{
					displayName: 'Private Map Key',
					name: 'privateMapKey',
					api: 'PrivateMapKey',
					kind: 'string',
					secret: true,
					description: 'The ticket for the room, if TRTC has advanced permission control turned on',
				},
				{
					displayName: 'TRTC Auth Param',
					name: 'trtcAuthParam',
					api: 'TRTCAuthParam',
					kind: 'group',
					description: 'Login for a room that belongs to another TRTC application',
					fields: authParam,
				},
				{
					displayName: 'TRTC Enter Room Mode',
					name: 'trtcEnterRoomMode',
					api: 'TRTCEnterRoomMode',
					kind: 'options',
					default: 'TRTCAppSceneVideoCall',
					description:
						'What the room is for. On the international site it is open to admitted accounts only.',
					options: [
						{
							name: 'Live',
							value: 'TRTCAppSceneLIVE',
							description: 'One speaker and many viewers: better picture',
						},
						{
							name: 'Video Call',
							value: 'TRTCAppSceneVideoCall',
							description: 'People who talk to each other: less delay',
						},
					],
				},
				trtcRoomId,
				trtcRoomIdStr,
				{
					displayName: 'User Defined Record ID',
					name: 'userDefinedRecordId',
					api: 'UserDefinedRecordId',
					kind: 'string',
					maxLength: 64,
					maxLengthUnit: 'bytes',
					pattern: ownId,
					placeholder: 'e.g. lesson-12345',
					description:
						'A name of your own for the recording by TRTC. With it, TRTC always records.',
				},
				{
					displayName: 'User Defined Stream ID',
					name: 'userDefinedStreamId',
					api: 'UserDefinedStreamId',
					kind: 'string',
					maxLength: 64,
					maxLengthUnit: 'bytes',
					pattern: ownId,
					placeholder: 'e.g. lesson-12345',
					description: 'A name of your own for the CDN stream. With it, TRTC always relays.',
				},
				{
					displayName: 'Video Bitrate (Kbps)',
					name: 'videoBitrate',
					api: 'VideoBitrate',
					kind: 'integer',
					min: 0,
					max: 2000,
					default: 1200,
					description: 'How much the stream has, about',
				},
				{
					displayName: 'Video FPS',
					name: 'videoFps',
					api: 'VideoFPS',
					kind: 'integer',
					min: 0,
					max: 30,
					default: 20,
					description: 'Frames per second',
				},
				whiteboard,
			],
			task: whiteboardPushTask,
			simplify,
		},
		{
			name: 'Stop Whiteboard Push',
			description: 'End a whiteboard push',
			api: 'StopWhiteboardPush',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [sdkAppId, pushTaskId],
			task: whiteboardPushTask,
			simplify,
		},
	],
};
