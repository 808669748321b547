/**
 * A small picture that is a real JPEG: the page number in large digits on grey. Every block of eight by
 * eight pixels has one shade, so there is nothing to compress but the shades themselves. The page's full
 * name is in a comment, so no two pictures have the same bytes.
 */
import { createHash } from 'node:crypto';

import { GLYPHS } from './png.mts';

const BLOCKS_WIDE = 20;
const BLOCKS_HIGH = 15;
export const JPEG_WIDTH = BLOCKS_WIDE * 8;
export const JPEG_HEIGHT = BLOCKS_HIGH * 8;
const WHITE = 255;

function segment(marker: number, data: Buffer): Buffer {
	const head = Buffer.of(0xff, marker, 0, 0);
	head.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([head, data]);
}

/** The shades, row by row: digits two blocks to a dot, or one where they would not fit. */
function shades(text: string, background: number): number[] {
	const pixels = new Array<number>(BLOCKS_WIDE * BLOCKS_HIGH).fill(background);
	const scale = text.length * 8 - 2 <= BLOCKS_WIDE ? 2 : 1;
	const left = Math.floor((BLOCKS_WIDE - text.length * 4 * scale + scale) / 2);
	[...text].forEach((character, position) => {
		const rows = GLYPHS[character] ?? '';
		for (let y = 0; y < rows.length * scale; y++) {
			const row = Number(rows[Math.floor(y / scale)]);
			for (let x = 0; x < 3 * scale; x++) {
				const column = left + position * 4 * scale + x;
				const lit = (row >> (2 - Math.floor(x / scale))) & 1;
				if (lit && column < BLOCKS_WIDE) pixels[(2 + y) * BLOCKS_WIDE + column] = WHITE;
			}
		}
	});
	return pixels;
}

/** Each shade as its difference from the one before: how many bits it has (4 bits), the bits, "end of block". */
function entropyCoded(pixels: readonly number[]): Buffer {
	let bits = '';
	let previous = 128;
	for (const pixel of pixels) {
		const difference = pixel - previous;
		previous = pixel;
		const size = Math.abs(difference).toString(2).length * Number(difference !== 0);
		const value = difference < 0 ? difference + 2 ** size - 1 : difference;
		bits += size.toString(2).padStart(4, '0');
		if (size > 0) bits += value.toString(2).padStart(size, '0');
		bits += '0';
	}
	const bytes: number[] = [];
	for (let at = 0; at < bits.length; at += 8) {
		const byte = parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
		// A byte that looks like a marker is followed by a zero.
		bytes.push(...(byte === 0xff ? [byte, 0] : [byte]));
	}
	return Buffer.from(bytes);
}

/** How many codes there are of each length, then what they stand for. */
function huffmanTable(id: number, length: number, symbols: number[]): Buffer {
	const counts = Buffer.alloc(16);
	counts[length - 1] = symbols.length;
	return segment(0xc4, Buffer.from([id, ...counts, ...symbols]));
}

export function pageJpeg(name: string, index: number): Buffer {
	const frame = Buffer.from([8, 0, JPEG_HEIGHT, 0, JPEG_WIDTH, 1, 1, 0x11, 0]);
	const [byte] = createHash('sha256').update(`${name}/${index}`).digest();
	return Buffer.concat([
		Buffer.of(0xff, 0xd8),
		segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
		segment(0xfe, Buffer.from(`Page ${index} of ${name}`)),
		segment(0xdb, Buffer.from([0, ...new Array<number>(64).fill(8)])),
		segment(0xc0, frame),
		huffmanTable(0x00, 4, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
		huffmanTable(0x10, 1, [0]),
		segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
		entropyCoded(shades(String(index), 32 + (byte % 112))),
		Buffer.of(0xff, 0xd9),
	]);
}
