import type { INodeProperties } from 'n8n-workflow';

import { callOptions } from '../description/options';
import { properties } from '../description/properties';
import { inWords } from '../description/subtitle';
import { sdkAppId } from '../resources/fields/application';
import { families } from './events';

const resource: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: families.map(({ name, value, description }) => ({ name, value, description })),
	default: 'recording',
};

const events = families
	.filter((family) => family.events.length > 0)
	.map(
		(family): INodeProperties => ({
			displayName: 'Trigger On',
			name: 'events',
			type: 'multiOptions',
			options: family.events.map(({ name, value, description }) => ({ name, value, description })),
			default: [],
			hint: 'Leave empty for all events, also those to come',
			displayOptions: { show: { resource: [family.value] } },
		}),
	);

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Ignore Repeats',
			name: 'ignoreRepeats',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop an event that came in the last hour already. Each n8n process remembers its own events.',
		},
		{
			displayName: 'Read Task',
			name: 'readTask',
			type: 'options',
			default: 'ended',
			description:
				'When to ask the API what has become of the task: an event itself proves nothing',
			options: [
				{ name: 'Always', value: 'always', description: 'For each event' },
				{
					name: 'If Ended',
					value: 'ended',
					description: 'For events that say that the task has ended, and for unknown ones',
				},
				{ name: 'Never', value: 'never', description: 'Believe every event' },
			],
		},
		...callOptions.filter(({ name }) => name === 'region'),
		{
			displayName: 'Replace Existing Callback',
			name: 'replaceExisting',
			type: 'boolean',
			default: false,
			description:
				'Whether to take the place of a callback URL that others have registered. It is put back when the workflow is deactivated.',
		},
		{
			displayName: 'Replace in Tests',
			name: 'replaceInTests',
			type: 'boolean',
			default: false,
			description:
				'Whether a test may replace the URL that is registered, for as long as it listens',
		},
		{
			displayName: 'Task IDs',
			name: 'taskIds',
			type: 'string',
			default: '',
			placeholder: 'e.g. task-1, task-2',
			description: 'Only events of these tasks. Separate them with commas.',
		},
	],
};

export const triggerProperties: INodeProperties[] = [
	resource,
	...properties(sdkAppId).map((property) => ({
		...property,
		description: 'The whiteboard application (SdkAppId) whose events start the workflow',
	})),
	...events,
	options,
];

/** Events are named after their families, by names of their own. */
const FAMILY = '/^(OnlineRecord|Transcode|WhiteboardPush)/';

/** The family, and the events where not all of them are meant. In words each of these begins with a space. */
export const triggerSubtitle = `={{ $parameter["resource"]${inWords} + ($parameter["events"]?.length ? ":" + [$parameter["events"]].flat().map((event) => event.replace(${FAMILY}, "")${inWords}).join(",") : "") }}`;
