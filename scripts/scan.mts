// Prints what n8n's package scanner says, and fails where it finds anything.
import { scanPackage } from './publish/scanner.mts';

for (const { name, files, errors, warnings, messages, passed } of await scanPackage()) {
	for (const message of messages) console.log(message);
	console.log(`Scanned ${name}: ${files} files, ${errors} errors, ${warnings} warnings`);
	if (!passed) process.exitCode = 1;
}
