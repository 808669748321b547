import type { Locator, LocatorName } from '../types';

/** Tasks that run now, where the China site lists them. */
const running: Locator = {
	site: 'china',
	action: 'DescribeRunningTasks',
	application: 'SdkAppID',
	list: { items: 'Tasks', page: { size: 500, total: 'Total' } },
	id: 'TaskID',
	label: ['Status', 'RoomID', 'FileURL', 'CreateTime'],
};

/** Where the entries of a resource locator come from: the first listing that the site offers. */
export const locators: Record<LocatorName, Locator[]> = {
	applications: [
		{
			site: 'international',
			action: 'DescribeApplicationInfos',
			list: { items: 'ApplicationInfos' },
			id: 'SdkAppId',
			label: ['AppName'],
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
			label: ['UserNumber'],
		},
	],
	recordings: [
		{ ...running, body: { TaskType: 'OnlineRecord' } },
		{
			site: 'international',
			action: 'DescribeRecordSearch',
			list: { items: 'RecordTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['Status', 'RoomId', 'CreateTime'],
		},
	],
	pushes: [
		{ ...running, body: { TaskType: 'WhiteboardPush' } },
		{
			site: 'international',
			action: 'DescribeWhiteboardPushSearch',
			list: { items: 'WhiteboardPushTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['Status', 'RoomId', 'CreateTime'],
		},
	],
	transcodes: [
		{ ...running, body: { TaskType: 'TranscodeH5' } },
		{
			site: 'international',
			action: 'DescribeTranscodeSearch',
			list: { items: 'TranscodeTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['OriginalFilename', 'Status', 'CreateTime'],
		},
	],
};
