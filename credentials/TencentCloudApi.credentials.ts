import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import type { TencentCloudCredential } from './signing/credential';

/** Tencent answers HTTP 200 to a wrong key as well, so the test reads the code in the body. */
const refusal = (code: string, message: string) => ({
	type: 'responseSuccessBody' as const,
	properties: { key: 'Response.Error.Code', value: code, message },
});

export class TencentCloudApi implements ICredentialType {
	name = 'tencentCloudApi';

	displayName = 'Tencent Cloud API';

	icon: Icon = {
		light: 'file:../nodes/TencentWhiteboard/tencentWhiteboard.svg',
		dark: 'file:../nodes/TencentWhiteboard/tencentWhiteboard.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-tencent-whiteboard/n8n-nodes-tencent-whiteboard#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret ID',
			name: 'secretId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
			description:
				'The public half of an API key pair, from the Tencent Cloud console under Access Management, API Keys',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The secret half of the same key pair. It signs requests and is never sent.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only for temporary keys: the token that came with them',
		},
		{
			displayName: 'Site',
			name: 'site',
			type: 'options',
			default: 'international',
			description: 'The Tencent Cloud site the account belongs to',
			options: [
				{
					name: 'International',
					value: 'international',
					description: 'Accounts of tencentcloud.com',
				},
				{
					name: 'China',
					value: 'china',
					description: 'Accounts of cloud.tencent.com',
				},
				{
					name: 'Custom Endpoint',
					value: 'custom',
					description: 'A regional host of Tencent Cloud, a gateway or an emulator',
				},
			],
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://tiw.ap-guangzhou.tencentcloudapi.com',
			description:
				"Base URL with scheme and, where needed, port: one of Tencent Cloud's regional hosts, a gateway in front of them or an emulator. A forward proxy does not belong here: it is set for n8n itself, with HTTPS_PROXY.",
			displayOptions: { show: { site: ['custom'] } },
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: '',
			placeholder: 'e.g. ap-singapore',
			description:
				'Leave empty for the region of a regional endpoint, else the default of the site: ap-singapore (international) or ap-guangzhou (China)',
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) => {
		// Loaded when first needed: n8n reads every credential type at its start.
		const { signRequest } = await import('./signing/request');
		return signRequest(
			credentials as unknown as TencentCloudCredential,
			requestOptions,
			Date.now(),
		);
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.site === "custom" ? String($credentials.endpoint ?? "").trim() : $credentials.site === "china" ? "https://sts.tencentcloudapi.com" : "https://sts.intl.tencentcloudapi.com" }}',
			url: '/',
			method: 'POST',
			headers: {
				'X-TC-Service': 'sts',
				'X-TC-Action': 'GetCallerIdentity',
				'X-TC-Version': '2018-08-13',
			},
			body: {},
		},
		rules: [
			refusal(
				'AuthFailure.SecretIdNotFound',
				"This Secret ID is unknown on the chosen site. Check it for typos, that the key is enabled, and that 'Site' matches the account.",
			),
			refusal(
				'AuthFailure.InvalidSecretId',
				'This Secret ID is not an API key. Take one from Access Management, API Keys.',
			),
			refusal(
				'AuthFailure.SignatureFailure',
				'The Secret Key does not belong to this Secret ID. Copy both again from the same key pair.',
			),
			refusal(
				'AuthFailure.TokenFailure',
				'The Session Token has expired or belongs to other keys. Enter new temporary keys with their token, or clear it for permanent keys.',
			),
			refusal(
				'AuthFailure.SignatureExpire',
				'The clock of the n8n server is more than five minutes off. Set it right (NTP) and test again.',
			),
			// Matches when the answer has no account ID, whatever else it holds: success must be shown.
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'Response.AccountId',
					value: undefined,
					message:
						"Tencent Cloud did not confirm these keys. Check 'Secret ID', 'Secret Key', 'Site' and 'Endpoint', and that the account may call STS GetCallerIdentity.",
				},
			},
		],
	};
}
