/**
 * Says whether a tag may be released, and prints what its release is about.
 *
 * npm run release                              in the workflow that a tag starts; by hand it says how to release
 * node scripts/release.mts notes               the section of the version in CHANGELOG.md
 */
import { readFileSync } from 'node:fs';

import { sectionsOf, whyNotReleased } from './publish/changelog.mts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const changelog = readFileSync('CHANGELOG.md', 'utf8');

if (process.argv[2] === 'notes') {
	console.log(sectionsOf(changelog).find((section) => section.version === version)?.text);
} else if (process.env.GITHUB_REF_TYPE !== 'tag') {
	console.error(
		`The package is published by GitHub, where a tag is pushed: git tag v${version} && git push origin v${version}\nCONTRIBUTING.md says what comes before.`,
	);
	process.exitCode = 1;
} else {
	const reasons = whyNotReleased(process.env.GITHUB_REF_NAME ?? '', version, changelog);
	for (const reason of reasons) console.error(reason);
	if (reasons.length > 0) process.exitCode = 1;
	else console.log(`Releasing ${version}`);
}
