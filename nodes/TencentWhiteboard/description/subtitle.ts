/** Words that are written in capitals. */
const ACRONYMS = ['api', 'im', 'ppt', 'sdk', 'tiw', 'url'];

/**
 * What stands below the node on the canvas: the operation in words. n8n evaluates it there, where nothing but
 * the parameters' values is known; a custom call shows the action that it calls.
 */
export const subtitle = `={{ $parameter["operation"] === "custom" ? $parameter["customAction"] : String($parameter["operation"]).replace(/[A-Z]/g, " $&").replace(/\\b(${ACRONYMS.join('|')})\\b/gi, (word) => word.toUpperCase()).replace(/^./, (first) => first.toUpperCase()) }}`;
