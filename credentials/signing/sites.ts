import { refuse } from './credential';
import type { Account, TencentCloudCredential } from './credential';

export type Site = 'international' | 'china';

/** Where each site answers, and the region it serves TIW from (Tencent's API pages 1176/55152 and 1137/59003). */
const SITES: Record<Site, { domain: string; region: string }> = {
	international: { domain: 'intl.tencentcloudapi.com', region: 'ap-singapore' },
	china: { domain: 'tencentcloudapi.com', region: 'ap-guangzhou' },
};

/** The URL in a text, undefined where it holds none that a request can be sent to. */
export function webUrl(text: string): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** One of Tencent Cloud's own hosts, taken apart. */
interface TencentHost {
	/** The service that it signs for: its first label. */
	service: string;
	site: Site;
	/** Empty for a host of all regions. */
	region: string;
}

const DOMAIN = ['tencentcloudapi', 'com'];
const REGION = /^[a-z]{2}-[a-z]+(-[a-z\d]+)*$/;

/**
 * Takes one of Tencent Cloud's own hosts apart, e.g. `tiw.ap-guangzhou.tencentcloudapi.com`; the labels `intl`
 * and the region stand in either order. Any other host: undefined.
 */
export function tencentHost(hostname: string): TencentHost | undefined {
	// A dot at its end makes it absolute, and changes nothing.
	const labels = hostname.toLowerCase().replace(/\.$/, '').split('.');
	const [service, ...place] = labels.splice(0, labels.length - DOMAIN.length);
	if (!service || labels.join('.') !== DOMAIN.join('.')) return undefined;
	const region = place.find((label) => REGION.test(label)) ?? '';
	// Its hosts may leave `intl` out (page 1176/55145); of its regions only this one is not China's as well.
	const isInternational = place.includes('intl') || region === SITES.international.region;
	return { service, site: isInternational ? 'international' : 'china', region };
}

/** Scheme, host and port of the credential's own endpoint. */
function customEndpoint(endpoint: string): URL {
	const field = "The 'Endpoint' of the Tencent Cloud credential";
	const advice =
		'Give scheme, host and, where needed, port, e.g. https://tiw.intl.tencentcloudapi.com';
	if (!endpoint) throw refuse(`${field} is empty`, `${advice}, or choose another 'Site'`);
	if (!/^https?:\/\//i.test(endpoint)) {
		throw refuse(`${field} must begin with http:// or https://`, advice);
	}
	const url = webUrl(endpoint);
	if (!url) throw refuse(`${field} is not a URL`, advice);
	if (url.username || url.password) {
		throw refuse(
			`${field} holds a user name or password`,
			'Leave them out: requests to Tencent Cloud are signed with the keys of the credential',
		);
	}
	if (!/^\/*$/.test(url.pathname) || url.search || url.hash) {
		throw refuse(`${field} holds more than scheme, host and port`, advice);
	}
	return url;
}

/**
 * Base URL of a service, without a slash at its end. A custom endpoint that is one of Tencent Cloud's hosts
 * stands for its place: the service is asked there, at the host of its own. Any other answers for all services.
 *
 * @throws {UserError} for a custom endpoint that is no base URL
 */
export function endpointOf({ site, endpoint }: Account, service: string): string {
	if (site !== 'custom') return `https://${service}.${SITES[site].domain}`;
	const url = customEndpoint(endpoint);
	const host = tencentHost(url.hostname);
	if (host) url.hostname = url.hostname.replace(host.service, service);
	return url.origin;
}

/** Where a credential sends its requests, checked or not. */
type Place = Pick<TencentCloudCredential, 'site' | 'endpoint'>;

/** The host of Tencent Cloud's that is the custom endpoint, if it is one. */
function ownHost({ site, endpoint }: Place): TencentHost | undefined {
	if (site !== 'custom' || typeof endpoint !== 'string') return undefined;
	const url = webUrl(endpoint.trim());
	return url && tencentHost(url.hostname);
}

/** The site that answers; undefined where only the gateway or emulator at the custom endpoint knows it. */
export function siteOf(place: Place): Site | undefined {
	const { site } = place;
	return site === 'international' || site === 'china' ? site : ownHost(place)?.site;
}

/**
 * The region to send: that of the credential, of its host or of its site.
 *
 * @param otherwise The site that a custom endpoint is taken for where it does not tell
 */
export function regionOf(
	place: Place & { region: string },
	otherwise: Site = 'international',
): string {
	return place.region || ownHost(place)?.region || SITES[siteOf(place) ?? otherwise].region;
}
