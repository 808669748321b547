/** The end of a text that names a page about its problem. */
export const help = (page: string) =>
	` Help: https://github.com/n8n-nodes-tencent-whiteboard/n8n-nodes-tencent-whiteboard/blob/main/docs/problems/${page}.md`;

/** A text without it. */
export const withoutHelp = (text: string) =>
	text.replace(/ Help: https:\/\/github\.com\/\S+\/docs\/problems\/[a-z-]+\.md$/, '');
