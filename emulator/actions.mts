/** The actions that do something. Each gets checked parameters and returns its answer's fields. */
import { applicationHandlers } from './applications.mts';
import type { Params } from './params.mts';
import { pptCheckHandlers } from './ppt-check.mts';
import { recordingHandlers } from './recording.mts';
import { runningHandlers } from './running.mts';
import { settingHandlers } from './settings.mts';
import { snapshotHandlers } from './snapshot.mts';
import { statisticsHandlers } from './statistics.mts';
import { transcodeHandlers } from './transcode.mts';
import { videoGenerationHandlers } from './video-generation.mts';
import { whiteboardPushHandlers } from './whiteboard-push.mts';
import type { Handler } from './world.mts';

function getCallerIdentity(): Params {
	const account = '100000000001';
	return {
		Arn: `qcs::cam::uin/${account}:uin/${account}`,
		AccountId: account,
		UserId: account,
		PrincipalId: account,
		Type: 'CAMUser',
	};
}

export const HANDLERS: Readonly<Record<string, Handler>> = {
	...snapshotHandlers,
	...transcodeHandlers,
	...pptCheckHandlers,
	...recordingHandlers,
	...videoGenerationHandlers,
	...whiteboardPushHandlers,
	...runningHandlers,
	...settingHandlers,
	...applicationHandlers,
	...statisticsHandlers,
	GetCallerIdentity: getCallerIdentity,
};
