/** The cases in which n8n writes, and what a compiled program says. */
import ts from 'typescript';

const SMALL = new Set(
	'a an and as at but by for from in into nor of off on or per so the to up via with yet'.split(
		' ',
	),
);

/** Words of a title that should begin with a capital and do not. */
export const isTitleCase = (title: string): boolean =>
	title
		.split(/\s+/)
		.every((word, index) => !/^\W*[a-z]/.test(word) || (index > 0 && SMALL.has(word)));

/** Begins like a sentence; ends with a full stop where there is more than one, and only then. */
export function isSentenceCase(text: string): boolean {
	const plain = text.replace(/<[^>]+>/g, '');
	const several = /[.!?] +(?=[A-Z0-9'"])/.test(plain);
	return /^[A-Z0-9'"]/.test(plain) && /[.…]$/.test(plain) === several;
}

/** A name of an action: one capital at its beginning, and those of acronyms. */
export const isActionCase = (action: string): boolean =>
	/^[A-Z]/.test(action) &&
	action
		.split(' ')
		.slice(1)
		.every((word) => word === word.toLowerCase() || word === word.toUpperCase());

export const isLatin = (text: string): boolean =>
	!/[^\P{L}\p{Script=Latin}\p{Script=Common}]/u.test(text);

/** Reading a program takes long, and its text says all. */
function remembered<Result>(read: (program: string) => Result): (program: string) => Result {
	const known = new Map<string, Result>();
	return (program) => {
		const result = known.get(program) ?? read(program);
		known.set(program, result);
		return result;
	};
}

/** The pieces of text in a program of JavaScript. */
export const literalsIn = remembered((program): string[] => {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) found.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('', program, ts.ScriptTarget.Latest));
	return found;
});

/** The modules that a program of JavaScript requires. */
export const requiredBy = (program: string): string[] =>
	[...program.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name);

/** Names in a program of JavaScript that nothing in it is a property of: globals and its own. */
export const namesIn = remembered((program): Set<string> => {
	const found = new Set<string>();
	const visit = (node: ts.Node): void => {
		if (
			ts.isIdentifier(node) &&
			!(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
			!(ts.isPropertyAssignment(node.parent) && node.parent.name === node)
		)
			found.add(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('', program, ts.ScriptTarget.Latest, true));
	return found;
});
