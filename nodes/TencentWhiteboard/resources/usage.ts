import type { INodePropertyOptions } from 'n8n-workflow';

import type {
	BooleanField,
	DateField,
	ListField,
	Operation,
	OptionsField,
	ResourceEntry,
} from '../types';
import { sdkAppId } from './fields/application';

const whiteboardMinutes: INodePropertyOptions = {
	name: 'Whiteboard',
	value: 'sp_tiw_board',
	description: 'Minutes of whiteboard use',
};

const recordingMinutes: INodePropertyOptions = {
	name: 'Real-Time Recording',
	value: 'sp_tiw_ric',
	description: 'Minutes of recording',
};

const subProduct: OptionsField = {
	displayName: 'Sub-Product',
	name: 'subProduct',
	api: 'SubProduct',
	kind: 'options',
	required: true,
	description: 'What to get the usage of',
	options: [
		{
			name: 'Dynamic Conversion',
			value: 'sp_tiw_dt',
			description: 'Pages that became HTML5; every page counts eight times',
		},
		recordingMinutes,
		{
			name: 'Static Conversion',
			value: 'sp_tiw_st',
			description: 'Pages that became images; every page counts once',
		},
		whiteboardMinutes,
	],
};

/** Where the pages give examples of codes only. */
const anySubProduct: OptionsField = {
	...subProduct,
	open: true,
	description: 'What to get the usage of. An expression can give any other code.',
};

const subProducts: ListField = {
	displayName: 'Sub-Products',
	name: 'subProducts',
	api: 'SubProducts',
	kind: 'list',
	of: 'string',
	required: true,
	open: true,
	description: 'What to add up. An expression can give any other codes, separated by commas.',
	options: subProduct.options,
};

const firstDay: DateField = {
	displayName: 'Start Time',
	name: 'startTime',
	api: 'StartTime',
	kind: 'date',
	format: 'day',
	required: true,
	description:
		'The first day to report. A moment counts as its day in the time zone of the workflow.',
};

const lastDay: DateField = {
	displayName: 'End Time',
	name: 'endTime',
	api: 'EndTime',
	kind: 'date',
	format: 'day',
	required: true,
	description: 'The last day to report, at most 31 days in all; figures come at 7:00 the day after',
};

const beginTime: DateField = {
	displayName: 'Start Time',
	name: 'beginTime',
	api: 'BeginTime',
	kind: 'date',
	format: 'second',
	required: true,
	description:
		'When the period begins. A moment with a time zone is turned into the time zone of the workflow.',
};

const endTime: DateField = {
	displayName: 'End Time',
	name: 'endTime',
	api: 'EndTime',
	kind: 'date',
	format: 'second',
	required: true,
	description: 'When the period ends',
};

const isWeighted: BooleanField = {
	displayName: 'Is Weighted',
	name: 'isWeighted',
	api: 'IsWeighted',
	kind: 'boolean',
	description: 'Whether to multiply the figures by their weights instead of giving them raw',
};

const reading: Pick<Operation, 'readOnly' | 'sites' | 'deprecated'> = {
	readOnly: true,
	sites: ['international'],
	deprecated: ['china'],
};

/** Statistics are served from Guangzhou on both sites. */
const statistics = { ...reading, regions: { international: 'ap-guangzhou' } };

export const usage: ResourceEntry = {
	name: 'Usage',
	value: 'usage',
	description: 'How much was used, and how well it worked',
	operations: [
		{
			name: 'Describe Application Usage',
			description: 'Get the usage of a sub-product over time, one item per month, day or minute',
			api: 'DescribeApplicationUsage',
			...reading,
			fields: [
				beginTime,
				endTime,
				anySubProduct,
				{
					displayName: 'Time Level',
					name: 'timeLevel',
					api: 'TimeLevel',
					kind: 'options',
					required: true,
					description: 'How far apart the figures are',
					options: [
						{ name: 'Daily', value: 'DAILY', description: 'One figure per day' },
						{ name: 'Minutely', value: 'MINUTELY', description: 'One figure per minute' },
						{ name: 'Monthly', value: 'MONTHLY', description: 'One figure per month' },
					],
				},
			],
			optional: [
				isWeighted,
				{
					...sdkAppId,
					required: false,
					description: 'The only application to count. Left out, all of the account are counted.',
				},
			],
			list: { items: 'Data' },
		},
		{
			name: 'Describe Postpaid Usage',
			description: 'Get the usage that is paid for afterwards',
			api: 'DescribePostpaidUsage',
			...reading,
			fields: [beginTime, endTime],
		},
		{
			name: 'Describe Quality Metrics',
			description: 'Get how loading and sign-in went in an application, one item per hour',
			api: 'DescribeQualityMetrics',
			...statistics,
			fields: [
				sdkAppId,
				{
					displayName: 'Start Time',
					name: 'startTime',
					api: 'StartTime',
					kind: 'date',
					format: 'unix',
					required: true,
					description:
						'When the period begins. Without a time zone it is in that of the workflow; Unix timestamps are taken too.',
				},
				{
					displayName: 'End Time',
					name: 'endTime',
					api: 'EndTime',
					kind: 'date',
					format: 'unix',
					required: true,
					description: 'When the period ends, at most seven days after its start',
				},
				{
					displayName: 'Metric',
					name: 'metric',
					api: 'Metric',
					kind: 'options',
					required: true,
					description: 'What to get the figures of',
					options: [
						{
							name: 'Image Loads',
							value: 'image_load_total_count',
							description: 'How many images were loaded',
						},
						{
							name: 'Image Loads Failed',
							value: 'image_load_fail_count',
							description: 'How many images could not be loaded',
						},
						{
							name: 'Image Loads Succeeded',
							value: 'image_load_success_rate',
							description: 'Percentage of images that could be loaded',
						},
						{
							name: 'PPT Loads',
							value: 'ppt_load_total_count',
							description: 'How many presentations were loaded',
						},
						{
							name: 'PPT Loads Failed',
							value: 'ppt_load_fail_count',
							description: 'How many presentations could not be loaded',
						},
						{
							name: 'PPT Loads Succeeded',
							value: 'ppt_load_success_rate',
							description: 'Percentage of presentations that could be loaded',
						},
						{
							name: 'SDK Verifications',
							value: 'verify_sdk_total_count',
							description: 'How often a client was verified',
						},
						{
							name: 'SDK Verifications Failed',
							value: 'verify_sdk_fail_count',
							description: 'How often a client could not be verified',
						},
						{
							name: 'SDK Verifications Succeeded',
							value: 'verify_sdk_success_rate',
							description: 'Percentage of verifications that succeeded',
						},
						{
							name: 'SDK Verifications Within a Second',
							value: 'verify_sdk_in_one_second_rate',
							description: 'Percentage of verifications that took a second at most',
						},
						{
							name: 'SDK Verifications: Average Time',
							value: 'verify_sdk_cost_avg',
							description: 'Milliseconds that a verification took on average',
						},
					],
				},
			],
			optional: [
				{
					displayName: 'Interval',
					name: 'interval',
					api: 'Interval',
					kind: 'options',
					description: 'How far apart the figures are',
					options: [{ name: 'One Hour', value: '1h', description: 'One figure per hour' }],
				},
			],
			list: { items: 'Content' },
		},
		{
			name: 'Describe TIW Daily Usage',
			description: 'Get what an application is billed for, one item per day',
			api: 'DescribeTIWDailyUsage',
			...statistics,
			fields: [sdkAppId, firstDay, lastDay, subProduct],
			list: { items: 'Usages' },
		},
		{
			name: 'Describe TIW Room Daily Usage',
			description: 'Get what the rooms of an application are billed for, one item per room and day',
			api: 'DescribeTIWRoomDailyUsage',
			...statistics,
			fields: [
				sdkAppId,
				firstDay,
				lastDay,
				{ ...subProduct, options: [recordingMinutes, whiteboardMinutes] },
			],
			optional: [
				{
					displayName: 'Room IDs',
					name: 'roomIds',
					api: 'RoomIDs',
					kind: 'list',
					of: 'integer',
					placeholder: 'e.g. 12345, 12346',
					description: 'The only rooms to report, separated by commas',
				},
			],
			list: { items: 'Usages', page: { size: 20, total: 'Total' } },
		},
		{
			name: 'Describe Usage Summary',
			description: 'Get the usage of sub-products as one sum per period',
			api: 'DescribeUsageSummary',
			...reading,
			fields: [beginTime, endTime, subProducts],
			optional: [isWeighted],
		},
	],
};
