import type { IWebhookDescription } from 'n8n-workflow';

/** Where n8n takes the callbacks of executions that wait; the path is that of the execution. */
export const waitWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		// Without it n8n answers with the text of its own default.
		responseData: '',
		path: '',
		restartWebhook: true,
		isFullPath: true,
	},
];
