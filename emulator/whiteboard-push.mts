/** Whiteboards streamed into a room as video, perhaps twice for safety. */
import { randomUUID } from 'node:crypto';

import { findAction } from './facts.mts';
import { checkGoesOn, checkUser, liveDataOf, liveParams, liveSecondsOf, stop } from './live.mts';
import type { LiveData, LiveTask } from './live.mts';
import type { Params } from './params.mts';
import { hasEnded } from './state.mts';
import type { Task } from './state.mts';
import { unixSeconds } from './times.mts';
import {
	addTaskOf,
	askedTask,
	checkConcurrency,
	errorNumber,
	failWith,
	fateOf,
	queriedAt,
	queryAnswer,
	searchAnswer,
} from './world.mts';
import type { Call, Handler } from './world.mts';

export interface WhiteboardPushTask extends LiveTask {
	/** A second stream with this user. */
	backupUserId?: string;
	/** Stopping the one stops the other. */
	autoManageBackup?: boolean;
}

export interface WhiteboardPushData extends LiveData {
	/** Null: there is none. */
	backupTaskId: string | null;
	autoManageBackup: boolean;
}

type Push = Task<'whiteboardPush'>;

const IDLE_SECONDS = findAction('StartWhiteboardPush')?.action.params.find(
	({ name }) => name === 'AutoStopTimeout',
)?.default as number;
export function addWhiteboardPushTask(
	call: Omit<Call, 'params'>,
	given: WhiteboardPushTask,
): string {
	const { backupUserId, autoManageBackup = false } = given;
	const data = { ...fateOf(given), ...liveDataOf(given, 'tic_push_user'), autoManageBackup };
	const task = addTaskOf('whiteboardPush', call, given, { ...data, backupTaskId: null });
	if (backupUserId !== undefined) {
		const backup = { ...given, taskId: undefined, userId: backupUserId, backupUserId: undefined };
		task.data.backupTaskId = addWhiteboardPushTask(call, backup);
	}
	return task.id;
}

const backupOf = ({ world }: Pick<Call, 'world'>, { sdkAppId, data }: Push) =>
	data.backupTaskId === null
		? undefined
		: world.tasks.find('whiteboardPush', sdkAppId, data.backupTaskId);

/** What a command did to the second stream, as text; empty where there is none. */
const backupText = (backup: object | undefined) =>
	backup ? JSON.stringify({ RequestId: randomUUID(), ...backup }) : '';

function start(call: Call): Params {
	const { params, world } = call;
	const task = liveParams(params);
	const userId = params.PushUserId as string;
	const backupUserId = (params.Backup as { PushUserId: string } | null | undefined)?.PushUserId;
	for (const user of [userId, backupUserId]) {
		if (user !== undefined) checkUser(call, task.sdkAppId, user);
	}
	checkConcurrency('whiteboardPush', call, task.sdkAppId);
	const TaskId = addWhiteboardPushTask(call, {
		...task,
		userId,
		backupUserId,
		autoManageBackup: params.AutoManageBackup === true,
		runSeconds: liveSecondsOf(call, IDLE_SECONDS),
	});
	const created = world.tasks.find('whiteboardPush', task.sdkAppId, TaskId);
	const backup = created && backupOf(call, created);
	return { TaskId, Backup: backupText(backup && { TaskId: backup.id }) };
}

function end(call: Call): Params {
	const task = askedTask('whiteboardPush', call);
	checkGoesOn(task, call.now);
	const backup = task.data.autoManageBackup ? backupOf(call, task) : undefined;
	if (backup && !hasEnded(backup, call.now)) stop(backup, call.now);
	stop(task, call.now);
	return { Backup: backupText(backup && {}) };
}

export function pushStatus(task: Push, now: number): string {
	if (hasEnded(task, now)) return 'STOPPED';
	return now < task.startsAt ? 'PREPARED' : 'PUSHING';
}

function result(task: Push, now: number): Params {
	const { data, startsAt } = task;
	const ended = hasEnded(task, now);
	const started = startsAt <= (task.endsAt ?? Infinity) && now >= startsAt;
	return {
		FinishReason: ended ? data.finishReason : '',
		RoomId: data.roomId,
		GroupId: data.groupId,
		PushStartTime: started ? unixSeconds(startsAt) : 0,
		PushStopTime: ended ? unixSeconds(task.endsAt as number) : 0,
		ExceptionCnt: data.finishReason === 'EXCEPTION' && ended ? 1 : 0,
		IMSyncTime: started ? unixSeconds(startsAt) : 0,
	};
}

function answerOf(task: Push, now: number): Params {
	return {
		TaskId: task.id,
		Status: pushStatus(task, now),
		...result(task, now),
		PushUserId: task.data.userId,
	};
}

export const pushAnswer = (task: Push, now: number) => queryAnswer(task, now, answerOf(task, now));

function describe(call: Call): Params {
	const task = askedTask('whiteboardPush', call);
	const now = queriedAt(call);
	const { failure } = task.data;
	if (hasEnded(task, now) && failure) failWith(failure);
	const backup = backupOf(call, task);
	return queryAnswer(task, now, {
		...answerOf(task, now),
		Backup: backupText(backup && answerOf(backup, now)),
	});
}

function search(call: Call): Params {
	const { params, now } = call;
	return searchAnswer(
		'whiteboardPush',
		call,
		'WhiteboardPushTaskSet',
		({ data }) => (params.RoomId ?? data.roomId) === data.roomId,
		(task) => ({
			Status: pushStatus(task, now),
			RoomId: task.data.roomId,
			Result: {
				...result(task, now),
				...errorNumber(hasEnded(task, now) ? task.data.failure : null),
			},
			PushUserId: task.data.userId,
		}),
	);
}

export const whiteboardPushHandlers: Record<string, Handler> = {
	StartWhiteboardPush: start,
	StopWhiteboardPush: end,
	DescribeWhiteboardPush: describe,
	DescribeWhiteboardPushSearch: search,
};
