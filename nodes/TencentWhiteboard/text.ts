/** Numbers and text as text, anything else as none. */
export const textOf = (value: unknown) =>
	['string', 'number'].includes(typeof value) ? String(value) : '';

/** Text as the JSON that it holds, undefined where it holds none. Anything but text stays as it is. */
export function parseJson(text: unknown): unknown {
	if (typeof text !== 'string') return text;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** A JSON object, neither a list nor null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
	value !== null && typeof value === 'object' && !Array.isArray(value);

/** Ends a sentence that has no end. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** An answer holds something in a place where the API documents another thing. */
export class UnexpectedShape extends Error {}
