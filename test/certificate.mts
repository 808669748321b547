/**
 * A certificate for localhost that no authority has signed, valid until 2099, and its key. It guards nothing.
 */
const pem = (label: string, lines: string[]) =>
	[`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');

export const CERTIFICATE = pem('CERTIFICATE', [
	'MIIBVTCB/KADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z',
	'dDAgFw0yMDAxMDEwMDAwMDBaGA8yMDk5MTIzMTAwMDAwMFowFDESMBAGA1UEAwwJ',
	'bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgasLGz/rrRokT7jE',
	'pW0nXpSc54ko4XYuBF4eaus4EpyTItxZCz7rep42KK0Ow8cIav1v98ctEeJmV88F',
	'UPuDHKM9MDswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBTG',
	'9q7uIzMc8wvksnO8qQU4QsJZSjAKBggqhkjOPQQDAgNIADBFAiEAkLzOpJR8wta9',
	'spDSw+vdntiC3aX6gdnmbsSEduUtjnoCIBdDYX+TIy/ILX8a7kjydT7AVUPpIBpz',
	'A0O4zxMjUSUX',
]);

export const KEY = pem('PRIVATE KEY', [
	'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7Z3QFjMbhYk3AfC4',
	'DmHCzzhy7IeLL93FyUAPxTJUc5ahRANCAASBqwsbP+utGiRPuMSlbSdelJzniSjh',
	'di4EXh5q6zgSnJMi3FkLPut6njYorQ7Dxwhq/W/3xy0R4mZXzwVQ+4Mc',
]);
