import type { BooleanField, GroupField } from '../../types';

export const concat: GroupField = {
	displayName: 'Concat',
	name: 'concat',
	api: 'Concat',
	kind: 'group',
	description: 'Joining of the videos of one user that a pause has split',
	fields: [
		{
			displayName: 'Enabled',
			name: 'enabled',
			api: 'Enabled',
			kind: 'boolean',
			required: true,
			default: true,
			description: 'Whether to join the videos',
		},
		{
			displayName: 'Image',
			name: 'image',
			api: 'Image',
			kind: 'string',
			format: 'url',
			placeholder: 'e.g. https://example.com/pause.png',
			description: 'URL of the picture to fill gaps with; left out, they are black',
		},
	],
};

export const mixStream: GroupField = {
	displayName: 'Mix Stream',
	name: 'mixStream',
	api: 'MixStream',
	kind: 'group',
	description: 'Mixing of all streams into one video. Tencent Cloud must have enabled it.',
	fields: [
		{
			displayName: 'Enabled',
			name: 'enabled',
			api: 'Enabled',
			kind: 'boolean',
			required: true,
			default: true,
			description: 'Whether to mix the streams',
		},
		{
			displayName: 'Model ID',
			name: 'modelId',
			api: 'ModelId',
			kind: 'options',
			description: "The built-in layout to use; needed unless 'Custom' is given",
			options: [
				{ name: 'Layout 1', value: 1, description: 'The first built-in layout' },
				{ name: 'Layout 2', value: 2, description: 'The second built-in layout' },
			],
		},
		{
			displayName: 'Teacher ID',
			name: 'teacherId',
			api: 'TeacherId',
			kind: 'string',
			placeholder: 'e.g. teacher-1',
			description: 'The user whose camera comes first in the built-in layout',
		},
		{
			displayName: 'Custom',
			name: 'custom',
			api: 'Custom',
			kind: 'json',
			placeholder:
				'e.g. {"Canvas":{"LayoutParams":{"Width":1280,"Height":720}},"InputStreamList":[{"LayoutParams":{"Width":1280,"Height":720}}]}',
			description:
				"A layout of your own (CustomLayout). It goes before 'Model ID' and 'Teacher ID'.",
		},
		{
			displayName: 'Disable Audio',
			name: 'disableAudio',
			api: 'DisableAudio',
			kind: 'boolean',
			description: 'Whether to leave the sound out',
		},
	],
};

const disableAudio: BooleanField = {
	displayName: 'Disable Audio',
	name: 'disableAudio',
	api: 'DisableAudio',
	kind: 'boolean',
	default: false,
	description: 'Whether to record without sound',
};

const disableRecord: BooleanField = {
	displayName: 'Disable Record',
	name: 'disableRecord',
	api: 'DisableRecord',
	kind: 'boolean',
	default: false,
	description: 'Whether to record nothing',
};

const pullSmallVideo: BooleanField = {
	displayName: 'Pull Small Video',
	name: 'pullSmallVideo',
	api: 'PullSmallVideo',
	kind: 'boolean',
	default: false,
	description:
		'Whether to record the small picture only. The video stays black if the client sends none.',
};

export const recordControl: GroupField = {
	displayName: 'Record Control',
	name: 'recordControl',
	api: 'RecordControl',
	kind: 'group',
	description: 'Which streams to record and how',
	fields: [
		{
			displayName: 'Enabled',
			name: 'enabled',
			api: 'Enabled',
			kind: 'boolean',
			required: true,
			default: true,
			description: 'Whether these settings take effect',
		},
		disableAudio,
		disableRecord,
		pullSmallVideo,
		{
			displayName: 'Stream Controls',
			name: 'streamControls',
			api: 'StreamControls',
			kind: 'rows',
			row: 'Stream Control',
			description: 'Settings for single streams, in place of those above',
			fields: [
				{
					displayName: 'Stream ID',
					name: 'streamId',
					api: 'StreamId',
					kind: 'string',
					required: true,
					placeholder: 'e.g. tic_record_user',
					description:
						'A user ID, tic_record_user for the whiteboard or tic_substream for shared screens',
				},
				disableAudio,
				disableRecord,
				pullSmallVideo,
			],
		},
	],
};
