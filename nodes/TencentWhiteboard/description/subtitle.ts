/** Words that are written in capitals. */
const ACRONYMS = ['api', 'im', 'ppt', 'sdk', 'tiw', 'url'];

/** Turns the value before it, that of an operation for example, into words. */
export const inWords = [
	'.replace(/[A-Z]/g, " $&")',
	`.replace(/\\b(${ACRONYMS.join('|')})\\b/gi, (word) => word.toUpperCase())`,
	'.replace(" By ", " by ")',
	'.replace(/^./, (first) => first.toUpperCase())',
].join('');

/**
 * What stands below the node on the canvas: the operation in words. n8n evaluates it there, where nothing but
 * the parameters' values is known. A custom call shows the action that it calls.
 */
export const subtitle = `={{ $parameter["operation"] === "custom" ? $parameter["customAction"] || "Custom API Call" : /^[a-z]+$/i.test($parameter["operation"]) ? $parameter["operation"]${inWords} : "" }}`;
