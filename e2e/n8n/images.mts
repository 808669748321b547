/** The pictures of the documentation: small files, written again only where they look different. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The parts of sharp used here. Types of its own would need its package installed to check this file. */
interface Sharp {
	resize(size: { width?: number; height?: number }): Sharp;
	flatten(options: { background: string }): Sharp;
	greyscale(): Sharp;
	raw(): Sharp;
	png(options?: { palette: true; effort: number }): Sharp;
	webp(options: object): Sharp;
	extend(sides: { bottom: number; background: string }): Sharp;
	composite(layers: Array<{ input: Buffer; left: number; top: number }>): Sharp;
	metadata(): Promise<{ width: number; height: number; pages?: number; delay?: number[] }>;
	toBuffer(): Promise<Buffer>;
}
export const sharp = createRequire(import.meta.url)('sharp') as (
	input: Buffer | Buffer[] | object,
	options?: object,
) => Sharp;

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');

/** Edges of letters differ from one Chromium to the next: pictures are compared at this part of their size. */
const COARSE = 1 / 4;
/** Of 255 shades of grey. */
const VISIBLE = 24;

/** In pixels of the picture. */
interface Area {
	left: number;
	top: number;
	width: number;
	height: number;
}

async function shades(image: Buffer, ignored: Area[]): Promise<{ width: number; pixels: Buffer }> {
	const cover = await Promise.all(
		ignored.map(async ({ left, top, width, height }) => ({
			input: await sharp({ create: { width, height, channels: 3, background: '#fff' } })
				.png()
				.toBuffer(),
			left,
			top,
		})),
	);
	const covered = await sharp(image).flatten({ background: '#fff' }).composite(cover).toBuffer();
	const { width } = await sharp(covered).metadata();
	const small = sharp(covered)
		.greyscale()
		.resize({ width: Math.round(width * COARSE) });
	return { width, pixels: await small.raw().toBuffer() };
}

/** @param share of the picture that may look different all the same */
export async function looksLike(
	one: Buffer,
	other: Buffer,
	ignored: Area[] = [],
	share = 0,
): Promise<boolean> {
	const [first, second] = await Promise.all([shades(one, ignored), shades(other, ignored)]);
	if (first.width !== second.width || first.pixels.length !== second.pixels.length) return false;
	const different = first.pixels.filter(
		(shade, index) => Math.abs(shade - second.pixels[index]) >= VISIBLE,
	);
	return different.length <= share * first.pixels.length;
}

/** Keeps `docs/images/<name>`, unless it is there and like this one. */
export async function keepImage(
	name: string,
	image: Buffer,
	isLike: (one: Buffer, other: Buffer) => Promise<boolean>,
): Promise<void> {
	const path = join(IMAGES, name);
	if (existsSync(path) && (await isLike(readFileSync(path), image))) return;
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, image);
	console.log(`docs/images/${name} is new`);
}

/** With no more colours than a picture of a user interface needs. */
export const smallPng = async (png: Buffer) =>
	await sharp(png).png({ palette: true, effort: 10 }).toBuffer();
