/** A large file through the node into n8n's binary data in the file system: what it takes of memory and time. */
import { startEngine, startEmulatorProcess, runNode } from './emulated.mts';
import type { EmulatorProcess } from './emulated.mts';
import type { Row } from './table.mts';

const MB = 1e6;
const GOAL = 64;
/** The first file of a process also pays for the buffers that V8 keeps from then on, with or without the node. */
const FIRST = 50 * MB;

/** How much memory the process takes more while the work runs than before, at its peak. Bytes. */
async function peakGrowth(work: () => Promise<void>): Promise<{ growth: number; seconds: number }> {
	const before = process.memoryUsage.rss();
	let peak = before;
	const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
	const started = performance.now();
	await work();
	clearInterval(timer);
	return { growth: peak - before, seconds: (performance.now() - started) / 1000 };
}

async function measure(emulator: EmulatorProcess, bytes: number) {
	const engine = await startEngine(emulator, 'filesystem');
	try {
		const download = async (size: number) => {
			const { taskId, url } = await emulator.addFile(size);
			return { taskId, url, size };
		};
		const throughNode = async ({ taskId, size }: { taskId: string; size: number }) => {
			const [item] = await runNode(engine, emulator.keys[0].secretId, [taskId], {
				output: 'files',
				downloadFiles: true,
			});
			if (Number(item.binary?.data?.bytes) !== size) throw new Error('The file is not whole');
		};
		const bare = async ({ url, size }: { url: string; size: number }) =>
			await engine.runFunction(undefined, async function () {
				const stream = await this.helpers.httpRequest({ url, encoding: 'stream' });
				const { bytes: stored } = await this.helpers.prepareBinaryData(stream, 'file.bin');
				if (Number(stored) !== size) throw new Error('The file is not whole');
			});
		const firstFile = await download(FIRST);
		const first = await peakGrowth(async () => await throughNode(firstFile));
		const file = await download(bytes);
		const theirs = await peakGrowth(async () => await bare(file));
		const ours = await peakGrowth(async () => await throughNode(file));
		return { first, ours, theirs };
	} finally {
		await engine.close();
	}
}

const shown = ({ growth, seconds }: { growth: number; seconds: number }) =>
	`${(growth / MB).toFixed(0)} MB more memory, ${seconds.toFixed(1)} s`;

export async function benchFiles(bytes: number): Promise<Row[]> {
	const emulator = await startEmulatorProcess();
	try {
		const { first, ours, theirs } = await measure(emulator, bytes);
		return [
			{
				what: `A first file of ${FIRST / MB} MB into filesystem binary data, the buffers of V8 included`,
				ours: shown(first),
				comparedWith: 'the size of the file',
				ratio: (first.growth / FIRST).toFixed(2),
			},
			{
				what: `A later file of ${bytes / MB} MB into filesystem binary data`,
				ours: shown(ours),
				comparedWith: `the bare helpers, unchecked: ${shown(theirs)}`,
				ratio: `${(ours.seconds / theirs.seconds).toFixed(2)} of the time, memory ${((ours.growth / bytes) * 100).toFixed(1)} % of the file`,
				goal: { text: `≤ ${GOAL} MB`, met: ours.growth <= GOAL * MB },
			},
		];
	} finally {
		await emulator.close();
	}
}
