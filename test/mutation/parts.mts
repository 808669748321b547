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
		tests: ['vectors/tc3', 'unit/signing-edges', 'unit/sign-request', 'conformance/panel'],
	},
	queue: {
		mutate: node('transport/{queue,rate,pool,signals,watchdog,retry,clock}'),
		tests: ['unit/rate', 'unit/transport-parts', 'properties/queue', 'unit/call'],
	},
	calls: {
		mutate: node('transport/{call,errors,connection,system}'),
		tests: [
			...['unit/faults-exact', 'unit/errors', 'unit/connection', 'unit/call'],
			...['lines/error-items', 'engine/operations', 'lines/reads', 'engine/files'],
		],
	},
	files: {
		mutate: node('transport/download', 'execute/output'),
		tests: ['lines/engine', 'engine/every-task', 'engine/files', 'engine/describe-snapshot-task'],
	},
	tasks: {
		mutate: node('tasks/*', 'execute/{wait,task,ledger}', 'text'),
		tests: [
			...['unit/wait-edges', 'unit/ledger', 'unit/task-specs', 'properties/wait'],
			...['lines/error-items', 'engine/every-task', 'lines/reads', 'lines/started-tasks'],
		],
	},
	input: {
		mutate: node('execute/{settings,plan,request,list,search}'),
		tests: ['unit/request', 'engine/operations', 'engine/every-task'],
	},
	run: {
		mutate: node('execute/run', 'resources/index', 'TencentWhiteboard.node'),
		tests: [
			...['conformance/panel', 'conformance/table', 'engine/operations', 'lines/error-items'],
			...['engine/every-task', 'lines/started-tasks', 'engine/describe-snapshot-task'],
		],
	},
	panel: {
		mutate: node('description/properties'),
		tests: ['conformance/panel', 'conformance/table'],
	},
};

/** The part that this process tests. */
export const part = parts[process.env.MUTATION_PART ?? ''];
