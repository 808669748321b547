import { refuse } from './credential';
import type { Account } from './credential';

/** Where each site answers, and the region it serves TIW from (Tencent's API pages 1176/55152 and 1137/59003). */
const SITES = {
	international: { domain: 'intl.tencentcloudapi.com', region: 'ap-singapore' },
	china: { domain: 'tencentcloudapi.com', region: 'ap-guangzhou' },
};

/** The URL in a text, undefined where it holds none that a request can be sent to. */
export function webUrl(text: string): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** Scheme, host and port of the credential's own endpoint. */
function customEndpoint(endpoint: string): string {
	const field = 'The Endpoint of the Tencent Cloud credential';
	const advice =
		'Give scheme, host and, where needed, port, e.g. https://tiw.intl.tencentcloudapi.com';
	if (!endpoint) throw refuse(`${field} is empty`, `${advice}, or choose another Site`);
	const url = webUrl(endpoint);
	if (!url) {
		throw refuse(`${field} is not a URL that begins with http:// or https://`, advice);
	}
	if (url.username || url.password) {
		throw refuse(
			`${field} holds a user name or password`,
			'Leave them out: requests to Tencent Cloud are signed with the keys of the credential',
		);
	}
	if (!/^\/*$/.test(url.pathname) || url.search || url.hash) {
		throw refuse(`${field} holds more than scheme, host and port`, advice);
	}
	return url.origin;
}

/**
 * Base URL of a service, without a slash at its end.
 *
 * @throws {UserError} for a custom endpoint that is no base URL
 */
export function endpointOf({ site, endpoint }: Account, service: string): string {
	return site === 'custom' ? customEndpoint(endpoint) : `https://${service}.${SITES[site].domain}`;
}

/** The region to send; a custom endpoint without one gets the international default. */
export function regionOf({ site, region }: Pick<Account, 'site' | 'region'>): string {
	return region || SITES[site === 'china' ? 'china' : 'international'].region;
}

/** The service behind one of Tencent Cloud's own hosts: its first label. Any other host: undefined. */
export function serviceOf(hostname: string): string | undefined {
	return hostname.endsWith('.tencentcloudapi.com') ? hostname.split('.')[0] : undefined;
}
