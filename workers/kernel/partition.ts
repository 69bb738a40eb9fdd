/**
 * partition — the event loop of one worker: the hosts it runs, their heap, their trace
 *
 * Runs events in the order (time, destination host, source host, source sequence) up to a horizon that the
 * simulation grants (conservative windows). What happens on a host depends only on the events addressed to
 * it, so any partitioning of the hosts gives the same trace.
 */
import { assert } from '../bytes/assert.ts';

import type { EventId, VirtualTime } from '../trace/event.ts';

import { Timer } from './alarm.ts';
import type { CodeStore } from './code.ts';
import { EventHeap } from './event-heap.ts';
import { HostKernel } from './host-kernel.ts';
import { Tracer } from './tracer.ts';

/** Anything that crosses the network to a host: plain data that survives structured clone. */
export interface Arrival {
  /** virtual time at which it reaches the destination */
  at: VirtualTime;
  destination: number;
  source: number;
  /** the source host's own sequence number */
  sequence: number;
  /** the event that sent it */
  sent: EventId;
}

/** Something a person did, on its way to a host. */
class InputArrival {
  readonly host: HostKernel;
  readonly accept: () => void;

  constructor(host: HostKernel, accept: () => void) {
    this.host = host;
    this.accept = accept;
  }
}

/** A bug: a daemon threw. */
export interface Failure {
  host: string;
  proc: string;
  why: string;
  stack: string;
}

export class Partition {
  readonly heap = new EventHeap<Timer | Arrival | InputArrival>();
  readonly tracer: Tracer;
  readonly failures: Failure[] = [];
  now: VirtualTime = 0;
  /** hosts of this partition by world index; null = runs elsewhere */
  readonly hosts: (HostKernel | null)[];
  /** what must be carried to other partitions */
  outbound: Arrival[] = [];
  readonly code: CodeStore;
  /** the part of the code without which nothing goes on here; see goOn */
  waitsFor: string | null = null;
  #stoppedHost: HostKernel | null = null;
  readonly #onArrival: (host: HostKernel, arrival: Arrival) => void;
  readonly #hostNames: readonly string[];
  #inputSequence = 0;

  constructor(options: {
    hostNames: readonly string[];
    /** world indices of the hosts to run here */
    runs: readonly number[];
    seed: number;
    keepTrace: boolean;
    code: CodeStore;
    onArrival: (host: HostKernel, arrival: Arrival) => void;
  }) {
    this.tracer = new Tracer({ hostCount: options.hostNames.length, keep: options.keepTrace });
    this.#hostNames = options.hostNames;
    this.#onArrival = options.onArrival;
    this.code = options.code;
    const here = new Set(options.runs);
    this.hosts = options.hostNames.map((name, index) =>
      here.has(index) ? new HostKernel({ index, name, seed: options.seed, partition: this }) : null,
    );
  }

  /** Time of the next event; Infinity when nothing is pending. */
  get nextTime(): VirtualTime {
    return this.heap.nextTime;
  }

  /** @returns the world's index of a host by name, −1 when there is none */
  indexOfHost(name: string): number {
    return this.#hostNames.indexOf(name);
  }

  /** Sends an arrival to its host, here or in another partition. */
  post(arrival: Arrival): void {
    if (this.hosts[arrival.destination] === null) this.outbound.push(arrival);
    else this.accept(arrival);
  }

  /** Takes in an arrival from another partition. */
  accept(arrival: Arrival): void {
    assert(arrival.at >= this.now, `arrival at ${arrival.at} is in the past of ${this.now}`);
    this.heap.push(arrival, arrival.at, arrival.destination, arrival.source, arrival.sequence);
  }

  /** Enters an input for a host of this partition. */
  input(options: { at: VirtualTime; host: number; accept: () => void }): void {
    const host = this.hosts[options.host];
    assert(host !== null && host !== undefined, `input for host ${options.host}, which runs elsewhere`);
    assert(options.at >= this.now, `input at ${options.at} is in the past of ${this.now}`);
    const arrival = new InputArrival(host, options.accept);
    this.heap.push(arrival, options.at, options.host, -1, ++this.#inputSequence);
  }

  /** A proc of `host` cannot go on without this part of the code. */
  stopFor(part: string, host: HostKernel): void {
    this.waitsFor = part;
    this.#stoppedHost = host;
  }

  /** Once the code that it waits for is there: finishes the event in which it stopped. */
  goOn(): void {
    const host = this.#stoppedHost;
    assert(host !== null, 'the partition does not wait for code');
    this.waitsFor = null;
    this.#stoppedHost = null;
    host.goOn();
  }

  /**
   * Runs all events before `horizon`; past `eventsMax` traced ones it stops at the end of the instant, so
   * that the trace is taken in time, and where code is missing (`waitsFor`). @returns how many ran
   */
  runUntil(horizon: VirtualTime, eventsMax = Number.MAX_SAFE_INTEGER): number {
    const { heap, tracer } = this;
    const tracedMax = tracer.eventCount + eventsMax;
    let count = 0;
    for (let next = heap.nextTime; next < horizon; next = heap.nextTime) {
      if (tracer.eventCount >= tracedMax && next !== this.now) break;
      this.now = next;
      this.#run(heap.pop());
      count++;
      if (this.waitsFor !== null) break;
    }
    return count;
  }

  #run(entry: Timer | Arrival | InputArrival): void {
    if (entry instanceof Timer) {
      const { host, cause, alarm } = entry;
      entry.slot = -1;
      host.begin(cause);
      alarm.fire();
      host.end(cause);
    } else if (entry instanceof InputArrival) {
      entry.host.begin(0);
      entry.accept();
      entry.host.end(0);
    } else {
      const host = this.hosts[entry.destination]!;
      host.begin(entry.sent);
      this.#onArrival(host, entry);
      host.end(entry.sent);
    }
  }
}
