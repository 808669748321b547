/** What a tag has to be, to be released, and what its release is about. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { sectionsOf, whyNotReleased } from '../../scripts/publish/changelog.mts';

const CHANGELOG = `# Changelog

Words.

## [Unreleased]

- Later

## [1.2.0] - 2026-03-04

### Added

- Two

## [1.1.0] - 2026-01-02

- One

[1.2.0]: https://example.com/1.2.0
`;

test('versions have their text, the newest first', () => {
	expect(sectionsOf(CHANGELOG)).toEqual([
		{ version: '1.2.0', date: '2026-03-04', text: '### Added\n\n- Two' },
		{ version: '1.1.0', date: '2026-01-02', text: '- One' },
	]);
});

describe('a tag', () => {
	test('with its version in package.json and CHANGELOG.md is released', () => {
		expect(whyNotReleased('v1.2.0', '1.2.0', CHANGELOG)).toEqual([]);
	});

	test.each([
		['of another form', '1.2.0', '1.2.0', CHANGELOG, "The tag is '1.2.0'. It has to be"],
		['of a branch', 'main', '1.2.0', CHANGELOG, "The tag is 'main'"],
		['of another version', 'v1.2.1', '1.2.0', CHANGELOG, 'and package.json has version 1.2.0'],
		['that CHANGELOG.md does not know', 'v1.3.0', '1.3.0', CHANGELOG, 'is 1.2.0, not 1.3.0'],
		['without any CHANGELOG.md', 'v1.3.0', '1.3.0', '', 'is missing, not 1.3.0'],
		[
			'without a day',
			'v1.2.0',
			'1.2.0',
			CHANGELOG.replace('2026-03-04', 'Unreleased'),
			"has no day for 1.2.0: 'Unreleased'",
		],
		['without a text', 'v1.2.0', '1.2.0', '## [1.2.0] - 2026-03-04\n', 'says nothing of 1.2.0'],
	])('%s is not', (_, tag, version, changelog, reason) => {
		expect(whyNotReleased(tag, version, changelog)).toEqual([expect.stringContaining(reason)]);
	});
});

describe('npm run release', () => {
	const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
	const release = (env: Record<string, string>) => {
		const { GITHUB_REF_TYPE: _, GITHUB_REF_NAME: __, ...rest } = process.env;
		return spawnSync(process.execPath, ['scripts/release.mts'], {
			encoding: 'utf8',
			env: { ...rest, ...env },
		});
	};

	test('by hand says how to release, and releases nothing', () => {
		const { status, stderr } = release({});
		expect(status).toBe(1);
		expect(stderr).toContain(`git push origin v${version}`);
	});

	test('for a tag of another version is refused', () => {
		const { status, stderr } = release({ GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v999.0.0' });
		expect(status).toBe(1);
		expect(stderr).toContain(`package.json has version ${version}`);
	});

	test('has the notes of the version', () => {
		const notes = execFileSync(process.execPath, ['scripts/release.mts', 'notes'], {
			encoding: 'utf8',
		});
		const [{ text }] = sectionsOf(readFileSync('CHANGELOG.md', 'utf8'));
		expect(notes).toBe(`${text}\n`);
	});
});
