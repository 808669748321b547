import { UserError } from 'n8n-workflow';

/** The credential's fields as they are meant to be; an expression may give anything else. */
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

/** A credential whose fields have been checked: trimmed, empty where there is nothing, and safe in a header. */
export type Account = Required<TencentCloudCredential>;

export const refuse = (message: string, description: string) =>
	new UserError(message, { description });

const LABELS = {
	secretId: 'Secret ID',
	secretKey: 'Secret Key',
	sessionToken: 'Session Token',
	endpoint: 'Endpoint',
	region: 'Region',
};

function textOf(credential: TencentCloudCredential, name: keyof typeof LABELS): string {
	const value: unknown = credential[name] ?? '';
	const field = `The '${LABELS[name]}' of the Tencent Cloud credential`;
	if (typeof value !== 'string' && !Number.isSafeInteger(value)) {
		throw refuse(`${field} is not a text`, 'Check the expression that gives it');
	}
	const text = String(value).trim();
	if (!/^[\x21-\x7e]*$/.test(text)) {
		throw refuse(
			`${field} holds a space, a line break or a character that is not ASCII`,
			'Copy it again, without anything before, after or in between',
		);
	}
	return text;
}

/**
 * Checks a credential, whatever its expressions have given.
 *
 * @throws {UserError} names the field that cannot be used
 */
export function readCredential(credential: TencentCloudCredential): Account {
	const { site } = credential;
	const account = {
		secretId: textOf(credential, 'secretId'),
		secretKey: textOf(credential, 'secretKey'),
		sessionToken: textOf(credential, 'sessionToken'),
		site,
		endpoint: site === 'custom' ? textOf(credential, 'endpoint') : '',
		region: textOf(credential, 'region'),
	};
	for (const name of ['secretId', 'secretKey'] as const) {
		if (account[name]) continue;
		throw refuse(
			`The '${LABELS[name]}' of the Tencent Cloud credential is empty`,
			'Enter both keys from the Tencent Cloud console, Access Management, API Keys',
		);
	}
	if (!['international', 'china', 'custom'].includes(site)) {
		throw refuse(
			"The 'Site' of the Tencent Cloud credential is not known",
			'Choose one; an expression has to give international, china or custom',
		);
	}
	return account;
}
