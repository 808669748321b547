/** Names and addresses that lead nowhere from outside: of this machine, or of a network of its own. */
const LOCAL = [
	/^(\[::1?\]|\[f[cd]|\[fe[89ab]|0\.|10\.|127\.|169\.254\.|192\.168\.)/,
	/^(172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./,
	/^[^.[]+$/,
	/\.(internal|local|localhost|lan|home|test)$/,
];

/** Whether nobody outside of the network can reach a URL. */
export function isLocal(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const host = new URL(url).hostname.replace(/\.$/, '');
	return LOCAL.some((pattern) => pattern.test(host));
}
