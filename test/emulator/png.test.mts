import { crc32, inflateSync } from 'node:zlib';

import { describe, expect, test } from '@jest/globals';

import { PNG_HEIGHT, PNG_WIDTH, snapshotPng } from '../../emulator/png.mts';

const TASK = 'f2e1728c-6e87-4481-abe1-cde8542a5a10';

interface Chunk {
	type: string;
	data: Buffer;
	crc: number;
}

function chunksOf(png: Buffer): Chunk[] {
	const chunks: Chunk[] = [];
	for (let at = 8; at < png.length; ) {
		const length = png.readUInt32BE(at);
		const end = at + 8 + length;
		chunks.push({
			type: png.toString('latin1', at + 4, at + 8),
			data: png.subarray(at + 8, end),
			crc: png.readUInt32BE(end),
		});
		at = end + 4;
	}
	return chunks;
}

describe('a snapshot picture', () => {
	const png = snapshotPng(TASK, 1);
	const chunks = chunksOf(png);

	test('has the signature and the chunks of a PNG, each with its checksum', () => {
		expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
		expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'tEXt', 'IDAT', 'IEND']);
		for (const { type, data, crc } of chunks) {
			expect(crc).toBe(crc32(Buffer.concat([Buffer.from(type, 'latin1'), data])));
		}
	});

	test('says its size and holds that many pixels', () => {
		const [header, palette] = chunks;
		expect([header.data.readUInt32BE(0), header.data.readUInt32BE(4)]).toEqual([160, 120]);
		expect([...header.data.subarray(8)]).toEqual([8, 3, 0, 0, 0]);
		expect(palette.data).toHaveLength(6);
		const rows = inflateSync(chunks[3].data);
		expect(rows).toHaveLength((PNG_WIDTH + 1) * PNG_HEIGHT);
		expect(Math.max(...rows)).toBe(1);
	});

	test('shows its number: the digit 1, drawn with twelve pixels for one', () => {
		const rows = inflateSync(chunks[3].data);
		const left = (PNG_WIDTH - 3 * 12) / 2;
		const digit = Array.from({ length: 5 }, (_, y) =>
			Array.from({ length: 3 }, (__, x) =>
				rows[(16 + y * 12 + 6) * (PNG_WIDTH + 1) + 1 + left + x * 12 + 6] ? '#' : '.',
			).join(''),
		);
		expect(digit).toEqual(['.#.', '##.', '.#.', '.#.', '###']);
	});

	test('is the same each time, and another for every page and task', () => {
		expect(snapshotPng(TASK, 1).equals(png)).toBe(true);
		const others = [snapshotPng(TASK, 2), snapshotPng(`${TASK}0`, 1)];
		for (const other of others) expect(other.equals(png)).toBe(false);
	});
});
