declare const n8nLine: 1 | 2;

/** The major version of the n8n that this test file runs on, from the jest project. */
export const line = n8nLine;
