/** Archives that hold a few small files as they are, without compressing them. */
import { crc32, gzipSync } from 'node:zlib';

export interface Entry {
	name: string;
	content: Buffer;
}

/** 1 January 1980, the first day a zip file knows. */
const ZIP_DATE = 0x21;

export function zip(entries: readonly Entry[]): Buffer {
	const files: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { name, content } of entries) {
		const path = Buffer.from(name);
		// The fields that a file's own header and its entry in the directory have in common.
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(0x0800, 2); // names are UTF-8
		common.writeUInt16LE(ZIP_DATE, 8);
		common.writeUInt32LE(crc32(content), 10);
		common.writeUInt32LE(content.length, 14);
		common.writeUInt32LE(content.length, 18);
		common.writeUInt16LE(path.length, 22);
		const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, content]);

		const rest = Buffer.alloc(14);
		rest.writeUInt32LE(offset, 10);
		directory.push(Buffer.from('PK\x01\x02'), Buffer.of(20, 0), common, rest, path);
		files.push(file);
		offset += file.length;
	}
	const end = Buffer.alloc(18);
	end.writeUInt16LE(entries.length, 4);
	end.writeUInt16LE(entries.length, 6);
	end.writeUInt32LE(Buffer.concat(directory).length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06'), end]);
}

const BLOCK = 512;

export function tarGz(entries: readonly Entry[]): Buffer {
	const parts = entries.flatMap(({ name, content }) => {
		const header = Buffer.alloc(BLOCK);
		const octal = (value: number, at: number, width: number) =>
			header.write(value.toString(8).padStart(width, '0'), at);
		header.write(name);
		octal(0o644, 100, 7);
		octal(0, 108, 7);
		octal(0, 116, 7);
		octal(content.length, 124, 11);
		octal(0, 136, 11);
		header.fill(' ', 148, 156);
		header.write('0', 156);
		header.write('ustar\x0000', 257);
		const sum = header.reduce((total, byte) => total + byte, 0);
		header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
		return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
	});
	return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));
}
