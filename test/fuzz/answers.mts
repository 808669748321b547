/** Arbitrary answers of the API: what they hold, and what becomes of it on the wire. */
import fc from 'fast-check';

import { ACTIONS, findAction, findType, itemType } from '../../emulator/facts.mts';
import type { ActionFact, FieldFact } from '../../emulator/facts.mts';
import { isWhole } from './hostile.mts';
import type { Received, Reply, Wire } from './hostile.mts';
import { inForm, json, large, text, withLarge } from './json.mts';
import type { Form, Json } from './json.mts';

function valueOf({ type, name }: FieldFact, depth: number): Json {
	const inner = itemType(type);
	if (inner) return depth > 4 ? [] : [1, 2].map(() => valueOf({ name, type: inner }, depth));
	const structure = findType(type);
	if (structure) return depth > 4 ? null : objectOf(structure.fields, depth + 1);
	if (type === 'Boolean') return true;
	return type === 'Integer' || type === 'Float' ? 2 : name;
}

const objectOf = (fields: FieldFact[], depth = 0): { [key: string]: Json } =>
	Object.fromEntries(fields.map((field) => [field.name, valueOf(field, depth)]));

/** An answer as the API documents it, of a task that has succeeded where it is about a task. */
export function documentedAnswer(action: string): { [key: string]: Json } {
	const fact = findAction(action)?.action as ActionFact | undefined;
	if (!fact) return { RequestId: 'a-request' };
	const answer = objectOf(fact.response);
	const { asyncTask } = fact;
	if (asyncTask && fact.name === asyncTask.describeAction) {
		answer[asyncTask.statusField] = asyncTask.finished[0];
	}
	if ('FinishReason' in answer) answer.FinishReason = 'USER_API';
	for (const name of ['ErrorCode', 'ErrorMsg', 'ErrorMessage'])
		if (name in answer) answer[name] = '';
	if (action === 'DescribeSnapshotTask')
		(answer.Result as { [key: string]: Json }).ErrorCode = 'OK';
	for (const name of ['Total', 'TotalCount']) if (name in answer) answer[name] = 2;
	return answer;
}

/** Every place in an answer, as the keys that lead to it. */
function placesIn(value: Json, path: string[] = []): string[][] {
	if (value === null || typeof value !== 'object') return [path];
	const children = Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]));
	return path.length > 0 ? [path, ...children] : children;
}

function replaceAt(value: Json, [key, ...rest]: string[], by: Json): Json {
	if (key === undefined) return by;
	const entries = Object.entries(value as object).map(([name, child]: [string, Json]) => [
		name,
		name === key ? replaceAt(child, rest, by) : child,
	]);
	const changed = Object.fromEntries(entries) as Json;
	return Array.isArray(value) ? Object.values(changed as object) : changed;
}

const places = new Map(ACTIONS.map(({ name }) => [name, placesIn(documentedAnswer(name))]));

/** What an answer holds. */
export type Content =
	| { kind: 'documented'; changes: Array<{ place: number; by: Json }> }
	| { kind: 'response'; value: Json }
	| { kind: 'error'; code: Json; message: Json; requestId: Json }
	| { kind: 'json'; value: Json }
	| { kind: 'text'; text: string }
	| { kind: 'bytes'; bytes: Uint8Array };

export interface Answer {
	content: Content;
	wire: Wire;
}

/** The answer's JSON as a value, where it is JSON; large values are still signs. */
export function valueOfContent(content: Content, action: string): Json | undefined {
	switch (content.kind) {
		case 'documented': {
			const known = places.get(action) ?? [['RequestId']];
			let answer: Json = documentedAnswer(action);
			for (const { place, by } of content.changes) {
				const path = known[place % known.length];
				// An earlier change may have taken the place away.
				try {
					answer = replaceAt(answer, path, by);
				} catch {}
			}
			return { Response: answer };
		}
		case 'response':
			return { Response: content.value };
		case 'error': {
			const { code, message, requestId } = content;
			return { Response: { Error: { Code: code, Message: message }, RequestId: requestId } };
		}
		case 'json':
			return content.value;
		default:
			return undefined;
	}
}

const ECHO = /%ECHO (\S+) (\S+)%/g;

const echoOf = ({ headers }: Received, header: string, form: string) =>
	inForm[form as Form](String(headers[header] ?? ''));

/** The answer to a request, as it is sent. */
export function replyOf({ content, wire }: Answer, request: Received): Reply {
	if (content.kind === 'bytes') return { ...wire, body: Buffer.from(content.bytes) };
	if (content.kind === 'text') {
		const body = content.text.replace(ECHO, (_, header, form) => echoOf(request, header, form));
		return { ...wire, body };
	}
	const value = valueOfContent(content, request.action);
	const body = withLarge(
		JSON.stringify(value).replace(ECHO, (_, header, form) =>
			JSON.stringify(echoOf(request, header, form)).slice(1, -1),
		),
	);
	return { ...wire, body };
}

/** Codes of each class, and some that are none. */
const CODES = [
	'InternalError',
	'InvalidParameter',
	'InvalidParameterValue.Something',
	'AuthFailure.SignatureFailure',
	'AuthFailure.SignatureExpire',
	'AuthFailure.TokenFailure',
	'AuthFailure.UnauthorizedOperation',
	'ResourceNotFound',
	'FailedOperation.Record',
	'FailedOperation.Transcode',
	'FailedOperation.TaskNameExists',
	'ResourceInUse',
	'ActionOffline',
	'InvalidAction',
	'UnsupportedRegion',
	'OK',
	'0',
];

const PAGES = [
	'',
	' ',
	'null',
	'\ufeff{"Response":{"RequestId":"a"}}',
	'{"Response":{"Status":',
	'<html><head><title>Please log in</title></head></html>',
	'<html>You sent Authorization: %ECHO authorization plain%, %ECHO x-tc-token plain%</html>',
	'{"Response":{"a":1}}{"Response":{}}',
	"{'Response': {}}",
	'Response=1&RequestId=2',
	'[{"Response":{}}]',
	'NaN',
	'"text"',
	'data: {"Response":{}}\n\n',
];

export const content = (): fc.Arbitrary<Content> => {
	const value = () =>
		fc.oneof({ weight: 40, arbitrary: json() }, { weight: 1, arbitrary: large() });
	return fc.oneof(
		{
			weight: 10,
			arbitrary: fc.record({
				kind: fc.constant('documented' as const),
				changes: fc.array(fc.record({ place: fc.nat(200), by: value() }), { maxLength: 4 }),
			}),
		},
		{
			weight: 3,
			arbitrary: value().map((one) => ({ kind: 'response' as const, value: one })),
		},
		{
			weight: 5,
			arbitrary: fc.record({
				kind: fc.constant('error' as const),
				code: fc.oneof(
					{ weight: 6, arbitrary: fc.constantFrom<Json>(...CODES) },
					{ weight: 2, arbitrary: json() },
				),
				message: value(),
				requestId: fc.oneof(fc.constant<Json>('a-request'), json()),
			}),
		},
		{ weight: 2, arbitrary: value().map((one) => ({ kind: 'json' as const, value: one })) },
		{
			weight: 2,
			arbitrary: fc
				.oneof(fc.constantFrom(...PAGES), text())
				.map((one) => ({ kind: 'text' as const, text: one })),
		},
		{
			weight: 1,
			arbitrary: fc
				.uint8Array({ maxLength: 40 })
				.map((bytes) => ({ kind: 'bytes' as const, bytes })),
		},
	);
};

const HEADERS: Array<[string, string]> = [
	['Content-Type', 'text/html; charset=gb2312'],
	['Content-Type', 'application/json; charset=utf-16'],
	['Content-Type', 'application/json; charset=no-such'],
	['Content-Type', ''],
	['Content-Type', '/;;=,'],
	['Date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
	['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
	['Date', 'yesterday'],
	['Date', '9'.repeat(300)],
	['Retry-After', '99999999'],
	['Set-Cookie', 'a=b; Path=/'],
	['Location', 'http://169.254.169.254/latest/meta-data/'],
	['Content-Encoding', 'gzip, br'],
	['Content-Encoding', 'compress'],
	['Content-Encoding', 'none'],
	['Transfer-Encoding', 'gzip'],
	['Content-Length', '-5'],
	['X-Odd', '\u00ff\u0080'],
	['X-Long', 'x'.repeat(20_000)],
	['__proto__', 'a'],
	['constructor', 'b'],
	['X Y', 'no name'],
	['Connection', 'Upgrade'],
];

const seldom = <T,>(arbitrary: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What becomes of an answer on its way. */
export const wire = (): fc.Arbitrary<Wire> =>
	fc
		.record({
			status: seldom(
				fc.oneof(
					fc.constantFrom(204, 206, 301, 302, 307, 400, 401, 403, 404, 429, 500, 502),
					fc.integer({ min: 100, max: 999 }),
				),
			),
			headers: seldom(fc.array(fc.constantFrom(...HEADERS), { minLength: 1, maxLength: 2 })),
			encoding: seldom(fc.constantFrom('gzip' as const, 'br' as const, 'deflate' as const)),
			encoded: seldom(fc.constantFrom('plain' as const, 'cut' as const)),
			framing: seldom(
				fc.constantFrom('chunked' as const, 'close' as const, 'long' as const, 'short' as const),
			),
			cut: seldom(
				fc.record({
					at: fc.double({ min: 0, max: 1, noNaN: true }),
					by: fc.constantFrom('fin' as const, 'rst' as const),
				}),
			),
			delay: seldom(fc.integer({ min: 0, max: 20 })),
		})
		.map((all) =>
			Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
		);

export const answer = (): fc.Arbitrary<Answer> =>
	fc.record({
		content: content(),
		wire: fc.oneof(
			{ weight: 3, arbitrary: fc.constant<Wire>({}) },
			{ weight: 2, arbitrary: wire() },
		),
	});

/** Whether the client gets the answer as it is meant, in a form that JSON has to have. */
export const arrives = ({ wire: { headers = [], status = 200, ...rest } }: Answer) =>
	isWhole(rest) && headers.length === 0 && status === 200;
