/** What is known to be wrong and is being corrected, by name: what is violated then, as a pattern. */
export const KNOWN: Record<string, RegExp> = {
	/** An Error whose Code, Message or RequestId is no text. */
	errorNotText:
		/^an error says "\[object Object\]"(?!.*but item)|: Cannot convert object to primitive value$/s,
	/** Settings show objects as "[object Object]", and cannot show those with a `toString` of their own. */
	settingShown:
		/but item \d+ has "[^"]*\[object Object\]|^an error of .*cannot be read: Cannot convert object/,
	/** A list that is none, or whose entries are no objects. */
	listNotList: /Spread syntax requires|^an item's json is |\(reading '\$error'\)/,
	/** Headers of the request that an answer repeats. */
	echoedSecret: /^a secret: /,
	/** Result files are not where or what the API documents. */
	filesNotFiles:
		/could not be processed: (An entry of )?\w+( in \w+)? is not an? \w+|is not a list of objects$/,
	/** Links to addresses of this network alone are followed. */
	linkLocal: /^connects to /,
	/** Control characters, or more characters than a file system takes. */
	fileName: /^a file is called /,
	/** What a server says of a file's type, whatever it is. */
	fileType: /^a file's type is /,
	/** Fields of the credential that are no text, or a site that there is not. */
	credentialFields:
		/\.trim is not a function|reading '(trim|domain)'\)|tiw\.undefined|\[Error resolving credentials\]|^an error's description is missing/,
	/** A file that comes compressed. */
	compressedFile: /(a good file is missing|bytes are stored): .*"encoding"/,
};
