import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../types';
import type { Settings } from './settings';

/** Kept beside the fields of the table: why a task has failed, and what support asks for. */
const KEPT = ['ErrorCode', 'ErrorMessage', 'RequestId'];

/** Keeps the most useful fields of an answer, always the same ones; those that it lacks are not made up. */
export function simplified(
	{ simplify }: Pick<Operation, 'simplify'>,
	settings: Pick<Settings, 'simplify'>,
	answer: IDataObject,
): IDataObject {
	if (!simplify || !settings.simplify) return answer;
	const kept = [...simplify, ...KEPT].filter((name) => name in answer);
	return Object.fromEntries(kept.map((name) => [name, answer[name]]));
}
