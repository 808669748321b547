import type { StringField } from '../../types';

export const extraData: StringField = {
	displayName: 'Extra Data',
	name: 'extraData',
	api: 'ExtraData',
	kind: 'string',
	description: 'For internal use by Tencent Cloud. Leave it out unless support asks for it.',
};
