import type { BooleanField, ListField, StringField } from '../../types';

export const documentUrl: StringField = {
	displayName: 'URL',
	name: 'url',
	api: 'Url',
	kind: 'string',
	format: 'url',
	required: true,
	placeholder: 'e.g. https://example.com/lesson.pptx',
	description:
		'Where Tencent Cloud can download the document. Special characters must be percent-encoded, and the path must end in the file extension.',
};

export const autoHandleUnsupportedElement: BooleanField = {
	displayName: 'Repair Elements',
	name: 'autoHandleUnsupportedElement',
	api: 'AutoHandleUnsupportedElement',
	kind: 'boolean',
	default: false,
	description:
		'Whether to repair what a conversion to a web page with animations cannot show (AutoHandleUnsupportedElement)',
};

export const autoHandleUnsupportedElementTypes: ListField = {
	displayName: 'Repair Types',
	name: 'autoHandleUnsupportedElementTypes',
	api: 'AutoHandleUnsupportedElementTypes',
	kind: 'list',
	of: 'integer',
	description: "What to repair if 'Repair Elements' is on; left out, everything (China site only)",
	options: [
		{
			name: 'Automatic Page Turning',
			value: 1,
			description: 'Slides will be turned by a click instead',
		},
		{
			name: 'Damaged Media',
			value: 2,
			description: 'Sound and video that cannot be played will be removed',
		},
		{
			name: 'Date Fields with Special Characters',
			value: 13,
			description: 'They will become plain text',
		},
		{
			name: 'Distributed Alignment',
			value: 11,
			description: 'Reported only, cannot be repaired',
		},
		{
			name: 'Edit Locks',
			value: 5,
			description: 'Elements locked against editing will be unlocked',
		},
		{
			name: 'Fonts',
			value: 6,
			description: 'Fonts that may look different: reported only, cannot be repaired',
		},
		{
			name: 'Formulas in Animated Text',
			value: 9,
			description: 'Formulas in text that appears bit by bit: reported only, cannot be repaired',
		},
		{
			name: 'Gradients in Animated Text',
			value: 10,
			description: 'Gradients in text that appears bit by bit: reported only, cannot be repaired',
		},
		{
			name: 'Ink',
			value: 0,
			description: 'Pen strokes that cannot be converted will be removed',
		},
		{
			name: 'Multiple Line Spacing',
			value: 12,
			description: 'Reported only, cannot be repaired',
		},
		{
			name: 'Soft Edges of GIFs',
			value: 7,
			description: 'The soft edges will be removed',
		},
		{
			name: 'Underlined Blanks',
			value: 8,
			description: 'The language of the text next to them will be adjusted',
		},
		{
			name: 'Unreachable Resources',
			value: 3,
			description: 'Links to what cannot be reached will be removed',
		},
		{
			name: 'Write Protection',
			value: 4,
			description: 'The file will be made writable',
		},
	],
};
