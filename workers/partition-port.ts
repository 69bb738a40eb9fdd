/**
 * partition-port — how the simulation drives a partition, wherever it runs
 *
 * One round per window: arrivals and inputs go in, the partition runs to the horizon, and what it sent to
 * others, its trace and the time of its next event come back.
 */
import { detached } from './bytes/slab.ts';
import type { Completer, Completion, CompletionQuestion } from './commands/shell/complete.ts';
import { BootedPartition, type Roles } from './hosts/boot.ts';
import type { World } from './hosts/world.ts';
import type { Input } from './input.ts';
import type { Arrival, Failure } from './kernel/partition.ts';
import type { HostHash } from './kernel/tracer.ts';
import type { Packet } from './net/packet.ts';
import { chunkBuffers, type TraceChunk } from './trace/batch.ts';
import type { VirtualTime } from './trace/event.ts';

export interface PartitionSpec {
  world: World;
  seed: number;
  /** world indices of the hosts to run */
  runs: number[];
  keepTrace: boolean;
}

export interface WindowRequest {
  horizon: VirtualTime;
  arrivals: Arrival[];
  inputs: Input[];
  eventsMax: number;
}

export interface WindowReply {
  /** Infinity when nothing is pending */
  nextTime: VirtualTime;
  outbound: Arrival[];
  chunk: TraceChunk | null;
  eventCount: number;
  failures: Failure[];
}

/** A partition as the simulation sees it. A local one answers at once, one in a worker later. */
export interface PartitionPort {
  run(request: WindowRequest): WindowReply | Promise<WindowReply>;
  /** by world index, for the hosts that run there */
  hashes(): Map<number, HostHash> | Promise<Map<number, HostHash>>;
  /** Asks a terminal of a host that runs there; nothing happens by it. */
  complete(hostIndex: number, question: CompletionQuestion): Completion | null | Promise<Completion | null>;
  close(): void;
}

/** Runs a partition here. */
export class LocalPartition implements PartitionPort {
  readonly booted: BootedPartition;
  readonly #runs: readonly number[];

  constructor(spec: PartitionSpec, roles: Roles) {
    this.booted = new BootedPartition({ ...spec, roles });
    this.#runs = spec.runs;
  }

  run(request: WindowRequest): WindowReply | Promise<WindowReply> {
    const { partition } = this.booted;
    for (const arrival of request.arrivals) partition.accept(arrival);
    for (const input of request.inputs) this.booted.input(input.at, input.command);
    partition.runUntil(request.horizon, request.eventsMax);
    return partition.waitsFor === null ? this.#reply() : this.#runWithCode(request);
  }

  /** Fetches what the partition waits for until the window is at its end. */
  async #runWithCode({ horizon, eventsMax }: WindowRequest): Promise<WindowReply> {
    const { partition } = this.booted;
    while (partition.waitsFor !== null) {
      await partition.code.load(partition.waitsFor);
      partition.goOn();
      if (partition.waitsFor === null) partition.runUntil(horizon, eventsMax);
    }
    return this.#reply();
  }

  #reply(): WindowReply {
    const { partition } = this.booted;
    const outbound = partition.outbound;
    for (const arrival of outbound) detach(arrival as Packet);
    partition.outbound = [];
    return {
      nextTime: partition.nextTime,
      outbound,
      chunk: partition.tracer.take(),
      eventCount: partition.tracer.eventCount,
      failures: partition.failures.splice(0),
    };
  }

  hashes(): Map<number, HostHash> {
    return new Map(this.#runs.map((index) => [index, this.booted.partition.tracer.hashOf(index)]));
  }

  complete(hostIndex: number, question: CompletionQuestion): Completion | null {
    const bound = this.booted.machines[hostIndex]?.bound;
    const found = bound?.get(`/dev/pts/${question.tty}:complete`) as unknown as Completer | undefined;
    return found?.complete(question) ?? null;
  }

  close(): void {}
}

// A structured clone of a view copies all of its buffer.
function detach(packet: Packet): void {
  if (packet.protocol !== 'icmp') packet.payload = detached(packet.payload);
}

/** What goes to a host worker and what comes back, one reply per request. */
export type HostWorkerRequest =
  | { type: 'boot'; spec: PartitionSpec }
  | { type: 'run'; request: WindowRequest }
  | { type: 'hashes' }
  | { type: 'complete'; hostIndex: number; question: CompletionQuestion };
export type HostWorkerReply =
  | { type: 'ready' }
  | { type: 'ran'; reply: WindowReply }
  | { type: 'hashes'; hashes: Map<number, HostHash> }
  | { type: 'completed'; completion: Completion | null }
  | { type: 'failed'; text: string };

/** The least of a Worker (browser) or worker_threads Worker (Node) that a remote partition needs. */
export interface WorkerLike {
  post(request: HostWorkerRequest): void;
  onReply: (reply: HostWorkerReply) => void;
  terminate(): void;
}

/** Serves requests in a host worker. */
export class HostWorkerServer {
  readonly #roles: Roles;
  readonly #post: (reply: HostWorkerReply, transfer: ArrayBuffer[]) => void;
  #partition: LocalPartition | null = null;

  /** @param post takes a reply and the buffers to transfer with it */
  constructor(roles: Roles, post: (reply: HostWorkerReply, transfer: ArrayBuffer[]) => void) {
    this.#roles = roles;
    this.#post = post;
  }

  /** Answers at once, or when the code that the request needs has come. */
  serve(request: HostWorkerRequest): void {
    try {
      if (request.type === 'boot') {
        this.#partition = new LocalPartition(request.spec, this.#roles);
        this.#post({ type: 'ready' }, []);
      } else if (request.type === 'hashes')
        this.#post({ type: 'hashes', hashes: this.#partition!.hashes() }, []);
      else if (request.type === 'complete') {
        const completion = this.#partition!.complete(request.hostIndex, request.question);
        this.#post({ type: 'completed', completion }, []);
      } else {
        const reply = this.#partition!.run(request.request);
        if (reply instanceof Promise) reply.then(this.#ran, this.failed);
        else this.#ran(reply);
      }
    } catch (error) {
      this.failed(error);
    }
  }

  /** Answers that the request cannot be done: the run is over. */
  readonly failed = (error: unknown): void => {
    const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
    this.#post({ type: 'failed', text }, []);
  };

  readonly #ran = (reply: WindowReply): void => {
    this.#post({ type: 'ran', reply }, reply.chunk === null ? [] : chunkBuffers(reply.chunk));
  };
}

/** Drives a partition in a worker: one request at a time. */
export class RemotePartition implements PartitionPort {
  readonly #worker: WorkerLike;
  #resolve: ((reply: HostWorkerReply) => void) | null = null;
  #reject: ((error: Error) => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onReply = (reply) => {
      if (reply.type === 'failed') this.#reject?.(new Error(reply.text));
      else this.#resolve?.(reply);
    };
  }

  static async boot(worker: WorkerLike, spec: PartitionSpec): Promise<RemotePartition> {
    const remote = new RemotePartition(worker);
    await remote.#ask({ type: 'boot', spec });
    return remote;
  }

  async run(request: WindowRequest): Promise<WindowReply> {
    const reply = await this.#ask({ type: 'run', request });
    if (reply.type !== 'ran') throw new Error(`expected a window's reply, got ${reply.type}`);
    return reply.reply;
  }

  async hashes(): Promise<Map<number, HostHash>> {
    const reply = await this.#ask({ type: 'hashes' });
    if (reply.type !== 'hashes') throw new Error(`expected hashes, got ${reply.type}`);
    return reply.hashes;
  }

  async complete(hostIndex: number, question: CompletionQuestion): Promise<Completion | null> {
    const reply = await this.#ask({ type: 'complete', hostIndex, question });
    return reply.type === 'completed' ? reply.completion : null;
  }

  close(): void {
    this.#worker.terminate();
  }

  #ask(request: HostWorkerRequest): Promise<HostWorkerReply> {
    const asked = this.#last.then(
      () =>
        new Promise<HostWorkerReply>((resolve, reject) => {
          this.#resolve = resolve;
          this.#reject = reject;
          this.#worker.post(request);
        }),
    );
    this.#last = asked.catch(() => {});
    return asked;
  }
}
