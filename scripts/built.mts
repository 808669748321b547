/** The package as it was built: what is made from it cannot differ from what is published. */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** @param dist where it was built */
export function loadBuilt(dist = 'dist') {
	const folder = join(resolve(dist), 'nodes', 'TencentWhiteboard');
	const load = createRequire(import.meta.url);
	const { TencentWhiteboard } = load(
		join(folder, 'TencentWhiteboard.node.js'),
	) as typeof import('../nodes/TencentWhiteboard/TencentWhiteboard.node.ts');
	const { resources } = load(
		join(folder, 'resources', 'index.js'),
	) as typeof import('../nodes/TencentWhiteboard/resources/index.ts');
	const { simplified } = load(
		join(folder, 'execute', 'simplify.js'),
	) as typeof import('../nodes/TencentWhiteboard/execute/simplify.ts');
	return { folder, TencentWhiteboard, resources, simplified };
}
