'use strict';

/** Authenticates with n8n's generic form; tested by a function of the node. */
class FixtureTokenApi {
	constructor() {
		this.name = 'fixtureTokenApi';
		this.displayName = 'Fixture Token API';
		this.properties = [{ displayName: 'Token', name: 'token', type: 'string', default: '' }];
		this.authenticate = {
			type: 'generic',
			properties: {
				headers: { Authorization: '=Bearer {{$credentials.token}}' },
				qs: { via: 'generic' },
			},
		};
	}
}

exports.FixtureTokenApi = FixtureTokenApi;
