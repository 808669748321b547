import type { IntegerField } from '../../types';

/** The application that almost every action asks for. */
export const sdkAppId: IntegerField = {
	displayName: 'SDK App ID',
	name: 'sdkAppId',
	api: 'SdkAppId',
	kind: 'integer',
	locator: 'applications',
	required: true,
	min: 1,
	placeholder: 'e.g. 1400127230',
	description: 'The whiteboard application (SdkAppId) the room or task belongs to',
};
