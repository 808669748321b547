import type { IntegerField, Operation, RangeField, ResourceEntry, StringField } from '../types';
import { sdkAppId } from './fields/application';

const roomId: StringField = {
	displayName: 'Room ID',
	name: 'roomId',
	api: 'RoomId',
	kind: 'string',
	locator: 'rooms',
	required: true,
	placeholder: 'e.g. 12345',
	description: 'The room to search in',
};

const timeRange: RangeField = {
	displayName: 'Time Range',
	name: 'timeRange',
	api: 'TimeRange',
	kind: 'range',
	required: true,
	description: 'Start and end: dates, or Unix timestamps in milliseconds',
	ends: [
		{
			displayName: 'Start Time',
			name: 'startTime',
			api: 'TimeRange.0',
			kind: 'date',
			format: 'milliseconds',
			required: true,
			description:
				'When the period begins. Without a time zone it is in that of the workflow; Unix timestamps are taken too.',
		},
		{
			displayName: 'End Time',
			name: 'endTime',
			api: 'TimeRange.1',
			kind: 'date',
			format: 'milliseconds',
			required: true,
			description: 'When the period ends. The service knows the last seven days.',
		},
	],
};

const maxSize: IntegerField = {
	displayName: 'Max Size',
	name: 'maxSize',
	api: 'MaxSize',
	kind: 'integer',
	min: 1,
	default: 1000,
	description: 'How many entries to return at most',
};

const query: StringField = {
	displayName: 'Query',
	name: 'query',
	api: 'Query',
	kind: 'string',
	placeholder: 'e.g. *',
	description: 'A search expression that narrows the result',
};

const common: Pick<Operation, 'readOnly' | 'sites' | 'deprecated' | 'regions'> = {
	readOnly: true,
	sites: ['international'],
	deprecated: ['china'],
	regions: { international: 'ap-guangzhou' },
};

export const room: ResourceEntry = {
	name: 'Room',
	value: 'room',
	description: 'Rooms, who was in them, and what their clients logged',
	operations: [
		{
			name: 'Describe Board SDK Log',
			description: 'Get what the whiteboard of a user has logged in a room',
			api: 'DescribeBoardSDKLog',
			...common,
			fields: [
				sdkAppId,
				roomId,
				{
					displayName: 'User ID',
					name: 'userId',
					api: 'UserId',
					kind: 'string',
					required: true,
					placeholder: 'e.g. teacher',
					description: 'The user whose log is wanted',
				},
				timeRange,
				{
					displayName: 'Aggregation Interval',
					name: 'aggregationInterval',
					api: 'AggregationInterval',
					kind: 'string',
					required: true,
					placeholder: 'e.g. 5m',
					description: 'The length of time over which lines are counted together',
				},
			],
			optional: [
				{
					displayName: 'Ascending',
					name: 'ascending',
					api: 'Ascending',
					kind: 'boolean',
					description: 'Whether to begin with the oldest line',
				},
				{
					displayName: 'Context',
					name: 'context',
					api: 'Context',
					kind: 'string',
					description: 'The Context of the answer before this one, to continue where it ended',
				},
				query,
			],
		},
		{
			name: 'Describe Room List',
			description: 'List the rooms that were in use in a period',
			api: 'DescribeRoomList',
			...common,
			fields: [sdkAppId, timeRange],
			optional: [maxSize, query],
			list: { items: 'RoomList' },
		},
		{
			name: 'Describe User List',
			description: 'List the users who were in a room in a period',
			api: 'DescribeUserList',
			...common,
			fields: [sdkAppId, roomId, timeRange],
			optional: [maxSize, query],
			list: { items: 'UserList' },
		},
	],
};
