/** What the trigger makes of what is sent to its URL: it believes nothing that the API does not say as well. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { Repeats } from '../../nodes/TencentWhiteboard/webhook/repeats.ts';
import { receive } from '../../nodes/TencentWhiteboard/webhook/receive.ts';
import { signatureOf } from '../../nodes/TencentWhiteboard/webhook/verify.ts';
import { call } from '../../nodes/TencentWhiteboard/transport/call.ts';
import {
	VERSION,
	connect,
	credentialOf,
} from '../../nodes/TencentWhiteboard/transport/connection.ts';
import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';
import { APP, SECRET_KEY, Service, webhooks } from './trigger-service.mts';
import type { Answer, Log } from './trigger-service.mts';

const KEY = 'a'.repeat(64);
/** Polls at once, as it does in earnest after some seconds. */
const FAST = { answerWithin: 200, pauses: [0, 2, 3], timeout: 2000, requestTimeout: 1000 };
const OK = { error_code: 0 };

let service: Service;
let logs: Log[];
let task = 0;
beforeEach(() => {
	service = new Service();
	logs = [];
});

const now = () => Math.floor(Date.now() / 1000);
function signed(part: IDataObject, key = KEY): IDataObject {
	const ExpireTime = now() + 600;
	const Sign = signatureOf(key, String(ExpireTime));
	return { Timestamp: now(), SdkAppId: APP, ExpireTime, Sign, ...part };
}
const event = (EventType: string, EventData: IDataObject) => signed({ EventType, EventData });

const newId = () => `rec-${(task += 1)}`;
const finished = (TaskId: string, part: IDataObject = {}) =>
	event('OnlineRecordFinished', { TaskId, RoomId: 7, FinishReason: 'AUTO', ...part });
const ended = (TaskId: string, part: IDataObject = {}) => ({
	TaskId,
	Status: 'FINISHED',
	FinishReason: 'AUTO',
	RoomId: 7,
	...part,
});
const fault = (Code: string, Message = 'no') => ({ Error: { Code, Message } });
const describes = (answer: Answer, action = 'DescribeOnlineRecord') => {
	service.answers[action] = answer;
};

interface Given {
	parameters?: INodeParameters;
	options?: INodeParameters;
	staticData?: IDataObject;
	timing?: Partial<typeof FAST>;
	credential?: IDataObject | Error;
	parsed?: unknown;
}

/** What comes out: the item, the answer to the caller and whether the workflow starts. */
async function send(body: unknown, given: Given = {}) {
	const { parameters, options = {}, staticData = { key: KEY }, timing, credential, parsed } = given;
	const before = JSON.stringify(staticData);
	const { context, reply } = webhooks(service, body, {
		parameters: { ...parameters, options },
		staticData,
		logs,
		credential,
		parsed,
	});
	const result = await receive(context, system, { ...FAST, ...timing });
	expect(JSON.stringify(staticData)).toBe(before);
	// Exactly one answer.
	expect(result.noWebhookResponse === true).toBe(reply.status !== undefined);
	expect(result.webhookResponse !== undefined).toBe(reply.status === undefined);
	const [[item] = []] = result.workflowData ?? [];
	return {
		json: item?.json,
		status: reply.status ?? 200,
		body: reply.body ?? result.webhookResponse,
		reply,
	};
}

/** Refused with this reason: no execution, a line in the log, and no secret in either. */
async function expectRefused(body: unknown, reason: string, given: Given = {}) {
	const sent = await send(body, given);
	expect(sent.json).toBeUndefined();
	expect(sent.status).toBe(401);
	expect(sent.body).toEqual({ error_code: 401, error_message: 'The callback was refused' });
	expect(logs.at(-1)).toEqual({ level: 'warn', message: expect.stringContaining(reason) });
	const shown = JSON.stringify([logs, sent.body]);
	for (const secret of [KEY, SECRET_KEY]) expect(shown).not.toContain(secret);
	return sent;
}

describe('a request', () => {
	test.each([
		['', 'not a JSON object'],
		['no JSON', 'not a JSON object'],
		['[]', 'not a JSON object'],
		['null', 'not a JSON object'],
		['"text"', 'not a JSON object'],
		['{}', 'not signed'],
		[Buffer.from([0xff, 0x00]), 'not a JSON object'],
	])('%j is refused', async (body, reason) => {
		await expectRefused(body, reason);
		expect(service.calls).toEqual([]);
	});

	test('that is too large or too deep is refused, without an end of the stack', async () => {
		const EventData = { text: 'x'.repeat(1_000_000) };
		await expectRefused(signed({ EventType: 'A', EventData }), 'too large');
		await expectRefused('', 'too large', { parsed: signed({ EventType: 'A', EventData }) });
		for (const [open, close] of ['[]', ['{"a":', '}']]) {
			for (const depth of [101, 150_000]) {
				const inner = `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`;
				const body = JSON.stringify(signed({ EventData: 0 })).replace(
					'"EventData":0',
					() => `"EventData":${inner}`,
				);
				await expectRefused(body, 'nested too deeply');
			}
			const inner = `${open.repeat(98)}${open === '[' ? '' : '1'}${close.repeat(98)}`;
			const body = JSON.stringify(signed({ EventData: 0 })).replace(
				'"EventData":0',
				() => `"EventData":${inner}`,
			);
			expect((await send(body)).status).toBe(200);
		}
	});

	test('is read whatever its content type, with a byte order mark too, and parsed ones', async () => {
		const body = event('OnlineRecordStarted', { TaskId: 't' });
		expect((await send(`\ufeff${JSON.stringify(body)}`)).json).toMatchObject({ verified: false });
		expect((await send('', { parsed: body })).json).toMatchObject({ verified: false });
		await expectRefused('', 'not a JSON object', { parsed: 'text' });
	});

	test('that would give an object another prototype where it is copied is refused', async () => {
		const id = newId();
		describes(ended(id));
		const data = JSON.stringify(finished(id));
		const inner = '"__proto__":{"Error":{"Code":"False","Message":"false"}}';
		for (const body of [
			data.replace('"EventData":{', (found) => `${found}${inner},`),
			data.replace(
				'"RoomId"',
				(found) => `"More":[{${inner.replace('__p', '\\u005f_p')}}],${found}`,
			),
			data.replace('{', (found) => `${found}${inner},`),
		]) {
			await expectRefused(body, '__proto__');
		}
	});

	test('without the signature of the key is refused', async () => {
		const body = finished('t');
		await expectRefused({ ...body, Sign: undefined }, 'not signed');
		await expectRefused({ ...body, ExpireTime: undefined }, 'not signed');
		await expectRefused(signed({}, 'another key'), 'does not fit');
		await expectRefused({ ...body, ExpireTime: now() + 601 }, 'does not fit');
		const ExpireTime = now() - 100;
		const Sign = signatureOf(KEY, String(ExpireTime));
		await expectRefused({ ...body, ExpireTime, Sign }, 'expired');
		await expectRefused(signed({}, ''), 'Deactivate and activate', { staticData: {} });
		await expectRefused(signed({}, 'undefined'), 'Deactivate and activate', { staticData: {} });
		expect(service.calls).toEqual([]);
	});

	test('about another application is refused', async () => {
		for (const SdkAppId of [APP + 1, '', null, [APP]]) {
			await expectRefused({ ...finished('t'), SdkAppId }, 'another application');
		}
		const body = event('OnlineRecordStarted', {});
		for (const SdkAppId of [APP, String(APP), undefined]) {
			expect((await send({ ...body, SdkAppId })).json).toBeDefined();
		}
	});
});

describe('an event', () => {
	test('comes out as it came, but for its signature', async () => {
		const came = signed({
			EventType: 'OnlineRecordStarted',
			EventData: { TaskId: 't' },
			Extra: [1],
		});
		const { json, body } = await send({ ...came, Task: { a: 1 }, verified: true });
		const { Sign: _, ...rest } = came;
		expect(json).toEqual({ ...rest, Task: null, verified: false });
		expect(body).toEqual(OK);
		expect(service.calls).toEqual([]);
		expect(logs).toEqual([]);
	});

	test('passes the filters', async () => {
		const started = event('OnlineRecordStarted', { TaskId: 't1' });
		const both = { events: ['OnlineRecordStarted', 'OnlineRecordStopped'] };
		for (const [parameters, options, passes] of [
			[both, {}, true],
			[{ events: ['OnlineRecordStopped'] }, {}, false],
			[{ events: [] }, { taskIds: 't0, t1' }, true],
			[{}, { taskIds: 't0' }, false],
			[{}, { taskIds: ' , ' }, true],
			[both, { taskIds: 't2' }, false],
			[both, { taskIds: ['t1'] }, true],
		] as Array<[INodeParameters, INodeParameters, boolean]>) {
			const sent = await send(started, { parameters, options });
			expect(sent.json !== undefined).toBe(passes);
			expect([sent.status, sent.body]).toEqual([200, OK]);
		}
		const old = signed({
			EventType: 'OnlineRecordFinished',
			EventData: fault('FailedOperation.Record'),
		});
		delete old.SdkAppId;
		const { json } = await send(old, { options: { taskIds: 't', ignoreRepeats: true } });
		expect(json).toMatchObject({ EventData: fault('FailedOperation.Record'), verified: false });
		expect((await send(old, { options: { ignoreRepeats: true } })).json).toBeDefined();
		expect(service.calls).toEqual([]);
	});

	test('of warnings has no task', async () => {
		const body = event('NobodyKnows', { TaskId: 't' });
		const { json } = await send(body, {
			parameters: { resource: 'warning' },
			options: { readTask: 'always' },
		});
		expect(json).toMatchObject({ Task: null, verified: false });
		expect(service.calls).toEqual([]);
	});

	test.each([['text'], [null], [[1]], [undefined]])(
		'whose data is %j comes out, but for one that says that its task has ended',
		async (EventData) => {
			const unread = { EventData: EventData ?? null, verified: false };
			const started = { ...signed({ EventType: 'OnlineRecordStarted' }), EventData };
			expect((await send(started)).json).toMatchObject(unread);
			const over = { ...signed({ EventType: 'OnlineRecordFinished' }), EventData };
			await expectRefused(over, 'it names no task');
			expect((await send(over, { options: { readTask: 'never' } })).json).toMatchObject(unread);
		},
	);
});

describe('repeats', () => {
	const options = { ignoreRepeats: true };

	test('are dropped where that is wanted', async () => {
		const body = event('OnlineRecordStarted', { TaskId: newId() });
		expect((await send(body, { options })).json).toBeDefined();
		const again = await send(body, { options });
		expect([again.json, again.status, again.body]).toEqual([undefined, 200, OK]);
		expect((await send(body)).json).toBeDefined();
	});

	test('are those of one type, task, progress, status and error', async () => {
		const TaskId = newId();
		const type = 'TranscodeProgressChanged';
		const given = { parameters: { resource: 'transcode' }, options };
		for (const data of [
			{ TaskId, Progress: 1 },
			{ TaskId, Progress: 2 },
			{ TaskId: newId(), Progress: 1 },
			{ TaskId, Status: 'A' },
			{ TaskId, Error: { Code: 'A' } },
		]) {
			expect((await send(event(type, data), given)).json).toBeDefined();
			expect((await send(event(type, { ...data, Other: 1 }), given)).json).toBeUndefined();
		}
		expect(
			(await send(event('Other', { TaskId }), { options: { ...options, readTask: 'never' } })).json,
		).toBeDefined();
	});

	test('are none of an event while another of its task is still read', async () => {
		const id = newId();
		const answers: Array<(answer: IDataObject) => void> = [];
		describes(async () => await new Promise((resolve) => answers.push(resolve)));
		const timing = { answerWithin: 5, pauses: [0] };
		const until = async (count: number) => {
			while (answers.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
		};
		const forged = send(finished(id), { options, timing });
		await until(1);
		// The end comes just when the API has been asked for the last time.
		const genuine = [1, 2].map(async () => await send(finished(id), { options, timing }));
		await new Promise((resolve) => setTimeout(resolve, 20));
		answers[0]({ TaskId: id, Status: 'RECORDING' });
		await until(2);
		answers[1](ended(id));
		expect((await forged).json).toBeUndefined();
		const [first, second] = await Promise.all(genuine);
		expect(first.json).toMatchObject({ verified: true });
		expect(second.json).toBeUndefined();
		expect(answers).toHaveLength(2);
	});

	test('are none where the first was not verified', async () => {
		const id = newId();
		describes(fault('AuthFailure.SignatureFailure'));
		expect((await send(finished(id), { options })).json).toMatchObject({ verified: false });
		expect((await send(finished(id), { options })).json).toBeUndefined();
		describes(ended(id));
		expect((await send(finished(id), { options })).json).toMatchObject({ verified: true });
		expect((await send(finished(id), { options })).json).toBeUndefined();
	});

	test('are known by little, whatever comes', async () => {
		const add = jest.spyOn(Repeats.prototype, 'add');
		const body = event('OnlineRecordStarted', { TaskId: 'x'.repeat(900_000) });
		expect((await send(body, { options })).json).toBeDefined();
		expect((await send(body, { options })).json).toBeUndefined();
		for (const [key] of add.mock.calls) expect(key.length).toBeLessThan(100);
		expect(add).toHaveBeenCalledTimes(2);
		add.mockRestore();
	});

	test('are none of an event that was refused', async () => {
		const id = newId();
		describes({ TaskId: id, Status: 'RECORDING' });
		await expectRefused(finished(id), 'has not ended', { options });
		describes(ended(id));
		expect((await send(finished(id), { options })).json).toMatchObject({ verified: true });
		expect((await send(finished(id), { options })).json).toBeUndefined();
	});
});

describe('the task of an event', () => {
	test('is read when the event says that it has ended', async () => {
		const id = newId();
		describes(ended(id, { VideoInfos: [{ VideoUrl: 'https://a.example/a.mp4', VideoId: 'v' }] }));
		const body = finished(id, {
			VideoInfos: [{ VideoId: 'v', VideoUrl: 'https://a.example/a.mp4' }],
		});
		const { json } = await send(body);
		expect(json).toMatchObject({ EventData: body.EventData, Task: ended(id), verified: true });
		expect(service.calls).toEqual([
			{
				action: 'DescribeOnlineRecord',
				body: { SdkAppId: APP, TaskId: id },
				region: 'ap-singapore',
			},
		]);
		expect(logs).toEqual([]);
	});

	test.each([
		['OnlineRecordStarted', 'ended', false],
		['OnlineRecordStarted', 'always', true],
		['OnlineRecordStarted', 'never', false],
		['OnlineRecordFinished', 'ended', true],
		['OnlineRecordFinished', 'never', false],
		['SomethingNew', 'ended', true],
		['SomethingNew', 'never', false],
	])('of %s is read with %s: %s', async (type, readTask, isRead) => {
		const id = newId();
		describes(ended(id));
		const { json } = await send(event(type, { TaskId: id }), { options: { readTask } });
		expect(service.actions).toEqual(isRead ? ['DescribeOnlineRecord'] : []);
		expect(json!.verified).toBe(isRead);
	});

	test('may be running where the event does not say that it has ended', async () => {
		const id = newId();
		describes({ TaskId: id, Status: 'RECORDING' });
		for (const type of ['OnlineRecordStarted', 'SomethingNew']) {
			const { json } = await send(event(type, { TaskId: id }), { options: { readTask: 'always' } });
			expect(json).toMatchObject({ Task: { Status: 'RECORDING' }, verified: true });
		}
		expect(service.calls).toHaveLength(2);
	});

	test('may be known a little later than the event', async () => {
		for (const early of [{ Status: 'RECORDING' }, fault('InvalidParameter.TaskNotFound')]) {
			const id = newId();
			let polls = 0;
			describes(() => ((polls += 1) < 3 ? early : ended(id)));
			expect((await send(finished(id))).json).toMatchObject({ verified: true });
			expect(polls).toBe(3);
		}
	});

	test('that is still running ends the event', async () => {
		const id = newId();
		describes({ TaskId: id, Status: 'RECORDING' });
		await expectRefused(finished(id), `its task has not ended (OnlineRecordFinished ${id})`);
		expect(service.calls).toHaveLength(3);
	});

	test.each(['InvalidParameter.TaskNotFound', 'InvalidParameterValue', 'ResourceNotFound'])(
		'that the API does not know (%s) ends the event',
		async (code) => {
			const id = newId();
			describes(fault(code));
			await expectRefused(finished(id), 'does not know its task');
			expect(service.calls).toHaveLength(3);
		},
	);

	test.each([
		['AuthFailure.SignatureFailure', 1],
		['InvalidParameter.SdkAppIdNotFound', 1],
		['UnauthorizedOperation.SdkAppId', 1],
		['ResourceUnavailable.ServiceExpired', 1],
	])('that cannot be read for %s keeps no event', async (code, count) => {
		describes(fault(code));
		const body = finished(newId());
		const { json } = await send(body);
		expect(json).toMatchObject({ EventData: body.EventData, Task: null, verified: false });
		expect(service.calls).toHaveLength(count);
		expect(logs.at(-1)!.message).toContain('is not verified');
	});

	test('that cannot be read for the network, its rate, or the credential keeps no event', async () => {
		const unread = { Task: null, verified: false };
		describes(() => {
			throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
		});
		const timing = { timeout: 100 };
		expect((await send(finished(newId()), { timing })).json).toMatchObject(unread);
		describes(fault('RequestLimitExceeded'));
		service = Object.assign(new Service(), { answers: service.answers });
		expect((await send(finished(newId()), { timing })).json).toMatchObject(unread);
		const credential = new Error('No such credential');
		expect((await send(finished(newId()), { credential })).json).toMatchObject(unread);
		expect((await send(finished(newId()), { credential: { site: 'x' } })).json).toMatchObject(
			unread,
		);
	});

	test('is what the API has said, where it cannot be asked again', async () => {
		for (const [first, reason] of [
			[{ Status: 'RECORDING' }, 'has not ended'],
			[fault('InvalidParameter.TaskNotFound'), 'does not know its task'],
		] as Array<[IDataObject, string]>) {
			for (const then of [fault('AuthFailure.SignatureFailure'), fault('RequestLimitExceeded')]) {
				service = new Service();
				let polls = 0;
				describes(() => ((polls += 1) < 2 ? first : then));
				await expectRefused(finished(newId()), reason, { timing: { timeout: 100 } });
				expect(polls).toBeGreaterThan(1);
			}
		}
	});

	test('gives no links but its own, however they are written', async () => {
		const id = newId();
		describes(ended(id));
		const links = ['//false.example/', 'https:false.example', 'HTTPS:\\\\false.example', 'ftp://a'];
		const { json } = await send(finished(id, { ...links, Other: { toString: 1, b: [{}] } }));
		expect(json).toMatchObject({ verified: true });
		expect(json!.EventData).toEqual({
			...(finished(id).EventData as IDataObject),
			Other: { toString: 1, b: [{}] },
		});
	});

	test('is compared whatever an event holds', async () => {
		const id = newId();
		describes(ended(id));
		const RoomId = { a: { toString: 1, valueOf: 1 }, b: 1 };
		expect((await send(finished(id, { RoomId }))).json).toMatchObject({
			EventData: { RoomId: 7 },
			verified: true,
		});
	});

	test('counts where it differs from the event', async () => {
		const id = newId();
		describes(ended(id, { RoomId: 8, VideoInfos: [{ VideoUrl: 'https://true.example/' }] }));
		const body = finished(id, {
			VideoInfos: [{ VideoUrl: 'https://false.example/' }],
			Error: { Code: 'False', Message: 'false' },
			Other: 1,
			OtherUrl: 'https://false.example/',
			More: [{ deep: 'http://false.example/' }],
			__proto__: null,
		});
		const { json } = await send(body);
		expect(json!.EventData).toEqual({
			TaskId: id,
			RoomId: 8,
			FinishReason: 'AUTO',
			VideoInfos: [{ VideoUrl: 'https://true.example/' }],
			Other: 1,
		});
		const [{ message }] = logs;
		expect(message).toContain('differs from its task in RoomId, VideoInfos, OtherUrl, More, Error');
		expect(message).not.toContain('example');
	});

	test('that has failed gives the event its error', async () => {
		const failure = { Code: 'FailedOperation.Record', Message: 'code: 40001' };
		for (const Error of [undefined, { Code: 'Other', Message: 'x' }, failure]) {
			logs.length = 0;
			const id = newId();
			describes(fault('FailedOperation.Record', 'code: 40001'));
			const { json } = await send(finished(id, { Error }));
			expect(json).toMatchObject({
				EventData: { TaskId: id, Error: { Code: failure.Code, Message: expect.any(String) } },
				Task: { TaskId: id, ErrorCode: failure.Code },
				verified: true,
			});
		}
		const id = newId();
		describes(ended(id, { FinishReason: 'EXCEPTION' }));
		const { json } = await send(finished(id, { FinishReason: 'EXCEPTION' }));
		expect(json).toMatchObject({ EventData: { Error: { Code: 'EXCEPTION' } }, verified: true });
	});

	test.each([
		['transcode', 'TranscodeFinished', 'DescribeTranscode', 'FINISHED'],
		['whiteboardPush', 'WhiteboardPushStopped', 'DescribeWhiteboardPush', 'STOPPED'],
		['videoGeneration', 'NobodyKnows', 'DescribeVideoGenerationTask', 'PROCESSING'],
		['pptCheck', 'NobodyKnows', 'DescribePPTCheck', 'PROCESSING'],
	])('of %s is read by its own action', async (resource, type, action, Status) => {
		const id = newId();
		describes({ TaskId: id, Status, ResultUrl: 'https://a.example/' }, action);
		const { json } = await send(event(type, { TaskId: id }), { parameters: { resource } });
		expect(json).toMatchObject({ Task: { Status }, verified: true });
		expect(service.actions).toEqual([action]);
	});
});

describe('the answer', () => {
	const slowly = (id: string, answer: IDataObject, ms: number) =>
		describes(async () => {
			await new Promise((resolve) => setTimeout(resolve, ms));
			return { TaskId: id, ...answer };
		});
	const timing = { answerWithin: 30 };

	test('is left to n8n where the task is read in time', async () => {
		const id = newId();
		slowly(id, ended(id), 5);
		const { reply, body } = await send(finished(id));
		expect(reply).toEqual({});
		expect(body).toEqual(OK);
	});

	test('does not wait for a slow read, and the event comes all the same', async () => {
		const id = newId();
		slowly(id, ended(id), 150);
		const { reply, json } = await send(finished(id), { timing });
		expect(reply).toMatchObject({ status: 200, body: OK });
		expect(reply.after).toBeLessThan(120);
		expect(json).toMatchObject({ verified: true });
	});

	test('comes within a second in earnest', async () => {
		const id = newId();
		slowly(id, ended(id), 1200);
		const { context, reply } = webhooks(service, finished(id), { staticData: { key: KEY } });
		const result = await receive(context);
		expect(reply.after).toBeGreaterThan(500);
		expect(reply.after).toBeLessThan(1000);
		expect(result.workflowData).toMatchObject([[{ json: { verified: true } }]]);
	});

	test('is 200 where the event is refused later', async () => {
		const id = newId();
		slowly(id, { Status: 'RECORDING' }, 60);
		const { reply, json } = await send(finished(id), { timing });
		expect(reply).toMatchObject({ status: 200, body: OK });
		expect(json).toBeUndefined();
		expect(logs.at(-1)!.message).toContain('has not ended');
	});

	test('is 500 where the node itself cannot work, so that it is sent again', async () => {
		const { status, json } = await send(finished('t'), { parameters: { sdkAppId: 'x' } });
		expect([status, json]).toEqual([500, undefined]);
		expect(logs.at(-1)!.message).toContain("'SDK App ID' must be");
	});
});

test('500 events at once share what is read, and each comes out', async () => {
	const ids = Array.from({ length: 5 }, newId);
	describes(async ({ TaskId }) => {
		await new Promise((resolve) => setTimeout(resolve, 20));
		return ended(String(TaskId));
	});
	const all = await Promise.all(
		Array.from({ length: 500 }, async (_, index) => await send(finished(ids[index % 5]))),
	);
	expect(all.every(({ json, status }) => json?.verified === true && status === 200)).toBe(true);
	expect(all.map(({ json }) => (json!.EventData as IDataObject).TaskId)).toEqual(
		all.map((_, index) => ids[index % 5]),
	);
	expect(service.calls).toHaveLength(5);
	// Later events read anew.
	await send(finished(ids[0]));
	expect(service.calls).toHaveLength(6);
});

test('a flood of events that the API denies holds up neither true ones nor executions', async () => {
	const id = newId();
	describes(({ TaskId }) => (TaskId === id ? ended(id) : fault('InvalidParameter.TaskNotFound')));
	const forged = Array.from({ length: 30 }, async () => await send(finished(newId())));
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(service.calls).toHaveLength(20);
	const genuine = send(finished(id));
	const { context } = webhooks(service, '');
	const connection = connect(context, await credentialOf(context), new AbortController().signal);
	await call(connection, {
		action: 'DescribeOnlineRecord',
		version: VERSION,
		region: 'ap-singapore',
		language: 'en-US',
		requestTimeout: 1000,
		readOnly: true,
		body: { TaskId: 'of an execution' },
	});
	expect((await genuine).json).toMatchObject({ verified: true });
	const order = service.calls.map(({ body }) => body.TaskId);
	expect(order.indexOf('of an execution')).toBeLessThanOrEqual(21);
	expect(order.indexOf(id)).toBeLessThanOrEqual(31);
	expect((await Promise.all(forged)).every(({ json }) => json === undefined)).toBe(true);
}, 15_000);

test('what one credential reads is not given to another', async () => {
	const id = newId();
	describes(async () => {
		await new Promise((resolve) => setTimeout(resolve, 20));
		return ended(id);
	});
	await Promise.all([
		send(finished(id)),
		send(finished(id), { credential: { secretId: 'AKIDEXAMPLE9999999999999999999999999' } }),
	]);
	expect(service.calls).toHaveLength(2);
});
