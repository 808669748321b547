/**
 * n8n's editor as a person uses it: log in, open workflows, find and add nodes, fill their panels, run them,
 * see what comes out, keep pictures.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { openBrowser, settle, testId } from './browser.mts';
import type { Browser, Locator, Page, Size } from './browser.mts';
import { panelOf, run } from './editor-panel.mts';
import type { Panel } from './editor-panel.mts';
import type { Draw, Film } from './film.mts';
import { folderOf } from './lines.mts';
import type { Line } from './lines.mts';
import type { N8n } from './n8n.mts';
import { until } from './processes.mts';
import { OWNER } from './rest.mts';

/** Not in git. */
const PICTURES = join(import.meta.dirname, 'pictures');

/** A laptop's. */
const VIEWPORT = { width: 1600, height: 1000 };

/** What n8n's own pages complain of whatever stands in them. */
interface Noise {
	name: string;
	text?: RegExp;
	/** Where it comes from, as far as it is on this machine. */
	path?: RegExp;
}

const NOISE: Noise[] = [
	{ name: 'nobody is logged in yet', path: /^\/rest\/login$/ },
	{ name: "the sessions of n8n's assistant, which want a licence", path: /^\/rest\/ai\/sessions/ },
	{ name: 'the same, as text', text: /^Failed to fetch sessions metadata/ },
	{
		name: 'n8n 1 looks for newer versions before it knows whether it may, right after a login',
		text: /^uncaught TypeError[^]*checkForNewVersions/,
	},
	{
		name: 'the last success of a workflow that has none',
		path: /^\/rest\/workflows\/\w+\/executions\/last-successful$/,
	},
	{ name: "a node's output schema, which it may lack", path: /^\/schemas\// },
];

/** An entry of the browser's console, or an exception that nothing has caught. */
interface Complaint {
	text: string;
	url?: string;
}

function isNoise({ text, url }: Complaint): boolean {
	const { hostname = '', pathname = '' } = url ? (URL.parse(url) ?? {}) : {};
	// It reads about community nodes on npm: nothing leaves this machine.
	if (hostname !== '' && hostname !== '127.0.0.1') return true;
	return NOISE.some((noise) => noise.text?.test(text) ?? noise.path?.test(pathname));
}

export interface Editor {
	page: Page;
	/** Console errors and uncaught exceptions since the last time that this was asked, but for n8n's own. */
	problems(): string[];
	/** Keeps a picture, of what is seen where none is given, in `pictures/<line>/<name>.png`. */
	picture(name: string, png?: Buffer): Promise<void>;
	/** A picture of a page of HTML, in n8n's own type, at least of this size. */
	draw: Draw;
	/** Of several pictures with their titles. */
	sheet(name: string, title: string, pictures: Shot[]): Promise<void>;
	openNewWorkflow(): Promise<void>;
	openWorkflow(id: string): Promise<void>;
	reload(): Promise<void>;
	/** Of the workflow that is open, once it is saved. */
	workflowId(): string;
	/** Saves the open workflow, and returns once what is saved holds a text. */
	save(text: string): Promise<void>;
	/** Pictures in the order in which they are taken: a tour. None of an earlier run stays. */
	album(name: string): Album;
	/** Names of the nodes on the canvas. */
	nodes(): Promise<string[]>;
	/** Opens the nodes panel, and returns the names of what it finds. */
	searchNodes(word: string): Promise<string[]>;
	/** Opens a node in the nodes panel, and returns what stands there to be added. */
	actionsOf(node: string): Promise<ActionGroup[]>;
	/** By the nodes panel; returns the panel that opens. */
	addNode(node: string, action: string): Promise<Panel>;
	/** The same for one of its events. */
	addTrigger(node: string, event: string): Promise<Panel>;
	/** Turns the triggers on; what comes of it is shown later. */
	publish(): Promise<void>;
	openNode(name: string): Promise<Panel>;
	/** What stands at a node on the canvas: its name, and what it does. */
	nodeText(name: string): Promise<string>;
	/** The button on the canvas; returns the execution's id. */
	execute(): Promise<string>;
	close(): Promise<void>;
}

/** Keeps a picture of what is seen. */
export type Album = (title: string) => Promise<void>;

/** e.g. SNAPSHOT ACTIONS */
export interface ActionGroup {
	name: string;
	actions: string[];
}

const GROUP = / ACTIONS$/;

/** Names stand below the heading of their group. */
function groupsOf(shown: string, names: string[]): ActionGroup[] {
	const groups: ActionGroup[] = [];
	for (const line of shown.split('\n').map((part) => part.trim())) {
		if (GROUP.test(line)) groups.push({ name: line, actions: [] });
		else if (names.includes(line)) groups.at(-1)?.actions.push(line);
	}
	return groups;
}

export interface Shot {
	title: string;
	png: Buffer;
}

/** n8n 2 saves by itself a moment after each change. */
const SAVES_ITSELF: Record<Line, boolean> = { 2: true, 1: false };

export interface EditorOptions {
	viewport?: Size;
	/** Pixels of a picture for each of the page. */
	scale?: number;
	/** Films what is done in the editor. */
	film?: Film;
}

export async function openEditor(n8n: N8n, options: EditorOptions = {}): Promise<Editor> {
	const browser = await openBrowser(options.viewport ?? VIEWPORT, options.scale);
	try {
		return await logIn(n8n, browser, options.film);
	} catch (error) {
		await browser.close();
		throw error;
	}
}

async function logIn(n8n: N8n, browser: Browser, film?: Film): Promise<Editor> {
	const page = await browser.newPage();
	const complaints: Complaint[] = [];
	page.on('console', (message) => {
		if (message.type() !== 'error') return;
		complaints.push({ text: message.text(), url: message.location().url });
	});
	page.on('pageerror', (error) => complaints.push({ text: `uncaught ${error.stack}` }));

	await page.goto(`${n8n.url}/signin`);
	await page.locator('input[autocomplete="email"]').fill(OWNER.email);
	await page.locator('input[type="password"]').fill(OWNER.password);
	await page.keyboard.press('Enter');
	await page.waitForURL(({ pathname }) => pathname.startsWith('/home'));
	return editorOn(film?.watched(page) ?? page, { n8n, browser, complaints });
}

interface Session {
	n8n: N8n;
	browser: Browser;
	complaints: Complaint[];
}

function editorOn(page: Page, { n8n, browser, complaints }: Session): Editor {
	const { line, url } = n8n;
	const find = (id: string) => page.locator(testId(id));
	const fileOf = (name: string) => {
		const path = join(PICTURES, String(line), `${name}.png`);
		mkdirSync(dirname(path), { recursive: true });
		return path;
	};
	const itemNames = async () => await find('node-creator-item-name').allInnerTexts();
	const nodeOf = (name: string) =>
		page.locator(`${testId('canvas-node')}[data-node-name="${name}"]`);

	async function goTo(path: string, sign: Locator): Promise<void> {
		await page.goto(`${url}${path}`);
		try {
			await sign.first().waitFor();
		} catch (error) {
			throw new Error(`${path} does not open: ${editor.problems().join('\n')}`, { cause: error });
		}
	}

	/** Opens it afresh: what it has found for an earlier word is gone. */
	async function openNodesPanel(): Promise<void> {
		const panel = find('node-creator');
		if (await panel.isVisible()) {
			const bar = find('node-creator-search-bar');
			if (await bar.isVisible()) {
				// It stays open while it says that it has found nothing.
				await bar.fill('');
				await bar.press('Escape');
			} else {
				await page.keyboard.press('Escape');
			}
			await panel.waitFor({ state: 'hidden' });
		}
		await find('canvas-add-button').or(find('node-creator-plus-button')).first().click();
		await find('node-creator-item-name').first().waitFor();
	}

	async function openInNodesPanel(node: string): Promise<void> {
		await editor.searchNodes(node);
		// Another name may hold this one: AWS S3.
		await find('node-creator').getByText(node, { exact: true }).first().click();
	}

	/** The node that an entry of the nodes panel adds. */
	async function addByEntry(entry: string, before: string[]): Promise<Panel> {
		await find('node-creator').getByText(entry, { exact: true }).first().click();
		await find('node-parameters').first().waitFor();
		const name = (await editor.nodes()).findLast((each) => !before.includes(each));
		if (!name) throw new Error(`No node was added by ${entry}`);
		return panelOf(page, line, name);
	}

	const editor: Editor = {
		page,
		problems: () =>
			complaints
				.splice(0)
				.filter((complaint) => !isNoise(complaint))
				.map(({ text, url: from }) => (from ? `${text} (${URL.parse(from)?.pathname})` : text)),
		picture: async (name, png) => {
			if (!png) await settle(page);
			writeFileSync(fileOf(name), png ?? (await page.screenshot({ animations: 'disabled' })));
		},
		draw: async (html, size) => {
			const sheet = await browser.newPage();
			await sheet.setViewportSize(size);
			await sheet.setContent(`<!doctype html><style>${fontOf(line)}</style>${html}`, {
				waitUntil: 'load',
			});
			await sheet.evaluate('document.fonts.ready.then(() => true)');
			const png = await sheet.screenshot({ fullPage: true });
			await sheet.close();
			return png;
		},
		sheet: async (name, title, pictures) => {
			const columns = Math.min(pictures.length, COLUMNS);
			const size = { width: columns * 464 + 24, height: 800 };
			writeFileSync(fileOf(name), await editor.draw(sheetOf(title, pictures), size));
		},
		openNewWorkflow: async () => await goTo('/workflow/new', find('canvas-add-button')),
		openWorkflow: async (id) => await goTo(`/workflow/${id}`, find('canvas-node')),
		reload: async () => {
			await page.reload();
			await find('canvas-node').first().waitFor();
		},
		workflowId: () => {
			const [, id] = /^\/workflow\/(\w+)/.exec(new URL(page.url()).pathname) ?? [];
			if (!id || id === 'new') throw new Error(`No saved workflow is open: ${page.url()}`);
			return id;
		},
		save: async (text) => {
			if (!SAVES_ITSELF[line]) {
				const saved = page.waitForResponse(
					(response) =>
						/\/rest\/workflows(\/\w+)?(\?|$)/.test(response.url()) &&
						['POST', 'PATCH'].includes(response.request().method()),
				);
				await page.keyboard.press('Control+s');
				await saved;
			}
			const path = `workflows/${editor.workflowId()}`;
			const isSaved = async () =>
				JSON.stringify(await n8n.rest.call('GET', path)).includes(text) || undefined;
			await until(isSaved, { what: `no workflow with ${text} is saved` });
		},
		album: (name) => {
			clearPictures(line, name);
			let count = 0;
			return async (title) => {
				count += 1;
				const slug = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
				await editor.picture(`${name}/${String(count).padStart(2, '0')}-${slug}`);
			};
		},
		nodes: async () =>
			await find('canvas-node').evaluateAll((nodes) =>
				nodes.map(({ dataset }) => dataset.nodeName ?? ''),
			),
		searchNodes: async (word) => {
			await openNodesPanel();
			const before = (await itemNames()).join();
			await find('node-creator-search-bar').fill(word);
			const hasChanged = async () => {
				if (await find('node-creator-no-results').isVisible()) return [];
				const names = await itemNames();
				return names.join() === before ? undefined : names;
			};
			return await until(hasChanged, { what: `the nodes panel finds nothing new for ${word}` });
		},
		actionsOf: async (node) => {
			await openInNodesPanel(node);
			const heading = find('node-creator').getByText('Actions (').first();
			await heading.waitFor();
			// Shut where the workflow has no trigger yet.
			const isShut = async () =>
				groupsOf(await find('node-creator').innerText(), await itemNames()).length === 0;
			if (await isShut()) await heading.click();
			// They come a few at a time.
			const areAll = async () => {
				const text = await find('node-creator').innerText();
				const [, count] = /^Actions \((\d+)\)$/m.exec(text) ?? [];
				const groups = groupsOf(text, await itemNames());
				const shown = groups.flatMap(({ actions }) => actions);
				return shown.length === Number(count) ? groups : undefined;
			};
			return await until(areAll, { what: `the actions of ${node} are not all there` });
		},
		addNode: async (node, action) => {
			const before = await editor.nodes();
			await editor.actionsOf(node);
			return await addByEntry(action, before);
		},
		addTrigger: async (node, event) => {
			const before = await editor.nodes();
			await openInNodesPanel(node);
			return await addByEntry(event, before);
		},
		publish: async () => {
			if (line === 1) await find('workflow-activate-switch').first().click();
			else {
				await find('workflow-open-publish-modal-button').first().click();
				await find('workflow-publish-button').first().click();
			}
		},
		nodeText: async (name) => await nodeOf(name).innerText(),
		openNode: async (name) => {
			await nodeOf(name).dblclick();
			await find('node-parameters').first().waitFor();
			return panelOf(page, line, name);
		},
		execute: async () => await run(page, find('execute-workflow-button').first()),
		close: async () => await browser.close(),
	};
	return editor;
}

/** The type of n8n's editor. */
function fontOf(line: Line): string {
	const folder = join(folderOf(line), 'node_modules', 'n8n-editor-ui', 'dist', 'assets');
	const file = readdirSync(folder).find((name) => /^InterVariable-[^I].*\.woff2$/.test(name));
	if (!file) return '';
	const data = readFileSync(join(folder, file), 'base64');
	return `@font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${data}); }`;
}

/** Of a sheet. */
const COLUMNS = 6;

/** A page with all of them, one beside the other, in columns of one width. */
function sheetOf(title: string, pictures: Shot[]): string {
	const figures = pictures.map(
		({ title: caption, png }) =>
			`<figure><figcaption>${caption}</figcaption><img src="data:image/png;base64,${png.toString('base64')}"></figure>`,
	);
	return `<title>${title}</title><style>
		body { margin: 24px; font: 15px sans-serif; }
		main { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
		figure { margin: 0; width: 440px; box-sizing: border-box; border: 1px solid #ccc; }
		figcaption { padding: 8px 12px; background: #eee; font-weight: bold; }
		img { width: 100%; display: block; }
	</style><h1>${title}</h1><main>${figures.join('')}</main>`;
}

/** So that no picture of an earlier run stays. */
export const clearPictures = (line: Line, folder: string): void =>
	rmSync(join(PICTURES, String(line), folder), { recursive: true, force: true });
