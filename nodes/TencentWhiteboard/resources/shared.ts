import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../text';
import type {
	BooleanField,
	GroupField,
	IntegerField,
	ListField,
	StringField,
	TaskSpec,
} from '../types';

interface Flaw {
	code: string;
	message: string;
}

/** The task's own error code; 0, "OK" and none at all mean that there was no error. */
function errorOf({ ErrorCode, ErrorMessage, ErrorMsg }: IDataObject): Flaw | undefined {
	const code = textOf(ErrorCode);
	if (['', '0', 'OK'].includes(code)) return undefined;
	return { code, message: textOf(ErrorMessage) || textOf(ErrorMsg) };
}

/**
 * A task that has ended when its status is one of `ended`. It has failed if the answer has an error code
 * of its own or `flaw` finds another reason.
 */
export function statusTask({
	ended,
	flaw,
	...spec
}: Omit<TaskSpec, 'idField' | 'status' | 'classify' | 'failure'> & {
	idField?: string;
	ended: string[];
	flaw?(answer: IDataObject): Flaw | undefined;
}): TaskSpec {
	const flawOf = (answer: IDataObject) => errorOf(answer) ?? flaw?.(answer);
	return {
		idField: 'TaskId',
		...spec,
		status: (answer) => textOf(answer.Status) || 'without a status',
		classify: (answer) => {
			if (!ended.includes(textOf(answer.Status))) return 'pending';
			return flawOf(answer) ? 'failed' : 'succeeded';
		},
		failure: (answer) => flawOf(answer) ?? { code: '', message: '' },
	};
}

/** Recordings and whiteboard pushes say why they ended; only this reason is a failure. */
export const brokenOff = ({ FinishReason }: IDataObject): Flaw | undefined =>
	FinishReason === 'EXCEPTION'
		? { code: 'EXCEPTION', message: 'a fault in the service ended it' }
		: undefined;

/** The links in a list of media files, or in a single one. */
export function videoFiles(videos: unknown): Array<{ url: string }> {
	return [videos]
		.flat()
		.map((video) => ({ url: textOf((video as IDataObject | null | undefined)?.VideoUrl) }))
		.filter(({ url }) => url);
}

export const taskId: StringField = {
	displayName: 'Task ID',
	name: 'taskId',
	api: 'TaskId',
	kind: 'string',
	required: true,
	placeholder: 'e.g. g4v20j0a15hud8rrs4jc',
	description: 'The ID that the creating action answered with',
};

/** The interval (1, 4294967295) of the API pages; TRTC rooms begin at 1. */
export const roomId: IntegerField = {
	displayName: 'Room ID',
	name: 'roomId',
	api: 'RoomId',
	kind: 'integer',
	required: true,
	min: 1,
	max: 4294967294,
	locator: 'rooms',
	placeholder: 'e.g. 12345',
	description: 'The number of the room. Its IM group must exist already.',
};

/** The room to search for, where it may be left out. */
export const searchedRoomId: IntegerField = {
	displayName: 'Room ID',
	name: 'roomId',
	api: 'RoomId',
	kind: 'integer',
	min: 0,
	placeholder: 'e.g. 12345',
	description: 'Only tasks of this room',
};

export const groupId: StringField = {
	displayName: 'Group ID',
	name: 'groupId',
	api: 'GroupId',
	kind: 'string',
	placeholder: 'e.g. lesson-12345',
	description:
		'The IM group that carries the whiteboard messages, if its name is not the room ID. It must exist already.',
};

export const trtcRoomId: IntegerField = {
	displayName: 'TRTC Room ID',
	name: 'trtcRoomId',
	api: 'TRTCRoomId',
	kind: 'integer',
	min: 1,
	max: 4294967294,
	placeholder: 'e.g. 12345',
	description: 'The number of the TRTC room, if it is not the room ID',
};

export const trtcRoomIdStr: StringField = {
	displayName: 'TRTC Room ID as Text',
	name: 'trtcRoomIdStr',
	api: 'TRTCRoomIdStr',
	kind: 'string',
	placeholder: 'e.g. lesson-12345',
	description: 'The TRTC room, if it is named by text. It goes before the numbers.',
};

export const extraData: StringField = {
	displayName: 'Extra Data',
	name: 'extraData',
	api: 'ExtraData',
	kind: 'string',
	description: 'For internal use by Tencent Cloud. Leave it out unless support asks for it.',
};

export const documentUrl: StringField = {
	displayName: 'URL',
	name: 'url',
	api: 'Url',
	kind: 'string',
	format: 'url',
	required: true,
	placeholder: 'e.g. https://example.com/lesson.pptx',
	description:
		'Where Tencent Cloud can download the document. Special characters must be percent-encoded, and the path must end in the file extension.',
};

export const autoHandleUnsupportedElement: BooleanField = {
	displayName: 'Auto Handle Unsupported Element',
	name: 'autoHandleUnsupportedElement',
	api: 'AutoHandleUnsupportedElement',
	kind: 'boolean',
	default: false,
	description: 'Whether to repair what a conversion to a web page with animations cannot show',
};

export const autoHandleUnsupportedElementTypes: ListField = {
	displayName: 'Auto Handle Unsupported Element Types',
	name: 'autoHandleUnsupportedElementTypes',
	api: 'AutoHandleUnsupportedElementTypes',
	kind: 'list',
	of: 'integer',
	description:
		'What to repair if Auto Handle Unsupported Element is on; left out, everything (China site only)',
	options: [
		{
			name: 'Automatic Page Turning',
			value: 1,
			description: 'Slides will be turned by a click instead',
		},
		{
			name: 'Damaged Media',
			value: 2,
			description: 'Sound and video that cannot be played will be removed',
		},
		{
			name: 'Date Fields with Special Characters',
			value: 13,
			description: 'They will become plain text',
		},
		{
			name: 'Distributed Alignment',
			value: 11,
			description: 'Reported only, cannot be repaired',
		},
		{
			name: 'Edit Locks',
			value: 5,
			description: 'Elements locked against editing will be unlocked',
		},
		{
			name: 'Fonts',
			value: 6,
			description: 'Fonts that may look different: reported only, cannot be repaired',
		},
		{
			name: 'Formulas in Animated Text',
			value: 9,
			description: 'Formulas in text that appears bit by bit: reported only, cannot be repaired',
		},
		{
			name: 'Gradients in Animated Text',
			value: 10,
			description: 'Gradients in text that appears bit by bit: reported only, cannot be repaired',
		},
		{
			name: 'Ink',
			value: 0,
			description: 'Pen strokes that cannot be converted will be removed',
		},
		{
			name: 'Multiple Line Spacing',
			value: 12,
			description: 'Reported only, cannot be repaired',
		},
		{
			name: 'Soft Edges of GIFs',
			value: 7,
			description: 'The soft edges will be removed',
		},
		{
			name: 'Underlined Blanks',
			value: 8,
			description: 'The language of the text next to them will be adjusted',
		},
		{
			name: 'Unreachable Resources',
			value: 3,
			description: 'Links to what cannot be reached will be removed',
		},
		{
			name: 'Write Protection',
			value: 4,
			description: 'The file will be made writable',
		},
	],
};

/** For the video of a whiteboard; snapshots have a whiteboard of their own. */
export const whiteboard: GroupField = {
	displayName: 'Whiteboard',
	name: 'whiteboard',
	api: 'Whiteboard',
	kind: 'group',
	description: 'Size and settings of the whiteboard in the video',
	fields: [
		{
			displayName: 'Width',
			name: 'width',
			api: 'Width',
			kind: 'integer',
			min: 2,
			default: 1280,
			description: 'Width in pixels',
		},
		{
			displayName: 'Height',
			name: 'height',
			api: 'Height',
			kind: 'integer',
			min: 2,
			default: 960,
			description: 'Height in pixels',
		},
		{
			displayName: 'Init Param',
			name: 'initParam',
			api: 'InitParam',
			kind: 'string',
			format: 'json',
			placeholder: 'e.g. {"globalBackgroundColor":"#ffffff"}',
			description: 'Settings for the whiteboard SDK as JSON, handed on unchanged',
		},
	],
};

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
			displayName: 'Custom',
			name: 'custom',
			api: 'Custom',
			kind: 'json',
			placeholder:
				'e.g. {"Canvas":{"LayoutParams":{"Width":1280,"Height":720}},"InputStreamList":[{"LayoutParams":{"Width":1280,"Height":720}}]}',
			description: 'A layout of your own (CustomLayout). It goes before Model ID and Teacher ID.',
		},
		{
			displayName: 'Disable Audio',
			name: 'disableAudio',
			api: 'DisableAudio',
			kind: 'boolean',
			description: 'Whether to leave the sound out',
		},
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
			description: 'The built-in layout to use; needed unless Custom is given',
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
		disableAudio,
		disableRecord,
		{
			displayName: 'Enabled',
			name: 'enabled',
			api: 'Enabled',
			kind: 'boolean',
			required: true,
			default: true,
			description: 'Whether these settings take effect',
		},
		pullSmallVideo,
		{
			displayName: 'Stream Controls',
			name: 'streamControls',
			api: 'StreamControls',
			kind: 'rows',
			description: 'Settings for single streams, in place of those above',
			fields: [
				disableAudio,
				disableRecord,
				pullSmallVideo,
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
			],
		},
	],
};
