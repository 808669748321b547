/** What one signature costs: ours, the official SDK's, and the hashing that nobody can leave out. */
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { createRequire } from 'node:module';

import type { canonicalRequest, Tc3Request } from '../credentials/signing/tc3.ts';
import type { signRequest } from '../credentials/signing/request.ts';
import { median, ratios, rotated, spread } from './stats.mts';
import type { Row } from './table.mts';

const load = createRequire(import.meta.url);

interface Sign3Options {
	method: string;
	url: string;
	payload: Buffer;
	timestamp: number;
	service: string;
	secretId: string;
	secretKey: string;
	headers: Record<string, string>;
}

const GOAL = 0.1;
const ROUNDS = 60;
const SIGNATURES = 1000;
const WARM_UP = 5;

const SERVICE = 'tiw';
const HOST = 'tiw.intl.tencentcloudapi.com';
const CONTENT_TYPE = 'application/json';
const KEYS = {
	secretId: 'AKIDEXAMPLE0000000000000000000000000',
	secretKey: 'ExampleSecretKey0000000000000000',
};

/** Microseconds each. */
function time(work: () => unknown): number {
	const started = process.hrtime.bigint();
	for (let count = 0; count < SIGNATURES; count += 1) work();
	return Number(process.hrtime.bigint() - started) / 1000 / SIGNATURES;
}

export function benchSigning(): Row[] {
	const tc3 = load('../dist/credentials/signing/tc3.js') as {
		authorization(request: Tc3Request): string;
		canonicalRequest: typeof canonicalRequest;
	};
	const whole = load('../dist/credentials/signing/request.js') as {
		signRequest: typeof signRequest;
	};
	const { default: sdk } = load('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js') as {
		default: { sign3(options: Sign3Options): string };
	};

	const payload = Buffer.from(
		'{"TaskID":"f2e1728c-6e87-4481-abe1-cde8542a5a10","SdkAppId":1400127230}',
	);
	const timestamp = Math.floor(Date.now() / 1000);
	const common = { ...KEYS, service: SERVICE, timestamp, method: 'POST', payload };
	const request = (): Tc3Request => ({
		...common,
		query: '',
		headers: { 'content-type': CONTENT_TYPE, host: HOST },
	});

	const canonical = tc3.canonicalRequest(request()).text;
	const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
	const stringToSign = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${SERVICE}/tc3_request\n${hash('sha256', canonical)}`;
	const hmac = (key: string | Buffer, data: string) =>
		createHmac('sha256', key).update(data).digest();
	const key = createSecretKey(
		hmac(hmac(hmac(`TC3${KEYS.secretKey}`, date), SERVICE), 'tc3_request'),
	);

	const contestants = {
		ours: () => tc3.authorization(request()),
		sign3: () =>
			sdk.sign3({ ...common, url: `https://${HOST}/`, headers: { 'Content-Type': CONTENT_TYPE } }),
		floor: () => {
			hash('sha256', payload);
			hash('sha256', canonical);
			return createHmac('sha256', key).update(stringToSign).digest('hex');
		},
		whole: () =>
			whole.signRequest(
				{ ...KEYS, site: 'international' },
				{
					method: 'POST',
					url: `https://${HOST}/`,
					headers: {
						'X-TC-Service': SERVICE,
						'X-TC-Action': 'DescribeSnapshotTask',
						'X-TC-Version': '2019-09-19',
						'X-TC-Timestamp': String(timestamp),
					},
					body: payload,
				},
				Date.now(),
			).headers?.authorization as string,
	};
	const line = contestants.ours();
	const agrees =
		line === contestants.sign3() &&
		line === contestants.whole() &&
		line.endsWith(`Signature=${contestants.floor()}`);
	if (!agrees) throw new Error('The signatures differ, so their times mean nothing');

	const names = Object.keys(contestants) as Array<keyof typeof contestants>;
	const times = { ours: [], sign3: [], floor: [], whole: [] } as Record<
		keyof typeof contestants,
		number[]
	>;
	for (let round = -WARM_UP; round < ROUNDS; round += 1) {
		for (const name of rotated(names, round + WARM_UP)) {
			const taken = time(contestants[name]);
			if (round >= 0) times[name].push(taken);
		}
	}

	const against = ratios(times.ours, times.sign3);
	const microseconds = (name: keyof typeof contestants) => `${spread(times[name], 1)} µs`;
	return [
		{
			what: 'Signing one request (same signature, checked)',
			ours: microseconds('ours'),
			comparedWith: `official SDK's sign3: ${microseconds('sign3')}`,
			ratio: spread(against),
			goal: { text: `≤ ${GOAL}`, met: median(against) <= GOAL },
		},
		{
			what: 'Signing one request, against what cannot be left out',
			ours: microseconds('ours'),
			comparedWith: `two SHA-256 and one HMAC with a ready key: ${microseconds('floor')}`,
			ratio: spread(ratios(times.ours, times.floor)),
		},
		{
			what: 'A whole n8n request checked and signed (signRequest)',
			ours: microseconds('whole'),
			comparedWith: `official SDK's sign3, the signature alone: ${microseconds('sign3')}`,
			ratio: spread(ratios(times.whole, times.sign3)),
		},
	];
}
