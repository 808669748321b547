/**
 * A small picture that is a real PNG: the page number in large digits, the first characters of the
 * task id beneath, on a colour of the task's own. The full id is in a text chunk, so no two pictures
 * have the same bytes.
 */
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

export const PNG_WIDTH = 160;
export const PNG_HEIGHT = 120;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const GLYPH_WIDTH = 3;
const GLYPH_HEIGHT = 5;
/** Hexadecimal digits, five rows of three pixels each, one octal digit per row. */
export const GLYPHS: Record<string, string> = {
	0: '75557',
	1: '26227',
	2: '71747',
	3: '71717',
	4: '55711',
	5: '74717',
	6: '74757',
	7: '71122',
	8: '75757',
	9: '75717',
	a: '25755',
	b: '65656',
	c: '34443',
	d: '65556',
	e: '74647',
	f: '74644',
};

function draw(pixels: Buffer, text: string, top: number, scale: number): void {
	const step = (GLYPH_WIDTH + 1) * scale;
	const left = Math.floor((PNG_WIDTH - text.length * step + scale) / 2);
	[...text].forEach((character, position) => {
		const rows = GLYPHS[character];
		if (rows === undefined) return;
		for (let y = 0; y < GLYPH_HEIGHT * scale; y++) {
			const row = Number(rows[Math.floor(y / scale)]);
			for (let x = 0; x < GLYPH_WIDTH * scale; x++) {
				const lit = (row >> (GLYPH_WIDTH - 1 - Math.floor(x / scale))) & 1;
				const column = left + position * step + x;
				if (lit && column >= 0 && column < PNG_WIDTH) pixels[(top + y) * PNG_WIDTH + column] = 1;
			}
		}
	});
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const framed = Buffer.alloc(body.length + 8);
	framed.writeUInt32BE(data.length, 0);
	body.copy(framed, 4);
	framed.writeUInt32BE(crc32(body), body.length + 4);
	return framed;
}

/** Dark enough for white digits, and different for every page of every task. */
function background(taskId: string, index: number): number[] {
	const hash = createHash('sha256').update(`${taskId}/${index}`).digest();
	return [...hash.subarray(0, 3)].map((byte) => 32 + (byte % 112));
}

export function snapshotPng(taskId: string, index: number): Buffer {
	const pixels = Buffer.alloc(PNG_WIDTH * PNG_HEIGHT);
	draw(pixels, String(index), 16, 12);
	draw(pixels, taskId.toLowerCase().slice(0, 8), 92, 4);

	const header = Buffer.alloc(13);
	header.writeUInt32BE(PNG_WIDTH, 0);
	header.writeUInt32BE(PNG_HEIGHT, 4);
	header.set([8, 3, 0, 0, 0], 8); // 8 bits per pixel, palette, no interlace

	// Every row of pixels begins with the number of its filter: 0, none.
	const rows = Array.from({ length: PNG_HEIGHT }, (_, y) =>
		Buffer.concat([Buffer.of(0), pixels.subarray(y * PNG_WIDTH, (y + 1) * PNG_WIDTH)]),
	);
	return Buffer.concat([
		SIGNATURE,
		chunk('IHDR', header),
		chunk('PLTE', Buffer.from([...background(taskId, index), 255, 255, 255])),
		chunk('tEXt', Buffer.from(`Title\0Page ${index} of task ${taskId}`, 'latin1')),
		chunk('IDAT', deflateSync(Buffer.concat(rows))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}
