/**
 * simulation.worker — Web Worker entry: the simulation with its player, or the hosts of one worker of it
 *
 * One file for both, with what most hosts need; what few of them run is fetched once their kind is known. The
 * worker named "simulation" starts the others from its own address, each named after its host.
 */
import { expose } from 'comlink';

import type { SimulationApi, TraceMessage } from './api.ts';
import type { TlsServices } from './daemons/postfix/tls/tls-services.ts';
import { hostAsksForTls } from './hosts/asks-for-tls.ts';
import type { BootHost, Roles } from './hosts/boot.ts';
import {
  earlyRoles,
  lateFiles,
  lateFilesOf,
  lateFilesOfRun,
  roleFiles,
  type BootRole,
  type LateFile,
  type LateParts,
} from './hosts/roles.ts';
import type { HostKind } from './hosts/world.ts';
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
/** Asks a host worker to load late files; the same comes back when they are there. */
interface LoadLate {
  type: 'load-late';
  files: readonly LateFile[];
}
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Runs hosts window by window, as the simulation says; loads the late parts when told to. */
function serveHosts(): void {
  const late = new LateLoader();
  const roles = new RoleLoader(late);
  const server = new HostWorkerServer(roles.fetched);
  scope.onmessage = ({ data }: MessageEvent<HostWorkerRequest | LoadLate>) => {
    if (data.type === 'load-late') void late.load(data.files).then(() => scope.postMessage(data));
    else if (data.type === 'boot') void boot(data);
    else answer(data);
  };
  async function boot(request: Extract<HostWorkerRequest, { type: 'boot' }>): Promise<void> {
    try {
      await roles.fetch(request.spec);
      answer(request);
    } catch (error) {
      scope.postMessage({ type: 'failed', text: String(error) } satisfies HostWorkerReply);
    }
  }
  function answer(request: HostWorkerRequest): void {
    const { reply, transfer } = server.answer(request);
    scope.postMessage(reply, transfer);
  }
}

function serveSimulation(): void {
  let tracePort: MessagePort | null = null;
  const late = new LateLoader();
  const roles = new RoleLoader(late);
  const hostWorkers = new HostWorkers();
  const loadEverywhere = (files: readonly LateFile[]): Promise<unknown> =>
    Promise.all([late.load(files), hostWorkers.loadLate(files)]);
  const player = new Player({
    wall: { now: () => performance.now(), sleep },
    start: async (spec, name, placement) => {
      if (placement !== 'one') return RemotePartition.boot(await hostWorkers.start(name), spec);
      await roles.fetch(spec);
      return new LocalPartition(spec, roles.fetched);
    },
    publish: (message: TraceMessage, transfer) => tracePort?.postMessage(message, transfer),
  });
  const api: SimulationApi = {
    load: async (options) => {
      const files = lateFilesOfRun(options.run);
      if (files.length > 0) await loadEverywhere(files);
      return player.load(options);
    },
    input: async (command) => {
      const files = lateFilesOf(command);
      if (files.length > 0) await loadEverywhere(files);
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

/** The late parts of this worker. */
class LateLoader {
  #mail: LateParts | null = null;
  #shell: NonNullable<Roles['administer']> | null = null;
  #tls: TlsServices | null = null;

  readonly get = (): LateParts => {
    if (this.#mail === null) throw new Error('the parts for reading mail are not loaded');
    return this.#mail;
  };

  readonly administer: NonNullable<Roles['administer']> = (os, command) => {
    if (this.#shell === null) throw new Error('the commands of administrators are not loaded');
    this.#shell(os, command);
  };

  readonly getTls = (): TlsServices => {
    if (this.#tls === null) throw new Error('the code for TLS is not loaded');
    return this.#tls;
  };

  async load(files: readonly LateFile[]): Promise<void> {
    await Promise.all([
      files.includes('mail') && this.#loadMail(),
      files.includes('shell') && this.#loadShell(),
      files.includes('tls') && this.#loadTls(),
    ]);
  }

  async #loadMail(): Promise<void> {
    this.#mail ??= await lateFiles.mail();
  }

  async #loadShell(): Promise<void> {
    this.#shell ??= await lateFiles.shell();
  }

  async #loadTls(): Promise<void> {
    this.#tls ??= await lateFiles.tls();
  }
}

/** What the kinds of hosts run in this worker, as far as they were fetched; and TLS where a host wants it. */
class RoleLoader {
  readonly fetched: Partial<Record<HostKind, BootHost>> & Pick<Roles, 'administer'>;
  readonly #late: LateLoader;

  constructor(late: LateLoader) {
    this.#late = late;
    // Nobody stands behind the outside host in a browser: a recorded run is replayed.
    this.fetched = { outside: (os) => late.get().bootOutside(os), administer: late.administer };
    for (const kind of ['resolver', 'dns-server', 'directory', 'mailstore', 'workstation'] as const)
      this.#add(kind, earlyRoles[kind]);
  }

  /** Those of the hosts that are to run here, side by side. */
  async fetch({ world, runs }: PartitionSpec): Promise<void> {
    const kinds = new Set(runs.map((index) => world.hosts[index]!.kind));
    const wantsTls = runs.some((index) => hostAsksForTls(world.hosts[index]!.files));
    await Promise.all([
      wantsTls ? this.#late.load(['tls']) : null,
      ...[...kinds].map((kind) => this.#fetch(kind)),
    ]);
  }

  async #fetch(kind: HostKind): Promise<void> {
    if (kind === 'mta' || kind === 'mail-host') this.#add(kind, await roleFiles[kind]());
  }

  #add(kind: HostKind, boot: BootRole): void {
    this.fetched[kind] = (os) => boot(os, this.#late.get, this.#late.getTls);
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
  readonly #wanted = new Set<LateFile>();
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
    worker.onmessage = (event: MessageEvent<HostWorkerReply | LoadLate>) => {
      if (event.data.type === 'load-late') entry.loaded();
      else like.onReply(event.data);
    };
    worker.onerror = (event) => like.onReply({ type: 'failed', text: `worker ${name}: ${event.message}` });
    this.#running.push(entry);
    if (this.#wanted.size > 0) await askForLate(entry, [...this.#wanted]);
    return like;
  }

  /** Resolves when all of them, and those started from now on before they boot, have these files. */
  loadLate(files: readonly LateFile[]): Promise<unknown> {
    const missing = files.filter((file) => !this.#wanted.has(file));
    for (const file of missing) this.#wanted.add(file);
    // One request after the other: a worker answers in order, and entry.loaded is of the last one.
    if (missing.length > 0)
      this.#loading = this.#loading.then(() =>
        Promise.all(this.#running.map((entry) => askForLate(entry, missing))),
      );
    return this.#loading;
  }
}

function askForLate(entry: HostWorker, files: readonly LateFile[]): Promise<void> {
  return new Promise((resolve) => {
    entry.loaded = resolve;
    entry.worker.postMessage({ type: 'load-late', files } satisfies LoadLate);
  });
}

// Last, so that the classes above exist.
if (scope.name === simulationName) serveSimulation();
else serveHosts();
