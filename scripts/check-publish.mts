/** Holds the package against each of n8n's guidelines for verified nodes: npm run check:publish */
import { gatherFacts } from './publish/facts.mts';
import { ROWS, judge } from './publish/guidelines.mts';
import { scanPackage } from './publish/scanner.mts';

const facts = gatherFacts(await scanPackage());
const verdicts = ROWS.map((row) => ({ row, verdict: judge(row, facts) }));

let page = '';
for (const { row, verdict } of verdicts) {
	if (row.page !== page) console.log(`\n${row.page}`);
	page = row.page;
	const { mark, text } = verdict;
	const said = mark === '✓' || mark === '✗' ? text : `${mark}: ${text}`;
	console.log(`  ${mark === '✓' || mark === '✗' ? mark : '–'} ${row.guideline}: ${said}`);
}

const count = (mark: string) => verdicts.filter(({ verdict }) => verdict.mark === mark).length;
console.log(
	`\n${count('✓')} checked, ${count('kept on purpose')} kept on purpose, ${count('judged by people')} judged by people, ${count('open')} open, ${count('✗')} failed`,
);
if (count('✗') > 0) process.exitCode = 1;
