/** The listeners for an abort that a signal has from now on. */
export function listenersOf(signal: AbortSignal): ReadonlySet<unknown> {
	const listeners = new Set<unknown>();
	const { addEventListener, removeEventListener } = signal;
	signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
		if (given[0] === 'abort') listeners.add(given[1]);
		addEventListener.apply(signal, given);
	};
	signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
		if (given[0] === 'abort') listeners.delete(given[1]);
		removeEventListener.apply(signal, given);
	};
	return listeners;
}
