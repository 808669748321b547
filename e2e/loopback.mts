/** The examples name services on the internet; here those on this machine take their places. */
import type { INodeParameters } from 'n8n-workflow';

import type { WorkflowJson } from '../engine/runner.mts';

/** What is there; the rest of an example stays as it is. */
export interface Surroundings {
	/** In place of Tencent Cloud's hosts that an HTTP Request node calls. */
	emulator?: { url: string };
	/** In place of WeCom. */
	chat?: { url: string };
	/** Of S3 nodes. */
	store?: { bucket: string };
	/** In place of the n8n that is reached from outside. */
	n8n?: { url: string };
	/** Of Data Table nodes, in place of a name. */
	tableId?: string;
}

const CHAT = 'https://qyapi.weixin.qq.com';
const N8N = 'https://n8n.example.com';
const TENCENT_CLOUD = /^https:\/\/(\w+)\.(?:intl\.)?tencentcloudapi\.com$/;

/** Everywhere in the parameters, within expressions and lists too. */
function replaceAll(parameters: INodeParameters, from: string, to = from): INodeParameters {
	return JSON.parse(JSON.stringify(parameters).replaceAll(from, to)) as INodeParameters;
}

export function bringToLoopback(workflow: WorkflowJson, surroundings: Surroundings): void {
	const { emulator, chat, store, n8n, tableId } = surroundings;
	for (const node of workflow.nodes) {
		const parameters = replaceAll(replaceAll(node.parameters, CHAT, chat?.url), N8N, n8n?.url);
		node.parameters = parameters;
		const [, service] = TENCENT_CLOUD.exec(String(parameters.url)) ?? [];
		if (service && emulator) {
			parameters.url = emulator.url;
			// From the name of another host it cannot be told.
			const { parameters: headers } = parameters.headerParameters as { parameters: object[] };
			headers.push({ name: 'X-TC-Service', value: service });
		}
		if (node.type === 'n8n-nodes-base.s3' && store) parameters.bucketName = store.bucket;
		if (node.type === 'n8n-nodes-base.dataTable' && tableId !== undefined) {
			parameters.dataTableId = { __rl: true, mode: 'id', value: tableId };
		}
	}
}
