/** PowerPoint files looked through for what would not convert well. */
import { zip } from './archive.mts';
import { taskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import type { Params } from './params.mts';
import { hasEnded, progressOf } from './state.mts';
import type { Task } from './state.mts';
import { checkExtension } from './transcode.mts';
import {
	addTaskOf,
	askedTask,
	checkConcurrency,
	failWith,
	fateOf,
	queriedAt,
	queryAnswer,
} from './world.mts';
import type { Call, Fate, Handler, NewTask } from './world.mts';

/** One problem of one page, in the service's own words: page `slide1`, type 0 to 4. */
export interface PptProblem {
	page: string;
	name: string;
	type: number;
	detail: string;
}

export interface PptCheckTask extends NewTask {
	/** A repaired file is made. */
	repair?: boolean;
	/** None where left out: the file is fine. */
	problems?: PptProblem[];
}

export interface PptCheckData extends Fate {
	repair: boolean;
	problems: PptProblem[];
}

export function addPptCheckTask(call: Omit<Call, 'params'>, given: PptCheckTask): string {
	const { repair = false, problems = [] } = given;
	return addTaskOf('pptCheck', call, given, { ...fateOf(given), repair, problems }).id;
}

function create(call: Call): Params {
	const { params } = call;
	checkExtension(params.Url as string, ['ppt', 'pptx']);
	checkConcurrency('pptCheck', call);
	const TaskId = addPptCheckTask(call, {
		sdkAppId: params.SdkAppId as number,
		repair: params.AutoHandleUnsupportedElement as boolean | undefined,
	});
	return { TaskId };
}

const asErr = ({ name, type, detail }: PptProblem) => ({ Name: name, Type: type, Detail: detail });

export function pptCheckAnswer(task: Task<'pptCheck'>, now: number, url: string): Params {
	const { repair, problems, failure } = task.data;
	const ended = hasEnded(task, now) && !failure;
	const pages = [...new Set(problems.map(({ page }) => page))];
	return queryAnswer(task, now, {
		TaskId: task.id,
		...progressOf(task, now),
		IsOK: ended && problems.length === 0,
		ResultUrl: ended && repair ? url + taskPath(task, 'repaired.pptx') : null,
		Slides: ended
			? pages.map((page) => ({
					Page: page,
					Errs: problems.filter((problem) => problem.page === page).map(asErr),
				}))
			: null,
		Errs: ended ? problems.map(asErr) : null,
	});
}

function describe(call: Call): Params {
	const task = askedTask('pptCheck', call);
	const { failure } = task.data;
	const now = queriedAt(call);
	if (hasEnded(task, now) && failure) failWith(failure);
	return pptCheckAnswer(task, now, call.world.url());
}

export const pptCheckHandlers: Record<string, Handler> = {
	CreatePPTCheckTask: create,
	DescribePPTCheck: describe,
};

const PRESENTATION = 'application/vnd.openxmlformats-officedocument.presentationml';
const CONTENT_TYPES = `<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/ppt/presentation.xml" ContentType="${PRESENTATION}.presentation.main+xml"/></Types>
`;

/** The frame of a PowerPoint file, without any slide. */
export function pptCheckFile(
	task: Task<'pptCheck'>,
	name: string,
	now: number,
): StoredFile | undefined {
	const { repair, failure } = task.data;
	if (!hasEnded(task, now) || failure || !repair || name !== 'repaired.pptx') return undefined;
	const entries = [
		{ name: '[Content_Types].xml', content: Buffer.from(CONTENT_TYPES) },
		{ name: 'ppt/presentation.xml', content: Buffer.from(`<!-- ${task.id} -->\n`) },
	];
	return { contentType: `${PRESENTATION}.presentation`, content: zip(entries) };
}
