/** Whatever a signed callback says: nothing comes out as verified that the API does not say as well. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { system } from '../../nodes/TencentWhiteboard/transport/system.ts';
import { receive } from '../../nodes/TencentWhiteboard/webhook/receive.ts';
import { signatureOf } from '../../nodes/TencentWhiteboard/webhook/verify.ts';
import { APP, Service, webhooks } from '../unit/trigger-service.mts';

const KEY = 'b'.repeat(64);
const TIMING = { answerWithin: 60_000, pauses: [0], timeout: 60_000, requestTimeout: 60_000 };

/** The only task that has ended, as the API gives it. */
const ENDED = {
	TaskId: 'ended',
	Status: 'FINISHED',
	FinishReason: 'AUTO',
	RoomId: 7,
	VideoInfos: [{ VideoUrl: 'https://true.example/1.mp4' }],
};

function describeTask({ TaskId }: IDataObject): IDataObject {
	if (TaskId === 'ended') return ENDED;
	if (TaskId === 'running') return { TaskId, Status: 'RECORDING' };
	return { Error: { Code: 'InvalidParameter.TaskNotFound', Message: 'no' } };
}

const json = fc.oneof(
	fc.jsonValue(),
	fc.constant([{ VideoUrl: 'https://false.example/' }]),
	fc.constant('https://false.example/'),
);
const eventData = fc
	.tuple(
		fc.dictionary(fc.string(), json),
		fc.record(
			{ Status: json, FinishReason: json, RoomId: json, VideoInfos: json, Error: json, Url: json },
			{ requiredKeys: [] },
		),
		fc.oneof(fc.constantFrom('ended', 'running', 'unknown', undefined), json),
	)
	.map(([others, known, TaskId]) => ({ ...others, ...known, TaskId }));
const envelope = fc.record({
	EventType: fc.oneof(
		{ weight: 4, arbitrary: fc.constant('OnlineRecordFinished') },
		fc.constantFrom('OnlineRecordStarted', 'OnlineRecordStopped'),
		json,
	),
	EventData: fc.oneof({ weight: 6, arbitrary: eventData }, json),
	SdkAppId: fc.oneof(
		{ weight: 6, arbitrary: fc.constant(APP) },
		fc.constantFrom(String(APP), undefined, APP + 1),
		json,
	),
	more: fc.dictionary(
		fc.oneof(
			{ weight: 20, arbitrary: fc.constantFrom('Task', 'verified', 'error', 'Timestamp') },
			fc.constant('__proto__'),
		),
		json,
	),
});

test('a signed callback', async () => {
	let verified = 0;
	await fc.assert(
		fc.asyncProperty(envelope, async ({ more, ...given }) => {
			const ExpireTime = Math.floor(Date.now() / 1000) + 600;
			const Sign = signatureOf(KEY, String(ExpireTime));
			const body = { ...more, ...given, ExpireTime, Sign };
			// Each of its own, so that no rate is in the way.
			const service = new Service();
			service.answers.DescribeOnlineRecord = describeTask;
			const { context, reply } = webhooks(service, body, { staticData: { key: KEY } });
			const result = await receive(context, system, TIMING);
			expect(result.noWebhookResponse === true).toBe(reply.status !== undefined);

			const sent = JSON.parse(JSON.stringify(given)) as typeof given;
			const item = result.workflowData?.[0][0].json;
			if (![undefined, APP, String(APP)].includes(sent.SdkAppId as string)) {
				expect(item).toBeUndefined();
			}
			const { TaskId } = (sent.EventData ?? {}) as { TaskId?: unknown };
			const claimsEnd = sent.EventType === 'OnlineRecordFinished';
			if (claimsEnd && typeof TaskId === 'string' && TaskId.trim() && TaskId.trim() !== 'ended') {
				expect(item).toBeUndefined();
			}
			if (JSON.stringify(body).includes('"__proto__":')) expect(item).toBeUndefined();
			if (!item) return;
			expect(Object.keys(item)).not.toContain('Sign');
			if (item.verified !== true) {
				expect([item.verified, item.Task]).toEqual([false, null]);
				return;
			}
			verified += 1;
			const data = item.EventData as IDataObject;
			const task = describeTask({ TaskId: String(TaskId).trim() });
			expect(item.Task).toEqual({ ...task, RequestId: 'r' });
			for (const name of Object.keys(task).filter((one) => one in data)) {
				if (name !== 'TaskId') expect(data[name]).toEqual(task[name]);
			}
			expect(data.Error).toBeUndefined();
			expect(JSON.stringify(data)).not.toContain('false.example');
		}),
		{ numRuns: 2000 },
	);
	expect(verified).toBeGreaterThan(100);
});
