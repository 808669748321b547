import type { StringField } from '../../types';

export const taskId: StringField = {
	displayName: 'Task ID',
	name: 'taskId',
	api: 'TaskId',
	kind: 'string',
	required: true,
	placeholder: 'e.g. g4v20j0a15hud8rrs4jc',
	description: 'The ID that the creating action answered with',
};
