import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { Connection } from '../transport/connection';
import { download } from '../transport/download';
import { fileNameOf } from '../transport/files';
import { detailOf } from '../transport/errors';
import type { Fault } from '../transport/errors';
import type { FileSpec, ResultFile } from '../types';
import { countFiles, resultFiles } from './files';
import type { TaskNote } from './hints';
import type { Settings } from './settings';

/** One thing that comes out of one input item. */
export type Produced =
	| {
			ok: true;
			json: IDataObject;
			binary?: IBinaryKeyData;
			/** Of the task that it belongs to, at its first item. */
			note?: TaskNote;
	  }
	| { ok: false; fault: Fault };

/** One result file: its item, and what its download brought. */
interface ReadFile {
	json: IDataObject;
	binary?: IBinaryData;
	fault?: Fault;
}

const MEGABYTE = 1e6;

/** The answer's own fields without the nested ones: what all files of a task have in common. */
function commonFields(answer: IDataObject): IDataObject {
	const plain = ([, value]: [string, unknown]) => value === null || typeof value !== 'object';
	return Object.fromEntries(Object.entries(answer).filter(plain));
}

const wordsOf = (fault: Fault) => `${fault.message}. ${detailOf(fault)}`;

async function readFiles(
	connection: Connection,
	{ keptDays }: FileSpec,
	files: ResultFile[],
	settings: Settings,
	answer: IDataObject,
): Promise<ReadFile[]> {
	const common = commonFields(answer);
	const results: ReadFile[] = [];
	for (const [index, file] of files.entries()) {
		const { url, fileName } = file;
		const json = {
			...common,
			Index: index + 1,
			Total: files.length,
			Url: url,
			FileName: fileName ?? (URL.canParse(url) ? fileNameOf(url) : null),
		};
		// One after the other, so that an item with many files leaves room for the others.
		const outcome =
			settings.downloadFiles &&
			(await download(connection, file, {
				requestTimeout: settings.requestTimeout * 1000,
				maxBytes: settings.maxFileSize * MEGABYTE,
				keptDays,
			}));
		if (!outcome) results.push({ json });
		else
			results.push(outcome.ok ? { json, binary: outcome.value } : { json, fault: outcome.fault });
	}
	return results;
}

/** One item per file; a file that cannot be downloaded is a fault, or an item that says so. */
function perFile(files: ReadFile[], { onTaskFailure, binaryPropertyName }: Settings): Produced[] {
	return files.map(({ json, binary, fault }): Produced => {
		if (binary) return { ok: true, json, binary: { [binaryPropertyName]: binary } };
		if (!fault) return { ok: true, json };
		return onTaskFailure === 'output'
			? { ok: true, json: { ...json, DownloadError: wordsOf(fault) } }
			: { ok: false, fault };
	});
}

/** The answer with all files, and beside it what could not be downloaded. */
function perTask(
	answer: IDataObject,
	files: ReadFile[],
	{ onTaskFailure, binaryPropertyName }: Settings,
): Produced[] {
	const binary: IBinaryKeyData = {};
	const faults: Fault[] = [];
	const errors: IDataObject[] = [];
	for (const [index, file] of files.entries()) {
		if (file.binary) binary[`${binaryPropertyName}_${index}`] = file.binary;
		if (!file.fault) continue;
		faults.push(file.fault);
		errors.push({ Url: file.json.Url, DownloadError: wordsOf(file.fault) });
	}
	const tolerated = faults.length > 0 && onTaskFailure === 'output';
	const whole: Produced = {
		ok: true,
		json: tolerated ? { ...answer, DownloadErrors: errors } : answer,
		...(Object.keys(binary).length > 0 && { binary }),
	};
	return tolerated ? [whole] : [whole, ...faults.map((fault): Produced => ({ ok: false, fault }))];
}

/** A task's answer, and what of it one item per task shows. */
interface Shown {
	answer: IDataObject;
	simple(answer: IDataObject): IDataObject;
	/** The task has not ended. */
	pending: boolean;
}

/** The items with the task's note. */
function withNote(produced: Produced[], note: TaskNote): Produced[] {
	const first = produced.findIndex(({ ok }) => ok);
	return produced.map((one, index) => (one.ok && index === first ? { ...one, note } : one));
}

/**
 * Turns a task's answer into items: the answer or one item per file, with the files' content where that
 * is wanted.
 */
export async function produce(
	connection: Connection,
	spec: FileSpec | undefined,
	settings: Settings,
	{ answer, simple, pending }: Shown,
): Promise<Produced[]> {
	const { output, downloadFiles, wait } = settings;
	const wanted = output === 'files' || downloadFiles;
	const noteOf = (count: number): TaskNote => ({
		...(pending && (wait ?? wanted) && { running: wait ? 'timedOut' : 'notAwaited' }),
		withoutFiles: wanted && !pending && count === 0,
		links: pending || downloadFiles ? 0 : count,
		keptDays: spec?.keptDays,
	});
	if (!spec || !wanted) {
		// Files that cannot be read are nobody's concern here.
		return [{ ok: true, json: simple(answer), note: noteOf(countFiles(spec, answer) ?? 0) }];
	}
	const listed = resultFiles(spec, answer);
	if (!listed.ok) return [listed];
	const files = await readFiles(connection, spec, listed.value, settings, answer);
	const note = noteOf(files.length);
	if (output === 'task') return withNote(perTask(simple(answer), files, settings), note);
	if (files.length > 0) return withNote(perFile(files, settings), note);
	// Nothing at all would leave people, and the nodes that follow, in the dark.
	const none = { Index: null, Total: 0, Url: null, FileName: null };
	return [{ ok: true, json: { ...commonFields(answer), ...none }, note }];
}
