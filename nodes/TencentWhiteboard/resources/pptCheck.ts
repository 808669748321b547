import { pptCheckTask } from '../tasks/pptCheck';
import type { ResourceEntry } from '../types';
import { sdkAppId } from './fields/application';
import {
	autoHandleUnsupportedElement,
	autoHandleUnsupportedElementTypes,
	documentUrl,
} from './fields/document';
import { taskId } from './fields/task';

export const pptCheck: ResourceEntry = {
	name: 'PPT Check',
	value: 'pptCheck',
	description: 'PowerPoint files checked and repaired before they are converted',
	operations: [
		{
			name: 'Create PPT Check Task',
			description: 'Start a search for what a conversion to a web page cannot show',
			api: 'CreatePPTCheckTask',
			readOnly: false,
			sites: ['china'],
			fields: [sdkAppId, documentUrl],
			optional: [autoHandleUnsupportedElement, autoHandleUnsupportedElementTypes],
			task: pptCheckTask,
		},
		{
			name: 'Describe PPT Check',
			description: 'Get the problems found in a PowerPoint file and the link to the repaired one',
			api: 'DescribePPTCheck',
			readOnly: true,
			sites: ['china'],
			fields: [
				sdkAppId,
				{ ...taskId, description: 'The ID that Create PPT Check Task answered with' },
			],
			task: pptCheckTask,
		},
	],
};
