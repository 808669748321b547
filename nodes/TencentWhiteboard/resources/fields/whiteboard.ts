import type { GroupField } from '../../types';

/** For the video of a whiteboard; snapshots have a whiteboard of their own. */
export const whiteboard: GroupField = {
	displayName: 'Whiteboard',
	name: 'whiteboard',
	api: 'Whiteboard',
	kind: 'group',
	description: 'Size and settings of the whiteboard in the video',
	fields: [
		{
			displayName: 'Width (Pixels)',
			name: 'width',
			api: 'Width',
			kind: 'integer',
			min: 2,
			default: 1280,
			description: 'Width of the video',
		},
		{
			displayName: 'Height (Pixels)',
			name: 'height',
			api: 'Height',
			kind: 'integer',
			min: 2,
			default: 960,
			description: 'Height of the video',
		},
		{
			displayName: 'Init Params',
			name: 'initParam',
			api: 'InitParam',
			kind: 'string',
			format: 'json',
			placeholder: 'e.g. {"globalBackgroundColor":"#ffffff"}',
			description: 'Settings for the whiteboard SDK as JSON, handed on unchanged',
		},
	],
};
