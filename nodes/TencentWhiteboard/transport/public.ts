/** Names and addresses that nobody outside of the own network can reach, in the form that URLs give them. */
const LOCAL = [
	/^[^.[]*$/,
	/\.(localhost|local|internal|lan)$/,
	/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/,
	// Unspecified, loopback, IPv4 within IPv6, unique local and link-local.
	/^\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$/,
];

/** Whether Tencent Cloud surely cannot call a URL: it names this machine or its own network, or is none. */
export function isLocal(url: string): boolean {
	if (!URL.canParse(url)) return true;
	// A dot at its end makes a name absolute, and changes nothing.
	const hostname = new URL(url).hostname.replace(/\.$/, '');
	return LOCAL.some((pattern) => pattern.test(hostname));
}
