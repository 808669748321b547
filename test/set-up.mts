import { afterAll, beforeAll } from '@jest/globals';

/** What the tests of a file, or of a `describe`, share: opened before the first of them and closed after the last. */
export function shared<T extends { close(): Promise<void> }>(open: () => Promise<T>): T {
	const opened = {} as T;
	beforeAll(async () => {
		Object.assign(opened, await open());
	});
	afterAll(async () => await opened.close());
	return opened;
}
