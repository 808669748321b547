import { expect } from '@jest/globals';

declare const n8nLine: 1 | 2;

/** The major version of the n8n that this test file runs on, from the jest project. */
export const line = n8nLine;

/** What an item on the error output has beside `error` and `message`: nothing where n8n does not take it. */
export const detailsOnErrorOutput = (details: object) =>
	line === 1 ? {} : { details: expect.objectContaining(details) };
