/** A night for examples/nightly-snapshots-to-storage.json: tasks, a store and a chat group, on loopback. */
import type { INodeParameters } from 'n8n-workflow';

import type { Emulator, SnapshotTask } from '../emulator/server.mts';
import type { EngineOptions } from '../engine/runner.mts';
import { SDK_APP_ID, openExample, openHouse } from './kit.mts';
import type { Example, House } from './kit.mts';
import { startReceiver, startStore } from './servers.mts';
import type { Receiver, Store } from './servers.mts';

export const NIGHT = 'nightly-snapshots-to-storage';

type Tasks = Array<Omit<SnapshotTask, 'sdkAppId'>>;

/** What the example talks to. */
export interface NightServers {
	emulator: Emulator;
	store: Store;
	chat: Receiver;
}

export type PreparedNight = Example & { taskIds: string[] };

/** The example with what it talks to in place; its tasks are JSON, or an expression. */
export function nightExample(
	surroundings: { store: Store; chat: Receiver },
	tasks: string,
): Example {
	const example = openExample(NIGHT, surroundings);
	const fields = (example.set('Tasks').assignments as INodeParameters)
		.assignments as INodeParameters[];
	fields[0].value = tasks;
	return example;
}

/** The example with these tasks to look after. */
export function prepareNight({ emulator, ...servers }: NightServers, tasks: Tasks): PreparedNight {
	const taskIds = tasks.map((task) => emulator.addSnapshotTask({ sdkAppId: SDK_APP_ID, ...task }));
	const json = JSON.stringify(taskIds.map((taskId) => ({ sdkAppId: SDK_APP_ID, taskId })));
	return { ...nightExample(servers, json), taskIds };
}

export interface Night extends House {
	store: Store;
	chat: Receiver;
	prepare(tasks: Tasks): PreparedNight;
}

export async function openNight(engine: Partial<EngineOptions> = {}): Promise<Night> {
	const store = await startStore();
	const chat = await startReceiver();
	const house = await openHouse({
		credentials: { 'S3 account': { type: 's3', data: store.credential } },
		engine,
	});
	return {
		...house,
		store,
		chat,
		prepare: (tasks) => prepareNight({ emulator: house.emulator, store, chat }, tasks),
		close: async () => {
			await house.close();
			await chat.close();
			await store.close();
		},
	};
}
