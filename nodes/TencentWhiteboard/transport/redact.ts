import { parseJson } from '../text';

/** What stands in the place of a secret. */
const HIDDEN = '***';

/** Secrets of Tencent Cloud have 32 characters and more; what is shorter than this is part of ordinary words. */
const SHORTEST = 8;

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A printable character of ASCII as it is, or as JSON, URLs and HTML write it, perhaps several times over. */
function formsOf(character: string): string {
	if (/[0-9a-z]/i.test(character)) return character;
	const code = character.charCodeAt(0);
	const hex = code.toString(16);
	return [
		`(?:\\\\{0,8}${quoted(character)}`,
		`%(?:25){0,3}${hex}`,
		`\\\\{1,8}u00${hex}`,
		`&(?:amp;){0,3}#(?:x0?${hex}|0?${code});)`,
	].join('|');
}

/** So much of a long secret is looked for; what follows belongs to it, or to what an echo has cut off. */
const HEAD = 48;
const REST = '(?:\\\\*[\\w/+=%.~-]|&(?:amp;)*#\\w+;)*';

const anyForm = (text: string) =>
	[...text.slice(0, HEAD)].map(formsOf).join('') + (text.length > HEAD ? REST : '');

/**
 * What Base64 makes of a text within a longer one: one of three, by the place it begins at. Characters
 * that its neighbours have a part in are left out.
 */
function base64Of(text: string): string[] {
	return [0, 1, 2].map((before) => {
		const bytes = Buffer.from(`${' '.repeat(before)}${text}`);
		const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
		return bytes.toString('base64').slice(from, to);
	});
}

/** Base64 has two alphabets. */
const anyBase64 = (text: string) =>
	anyForm(text)
		.replaceAll('(?:\\\\{0,8}\\+', '(?:-|\\\\{0,8}\\+')
		.replaceAll('(?:\\\\{0,8}\\/', '(?:_|\\\\{0,8}\\/');

/**
 * Letters and digits in a row. They stay as they are in every form, so what does not hold them, in any case,
 * does not hold the text.
 */
const markOf = (text: string) => /[0-9a-z]{6,}/i.exec(text.slice(0, HEAD))?.[0].toLowerCase() ?? '';

/** The header that signs a request, whole or in part. Signatures within links to files belong to their users. */
const AUTHORIZATION = new RegExp(
	[
		`(?:TC3-HMAC-SHA256.{1,20})?${anyForm('Credential=')}[^\\s,]{1,200}?tc3_request`,
		`(?<![-?&])${anyForm('Signature=')}[0-9a-f]{16,64}`,
		// In Base64 the signature is what follows, with what comes after it.
		...base64Of(', Signature=').map((beginning) => anyBase64(beginning) + REST),
	].join('|'),
	'gi',
);

/**
 * Escapes of JSON that the patterns do not know, since they are none of the ways a character is passed on:
 * those of letters and digits, and of what a form begins with.
 */
const HIDING = /\\u00(?:[3-7]|2[35d]|26(?:#|amp))/i;

const isParent = (value: unknown): value is Record<string, unknown> =>
	value !== null && typeof value === 'object';

/** Takes secrets out of what comes from outside. What holds none stays the same. */
export interface Redactor {
	text(text: string): string;
	/** The value of an answer's JSON text, undefined where it holds none. Keys count as well. */
	json(body: unknown): unknown;
}

/** @param secrets Those shorter than eight characters are ignored */
export function redactor(secrets: string[]): Redactor {
	/** Patterns are made when they are first needed: that takes longer than to look through many answers. */
	const forms: Array<{ mark: string; source: string; pattern?: RegExp }> = secrets
		.filter((secret) => secret.length >= SHORTEST)
		.flatMap((secret) => [
			{ mark: markOf(secret), source: anyForm(secret) },
			...base64Of(secret).map((one) => ({ mark: markOf(one), source: anyBase64(one) })),
		]);
	const text = (given: string) => {
		const lower = given.toLowerCase();
		let clean = given.replace(AUTHORIZATION, HIDDEN);
		for (const form of forms) {
			if (!lower.includes(form.mark)) continue;
			form.pattern ??= new RegExp(form.source, 'gi');
			clean = clean.replace(form.pattern, HIDDEN);
		}
		return clean;
	};

	/** In place, and without recursion: an answer may be nested deeper than the stack allows. */
	function redactWithin(root: object): void {
		const open: object[] = [root];
		for (let parent = open.pop(); parent; parent = open.pop()) {
			const entries = Object.entries(parent);
			const clean = entries.map(([key, value]): [string, unknown] => {
				if (isParent(value)) open.push(value);
				return [text(key), typeof value === 'string' ? text(value) : value];
			});
			const renamed = clean.some(([key], index) => key !== entries[index][0]);
			for (const [index, [key, value]] of clean.entries()) {
				const [oldKey, oldValue] = entries[index];
				if (renamed) Reflect.deleteProperty(parent, oldKey);
				else if (value === oldValue) continue;
				// Defined, not set: a key may be __proto__.
				const property = { value, configurable: true, enumerable: true, writable: true };
				Object.defineProperty(parent, key, property);
			}
		}
	}

	return {
		text,
		json(body) {
			const root = { value: parseJson(body) };
			// A secret shows in the text as it does in the value: mostly there is nothing to do.
			if (typeof body !== 'string' || text(body) !== body || HIDING.test(body)) redactWithin(root);
			return root.value;
		},
	};
}
