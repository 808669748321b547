/** A node's panel in n8n's editor: its parameters, its credential, and what comes out. */
import { setTimeout as sleep } from 'node:timers/promises';

import { settle, testId } from './browser.mts';
import type { Element, Locator, Page } from './browser.mts';
import type { Line } from './lines.mts';
import type { TestResult } from './api.mts';
import { until } from './processes.mts';

/** An entry of whatever list is open: they hang at the end of the page. */
const OPEN_ENTRY = `${testId('parameter-input-item')}:visible`;

/** n8n takes a text 100 ms after its last key: what is saved before that lacks it. */
const TAKEN_MS = 300;

/** Parameters of a node or of a credential: both are made of the same controls. */
export interface Form {
	/** Types text. */
	fill(name: string, text: string): Promise<void>;
	/** Picks an entry of a parameter with a fixed list. */
	choose(name: string, entry: string): Promise<void>;
	/** Picks further entries of a parameter that takes several. */
	chooseMore(name: string, entries: string[]): Promise<void>;
	/** Turns a switch on or off. */
	turn(name: string, on: boolean): Promise<void>;
	/** What the list of a parameter offers, with descriptions. */
	entries(name: string): Promise<string[]>;
	/** What the control shows. */
	value(name: string): Promise<string>;
	isOn(name: string): Promise<boolean>;
}

function formIn(page: Page, place: Locator): Form {
	const control = (name: string) => place.locator(testId(`parameter-input-${name}`)).first();
	const input = (name: string) => control(name).locator('input, textarea').first();
	const open = async (name: string) => {
		await input(name).click();
		await page.locator(OPEN_ENTRY).first().waitFor();
	};
	const form: Form = {
		fill: async (name, text) => {
			await input(name).fill(text);
			await sleep(TAKEN_MS);
		},
		choose: async (name, entry) => {
			await open(name);
			await page.locator(OPEN_ENTRY).filter({ hasText: entry }).first().click();
			await page.locator(OPEN_ENTRY).first().waitFor({ state: 'hidden' });
		},
		chooseMore: async (name, entries) => {
			// What is chosen lies over the field.
			const arrow = control(name).locator('.el-select__caret').first();
			await arrow.click();
			const open = page.locator('li.el-select-dropdown__item:visible');
			for (const entry of entries) await open.filter({ hasText: entry }).first().click();
			await arrow.click();
			await open.first().waitFor({ state: 'hidden' });
		},
		turn: async (name, on) => {
			if ((await form.isOn(name)) !== on) await control(name).locator('.el-switch').click();
			const isSo = async () => ((await form.isOn(name)) === on ? true : undefined);
			await until(isSo, { what: `${name} is not ${on ? 'on' : 'off'}` });
		},
		entries: async (name) => {
			await open(name);
			const texts = await page.locator(OPEN_ENTRY).allInnerTexts();
			await input(name).press('Escape');
			await page.locator(OPEN_ENTRY).first().waitFor({ state: 'hidden' });
			return texts;
		},
		value: async (name) => await input(name).inputValue(),
		isOn: async (name) =>
			(await control(name).locator('[role="switch"]').getAttribute('aria-checked')) === 'true',
	};
	return form;
}

export interface CredentialDialog extends Form {
	/** Saves it, which tests it as well; returns all that the dialog then shows. */
	save(): Promise<string>;
	close(): Promise<void>;
}

/** Presses a button that runs something, and returns the execution's id. */
export async function run(page: Page, button: Locator): Promise<string> {
	const asked = page.waitForResponse((response) =>
		/\/rest\/workflows\/\w+\/run/.test(response.url()),
	);
	await button.click();
	const response = await asked;
	if (!response.ok()) throw new Error(`Nothing was run: ${response.url()}`);
	const { data } = (await response.json()) as { data: { executionId: string } };
	return data.executionId;
}

export interface Panel extends Form {
	/** Of the node. */
	name: string;
	/** Picks an entry of a list that the node asks for. */
	pick(name: string, entry: string): Promise<void>;
	/** What stands where the list should be that the node could not read. */
	listError(name: string): Promise<string>;
	/** What a parameter with a list or an ID shows. */
	picked(name: string): Promise<string>;
	/** Opens the dialog for a new one. */
	createCredential(): Promise<CredentialDialog>;
	editCredential(): Promise<CredentialDialog>;
	/** The name of the credential that it has. */
	credential(): Promise<string>;
	/** Adds an entry to a collection of fields by its button: Add Field, Add Option. */
	add(button: string, entry: string): Promise<void>;
	/** Everything that can be read in the panel. */
	text(): Promise<string>;
	/** Runs the node, and those before it as far as they have not run; returns the execution's id. */
	execute(): Promise<string>;
	output: Output;
	/** The texts of its labels and notices. */
	labels(): Promise<string[]>;
	/** Of all its parameters: the window grows until they are seen. */
	picture(): Promise<Buffer>;
	close(): Promise<void>;
}

export type View = 'schema' | 'table' | 'json' | 'binary';

export interface Output {
	/** What the output panel shows, once that has this in it. */
	showing(text: string | RegExp): Promise<string>;
	view(view: View): Promise<void>;
	/** Where a link leads. */
	linkOf(text: string): Promise<string | null>;
	/** Presses View at a file, and returns the width in pixels of the picture that has loaded. */
	viewImage(index: number): Promise<number>;
}

/** What leads from a panel back to the canvas. */
const CLOSE: Record<Line, string> = { 2: 'ndv-close-button', 1: 'back-to-canvas' };

/** Below the last parameter, in pixels. */
const MARGIN = 16;

/** Of a parameter, of a group of them; a notice. */
const LABEL = `${testId('input-label')} label, .notice:visible`;

/** Of what an element holds, so many pixels are scrolled out of sight. */
const hiddenPixels = (element: Element) => {
	let hidden = 0;
	for (let each: Element | null = element; each; each = each.parentElement) {
		if (each.clientHeight > 0) hidden = Math.max(hidden, each.scrollHeight - each.clientHeight);
	}
	return hidden;
};

async function showWhole(page: Page, element: Locator): Promise<void> {
	const isWhole = async () => {
		const hidden = await element.evaluate(hiddenPixels);
		const size = page.viewportSize();
		if (hidden <= 0) return true;
		await page.setViewportSize({ ...size, height: size.height + hidden });
		return undefined;
	};
	await until(isWhole, { what: 'a part of the panel stays out of sight' });
}

export function panelOf(page: Page, line: Line, name: string): Panel {
	const find = (id: string) => page.locator(testId(id));
	const parameters = find('node-parameters').first();
	const locatorOf = (parameter: string) => find(`resource-locator-${parameter}`).first();
	/** Groups of parameters come a moment later. */
	const isLoaded = async () =>
		await parameters.getByText('Loading fields').first().waitFor({ state: 'hidden' });
	const openList = async (place: Locator) => {
		await place.locator(testId('rlc-mode-selector')).click();
		await page.locator(`${testId('mode-list')}:visible`).click();
		await place.locator(testId('rlc-input')).click();
	};
	return {
		...formIn(page, parameters),
		name,
		labels: async () => {
			await isLoaded();
			return await parameters.locator(LABEL).allInnerTexts();
		},
		picture: async () => {
			await isLoaded();
			// Where the mouse rests a parameter shows more than the others.
			await page.mouse.move(0, 0);
			const size = page.viewportSize();
			await showWhole(page, parameters);
			await settle(page);
			const pane = await parameters.boundingBox();
			const last = await parameters
				.locator(`${testId('parameter-item')}:visible`)
				.last()
				.boundingBox();
			if (!pane || !last) throw new Error(`The panel of ${name} is not seen`);
			const height = last.y + last.height + MARGIN - pane.y;
			const png = await page.screenshot({ clip: { ...pane, height }, animations: 'disabled' });
			// A high page is slow.
			if (page.viewportSize().height > size.height) await page.setViewportSize(size);
			return png;
		},
		pick: async (parameter, entry) => {
			const place = locatorOf(parameter);
			await openList(place);
			const choice = page.locator(`${testId('rlc-item')}:visible`).filter({ hasText: entry });
			await choice.first().click();
			const isPicked = async () => {
				const shown = await place.locator(testId('rlc-input')).inputValue();
				return shown.includes(entry) ? true : undefined;
			};
			await until(isPicked, { what: `${parameter} does not show ${entry}` });
		},
		listError: async (parameter) => {
			await openList(locatorOf(parameter));
			const message = page.locator(`${testId('rlc-error-container')}:visible`).first();
			await message.waitFor();
			return await message.innerText();
		},
		picked: async (parameter) =>
			await locatorOf(parameter).locator(testId('rlc-input')).inputValue(),
		createCredential: async () => {
			const open = async () => {
				// n8n 2, where there is no credential of this type yet.
				const connect = find('node-credentials-empty-state').locator('button').first();
				const select = find('node-credentials-select').first();
				await connect.or(select).first().waitFor();
				if (await connect.isVisible()) return await connect.click();
				await select.click();
				await page.locator(`${testId('node-credentials-select-item-new')}:visible`).click();
			};
			return await openDialog(page, { closesItself: CLOSES_ITSELF[line], open });
		},
		editCredential: async () => {
			const open = async () => await find('credential-edit-button').first().click();
			return await openDialog(page, { closesItself: false, open });
		},
		credential: async () =>
			await find('node-credentials-select').first().locator('input').first().inputValue(),
		add: async (button, entry) => {
			await parameters.locator(`input[placeholder="${button}"]`).first().click();
			await page.locator('li:visible').getByText(entry, { exact: true }).first().click();
		},
		text: async () => await parameters.innerText(),
		execute: async () => await run(page, find('node-execute-button').first()),
		output: outputOf(page),
		close: async () => {
			// Not the Escape key: in a text field it only leaves the field.
			await find(CLOSE[line]).first().click();
			await find('node-parameters').first().waitFor({ state: 'hidden' });
		},
	};
}

/** The dialog of a new credential that works is closed at once by n8n 2. */
const CLOSES_ITSELF: Record<Line, boolean> = { 2: true, 1: false };

interface DialogOptions {
	closesItself: boolean;
	open(): Promise<void>;
}

async function openDialog(
	page: Page,
	{ closesItself, open }: DialogOptions,
): Promise<CredentialDialog> {
	const dialog = page.locator(testId('editCredential-modal')).first();
	const isOpen = async () => await dialog.locator(testId('parameter-input')).first().waitFor();
	const says = async (text: string) => {
		// Shut for the first fault only.
		const details = dialog.getByText('More details');
		let shown = '';
		const ask = async () => {
			if (await details.isVisible()) await details.click();
			shown = await dialog.innerText();
			return shown.includes(text) ? true : undefined;
		};
		const what = () => `the dialog of the credential does not say ${text}, but:\n${shown}`;
		await until(ask, { what, within: 30_000 });
		return await dialog.innerText();
	};
	await open();
	await isOpen();
	return {
		...formIn(page, dialog),
		save: async () => {
			const tested = page.waitForResponse((response) =>
				response.url().endsWith('/rest/credentials/test'),
			);
			await dialog.locator(testId('credential-save-button')).locator('button').first().click();
			const { data } = (await (await tested).json()) as { data: TestResult };
			if (data.status !== 'OK') return await says(data.message);
			if (closesItself) {
				await dialog.waitFor({ state: 'hidden' });
				await page.locator(testId('credential-edit-button')).first().click();
				await isOpen();
			}
			return await says('Connection tested successfully');
		},
		close: async () => {
			// The Escape key would close the node's panel too.
			await dialog.locator('.el-dialog__headerbtn').click();
			await dialog.waitFor({ state: 'hidden' });
		},
	};
}

function outputOf(page: Page): Output {
	const panel = page.locator(testId('output-panel')).first();
	let shown = '';
	return {
		showing: async (text) => {
			const ask = async () => {
				shown = await panel.innerText();
				return (typeof text === 'string' ? shown.includes(text) : text.test(shown))
					? shown
					: undefined;
			};
			return await until(ask, { what: () => `the output panel shows no ${text} but:\n${shown}` });
		},
		view: async (view) => await panel.locator(testId(`radio-button-${view}`)).click(),
		linkOf: async (text) => await panel.locator('a', { hasText: text }).getAttribute('href'),
		viewImage: async (index) => {
			await panel.locator(testId('ndv-view-binary-data')).nth(index).click();
			const image = panel.locator(`${testId('ndv-data-container')} img`).first();
			await image.waitFor();
			const width = async () =>
				(await image.evaluate(({ naturalWidth }) => naturalWidth)) || undefined;
			return await until(width, { what: 'the picture does not load' });
		},
	};
}
