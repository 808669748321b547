/** Where a credential sends its requests: Tencent Cloud's own hosts, and any other. */
import { describe, expect, test } from '@jest/globals';

import { readCredential } from '../../credentials/signing/credential.ts';
import type { TencentCloudCredential } from '../../credentials/signing/credential.ts';
import { endpointOf, regionOf, siteOf, tencentHost } from '../../credentials/signing/sites.ts';

const accountOf = (part: Partial<TencentCloudCredential>) =>
	readCredential({ secretId: 'id', secretKey: 'key', site: 'international', ...part });

/** What a custom endpoint comes to: the hosts of two services, the site, and the region without one of its own. */
function placeOf(endpoint: string) {
	const account = accountOf({ site: 'custom', endpoint });
	return [
		endpointOf(account, 'tiw'),
		endpointOf(account, 'sts'),
		siteOf(account),
		regionOf(account),
	];
}

describe("a custom endpoint that is one of Tencent Cloud's hosts", () => {
	const regional = (scheme: string, place: string, port = '') =>
		['tiw', 'sts'].map((service) => `${scheme}://${service}.${place}tencentcloudapi.com${port}`);
	test.each<[string, string[], string, string]>([
		['https://tiw.tencentcloudapi.com', regional('https', ''), 'china', 'ap-guangzhou'],
		[
			'https://tiw.intl.tencentcloudapi.com',
			regional('https', 'intl.'),
			'international',
			'ap-singapore',
		],
		[
			'https://tiw.ap-guangzhou.tencentcloudapi.com',
			regional('https', 'ap-guangzhou.'),
			'china',
			'ap-guangzhou',
		],
		[
			'https://tiw.ap-shanghai-fsi.tencentcloudapi.com/',
			regional('https', 'ap-shanghai-fsi.'),
			'china',
			'ap-shanghai-fsi',
		],
		[
			'https://TIW.ap-guangzhou.tencentcloudapi.com./',
			['tiw', 'sts'].map((service) => `https://${service}.ap-guangzhou.tencentcloudapi.com.`),
			'china',
			'ap-guangzhou',
		],
		[
			'https://tiw.xn--fiqs8s.tencentcloudapi.com',
			regional('https', 'xn--fiqs8s.'),
			'china',
			'ap-guangzhou',
		],
		[
			'https://tiw.ap-singapore.tencentcloudapi.com',
			regional('https', 'ap-singapore.'),
			'international',
			'ap-singapore',
		],
		[
			'https://tiw.ap-mumbai.intl.tencentcloudapi.com',
			regional('https', 'ap-mumbai.intl.'),
			'international',
			'ap-mumbai',
		],
		[
			'https://tiw.intl.ap-mumbai.tencentcloudapi.com',
			regional('https', 'intl.ap-mumbai.'),
			'international',
			'ap-mumbai',
		],
		[
			'https://tiw.internal.tencentcloudapi.com',
			regional('https', 'internal.'),
			'china',
			'ap-guangzhou',
		],
		[
			'HTTPS://TIW.AP-Mumbai.Intl.TencentCloudAPI.com/',
			regional('https', 'ap-mumbai.intl.'),
			'international',
			'ap-mumbai',
		],
		[
			' http://tiw.ap-guangzhou.tencentcloudapi.com:8080/ ',
			regional('http', 'ap-guangzhou.', ':8080'),
			'china',
			'ap-guangzhou',
		],
		[
			'https://sts.ap-guangzhou.tencentcloudapi.com',
			regional('https', 'ap-guangzhou.'),
			'china',
			'ap-guangzhou',
		],
	])('%s: each service has its own host, site and region are known', (endpoint, hosts, ...rest) => {
		expect(placeOf(endpoint)).toEqual([...hosts, ...rest]);
	});

	test('leaves the region to the credential, where that has one', () => {
		const endpoint = 'https://tiw.ap-guangzhou.tencentcloudapi.com';
		expect(regionOf(accountOf({ site: 'custom', endpoint, region: 'ap-own' }))).toBe('ap-own');
	});
});

describe('any other custom endpoint', () => {
	test.each([
		'http://127.0.0.1:8080',
		'https://tiw.example.com',
		'https://evil-tencentcloudapi.com',
		'https://tiw.evil-tencentcloudapi.com',
		'https://tiw.intl.tencentcloudapi.com.example.com',
		'https://tencentcloudapi.com',
		'https://.tencentcloudapi.com',
	])('%s stays as it is for all services, and its site is not known', (endpoint) => {
		expect(placeOf(endpoint)).toEqual([endpoint, endpoint, undefined, 'ap-singapore']);
		expect(regionOf(accountOf({ site: 'custom', endpoint }), 'china')).toBe('ap-guangzhou');
	});
});

test.each(['\u00a0', '\n'])('white space (%j) and slashes at the ends do not count', (space) => {
	expect(placeOf(`${space}http://127.0.0.1:8080//${space}`).slice(0, 2)).toEqual([
		'http://127.0.0.1:8080',
		'http://127.0.0.1:8080',
	]);
	const endpoint = `${space}https://tiw.ap-mumbai.intl.tencentcloudapi.com//${space}`;
	expect(siteOf({ site: 'custom', endpoint })).toBe('international');
});

describe('a site that is chosen', () => {
	test.each([
		['international', 'intl.tencentcloudapi.com', 'ap-singapore'],
		['china', 'tencentcloudapi.com', 'ap-guangzhou'],
	] as const)('%s has its hosts and its region, whatever the endpoint', (site, domain, region) => {
		const account = accountOf({ site, endpoint: 'https://tiw.ap-mumbai.intl.tencentcloudapi.com' });
		expect(endpointOf(account, 'tiw')).toBe(`https://tiw.${domain}`);
		expect(endpointOf(account, 'sts')).toBe(`https://sts.${domain}`);
		expect(siteOf(account)).toBe(site);
		expect(regionOf(account, 'international')).toBe(region);
		expect(regionOf(accountOf({ site, region: 'ap-own' }))).toBe('ap-own');
	});
});

test.each([
	{ site: 'custom', endpoint: undefined },
	{ site: 'custom', endpoint: {} },
	{ site: 'custom', endpoint: 'tiw.intl.tencentcloudapi.com' },
	{ site: 'constructor', endpoint: 'https://tiw.intl.tencentcloudapi.com' },
	{ site: undefined },
])('%j tells no site, and is no reason to fail', (place) => {
	expect(siteOf(place as unknown as TencentCloudCredential)).toBeUndefined();
});

test('the service that signs is the first label of the host', () => {
	expect(tencentHost('cvm.ap-hongkong.tencentcloudapi.com')?.service).toBe('cvm');
	expect(tencentHost('tencentcloudapi.com')).toBeUndefined();
	expect(tencentHost('tiw.tencentcloudapi.com.evil.example')).toBeUndefined();
});
