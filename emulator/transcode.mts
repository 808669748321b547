/** Documents turned into page images or into an HTML5 page. */
import { ApiError } from './api-error.mts';
import { tarGz, zip } from './archive.mts';
import { TRANSCODE_LIMITS } from './facts.mts';
import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import { pageJpeg } from './jpeg.mts';
import { webPage } from './media.mts';
import type { Params } from './params.mts';
import { hasEnded, progressOf } from './state.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';
import {
	addTaskOf,
	askedTask,
	checkConcurrency,
	errorNumber,
	failWith,
	fateOf,
	isVisible,
	queriedAt,
	queryAnswer,
	searchAnswer,
} from './world.mts';
import type { Call, Fate, Handler, NewTask } from './world.mts';

export interface TranscodeTask extends NewTask {
	/** The source document; a lesson.pptx where left out. */
	url?: string;
	/** Default 3. */
	pages?: number;
	/** Page images instead of an HTML5 page; only PowerPoint knows the choice. */
	isStatic?: boolean;
	/** Default `1280x720`. */
	resolution?: string;
	/** Only HTML5 results have thumbnails; none where left out. */
	thumbnailResolution?: string;
	/** No archive where left out. */
	compressFileType?: string;
}

export interface TranscodeData extends Fate {
	url: string;
	title: string;
	pages: number;
	isStatic: boolean;
	resolution: string;
	/** Empty: no thumbnails. */
	thumbnailResolution: string;
	/** Empty: no archive. */
	compressFileType: string;
}

const DEFAULT_PAGES = 3;
const POWERPOINT = /\.pptx?$/i;
/** The last part of a URL's path, in plain letters. */
export function fileNameOf(url: string): string {
	const name = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

/** The path of a document's URL ends in what kind of document it is. */
export function checkExtension(url: string, extensions: readonly string[]): void {
	const extension = /\.([^.]+)$/.exec(fileNameOf(url))?.[1].toLowerCase() ?? '';
	if (!extensions.includes(extension)) {
		throw new ApiError(
			'InvalidParameter.FileFormatUnsupported',
			`The path of the URL must end in ${extensions.map((each) => `.${each}`).join(', ')}.`,
		);
	}
}

export function addTranscodeTask(call: Omit<Call, 'params'>, given: TranscodeTask): string {
	const { url = 'https://example.com/lesson.pptx' } = given;
	const isStatic = given.isStatic === true || !POWERPOINT.test(fileNameOf(url));
	return addTaskOf('transcode', call, given, {
		...fateOf(given),
		url,
		title: fileNameOf(url),
		pages: given.pages ?? DEFAULT_PAGES,
		isStatic,
		resolution: given.resolution || '1280x720',
		thumbnailResolution: isStatic ? '' : (given.thumbnailResolution ?? ''),
		compressFileType: given.compressFileType ?? '',
	}).id;
}

function create(call: Call): Params {
	const { params } = call;
	checkExtension(params.Url as string, [...TRANSCODE_LIMITS.static.types, 'xls', 'xlsx']);
	checkConcurrency('transcode', call);
	const TaskId = addTranscodeTask(call, {
		sdkAppId: params.SdkAppId as number,
		url: params.Url as string,
		isStatic: params.IsStaticPPT as boolean | undefined,
		resolution: (params.MinScaleResolution || params.MinResolution) as string | undefined,
		thumbnailResolution: params.ThumbnailResolution as string | undefined,
		compressFileType: params.CompressFileType as string | undefined,
	});
	return { TaskId };
}

/** The web page of a dynamic conversion, and the list of what belongs to it. */
const PAGE = 'h5/index.html';
const RESOURCES = 'h5/resources.txt';

const hasPage = (task: Task<'transcode'>, now: number) =>
	hasEnded(task, now) && !task.data.failure && !task.data.isStatic;

const archiveName = ({ data }: Task<'transcode'>) => `archive.${data.compressFileType}`;

/** What a task has made; nothing, as long as it runs and when it failed. */
function resultOf(task: Task<'transcode'>, now: number, url: string): Params {
	const { data } = task;
	const done = hasEnded(task, now) && !data.failure;
	const link = (name: string) => url + taskPath(task, name);
	return {
		Pages: done ? data.pages : 0,
		Resolution: done ? data.resolution : '',
		ResultUrl: done ? link(data.isStatic ? 'pages/' : PAGE) : '',
		Title: done ? data.title : '',
		ThumbnailUrl: done && data.thumbnailResolution ? link('thumbnails/') : '',
		ThumbnailResolution: done ? data.thumbnailResolution : '',
		CompressFileUrl: done && data.compressFileType ? link(archiveName(task)) : '',
	};
}

export function transcodeAnswer(task: Task<'transcode'>, now: number, url: string): Params {
	const ended = hasEnded(task, now);
	return queryAnswer(task, now, {
		TaskId: task.id,
		...progressOf(task, now),
		...resultOf(task, now, url),
		ResourceListUrl: hasPage(task, now) ? url + taskPath(task, RESOURCES) : null,
		Ext: ended ? 'Office' : null,
		CreateTime: unixSeconds(task.createdAt),
		AssignTime: now < task.startsAt ? null : unixSeconds(task.startsAt),
		FinishedTime: ended && task.endsAt !== null ? unixSeconds(task.endsAt) : null,
	});
}

function describe(call: Call): Params {
	const task = askedTask('transcode', call);
	const { failure } = task.data;
	const now = queriedAt(call);
	if (hasEnded(task, now) && failure) failWith(failure);
	return transcodeAnswer(task, now, call.world.url());
}

/** The newest task for a document. Unlike the query by ID it has a word for tasks that failed. */
function describeByUrl(call: Call): Params {
	const { params, world } = call;
	const now = queriedAt(call);
	const task = world.tasks
		.ofKind('transcode')
		.filter((candidate) => isVisible(candidate, call))
		.findLast(({ sdkAppId, data }) => sdkAppId === params.SdkAppId && data.url === params.Url);
	if (!task) {
		throw new ApiError('InvalidParameter.TaskNotFound', 'There is no task for this URL.');
	}
	const { failure } = task.data;
	const failed = failure && hasEnded(task, now);
	return queryAnswer(task, now, {
		TaskId: task.id,
		...progressOf(task, now),
		...(failed && { Status: 'EXCEPTION' }),
	});
}

function search(call: Call): Params {
	const { params, now, world } = call;
	const keyword = String(params.Keyword ?? '').toLowerCase();
	return searchAnswer(
		'transcode',
		call,
		'TranscodeTaskSet',
		({ data }) => data.title.toLowerCase().includes(keyword),
		(task) => ({
			Status: progressOf(task, now).Status,
			OriginalFilename: task.data.title,
			Result: {
				...resultOf(task, now, world.url()),
				...errorNumber(hasEnded(task, now) ? task.data.failure : null),
			},
			IsStatic: task.data.isStatic,
		}),
	);
}

export const transcodeHandlers: Record<string, Handler> = {
	CreateTranscode: create,
	DescribeTranscode: describe,
	DescribeTranscodeByUrl: describeByUrl,
	DescribeTranscodeSearch: search,
};

const image = (name: string, index: number): StoredFile => ({
	contentType: 'image/jpeg',
	content: pageJpeg(name, index),
});

export function transcodeFile(
	task: Task<'transcode'>,
	name: string,
	now: number,
): StoredFile | undefined {
	const { id, data } = task;
	if (!hasEnded(task, now) || data.failure) return undefined;
	const [, folder, number] = /^(pages|thumbnails)\/([1-9]\d*)\.jpg$/.exec(name) ?? [];
	const hasFolder = folder === 'pages' ? data.isStatic : data.thumbnailResolution !== '';
	if (folder && hasFolder && Number(number) <= data.pages) {
		return image(`${folder} of task ${id}`, Number(number));
	}
	const page: StoredFile = webPage(data.title);
	if (name === PAGE && !data.isStatic) return page;
	if (name === RESOURCES && !data.isStatic) {
		return { contentType: 'text/plain', content: Buffer.from('index.html\n') };
	}
	if (data.compressFileType === '' || name !== archiveName(task)) return undefined;

	const entries = data.isStatic
		? Array.from({ length: data.pages }, (_, index) => ({
				name: `${index + 1}.jpg`,
				content: pageJpeg(`pages of task ${id}`, index + 1),
			}))
		: [{ name: 'index.html', content: page.content as Buffer }];
	return data.compressFileType === 'zip'
		? { contentType: 'application/zip', content: zip(entries) }
		: { contentType: 'application/gzip', content: tarGz(entries) };
}
