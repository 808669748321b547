import type { Operation, Resource } from '../types';
import { custom } from './custom';
import { snapshot } from './snapshot';

/** Everything the node can do. */
export const resources: Resource[] = [snapshot].map((resource) => ({
	...resource,
	operations: [...resource.operations, custom].sort((a, b) => a.name.localeCompare(b.name)),
}));

export function findOperation(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
