/** From the bytes of a request to its parameters: a JSON body, or a GET query taken apart again. */
import { ApiError } from './api-error.mts';
import { findType, itemType, parametersOf } from './facts.mts';
import type { ActionFact, FieldFact } from './facts.mts';
import { headerOf, splitTarget } from './verify.mts';
import type { RawRequest } from './verify.mts';

export type Params = Record<string, unknown>;

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_QUERY_BYTES = 32 * 1024;

export function isObject(value: unknown): value is Params {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromBody(body: Buffer): Params {
	if (body.length > MAX_BODY_BYTES) {
		throw new ApiError('RequestSizeLimitExceeded', 'A body may have 10 MB at most.');
	}
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		throw new ApiError('InvalidParameter.UnmarshalJSONBodyFail', 'The body is not valid JSON.');
	}
	if (!isObject(parsed)) {
		throw new ApiError('InvalidParameter.UnmarshalJSONBodyFail', 'The body is no JSON object.');
	}
	return parsed;
}

/** `A.B=1&C.0=2` becomes `{ A: { B: '1' }, C: { 0: '2' } }`; lists are found by their type later. */
function unflatten(query: string): Params {
	if (Buffer.byteLength(query) > MAX_QUERY_BYTES) {
		throw new ApiError('RequestSizeLimitExceeded', 'A query may have 32 KB at most.');
	}
	// Without a prototype, so that a parameter called __proto__ is just an unknown one.
	const root = Object.create(null) as Params;
	for (const [name, value] of new URLSearchParams(query)) {
		const path = name.split('.');
		const last = path.pop() ?? '';
		let node = root;
		for (const step of path) {
			if (!isObject(node[step])) node[step] = Object.create(null) as Params;
			node = node[step] as Params;
		}
		node[last] = value;
	}
	return root;
}

/** A query knows only text; the parameter's type says what it stands for. What fits not, stays. */
function typed(value: unknown, type: string): unknown {
	const item = itemType(type);
	if (item !== undefined) {
		if (!isObject(value)) return value;
		const keys = Object.keys(value);
		return keys.every((key, index) => key === String(index))
			? keys.map((key) => typed(value[key], item))
			: value;
	}
	const structure = findType(type);
	if (structure) return isObject(value) ? typedFields(value, structure.fields) : value;
	if (typeof value !== 'string') return value;
	if (type === 'Integer') return /^-?\d+$/.test(value) ? Number(value) : value;
	if (type === 'Float') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
	if (type === 'Boolean') return /^(true|false)$/i.test(value) ? /^t/i.test(value) : value;
	return value;
}

function typedFields(values: Params, fields: readonly FieldFact[]): Params {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			const field = fields.find((candidate) => candidate.name === name);
			return [name, field ? typed(value, field.type) : value];
		}),
	);
}

export function readParams(request: RawRequest, action: ActionFact | undefined): Params {
	const contentType = (headerOf(request, 'content-type') ?? '').split(';')[0].trim().toLowerCase();
	if (request.method === 'GET') {
		if (contentType !== 'application/x-www-form-urlencoded') {
			throw new ApiError(
				'UnsupportedProtocol',
				'A GET request needs the Content-Type application/x-www-form-urlencoded.',
			);
		}
		const flat = unflatten(splitTarget(request.target).query);
		return action ? typedFields(flat, parametersOf(action)) : { ...flat };
	}
	if (request.method !== 'POST') {
		throw new ApiError('UnsupportedProtocol', 'Only POST and GET are served.');
	}
	if (contentType !== 'application/json') {
		throw new ApiError('UnsupportedProtocol', 'The Content-Type must be application/json.');
	}
	return fromBody(request.body);
}
