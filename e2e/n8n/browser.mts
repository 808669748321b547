/** A headless Chromium that talks to loopback alone. */
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';

/** The parts of playwright-core used here. Types of its own would need its package installed to check this file. */
export interface Locator {
	locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
	filter(options: { hasText?: string | RegExp; visible?: boolean }): Locator;
	getByText(text: string, options?: { exact?: boolean }): Locator;
	getByRole(role: 'link', options: { name: string }): Locator;
	first(): Locator;
	last(): Locator;
	nth(index: number): Locator;
	or(other: Locator): Locator;
	count(): Promise<number>;
	isVisible(): Promise<boolean>;
	innerText(): Promise<string>;
	allInnerTexts(): Promise<string[]>;
	inputValue(): Promise<string>;
	getAttribute(name: string): Promise<string | null>;
	/** Runs the function in the browser: it knows nothing of what is here. */
	evaluate<Value>(ask: (element: Element) => Value): Promise<Value>;
	evaluateAll<Value>(ask: (elements: Element[]) => Value): Promise<Value>;
	click(options?: { force?: boolean }): Promise<void>;
	dblclick(options?: { force?: boolean }): Promise<void>;
	hover(): Promise<void>;
	fill(text: string): Promise<void>;
	press(key: string): Promise<void>;
	scrollIntoViewIfNeeded(): Promise<void>;
	waitFor(options?: { state?: 'visible' | 'hidden' | 'attached'; timeout?: number }): Promise<void>;
	boundingBox(): Promise<Box | null>;
}

/** What is asked of the browser's elements here. */
export interface Element {
	dataset: Record<string, string | undefined>;
	innerText: string;
	scrollHeight: number;
	clientHeight: number;
	parentElement: Element | null;
	/** Of pictures. */
	naturalWidth: number;
}

export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

export interface Page {
	locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
	getByText(text: string, options?: { exact?: boolean }): Locator;
	keyboard: { press(key: string): Promise<void> };
	mouse: {
		move(x: number, y: number, options?: { steps: number }): Promise<void>;
		down(): Promise<void>;
		up(): Promise<void>;
	};
	goto(url: string): Promise<unknown>;
	reload(): Promise<unknown>;
	url(): string;
	evaluate(expression: string): Promise<unknown>;
	waitForFunction(expression: string): Promise<unknown>;
	addStyleTag(options: { content: string }): Promise<unknown>;
	waitForURL(matches: (url: URL) => boolean): Promise<void>;
	waitForResponse(matches: (response: Response) => boolean): Promise<Response>;
	setContent(html: string, options?: { waitUntil: 'load' }): Promise<void>;
	viewportSize(): Size;
	setViewportSize(size: Size): Promise<void>;
	screenshot(options: {
		path?: string;
		clip?: Box;
		fullPage?: boolean;
		/** Those under way are shown at their end. */
		animations?: 'disabled';
	}): Promise<Buffer>;
	on(event: 'console', listener: (message: ConsoleMessage) => void): void;
	on(event: 'pageerror', listener: (error: Error) => void): void;
	close(): Promise<void>;
}

interface Response {
	url(): string;
	ok(): boolean;
	json(): Promise<unknown>;
	request(): { method(): string };
}

interface ConsoleMessage {
	type(): string;
	text(): string;
	location(): { url: string };
}

export interface Size {
	width: number;
	height: number;
}

interface Context {
	newPage(): Promise<Page>;
	setDefaultTimeout(milliseconds: number): void;
}

interface Playwright {
	chromium: {
		launch(options: object): Promise<{
			newContext(options: object): Promise<Context>;
			close(): Promise<void>;
		}>;
	};
}

export interface Browser {
	newPage(): Promise<Page>;
	close(): Promise<void>;
}

/** n8n names its elements for its own tests: these names last longer than its classes. */
export const testId = (id: string) => `[data-test-id="${id}"]`;

/** While Vue moves an element in or out it has such a class; what is on its way out still takes effect. */
const MOVED = '[class*="-enter-active"], [class*="-leave-active"]';

/** Until what moves has come to rest, but for what moves for ever. */
export async function settle(page: Page): Promise<void> {
	await page.waitForFunction(`!document.querySelector('${MOVED}')`);
	await page.evaluate(`Promise.allSettled(
		document.getAnimations()
			.filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
			.map(({ finished }) => finished),
	).then(() => true)`);
}

/** Nobody listens there. */
const NO_PROXY = 'http://127.0.0.1:9';

/**
 * It ends with this process: its commands come through a pipe. Requests to other machines, its own too,
 * fail at a proxy that is not there; a route would do the same for pages, at the price of Chromium's cache.
 */
export async function openBrowser(viewport: Size, deviceScaleFactor = 1): Promise<Browser> {
	const { chromium } = createRequire(import.meta.url)('playwright-core') as Playwright;
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		proxy: { server: NO_PROXY, bypass: '127.0.0.1' },
		// Chromium's sandbox does not run as root.
		args: userInfo().uid === 0 ? ['--no-sandbox'] : [],
	});
	const context = await browser.newContext({
		viewport,
		deviceScaleFactor,
		locale: 'en-US',
	});
	context.setDefaultTimeout(30_000);
	return {
		newPage: async () => await context.newPage(),
		close: async () => await browser.close(),
	};
}
