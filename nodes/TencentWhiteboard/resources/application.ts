import type { INodePropertyOptions } from 'n8n-workflow';

import type { Operation, OptionsField, ResourceEntry, StringField } from '../types';
import { sdkAppId } from './fields/application';

const taskKinds: INodePropertyOptions[] = [
	{ name: 'Recording', value: 'recording', description: 'Real-time recordings' },
	{ name: 'Transcode', value: 'transcode', description: 'Document conversions' },
];

const taskType: OptionsField = {
	displayName: 'Task Type',
	name: 'taskType',
	api: 'TaskType',
	kind: 'options',
	required: true,
	description: 'The kind of task that the settings are for',
	options: taskKinds,
};

const bucketName: StringField = {
	displayName: 'Bucket Name',
	name: 'bucketName',
	api: 'BucketName',
	kind: 'string',
	required: true,
	placeholder: 'e.g. lessons-1250000000',
	description: 'The COS bucket that takes the results',
};

const bucketLocation: StringField = {
	displayName: 'Bucket Location',
	name: 'bucketLocation',
	api: 'BucketLocation',
	kind: 'string',
	required: true,
	placeholder: 'e.g. ap-singapore',
	description: 'Region of the bucket',
};

const bucketPrefix: StringField = {
	displayName: 'Bucket Prefix',
	name: 'bucketPrefix',
	api: 'BucketPrefix',
	kind: 'string',
	required: true,
	mayBeEmpty: true,
	placeholder: 'e.g. results/2026/',
	description:
		'What the names of the results begin with: a folder ends in a slash. Leave empty for the root of the bucket.',
};

const resultDomain: StringField = {
	displayName: 'Result Domain',
	name: 'resultDomain',
	api: 'ResultDomain',
	kind: 'string',
	required: true,
	placeholder: 'e.g. cdn.example.com',
	description: 'Domain to use in the links to the results',
};

type Common = Pick<Operation, 'readOnly' | 'sites' | 'deprecated'>;

const reading: Common = {
	readOnly: true,
	sites: ['international'],
	deprecated: ['china'],
};
const changing: Common = { ...reading, readOnly: false };

export const application: ResourceEntry = {
	name: 'Application',
	value: 'application',
	description: 'Whiteboard applications, their storage, and the account they belong to',
	operations: [
		{
			name: 'Apply TIW Trial',
			description: 'Start the trial of the whiteboard service',
			api: 'ApplyTiwTrial',
			...changing,
			fields: [],
		},
		{
			name: 'Create Application',
			description: 'Make a whiteboard application',
			api: 'CreateApplication',
			...changing,
			fields: [
				{
					...sdkAppId,
					description: 'The chat (IM) application that becomes a whiteboard application too',
				},
			],
			optional: [
				{
					displayName: 'App Name',
					name: 'appName',
					api: 'AppName',
					kind: 'string',
					placeholder: 'e.g. Evening school',
					description: 'What to call the application',
				},
				{
					displayName: 'IM SKey',
					name: 'sKey',
					api: 'SKey',
					kind: 'string',
					secret: true,
					description:
						'The SKey of the account, where a chat (IM) application has to be made first',
				},
				{
					displayName: 'IM Tiny ID',
					name: 'tinyId',
					api: 'TinyId',
					kind: 'string',
					description:
						'The TinyId of the account, where a chat (IM) application has to be made first',
				},
				{
					displayName: 'Tag List',
					name: 'tagList',
					api: 'TagList',
					kind: 'rows',
					row: 'Tag',
					description: 'Tags for the application',
					fields: [
						{
							displayName: 'Tag Key',
							name: 'tagKey',
							api: 'TagKey',
							kind: 'string',
							required: true,
							placeholder: 'e.g. department',
							description: 'What the tag is about',
						},
						{
							displayName: 'Tag Value',
							name: 'tagValue',
							api: 'TagValue',
							kind: 'string',
							required: true,
							placeholder: 'e.g. sales',
							description: 'What the tag says',
						},
					],
				},
			],
		},
		{
			name: 'Describe API Service',
			description: 'List the buckets or the CDN domains that the whiteboard service may use',
			api: 'DescribeAPIService',
			...reading,
			fields: [
				{
					displayName: 'What to List',
					name: 'service',
					api: 'Service',
					kind: 'options',
					required: true,
					description: 'The service whose entries are listed',
					options: [
						{
							name: 'CDN Domains',
							value: 'cdn:DescribeDomainsConfig',
							description: 'Domains and their settings',
						},
						{
							name: 'COS Buckets',
							value: 'cos:GetService',
							description: 'Buckets for files',
						},
					],
				},
			],
			optional: [
				{
					displayName: 'Listing Parameters',
					name: 'data',
					api: 'Data',
					kind: 'string',
					format: 'json',
					placeholder: 'e.g. {"Limit":10}',
					description: 'Parameters of the listing as JSON',
				},
			],
		},
		{
			name: 'Describe Application Infos',
			description: 'List the whiteboard applications of the account',
			api: 'DescribeApplicationInfos',
			...reading,
			fields: [],
			list: { items: 'ApplicationInfos' },
		},
		{
			name: 'Describe IM Applications',
			description: 'List the chat (IM) applications that can become whiteboard applications',
			api: 'DescribeIMApplications',
			...reading,
			fields: [],
		},
		{
			name: 'Describe User Resources',
			description: 'List what the account has bought',
			api: 'DescribeUserResources',
			...reading,
			fields: [],
		},
		{
			name: 'Describe User Status',
			description: 'Get whether the account is verified and has the service activated',
			api: 'DescribeUserStatus',
			...reading,
			fields: [],
		},
		{
			name: 'Describe Whiteboard Application Config',
			description: 'Get where tasks store their results and report to, one item per kind of task',
			api: 'DescribeWhiteboardApplicationConfig',
			...reading,
			fields: [
				sdkAppId,
				{
					displayName: 'Task Types',
					name: 'taskTypes',
					api: 'TaskTypes',
					kind: 'list',
					of: 'string',
					required: true,
					description: 'The kinds of task whose settings are wanted',
					options: taskKinds,
				},
			],
			optional: [
				{
					displayName: 'SDK App IDs',
					name: 'sdkAppIds',
					api: 'SdkAppIds',
					kind: 'list',
					of: 'integer',
					placeholder: 'e.g. 1400127230, 1400127231',
					description: 'The applications whose settings are wanted, separated by commas',
				},
			],
			list: { items: 'Configs' },
		},
		{
			name: 'Describe Whiteboard Bucket Config',
			description: 'Get where one kind of task stores its results',
			api: 'DescribeWhiteboardBucketConfig',
			...reading,
			fields: [sdkAppId, taskType],
		},
		{
			name: 'Modify Application',
			description: 'Give a whiteboard application another name',
			api: 'ModifyApplication',
			...changing,
			fields: [
				sdkAppId,
				{
					displayName: 'App Name',
					name: 'appName',
					api: 'AppName',
					kind: 'string',
					required: true,
					placeholder: 'e.g. Evening school',
					description: 'The new name',
				},
			],
		},
		{
			name: 'Modify Auto Renew Flag',
			description: 'Choose whether a monthly package renews itself, which costs money',
			api: 'ModifyAutoRenewFlag',
			...changing,
			fields: [
				{
					displayName: 'Sub-Product',
					name: 'subProduct',
					api: 'SubProduct',
					kind: 'options',
					required: true,
					open: true,
					description:
						'The kind of package. An expression can give any other code, as Describe User Resources has it.',
					options: [
						{
							name: 'Monthly Package',
							value: 'sp_tiw_package',
							description: 'The package with all parts of the service',
						},
					],
				},
				{
					displayName: 'Package ID',
					name: 'resourceId',
					api: 'ResourceId',
					kind: 'string',
					required: true,
					description: 'The ID of the package, as Describe User Resources has it',
				},
				{
					displayName: 'Auto Renew Flag',
					name: 'autoRenewFlag',
					api: 'AutoRenewFlag',
					kind: 'options',
					required: true,
					default: 2,
					description: 'How the package is renewed',
					options: [
						{ name: 'Automatic', value: 1, description: 'The package renews itself' },
						{
							name: 'Default',
							value: 0,
							description: 'Tencent’s pages do not agree on its effect: check it in the console',
						},
						{ name: 'Manual', value: 2, description: 'Somebody has to renew the package' },
					],
				},
			],
		},
		{
			name: 'Modify Whiteboard Application Config',
			description: 'Choose where tasks store their results and report to',
			api: 'ModifyWhiteboardApplicationConfig',
			...changing,
			fields: [
				sdkAppId,
				{
					displayName: 'Configs',
					name: 'configs',
					api: 'Configs',
					kind: 'rows',
					row: 'Config',
					required: true,
					description: 'The settings, one row per kind of task',
					fields: [
						{
							displayName: 'Admin User ID',
							name: 'adminUserId',
							api: 'AdminUserId',
							kind: 'string',
							description: 'The administrator of the chat (IM) application',
						},
						{
							displayName: 'Admin User Sig',
							name: 'adminUserSig',
							api: 'AdminUserSig',
							kind: 'string',
							secret: true,
							description: 'The signature (UserSig) that the administrator signs in with',
						},
						bucketLocation,
						bucketName,
						bucketPrefix,
						{
							displayName: 'Callback',
							name: 'callback',
							api: 'Callback',
							kind: 'string',
							format: 'url',
							required: true,
							mayBeEmpty: true,
							placeholder: 'e.g. https://example.com/webhook',
							description:
								'The URL that Tencent Cloud calls when something happens. Leave empty for none.',
						},
						{
							displayName: 'Callback Key',
							name: 'callbackKey',
							api: 'CallbackKey',
							kind: 'string',
							required: true,
							mayBeEmpty: true,
							secret: true,
							description:
								'A secret of your own, with which Tencent Cloud signs its calls. Leave empty for unsigned calls.',
						},
						resultDomain,
						{
							...sdkAppId,
							required: false,
							description: 'The application that the row is for',
						},
						taskType,
					],
				},
			],
		},
		{
			name: 'Modify Whiteboard Bucket Config',
			description: 'Choose where one kind of task stores its results',
			api: 'ModifyWhiteboardBucketConfig',
			...changing,
			fields: [sdkAppId, taskType, bucketName, bucketLocation, bucketPrefix, resultDomain],
		},
	],
};
