/** The credential's fields as n8n hands them over. */
export interface TencentCloudCredential {
	secretId: string;
	secretKey: string;
	sessionToken?: string;
	site: 'international' | 'china' | 'custom';
	/** Base URL for site `custom`. */
	endpoint?: string;
	/** Empty: the site's own default. */
	region?: string;
}

/** Where each site answers, and the region it serves TIW from (Tencent's API pages 1176/55152 and 1137/59003). */
const SITES = {
	international: { domain: 'intl.tencentcloudapi.com', region: 'ap-singapore' },
	china: { domain: 'tencentcloudapi.com', region: 'ap-guangzhou' },
};

/** Base URL of a service, without a slash at its end. */
export function endpointOf(credential: TencentCloudCredential, service: string): string {
	return credential.site === 'custom'
		? (credential.endpoint ?? '').trim().replace(/\/+$/, '')
		: `https://${service}.${SITES[credential.site].domain}`;
}

/** The region to send; a custom endpoint without one gets the international default. */
export function regionOf(credential: TencentCloudCredential): string {
	const own = credential.region?.trim();
	return own || SITES[credential.site === 'china' ? 'china' : 'international'].region;
}

/** The service behind one of Tencent Cloud's own hosts: its first label. Any other host: undefined. */
export function serviceOf(hostname: string): string | undefined {
	return hostname.endsWith('.tencentcloudapi.com') ? hostname.split('.')[0] : undefined;
}
