import type { Operation, Resource } from '../types';
import { snapshot } from './snapshot';

/** Everything the node can do. */
export const resources: Resource[] = [snapshot];

export function findOperation(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
