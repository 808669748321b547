/** Films what is done in a browser: what is seen before each press, where the pointer goes, and what it is about. */
import type { Box, Locator, Page, Size } from './browser.mts';
import { settle } from './browser.mts';
import { looksLike, sharp } from './images.mts';

interface Point {
	x: number;
	y: number;
}

interface Frame {
	shot: Buffer;
	caption: string;
	pointer: Point;
	isPressed: boolean;
	milliseconds: number;
}

/** Milliseconds. */
const TIMES = { dwell: 350, glide: 60, press: 170, typed: 110, filled: 200 };

/** From one place to the next, in so many frames. */
const GLIDE = 3;

/** Text is typed in so many pieces. */
const PIECES = 3;

/** In pixels. */
const STRIP = 52;

export interface Film {
	/** The page, with all that is done to it on film. */
	watched(page: Page): Page;
	/** Stands under the pictures from now on. */
	caption(text: string): void;
	/** Shows what is seen for so many seconds. */
	hold(seconds: number): Promise<void>;
	/** As an animated WebP, and its length in seconds. */
	develop(draw: Draw): Promise<{ webp: Buffer; seconds: number }>;
}

/** Makes a picture of a page. */
export type Draw = (html: string, size: Size) => Promise<Buffer>;

const CLICKS = ['click', 'dblclick'] as const;
const NARROWING = ['locator', 'filter', 'getByText', 'first', 'last', 'nth', 'or'] as const;

const centre = ({ x, y, width, height }: Box): Point => ({
	x: Math.round(x + width / 2),
	y: Math.round(y + height / 2),
});

export function createFilm(size: Size): Film {
	const frames: Frame[] = [];
	let page: Page | undefined;
	let caption = '';
	let pointer: Point = { x: Math.round(size.width / 2), y: Math.round(size.height * 0.8) };

	async function shoot(): Promise<Buffer> {
		if (!page) throw new Error('There is nothing to film');
		await settle(page);
		return await page.screenshot({ animations: 'disabled' });
	}

	function show(shot: Buffer, milliseconds: number, isPressed = false): void {
		const last = frames.at(-1);
		if (
			last?.shot.equals(shot) &&
			last.caption === caption &&
			last.pointer === pointer &&
			last.isPressed === isPressed
		)
			last.milliseconds += milliseconds;
		else frames.push({ shot, caption, pointer, isPressed, milliseconds });
	}

	async function press(locator: Locator): Promise<void> {
		await locator.waitFor();
		await locator.scrollIntoViewIfNeeded();
		const shot = await shoot();
		show(shot, TIMES.dwell);
		const box = await locator.boundingBox();
		if (!box) throw new Error('What is to be pressed is not seen');
		const [from, to] = [pointer, centre(box)];
		for (let step = 1; step <= GLIDE; step++) {
			const along = (start: number, end: number) =>
				Math.round(start + ((end - start) * step) / GLIDE);
			pointer = { x: along(from.x, to.x), y: along(from.y, to.y) };
			show(shot, TIMES.glide);
		}
		show(shot, TIMES.press, true);
	}

	async function type(locator: Locator, text: string): Promise<void> {
		const piece = Math.ceil(text.length / PIECES);
		for (let end = piece; end < text.length; end += piece) {
			await locator.fill(text.slice(0, end));
			show(await shoot(), TIMES.typed);
		}
		await locator.fill(text);
		show(await shoot(), TIMES.filled);
	}

	/** The same object, but for some of its methods. */
	const changed = <Kind extends object>(target: Kind, methods: Partial<Kind>): Kind =>
		new Proxy(target, {
			get: (_, key) => {
				const own = methods[key as keyof Kind];
				if (own) return own;
				const value = Reflect.get(target, key) as unknown;
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});

	const watchedLocator = (locator: Locator): Locator =>
		changed(locator, {
			...Object.fromEntries(
				NARROWING.map((name) => [
					name,
					(...args: unknown[]) =>
						watchedLocator((locator[name] as (...args: unknown[]) => Locator)(...args)),
				]),
			),
			...Object.fromEntries(
				CLICKS.map((name) => [
					name,
					async (options?: { force?: boolean }) => {
						await press(locator);
						await locator[name](options);
					},
				]),
			),
			fill: async (text) => {
				await press(locator);
				await type(locator, text);
			},
		});

	return {
		watched: (given) => {
			page = given;
			return changed(given, {
				locator: (...args) => watchedLocator(given.locator(...args)),
				getByText: (...args) => watchedLocator(given.getByText(...args)),
			});
		},
		caption: (text) => {
			caption = text;
		},
		hold: async (seconds) => show(await shoot(), seconds * 1000),
		develop: async (draw) => {
			const strips = new Map<string, Buffer>();
			for (const { caption: text } of frames) {
				if (!strips.has(text))
					strips.set(text, await draw(stripOf(text), { width: size.width, height: STRIP }));
			}
			const pictures: Buffer[] = [];
			for (const frame of frames) {
				const strip = strips.get(frame.caption) as Buffer;
				pictures.push(await composed(frame, strip, size));
			}
			const delay = frames.map(({ milliseconds }) => milliseconds);
			const webp = await sharp(pictures, { join: { animated: true } })
				.webp({ delay, loop: 0, lossless: true, effort: 4 })
				.toBuffer();
			return { webp, seconds: delay.reduce((sum, each) => sum + each, 0) / 1000 };
		},
	};
}

/** Shorter frames are of what is on its way: how much of it is seen depends on the machine. */
const HELD = 1000;
/** Wheels that turn, and the place of a workflow on the canvas: this share of a frame. */
const TURNING = 1 / 200;

async function heldFrames(film: Buffer): Promise<Buffer[]> {
	const { delay = [] } = await sharp(film, { pages: -1 }).metadata();
	const pages = [...delay.keys()].filter((page) => delay[page] >= HELD);
	return await Promise.all(pages.map(async (page) => await sharp(film, { page }).png().toBuffer()));
}

/** Whether what both hold for a while looks alike. */
export async function looksLikeFilm(one: Buffer, other: Buffer): Promise<boolean> {
	const [frames, others] = [await heldFrames(one), await heldFrames(other)];
	if (frames.length !== others.length) return false;
	const alike = await Promise.all(
		frames.map(async (frame, index) => await looksLike(frame, others[index], [], TURNING)),
	);
	return !alike.includes(false);
}

const svg = (width: number, height: number, shapes: string) =>
	Buffer.from(
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`,
	);

/** Its point is at the left and top. */
const POINTER = svg(
	24,
	32,
	'<path d="M2 2v23l5.6-5 3.8 8.6 4.4-2-3.8-8.3h7.6z" fill="#111" stroke="#fff" stroke-width="2" stroke-linejoin="round"/>',
);

const RADIUS = 20;
const RING = svg(
	2 * RADIUS,
	2 * RADIUS,
	`<circle cx="${RADIUS}" cy="${RADIUS}" r="${RADIUS - 3}" fill="#ff6d5a55" stroke="#ff6d5a" stroke-width="3"/>`,
);

/** A screenshot with the pointer, and the caption below. */
async function composed(
	{ shot, pointer, isPressed }: Frame,
	strip: Buffer,
	{ height }: Size,
): Promise<Buffer> {
	const ring = { input: RING, left: pointer.x - RADIUS, top: pointer.y - RADIUS };
	return await sharp(shot)
		.extend({ bottom: STRIP, background: '#fff' })
		.composite([
			{ input: strip, left: 0, top: height },
			...(isPressed ? [ring] : []),
			{ input: POINTER, left: pointer.x - 2, top: pointer.y - 2 },
		])
		.png()
		.toBuffer();
}

const stripOf = (text: string) => `<style>
	body { margin: 0; height: ${STRIP}px; display: flex; align-items: center; justify-content: center;
		background: #1f2430; color: #fff; font: 500 19px Inter, sans-serif; }
</style>${text}`;
