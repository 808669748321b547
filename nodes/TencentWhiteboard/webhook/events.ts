import { pptCheckTask } from '../tasks/pptCheck';
import { recordingTask } from '../tasks/recording';
import { transcodeTask } from '../tasks/transcode';
import { videoGenerationTask } from '../tasks/videoGeneration';
import { whiteboardPushTask } from '../tasks/whiteboardPush';
import type { Site, TaskSpec } from '../types';

export interface EventSpec {
	/** In words. */
	name: string;
	/** Its EventType. */
	value: string;
	description: string;
	/** It says that its task has ended. */
	ended?: true;
}

/** Events that share a callback: Tencent Cloud keeps one URL and key for each application and family. */
export interface Family {
	name: string;
	/** The resource of the other node. */
	value: string;
	description: string;
	/** Names its actions: `SetTranscodeCallback`, `SetTranscodeCallbackKey`, `DescribeTranscodeCallback`. */
	callback: string;
	/** The first of them sets URL and key at once. */
	setsBoth?: true;
	sites: Site[];
	/** What the events are about. */
	task?: TaskSpec;
	/** Empty where they are documented nowhere: their types are not known then. */
	events: EventSpec[];
}

const everywhere: Site[] = ['international', 'china'];

export const families: Family[] = [
	{
		name: 'PPT Check',
		value: 'pptCheck',
		description: 'PowerPoint files checked and repaired; only on the China site',
		callback: 'PPTCheckCallback',
		sites: ['china'],
		task: pptCheckTask,
		events: [],
	},
	{
		name: 'Recording',
		value: 'recording',
		description: 'Real-time recordings of a room',
		callback: 'OnlineRecordCallback',
		sites: everywhere,
		task: recordingTask,
		events: [
			{
				name: 'Recording Finished',
				value: 'OnlineRecordFinished',
				description: 'The files are ready, or the recording has failed',
				ended: true,
			},
			{
				name: 'Recording Long Pause Force Stopped',
				value: 'OnlineRecordLongPauseForceStopped',
				description: 'The service has stopped a recording that was paused for too long',
			},
			{
				name: 'Recording Long Pause Warning',
				value: 'OnlineRecordLongPauseWarning',
				description: 'The service will soon stop a recording that is paused for long',
			},
			{
				name: 'Recording Started',
				value: 'OnlineRecordStarted',
				description: 'The recording has begun',
			},
			{
				name: 'Recording Stopped',
				value: 'OnlineRecordStopped',
				description: 'The recording has stopped, and its files are being made',
			},
		],
	},
	{
		name: 'Transcode',
		value: 'transcode',
		description: 'Documents converted for the whiteboard',
		callback: 'TranscodeCallback',
		sites: everywhere,
		task: transcodeTask,
		events: [
			{
				name: 'Transcoding Finished',
				value: 'TranscodeFinished',
				description: 'The conversion has ended, well or not',
				ended: true,
			},
			{
				name: 'Transcoding Progress Changed',
				value: 'TranscodeProgressChanged',
				description: 'The conversion has got further',
			},
		],
	},
	{
		name: 'Video Generation',
		value: 'videoGeneration',
		description: 'Videos made from a recording that has ended',
		callback: 'VideoGenerationTaskCallback',
		sites: everywhere,
		task: videoGenerationTask,
		events: [],
	},
	{
		name: 'Warning',
		value: 'warning',
		description: 'Warnings about tasks; China site, only accounts that Tencent has admitted',
		callback: 'WarningCallback',
		setsBoth: true,
		sites: ['china'],
		events: [],
	},
	{
		name: 'Whiteboard Push',
		value: 'whiteboardPush',
		description: 'The whiteboard as a live video stream in a TRTC room',
		callback: 'WhiteboardPushCallback',
		sites: everywhere,
		task: whiteboardPushTask,
		events: [
			{
				name: 'Push Started',
				value: 'WhiteboardPushStarted',
				description: 'The stream is live',
			},
			{
				name: 'Push Stopped',
				value: 'WhiteboardPushStopped',
				description: 'The stream has ended',
				ended: true,
			},
		],
	},
];

/** What an event says of its task; `unknown` for types that are documented nowhere. */
export function taskIn({ events }: Family, eventType: unknown): 'ended' | 'running' | 'unknown' {
	const event = events.find(({ value }) => value === eventType);
	if (!event) return 'unknown';
	return event.ended ? 'ended' : 'running';
}
