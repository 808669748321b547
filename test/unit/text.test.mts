import { expect, test } from '@jest/globals';

import { isObject, parseJson, sentence, textOf } from '../../nodes/TencentWhiteboard/text.ts';

test.each([
	['Try again', 'Try again.'],
	['Try again.', 'Try again.'],
	['Really?', 'Really?'],
	['Now!', 'Now!'],
	['See example.com', 'See example.com.'],
	['', '.'],
])('the sentence %j ends as %j', (text, ended) => {
	expect(sentence(text)).toBe(ended);
});

test.each<[unknown, string]>([
	['text', 'text'],
	[0, '0'],
	[true, ''],
	[null, ''],
	[undefined, ''],
	[['text'], ''],
])('the text of %j is %j', (value, text) => {
	expect(textOf(value)).toBe(text);
});

test.each<[unknown, unknown]>([
	['{"a":[1]}', { a: [1] }],
	['null', null],
	['{', undefined],
	['', undefined],
	[7, 7],
])('the JSON in %j is %j', (text, value) => {
	expect(parseJson(text)).toEqual(value);
});

test.each<[unknown, boolean]>([
	[{}, true],
	[[], false],
	[null, false],
	['{}', false],
	[undefined, false],
])('%j is an object: %j', (value, is) => {
	expect(isObject(value)).toBe(is);
});
