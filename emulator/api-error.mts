/** An answer of the service that is an error: Tencent's code and a sentence of our own. */
export class ApiError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.name = 'ApiError';
		this.code = code;
	}
}
