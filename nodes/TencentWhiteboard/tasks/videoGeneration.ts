import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../text';
import { isLink, videoFiles } from './links';
import { statusTask } from './statusTask';

/** VideoInfoList has the videos; VideoInfos, a single one, is from before and says so in place of its link. */
function filesOf({ VideoInfoList, VideoInfos }: IDataObject) {
	const files = videoFiles(VideoInfoList, 'VideoInfoList');
	if (files.length > 0) return files;
	return videoFiles(isObject(VideoInfos) ? [VideoInfos] : VideoInfos, 'VideoInfos');
}

/** Whether there is a link in it, whatever its shape. */
const holdsVideos = (videos: unknown) =>
	[videos].flat().some((video) => isObject(video) && isLink(video.VideoUrl));

/** FINISHED stands for success and failure alike, without an error code: videos tell the one from the other. */
export const videoGenerationTask = statusTask({
	label: 'video generation task',
	describe: 'DescribeVideoGenerationTask',
	ended: ['FINISHED'],
	failureReason: ({ VideoInfoList, VideoInfos }) =>
		holdsVideos(VideoInfoList) || holdsVideos(VideoInfos)
			? undefined
			: { code: '', message: 'the answer holds no videos' },
	terminalErrorCodes: ['FailedOperation.Record'],
	timeout: 4 * 3600,
	waitHint:
		'Tencent Cloud begins to make the videos when everyone has left the room, so this can take as long as the lesson',
	files: { list: filesOf },
});
