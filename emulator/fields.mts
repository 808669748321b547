/** Answers with some fields other than they would be. */
import type { Params } from './params.mts';

/**
 * A copy of the answer with these fields: `Result.Total` for those within, `Slides.0.Page` in lists,
 * undefined to leave one out. A path into what is not there changes nothing.
 */
export function withFields(answer: Params, changes: Params): Params {
	const changed = structuredClone(answer);
	for (const [path, value] of Object.entries(structuredClone(changes))) {
		const steps = path.split('.');
		const name = steps.pop() as string;
		let owner: unknown = changed;
		for (const step of steps) owner = (owner as Params | null | undefined)?.[step];
		if (typeof owner === 'object' && owner !== null) (owner as Params)[name] = value;
	}
	return changed;
}
