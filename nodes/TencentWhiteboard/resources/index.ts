import type { Operation, OperationEntry, Resource, ResourceEntry } from '../types';
import { application } from './application';
import { callback } from './callback';
import { custom, customApiCall } from './custom';
import { pptCheck } from './pptCheck';
import { recording } from './recording';
import { room } from './room';
import { runningTask } from './runningTask';
import { snapshot } from './snapshot';
import { transcode } from './transcode';
import { usage } from './usage';
import { videoGeneration } from './videoGeneration';
import { whiteboardPush } from './whiteboardPush';

const isAcronym = (word: string) => word === word.toUpperCase();

/** `Describe PPT Check` has the value `describePptCheck` and the action `Describe PPT check`. */
function named(entry: OperationEntry): Operation {
	const [first, ...rest] = entry.name.split(' ');
	const capitalized = rest.map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase());
	const lower = rest.map((word) => (isAcronym(word) ? word : word.toLowerCase()));
	return {
		value: first.toLowerCase() + capitalized.join(''),
		action: [first, ...lower].join(' '),
		...entry,
	};
}

/** Everything the node can do, in the order of the panel: what is used most comes first. */
export const resources: Resource[] = [
	snapshot,
	recording,
	transcode,
	videoGeneration,
	whiteboardPush,
	pptCheck,
	runningTask,
	room,
	usage,
	callback,
	application,
	customApiCall,
].map((resource: ResourceEntry) => ({
	...resource,
	operations: resource.operations.map(named),
}));

/** @param operation A custom call is taken with any resource: it does not depend on one */
export function findOperation(resource: string, operation: string): Operation | undefined {
	const found = resources.find(({ value }) => value === resource);
	if (found && operation === custom.value) return custom;
	return found?.operations.find(({ value }) => value === operation);
}
