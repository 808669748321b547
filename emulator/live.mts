/**
 * Tasks that take part in a room: recordings and pushes. They go on until somebody stops them, or by
 * themselves when their time is up. `endsAt` of the task is when that will be as things stand.
 */
import { ApiError } from './api-error.mts';
import type { Params } from './params.mts';
import { hasEnded } from './state.mts';
import type { Task } from './state.mts';
import type { Call, Fate, NewTask } from './world.mts';

export interface LiveTask extends NewTask {
	/** Default 12345. */
	roomId?: number;
	/** The room's number where left out. */
	groupId?: string;
	/** The user that enters the room; made of the room's number where left out. */
	userId?: string;
	/** Why it ends unless somebody stops it; AUTO where left out. */
	finishReason?: 'AUTO' | 'EXCEPTION' | 'FORCE_STOP';
}

export interface LiveData extends Fate {
	roomId: number;
	groupId: string;
	userId: string;
	finishReason: string;
}

export function liveDataOf(given: LiveTask, userPrefix: string): Omit<LiveData, keyof Fate> {
	const { roomId = 12345, finishReason = 'AUTO' } = given;
	return {
		roomId,
		groupId: given.groupId ?? String(roomId),
		userId: given.userId ?? `${userPrefix}_${roomId}_1`,
		finishReason,
	};
}

type Live = Task<'recording' | 'whiteboardPush'>;

/** A user can be in use only once at a time. */
export function checkUser({ world, now }: Call, sdkAppId: number, userId: string): void {
	const inUse = [...world.tasks.ofKind('recording'), ...world.tasks.ofKind('whiteboardPush')].some(
		(task) => !hasEnded(task, now) && task.sdkAppId === sdkAppId && task.data.userId === userId,
	);
	if (inUse) {
		throw new ApiError('ResourceInUse.RecordUserId', `The user ${userId} is in use by a task.`);
	}
}

export function checkGoesOn(task: Live, now: number): void {
	if (hasEnded(task, now)) {
		throw new ApiError(
			'UnsupportedOperation.TaskHasAlreadyStopped',
			`The task ${task.id} has ended already.`,
		);
	}
}

export function stop(task: Live, now: number): void {
	checkGoesOn(task, now);
	task.endsAt = now;
	task.data.finishReason = 'USER_CALL';
}

/** The idle time after which a new task ends by itself: nothing ever happens in the emulator's rooms. */
export function liveSecondsOf({ params, world }: Call, defaultSeconds: number): number {
	return world.liveSeconds ?? ((params.AutoStopTimeout ?? defaultSeconds) as number);
}

export function liveParams(params: Params): LiveTask {
	return {
		sdkAppId: params.SdkAppId as number,
		roomId: params.RoomId as number,
		groupId: params.GroupId as string | undefined,
	};
}
