/**
 * simulation.worker — Web Worker entry: the simulation, its player, and the workers of its hosts
 */
import { expose } from 'comlink';

import type { SimulationApi, TraceMessage } from './api.ts';
import { roles } from './hosts/roles.ts';
import { LocalPartition, RemotePartition, type HostWorkerReply, type WorkerLike } from './partition-port.ts';
import { Player } from './player.ts';
import { formatRun, parseRun } from './run-file.ts';

let tracePort: MessagePort | null = null;

const player = new Player({
  wall: { now: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  start: (spec, name, placement) =>
    placement === 'one' ? new LocalPartition(spec, roles) : RemotePartition.boot(hostWorker(name), spec),
  publish: (message: TraceMessage, transfer) => tracePort?.postMessage(message, transfer),
});

const api: SimulationApi = {
  load: (options) => player.load(options),
  input: (command) => player.input(command),
  play: (options) => player.play(options),
  pause: () => player.pause(),
  step: () => player.step(),
  save: () => player.save(),
  saveFile: async () => formatRun(await player.save()),
  readFile: async (text) => parseRun(text),
  hash: () => player.hash(),
  connectTrace: (port) => {
    tracePort = port;
    return Promise.resolve();
  },
};
expose(api);

/** One Web Worker, named after its host (or site), as seen in the browser's developer tools. */
function hostWorker(name: string): WorkerLike {
  const worker = new Worker(new URL('./host.worker.ts', import.meta.url), { type: 'module', name });
  const like: WorkerLike = {
    post: (request) => worker.postMessage(request),
    onReply: () => {},
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<HostWorkerReply>) => like.onReply(event.data);
  worker.onerror = (event) => like.onReply({ type: 'failed', text: `worker ${name}: ${event.message}` });
  return like;
}
