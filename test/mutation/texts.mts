/** Leaves texts for people alone: strings with two words in a row. Codes, names, headers and keys have none. */
const WORDS = /\p{L}[,:;.]? \p{L}/u;

/** As far as it is used here: Babel's node of a literal, as Stryker's instrumenter hands it over. */
interface Node {
	type: string;
	value?: string;
	quasis?: Array<{ value: { raw: string } }>;
	expressions?: Node[];
}

/** Code within a text is not text. */
const isPlain = ({ type }: Node) => type === 'Identifier' || type === 'MemberExpression';

function isText({ type, value, quasis, expressions }: Node): boolean {
	if (type === 'StringLiteral') return WORDS.test(value!);
	if (type !== 'TemplateLiteral') return false;
	return quasis!.some((part) => WORDS.test(part.value.raw)) && expressions!.every(isPlain);
}

const ignorer = {
	/** What is compared is no text. */
	shouldIgnore: ({ node, parent }: { node: Node; parent: Node }) =>
		isText(node) && parent.type !== 'BinaryExpression' ? 'a text' : undefined,
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'texts', value: ignorer }];
