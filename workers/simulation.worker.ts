/**
 * simulation.worker — Web Worker entry: the simulation with its player, or the hosts of one worker of it
 *
 * One file for both, so that a browser fetches and compiles the engine once however many hosts a world has.
 * The worker named "simulation" starts the others from its own address, each named after its host.
 */
import { expose } from 'comlink';

import type { SimulationApi, TraceMessage } from './api.ts';
import { makeRoles, needsLateParts, runNeedsLateParts, type LateParts } from './hosts/roles.ts';
import {
  HostWorkerServer,
  LocalPartition,
  RemotePartition,
  type HostWorkerReply,
  type HostWorkerRequest,
  type WorkerLike,
} from './partition-port.ts';
import { Player } from './player.ts';

/** The name that the page gives to the worker it starts; all others are hosts. */
const simulationName = 'simulation';
/** asks a host worker to load the late parts, and is its answer */
const loadLate = 'load-late';
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Runs hosts window by window, as the simulation says; loads the late parts when told to. */
function serveHosts(): void {
  const late = new LateLoader();
  const server = new HostWorkerServer(makeRoles(late.get));
  scope.onmessage = (event: MessageEvent<HostWorkerRequest | typeof loadLate>) => {
    if (event.data === loadLate) {
      void late.load().then(() => scope.postMessage(loadLate));
      return;
    }
    const { reply, transfer } = server.answer(event.data);
    scope.postMessage(reply, transfer);
  };
}

function serveSimulation(): void {
  let tracePort: MessagePort | null = null;
  const late = new LateLoader();
  const roles = makeRoles(late.get);
  const hostWorkers = new HostWorkers();
  const loadEverywhere = (): Promise<unknown> => Promise.all([late.load(), hostWorkers.loadLate()]);
  const player = new Player({
    wall: { now: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    start: async (spec, name, placement) =>
      placement === 'one'
        ? new LocalPartition(spec, roles)
        : RemotePartition.boot(await hostWorkers.start(name), spec),
    publish: (message: TraceMessage, transfer) => tracePort?.postMessage(message, transfer),
  });
  const api: SimulationApi = {
    load: async (options) => {
      if (runNeedsLateParts(options.run)) await loadEverywhere();
      return player.load(options);
    },
    input: async (command) => {
      if (needsLateParts(command)) await loadEverywhere();
      return player.input(command);
    },
    play: (options) => player.play(options),
    pause: () => player.pause(),
    step: () => player.step(),
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

/** The late parts of this worker. */
class LateLoader {
  #parts: LateParts | null = null;

  readonly get = (): LateParts => {
    if (this.#parts === null) throw new Error('the parts for reading mail are not loaded');
    return this.#parts;
  };

  async load(): Promise<void> {
    this.#parts ??= (await import('./hosts/late-parts.ts')).lateParts;
  }
}

interface HostWorker {
  worker: Worker;
  /** called when its late parts are there */
  loaded: () => void;
}

/** The workers that this simulation started: one each, named after its host (or site). */
class HostWorkers {
  #running: HostWorker[] = [];
  #wantLate = false;
  #loading: Promise<unknown> = Promise.resolve();

  /** The name is what a curious learner sees in the browser's developer tools. */
  async start(name: string): Promise<WorkerLike> {
    const worker = new Worker(scope.location.href, {
      type: 'module',
      name: name === simulationName ? `host ${name}` : name,
    });
    const entry: HostWorker = { worker, loaded: () => {} };
    const like: WorkerLike = {
      post: (request) => worker.postMessage(request),
      onReply: () => {},
      terminate: () => {
        this.#running = this.#running.filter((other) => other !== entry);
        worker.terminate();
      },
    };
    worker.onmessage = (event: MessageEvent<HostWorkerReply | typeof loadLate>) => {
      if (event.data === loadLate) entry.loaded();
      else like.onReply(event.data);
    };
    worker.onerror = (event) => like.onReply({ type: 'failed', text: `worker ${name}: ${event.message}` });
    this.#running.push(entry);
    if (this.#wantLate) await askForLate(entry);
    return like;
  }

  /** Resolves when all of them, and those started from now on before they boot, have the late parts. */
  loadLate(): Promise<unknown> {
    if (!this.#wantLate) this.#loading = Promise.all(this.#running.map(askForLate));
    this.#wantLate = true;
    return this.#loading;
  }
}

function askForLate(entry: HostWorker): Promise<void> {
  return new Promise((resolve) => {
    entry.loaded = resolve;
    entry.worker.postMessage(loadLate);
  });
}

// Last, so that the classes above exist.
if (scope.name === simulationName) serveSimulation();
else serveHosts();
