/** Every kind of task: how one is put there by hand, and what files it leaves. */
import { splitTaskPath } from './files.mts';
import type { StoredFile } from './files.mts';
import { addPptCheckTask, pptCheckFile } from './ppt-check.mts';
import type { PptCheckTask } from './ppt-check.mts';
import { addRecordingTask, recordingFile } from './recording.mts';
import type { RecordingTask } from './recording.mts';
import { addSnapshotTask, snapshotFile } from './snapshot.mts';
import type { SnapshotTask } from './snapshot.mts';
import type { Task, TaskKind } from './state.mts';
import { addTranscodeTask, transcodeFile } from './transcode.mts';
import type { TranscodeTask } from './transcode.mts';
import { addVideoGenerationTask, videoGenerationFile } from './video-generation.mts';
import type { VideoGenerationTask } from './video-generation.mts';
import { addWhiteboardPushTask } from './whiteboard-push.mts';
import type { WhiteboardPushTask } from './whiteboard-push.mts';
import type { Call, World } from './world.mts';

export interface NewTasks {
	snapshot: SnapshotTask;
	transcode: TranscodeTask;
	pptCheck: PptCheckTask;
	recording: RecordingTask;
	videoGeneration: VideoGenerationTask;
	whiteboardPush: WhiteboardPushTask;
}

type Adders = { [Kind in TaskKind]: (call: Omit<Call, 'params'>, given: NewTasks[Kind]) => string };

const ADDERS: Adders = {
	snapshot: ({ world, now }, given) => addSnapshotTask(world, now, given),
	transcode: addTranscodeTask,
	pptCheck: addPptCheckTask,
	recording: addRecordingTask,
	videoGeneration: addVideoGenerationTask,
	whiteboardPush: addWhiteboardPushTask,
};

/** Returns the task's ID. */
export function addTask<Kind extends TaskKind>(
	world: World,
	now: number,
	kind: Kind,
	given: NewTasks[Kind],
): string {
	return ADDERS[kind]({ world, now }, given);
}

type Finders = {
	[Kind in TaskKind]: (task: Task<Kind>, name: string, now: number) => StoredFile | undefined;
};

const FINDERS: Finders = {
	snapshot: snapshotFile,
	transcode: transcodeFile,
	pptCheck: pptCheckFile,
	recording: recordingFile,
	videoGeneration: videoGenerationFile,
	whiteboardPush: () => undefined,
};

function fileOf<Kind extends TaskKind>(task: Task<Kind>, name: string, now: number) {
	return FINDERS[task.kind](task, name, now);
}

/** The result file at a path, if its task has come so far. */
export function resultFile(path: string, world: World, now: number): StoredFile | undefined {
	const parts = splitTaskPath(path);
	const task = parts && world.tasks.findAny(parts.sdkAppId, parts.taskId);
	return task && fileOf(task, parts.name, now);
}
