import type { Operation, Resource } from '../types';
import { application } from './application';
import { callback } from './callback';
import { custom } from './custom';
import { pptCheck } from './pptCheck';
import { recording } from './recording';
import { room } from './room';
import { runningTask } from './runningTask';
import { snapshot } from './snapshot';
import { transcode } from './transcode';
import { usage } from './usage';
import { videoGeneration } from './videoGeneration';
import { whiteboardPush } from './whiteboardPush';

// n8n loads the node at every start, and localeCompare alone would take most of the time for that.
const byName = (a: { name: string }, b: { name: string }) =>
	a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1;

/** Everything the node can do, in the order of the panel: by name. */
export const resources: Resource[] = [
	application,
	callback,
	pptCheck,
	recording,
	room,
	runningTask,
	snapshot,
	transcode,
	usage,
	videoGeneration,
	whiteboardPush,
].map((resource) => ({
	...resource,
	operations: [...resource.operations, custom].sort(byName),
}));

export function findOperation(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
