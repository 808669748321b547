/** Requests to a callback URL that the service has not made, from events that it has: each as a line of a table. */
import { signed, signOf } from './envelope.mts';
import type { Params } from './params.mts';

export { signed, signOf } from './envelope.mts';

/** Two genuine, signed events of the same application. */
export interface Loot {
	/** The last of a task that ended well: TranscodeFinished. */
	finished: Params;
	/** An earlier one of a task that still runs: TranscodeProgressChanged. */
	running: Params;
	/** The application's, which a forger need not know: it makes signatures that the service has made at other times. */
	key: string;
	/** Unix seconds. */
	now: number;
}

/** As fetch takes it. */
export interface ForgedRequest {
	method: string;
	headers: Record<string, string>;
	body: Buffer | undefined;
}

/** What gives a forgery away; only a query of the task tells `content` from the truth. */
export type Flaw = 'request' | 'signature' | 'content';

export interface Forgery {
	name: string;
	genuine: boolean;
	flaw: Flaw | null;
	request: (loot: Loot) => ForgedRequest;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const post = (body: string, headers: Record<string, string> = JSON_TYPE): ForgedRequest => ({
	method: 'POST',
	headers,
	// Not the text itself, to which fetch would add a Content-Type.
	body: Buffer.from(body),
});
const postJson = (event: Params) => post(JSON.stringify(event));

const dataOf = (event: Params) => event.EventData as Params;
const withData = (event: Params, changes: Params): Params => ({
	...event,
	EventData: { ...dataOf(event), ...changes },
});
const without = (event: Params, name: string): Params =>
	Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));

/** The text of an event with more of its members' text at the end, where the last of a name counts. */
const withText = (event: Params, members: string) =>
	post(`${JSON.stringify(event).slice(0, -1)},${members}}`);

const LEVELS = 100_000;
const GIANT = 20 * 1024 * 1024;
const ELSEWHERE = 'https://example.com/result/index.html';

type Change = (loot: Loot) => ForgedRequest;

const GENUINE: Record<string, Change> = {
	'as the service sends it': ({ finished }) => postJson(finished),
	'Sign in upper case': ({ finished }) =>
		postJson({ ...finished, Sign: (finished.Sign as string).toUpperCase() }),
	'fields the other way round': ({ finished }) =>
		postJson(Object.fromEntries(Object.entries(finished).reverse())),
	'Content-Type text/plain': ({ finished }) =>
		post(JSON.stringify(finished), { 'Content-Type': 'text/plain' }),
	'no Content-Type': ({ finished }) => post(JSON.stringify(finished), {}),
};

const REQUEST: Record<string, Change> = {
	'empty body': () => post(''),
	'not JSON': ({ finished }) => post(`${JSON.stringify(finished)}}`),
	'JSON cut off': ({ finished }) => post(JSON.stringify(finished).slice(0, -1)),
	'a form': ({ finished }) =>
		post(`Sign=${String(finished.Sign)}&ExpireTime=${String(finished.ExpireTime)}`, {
			'Content-Type': 'application/x-www-form-urlencoded',
		}),
	'JSON null': () => post('null'),
	'JSON number': () => post('1'),
	'JSON text': ({ finished }) => post(JSON.stringify(JSON.stringify(finished))),
	'JSON list': ({ finished }) => post(JSON.stringify([finished])),
	'lists in lists, and nothing else': () => post('['.repeat(LEVELS) + ']'.repeat(LEVELS)),
	'method GET': () => ({ method: 'GET', headers: {}, body: undefined }),
	'method PUT': ({ finished }) => ({ ...postJson(finished), method: 'PUT' }),
	'giant body': ({ finished }) => postJson({ ...finished, More: 'x'.repeat(GIANT) }),
};

const SIGNATURE: Record<string, Change> = {
	'neither Sign nor ExpireTime': ({ finished }) =>
		postJson(without(without(finished, 'Sign'), 'ExpireTime')),
	'no Sign': ({ finished }) => postJson(without(finished, 'Sign')),
	'no ExpireTime': ({ finished }) => postJson(without(finished, 'ExpireTime')),
	'wrong Sign': ({ finished }) => postJson({ ...finished, Sign: '0'.repeat(32) }),
	'empty Sign': ({ finished }) => postJson({ ...finished, Sign: '' }),
	'Sign cut off': ({ finished }) =>
		postJson({ ...finished, Sign: (finished.Sign as string).slice(0, -1) }),
	'Sign with more at its end': ({ finished }) =>
		postJson({ ...finished, Sign: `${String(finished.Sign)}0` }),
	'Sign in letters of two bytes': ({ finished }) => postJson({ ...finished, Sign: 'é'.repeat(32) }),
	'Sign as list': ({ finished }) => postJson({ ...finished, Sign: [finished.Sign] }),
	'Sign as object': ({ finished }) => postJson({ ...finished, Sign: { length: 32 } }),
	'Sign null': ({ finished }) => postJson({ ...finished, Sign: null }),
	'Sign true': ({ finished }) => postJson({ ...finished, Sign: true }),
	expired: ({ finished, key, now }) => postJson(signed(finished, key, now - 3600)),
	'signed with another key': ({ finished, key }) =>
		postJson(signed(finished, `${key}?`, finished.ExpireTime as number)),
	'signed with no key': ({ finished }) =>
		postJson(signed(finished, '', finished.ExpireTime as number)),
	'longer ExpireTime': ({ finished }) =>
		postJson({ ...finished, ExpireTime: (finished.ExpireTime as number) + 1 }),
	'ExpireTime far away': ({ finished }) =>
		postJson({ ...finished, ExpireTime: Number.MAX_SAFE_INTEGER }),
	'ExpireTime beyond numbers': ({ finished }) =>
		withText(without(finished, 'ExpireTime'), '"ExpireTime":1e999'),
	'ExpireTime with a fraction': ({ finished }) =>
		postJson({ ...finished, ExpireTime: (finished.ExpireTime as number) + 0.5 }),
	'ExpireTime negative': ({ finished, key }) => postJson(signed(finished, key, -1)),
	'ExpireTime 0': ({ finished, key }) => postJson(signed(finished, key, 0)),
	'ExpireTime NaN': ({ finished, key }) =>
		postJson({ ...finished, ExpireTime: 'NaN', Sign: signOf(key, 'NaN') }),
	'ExpireTime as words': ({ finished, key }) =>
		postJson({ ...finished, ExpireTime: 'tomorrow', Sign: signOf(key, 'tomorrow') }),
	'ExpireTime empty': ({ finished, key }) =>
		postJson({ ...finished, ExpireTime: '', Sign: signOf(key, '') }),
	'ExpireTime as list': ({ finished }) =>
		postJson({ ...finished, ExpireTime: [finished.ExpireTime] }),
	'ExpireTime as object': ({ finished }) =>
		postJson({ ...finished, ExpireTime: { valueOf: finished.ExpireTime } }),
	'a second Sign': ({ finished }) => withText(finished, `"Sign":"${'0'.repeat(32)}"`),
	'signature in __proto__': ({ finished: { Sign, ExpireTime, ...rest } }) =>
		withText(rest, `"__proto__":${JSON.stringify({ Sign, ExpireTime })}`),
	'signature in constructor.prototype': ({ finished: { Sign, ExpireTime, ...rest } }) =>
		postJson({ ...rest, constructor: { prototype: { Sign, ExpireTime } } }),
	'everything in __proto__': ({ finished }) => post(`{"__proto__":${JSON.stringify(finished)}}`),
};

/** The signature is right, for it covers nothing of all this. */
const CONTENT: Record<string, Change> = {
	'task that still runs': ({ finished, running }) =>
		postJson(withData(finished, { TaskId: dataOf(running).TaskId })),
	'task that nobody knows': ({ finished }) =>
		postJson(withData(finished, { TaskId: 'no-such-task' })),
	'progress made the end': ({ finished, running }) =>
		postJson({ ...running, EventType: finished.EventType }),
	'result somewhere else': ({ finished }) => postJson(withData(finished, { ResultUrl: ELSEWHERE })),
	'error added': ({ finished }) =>
		postJson(
			withData(finished, { Error: { Code: 'FailedOperation.Transcode', Message: 'It failed.' } }),
		),
	'another application': ({ finished }) =>
		postJson({ ...finished, SdkAppId: (finished.SdkAppId as number) + 1 }),
	'application as text': ({ finished, running }) =>
		postJson({
			...withData(finished, { TaskId: dataOf(running).TaskId }),
			SdkAppId: String(finished.SdkAppId),
		}),
	'no EventData': ({ finished }) => postJson(without(finished, 'EventData')),
	'EventData as text': ({ finished }) =>
		postJson({ ...finished, EventData: JSON.stringify(finished.EventData) }),
	'EventData as list': ({ finished }) => postJson({ ...finished, EventData: [finished.EventData] }),
	'EventData null': ({ finished }) => postJson({ ...finished, EventData: null }),
	'TaskId as object': ({ finished }) => postJson(withData(finished, { TaskId: { $ne: '' } })),
	'TaskId as a list': ({ finished }) =>
		postJson(withData(finished, { TaskId: [dataOf(finished).TaskId] })),
	'TaskId with a path': ({ finished }) =>
		postJson(withData(finished, { TaskId: `../${String(dataOf(finished).TaskId)}` })),
	'a second EventData': ({ finished, running }) =>
		withText(finished, `"EventData":${JSON.stringify(running.EventData)}`),
	'TaskId in __proto__': ({ finished }) =>
		withText(
			without(finished, 'EventData'),
			`"EventData":{"__proto__":${JSON.stringify(finished.EventData)}}`,
		),
	'objects in objects in EventData': ({ finished, running }) =>
		withText(
			finished,
			`"EventData":{"TaskId":${JSON.stringify(dataOf(running).TaskId)},"Deep":${'{"a":'.repeat(LEVELS)}0${'}'.repeat(LEVELS)}}`,
		),
};

const entriesOf = (changes: Record<string, Change>, flaw: Flaw | null): Forgery[] =>
	Object.entries(changes).map(([name, request]) => ({
		name,
		genuine: flaw === null,
		flaw,
		request,
	}));

export const FORGERIES: readonly Forgery[] = [
	...entriesOf(GENUINE, null),
	...entriesOf(REQUEST, 'request'),
	...entriesOf(SIGNATURE, 'signature'),
	...entriesOf(CONTENT, 'content'),
];
