/** The emulator in a process of its own, so that it shares no event loop with what is measured. */
import { startEmulator } from '../emulator/server.mts';
import type { AccessKey, EmulatorOptions, Fault } from '../emulator/server.mts';

export interface Settings
	extends Pick<EmulatorOptions, 'rateWindow' | 'countRefused' | 'visibleAfterMs'> {
	/** Null: no limit. */
	ratePerSecond: number | null;
	keys: AccessKey[];
	/** What happens to every request. */
	fault?: Fault;
}

export const SDK_APP_ID = 1400127230;

/** A call as the emulator received it. */
export interface Arrival {
	taskId: string;
	/** Wall clock in milliseconds. */
	at: number;
	/** The error code answered; null for success. */
	code: string | null;
}

export interface Born {
	/** Wall clock in milliseconds: when the tasks began, all at once. */
	bornAt: number;
	ids: string[];
}

/** A task that has ended, with one file. */
export interface Filed {
	taskId: string;
	url: string;
}

export type Order =
	| { order: 'tasks'; seconds: number[] }
	| { order: 'arrivals' }
	| { order: 'file'; bytes: number };

async function serve({ ratePerSecond, fault, ...settings }: Settings): Promise<void> {
	const emulator = await startEmulator({
		...settings,
		ratePerSecond: ratePerSecond ?? Infinity,
	});
	if (fault) emulator.setFault(fault);

	function addTasks(seconds: readonly number[]): Born {
		const bornAt = Date.now();
		const ids = seconds.map((runSeconds) =>
			emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, createTime: bornAt / 1000, runSeconds }),
		);
		return { bornAt, ids };
	}

	const arrivals = () =>
		emulator.calls.map(
			({ params, at, code }): Arrival => ({ taskId: String(params?.TaskID ?? ''), at, code }),
		);

	function addFile(size: number): Filed {
		const contentType = 'application/octet-stream';
		const url = emulator.addFile(`file-${size}.bin`, { contentType, content: { size } });
		const task = { sdkAppId: SDK_APP_ID, runSeconds: 0, snapshots: [url] };
		return { taskId: emulator.addSnapshotTask(task), url };
	}

	function obey(message: Order) {
		switch (message.order) {
			case 'tasks':
				return addTasks(message.seconds);
			case 'file':
				return addFile(message.bytes);
			case 'arrivals':
				return arrivals();
		}
	}

	process.on('message', (message: Order) => process.send?.(obey(message)));
	process.on('disconnect', () => process.exit());
	process.send?.(emulator.url);
}

if (import.meta.main) await serve(JSON.parse(process.argv[2]) as Settings);
