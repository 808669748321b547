/** A client in a process of its own: says that it is ready, waits for a line, then asks all at once. */
import { once } from 'node:events';

import { codeOf } from './raw-client.mts';

const [url, secretId, secretKey, count] = process.argv.slice(2);
const body = { TaskID: 'none', SdkAppId: 1400000001 };

process.stdout.write('ready\n');
await once(process.stdin, 'data');
const codes = await Promise.all(
	Array.from({ length: Number(count) }, () => codeOf(url, { secretId, secretKey, body })),
);
process.stdout.write(JSON.stringify(codes));
process.exit();
