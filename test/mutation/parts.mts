/**
 * The parts of the mutation tests: what each mutates, and the tests in reach of its mutants, in the order in
 * which these meet them. Those that need n8n's engine come last. A part takes at most ten minutes on two cores.
 */
const node = (...names: string[]) => names.map((name) => `nodes/TencentWhiteboard/${name}.ts`);

interface Part {
	/** Patterns of files, as Stryker reads them. */
	mutate: string[];
	/** Files in `test`, without their endings. */
	tests: string[];
}

export const parts: Record<string, Part> = {
	signing: {
		mutate: ['credentials/**/*.ts'],
		tests: [
			...[
				'vectors/tc3',
				'unit/signing-edges',
				'unit/sign-request',
				'unit/sites',
				'conformance/panel',
			],
			'lines/credential',
		],
	},
	queue: {
		mutate: node('transport/{queue,rate,pool,signals,watchdog,retry}'),
		tests: ['unit/rate', 'unit/transport-parts', 'properties/queue', 'unit/call'],
	},
	calls: {
		mutate: node('transport/{call,errors,connection,system,clock,verify}'),
		tests: [
			...['unit/faults-exact', 'unit/errors', 'unit/connection', 'unit/call', 'unit/verify'],
			...['lines/engine', 'lines/clock', 'lines/error-items', 'engine/operations'],
			'lines/credential-test',
		],
	},
	redact: { mutate: node('transport/redact'), tests: ['unit/redact', 'lines/secrets'] },
	files: {
		mutate: node('transport/{download,files}', 'execute/{output,files,hints}'),
		tests: [
			...['unit/files', 'unit/hints', 'unit/output', 'unit/download', 'unit/task'],
			...['lines/downloads', 'lines/reads'],
		],
	},
	tasks: {
		mutate: node('tasks/*', 'execute/{wait,task,ledger}', 'text'),
		tests: [
			...['unit/text', 'unit/task', 'unit/ledger', 'unit/wait-edges', 'unit/task-specs'],
			'properties/wait',
			...['lines/terminal-codes', 'lines/error-items', 'engine/every-task', 'lines/started-tasks'],
		],
	},
	callbacks: {
		mutate: node('execute/callbacks', 'webhook/{resume,waiting}'),
		tests: ['unit/callbacks', 'lines/callbacks'],
	},
	values: {
		mutate: node('execute/{values,request}'),
		tests: ['unit/values', 'unit/request', 'unit/plan', 'properties/values', 'lines/input'],
	},
	input: {
		mutate: node('execute/{settings,plan,list,search,simplify}'),
		tests: ['unit/request', 'unit/plan', 'unit/lists', 'engine/operations', 'lines/input'],
	},
	run: {
		mutate: node('execute/run', 'resources/index', 'TencentWhiteboard.node'),
		tests: [
			...['unit/run', 'unit/verify', 'conformance/panel', 'conformance/table'],
			'engine/operations',
			...['lines/error-items', 'lines/started-tasks'],
		],
	},
	trigger: {
		mutate: node(
			'webhook/{events,lifecycle,panel,parameters,receive,repeats,reread,seal,verify}',
			'transport/public',
			'TencentWhiteboardTrigger.node',
		),
		tests: [
			...['unit/trigger-parts', 'unit/trigger-lifecycle', 'unit/trigger-receive'],
			...['conformance/panel', 'lines/trigger'],
		],
	},
	panel: {
		mutate: node('description/*'),
		tests: ['conformance/panel', 'conformance/table', 'unit/request', 'unit/subtitle'],
	},
};

/** The part that this process tests. */
export const part = parts[process.env.MUTATION_PART ?? ''];
