import type { RetryClass } from './retry';

/** Pages about common problems: in the repository, so that they can grow without a release. */
export const PROBLEMS =
	'https://github.com/n8n-nodes-tencent-whiteboard/n8n-nodes-tencent-whiteboard/blob/main/docs/problems/';

/** One of them. */
export type Page =
	| 'callback'
	| 'clock'
	| 'files-gone'
	| 'permission'
	| 'rate-limit'
	| 'signature'
	| 'site';

interface Code {
	/** What may be done; left out: final. `transient` holds for reading actions only. */
	retry?: RetryClass;
	/** What happened; left out where Tencent's own message says it better, e.g. which parameter. */
	message?: string;
	/** How to fix it. */
	hint: string;
	/** Where there is more to say than a hint can. */
	page?: Page;
}

const KEYS = "Check 'Secret ID', 'Secret Key' and 'Site' in the Tencent Cloud credential.";
const SLOW_DOWN = 'Wait a moment, or let fewer programs use this account at the same time.';
const TRY_LATER = 'Try again in a few minutes.';
const FIX_FILE = 'Open the file, save it without protection, and create a new task.';

/**
 * The documented error codes (API pages "Error Codes" of products 1176 and 1137). A code that is not
 * here is read as its first part, e.g. `InvalidParameter` for `InvalidParameter.Something`.
 */
export const CODES: Record<string, Code> = {
	ActionOffline: {
		message: 'Tencent Cloud has taken this action out of service',
		hint: 'Use another operation, or try the other site if the account exists there.',
		page: 'site',
	},
	AuthFailure: {
		hint: `${KEYS} The key also needs the permission for this action (CAM policy).`,
		page: 'signature',
	},
	'AuthFailure.InvalidAuthorization': {
		message: 'Tencent Cloud could not read the signature',
		hint: `${KEYS} A proxy between n8n and Tencent Cloud must not change the request headers.`,
		page: 'signature',
	},
	'AuthFailure.InvalidSecretId': {
		message: 'The Secret ID is not an API key',
		hint: 'Enter a key from the Tencent Cloud console, Access Management, API Keys.',
		page: 'signature',
	},
	'AuthFailure.MFAFailure': {
		message: 'Tencent Cloud asks for multi-factor authentication',
		hint: 'Use the key of a sub-account whose policy does not ask for it.',
	},
	'AuthFailure.SecretIdNotFound': {
		message: 'Tencent Cloud does not know this Secret ID',
		hint: "Check it for typos, that the key is enabled, and that 'Site' in the credential is the right one.",
		page: 'signature',
	},
	'AuthFailure.SignatureExpire': {
		retry: 'skewed',
		message: 'The clock of the n8n server is more than five minutes off',
		hint: 'Set the clock of the n8n server right (NTP).',
		page: 'clock',
	},
	'AuthFailure.SignatureFailure': {
		message: 'The Secret Key does not belong to the Secret ID',
		hint: 'Copy both again from the same key pair into the Tencent Cloud credential.',
		page: 'signature',
	},
	'AuthFailure.TokenFailure': {
		message: 'The Session Token has expired or belongs to other keys',
		hint: "Enter new temporary keys with their token, or clear 'Session Token' for permanent keys.",
		page: 'signature',
	},
	'AuthFailure.UnauthorizedOperation': {
		message: 'The key has no permission for this action',
		hint: 'Grant it in Access Management (CAM), e.g. with the policy QcloudTIWFullAccess, or QcloudTIWReadOnlyAccess for reading.',
		page: 'permission',
	},
	DryRunOperation: {
		message: 'The request was a dry run and would have been executed',
		hint: 'Remove the DryRun parameter.',
	},
	FailedOperation: {
		retry: 'transient',
		hint: 'For a query, try again; for a change, check the present state first.',
	},
	'FailedOperation.AlreadyEnabled': {
		message: 'The service is already activated',
		hint: 'Nothing needs to be done.',
	},
	'FailedOperation.CosBucketInvalid': {
		message: 'The storage bucket does not exist or TIW may not use it',
		hint: 'Check the name and region of the bucket, and authorize TIW for it in the console.',
	},
	'FailedOperation.FileDownloadFail': {
		message: 'Tencent Cloud could not download the document in time',
		hint: 'Make the URL public and fast, e.g. a pre-signed COS link, and create a new task.',
	},
	'FailedOperation.FileFormatError': {
		message: 'The document cannot be converted because it is protected or damaged',
		hint: FIX_FILE,
	},
	'FailedOperation.FileOpenFail': {
		message: 'The document could not be opened',
		hint: FIX_FILE,
	},
	'FailedOperation.FileUploadFail': {
		message: 'The result could not be stored',
		hint: 'Check the settings of the storage bucket, then create a new task.',
	},
	'FailedOperation.GetCredentialFail': {
		retry: 'transient',
		message: 'TIW got no access to the storage bucket',
		hint: 'Authorize the TIW service role for the bucket in the console, then try again.',
	},
	'FailedOperation.Preprocess': {
		hint: 'The check or repair of the file stopped. Fix the file, or ask Tencent Cloud support.',
	},
	'FailedOperation.PreprocessServerError': {
		retry: 'transient',
		message: 'The file checking service has a fault',
		hint: TRY_LATER,
	},
	'FailedOperation.Record': {
		hint: 'The recording ended. Often a UserSig has expired, a user ID is wrong or the IM group is missing: fix that and start a new one.',
	},
	'FailedOperation.Transcode': {
		hint: 'The conversion stopped. Fix the document and create a new task.',
	},
	'FailedOperation.TranscodeServerError': {
		retry: 'transient',
		message: 'The conversion service has a fault',
		hint: 'Try again in a few minutes; if it stays, create a new task.',
	},
	'FailedOperation.WhiteboardPush': {
		hint: 'The push ended, often because of a wrong UserSig. Fix that and start a new one.',
	},
	InternalError: {
		retry: 'transient',
		message: 'Tencent Cloud has a fault of its own',
		hint: 'Try again. Before a create or start is repeated, check whether the task already exists.',
	},
	InvalidAction: {
		message: 'This site of Tencent Cloud does not offer the action',
		hint: "Check 'Site' in the credential: some actions exist on one site only.",
		page: 'site',
	},
	InvalidParameter: { hint: 'Check the parameters of the node.' },
	'InvalidParameter.ApplicationAlreadyExists': {
		message: 'A whiteboard application with this SDK App ID exists already',
		hint: 'Use the existing application.',
	},
	'InvalidParameter.BodyParameterTypeUnmatched': {
		hint: 'A parameter has the wrong type, e.g. text in place of a number.',
	},
	'InvalidParameter.CallbackAddressFormatError': {
		message: 'The callback URL is malformed',
		hint: 'Give a full URL that begins with http:// or https://.',
	},
	'InvalidParameter.CdnDomainNotFound': {
		message: 'The CDN domain is not known to Tencent Cloud',
		hint: 'Set up the domain in the console first.',
	},
	'InvalidParameter.FileFormatUnsupported': {
		message: 'This kind of document cannot be converted',
		hint: 'Use a URL whose path ends in ppt, pptx, doc, docx or pdf.',
	},
	'InvalidParameter.InvalidExtra': {
		message: 'The extra feature is not known',
		hint: 'Only MIX_STREAM is offered.',
	},
	'InvalidParameter.InvalidTaskType': {
		message: 'This kind of task is not supported',
		hint: 'Choose one of the task types offered.',
	},
	'InvalidParameter.PreprocessParameter': { hint: 'Check the parameters of the file check.' },
	'InvalidParameter.RecordParameter': {
		hint: 'Check the recording or push parameters, above all the user ID.',
	},
	'InvalidParameter.SdkAppIdNotFound': {
		message: 'Tencent Cloud does not know this SDK App ID',
		hint: 'Use the SdkAppId of a whiteboard application of this account.',
	},
	'InvalidParameter.TaskNotFound': {
		message: 'Tencent Cloud does not know this task',
		hint: "Check 'Task ID', and that 'SDK App ID' is the one it was created with. Old tasks are deleted.",
	},
	'InvalidParameter.TimeFormat': {
		message: 'A time could not be read',
		hint: 'Give dates as the parameter shows them.',
	},
	'InvalidParameter.TranscodeParameter': { hint: 'Check the conversion parameters.' },
	'InvalidParameter.UnmarshalJSONBodyFail': {
		message: 'Tencent Cloud could not read the parameters',
		hint: 'Check the types of the parameters, above all those given as JSON.',
	},
	'InvalidParameter.UrlFormatError': {
		message: 'The document URL is malformed',
		hint: 'Give a full URL with special characters percent-encoded.',
	},
	InvalidParameterValue: { hint: 'Use one of the values that the parameter allows.' },
	InvalidRequest: { hint: 'Send the parameters as JSON.' },
	IpInBlacklist: {
		message: 'Tencent Cloud blocks the IP address of this n8n server',
		hint: 'Take the address off the deny list of the account.',
	},
	IpNotInWhitelist: {
		message: 'The IP address of this n8n server is not on the allow list of the account',
		hint: 'Add the address to the allow list.',
	},
	LimitExceeded: { hint: 'A quota is used up: free something, or ask Tencent Cloud for more.' },
	'LimitExceeded.TaskConcurrency': {
		retry: 'busy',
		message: 'Too many tasks are running at once',
		hint: 'Wait until some have ended, or ask Tencent Cloud for a higher quota.',
		page: 'rate-limit',
	},
	'LimitExceeded.TranscodePagesLimitation': {
		message: 'The document has too many pages',
		hint: 'Split it into smaller documents.',
	},
	MissingParameter: { hint: 'Fill in the missing parameter.' },
	NoSuchProduct: {
		message: 'The endpoint does not serve this product',
		hint: "Check 'Site' and 'Endpoint' in the credential.",
		page: 'site',
	},
	NoSuchVersion: {
		message: 'The endpoint does not know this version of the API',
		hint: "Check 'Endpoint' in the credential, or 'Version' in a custom call.",
	},
	RequestLimitExceeded: {
		retry: 'throttled',
		message: 'Too many requests per second',
		hint: SLOW_DOWN,
		page: 'rate-limit',
	},
	RequestSizeLimitExceeded: {
		message: 'The request is too large',
		hint: 'Keep it below 10 MB.',
	},
	ResourceInUse: { hint: 'Another task holds the resource: wait for it or stop it.' },
	'ResourceInUse.RecordUserId': {
		message: 'Another recording uses this user ID',
		hint: 'Choose a user ID that no other recording or push uses.',
	},
	ResourceInsufficient: { retry: 'transient', hint: TRY_LATER },
	ResourceNotFound: { hint: 'Check the ID and the region.' },
	ResourceUnavailable: {
		hint: 'Check in the console that the whiteboard service is active and paid for.',
	},
	'ResourceUnavailable.InterfaceUnAuthorized': {
		message: 'This action is not open to the account',
		hint: 'Apply for the feature with Tencent Cloud.',
	},
	'ResourceUnavailable.NotRegistered': {
		message: 'The whiteboard service is not activated for this account',
		hint: "Activate it in the console, and check that 'Site' in the credential is the right one.",
		page: 'site',
	},
	'ResourceUnavailable.ServiceExpired': {
		message: 'The whiteboard service has expired or the account is in arrears',
		hint: 'Renew the service or settle the bill.',
	},
	ResponseSizeLimitExceeded: {
		message: 'The answer would be too large',
		hint: 'Ask for less: a shorter period, or fewer entries at a time.',
	},
	ServiceUnavailable: {
		retry: 'transient',
		message: 'The service is temporarily unavailable',
		hint: TRY_LATER,
	},
	UnauthorizedOperation: {
		hint: 'Grant the permission to the key, or apply for the feature.',
		page: 'permission',
	},
	'UnauthorizedOperation.SdkAppId': {
		message: 'The SDK App ID does not exist or belongs to another account',
		hint: 'Use the SdkAppId of an application of this account, or the keys of the account that owns it.',
		page: 'permission',
	},
	UnknownParameter: { hint: 'Remove the parameter; it may exist on the other site only.' },
	UnsupportedOperation: { hint: 'The present state does not allow it: check the task first.' },
	'UnsupportedOperation.InvalidTaskStatus': {
		message: 'The state of the task does not allow this',
		hint: 'Check the state of the task first.',
	},
	'UnsupportedOperation.TaskHasAlreadyStopped': {
		message: 'The task has already ended',
		hint: 'Nothing is left to stop.',
	},
	UnsupportedProtocol: {
		message: 'The endpoint does not take this kind of request',
		hint: "Check that 'Endpoint' in the credential begins with https://.",
	},
	UnsupportedRegion: {
		message: 'The action is not offered in this region',
		hint: "Clear 'Region' in the node and the credential, or choose another.",
		page: 'site',
	},
};

/** The entry of a code, or that of its first part. */
export function lookUp(code: string): Code | undefined {
	const known = [code, code.split('.')[0]].find((one) => Object.hasOwn(CODES, one));
	return known === undefined ? undefined : CODES[known];
}
