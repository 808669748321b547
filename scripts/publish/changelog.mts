/** What CHANGELOG.md says of a version, in the form of Keep a Changelog. */

const HEADING = /^## \[(?<version>[^\]]+)\](?: - (?<date>.+))?$/;

export interface Section {
	version: string;
	/** The day of its release, or `Unreleased`. */
	date: string;
	text: string;
}

/** The sections of versions, the newest first; changes without a version are none. */
export function sectionsOf(changelog: string): Section[] {
	const sections: Section[] = [];
	let open: Section | undefined;
	for (const line of changelog.split('\n')) {
		const { version, date = '' } = HEADING.exec(line)?.groups ?? {};
		if (version) {
			open = { version, date, text: '' };
			if (version !== 'Unreleased') sections.push(open);
		} else if (/^\[[^\]]+\]: /.test(line)) {
			// The links at the end belong to no version.
			open = undefined;
		} else if (open) {
			open.text += `${line}\n`;
		}
	}
	return sections.map((section) => ({ ...section, text: section.text.trim() }));
}

/** What keeps a tag from being released, in words; nothing where it may. */
export function whyNotReleased(tag: string, version: string, changelog: string): string[] {
	const [newest] = sectionsOf(changelog);
	const reasons: string[] = [];
	if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag))
		reasons.push(`The tag is '${tag}'. It has to be a v and the version, like v${version}.`);
	else if (tag !== `v${version}`)
		reasons.push(`The tag is ${tag}, and package.json has version ${version}.`);
	if (newest?.version !== version)
		reasons.push(
			`The newest version in CHANGELOG.md is ${newest?.version ?? 'missing'}, not ${version}.`,
		);
	else {
		if (!/^\d{4}-\d\d-\d\d$/.test(newest.date))
			reasons.push(`CHANGELOG.md has no day for ${version}: '${newest.date}'.`);
		if (newest.text === '') reasons.push(`CHANGELOG.md says nothing of ${version}.`);
	}
	return reasons;
}
