/** What a task has come to, as far as n8n tells of it above the output. */
export interface TaskNote {
	/** It has not ended: after the node has waited for it, or where its files are wanted and nobody has waited. */
	running?: 'timedOut' | 'notAwaited';
	/** Its files are wanted, and it has ended without any. */
	withoutFiles?: boolean;
	/** Result files to which the output has links only. */
	links: number;
	/** Days that Tencent's public bucket keeps them, where that is known. */
	keptDays?: number;
}

/** A sentence about those tasks that something concerns, if there are any. */
function about(
	notes: TaskNote[],
	concerns: (note: TaskNote) => boolean | undefined,
	words: (several: boolean) => string,
): string[] {
	const count = notes.filter(concerns).length;
	if (count === 0) return [];
	const tasks = notes.length === 1 ? 'The task' : `${count} of ${notes.length} tasks`;
	return [`${tasks} ${words(count > 1)}`];
}

/** Links to files that will be gone. All tasks of an execution are of one kind. */
function aboutLinks(notes: TaskNote[]): string[] {
	const count = notes.reduce((sum, { links }) => sum + links, 0);
	const keptDays = notes[0]?.keptDays;
	if (count === 0 || keptDays === undefined) return [];
	const [files, them] = count === 1 ? ['1 result file', 'it'] : [`${count} result files`, 'them'];
	return [
		`The output links to ${files}: what is in Tencent Cloud's public bucket is deleted after ${keptDays} days, so download or store ${them}, or have tasks write to a bucket of your own`,
	];
}

/** What n8n tells above the output: of all tasks together, each thing once. */
export const executionHints = (notes: TaskNote[]): string[] => [
	...about(
		notes,
		({ running }) => running === 'timedOut',
		(several) =>
			several
				? "are still running: raise 'Timeout (Seconds)' under 'Wait Options', or read them again later"
				: "is still running: raise 'Timeout (Seconds)' under 'Wait Options', or read it again later",
	),
	...about(
		notes,
		({ running }) => running === 'notAwaited',
		(several) => `${several ? 'are' : 'is'} still running: switch on 'Wait Until Finished'`,
	),
	...about(
		notes,
		({ withoutFiles }) => withoutFiles,
		(several) => `${several ? 'have' : 'has'} no result files`,
	),
	...aboutLinks(notes),
];
