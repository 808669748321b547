import type { LabelPart, Locator, LocatorName } from '../types';

const status: LabelPart = { field: 'Status' };
const createTime: LabelPart = { field: 'CreateTime', text: 'created $' };

/** Tasks that run now, where the China site lists them. */
const running = {
	site: 'china',
	action: 'DescribeRunningTasks',
	application: 'SdkAppID',
	list: { items: 'Tasks', page: { size: 500, total: 'Total' } },
	id: 'TaskID',
} as const;

const runningInRoom: LabelPart[] = [status, { field: 'RoomID', text: 'room $' }, createTime];
const foundInRoom: LabelPart[] = [status, { field: 'RoomId', text: 'room $' }, createTime];

/** Where the entries of a resource locator come from: the first listing that the site offers. */
export const locators: Record<LocatorName, Locator[]> = {
	applications: [
		{
			site: 'international',
			action: 'DescribeApplicationInfos',
			list: { items: 'ApplicationInfos' },
			id: 'SdkAppId',
			label: [{ field: 'AppName' }],
		},
	],
	rooms: [
		{
			site: 'international',
			action: 'DescribeRoomList',
			region: 'ap-guangzhou',
			application: 'SdkAppId',
			// The service keeps what it knows of a room for seven days.
			daysBack: 7,
			list: { items: 'RoomList' },
			id: 'RoomId',
			label: [{ field: 'UserNumber', text: '$ users', one: '1 user' }],
		},
	],
	recordings: [
		{ ...running, body: { TaskType: 'OnlineRecord' }, label: runningInRoom },
		{
			site: 'international',
			action: 'DescribeRecordSearch',
			list: { items: 'RecordTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: foundInRoom,
		},
	],
	pushes: [
		{ ...running, body: { TaskType: 'WhiteboardPush' }, label: runningInRoom },
		{
			site: 'international',
			action: 'DescribeWhiteboardPushSearch',
			list: { items: 'WhiteboardPushTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: foundInRoom,
		},
	],
	transcodes: [
		{
			...running,
			body: { TaskType: 'TranscodeH5' },
			label: [{ field: 'FileURL' }, status, createTime],
		},
		{
			site: 'international',
			action: 'DescribeTranscodeSearch',
			list: { items: 'TranscodeTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: [{ field: 'OriginalFilename' }, status, createTime],
		},
	],
};
