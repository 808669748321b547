/** Videos, and the pages that show a result in a browser: small, but of their kind. */
import { createHash } from 'node:crypto';

import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import type { Params } from './params.mts';
import type { Task } from './state.mts';

/** The service's numbers for what a video shows. */
export const VIDEO_TYPES = { camera: 0, screen: 1, whiteboard: 2, mixed: 3, audio: 4 } as const;

export interface Video {
	type: keyof typeof VIDEO_TYPES;
	/** Empty for the whiteboard. */
	userId: string;
	/** A fault came before it was stored: an entry without a link. */
	lost?: true;
}

/** The whiteboard's video first, then cameras. */
export function videosOf(count: number): Video[] {
	return Array.from({ length: count }, (_, index) =>
		index === 0 ? { type: 'whiteboard', userId: '' } : { type: 'camera', userId: `user_${index}` },
	);
}

const formatOf = ({ type }: Video) => (type === 'audio' ? 'mp3' : 'mp4');

function box(type: string, content: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(head.length + content.length, 0);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, content]);
}

/** The beginning of a real file, which tells its type; what follows stands for the data. */
function bytesOf(video: Video, seed: string): Buffer {
	const data = createHash('sha512').update(seed).digest();
	if (video.type === 'audio') {
		return Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), data]);
	}
	const brands = Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1');
	return Buffer.concat([box('ftyp', brands), box('mdat', data)]);
}

export function videoInfo(
	task: Task,
	videos: readonly Video[],
	index: number,
	durationMs: number,
	url: string,
): Params {
	const video = videos[index];
	const isAudio = video.type === 'audio';
	const name = `videos/${index + 1}.${formatOf(video)}`;
	return {
		VideoPlayTime: 0,
		VideoSize: video.lost ? 0 : bytesOf(video, `${task.id}/${index}`).length,
		VideoFormat: formatOf(video),
		VideoDuration: video.lost ? 0 : durationMs,
		VideoUrl: video.lost ? '' : url + taskPath(task, name),
		VideoId: `${task.id}_${index + 1}`,
		VideoType: VIDEO_TYPES[video.type],
		UserId: video.userId,
		Width: isAudio ? 0 : 1280,
		Height: isAudio ? 0 : 960,
	};
}

/** The single video of old, which the service does not fill any more. */
export const DISUSED_VIDEO: Params = {
	VideoPlayTime: 0,
	VideoSize: 0,
	VideoFormat: '',
	VideoDuration: 0,
	VideoUrl: 'Disused. Use the VideoInfoList parameter.',
	VideoId: '',
	VideoType: 0,
	UserId: '',
	Width: 0,
	Height: 0,
};

export function videoFile(
	task: Task,
	videos: readonly Video[],
	name: string,
): StoredFile | undefined {
	const [, number, extension] = /^videos\/([1-9]\d*)\.(mp[34])$/.exec(name) ?? [];
	const index = Number(number) - 1;
	const video = videos[index];
	if (!video || video.lost || formatOf(video) !== extension) return undefined;
	return {
		contentType: video.type === 'audio' ? 'audio/mpeg' : 'video/mp4',
		content: bytesOf(video, `${task.id}/${index}`),
	};
}

const escapeHtml = (text: string) =>
	text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);

export const webPage = (title: string): StoredFile => ({
	contentType: 'text/html',
	content: Buffer.from(
		`<!doctype html>\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n`,
	),
});
