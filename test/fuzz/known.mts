/** What is known to be wrong and is being corrected, by name: what is violated then, as a pattern. */
export const KNOWN: Record<string, RegExp> = {};
