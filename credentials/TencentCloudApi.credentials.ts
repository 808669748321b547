import type { IAuthenticate, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import type { TencentCloudCredential } from './signing/credential';

/**
 * Its test is the function that the node names in `testedBy`: a request alone could not tell a refused
 * connection or a proxy's answer in sentences. A `test` here would be taken in its place.
 */
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
			description: 'The site of Tencent Cloud whose endpoints are called',
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
}
