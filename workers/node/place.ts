/**
 * place — partitions in Node: in this thread, or one worker_threads Worker each
 */
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

import type { Placement } from '../api.ts';
import {
  LocalPartition,
  RemotePartition,
  type HostWorkerReply,
  type PartitionPort,
  type PartitionSpec,
  type WorkerLike,
} from '../partition-port.ts';

import { rolesOf } from './reference-host.ts';

/** Starts a partition as the placement says. The bundle of host-worker lies beside this one. */
export function startPartition(
  spec: PartitionSpec,
  name: string,
  placement: Placement,
): PartitionPort | Promise<PartitionPort> {
  return placement === 'one'
    ? new LocalPartition(spec, rolesOf(spec.world))
    : RemotePartition.boot(hostThread(name), spec);
}

function hostThread(name: string): WorkerLike {
  const worker = new Worker(fileURLToPath(new URL('./host-worker.mjs', import.meta.url)), { name });
  const like: WorkerLike = {
    post: (request) => worker.postMessage(request),
    onReply: () => {},
    terminate: () => void worker.terminate(),
  };
  worker.on('message', (reply: HostWorkerReply) => like.onReply(reply));
  worker.on('error', (error) => like.onReply({ type: 'failed', text: `worker ${name}: ${error.message}` }));
  return like;
}
