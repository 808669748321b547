/** Whatever a credential holds: a sentence, or a request that is signed. */
import { test } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { documentedAnswer } from './answers.mts';
import { openBench } from './bench.mts';
import { MODES } from './checks.mts';
import type { Execution } from './checks.mts';
import { fuzz } from './fuzz.mts';
import { text } from './json.mts';
import { targetOf, validValues } from './operations.mts';
import { given } from './values.mts';
import type { Given } from './values.mts';
import { shared } from '../set-up.mts';

const bench = shared(openBench);

/** Stands for the address of the test's own server. */
const OWN = '%OWN%';

const field = (...likely: string[]): fc.Arbitrary<Given> =>
	fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...likely).map((v) => ({ t: 'json' as const, v })) },
		{ weight: 1, arbitrary: given() },
		{ weight: 1, arbitrary: text().map((v) => ({ t: 'json' as const, v })) },
	);

const secret = () =>
	fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom('', '   ', 'a', 'k\u0000y', 'ключ'.repeat(5)) },
		{
			weight: 4,
			arbitrary: fc
				.string({ minLength: 12, maxLength: 40 })
				.map((one) => (one.trim().length < 12 ? 'A-Plain-Secret' : one)),
		},
		{ weight: 1, arbitrary: fc.constant('x'.repeat(30_000)) },
	);

const credential = fc.record({
	secretId: field('AKID', ' AKID ', '', 'a/b', 'a b', 'a\nb', '中'),
	secretKey: fc.oneof(
		{ weight: 4, arbitrary: secret().map((v): Given => ({ t: 'json', v })) },
		{ weight: 1, arbitrary: given() },
	),
	sessionToken: fc.oneof(
		{ weight: 4, arbitrary: secret().map((v): Given => ({ t: 'json', v })) },
		{ weight: 1, arbitrary: given() },
	),
	site: field('custom', 'custom', 'international', 'china', '', 'no such site', '__proto__'),
	endpoint: field(
		OWN,
		OWN,
		` ${OWN}/ `,
		`${OWN}/path`,
		`${OWN}?a=b`,
		`${OWN}#a`,
		'',
		'127.0.0.1',
		'http://',
		'http://[::1',
		'http://user:pass@127.0.0.1:1',
		'ftp://127.0.0.1',
		'file:///etc/passwd',
		'http://tiw.tencentcloudapi.com.example.invalid',
		'https://tiw.tencentcloudapi.com',
		'javascript:alert(1)',
	),
	region: field('', 'ap-singapore', 'a\r\nX-B: 1', '中'),
});

const execution = fc.record({
	operation: fc.constantFrom('describeSnapshotTask', 'createSnapshotTask', 'describeRunningTasks'),
	mode: fc.constantFrom(...MODES),
	credential,
});

type Odd = Parameters<Parameters<typeof execution.map>[0]>[0];

function toExecution({ operation, mode, credential: odd }: Odd): Execution {
	const { fields } = targetOf(operation).operation;
	const withUrl = JSON.parse(JSON.stringify(odd).replaceAll(OWN, bench.url)) as Odd['credential'];
	const secrets = [odd.secretKey, odd.sessionToken].flatMap((one) =>
		one.t === 'json' && typeof one.v === 'string' && one.v.trim().length >= 12 ? one.v.trim() : [],
	);
	return {
		operation,
		mode,
		credential: 'Given',
		secrets,
		parameters: { ...validValues(fields), options: { region: '={{ $json.account }}' } },
		items: [0, 1].map(() => ({ given: withUrl as unknown as IDataObject })),
		answer: (request) => ({
			body: JSON.stringify({ Response: documentedAnswer(request.action) }),
		}),
		spoken: () => JSON.stringify(odd).replaceAll('notANumber', 'NaN'),
	};
}

test(
	'arbitrary credentials',
	async () =>
		await fuzz({
			name: 'credentials',
			cases: 40,
			arbitrary: fc.array(execution, { minLength: 1, maxLength: 30, size: 'max' }),
			run: async (batch, count) => {
				batch.forEach(count);
				return await bench.run(batch.map(toExecution));
			},
		}),
	600_000,
);
