import type { Operation, ResourceEntry, StringField } from '../types';
import { sdkAppId } from './fields/application';

const callbackUrl: StringField = {
	displayName: 'Callback',
	name: 'callback',
	api: 'Callback',
	kind: 'string',
	format: 'url',
	required: true,
	removal: {
		displayName: 'Remove Callback',
		name: 'removeCallback',
		description: 'Whether to remove the stored URL, after which Tencent Cloud calls nobody',
	},
	placeholder: 'e.g. https://example.com/webhook',
	description: 'The URL that Tencent Cloud calls when something happens',
};

const callbackKey: StringField = {
	displayName: 'Callback Key',
	name: 'callbackKey',
	api: 'CallbackKey',
	kind: 'string',
	required: true,
	removal: {
		displayName: 'Remove Callback Key',
		name: 'removeCallbackKey',
		description:
			'Whether to remove the stored key, after which Tencent Cloud does not sign its calls',
	},
	secret: true,
	maxLength: 64,
	description: 'A secret of your own, with which Tencent Cloud signs its calls',
};

type Common = Pick<Operation, 'readOnly' | 'sites' | 'fields'>;

const current: Pick<Operation, 'sites'> = { sites: ['international', 'china'] };
const describing: Common = { ...current, readOnly: true, fields: [sdkAppId] };
const settingUrl: Common = { ...current, readOnly: false, fields: [sdkAppId, callbackUrl] };
const settingKey: Common = { ...current, readOnly: false, fields: [sdkAppId, callbackKey] };

export const callback: ResourceEntry = {
	name: 'Callback',
	value: 'callback',
	description: 'Where Tencent Cloud reports events to, and how it signs them',
	operations: [
		{
			name: 'Describe Online Record Callback',
			description: 'Get the URL and key for events of real-time recordings',
			api: 'DescribeOnlineRecordCallback',
			...describing,
		},
		{
			name: 'Describe PPT Check Callback',
			description: 'Get the URL and key for events of presentation checks',
			api: 'DescribePPTCheckCallback',
			...describing,
			sites: ['china'],
		},
		{
			name: 'Describe Transcode Callback',
			description: 'Get the URL and key for events of document conversions',
			api: 'DescribeTranscodeCallback',
			...describing,
		},
		{
			name: 'Describe Video Generation Task Callback',
			description: 'Get the URL and key for events of video generation tasks',
			api: 'DescribeVideoGenerationTaskCallback',
			...describing,
		},
		{
			name: 'Describe Warning Callback',
			description: 'Get the URL and key for warnings; only accounts that Tencent has admitted',
			api: 'DescribeWarningCallback',
			...describing,
			sites: ['china'],
		},
		{
			name: 'Describe Whiteboard Push Callback',
			description: 'Get the URL and key for events of whiteboard pushes',
			api: 'DescribeWhiteboardPushCallback',
			...describing,
		},
		{
			name: 'Set Online Record Callback',
			description: 'Choose the URL that is told of real-time recordings',
			api: 'SetOnlineRecordCallback',
			...settingUrl,
		},
		{
			name: 'Set Online Record Callback Key',
			description: 'Choose the key that signs events of real-time recordings',
			api: 'SetOnlineRecordCallbackKey',
			...settingKey,
		},
		{
			name: 'Set PPT Check Callback',
			description: 'Choose the URL that is told of presentation checks',
			api: 'SetPPTCheckCallback',
			...settingUrl,
			sites: ['china'],
		},
		{
			name: 'Set PPT Check Callback Key',
			description: 'Choose the key that signs events of presentation checks',
			api: 'SetPPTCheckCallbackKey',
			...settingKey,
			sites: ['china'],
		},
		{
			name: 'Set Transcode Callback',
			description: 'Choose the URL that is told of document conversions',
			api: 'SetTranscodeCallback',
			...settingUrl,
		},
		{
			name: 'Set Transcode Callback Key',
			description: 'Choose the key that signs events of document conversions',
			api: 'SetTranscodeCallbackKey',
			...settingKey,
		},
		{
			name: 'Set Video Generation Task Callback',
			description: 'Choose the URL that is told of video generation tasks',
			api: 'SetVideoGenerationTaskCallback',
			...settingUrl,
		},
		{
			name: 'Set Video Generation Task Callback Key',
			description: 'Choose the key that signs events of video generation tasks',
			api: 'SetVideoGenerationTaskCallbackKey',
			...settingKey,
		},
		{
			name: 'Set Warning Callback',
			description: 'Choose the URL and key for warnings; only accounts that Tencent has admitted',
			api: 'SetWarningCallback',
			...settingUrl,
			sites: ['china'],
			fields: [sdkAppId, callbackUrl, callbackKey],
		},
		{
			name: 'Set Whiteboard Push Callback',
			description: 'Choose the URL that is told of whiteboard pushes',
			api: 'SetWhiteboardPushCallback',
			...settingUrl,
		},
		{
			name: 'Set Whiteboard Push Callback Key',
			description: 'Choose the key that signs events of whiteboard pushes',
			api: 'SetWhiteboardPushCallbackKey',
			...settingKey,
		},
	],
};
