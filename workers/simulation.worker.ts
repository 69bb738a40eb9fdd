/**
 * simulation.worker — Web Worker entry: the simulation with its player, or the hosts of one worker of it
 *
 * One file for both, with what most hosts need; what few of them run is fetched once their kind is known. The
 * worker named "simulation" starts the others from its own address, each named after its host.
 */
import { expose } from 'comlink';

import type { SimulationApi, TraceMessage } from './api.ts';
import type { BootHost } from './hosts/boot.ts';
import { lateCode, roleFiles } from './hosts/late-code.ts';
import { earlyRoles } from './hosts/roles.ts';
import type { HostKind } from './hosts/world.ts';
import type { CodeStore } from './kernel/code.ts';
import {
  HostWorkerServer,
  LocalPartition,
  RemotePartition,
  type HostWorkerReply,
  type HostWorkerRequest,
  type PartitionSpec,
  type WorkerLike,
} from './partition-port.ts';
import { Player } from './player.ts';

/** The name that the page gives to the worker it starts; all others are hosts. */
const simulationName = 'simulation';
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Runs hosts window by window, as the simulation says. */
function serveHosts(): void {
  const roles = new RoleLoader();
  const server = new HostWorkerServer(roles.fetched, (reply, transfer) => scope.postMessage(reply, transfer));
  scope.onmessage = ({ data }: MessageEvent<HostWorkerRequest>) => {
    if (data.type !== 'boot') server.serve(data);
    else roles.fetch(data.spec).then(() => server.serve(data), server.failed);
  };
}

function serveSimulation(): void {
  let tracePort: MessagePort | null = null;
  const roles = new RoleLoader();
  // Every world has a mail server: its file comes while the page starts. Who needs it hears of a failure.
  roleFiles.mta().catch(() => {});
  const player = new Player({
    wall: { now: () => performance.now(), sleep },
    start: async (spec, name, placement) => {
      if (placement !== 'one') return RemotePartition.boot(startHostWorker(name), spec);
      await roles.fetch(spec);
      return new LocalPartition(spec, roles.fetched);
    },
    publish: (message: TraceMessage, transfer) => tracePort?.postMessage(message, transfer),
  });
  const api: SimulationApi = {
    load: (options) => player.load(options),
    input: (command) => player.input(command),
    play: (options) => player.play(options),
    pause: () => player.pause(),
    step: () => player.step(),
    complete: (question) => player.complete(question),
    save: () => player.save(),
    saveFile: async () => (await import('./run-file.ts')).formatRun(await player.save()),
    readFile: async (text) => (await import('./run-file.ts')).parseRun(text),
    hash: () => player.hash(),
    connectTrace: (port) => {
      tracePort = port;
      return Promise.resolve();
    },
  };
  expose(api);
}

/** A turn of the event loop for 0: a timer would take four milliseconds. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms > 0) return void setTimeout(resolve, ms);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The parts of the code that this worker fetched. */
class FetchedCode implements CodeStore {
  readonly #parts = new Map<string, unknown>();

  find(part: string): unknown {
    return this.#parts.get(part);
  }
  async load(part: string): Promise<void> {
    this.#parts.set(part, await lateCode[part as keyof typeof lateCode]());
  }
}

/** What the kinds of hosts run in this worker, as far as they were fetched. */
class RoleLoader {
  readonly fetched: Partial<Record<HostKind, BootHost>> & { readonly code: CodeStore } = {
    ...earlyRoles,
    code: new FetchedCode(),
  };

  /** Those of the hosts that are to run here, side by side. */
  async fetch({ world, runs }: PartitionSpec): Promise<void> {
    const kinds = new Set(runs.map((index) => world.hosts[index]!.kind));
    await Promise.all([...kinds].map((kind) => this.#fetch(kind)));
  }

  async #fetch(kind: HostKind): Promise<void> {
    if (kind in roleFiles) this.fetched[kind] ??= await roleFiles[kind as keyof typeof roleFiles]();
  }
}

/** Starts a worker named after its host (or site): what a curious learner sees in the developer tools. */
function startHostWorker(name: string): WorkerLike {
  const worker = new Worker(scope.location.href, {
    type: 'module',
    name: name === simulationName ? `host ${name}` : name,
  });
  const like: WorkerLike = {
    post: (request) => worker.postMessage(request),
    onReply: () => {},
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<HostWorkerReply>) => like.onReply(event.data);
  worker.onerror = (event) => like.onReply({ type: 'failed', text: `worker ${name}: ${event.message}` });
  return like;
}

// Last, so that the classes above exist.
if (scope.name === simulationName) serveSimulation();
else serveHosts();
