'use strict';
const { createHash } = require('node:crypto');

/** Signs what it is handed in either of n8n's request shapes. */
class FixtureApi {
	constructor() {
		this.name = 'fixtureApi';
		this.displayName = 'Fixture API';
		this.properties = [
			{ displayName: 'Key', name: 'key', type: 'string', default: '' },
			{
				displayName: 'Secret',
				name: 'secret',
				type: 'string',
				typeOptions: { password: true },
				default: '',
			},
			{
				displayName: 'Site',
				name: 'site',
				type: 'options',
				options: [
					{ name: 'Main', value: 'main' },
					{ name: 'Custom', value: 'custom' },
				],
				default: 'main',
			},
			{
				displayName: 'Endpoint',
				name: 'endpoint',
				type: 'string',
				displayOptions: { show: { site: ['custom'] } },
				default: 'http://127.0.0.1:1',
			},
		];
		this.test = {
			request: {
				baseURL: '={{$credentials.endpoint}}',
				url: '/test',
				method: 'POST',
				headers: { 'X-Test-Site': '={{$credentials.site}}' },
				body: { test: true },
			},
			rules: [
				{
					type: 'responseSuccessBody',
					properties: {
						key: 'Response.Error.Code',
						value: 'AuthFailure.SecretIdNotFound',
						message: 'The key does not exist',
					},
				},
				{ type: 'responseCode', properties: { value: 418, message: 'This is a teapot' } },
			],
		};
	}

	async authenticate(credentials, request) {
		const url = request.uri ?? `${request.baseURL ?? ''}${request.url}`;
		const body = Buffer.from(request.body === undefined ? '' : JSON.stringify(request.body));
		const signature = createHash('sha256')
			.update(`${credentials.secret}\n${request.method}\n${new URL(url).pathname}\n`)
			.update(body)
			.digest('hex');
		return {
			...request,
			headers: {
				...request.headers,
				'Content-Type': 'application/json',
				'X-Key': credentials.key,
				'X-Site': credentials.site,
				'X-Signature': signature,
			},
			body,
		};
	}
}

exports.FixtureApi = FixtureApi;
