/** Answers that show the headers of their request, as proxies do that are meant to help with debugging. */
import type { IncomingHttpHeaders } from 'node:http';

import type { EchoForm } from './faults.mts';
import type { Params } from './params.mts';

/** A dump of headers, one a line. */
export const dumpOf = (headers: IncomingHttpHeaders) =>
	Object.entries(headers)
		.map(([name, value]) => `${name}: ${String(value)}`)
		.join('\n');

/** The right answer with the echo somewhere in it; the page takes its place altogether. */
export function withEcho(as: EchoForm, answer: Params, headers: IncomingHttpHeaders): Params {
	const dump = dumpOf(headers);
	switch (as) {
		case 'message':
			return {
				Error: { Code: 'InvalidParameter', Message: `Cannot be served:\n${dump}` },
				RequestId: answer.RequestId,
			};
		case 'requestId':
			return { ...answer, RequestId: dump };
		case 'field':
			return { ...answer, Debug: { Headers: headers, All: [dump] } };
		case 'key':
			return { ...answer, Debug: { [dump]: true } };
		case 'page':
			return answer;
	}
}

export const echoPage = (headers: IncomingHttpHeaders) =>
	`<html><body><h1>502 Bad Gateway</h1><pre>${dumpOf(headers)}</pre></body></html>\n`;
