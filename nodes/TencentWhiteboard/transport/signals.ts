/** A signal of one's own that also aborts with another one. */
export interface DerivedSignal {
	readonly signal: AbortSignal;
	abort(reason?: unknown): void;
	/** Takes it off the other signal; to be called when it is no longer needed. */
	release(): void;
}

interface Source {
	children: Set<AbortController>;
	release(): void;
}

const sources = new WeakMap<AbortSignal, Source>();

function sourceOf(signal: AbortSignal): Source {
	const known = sources.get(signal);
	if (known) return known;
	const children = new Set<AbortController>();
	const onAbort = () => {
		for (const child of [...children]) child.abort(signal.reason);
	};
	signal.addEventListener('abort', onAbort);
	const source = {
		children,
		release: () => {
			signal.removeEventListener('abort', onAbort);
			sources.delete(signal);
		},
	};
	sources.set(signal, source);
	return source;
}

/**
 * Derives a signal. However many are derived, the source has one listener: Node 20 warns of more than ten,
 * and an execution has hundreds of requests under way. The last one to be released takes it off.
 */
export function derive(from: AbortSignal | undefined): DerivedSignal {
	const controller = new AbortController();
	if (from?.aborted) controller.abort(from.reason);
	const source = from && !from.aborted ? sourceOf(from) : undefined;
	source?.children.add(controller);
	return {
		signal: controller.signal,
		abort: (reason) => controller.abort(reason),
		release: () => {
			if (source?.children.delete(controller) && source.children.size === 0) source.release();
		},
	};
}
