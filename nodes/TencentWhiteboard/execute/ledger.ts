import type { IDataObject } from 'n8n-workflow';

/** A task for which a create, start or stop has been answered. */
export interface TaskHandle {
	action: string;
	/** What the API calls its ID, and the ID. */
	idField: string;
	id: string;
}

/** What is known of one item's task, whatever becomes of the item: nothing that was started is ever lost. */
export interface ItemRecord {
	itemIndex: number;
	/** What the task is called in words, and the action that reads it. */
	task?: { label: string; describe: string; idField: string; id: string };
	handle?: TaskHandle;
	/** The action of a change that was sent and not answered. */
	unanswered?: string;
	/** The task as it was last answered. */
	answer?: IDataObject;
}

/** IDs that an error names at most: a thousand of them make no readable text. */
const NAMED = 20;

function enumerate(names: Array<string | number>, most: number): string {
	const more = names.length - most;
	const named = names.slice(0, most).join(', ');
	return more > 0 ? `${named} and ${more} more (the log names all)` : named;
}

/** What an execution that ends early leaves behind. */
export interface Remains {
	/** Sentences for the error, and all of it for the log; empty where there is nothing to tell. */
	text: string;
	log: string;
	/** In full, for the error's context. */
	context: IDataObject;
}

/** What the items have started, and what they may have. */
export function remainsOf(records: ItemRecord[]): Remains {
	const startedTasks = records.flatMap(({ itemIndex, handle }) =>
		handle ? [{ itemIndex, ...handle }] : [],
	);
	const unknownOutcomes = records.flatMap(({ itemIndex, unanswered: action }) =>
		action ? [{ itemIndex, action }] : [],
	);
	const actions = [...new Set(unknownOutcomes.map(({ action }) => action))];
	const sentences = (ids: string[], most: number) =>
		[
			...(ids.length > 0 ? [`Tasks already started: ${enumerate(ids, most)}.`] : []),
			...actions.map((action) => {
				const items = unknownOutcomes.filter((one) => one.action === action);
				const indexes = items.map(({ itemIndex }) => itemIndex);
				return `${action} was sent but not answered, and may have taken effect, for items: ${enumerate(indexes, most)}.`;
			}),
		].join(' ');
	const ids = startedTasks.map(({ id }) => id);
	return {
		text: sentences(ids, NAMED),
		log: sentences(ids, Infinity),
		context: {
			...(startedTasks.length > 0 && { startedTasks }),
			...(unknownOutcomes.length > 0 && { unknownOutcomes }),
		},
	};
}

/** Says that the item's task exists, so that nobody starts it a second time. */
export function acceptedText({ handle, task }: ItemRecord, told: string): string {
	if (!handle || !task || told.includes(handle.id)) return '';
	return `The ${task.label} ${handle.id} exists (${handle.action} was answered): read it with ${task.describe} and do not start it again.`;
}
