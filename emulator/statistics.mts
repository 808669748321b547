/** Figures, rooms and logs: a few invented ones, the same for the same question. */
import { createHash } from 'node:crypto';

import type { Params } from './params.mts';
import { pageOf } from './world.mts';
import type { Call, Handler } from './world.mts';

const HOUR = 3600;
const DAY_MS = 24 * HOUR * 1000;
/** No series is longer than the longest period that one may ask for: seven days by the hour. */
const MAX_POINTS = 7 * 24;
const ROOMS = [12345, 12346];
const USERS = ['student_1', 'student_2', 'teacher'];
const LOG_LINES = 3;

/** A number from 0 to 99.5, in halves. */
function figure(...seed: unknown[]): number {
	const [high, low] = createHash('sha256').update(seed.join('/')).digest();
	return ((high * 256 + low) % 200) / 2;
}

/** The points from one number to another, both included, a step apart. */
function series(from: number, to: number, step: number): number[] {
	const count = Math.min(MAX_POINTS, Math.max(0, Math.floor((to - from) / step) + 1));
	return Array.from({ length: count }, (_, index) => from + index * step);
}

const millis = (text: string) => Date.parse(`${text.replace(' ', 'T').padEnd(19, 'T00:00:00')}Z`);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const days = ({ StartTime, EndTime }: Params) =>
	series(millis(StartTime as string), millis(EndTime as string), DAY_MS).map(dayOf);

function qualityMetrics({ params }: Call): Params {
	const { Metric, StartTime, EndTime } = params;
	const points = series(StartTime as number, EndTime as number, HOUR);
	return { Metric, Content: points.map((Time) => ({ Time, Value: figure(Metric, Time) })) };
}

function dailyUsage({ params }: Call): Params {
	const { SdkAppId, SubProduct } = params;
	const Usages = days(params).map((Time) => ({
		Time,
		SdkAppId,
		SubProduct,
		Value: figure(SdkAppId, SubProduct, Time),
	}));
	return { Usages };
}

const ROOM_PAGE = 20;

function roomDailyUsage({ params }: Call): Params {
	const { SdkAppId, SubProduct } = params;
	const rooms = (params.RoomIDs as number[] | null | undefined) ?? ROOMS;
	const all = days(params).flatMap((Time) =>
		rooms.map((RoomID) => ({
			Time,
			SdkAppId,
			SubProduct,
			Value: figure(SdkAppId, SubProduct, Time, RoomID),
			RoomID,
		})),
	);
	return { Usages: pageOf(all, params, ROOM_PAGE), Total: all.length };
}

/** The points of a chart; its end is no part of it. */
function times({ BeginTime, EndTime, TimeLevel }: Params): string[] {
	const from = millis(BeginTime as string);
	const to = millis(EndTime as string) - 1;
	if (TimeLevel === 'DAILY') return series(from, to, DAY_MS).map(dayOf);
	if (TimeLevel === 'MONTHLY') {
		return [...new Set(series(from, to, DAY_MS).map((ms) => dayOf(ms).slice(0, 7)))];
	}
	return series(from, to, 60_000).map((ms) =>
		new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
	);
}

function applicationUsage({ params }: Call): Params {
	const { SubProduct, SdkAppId = 0, IsWeighted } = params;
	const Weight = IsWeighted === true ? 1.5 : 1;
	const Data = times(params).map((Time) => {
		const Value = figure(SubProduct, SdkAppId, Time);
		return {
			Time,
			Value: Math.round(Value * Weight),
			Details: [{ TagName: SubProduct, Weight, Value }],
		};
	});
	return { Data };
}

const spanOf = ({ TimeRange }: Params) => {
	const [StartTime, EndTime] = TimeRange as number[];
	return { StartTime, EndTime };
};

const upTo = <Entry,>(entries: Entry[], { MaxSize }: Params) =>
	entries.slice(0, Math.max(0, Number(MaxSize ?? 1000)));

function roomList({ params }: Call): Params {
	const rooms = ROOMS.map((room) => ({
		RoomId: String(room),
		...spanOf(params),
		UserNumber: USERS.length,
	}));
	return { RoomList: upTo(rooms, params) };
}

function userList({ params }: Call): Params {
	const users = USERS.map((UserId) => ({ UserId, ...spanOf(params) }));
	return { UserList: upTo(users, params) };
}

/** Three lines, on one page: the key to go on with leads to an end. */
function sdkLog({ params }: Call): Params {
	const { RoomId, UserId, Ascending, Context } = params;
	const { StartTime } = spanOf(params);
	const lines = Array.from({ length: LOG_LINES }, (_, index) =>
		JSON.stringify({
			time: StartTime + index * 1000,
			RoomId,
			UserId,
			message: `line ${index + 1}`,
		}),
	);
	if (Ascending !== true) lines.reverse();
	return {
		Total: LOG_LINES,
		Sources: Context ? [] : lines,
		Buckets: [JSON.stringify({ time: StartTime, count: LOG_LINES })],
		Context: Context ? '' : 'end',
	};
}

export const statisticsHandlers: Record<string, Handler> = {
	DescribeQualityMetrics: qualityMetrics,
	DescribeTIWDailyUsage: dailyUsage,
	DescribeTIWRoomDailyUsage: roomDailyUsage,
	DescribeApplicationUsage: applicationUsage,
	DescribeRoomList: roomList,
	DescribeUserList: userList,
	DescribeBoardSDKLog: sdkLog,
};
