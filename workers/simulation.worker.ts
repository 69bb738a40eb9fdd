/**
 * simulation.worker — Web Worker entry: the simulation with its player, or the hosts of one worker of it
 *
 * One file for both, so that a browser fetches and compiles the engine once however many hosts a world has: the
 * simulation starts its host workers from its own address, with "#host" behind it.
 */
import { expose } from 'comlink';

import type { SimulationApi, TraceMessage } from './api.ts';
import { roles } from './hosts/roles.ts';
import {
  HostWorkerServer,
  LocalPartition,
  RemotePartition,
  type HostWorkerReply,
  type HostWorkerRequest,
  type WorkerLike,
} from './partition-port.ts';
import { Player } from './player.ts';
import { formatRun, parseRun } from './run-file.ts';

const hostMark = '#host';
const scope = self as unknown as DedicatedWorkerGlobalScope;

if (scope.location.hash === hostMark) serveHosts();
else serveSimulation();

/** Runs hosts window by window, as the simulation says. */
function serveHosts(): void {
  const server = new HostWorkerServer(roles);
  scope.onmessage = (event: MessageEvent<HostWorkerRequest>) => {
    const { reply, transfer } = server.answer(event.data);
    scope.postMessage(reply, transfer);
  };
}

function serveSimulation(): void {
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
}

/** One Web Worker, named after its host (or site), as seen in the browser's developer tools. */
function hostWorker(name: string): WorkerLike {
  const worker = new Worker(scope.location.href + hostMark, { type: 'module', name });
  const like: WorkerLike = {
    post: (request) => worker.postMessage(request),
    onReply: () => {},
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<HostWorkerReply>) => like.onReply(event.data);
  worker.onerror = (event) => like.onReply({ type: 'failed', text: `worker ${name}: ${event.message}` });
  return like;
}
