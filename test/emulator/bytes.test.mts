/** The small files the emulator makes are what their names say. */
import { crc32, gunzipSync } from 'node:zlib';

import { describe, expect, test } from '@jest/globals';

import { tarGz, zip } from '../../emulator/archive.mts';
import { JPEG_HEIGHT, JPEG_WIDTH, pageJpeg } from '../../emulator/jpeg.mts';

const ENTRIES = [
	{ name: '1.txt', content: Buffer.from('hello') },
	{ name: '课/2.bin', content: Buffer.alloc(600, 7) },
];

test('a zip file lists and holds its entries', () => {
	const archive = zip(ENTRIES);
	const end = archive.subarray(-22);
	expect(end.readUInt32LE(0)).toBe(0x06054b50);
	expect(end.readUInt16LE(10)).toBe(2);
	let at = end.readUInt32LE(16);
	for (const { name, content } of ENTRIES) {
		expect(archive.readUInt32LE(at)).toBe(0x02014b50);
		expect(archive.readUInt32LE(at + 16)).toBe(crc32(content));
		const length = archive.readUInt16LE(at + 28);
		expect(archive.toString('utf8', at + 46, at + 46 + length)).toBe(name);
		const file = archive.readUInt32LE(at + 42);
		expect(archive.readUInt32LE(file)).toBe(0x04034b50);
		const start = file + 30 + archive.readUInt16LE(file + 26);
		const size = archive.readUInt32LE(file + 22);
		expect(archive.subarray(start, start + size).equals(content)).toBe(true);
		at += 46 + length;
	}
	expect(at).toBe(archive.length - 22);
});

test('a tar.gz file has its entries in blocks', () => {
	const archive = gunzipSync(tarGz(ENTRIES));
	let at = 0;
	for (const { name, content } of ENTRIES) {
		const header = Buffer.from(archive.subarray(at, at + 512));
		expect(header.toString('utf8', 0, Buffer.byteLength(name))).toBe(name);
		expect(parseInt(header.toString('latin1', 124, 135), 8)).toBe(content.length);
		expect(header.toString('latin1', 257, 262)).toBe('ustar');
		const sum = parseInt(header.toString('latin1', 148, 154), 8);
		header.fill(' ', 148, 156);
		expect(header.reduce((total, byte) => total + byte, 0)).toBe(sum);
		expect(archive.subarray(at + 512, at + 512 + content.length).equals(content)).toBe(true);
		at += 512 + Math.ceil(content.length / 512) * 512;
	}
	expect(archive.subarray(at).equals(Buffer.alloc(1024))).toBe(true);
});

/** The shades of a picture's blocks, read the way a decoder reads them. */
function shadesOf(jpeg: Buffer): number[] {
	const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
	const data = jpeg.subarray(scan + 2 + jpeg.readUInt16BE(scan + 2), -2).toString('hex');
	const bits = data
		.replace(/(..)/g, '$1 ')
		.replace(/ff 00 /g, 'ff ')
		.trim()
		.split(' ')
		.map((byte) => parseInt(byte, 16).toString(2).padStart(8, '0'))
		.join('');
	const shades: number[] = [];
	let at = 0;
	let shade = 128;
	while (shades.length < (JPEG_WIDTH / 8) * (JPEG_HEIGHT / 8)) {
		const size = parseInt(bits.slice(at, at + 4), 2);
		const value = size === 0 ? 0 : parseInt(bits.slice(at + 4, at + 4 + size), 2);
		shade += value < 2 ** size / 2 ? value - 2 ** size + 1 : value;
		shades.push(shade);
		expect(bits[at + 4 + size]).toBe('0');
		at += 5 + size;
	}
	expect(bits.slice(at)).toMatch(/^1{0,7}$/);
	return shades;
}

describe('a page', () => {
	test('is a JPEG that shows its number', () => {
		const jpeg = pageJpeg('task', 17);
		expect(jpeg.subarray(0, 4).toString('hex')).toBe('ffd8ffe0');
		expect(jpeg.subarray(-2).toString('hex')).toBe('ffd9');
		const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
		expect([jpeg.readUInt16BE(frame + 7), jpeg.readUInt16BE(frame + 5)]).toEqual([160, 120]);
		const shades = shadesOf(jpeg);
		const rows = Array.from({ length: 15 }, (_, row) =>
			shades
				.slice(row * 20, row * 20 + 20)
				.map((shade) => (shade === 255 ? '#' : '.'))
				.join(''),
		);
		expect(rows.slice(1, 13)).toEqual([
			'....................',
			'.....##....######...',
			'.....##....######...',
			'...####........##...',
			'...####........##...',
			'.....##........##...',
			'.....##........##...',
			'.....##......##.....',
			'.....##......##.....',
			'...######....##.....',
			'...######....##.....',
			'....................',
		]);
		expect(shades[0]).toBeLessThan(144);
	});

	test('differs from every other, and fits many digits', () => {
		const pages = [1, 2, 345].map((index) => pageJpeg('task', index).toString('hex'));
		expect(new Set([...pages, pageJpeg('other', 1).toString('hex')]).size).toBe(4);
		expect(shadesOf(pageJpeg('task', 345)).filter((shade) => shade === 255)).toHaveLength(
			11 + 9 + 11,
		);
	});
});
