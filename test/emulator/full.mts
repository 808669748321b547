/** The largest request an action takes, made from the facts: every parameter with every member of its own. */
import { findType, itemType, parametersOf } from '../../emulator/facts.mts';
import type { ActionFact, FieldFact } from '../../emulator/facts.mts';
import type { Emulator, TaskKind } from '../../emulator/server.mts';
import { validValue } from './minimal.mts';

const BEGIN_MS = Date.UTC(2024, 0, 31, 18, 30);

/** Values that have to fit to others, or that say more than the field's own name would. */
const VALUES: Record<string, unknown> = {
	Offset: 0,
	Limit: 10,
	StartTime: BEGIN_MS / 1000,
	EndTime: BEGIN_MS / 1000 + 7200,
	// Any number but 0 is landscape; the node says 1.
	PaperDirection: 1,
	TimeRange: [BEGIN_MS, BEGIN_MS + 3_600_000],
};

function numberFor({ name, min, max, exclusiveRange = false }: FieldFact): number {
	// Numbers like 3 of `Height` differ from field to field, so that none can pass for another.
	const wanted = (min ?? 1) + Number(exclusiveRange) + name.length;
	return Math.min(wanted, (max ?? Infinity) - Number(exclusiveRange));
}

export function fullValue(field: FieldFact, type = field.type): unknown {
	const item = itemType(type);
	if (item !== undefined) {
		if (field.name in VALUES) return VALUES[field.name];
		if (field.itemsEnum) return field.itemsEnum.slice(-2);
		const entry = fullValue(field, item);
		return typeof entry === 'number' ? [entry, entry + 1] : [entry, entry];
	}
	const structure = findType(type);
	if (structure) return fullValues(structure.fields);
	if (field.enum) return field.enum.at(-1);
	if (type === 'Boolean') return true;
	if (type === 'Integer') {
		return typeof VALUES[field.name] === 'number' ? VALUES[field.name] : numberFor(field);
	}
	if (field.format === 'json-string') return `{"${field.name}":"值 & \\"1\\""}`;
	return field.format || field.pattern || field.name === 'EndTime'
		? validValue(field)
		: `${field.name} é 课`;
}

export function fullValues(fields: readonly FieldFact[]): Record<string, unknown> {
	return Object.fromEntries(fields.map((field) => [field.name, fullValue(field)]));
}

export function fullParams(action: ActionFact): Record<string, unknown> {
	return fullValues(parametersOf(action));
}

const KINDS: Record<string, TaskKind> = {
	DescribeSnapshotTask: 'snapshot',
	DescribeTranscode: 'transcode',
	DescribeTranscodeByUrl: 'transcode',
	DescribePPTCheck: 'pptCheck',
	DescribeOnlineRecord: 'recording',
	DescribeVideoGenerationTask: 'videoGeneration',
	DescribeWhiteboardPush: 'whiteboardPush',
};

/** Puts the task there that the request asks for: one that has ended for a query, or one to act upon. */
export function addTaskFor(
	emulator: Emulator,
	{ name, asyncTask, readOnly }: ActionFact,
	params: Record<string, unknown>,
): void {
	const taskId = (params.TaskId ?? params.TaskID) as string | undefined;
	const byUrl = name === 'DescribeTranscodeByUrl';
	if (!asyncTask || (taskId === undefined && !byUrl)) return;
	emulator.addTask(KINDS[asyncTask.describeAction], {
		sdkAppId: params.SdkAppId as number,
		taskId,
		runSeconds: readOnly ? 0 : 3600,
		createTime: Math.floor(Date.now() / 1000) - 60,
		...(byUrl && { url: params.Url as string }),
		...(name === 'ResumeOnlineRecord' && { paused: true }),
	});
}
