import type { Locator, LocatorName } from '../types';

/** Tasks that run now, where the China site lists them. */
const running = (taskType: string): Locator => ({
	site: 'china',
	action: 'DescribeRunningTasks',
	application: 'SdkAppID',
	body: () => ({ TaskType: taskType }),
	list: { items: 'Tasks', page: { size: 500, total: 'Total' } },
	id: 'TaskID',
	label: ['Status', 'RoomID', 'FileURL', 'CreateTime'],
});

const DAY = 86_400_000;

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
			body: (now) => ({ TimeRange: [now - 7 * DAY, now] }),
			list: { items: 'RoomList' },
			id: 'RoomId',
			label: ['UserNumber'],
		},
	],
	recordings: [
		running('OnlineRecord'),
		{
			site: 'international',
			action: 'DescribeRecordSearch',
			list: { items: 'RecordTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['Status', 'RoomId', 'CreateTime'],
		},
	],
	pushes: [
		running('WhiteboardPush'),
		{
			site: 'international',
			action: 'DescribeWhiteboardPushSearch',
			list: { items: 'WhiteboardPushTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['Status', 'RoomId', 'CreateTime'],
		},
	],
	transcodes: [
		running('TranscodeH5'),
		{
			site: 'international',
			action: 'DescribeTranscodeSearch',
			list: { items: 'TranscodeTaskSet', page: { size: 100, total: 'TotalCount' } },
			id: 'TaskId',
			label: ['OriginalFilename', 'Status', 'CreateTime'],
		},
	],
};
