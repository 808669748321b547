import type { IDataObject } from 'n8n-workflow';

import { UnexpectedShape } from '../text';
import { ASK_SUPPORT, failed, invalidAnswer, unexpectedFault } from '../transport/errors';
import type { Outcome } from '../transport/errors';
import type { FileSpec, ResultFile } from '../types';

/** The result files in an answer. */
export function resultFiles(spec: FileSpec, answer: IDataObject): Outcome<ResultFile[]> {
	try {
		return { ok: true, value: spec.list(answer) };
	} catch (error) {
		return failed(
			error instanceof UnexpectedShape
				? invalidAnswer(`The result files cannot be read: ${error.message}`, ASK_SUPPORT, answer)
				: unexpectedFault(error),
		);
	}
}

/** How many result files an answer has; undefined where they cannot be read. */
export function countFiles(spec: FileSpec | undefined, answer: IDataObject): number | undefined {
	const listed = spec && resultFiles(spec, answer);
	return listed?.ok ? listed.value.length : undefined;
}
