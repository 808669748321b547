import { transcodeTask, transcodeTaskByUrl } from '../tasks/transcode';
import type { ResourceEntry } from '../types';
import { sdkAppId } from './fields/application';
import {
	autoHandleUnsupportedElement,
	autoHandleUnsupportedElementTypes,
	documentUrl,
} from './fields/document';
import { extraData } from './fields/extraData';
import { taskId } from './fields/task';

const resolution = { source: '^\\d+x\\d+$', means: 'a size such as 1280x720' };

const simplify = [
	'TaskId',
	'Status',
	'Progress',
	'Title',
	'Pages',
	'Resolution',
	'ResultUrl',
	'ThumbnailUrl',
	'CompressFileUrl',
];

export const transcode: ResourceEntry = {
	name: 'Transcode',
	value: 'transcode',
	description: 'Documents converted for the whiteboard',
	operations: [
		{
			name: 'Create Transcode',
			description: 'Start converting a document into images or an animated web page',
			api: 'CreateTranscode',
			readOnly: false,
			sites: ['international', 'china'],
			fields: [sdkAppId, documentUrl],
			optional: [
				{
					displayName: 'Compress File Type',
					name: 'compressFileType',
					api: 'CompressFileType',
					kind: 'options',
					description: 'The archive to make of the result as well; left out, none',
					options: [
						{ name: 'TAR.GZ', value: 'tar.gz', description: 'A compressed tar archive' },
						{ name: 'ZIP', value: 'zip', description: 'A ZIP archive' },
					],
				},
				{
					displayName: 'Excel Param',
					name: 'excelParam',
					api: 'ExcelParam',
					kind: 'group',
					description: 'Paper for Excel files that become images (China site only)',
					fields: [
						{
							displayName: 'Paper Direction',
							name: 'paperDirection',
							api: 'PaperDirection',
							kind: 'options',
							default: 0,
							description: 'How the paper lies',
							options: [
								{ name: 'Landscape', value: 1, description: 'Wider than high' },
								{ name: 'Portrait', value: 0, description: 'Higher than wide' },
							],
						},
						{
							displayName: 'Paper Size',
							name: 'paperSize',
							api: 'PaperSize',
							kind: 'options',
							default: 0,
							description: 'How large the paper is',
							options: [
								{ name: 'A0', value: 2, description: '841 by 1189 mm' },
								{ name: 'A2', value: 1, description: '420 by 594 mm' },
								{ name: 'A4', value: 0, description: '210 by 297 mm' },
							],
						},
					],
				},
				extraData,
				{
					displayName: 'Is Static PPT',
					name: 'isStaticPpt',
					api: 'IsStaticPPT',
					kind: 'boolean',
					default: false,
					description:
						'Whether PowerPoint files become images too. Left off, they become a web page with their animations.',
				},
				{
					displayName: 'Min Resolution',
					name: 'minResolution',
					api: 'MinResolution',
					kind: 'string',
					pattern: resolution,
					placeholder: 'e.g. 1280x720',
					description: "Deprecated by Tencent Cloud, use 'Min Scale Resolution' instead",
				},
				{
					displayName: 'Min Scale Resolution',
					name: 'minScaleResolution',
					api: 'MinScaleResolution',
					kind: 'string',
					pattern: resolution,
					placeholder: 'e.g. 1280x720',
					description:
						'The least width and height of the result in pixels; left out, those of the document',
				},
				{
					displayName: 'Priority',
					name: 'priority',
					api: 'Priority',
					kind: 'options',
					description:
						'Place in the queue for PowerPoint files that become a web page (deprecated on the China site)',
					options: [
						{
							name: 'Low',
							value: 'low',
							description: 'Takes files up to 500 MB and 2000 pages, but may wait for long',
						},
					],
				},
				autoHandleUnsupportedElement,
				autoHandleUnsupportedElementTypes,
				{
					displayName: 'Thumbnail Resolution',
					name: 'thumbnailResolution',
					api: 'ThumbnailResolution',
					kind: 'string',
					pattern: resolution,
					placeholder: 'e.g. 320x180',
					description:
						'Width and height of thumbnails for a PowerPoint file that becomes a web page; left out, none are made',
				},
			],
			task: transcodeTask,
			simplify,
		},
		{
			name: 'Describe Transcode',
			description: 'Get the state of a conversion and the links to its result',
			api: 'DescribeTranscode',
			readOnly: true,
			sites: ['international', 'china'],
			fields: [
				sdkAppId,
				{
					...taskId,
					locator: 'transcodes',
					description: 'The ID that Create Transcode answered with',
				},
			],
			task: transcodeTask,
			simplify,
		},
		{
			name: 'Describe Transcode by URL',
			description: 'Get the state of the newest conversion of a document in the last 24 hours',
			api: 'DescribeTranscodeByUrl',
			readOnly: true,
			sites: ['china'],
			fields: [
				sdkAppId,
				{ ...documentUrl, description: 'The URL that Create Transcode was given, as it was' },
			],
			task: transcodeTaskByUrl,
		},
		{
			name: 'Describe Transcode Search',
			description: 'Find conversions by the name of the document',
			api: 'DescribeTranscodeSearch',
			readOnly: true,
			sites: ['international'],
			deprecated: ['china'],
			fields: [],
			optional: [
				{
					displayName: 'Keyword',
					name: 'keyword',
					api: 'Keyword',
					kind: 'string',
					placeholder: 'e.g. lesson',
					description: 'Part of the name of the document',
				},
			],
			list: { items: 'TranscodeTaskSet', page: { size: 100, total: 'TotalCount' } },
		},
	],
};
