import type { IntegerField, StringField } from '../../types';

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
